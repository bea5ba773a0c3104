import Foundation
import HTTPTypes
import Testing

@_spi(Generated) @testable import CommerceLayerRuntime

/// One value that cannot be read does not take the rest of the response with it.
@Suite struct LenientReadingTests {
  /// Twenty-five widgets, one of them odd.
  private static let oddIndex = 11
  private func page(odd: String, included: String = "[]") -> String {
    let widgets = (0..<25).map { index in
      index == Self.oddIndex
        ? #"{"type":"widgets","id":"odd",\#(odd)}"#
        : #"{"type":"widgets","id":"w\#(index)","attributes":{"name":"n\#(index)","size":\#(index)}}"#
    }
    return #"{"data":[\#(widgets.joined(separator: ","))],"included":\#(included)}"#
  }

  private static let odd: [(odd: String, kind: Diagnostic.Kind, rest: String)] = [
    (#""attributes":{"name":"n","size":[1]}"#, .invalidAttribute, "/attributes/size"),
    (#""attributes":{"name":"n","size":"many"}"#, .invalidAttribute, "/attributes/size"),
    (#""attributes":{"name":"n","size":1e99}"#, .invalidAttribute, "/attributes/size"),
    (#""attributes":{"name":"n","active":1}"#, .invalidAttribute, "/attributes/active"),
    (#""attributes":{"name":"n","made_at":7}"#, .invalidAttribute, "/attributes/made_at"),
    (#""attributes":{"name":"n","metadata":"x"}"#, .invalidAttribute, "/attributes/metadata"),
    (#""attributes":{"name":"n"},"links":7"#, .invalidMember, "/links"),
    (#""attributes":{"name":"n"},"meta":[]"#, .invalidMember, "/meta"),
    (
      #""attributes":{"name":"n"},"relationships":{"parts":{}}"#, .invalidRelationship,
      "/relationships/parts"
    ),
    (
      #""attributes":{"name":"n"},"relationships":{"parts":[]}"#, .invalidRelationship,
      "/relationships/parts"
    ),
    (
      #""attributes":{"name":"n"},"relationships":[]"#, .invalidRelationship, "/relationships"
    ),
    (
      #""attributes":{"name":"n"},"relationships":{"owner":{"data":"o1"}}"#, .invalidRelationship,
      "/relationships/owner/data"
    ),
    (
      #""attributes":{"name":"n"},"relationships":{"owner":{"data":{"type":"owners"}}}"#,
      .invalidRelationship, "/relationships/owner/data/id"
    ),
    (
      #""attributes":{"name":"n"},"relationships":{"parts":{"data":[{"type":"parts","id":"p"},7]}}"#,
      .invalidRelationship, "/relationships/parts/data/1"
    ),
  ]

  @Test(arguments: odd.indices)
  func oneOddResourceOf25IsADiagnostic(index: Int) async throws {
    let (odd, kind, rest) = Self.odd[index]
    let stage = Stage([.respond(200, page(odd: odd)), .respond(200, page(odd: odd))])
    let widgets = try stage.widgets()
    let page = try await widgets.list()
    #expect(page.items.count == 25 && page.items[24].size == 24)
    let pointer = "/data/\(Self.oddIndex)\(rest)"
    #expect(page.diagnostics.map(\.pointer) == [pointer] && page.diagnostics.map(\.kind) == [kind])
    #expect(page.diagnostics.first?.description.hasPrefix(pointer) == true)
    let one = page.items[Self.oddIndex]
    #expect(one.id == "odd" && one.name == "n")
    #expect(one.size == nil && one.active == nil && one.madeAt == nil)
    #expect(one.parts == nil && one.owner == nil)
    for name in ["parts", "owner"] { #expect(one.linkage(name) == .notIncluded) }
    #expect(one.storage.link("self") == nil)
    // Strict for one call.
    let error = await failure {
      _ = try await widgets.list(options: .init(responseReading: .strict))
    }
    #expect(error?.kind == .protocolViolation && error?.pointer == pointer)
  }

  @Test func theRawValueIsAtHand() async throws {
    let odd = #""attributes":{"size":[1],"metadata":"x"},"relationships":{"owner":{"data":7}}"#
    let page = try await Stage([.respond(200, page(odd: odd))]).widgets().list()
    let one = page.items[Self.oddIndex]
    #expect(one["size"] == [1] && one["metadata"] == "x")
    #expect(one.storage.relationship("owner")?["data"]?.integer == 7)
    #expect(one.jsonText.contains(#""size":[1]"#))
    #expect(one.storage.diagnostics == page.diagnostics && page.diagnostics.count == 3)
  }

  @Test func attributesThatAreNoObjectAreNothing() async throws {
    let page = try await Stage([.respond(200, page(odd: #""attributes":[]"#))]).widgets().list()
    let one = page.items[Self.oddIndex]
    #expect(one.name == nil && one["name"] == nil && one.storage.attributeNames.isEmpty)
    #expect(page.diagnostics.map(\.pointer) == ["/data/\(Self.oddIndex)/attributes"])
  }

  @Test func anIncludedResourceThatCannotBeToldApartIsLeftOut() async throws {
    let included = #"[{"type":"parts"},7,{"type":"parts","id":"p"}]"#
    let text = page(
      odd: #""relationships":{"parts":{"data":[{"type":"parts","id":"p"}]}}"#, included: included)
    let page = try await Stage([.respond(200, text)]).widgets().list()
    #expect(page.included.map(\.id) == ["p"])
    #expect(page.items[Self.oddIndex].parts?.first?.storage.isIdentifier == false)
    #expect(page.diagnostics.map(\.kind) == [.invalidResource, .invalidResource])
    #expect(page.diagnostics.map(\.pointer) == ["/included/0/id", "/included/1"])
  }

  @Test(arguments: [
    (#""links":[]"#, "/links"), (#""meta":"x""#, "/meta"), (#""jsonapi":7"#, "/jsonapi"),
    (#""jsonapi":{"version":1}"#, "/jsonapi/version"), (#""included":{}"#, "/included"),
    (#""errors":[]"#, "/errors"), (#""errors":null"#, "/errors"),
    (#""links":{"next":7}"#, "/links/next"),
  ])
  func membersOfTheDocumentAreIgnored(member: String, pointer: String) async throws {
    let text = #"{"data":[{"type":"widgets","id":"1"}],\#(member)}"#
    let page = try await Stage([.respond(200, text)]).widgets().list()
    #expect(page.items.map(\.id) == ["1"] && page.recordCount == nil && !page.hasNext)
    #expect(page.diagnostics.map(\.pointer) == [pointer])
    let strict = try Stage([.respond(200, text)]).widgets { $0.responseReading = .strict }
    let error = await failure { _ = try await strict.list() }
    #expect(error?.kind == .protocolViolation && error?.pointer == pointer)
  }

  /// Without a type and an id of its own a resource cannot be worked with.
  @Test(arguments: [
    (#"{"data":[{"type":"widgets","id":"1"},{"type":"widgets"}]}"#, "/data/1/id"),
    (#"{"data":[{"type":"gadgets","id":"1"}]}"#, "/data/0/type"), (#"{"data":{}}"#, "/data"),
    (#"{"data":[],"errors":[{"title":"no"}]}"#, "/errors"),
    (#"{"data":[],"errors":["no"]}"#, "/errors"), (#"{"data":[],"errors":{"a":["b"]}}"#, "/errors"),
    ("[]", ""),
  ])
  func whatIsNotAListOfTheseResourcesIsAnError(text: String, pointer: String) async throws {
    let widgets = try Stage([.respond(200, text)]).widgets()
    let error = try #require(await failure { _ = try await widgets.list() })
    #expect(error.kind == .protocolViolation && error.pointer == pointer)
    #expect(error.errors.isEmpty != text.contains("errors"))
  }

  /// A create that succeeded is a success, whatever one of its attributes looks like; strict reading
  /// calls it unknown and keeps the id.
  @Test func aCreatedResourceWithAnOddAttributeIsCreated() async throws {
    let body = #"{"data":{"type":"widgets","id":"new","attributes":{"size":{}}}}"#
    let stage = Stage([.respond(201, body), .respond(201, body)])
    let widgets = try stage.widgets()
    let created = try await widgets.create(.init(name: "a"))
    #expect(created.id == "new" && created.size == nil)
    #expect(created.storage.diagnostics.map(\.pointer) == ["/data/attributes/size"])
    let error = await failure {
      _ = try await widgets.with { $0.responseReading = .strict }.create(.init(name: "a"))
    }
    #expect(error?.kind == .ambiguousWrite && error?.write?.id == "new")
    #expect(stage.exchanges.count == 2)
  }

  /// The narrower setting counts, in both directions.
  @Test func aCallMayBeLenientInAStrictClient() async throws {
    let text = widget(#""size":[]"#)
    let widgets = try Stage([.respond(200, text)]).widgets { $0.responseReading = .strict }
    let one = try await widgets.retrieve("w1", options: .init(responseReading: .lenient))
    #expect(one.size == nil && one.storage.diagnostics.count == 1)
  }

  @Test func aHostileDocumentDoesNotFillTheMemoryWithDiagnostics() throws {
    let odd = (0..<5_000).map { #"{"type":"widgets","id":"\#($0)","attributes":{"size":[]}}"# }
    let text = #"{"data":[\#(odd.joined(separator: ","))]}"#
    let page = try Page<Widget>(Document(parsing: Array(text.utf8), context: .init()))
    #expect(page.items.count == 5_000 && page.diagnostics.count == DiagnosticLog.maximum)
  }
}
