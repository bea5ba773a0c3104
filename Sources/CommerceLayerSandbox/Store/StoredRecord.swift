import CommerceLayerRuntime
import GRDB

/// One row of the `records` table.
struct StoredRecord: Sendable, FetchableRecord {
  let sequence: Int64
  let type: String
  let id: String
  /// A JSON object; numbers as they came.
  var attributes: String
  /// A JSON object of resource identifiers, arrays of them, or null.
  var relationships: String
  let createdAt: String
  var updatedAt: String

  /// The columns in the order ``init(row:)`` reads them.
  static let columns = [
    "sequence", "type", "id", "attributes", "relationships", "created_at", "updated_at",
  ]

  static func columns(of table: String) -> String {
    columns.map { "\(table).\($0)" }.joined(separator: ", ")
  }

  /// The attributes as a tree.
  func attributeObject() -> JSONObject { Self.object(attributes) }

  /// The relationships as a tree.
  func relationshipObject() -> JSONObject { Self.object(relationships) }

  static func object(_ text: String) -> JSONObject {
    (try? JSONValue(parsing: text))?.object ?? [:]
  }

  /// The records that a relationship names here.
  func identifiers(_ relationship: String) -> [(type: String, id: String)] {
    guard let value = (try? JSONDocument(parsing: relationships))?.root[relationship] else {
      return []
    }
    let list = value.kind == .array ? Array(value.elements) : [value]
    return list.compactMap { identifier in
      guard let type = identifier["type"]?.string, let id = identifier["id"]?.string else {
        return nil
      }
      return (type, id)
    }
  }
}

extension StoredRecord {
  /// Reads the columns of ``columns``.
  init(row: Row) {
    self.init(
      sequence: row[0], type: row[1], id: row[2], attributes: row[3], relationships: row[4],
      createdAt: row[5], updatedAt: row[6])
  }
}

extension StoredRecord {
  /// Reads the columns of ``columns``.
  init(_ columns: RowStatement.Columns) {
    self.init(
      sequence: columns.number(0), type: columns.text(1), id: columns.text(2),
      attributes: columns.text(3), relationships: columns.text(4), createdAt: columns.text(5),
      updatedAt: columns.text(6))
  }
}
