import CommerceLayer
import Foundation
import HTTPTypes
import JSONAPISchema
import Testing

@testable import CommerceLayerSandbox

/// Responses are what JSON:API says: its published JSON Schema, and what a schema cannot say.
@Suite struct JSONAPITests {
  /// The names that JSON:API does not allow and the service has all the same. JSON:API: a name begins with
  /// a letter or a digit.
  private static let exceptions = ["_external_price"]

  /// A document without the exceptions.
  private static func allowed(_ reply: Reply) throws -> JSONValue {
    try JSONValue(
      parsing: exceptions.reduce(reply.text) { text, name in
        text.replacing("\"\(name)\":", with: "\"\(name.dropFirst())\":")
      })
  }

  private static func published() throws -> JSONSchema {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Fixtures/jsonapi/schema.json")
    return JSONSchema([try JSONValue(parsing: String(contentsOf: file, encoding: .utf8))])
  }

  /// A record of each type that gives nothing, in a file that a sandbox then serves.
  private func everyType(in path: String) async throws -> [(ResourceSchema, String)] {
    let configuration = SandboxConfiguration()
    let catalog = Catalog(schemas: configuration.schemas, service: configuration.service)
    let store = try Store(.file(path), catalog: catalog)
    let records = RecordTable(
      catalog: catalog, identifiers: RecordIdentifiers(seed: 1), links: store.links,
      now: { TestSandbox.start })
    let behavior = RecordBehavior(
      catalog: catalog, records: records,
      identity: .init(organization: "acme", applicationKind: "integration", seed: 1))
    return try await store.write { db in
      var lookups = RecordBehavior.Lookups()
      var made: [String: StoredRecord] = [:]
      for schema in configuration.schemas {
        made[schema.name] = try behavior.insert(
          db, type: schema.name, attributes: [:], relationships: [:],
          time: "2024-05-01T12:00:00.000Z", &lookups)
      }
      // Each leads to one record of every type that it can lead to.
      for schema in configuration.schemas {
        var relationships: JSONObject = [:]
        for relationship in schema.relationships {
          guard let type = catalog.targets(of: relationship).first(where: { made[$0] != nil }),
            let target = made[type]
          else { continue }
          let identifier = RecordFields.identifier(type, target.id)
          relationships[relationship.name] = relationship.isToMany ? [identifier] : identifier
        }
        if let record = made[schema.name] { try records.link(db, record, relationships) }
      }
      return configuration.schemas.compactMap { schema in
        made[schema.name].map { (schema, $0.id) }
      }
    }
  }

  @Test func responsesOfEveryTypeFitThePublishedSchema() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "state.sqlite").path
    let types = try await everyType(in: path)
    let test = try await TestSandbox { $0.storage = .file(path) }
    let published = try Self.published()
    var included = 0
    for (schema, id) in types {
      let includes = schema.relationships.filter(\.isIncludable).map(\.name)
      let query = includes.isEmpty ? "" : "?include=" + includes.joined(separator: ",")
      // The path of a base type or of an embedded type has no endpoint.
      for path in [schema.path, schema.path + "/" + id] {
        let reply = await test.get(path + query)
        guard reply.status != 404 || schema.operation(.retrieve) != nil else { continue }
        guard reply.status == 200 || schema.isSingleton || schema.operation(.list) == nil else {
          Issue.record("\(path): \(reply.text)")
          continue
        }
        let problems = try published.problems(Self.allowed(reply))
        #expect(problems.isEmpty, "\(path): \(problems.first ?? "")")
        let beyond = Self.problems(reply.json)
        #expect(beyond.isEmpty, "\(path): \(beyond.first ?? "")")
        included += reply.json["included"]?.array?.count ?? 0
      }
    }
    #expect(types.count > 100 && included > 300, "\(types.count) types, \(included) included")
  }

  @Test func errorsFitThePublishedSchema() async throws {
    let test = try await TestSandbox()
    let published = try Self.published()
    _ = await test.create("skus", ["code": "A", "name": "A"])
    let replies = [
      await test.get("/api/nowhere"), await test.get("/api/skus/none"),
      await test.get("/api/skus?filter[q][no_such_eq]=1"), await test.get("/api/skus?sort=nothing"),
      await test.get("/api/skus?include=nothing"), await test.get("/api/skus?page[size]=-1"),
      await test.create("skus", [:]), await test.create("skus", ["code": "A", "name": "A"]),
      await test.create("skus", ["code": 1, "name": "A"]),
      await test.create("skus", ["code": "B", "name": "B", "colour": "red"]),
      await test.create("orders", ["customer_email": "a b"]),
      await test.send(.post, "/api/skus", bytes: Array("{".utf8)),
      await test.send(.put, "/api/skus"),
      await test.send(.get, "/api/skus", change: { $0.headerFields[.authorization] = nil }),
      await test.send(.get, "/api/skus", change: { $0.headerFields[.accept] = "text/html" }),
      await test.send(
        .post, "/api/skus", bytes: Array("{}".utf8),
        change: { $0.headerFields[.contentType] = "text/plain" }),
    ]
    for reply in replies {
      #expect((400..<500).contains(reply.status), "\(reply.text)")
      #expect(reply.json["errors"]?.array?.isEmpty == false, "\(reply.text)")
      #expect(reply.head.headerFields[.contentType] == TestSandbox.mediaType)
      let problems = try published.problems(reply.json)
      #expect(problems.isEmpty, "\(reply.text): \(problems.first ?? "")")
      for error in reply.errors {
        #expect(error["status"]?.string == String(reply.status), "\(reply.text)")
      }
    }
  }

  /// What JSON:API says and its schema does not: no two resources of one type and id, every included one
  /// linked to, and no name that is both an attribute and a relationship.
  private static func problems(_ document: JSONValue) -> [String] {
    var problems: [String] = []
    let primary = document["data"]?.array ?? document["data"].map { [$0] } ?? []
    let included = document["included"]?.array ?? []
    var seen: Set<String> = []
    var linked: Set<String> = []
    func name(_ identifier: JSONValue) -> String {
      "\(identifier["type"]?.string ?? "")/\(identifier["id"]?.string ?? "")"
    }
    for resource in primary + included where resource != .null {
      if !seen.insert(name(resource)).inserted { problems.append("\(name(resource)) twice") }
      let relationships = resource["relationships"]?.object ?? [:]
      for (relationship, value) in relationships {
        if resource["attributes"]?[relationship] != nil {
          problems.append("\(name(resource)): '\(relationship)' twice")
        }
        for identifier in value["data"]?.array ?? value["data"].map({ [$0] }) ?? [] {
          linked.insert(name(identifier))
        }
      }
      for reserved in ["id", "type"] where resource["attributes"]?[reserved] != nil {
        problems.append("\(name(resource)): an attribute '\(reserved)'")
      }
    }
    for resource in included where !linked.contains(name(resource)) {
      problems.append("nothing leads to \(name(resource))")
    }
    return problems
  }
}
