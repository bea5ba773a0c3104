@_spi(Generated) import CommerceLayer
import Foundation
import Testing

/// What the generated client sends is what the schema says: paths, names, bodies, and nothing where
/// something required is missing.
@Suite struct WireConformanceTests {
  @Test(arguments: Probed.all) func everyNameOfAQueryIsItsWireName(resource: Probed) {
    let schema = resource.schema
    let query = resource.probe.queryNames()
    #expect(query.wrong == [])
    expectSame(query.filters, Self.filters(of: schema))
    let sortable = schema.attributes.filter(\.isSortable).map(\.name)
    expectSame(query.sorts, sortable + (schema.sortsByID ? ["id"] : []))
    let readable = schema.attributes.filter { $0.isReadable && $0.name != "type" }.map(\.name)
    expectSame(query.fields, readable + schema.relationships.map(\.name))
    expectSame(query.includes, schema.relationships.filter(\.isIncludable).map(\.name))
  }

  @Test(arguments: Probed.all.filter { $0.schema.operation(.list) != nil })
  func everyFilterAndSortReachesTheWire(resource: Probed) async throws {
    let schema = resource.schema
    let service = RecordingService(SampleValue.document(schema), collection: schema.path)
    try await resource.probe.listEverything(service.client())
    let request = try #require(service.requests.first)
    #expect(request.method == "GET" && request.path == schema.operation(.list)?.path)
    expectSame(request.filters, Self.filters(of: schema))
    let sorts = request.value("sort")?.split(separator: ",").map(String.init) ?? []
    let sortable = schema.attributes.filter(\.isSortable).map(\.name)
    expectSame(sorts, (sortable + (schema.sortsByID ? ["id"] : [])).map { "-\($0)" })
    #expect(request.value("page[number]") == "2" && request.value("page[size]") == "25")
  }

  @Test(arguments: Probed.all.filter { $0.schema.operation(.retrieve) != nil })
  func retrieving(resource: Probed) async throws {
    let schema = resource.schema
    let service = RecordingService(SampleValue.document(schema), collection: nil)
    let seen = try #require(try await resource.probe.retrieve(service.client()))
    expectEverything(of: schema, in: seen)
    try expect(service, .retrieve, of: schema)
  }

  @Test(arguments: Probed.all.filter { $0.schema.operation(.list) != nil })
  func listing(resource: Probed) async throws {
    let schema = resource.schema
    let service = RecordingService(SampleValue.document(schema), collection: schema.path)
    let seen = try #require(try await resource.probe.list(service.client()))
    #expect(seen.count == 1)
    for item in seen { expectEverything(of: schema, in: item) }
    try expect(service, .list, of: schema)
  }

  @Test(arguments: Probed.all.filter { $0.schema.operation(.delete) != nil })
  func deleting(resource: Probed) async throws {
    let service = RecordingService(.null, collection: nil)
    #expect(try await resource.probe.delete(service.client()))
    try expect(service, .delete, of: resource.schema)
  }

  @Test(arguments: Probed.all.filter { $0.schema.operation(.create) != nil })
  func everyArgumentOfCreateIsSent(resource: Probed) async throws {
    let schema = resource.schema
    let service = RecordingService(SampleValue.document(schema), collection: nil)
    #expect(try await resource.probe.create(service.client()) { _ in })
    let request = try expect(service, .create, of: schema)
    let data = try #require(request.body?["data"])
    #expect(data["type"] == .string(schema.name) && data["id"] == nil)
    expectSent(data, of: schema, cleared: false, requirement: \.create, relationship: \.create)
  }

  @Test(
    arguments: Probed.all.filter { $0.schema.operation(.update) != nil && !$0.schema.isSingleton },
    [false, true])
  func everyArgumentOfUpdateIsSent(resource: Probed, clear: Bool) async throws {
    let schema = resource.schema
    let service = RecordingService(SampleValue.document(schema), collection: nil)
    #expect(try await resource.probe.update(service.client(), clear: clear))
    let request = try expect(service, .update, of: schema)
    let data = try #require(request.body?["data"])
    #expect(data["type"] == .string(schema.name) && data["id"] == "some-id")
    expectSent(data, of: schema, cleared: clear, requirement: \.update, relationship: \.update)
  }

