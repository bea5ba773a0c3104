import CommerceLayerRuntime

/// Turns filters, sorts and relationships into SQL over the `records` table.
struct FilterSQL: Sendable {
  let catalog: Catalog

  /// The value of an attribute or of the id in `table`.
  static func value(_ attribute: String, _ type: ResourceSchema.AttributeType?, in table: String)
    -> SQLFragment
  {
    switch attribute {
    case "id", "created_at", "updated_at": SQLFragment("\(table).\(attribute)")
    default: SQLFragment("json_extract(\(table).attributes, ?)", [path(attribute)])
    }
  }

  /// `$."name"`. A quote in a name cannot be escaped in SQLite's paths; such a name finds nothing.
  static func path(_ name: String, _ rest: String = "") -> String { "$.\"\(name)\"\(rest)" }

  /// The SQL of one condition; its fields are alternatives.
  func condition(_ filter: FilterCondition, on schema: ResourceSchema) -> SQLFragment {
    let parts = zip(filter.name.fields, filter.operands).compactMap { field, operands in
      condition(filter.name.predicate.name, field, operands, schema)
    }
    return .joined(parts, "OR", empty: "0")
  }

  private func condition(
    _ predicate: String, _ field: FilterName.Field, _ operands: [FilterCondition.Operand],
    _ schema: ResourceSchema
  ) -> SQLFragment? {
    switch field {
    case .own(let name, let type):
      return PredicateSQL.condition(
        predicate, on: Self.value(name, type, in: "records"), operands)
    case .relatedID(let name):
      guard let relationship = schema.relationship(name) else { return nil }
      if !relationship.isToMany {
        let id = SQLFragment(
          "json_extract(records.relationships, ?)", [Self.path(name, ".id")])
        return PredicateSQL.condition(predicate, on: id, operands)
      }
      return PredicateSQL.condition(
        predicate, on: SQLFragment("related.id"), operands
      ).map { exists(relationship, of: schema, $0) }
    case .related(let name, _, let attribute, let type):
      guard let relationship = schema.relationship(name) else { return nil }
      return PredicateSQL.condition(
        predicate, on: Self.value(attribute, type, in: "related"), operands
      ).map { exists(relationship, of: schema, $0) }
    }
  }

  private func exists(
    _ relationship: ResourceSchema.Relationship, of schema: ResourceSchema, _ condition: SQLFragment
  ) -> SQLFragment {
    "EXISTS (SELECT 1 FROM records AS related WHERE "
      + link(relationship, of: schema, owner: "records", related: "related") + " AND " + condition
      + ")"
  }

  /// Holds when the record in `related` is at the other end of a relationship of the one in
  /// `owner`: either the owner names it, or, for a to-many, it names the owner.
  func link(
    _ relationship: ResourceSchema.Relationship, of schema: ResourceSchema, owner: String,
    related: String
  ) -> SQLFragment {
    guard relationship.isToMany else {
      return SQLFragment(
        """
        (\(related).type = json_extract(\(owner).relationships, ?) \
        AND \(related).id = json_extract(\(owner).relationships, ?))
        """,
        [Self.path(relationship.name, ".type"), Self.path(relationship.name, ".id")])
    }
    let named = SQLFragment(
      """
      EXISTS (SELECT 1 FROM json_each(\(owner).relationships, ?) AS item \
      WHERE \(related).type = json_extract(item.value, '$.type') \
      AND \(related).id = json_extract(item.value, '$.id'))
      """, [Self.path(relationship.name)])
    guard let target = relationship.target,
      let inverse = catalog.inverse(of: relationship, of: schema)
    else { return named }
    let naming = SQLFragment(
      """
      (\(related).type = ? AND json_extract(\(related).relationships, ?) = \(owner).id)
      """, [target, Self.path(inverse, ".id")])
    return .joined([named, naming], "OR", empty: "0")
  }
}
