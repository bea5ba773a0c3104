import CommerceLayer
import Foundation
import Testing

@testable import CommerceLayerSandbox

/// No attribute that the official SDK's types call never null is null in a response.
@Suite struct NonNullDocumentTests {
  private static let schemas = SandboxConfiguration().schemas

  /// The attributes of a document that are null although they may not be.
  private func nulls(_ attributes: JSONValue?, _ names: [String]) -> [String] {
    names.filter { name in
      guard let value = attributes?[name] else { return false }
      return value == .null
    }
  }

  private func neverNull(_ schema: ResourceSchema) -> [String] {
    schema.attributes.filter { $0.isNeverNull && $0.isReadable && !$0.isRows }.map(\.name)
  }

  /// A value that fits an attribute.
  private func value(_ attribute: ResourceSchema.Attribute) -> JSONValue {
    if let first = attribute.values.first { return .string(first) }
    if attribute.name == "topic" { return "orders.place" }
    if attribute.name == "resource_type" { return "skus" }
    if attribute.name == "inputs" { return [["code": "A", "name": "A"]] }
    if attribute.name == "email" { return "new@example.com" }
    if attribute.name.hasSuffix("_email") { return "a@example.com" }
    return switch attribute.type {
    case .string: "text"
    case .integer: 1
    case .float: 1.5
    case .boolean: true
    case .datetime: "2030-01-01T00:00:00.000Z"
    case .object: ["a": 1]
    case .array: ["daily"]
    }
  }

  /// The least that a record of a type can be created with.
  private func minimal(_ schema: ResourceSchema) -> (JSONObject, JSONObject) {
    var attributes: JSONObject = [:]
    var relationships: JSONObject = [:]
    for attribute in schema.attributes
    where attribute.create == .required || attribute.createCondition?.isCheckable == true {
      attributes[attribute.name] = value(attribute)
    }
    func relate(_ relationship: ResourceSchema.Relationship) {
      let type = relationship.target ?? relationship.targets.first ?? "skus"
      let member =
        relationship.namesMembers
        ? Self.schemas.first { $0.name == type }?.members.first ?? type : type
      let identifier: JSONValue = ["type": .string(member), "id": "XAyRWNUzyN"]
      relationships[relationship.name] = [
        "data": relationship.isToMany ? [identifier] : identifier
      ]
    }
    for relationship in schema.relationships where relationship.create == .required {
      relate(relationship)
    }
    for group in schema.alternatives where group.create == .required {
      for name in group.members.prefix(1) {
        if let attribute = schema.attribute(name) { attributes[name] = value(attribute) }
        if let relationship = schema.relationship(name) { relate(relationship) }
      }
    }
    return (attributes, relationships)
  }

  @Test func createdRecordsHaveWhatIsNeverNull() async throws {
    let test = try await TestSandbox()
    var created = 0
    for schema in Self.schemas where schema.operation(.create) != nil {
      let (attributes, relationships) = minimal(schema)
      let reply = await test.create(schema.name, attributes, relationships: relationships)
      guard reply.status == 201 else {
        Issue.record("\(schema.name): \(reply.text)")
        continue
      }
      created += 1
      let found = nulls(reply.json["data"]?["attributes"], neverNull(schema))
      #expect(found.isEmpty, "\(schema.name) \(found)")
      // An update keeps it so.
      guard schema.operation(.update) != nil, let id = reply.json["data"]?["id"]?.string else {
        continue
      }
      let updated = await test.update(schema.name, id, ["reference": "changed"])
      guard updated.status == 200 else { continue }
      let after = nulls(updated.json["data"]?["attributes"], neverNull(schema))
      #expect(after.isEmpty, "\(schema.name) \(after)")
    }
    #expect(created > 90)
  }

