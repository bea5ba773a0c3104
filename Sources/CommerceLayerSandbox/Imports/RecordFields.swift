import CommerceLayerRows
import CommerceLayerRuntime

/// What one record of an import gives, member by member. Pure.
///
/// That the record can be taken at all was told by the rules that importer and sandbox share; here it
/// is sorted into what is stored, what is made beside it and what has no effect.
struct RecordFields: Sendable {
  /// Related records that a record gives: `line_items` of an order, `address` of a customer address.
  struct Related: Sendable {
    let relationship: ResourceSchema.Relationship
    let schema: ResourceSchema
    let records: [RecordFields]
  }

  /// The tags that a record gives.
  struct Tags: Sendable {
    let relationship: String
    var names: [String] = []
    var ids: [String] = []
  }

  private(set) var id: String?
  private(set) var attributes: JSONObject = [:]
  private(set) var relationships: JSONObject = [:]
  /// What it pulls, with the values.
  private(set) var triggers: [TriggerRun.Pulled] = []
  private(set) var related: [Related] = []
  private(set) var tags: Tags?
  /// What it gives that has no effect.
  private(set) var warnings: [String] = []
  private(set) var errors = RowErrors()

  /// Whether it is stored as it is: nothing is made beside it, nothing is pulled.
  var isPlain: Bool { triggers.isEmpty && related.isEmpty && tags == nil }

  /// - Parameter isNested: Whether it is inside another record; what is inside it has no effect.
  init(_ object: JSONElement, schema: ResourceSchema, catalog: Catalog, isNested: Bool = false) {
    let key = catalog.key(of: schema.name)
    let isOpen = catalog.isOpen(schema.name)
    var stored: [(String, JSONValue)] = []
    var linked: [(String, JSONValue)] = []
    for (name, value) in object.members {
      if name == "id" {
        id = value.string
      } else if let attribute = schema.attribute(name) {
        if let value = add(attribute, value, isKey: key.contains(name), isNested: isNested) {
          stored.append((name, value))
        }
      } else if name.hasSuffix("_id"),
        let relationship = schema.relationship(String(name.dropLast(3))), !relationship.isToMany
      {
        let target = catalog.target(of: relationship.name, in: schema)
        linked.append(
          (relationship.name, value.string.map { Self.identifier(target, $0) } ?? .null))
      } else if isOpen {
        stored.append((name, value.value))
      } else if let relationship = schema.relationship(name), !isNested {
        add(relationship, value, catalog)
      } else if name != "type" {
        leaveOut(name, value)
      }
    }
    attributes = JSONObject(stored)
    relationships = JSONObject(linked)
  }

  /// The identifier of a record in a relationship.
  static func identifier(_ type: String, _ id: String) -> JSONValue {
    ["type": .string(type), "id": .string(id)]
  }

  /// Takes the relationship of the import's parent, which a record's own replaces.
  mutating func adopt(parent: String, _ identifier: JSONValue) {
    if relationships[parent] == nil { relationships[parent] = identifier }
  }

  /// Takes the record it is inside of, whatever it says itself.
  mutating func own(by relationship: String, _ identifier: JSONValue) {
    relationships[relationship] = identifier
  }

  /// The value as it is stored; nil when the attribute is not one that is.
  private mutating func add(
    _ attribute: ResourceSchema.Attribute, _ value: JSONElement, isKey: Bool, isNested: Bool
  ) -> JSONValue? {
    // The fields of an export that only the service sets.
    guard attribute.create != nil || attribute.update != nil || isKey else {
      leaveOut(attribute.name, value)
      return nil
    }
    if attribute.isTrigger {
      // False asks for nothing.
      if !value.isNull, value.boolean != false { triggers.append((attribute, value.value)) }
      return nil
    }
    if attribute.isWriteOnly {
      if !value.isNull {
        warnings.append("'\(attribute.name)' is accepted and has no effect in the sandbox")
      }
      return nil
    }
    if !attribute.values.isEmpty, let text = value.string, !attribute.values.contains(text) {
      // The documentation's own example of nested line items has a value that the schema lacks.
      if isNested {
        warn("'\(attribute.name)' is not one of the values that the schema lists")
      } else {
        errors.add(attribute.name, "is not included in the list")
      }
    }
    let value = value.value
    return ValueFormat.stored(value, as: attribute.type) ?? value
  }

  private mutating func add(
    _ relationship: ResourceSchema.Relationship, _ value: JSONElement, _ catalog: Catalog
  ) {
    guard !value.isNull else { return }
    if relationship.target == "tags", relationship.isToMany {
      var all = tags ?? Tags(relationship: relationship.name)
      for element in value.elements {
        if let name = element["name"]?.string, !all.names.contains(name) { all.names.append(name) }
        if let id = element["id"]?.string, !all.ids.contains(id) { all.ids.append(id) }
      }
      tags = all
      return
    }
    guard let schema = relationship.target.flatMap(catalog.schema) else {
      warnings.append(
        "'\(relationship.name)' has no effect in the sandbox: its type is not known")
      return
    }
    let elements = relationship.isToMany ? Array(value.elements) : [value]
    let records = elements.map { element in
      let type = element["type"]?.string ?? ""
      let member = schema.members.contains(type) ? catalog.schema(type) : nil
      return (
        member ?? schema,
        RecordFields(
          element, schema: member ?? schema, catalog: catalog, isNested: true)
      )
    }
    for (schema, fields) in records {
      for warning in fields.warnings { warn("\(relationship.name): \(warning)") }
      for (field, messages) in fields.errors.messages {
        for message in messages { errors.add("\(relationship.name).\(field)", message) }
      }
      if let last = related.last, last.relationship.name == relationship.name,
        last.schema.name == schema.name
      {
        related[related.count - 1] = Related(
          relationship: relationship, schema: schema, records: last.records + [fields])
      } else {
        related.append(Related(relationship: relationship, schema: schema, records: [fields]))
      }
    }
  }

  private mutating func leaveOut(_ name: String, _ value: JSONElement) {
    if !value.isNull { warn("'\(TerminalSafe.text(name, limit: 60))' has no effect") }
  }

  private mutating func warn(_ text: String) {
    if !warnings.contains(text) { warnings.append(text) }
  }
}
