import CommerceLayerRuntime
import Foundation
import GRDB

/// Reads and writes records inside a transaction.
struct RecordTable: Sendable {
  let catalog: Catalog
  let identifiers: RecordIdentifiers
  let now: @Sendable () -> Date

  private static let selection = "SELECT \(StoredRecord.columns(of: "records")) FROM records"

  func find(_ db: Database, type: String, id: String) throws -> StoredRecord? {
    let statement = try db.cachedStatement(sql: Self.selection + " WHERE type = ? AND id = ?")
    return try Row.fetchOne(statement, arguments: [type, id]).map(StoredRecord.init(row:))
  }

  func find(_ db: Database, type: String, key: String) throws -> StoredRecord? {
    let statement = try db.cachedStatement(
      sql: Self.selection + " WHERE type = ? AND unique_key = ?")
    return try Row.fetchOne(statement, arguments: [type, key]).map(StoredRecord.init(row:))
  }

  /// The first record of a type.
  func first(_ db: Database, type: String) throws -> StoredRecord? {
    let statement = try db.cachedStatement(
      sql: Self.selection + " WHERE type = ? ORDER BY sequence LIMIT 1")
    return try Row.fetchOne(statement, arguments: [type]).map(StoredRecord.init(row:))
  }

  /// Stores a new record under an id of its own.
  func insert(
    _ db: Database, type: String, attributes: JSONObject, relationships: JSONObject
  ) throws -> StoredRecord {
    try insert(
      db, type: type, attributes: attributes, relationships: relationships,
      key: uniqueKey(type, attributes, relationships), time: ISO8601.text(now()))
  }

  /// Stores a new record under an id of its own.
  /// - Parameter key: What ``uniqueKey(_:_:_:)`` says, or nil for a record that keys do not find.
  func insert(
    _ db: Database, type: String, attributes: JSONObject, relationships: JSONObject, key: String?,
    time: String
  ) throws -> StoredRecord {
    let sequence = try nextSequence(db)
    let record = StoredRecord(
      sequence: sequence, type: type, id: identifiers.id(sequence),
      attributes: JSONValue.object(attributes).text,
      relationships: JSONValue.object(relationships).text, createdAt: time, updatedAt: time)
    let statement = try db.cachedStatement(
      sql: """
        INSERT INTO records(\(StoredRecord.columns.joined(separator: ", ")), unique_key)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """)
    try statement.execute(
      arguments: [
        record.sequence, record.type, record.id, record.attributes, record.relationships,
        record.createdAt, record.updatedAt, key,
      ])
    return record
  }

  /// Replaces a record's attributes and relationships.
  @discardableResult
  func update(
    _ db: Database, _ record: StoredRecord, attributes: JSONObject, relationships: JSONObject
  ) throws -> StoredRecord {
    try update(
      db, record, attributes: attributes, relationships: relationships,
      key: uniqueKey(record.type, attributes, relationships), time: ISO8601.text(now()))
  }

  /// Replaces a record's attributes, relationships and key.
  @discardableResult
  func update(
    _ db: Database, _ record: StoredRecord, attributes: JSONObject, relationships: JSONObject,
    key: String?, time: String
  ) throws -> StoredRecord {
    var record = record
    record.attributes = JSONValue.object(attributes).text
    record.relationships = JSONValue.object(relationships).text
    record.updatedAt = time
    let statement = try db.cachedStatement(
      sql: """
        UPDATE records SET attributes = ?, relationships = ?, updated_at = ?, unique_key = ?
        WHERE sequence = ?
        """)
    try statement.execute(
      arguments: [
        record.attributes, record.relationships, record.updatedAt, key, record.sequence,
      ])
    return record
  }

  /// Replaces a record's relationships, none of which is part of its key.
  func link(_ db: Database, _ record: StoredRecord, _ relationships: JSONObject) throws {
    let statement = try db.cachedStatement(
      sql: "UPDATE records SET relationships = ? WHERE sequence = ?")
    try statement.execute(arguments: [JSONValue.object(relationships).text, record.sequence])
  }

  func delete(_ db: Database, _ record: StoredRecord) throws {
    try db.execute(sql: "DELETE FROM records WHERE sequence = ?", arguments: [record.sequence])
  }

  /// The text that no two records of a type share; nil when the type is unkeyed or a part is
  /// missing. A JSON array, so that no value can imitate another combination.
  func uniqueKey(_ type: String, _ attributes: JSONObject, _ relationships: JSONObject) -> String? {
    let fields = catalog.key(of: type)
    guard !fields.isEmpty else { return nil }
    var parts: [JSONValue] = []
    for field in fields {
      let related = field.hasSuffix("_id") ? relationships[String(field.dropLast(3))]?["id"] : nil
      guard let value = related ?? attributes[field], value != .null, value != "" else {
        return nil
      }
      parts.append(value)
    }
    return JSONValue.array(parts).text
  }

  private func nextSequence(_ db: Database) throws -> Int64 {
    let statement = try db.cachedStatement(
      sql: "SELECT seq FROM sqlite_sequence WHERE name = 'records'")
    return try (Int64.fetchOne(statement) ?? 0) + 1
  }
}