  /// Also of types that requests cannot create, and of records that give nothing at all.
  @Test func recordsOfEveryTypeHaveWhatIsNeverNull() async throws {
    let documents = try await emptyRecords(Self.schemas)
    for schema in Self.schemas {
      let found = nulls(documents[schema.name], neverNull(schema))
      #expect(found.isEmpty, "\(schema.name) \(found)")
      // What is made up is of the type that the schema says.
      for (name, value) in documents[schema.name]?.object ?? [:] {
        guard let attribute = schema.attribute(name) else { continue }
        #expect(
          ValueFormat.stored(value, as: attribute.type) != nil,
          "\(schema.name).\(name) is \(value.text)")
        if !attribute.values.isEmpty, let text = value.string {
          #expect(attribute.values.contains(text), "\(schema.name).\(name) is \(text)")
        }
      }
    }
  }

  /// The attributes of a record of each type that was given nothing.
  private func emptyRecords(_ schemas: [ResourceSchema]) async throws -> [String: JSONValue] {
    let configuration = SandboxConfiguration()
    let catalog = Catalog(schemas: schemas, service: configuration.service)
    let store = try Store(.memory, catalog: catalog)
    let records = RecordTable(
      catalog: catalog, identifiers: RecordIdentifiers(seed: 1), links: store.links,
      now: { TestSandbox.start })
    let behavior = RecordBehavior(
      catalog: catalog, records: records,
      identity: .init(organization: "acme", applicationKind: "integration", seed: 1))
    return try await store.write { db in
      var documents: [String: JSONValue] = [:]
      for schema in schemas {
        var lookups = RecordBehavior.Lookups()
        let record = try behavior.insert(
          db, type: schema.name, attributes: [:], relationships: [:],
          time: "2024-05-01T12:00:00.000Z", &lookups)
        let view = try ListRequest(
          try QueryString(""), schema: schema, catalog: catalog, isList: false, lenient: false
        ).view
        var writer = JSONWriter()
        ResourceWriter(
          catalog: catalog,
          context: DocumentContext(
            origin: "http://sandbox.test", mode: "test", organizationID: "Org", traceID: "t",
            attachments: Attachments(now: { TestSandbox.start })),
          view: view
        ).write(record, linkage: [:], to: &writer)
        documents[schema.name] = try JSONValue(
          parsing: String(decoding: writer.bytes, as: UTF8.self))["attributes"]
      }
      return documents
    }
  }

  private static let list = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "shared/docs/non-null.json")

  @Test(
    .enabled(
      if: FileManager.default.fileExists(atPath: list.path),
      "../shared/docs/non-null.json is not here"))
  func theListOfTheSDKIsKept() async throws {
    let text = try String(contentsOf: Self.list, encoding: .utf8)
    let resources = try #require(try JSONValue(parsing: text)["resources"]?.object)
    let documents = try await emptyRecords(Self.schemas)
    for (type, facts) in resources {
      let names = (facts["attributes"]?.array ?? []).compactMap(\.string)
      let found = nulls(documents[type], names)
      #expect(found.isEmpty, "\(type) \(found)")
    }
  }

  @Test func importedRowsAndNestedRecordsHaveWhatIsNeverNull() async throws {
    let test = try await TestSandbox()
    _ = try await test.startImport(
      "orders",
      [["customer_email": "a@example.com", "line_items": [["sku_code": "A", "quantity": 2]]]])
    _ = try await test.startImport("gift_cards", [["balance_cents": 500]])
    try await test.sandbox.drain()
    for type in ["orders", "line_items", "customers", "gift_cards", "imports"] {
      let schema = try #require(Self.schemas.first { $0.name == type })
      let reply = await test.get("/api/\(type)")
      #expect(!reply.data.isEmpty)
      for element in reply.data {
        let found = nulls(element["attributes"], neverNull(schema))
        #expect(found.isEmpty, "\(type) \(found)")
      }
    }
    let card = await test.get("/api/gift_cards")
    #expect(card.values("initial_balance_cents") == [500])
    #expect(card.values("formatted_balance") == ["€5,00"])
    #expect(card.values("code").first??.string?.utf8.count == 36)
  }

  @Test func madeUpValuesAreStoredAndDeterministic() async throws {
    var runs: [[String]] = []
    for seed in [3, 3, 4] as [UInt64] {
      let test = try await TestSandbox { $0.seed = seed }
      for _ in 0..<2 { _ = await test.create("orders", [:]) }
      let orders = await test.get("/api/orders?filter[q][status_eq]=draft")
      #expect(orders.values("number").compactMap { $0?.string } == ["1", "2"])
      let tokens = orders.values("token").compactMap { $0?.string }
      #expect(Set(tokens).count == 2)
      runs.append(tokens)
    }
    #expect(runs[0] == runs[1])
    #expect(runs[0] != runs[2])
  }

  @Test func whatIsNeverNullCannotBeCleared() async throws {
    let test = try await TestSandbox()
    let reply = await test.create("gift_cards", ["balance_cents": 1, "currency_code": .null])
    #expect(reply.json["data"]?["attributes"]?["currency_code"] == "EUR")
    let id = try #require(reply.json["data"]?["id"]?.string)
    let cleared = await test.update("gift_cards", id, ["balance_cents": .null])
    #expect(cleared.status == 422)
    #expect(cleared.pointer == "/data/attributes/balance_cents")
  }

  @Test func theOrganizationIsTheOneOfMeta() async throws {
    let test = try await TestSandbox {
      $0.organization = "acme"
      $0.organizationID = "OrGaNiZaTi"
    }
    let data = await test.get("/api/organization").json["data"]
    #expect(data?["id"] == "OrGaNiZaTi")
    #expect(data?["id"] == data?["meta"]?["organization_id"])
    #expect(data?["attributes"]?["slug"] == "acme")
    #expect(
      await test.get("/api/application").json["data"]?["attributes"]?["kind"] == "integration")
  }

  @Test(arguments: [
    (1_234_567, "EUR", "12345.67", "€12.345,67"), (-500, "EUR", "-5.0", "-€5,00"),
    (5, "USD", "0.05", "$0.05"), (1_250, "JPY", "1250.0", "¥1,250"),
    (1_250, "KWD", "1.25", "1.250 KWD"), (0, "EUR", "0.0", "€0,00"),
    (Int.min, "USD", "-92233720368547758.08", "-$92,233,720,368,547,758.08"),
  ])
  func amounts(cents: Int, currency: String, float: String, formatted: String) {
    let format = Money.Format(currency)
    #expect(String(decoding: format.float(cents), as: UTF8.self) == float)
    #expect(String(decoding: format.formatted(cents), as: UTF8.self) == "\"\(formatted)\"")
  }
}
