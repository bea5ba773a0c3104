import CommerceLayerRuntime

/// Reads rows of one type: checks every field against the schema.
struct RowReader: Sendable {
  let schema: ResourceSchema
  let catalog: Catalog
  /// The import's `parent_resource_id`.
  let parentID: String?

  /// A checked row.
  struct Fields: Sendable {
    var id: String?
    var attributes: JSONObject = [:]
    var relationships: JSONObject = [:]
    var errors = RowErrors()
    /// The row's name in the log.
    var logKey = ImportLogKey.unknown
  }

  private var importable: ServiceDescription.Importable? {
    catalog.service.importables[schema.name]
  }

  func read(_ row: RawRow) -> Fields {
    var fields = Fields()
    for (name, value) in row.fields { add(name, value, to: &fields) }
    if row.hasSurplus { fields.errors.add("base", "has more cells than the header") }
    if let parent = importable?.parent, let parentID, fields.relationships[parent] == nil {
      fields.relationships[parent] = identifier(parent, parentID)
    }
    fields.logKey = ImportLogKey.text(fields: importable?.key ?? []) { field in
      field.hasSuffix("_id")
        ? fields.relationships[String(field.dropLast(3))]?["id"] ?? fields.attributes[field]
        : fields.attributes[field]
    }
    return fields
  }

  /// What a record must have and lacks, of the fields `relevant` names.
  ///
  /// Of required relationships only the parent's and those of the key count: the documentation's own
  /// example imports SKUs without their shipping category.
  func missing(
    _ attributes: JSONObject, _ relationships: JSONObject, where relevant: (String) -> Bool
  ) -> RowErrors {
    var errors = RowErrors()
    let required = RequiredFields(
      schema: schema, hasAttribute: { !RequiredFields.isBlank(attributes[$0]) },
      hasRelationship: {
        !RequiredFields.isBlank(relationships[$0]) || !RequiredFields.isBlank(attributes[$0])
      })
    for name in required.attributes where relevant(name) { errors.add(name, "can't be blank") }
    for relationship in required.relationships
    where relevant(relationship.name) && isIdentifying(relationship.name) {
      errors.add(relationship.name + "_id", "can't be blank")
    }
    return errors
  }

  private func isIdentifying(_ relationship: String) -> Bool {
    importable.map { $0.parent == relationship || $0.key.contains(relationship + "_id") } ?? false
  }

  private func add(_ name: String, _ value: RawValue, to fields: inout Fields) {
    if name == "id" {
      fields.id = value.plain.string
      return
    }
    if let attribute = schema.attribute(name) {
      add(attribute, value, to: &fields)
    } else if name.hasSuffix("_id"),
      let relationship = schema.relationship(String(name.dropLast(3))), !relationship.isToMany
    {
      add(relationship, value, field: name, to: &fields)
    } else if isNested(name) {
      fields.attributes[name] = nested(name, value)
    } else if catalog.isOpen(schema.name) {
      fields.attributes[name] = value.plain
    } else if name != "type" {
      fields.errors.add(name, "is not a known attribute")
    }
  }

  private func add(
    _ attribute: ResourceSchema.Attribute, _ value: RawValue, to fields: inout Fields
  ) {
    let isKey = importable?.key.contains(attribute.name) == true
    // What an export returned can be sent back: what only the service sets is passed over.
    guard attribute.create != nil || attribute.update != nil || isKey else { return }
    guard let stored = value.value(as: attribute.type) else {
      fields.errors.add(attribute.name, Self.message(attribute.type))
      // The name in the log is still the row's own.
      if isKey { fields.attributes[attribute.name] = value.plain }
      return
    }
    if !attribute.values.isEmpty, let text = stored.string, !attribute.values.contains(text) {
      fields.errors.add(attribute.name, "is not included in the list")
    }
    guard !attribute.isTrigger, !attribute.isWriteOnly else { return }
    fields.attributes[attribute.name] = stored
  }

  private func add(
    _ relationship: ResourceSchema.Relationship, _ value: RawValue, field: String,
    to fields: inout Fields
  ) {
    switch value.plain {
    case .null: fields.relationships[relationship.name] = .null
    case .string(let id) where !id.isEmpty:
      fields.relationships[relationship.name] = identifier(relationship.name, id)
    case .string, .bool, .number, .array, .object: fields.errors.add(field, "is not an id")
    }
  }

  /// `prices`, `relationship.attribute` or `relationship_type`.
  private func isNested(_ name: String) -> Bool {
    let base = name.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    if base.count == 2, schema.relationship(String(base[0])) != nil { return true }
    if name.hasSuffix("_type") { return schema.relationship(String(name.dropLast(5))) != nil }
    return schema.relationship(name) != nil || name == Self.tagNames
  }

  /// Tags come as a comma list in one cell.
  private static let tagNames = "tags.name"

  private func nested(_ name: String, _ value: RawValue) -> JSONValue {
    guard name == Self.tagNames, case .cell(let text) = value else { return value.plain }
    return .array(
      text.split(separator: ",").map { part in
        .string(part.split(separator: " ").joined(separator: " "))
      })
  }

  private func identifier(_ relationship: String, _ id: String) -> JSONValue {
    ["type": .string(catalog.target(of: relationship, in: schema)), "id": .string(id)]
  }

  private static func message(_ type: ResourceSchema.AttributeType) -> String {
    switch type {
    case .integer: "is not an integer"
    case .float: "is not a number"
    case .boolean: "is not a boolean"
    case .datetime: "is not a datetime"
    case .string: "is not a string"
    case .object: "is not an object"
    case .array: "is not an array"
    }
  }
}
