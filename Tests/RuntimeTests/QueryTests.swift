import Foundation
import Testing

@_spi(Generated) @testable import CommerceLayerRuntime

@Suite struct QueryTests {
  @Test func namesEverythingTheWayTheServiceDoes() {
    var query = ListQuery<Widget>()
    query.filter(FilterField<Widget, Int>(wire: "size").predicate("gt", 3))
    query.filter(.name.or(.init(wire: "title")).predicate("cont", text: "a b&c"))
    query.sort(.name, .descending)
    query.sort(.name)
    query.fields(.name, .size)
    query.include(.parts)
    query.page(2, size: 25)
    #expect(
      PercentEncoding.query(query.parameters)
        == "filter%5Bq%5D%5Bsize_gt%5D=3&filter%5Bq%5D%5Bname_or_title_cont%5D=a%20b%26c"
        + "&sort=-name%2Cname&fields%5Bwidgets%5D=name%2Csize&include=parts"
        + "&page%5Bnumber%5D=2&page%5Bsize%5D=25")
  }

  @Test(arguments: [(0, nil), (nil, 0), (nil, 26)] as [(Int?, Int?)])
  func rejectsPagesThatCannotBe(number: Int?, size: Int?) async throws {
    let stage = Stage()
    let widgets = try stage.widgets()
    let error = await failure { _ = try await widgets.list { $0.page(number, size: size) } }
    #expect(error?.kind == .invalidInput)
    #expect(stage.exchanges.isEmpty)
  }

  @Test(arguments: [
    "", ".", "..", "../orders/x", "a/b", "?x", "#", "%2e%2e", "a%2Fb", "\0", "a b", "é",
    String(repeating: "x", count: 4096), "a\\b", "a\nb",
  ])
  func rejectsIdsThatWouldChangeThePath(id: String) async throws {
    let stage = Stage()
    let widgets = try stage.widgets()
    let error = await failure { _ = try await widgets.retrieve(ID(id)) }
    #expect(error?.kind == .invalidInput)
    #expect(stage.exchanges.isEmpty && stage.tokenRequests == 0)
  }

  @Test(arguments: [
    "evil.com/", "evil.com#", "a@evil.com", "a\\evil", "%2e", "acme。io", "acme.", "-a", "a-", "",
    "..",
    "ACME", "a\nb", String(repeating: "a", count: 64),
  ])
  func rejectsOrganizationsThatWouldChangeTheHost(slug: String) {
    #expect(throws: CommerceLayerError.self) { try ServiceEndpoint.production(organization: slug) }
  }

  @Test func theHostIsTheOrganizations() throws {
    let endpoint = try ServiceEndpoint.production(organization: "acme-2")
    #expect(endpoint.authority == "acme-2.commercelayer.io")
    #expect(endpoint.scheme == "https" && endpoint.tokenAuthority == "auth.commercelayer.io")
  }
}

@Suite struct QueryPropertyTests {
  /// Whatever stands in names and values, a server's parser reads what was meant, and nothing else.
  @Test func whatIsBuiltIsReadBackAsItWas() throws {
    let texts = [
      "", " ", "a b", "+", "a+b", "&", "=", "a=b&c=d", "?", "#", "/", "%", "%26", "%2", "[", "]",
      "filter[q][x]", "\r\nHost: evil", "\0", "\u{7f}", "é", "e\u{301}", "日本", "👩‍👩‍👧", "\u{202e}",
      "'\"<>`{}|\\^~",
      ";", ",", ":", "@", "!$*()", String(repeating: "ü&", count: 500),
    ]
    for name in texts {
      let sent = texts.map { QueryParameter(name: name + "x", value: $0) }
      let query = PercentEncoding.query(sent)
      #expect(query.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"#?/[]+'\"<>".utf8.contains($0) })
      var parts = URLComponents()
      parts.percentEncodedQuery = query
      let read = try #require(parts.queryItems)
      #expect(read.map { Array($0.name.utf8) } == sent.map { Array($0.name.utf8) })
      #expect(read.map { Array(($0.value ?? "").utf8) } == sent.map { Array($0.value.utf8) })
    }
  }
}

@Suite struct RequestDocumentTests {
  @Test func createCarriesOnlyWhatWasSet() {
    let text = String(decoding: Widget.Create(name: "a").storage.document(id: nil), as: UTF8.self)
    #expect(text == #"{"data":{"type":"widgets","attributes":{"name":"a"}}}"#)
  }

  @Test func absentAndNullDiffer() {
    func text(_ update: Widget.Update) -> String {
      String(decoding: update.storage.document(id: "1"), as: UTF8.self)
    }
    #expect(text(.init()) == #"{"data":{"type":"widgets","id":"1","attributes":{}}}"#)
    #expect(
      text(.init(metadata: ["a": 1], null: [.name, .owner]))
        == #"{"data":{"type":"widgets","id":"1","attributes":{"metadata":{"a":1},"name":null},"relationships":{"owner":{"data":null}}}}"#
    )
  }

  @Test func rowsGoOutByteForByte() throws {
    let row = #"{"n":1.000000000000000005}"#
    let inputs = BulkInputs.json(checked: [Array(row.utf8), Array(row.utf8)])
    #expect(inputs.count == 2)
    let text = String(
      decoding: Widget.Create(name: "a", rows: inputs).storage.document(id: nil), as: UTF8.self)
    #expect(
      text
        == #"{"data":{"type":"widgets","attributes":{"name":"a","rows":[\#(row),\#(row)]}}}"#)
  }

  @Test func referencesBecomeLinkage() {
    var storage = RequestStorage(type: "widgets")
    storage.relate("owner", ID<Widget>("w9"))
    storage.relate("parts", [AnyResourceReference(type: "parts", id: "p1")])
    #expect(
      String(decoding: storage.document(id: nil), as: UTF8.self)
        == #"{"data":{"type":"widgets","attributes":{},"relationships":{"owner":{"data":{"type":"widgets","id":"w9"}},"parts":{"data":[{"type":"parts","id":"p1"}]}}}}"#
    )
  }
}
