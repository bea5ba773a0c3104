import CommerceLayerRuntime
import GRDB

/// Writes records as exports give them: flat objects of attributes and the ids of to-one relationships,
/// with included records nested in them, or as CSV with columns `relationship.attribute`. CSV holds the
/// records that are included directly; what is included in those has no place in a line.
struct ExportWriter {
  private static let times: Set = ["created_at", "updated_at"]

  let schema: ResourceSchema
  let catalog: Catalog
  let related: RelatedRecords
  private let format: ImportFormat
  private let shape: Shape
  /// Whether what means nothing to another organization is left out: ids, times and blanks.
  private let isDry: Bool

  /// What is shown of a record, and which records are nested in it.
  private struct Shape {
    /// Names of fields; everything when there are none.
    private var fields: Set<String> = []
    private(set) var nested: [(name: String, shape: Shape)] = []

    func shows(_ field: String) -> Bool {
      fields.isEmpty || fields.contains("*") || fields.contains(field)
    }

    /// Adds an include, or a field at the end of a path of includes.
    mutating func add(_ path: ArraySlice<String>, isField: Bool) {
      guard let name = path.first else { return }
      if isField, path.count == 1 {
        fields.insert(name)
        return
      }
      var inner = nested.first { $0.name == name }?.shape ?? Shape()
      inner.add(path.dropFirst(), isField: isField)
      if let index = nested.firstIndex(where: { $0.name == name }) {
        nested[index].shape = inner
      } else {
        nested.append((name, inner))
      }
    }
  }

  /// - Parameter attributes: Those of the export.
  init(
    schema: ResourceSchema, catalog: Catalog, related: RelatedRecords, attributes: JSONObject
  ) {
    self.schema = schema
    self.catalog = catalog
    self.related = related
    format = attributes["format"]?.string.flatMap(ImportFormat.init) ?? .json
    var shape = Shape()
    for (name, isField) in [("includes", false), ("fields", true)] {
      for path in (attributes[name]?.array ?? []).compactMap(\.string) {
        shape.add(path.split(separator: ".").map(String.init)[...], isField: isField)
      }
    }
    self.shape = shape
    isDry = attributes["dry_data"] == true
  }

  /// The text of some records: the beginning, the middle or the end of a file.
  func part(
    _ db: Database, _ records: [StoredRecord], isFirst: Bool, isLast: Bool
  ) throws -> [UInt8] {
    var text = ""
    switch format {
    case .json:
      if isFirst { text += "[" }
      for (index, object) in try objects(db, records, schema, shape).enumerated() {
        text += isFirst && index == 0 ? "\n" : ",\n"
        text += JSONValue.object(object).text
      }
      if isLast { text += "\n]\n" }
    case .csv:
      let columns = columns(of: schema, shape)
      let inner = shape.nested.map { name, shape in
        let target = schema.relationship(name)?.target.flatMap(catalog.schema)
        return (name: name, columns: target.map { self.columns(of: $0, shape) } ?? [])
      }
      if isFirst {
        let names = columns + inner.flatMap { inner in inner.columns.map { "\(inner.name).\($0)" } }
        text += Self.line(names.map { .string($0) })
      }
      for object in try objects(db, records, schema, shape) {
        let nested = inner.map { inner in
          object[inner.name]?.array ?? object[inner.name].map { [$0] } ?? []
        }
        // One line for each of the included records of a to-many relationship.
        for line in 0..<max(1, nested.map(\.count).max() ?? 1) {
          var cells = columns.map { object[$0] ?? .null }
          for (inner, all) in zip(inner, nested) {
            cells += inner.columns.map { (line < all.count ? all[line][$0] : nil) ?? .null }
          }
          text += Self.line(cells)
        }
      }
    }
    return Array(text.utf8)
  }

  private func objects(
    _ db: Database, _ records: [StoredRecord], _ schema: ResourceSchema, _ shape: Shape
  ) throws -> [JSONObject] {
    var objects = records.map { row($0, catalog.schema($0.type) ?? schema, shape) }
    for (name, inner) in shape.nested {
      guard let relationship = schema.relationship(name) else { continue }
      let found = try related.all(db, relationship, of: records, schema)
      let target = relationship.target.flatMap(catalog.schema)
      for (index, record) in records.enumerated() {
        let all = try found[record.sequence].flatMap { found in
          try (target ?? found.first.flatMap { catalog.schema($0.type) }).map {
            try self.objects(db, found, $0, inner).map(JSONValue.object)
          }
        }
        objects[index][name] =
          relationship.isToMany ? .array(all ?? []) : all?.first ?? .null
      }
    }
    return objects
  }

  private func columns(of schema: ResourceSchema, _ shape: Shape) -> [String] {
    let attributes = schema.attributes.filter {
      $0.isReadable && !$0.isRows && $0.name != Attachments.attribute && $0.name != "type"
    }.map(\.name)
    let ids = schema.relationships.filter { !$0.isToMany && $0.isExportable }
      .map { $0.name + "_id" }
    var seen: Set<String> = []
    let all = isDry ? attributes.filter { !Self.times.contains($0) } : ["id"] + attributes + ids
    return all.filter { shape.shows($0) && seen.insert($0).inserted }
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
      let format = Money.Format(DerivedAttribute.currency { attributes[$0]?.string })
      let json = derived.json(attributes[derived.cents]?.integer, in: format)
      return (try? JSONValue(parsing: String(decoding: json, as: UTF8.self))) ?? .null
    }
    if schema.attribute(name) != nil { return attributes[name] ?? .null }
    return relationships[String(name.dropLast(3))]?["id"] ?? .null
  }

  private func row(
    _ record: StoredRecord, _ schema: ResourceSchema, _ shape: Shape
  ) -> JSONObject {
    let attributes = record.attributeObject()
    let relationships = record.relationshipObject()
    var object: JSONObject = [:]
    for name in columns(of: schema, shape) {
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
