import CommerceLayerRuntime
import GRDB

/// Turns filters, sorts and relationships into SQL over the `records` table.
///
/// What a filter says of related records is a query of its own, not one for each record, so that SQLite
/// can begin with whichever end has an index. Names of a schema are part of the SQL where they are plain
/// words, because only so an index of an attribute is found; whatever a request says is a placeholder's
/// value.
struct RecordSQL: Sendable {
  let catalog: Catalog
  let links: LinkTable

  // MARK: - Values

  /// The value of an attribute or of the id in `table`.
  static func value(_ attribute: String, in table: String) -> SQL {
    IndexedAttribute.isPlain(attribute)
      ? SQL(sql: text(attribute, in: table))
      : SQL(sql: "json_extract(\(table).attributes, ?)", arguments: [path(attribute)])
  }

  /// The same as text, for a plain name; without a table as the definition of an index has it.
  static func text(_ attribute: String, in table: String?) -> String {
    let prefix = table.map { $0 + "." } ?? ""
    return switch attribute {
    case "id", "created_at", "updated_at", "type": prefix + attribute
    default: "json_extract(\(prefix)attributes, '\(path(attribute))')"
    }
  }

  /// `$."name"`. A quote in a name cannot be escaped in SQLite's paths; such a name finds nothing.
  static func path(_ name: String, _ rest: String = "") -> String { "$.\"\(name)\"\(rest)" }

  /// Holds for records of these types.
  static func isOf(_ types: [String], in table: String) -> SQL {
    if types.count == 1, let type = types.first, IndexedAttribute.isPlain(type) {
      return SQL(sql: "\(table).type = '\(type)'")
    }
    return SQL(
      sql: "\(table).type IN (SELECT value FROM json_each(?))",
      arguments: [JSONValue.array(types.map(JSONValue.string)).text])
  }

  /// `(a AND b)`, as deep as the logarithm of their number: SQLite limits the depth of a condition.
  static func joined(_ parts: [SQL], _ operation: String, empty: String) -> SQL {
    switch parts.count {
    case 0: return SQL(sql: empty)
    case 1: return parts[0]
    default:
      let middle = parts.count / 2
      let left = joined(Array(parts[..<middle]), operation, empty: empty)
      let right = joined(Array(parts[middle...]), operation, empty: empty)
      return SQL(sql: "(") + left + SQL(sql: " \(operation) ") + right + SQL(sql: ")")
    }
  }

  // MARK: - Filters

  /// The SQL of one condition; its fields are alternatives.
  func condition(_ filter: FilterCondition, on schema: ResourceSchema) -> SQL {
    let parts = zip(filter.name.fields, filter.operands).compactMap { field, operands in
      condition(filter.name.predicate.name, field, operands, schema)
    }
    return Self.joined(parts, "OR", empty: "0")
  }

  private func condition(
    _ predicate: String, _ field: FilterName.Field, _ operands: [FilterCondition.Operand],
    _ schema: ResourceSchema
  ) -> SQL? {
    func compare(_ value: SQL) -> SQL? { PredicateSQL.condition(predicate, on: value, operands) }
    switch field {
    case .own(let name, _):
      return compare(Self.value(name, in: "records"))
    case .relatedID(let name):
      guard let relationship = schema.relationship(name) else { return nil }
      let holdsForNone = PredicateSQL.holdsForNull(predicate, operands)
      if relationship.isToMany || !catalog.inverses(of: relationship, of: schema).isEmpty {
        return compare(SQL(sql: "related.id")).map {
          orNone(holdsForNone, leads(relationship, of: schema, where: $0), relationship, schema)
        }
      }
      // One that leads nowhere has a null for its id, which only the record itself tells.
      if !PredicateSQL.needsValue(predicate) {
        return compare("json_extract(records.relationships, \(Self.path(name, ".id")))")
      }
      return compare(SQL(sql: "links.target")).map { condition in
        let numbers = catalog.types(of: schema).compactMap { links.number($0, name) }
        let ways = numbers.map { number -> SQL in
          """
          records.sequence IN \
          (SELECT links.owner FROM links WHERE links.relationship = \(number) AND \(condition))
          """
        }
        return Self.joined(ways, "OR", empty: "0")
      }
    case .related(let name, _, let attribute, _):
      guard let relationship = schema.relationship(name) else { return nil }
      return compare(Self.value(attribute, in: "related")).map {
        orNone(
          PredicateSQL.holdsForNull(predicate, operands),
          leads(relationship, of: schema, where: $0), relationship, schema)
      }
    }
  }

