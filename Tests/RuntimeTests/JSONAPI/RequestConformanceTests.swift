import Foundation
import HTTPTypes
import JSONAPISchema
import Testing

@_spi(Generated) @testable import CommerceLayerRuntime

/// What the client sends, against the JSON Schemas that JSON:API publishes for requests.
@Suite struct RequestConformanceTests {
  private static func schema(_ name: String) throws -> JSONSchema {
    try JSONSchema(
      [name, "schema"].map {
        try JSONDocument(parsing: FixtureFiles.bytes("jsonapi/\($0).json")).root.value
      })
  }

  private func problems(_ bytes: [UInt8], _ schema: String) throws -> [String] {
    try Self.schema(schema).problems(JSONDocument(parsing: bytes).root.value)
  }

  private static let kinds = [
    ("resource/create", "schema_create_resource"), ("resource/update", "schema_update_resource"),
    ("relationship/update", "schema_update_relationship"),
  ]

  /// The validator itself: it takes the published valid requests and rejects the invalid ones.
  @Test(arguments: kinds)
  func theValidatorJudgesThePublishedRequests(folder: String, schema: String) throws {
    for (kind, isValid) in [("valid", true), ("invalid", false)] {
      let path = "jsonapi/tests/request/\(folder)/\(kind)"
      let files = FixtureFiles.files(in: path)
      #expect(!files.isEmpty)
      for file in files {
        // The invalid ones say what is wrong with them, which is wrong itself.
        var value = try JSONDocument(parsing: FixtureFiles.bytes("\(path)/\(file)")).root.value
        if case .object(var members) = value {
          members["meta"] = nil
          value = .object(members)
        }
        #expect(try Self.schema(schema).problems(value).isEmpty == isValid, "\(file)")
      }
    }
  }

  @Test func theValidatorJudgesThePublishedResponses() throws {
    let schema = try JSONSchema([
      JSONDocument(parsing: FixtureFiles.bytes("jsonapi/schema.json")).root.value
    ])
    for file in FixtureFiles.files(in: "jsonapi/tests/response/valid/with_success") {
      let path = "jsonapi/tests/response/valid/with_success/\(file)"
      let problems = try schema.problems(JSONDocument(parsing: FixtureFiles.bytes(path)).root.value)
      #expect(problems == [], "\(file)")
    }
  }

  /// A request with every kind of value a generated request can hold.
  private static func full() -> RequestStorage {
    var storage = RequestStorage(type: "widgets")
    storage.set("name", "a \"name\"\u{0}")
    storage.set("size", 3)
    storage.set("price", 1.5)
    storage.set("active", true)
    storage.set("made_at", Date(timeIntervalSince1970: 0))
    storage.set("tags", [1, nil, "x"] as [JSONValue]?)
    storage.set("metadata", ["a": ["b": 1]] as JSONObject?)
    storage["cleared"] = .null
    storage.relate("seller", ID<Widget>("w"))
    storage.setNull([UpdateNull<Widget>.owner])
    storage.relate(
      "parts", [AnyResourceReference(type: "parts", id: "1"), .init(type: "nuts", id: "2")])
    storage.relate("none", [ID<Widget>]())
    return storage
  }

  @Test func createsAreResourceObjectsWithoutAnId() throws {
    #expect(try problems(Self.full().document(id: nil), "schema_create_resource") == [])
    let empty = RequestStorage(type: "widgets")
    #expect(try problems(empty.document(id: nil), "schema_create_resource") == [])
  }

  @Test func rowsOfAnImportFitToo() throws {
    for rows in [BulkInputs.json([["code": "A"]] as [JSONObject]), .csv("code\nA")] {
      let storage = Widget.Create(name: "n", rows: rows).storage
      #expect(try problems(storage.document(id: nil), "schema_create_resource") == [])
    }
  }

  @Test func updatesRepeatTheId() throws {
    #expect(try problems(Self.full().document(id: "7"), "schema_update_resource") == [])
    #expect(try !problems(Self.full().document(id: nil), "schema_update_resource").isEmpty)
  }

  /// The one thing the schemas mind: names of triggers start with an underscore, as the service wants.
  @Test func onlyTheUnderscoreOfTriggersIsAgainstTheSchema() throws {
    var storage = RequestStorage(type: "widgets")
    storage.set("_stop", true)
    let found = try problems(storage.document(id: "7"), "schema_update_resource")
    #expect(found == ["/data/attributes/_stop: '_stop' does not match"])
  }

  @Test func whatTheClientPutsOnTheWireFits() async throws {
    let stage = Stage([.respond(201, widget()), .respond(200, widget())])
    let widgets = try stage.widgets()
    _ = try await widgets.create(.init(name: "n"))
    _ = try await widgets.update("w1", .init(metadata: ["a": 1], null: [.name]))
    let bodies = stage.exchanges.map { Array($0.body.utf8) }
    #expect(try problems(bodies[0], "schema_create_resource") == [])
    #expect(try problems(bodies[1], "schema_update_resource") == [])
    for exchange in stage.exchanges {
      #expect(exchange.request.headerFields[.contentType] == "application/vnd.api+json")
      #expect(exchange.request.headerFields[.accept] == "application/vnd.api+json")
    }
  }

  @Test(arguments: [
    "application/vnd.api+json", "application/vnd.api+json; charset=utf-8",
    "Application/VND.API+JSON ;x=y",
    "application/vnd.api+json;ext=\"https://e.example\";profile=\"p q\"",
  ])
  func parametersOfTheMediaTypeOfResponsesAreIgnored(type: String) async throws {
    let stage = Stage([.respond(200, widget(), ["Content-Type": type])])
    #expect(try await stage.widgets().retrieve("w1").id == "w1")
  }

  @Test(arguments: ["application/json", "text/html", "application/vnd.api+jsonx", ""])
  func anotherMediaTypeIsNoDocument(type: String) async throws {
    let stage = Stage([.respond(200, widget(), ["Content-Type": type])])
    let error = await failure { _ = try await stage.widgets().retrieve("w1") }
    #expect(error?.kind == .protocolViolation)
  }
}
