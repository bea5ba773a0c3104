import CommerceLayerRuntime
import GRDB

/// Writes records as exports give them: flat objects of attributes and the ids of to-one relationships,
/// with included records nested in them, or as CSV with columns `relationship.attribute`.
struct ExportWriter {
  private static let times: Set = ["created_at", "updated_at"]

  let schema: ResourceSchema
  let catalog: Catalog
  let related: RelatedRecords
  private let format: ImportFormat
  private let includes: [ResourceSchema.Relationship]
  private let fields: Set<String>
  /// Whether what means nothing to another organization is left out: ids, times and blanks.
  private let isDry: Bool

  /// - Parameter attributes: Those of the export.
  init(
    schema: ResourceSchema, catalog: Catalog, related: RelatedRecords, attributes: JSONObject
  ) {
    self.schema = schema
    self.catalog = catalog
    self.related = related
    format = attributes["format"]?.string.flatMap(ImportFormat.init) ?? .json
    let paths = attributes["includes"]?.array ?? []
    includes = paths.compactMap { path in
      path.string?.split(separator: ".").first.flatMap { schema.relationship(String($0)) }
    }
    fields = Set((attributes["fields"]?.array ?? []).compactMap(\.string))
    isDry = attributes["dry_data"] == true
  }

  /// The text of some records: the beginning, the middle or the end of a file.
  func part(
    _ db: Database, _ records: [StoredRecord], isFirst: Bool, isLast: Bool
  ) throws -> [UInt8] {
    var nested: [(ResourceSchema.Relationship, [Int64: [StoredRecord]])] = []
    for relationship in includes {
      nested.append((relationship, try related.all(db, relationship, of: records, schema)))
    }
    var text = ""
    switch format {
    case .json:
      if isFirst { text += "[" }
      for (index, record) in records.enumerated() {
        text += isFirst && index == 0 ? "\n" : ",\n"
        var object = row(record, schema, isShown: shows)
        for (relationship, found) in nested {
          let inner = (found[record.sequence] ?? []).compactMap { record in
            catalog.schema(record.type).map {
              JSONValue.object(row(record, $0, isShown: { _ in true }))
            }
          }
          object[relationship.name] =
            relationship.isToMany ? .array(inner) : inner.first ?? .null
        }
        text += JSONValue.object(object).text
      }
      if isLast { text += "\n]\n" }
    case .csv:
      let columns = columns(of: schema, isShown: shows)
      let inner = nested.map { relationship, found in
        let target = relationship.target.flatMap(catalog.schema)
        return (
          relationship, found, target.map { self.columns(of: $0, isShown: { _ in true }) } ?? []
        )
      }
      if isFirst {
        let names =
          columns
          + inner.flatMap { relationship, _, names in
            names.map { "\(relationship.name).\($0)" }
          }
        text += Self.line(names.map { .string($0) })
      }
      for record in records {
        let own = row(record, schema, isShown: shows)
        // One line for each of the included records of a to-many relationship.
        let lines = max(1, inner.map { $0.1[record.sequence]?.count ?? 0 }.max() ?? 1)
        for line in 0..<lines {
          var cells = columns.map { own[$0] ?? .null }
          for (_, found, names) in inner {
            let all = found[record.sequence] ?? []
            let object =
              line < all.count
              ? catalog.schema(all[line].type).map { row(all[line], $0, isShown: { _ in true }) }
              : nil
            cells += names.map { object?[$0] ?? .null }
          }
          text += Self.line(cells)
        }
      }
    }
    return Array(text.utf8)
  }

  private func shows(_ field: String) -> Bool { fields.isEmpty || fields.contains(field) }

  private func columns(
    of schema: ResourceSchema, isShown: (String) -> Bool
  ) -> [String] {
    let attributes = schema.attributes.filter {
      $0.isReadable && !$0.isRows && $0.name != Attachments.attribute && $0.name != "type"
    }.map(\.name)
    let ids = schema.relationships.filter { !$0.isToMany && $0.isExportable }
      .map { $0.name + "_id" }
    var seen: Set<String> = []
    let all = isDry ? attributes.filter { !Self.times.contains($0) } : ["id"] + attributes + ids
    return all.filter { isShown($0) && seen.insert($0).inserted }
  }

  private func value(
    _ name: String, of record: StoredRecord, _ schema: ResourceSchema, _ attributes: JSONObject,
    _ relationships: JSONObject
  ) -> JSONValue {
    switch name {
    case "id": return .string(record.id)
    case "created_at": return .string(record.createdAt)
    case "updated_at": return .string(record.updatedAt)
    default: break
    }
    if let derived = catalog.behavior(of: schema.name)?.derived[name] {
      return derived.value(
        attributes[derived.cents]?.integer,
        currency: DerivedAttribute.currency { attributes[$0]?.string })
    }
    if schema.attribute(name) != nil { return attributes[name] ?? .null }
    return relationships[String(name.dropLast(3))]?["id"] ?? .null
  }

  private func row(
    _ record: StoredRecord, _ schema: ResourceSchema, isShown: (String) -> Bool
  ) -> JSONObject {
    let attributes = record.attributeObject()
    let relationships = record.relationshipObject()
    var object: JSONObject = [:]
    for name in columns(of: schema, isShown: isShown) {
      let value = value(name, of: record, schema, attributes, relationships)
      if !isDry || !RequiredFields.isBlank(value) { object[name] = value }
    }
    return object
  }

  /// A line of RFC 4180, ended as the service's files are.
  private static func line(_ cells: [JSONValue]) -> String {
    var line = ""
    for (index, cell) in cells.enumerated() {
      if index > 0 { line += "," }
      let text = cell == .null ? "" : cell.string ?? cell.text
      let special: [UInt8] = [UInt8(ascii: ","), UInt8(ascii: "\""), 10, 13]
      let needsQuotes = text.utf8.contains { special.contains($0) }
      line += needsQuotes ? "\"" + text.replacing("\"", with: "\"\"") + "\"" : text
    }
    return line + "\n"
  }
}