  /// A condition on related records, which a predicate that holds for null also meets where there are
  /// none: the service's predicate engine joins them as SQL's `LEFT JOIN` does.
  private func orNone(
    _ holdsForNone: Bool, _ condition: SQL, _ relationship: ResourceSchema.Relationship,
    _ schema: ResourceSchema
  ) -> SQL {
    guard holdsForNone else { return condition }
    return SQL(sql: "(") + condition + SQL(sql: " OR NOT ") + leadsSomewhere(relationship, schema)
      + SQL(sql: ")")
  }

  /// Holds for records that a relationship leads from: to what they name, or to what names them.
  private func leadsSomewhere(
    _ relationship: ResourceSchema.Relationship, _ schema: ResourceSchema
  ) -> SQL {
    let path = Self.path(relationship.name, relationship.isToMany ? "" : ".id")
    var ways: [SQL] = [
      relationship.isToMany
        ? "COALESCE(json_array_length(records.relationships, \(path)), 0) > 0"
        : "json_extract(records.relationships, \(path)) IS NOT NULL"
    ]
    for inverse in catalog.inverses(of: relationship, of: schema) {
      guard let number = links.number(inverse.type, inverse.relationship) else { continue }
      ways.append(
        """
        EXISTS (SELECT 1 FROM links \
        WHERE links.relationship = \(number) AND links.target = records.id)
        """)
    }
    return SQL(sql: "(") + Self.joined(ways, "OR", empty: "0") + SQL(sql: ")")
  }

  /// Holds for records with a related one that the condition on `related` holds for: those that name
  /// such a record, and those that such a record names.
  private func leads(
    _ relationship: ResourceSchema.Relationship, of schema: ResourceSchema, where condition: SQL
  ) -> SQL {
    var ways: [SQL] = []
    let targets = catalog.targets(of: relationship)
    let inverses = catalog.inverses(of: relationship, of: schema)
    // An owner that cannot name them is named by them.
    let isNamed =
      !relationship.isToMany || inverses.isEmpty || relationship.create != nil
      || relationship.update != nil
    for type in isNamed ? catalog.types(of: schema) : [] {
      guard let number = links.number(type, relationship.name) else { continue }
      let isTarget = targets.isEmpty ? SQL(sql: "1") : Self.isOf(targets, in: "related")
      ways.append(
        """
        records.sequence IN (SELECT links.owner FROM records AS related \
        JOIN links ON links.target = related.id AND links.relationship = \(number) \
        WHERE \(isTarget) AND \(condition))
        """)
    }
    for inverse in inverses {
      let isInverse = Self.isOf([inverse.type], in: "related")
      let path = Self.path(inverse.relationship, ".id")
      ways.append(
        """
        records.id IN (SELECT json_extract(related.relationships, \(path)) \
        FROM records AS related WHERE \(isInverse) AND \(condition))
        """)
    }
    return Self.joined(ways, "OR", empty: "0")
  }

  // MARK: - Order

  /// The order of a list. Null counts as the greatest value, as in the service's database; ties are in
  /// the order of creation, so that pages never overlap.
  static func order(_ sorts: [ListRequest.Sort]) -> SQL {
    let parts = sorts.map { sort in
      value(sort.name, in: "records")
        + SQL(sql: sort.descending ? " DESC NULLS FIRST, " : " ASC NULLS LAST, ")
    }
    let ties = sorts.last?.descending == true ? "records.sequence DESC" : "records.sequence"
    return parts.reduce(SQL(sql: " ORDER BY "), +) + SQL(sql: ties)
  }
}
