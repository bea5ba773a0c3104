import CommerceLayerRuntime

/// What a create or update request changes, checked against the schema.
struct RecordChanges: Sendable {
  private(set) var attributes: JSONObject = [:]
  private(set) var relationships: JSONObject = [:]
  /// Triggers that were sent with a value that asks for something.
  private(set) var triggers: [TriggerRun.Pulled] = []
  /// Attributes that no response shows, such as passwords.
  private(set) var writeOnly: JSONObject = [:]
  /// The attributes, triggers and relationships that were sent.
  private(set) var names: [String] = []
  /// The rows of an import.
  private(set) var rows: (name: String, value: JSONElement)?

  /// - Throws: ``ErrorResponse`` with every problem of the most basic kind that was found.
  init(
    _ document: RequestDocument, schema: ResourceSchema, catalog: Catalog, creating: Bool
  ) throws(ErrorResponse) {
    var malformed: [ErrorObject] = []
    var invalid: [ErrorObject] = []
    for (name, value) in document.attributes {
      switch Self.attribute(name, value, schema, creating: creating) {
      case .keep(let attribute, let value):
        if attribute.isRows {
          rows = (name, value)
        } else if attribute.isTrigger {
          if !value.isNull, value.boolean != false { triggers.append((attribute, value.value)) }
        } else if attribute.isWriteOnly {
          writeOnly[name] = value.value
        } else {
          attributes[name] = ValueFormat.stored(value.value, as: attribute.type)
        }
      case .malformed(let problem): malformed.append(problem)
      case .invalid(let problem): invalid.append(problem)
      }
    }
    for (name, value) in document.relationships {
      do {
        relationships[name] = try RelationshipReader.read(
          name, value, schema: schema, catalog: catalog, creating: creating)
      } catch {
        malformed += error.problems
      }
    }
    if !malformed.isEmpty { throw ErrorResponse(malformed) }
    names = document.attributes.map(\.name) + document.relationships.map(\.name)
    let sent = Set(document.attributes.lazy.filter { !Self.isBlank($0.value) }.map(\.name))
    invalid += missing(
      schema, catalog.requirements(of: schema), sent: sent, document, creating: creating)
    invalid += ValueRules.problems(
      schema, attributes: attributes, relationships: relationships, catalog: catalog)
    if !invalid.isEmpty { throw ErrorResponse(invalid) }
  }

  private enum Outcome {
    case keep(ResourceSchema.Attribute, JSONElement)
    case malformed(ErrorObject)
    case invalid(ErrorObject)
  }

  private static func attribute(
    _ name: String, _ value: JSONElement, _ schema: ResourceSchema, creating: Bool
  ) -> Outcome {
    let pointer = "/data/attributes/\(name)"
    guard let attribute = schema.attribute(name),
      (creating ? attribute.create : attribute.update) != nil
    else {
      return .malformed(
        ErrorObject(.paramNotAllowed, "\(name) is not allowed", .pointer(pointer)))
    }
    if attribute.isRows { return .keep(attribute, value) }
    guard ValueFormat.stored(value.value, as: attribute.type) != nil else {
      return .malformed(
        ErrorObject(
          .invalidFieldValue, "\(name) is a \(attribute.type.rawValue)", .pointer(pointer)))
    }
    if let text = value.string, text.utf8.contains(0) {
      return .malformed(
        ErrorObject(.invalidFieldValue, "\(name) holds a NUL character", .pointer(pointer)))
    }
    if !attribute.values.isEmpty, let text = value.string, !attribute.values.contains(text) {
      return .invalid(
        .validation(
          pointer, "inclusion", "is not included in the list", value: .string(text)))
    }
    return .keep(attribute, value)
  }

  /// What must be given and is not: on create what is absent or empty, on update what is cleared.
  private func missing(
    _ schema: ResourceSchema, _ requirements: RequiredFields.Requirements, sent: Set<String>,
    _ document: RequestDocument, creating: Bool
  ) -> [ErrorObject] {
    let named = Set(document.attributes.map(\.name) + document.relationships.map(\.name))
    let required = RequiredFields(
      requirements: requirements, hasAttribute: sent.contains,
      hasRelationship: { !RequiredFields.isBlank(relationships[$0]) })
    let attributes = required.attributes
    let related = required.relationships
    var missing = (attributes.map { ($0, "attributes") } + related.map { ($0, "relationships") })
      .filter { creating || named.contains($0.0) }
    // What a response never holds null for cannot be cleared.
    if !creating {
      for attribute in schema.attributes
      where attribute.isNeverNull && self.attributes[attribute.name] == .null
        && !attributes.contains(attribute.name)
      {
        missing.append((attribute.name, "attributes"))
      }
    }
    let conditions = RequiredFields.Conditions(
      schema: schema, creating: creating,
      value: { self.attributes[$0] ?? self.relationships[$0] })
    for name in conditions.unmet where !missing.contains(where: { $0.0 == name }) {
      missing.append((name, schema.attribute(name) == nil ? "relationships" : "attributes"))
    }
    return missing.map { .validation("/data/\($1)/\($0)", "blank", "can't be blank") }
  }

  private static func isBlank(_ value: JSONElement) -> Bool {
    value.isNull || value.string == "" || (value.kind == .array && value.elements.first == nil)
  }
}

extension JSONElements {
  /// The first element.
  var first: JSONElement? {
    var iterator = makeIterator()
    return iterator.next()
  }
}
