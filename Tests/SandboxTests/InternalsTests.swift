import CommerceLayer
import Foundation
import Testing

@testable import CommerceLayerSandbox

@Suite struct InternalsTests {
  @Test(arguments: [
    ("localhost", true), ("localhost:80", true), ("127.0.0.1:8080", true), ("[::1]:1", true),
    ("LOCALHOST", true), ("[::1]", true), ("evil.test", false), ("127.0.0.1.evil.test", false),
    ("localhost:80@evil.test", false), ("localhost.", false), ("", false), ("[::1", false),
    ("[::1]x", false), ("127.0.0.2", false), ("0.0.0.0", false),
  ])
  func hosts(authority: String, isLoopback: Bool) {
    #expect(LoopbackGuard.isLoopback(authority: authority) == isLoopback)
    #expect(LoopbackGuard.isLoopback(origin: "http://" + authority) == isLoopback)
    #expect(!LoopbackGuard.isLoopback(origin: authority))
  }

  @Test func idsDoNotRepeatAndLookLikeTheServices() {
    var seen: Set<String> = []
    for seed in [0, 1, .max] as [UInt64] {
      seen.removeAll()
      for number in 1...20_000 { seen.insert(RecordIdentifiers(seed: seed).id(Int64(number))) }
      #expect(seen.count == 20_000)
    }
    #expect(seen.allSatisfy { $0.utf8.count == 10 && $0.allSatisfy(\.isLetter) })
    // Records of the history are numbered below zero, and have ids of their own.
    let identifiers = RecordIdentifiers(seed: .max)
    for number in 1...20_000 { seen.insert(identifiers.id(Int64(number) - (1 << 40))) }
    #expect(seen.count == 40_000)
    // An import of a million rows depends on it: few pages of an index hold ids that follow each other.
    #expect(Set((1...20_000).map { identifiers.id(Int64($0)).prefix(4) }).count == 8)
  }

  @Test(arguments: [
    ("a=1&b=2", ["a=1", "b=2"]), ("a", ["a="]), ("a=1=2", ["a=1=2"]), ("", []),
    ("a=+%2B", ["a= +"]),
    ("%C3%BC=%E2%82%AC", ["ü=€"]),
  ])
  func queryStrings(text: String, expected: [String]) throws {
    let query = try QueryString(text[...])
    #expect(query.parameters.map { "\($0.name)=\($0.value)" } == expected)
  }

  @Test(arguments: ["a=%", "a=%4", "a=%zz", "%ff=1"])
  func brokenQueryStrings(text: String) {
    #expect(throws: ErrorResponse.self) { try QueryString(text[...]) }
  }

  @Test(arguments: ErrorObject.Code.allCases)
  func everyCodeBecomesAnErrorDocument(code: ErrorObject.Code) throws {
    let rejection = ErrorResponse(code, "why", .parameter("x"))
    #expect((400...599).contains(rejection.status))
    let error = try JSONDocument(parsing: rejection.body).root.value["errors"]?.array?.first
    #expect(error?["code"]?.string == code.rawValue)
    #expect(error?["status"]?.string == String(rejection.status))
    #expect(error?["detail"] == "why")
    #expect(error?["source"] == ["parameter": "x"])
  }

  @Test func namesNeverBecomeSQL() async throws {
    let hostile = #"a' OR 1=1 -- "#
    let schema = ResourceSchema(
      table: JSONValue.object([
        "resource": "things", "singular": "thing",
        "operations": [
          "create": ["method": "POST", "path": "/api/things", "success": 201],
          "list": ["method": "GET", "path": "/api/things", "success": 200],
        ],
        "attributes": [
          hostile: ["type": "string", "create": "optional", "filter": true, "sort": true]
        ],
      ]).text)
    let test = try await TestSandbox { $0.schemas = [schema] }
    for value in [hostile, "x", "%"] {
      #expect(await test.create("things", [hostile: .string(value)]).status == 201)
    }
    let filter = percentEncoded("filter[q][\(hostile)_eq]") + "="
    let found = await test.get("/api/things?" + filter + percentEncoded(hostile))
    #expect(found.status == 200 && found.values(hostile) == [.string(hostile)])
    let sorted = await test.get("/api/things?sort=" + percentEncoded("-" + hostile))
    #expect(sorted.values(hostile) == ["x", .string(hostile), "%"])
  }

  @Test func typesWithoutASchemaCanStillBeImported() async throws {
    let test = try await TestSandbox { configuration in
      configuration.schemas = configuration.schemas.filter { $0.name == "imports" }
    }
    let id = try await test.startImport(
      "skus", [["code": "A", "anything": [1.0]], ["code": "A", "more": true], ["name": "x"]],
      ["skip_errors": true])
    try await test.sandbox.drain()
    #expect(
      try await test.importState(id)["errors_log"] == ["unknown": ["code": ["can't be blank"]]])
    let reply = await test.get("/api/skus?filter[q][code_eq]=A")
    #expect(reply.values("anything") == [[1.0]])
    #expect(reply.values("more") == [true])
  }

  @Test(arguments: [
    (#"{"iss":"https://auth.commercelayer.io"}"#, true), (#"{"iss":"sandbox"}"#, false),
    (#"{}"#, false), ("text", false),
  ])
  func tokensOfTheServiceAreRecognised(payload: String, isForeign: Bool) {
    let part = Data(payload.utf8).base64EncodedString().replacing("=", with: "")
    #expect(ForeignToken.isOfTheService("e30.\(part).e30") == isForeign)
    #expect(!ForeignToken.isOfTheService(part))
  }

  @Test func includeTreesMergePaths() {
    var tree = DocumentView.IncludeTree()
    tree.add(["b", "c"][...])
    tree.add(["a"][...])
    tree.add(["b", "d"][...])
    #expect(tree.branches.map(\.name) == ["a", "b"])
    #expect(tree.branch("b")?.branches.map(\.name) == ["c", "d"])
  }
}