  @Test(arguments: Probed.all.filter { $0.schema.operation(.create) != nil })
  func whatIsRequiredIsMissed(resource: Probed) async throws {
    let schema = resource.schema
    let service = RecordingService(SampleValue.document(schema), collection: nil)
    let client = try service.client()
    let required =
      schema.attributes.filter { $0.create == .required }.map(\.name)
      + schema.relationships.filter { $0.create == .required }.map(\.name)
    for name in required {
      let error = await #expect(throws: CommerceLayerError.self, "\(name)") {
        _ = try await resource.probe.create(client) { $0 = $0.without(name) }
      }
      #expect(error?.kind == .invalidInput)
      #expect(error?.message.contains("'\(name)' is required") == true, "\(name)")
    }
    #expect(service.requests.isEmpty, "nothing is sent")
  }

  @Test(arguments: Probed.all) func triggersSendTheirVerb(resource: Probed) async throws {
    let schema = resource.schema
    let names = resource.probe.triggers.map(\.wire)
    let pulled = schema.attributes.filter {
      $0.isTrigger && $0.update != nil
    }
    if schema.operation(.update) != nil, !schema.isSingleton {
      #expect(names.sorted() == pulled.map(\.name).sorted())
    }
    for trigger in resource.probe.triggers {
      let service = RecordingService(SampleValue.document(schema), collection: nil)
      try await trigger.call(service.client())
      let request = try expect(service, .update, of: schema)
      let value = try SampleValue.json(#require(schema.attribute(trigger.wire)))
      #expect(
        request.body?["data"]?["attributes"] == .object(JSONObject([(trigger.wire, value)])))
    }
  }

  @Test(arguments: Probed.all) func relatedResourcesHaveTheirPath(resource: Probed) async throws {
    let schema = resource.schema
    for related in resource.probe.related {
      let relationship = try #require(schema.relationship(related.wire))
      let path = "\(schema.path)/some-id/\(related.wire)"
      let document: JSONValue = [
        "id": "x", "type": .string(SampleValue.target(relationship)), "attributes": [:],
      ]
      let service = RecordingService(
        document, collection: relationship.isToMany ? path : nil)
      try await related.call(service.client())
      let request = try #require(service.requests.first)
      #expect(request.method == "GET" && request.path == path)
    }
    if !schema.isSingleton {
      #expect(
        resource.probe.related.map(\.wire).sorted() == schema.relationships.map(\.name).sorted())
    }
  }

  // MARK: - Expectations

  /// Both hold the same names, each once; says which are missing or too many.
  private func expectSame(
    _ found: [String], _ wanted: [String], sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let (found, wanted, count) = (Set(found), Set(wanted), found.count)
    #expect(wanted.subtracting(found).sorted() == [], "missing", sourceLocation: sourceLocation)
    #expect(found.subtracting(wanted).sorted() == [], "too many", sourceLocation: sourceLocation)
    #expect(count == found.count, "twice", sourceLocation: sourceLocation)
  }

  /// The one request has the method and the path of the schema.
  @discardableResult
  private func expect(
    _ service: RecordingService, _ kind: ResourceSchema.Operation.Kind, of schema: ResourceSchema
  ) throws -> RecordingService.Request {
    let operation = try #require(schema.operation(kind))
    let requests = service.requests
    #expect(requests.count == 1)
    let request = try #require(requests.first)
    #expect(request.method == operation.method)
    #expect(request.path == operation.path.replacing(":id", with: "some-id"))
    #expect(
      schema.isSingleton != operation.path.contains(":id") || kind == .list || kind == .create)
    return request
  }

  private func expectSent(
    _ data: JSONValue, of schema: ResourceSchema, cleared: Bool,
    requirement: KeyPath<ResourceSchema.Attribute, ResourceSchema.Requirement?>,
    relationship: KeyPath<ResourceSchema.Relationship, ResourceSchema.Requirement?>
  ) {
    var attributes: [(String, JSONValue)] = []
    for attribute in schema.attributes {
      guard let how = attribute[keyPath: requirement] else { continue }
      let stays =
        attribute.isTrigger || attribute.isRows || how == .required
        || Self.isNeverNull("attributes", attribute.name, in: schema)
      let value =
        attribute.isRows ? JSONValue.string(SampleValue.rowsText) : SampleValue.json(attribute)
      attributes.append((attribute.name, cleared && !stays ? .null : value))
    }
    #expect(data["attributes"] == .object(JSONObject(attributes)))
    var relationships: [(String, JSONValue)] = []
    for related in schema.relationships {
      guard let how = related[keyPath: relationship] else { continue }
      let knows = related.target != nil && !related.isPolymorphic
      let known = knows && CommerceLayerService.schemas.contains { $0.name == related.target }
      let one: JSONValue = [
        "type": .string((known ? related.target : related.targets.first) ?? "things"),
        "id": "some-id",
      ]
      let stays =
        related.isToMany || how == .required
        || Self.isNeverNull("relationships", related.name, in: schema)
      let linkage: JSONValue = cleared && !stays ? .null : related.isToMany ? [one] : one
      relationships.append((related.name, ["data": linkage]))
    }
    #expect((data["relationships"] ?? [:]) == .object(JSONObject(relationships)))
  }

  private static func isNeverNull(
    _ group: String, _ name: String, in schema: ResourceSchema
  ) -> Bool {
    let table = try? JSONDecoder().decode(JSONValue.self, from: Data(schema.table.utf8))
    return table?[group]?[name]?["never_null"] == true
  }

  /// The names of all conditions that the schema and the service's predicates allow.
  private static func filters(of schema: ResourceSchema) -> [String] {
    let predicates = CommerceLayerService.description.predicates.values
    let id = predicates.filter(\.fitsID).map(\.name)
    var names = schema.filtersByID ? id.map { "id_\($0)" } : []
    for attribute in schema.attributes where attribute.isFilterable {
      names += predicates.filter { $0.types.contains(attribute.type) }
        .map { "\(attribute.name)_\($0.name)" }
    }
    for relationship in schema.relationships where relationship.isFilterable {
      names += id.map { "\(relationship.name)_id_\($0)" }
    }
    return names
  }
}

extension RequestStorage {
  /// The same request without one member.
  fileprivate func without(_ name: String) -> RequestStorage {
    var copy = RequestStorage(type: type)
    for (key, value) in attributes where key != name { copy[key] = value }
    for (key, value) in relationships where key != name {
      if case .array(let elements) = value {
        copy.relate(key, elements.map(Self.reference))
      } else {
        copy.relate(key, Self.reference(value))
      }
    }
    return copy
  }

  private static func reference(_ linkage: JSONValue) -> AnyResourceReference {
    AnyResourceReference(
      type: linkage["type"]?.string ?? "", id: linkage["id"]?.string ?? "")
  }
}
