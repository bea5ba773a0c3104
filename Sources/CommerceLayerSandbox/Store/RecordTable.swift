import CommerceLayerRuntime
import Foundation
import GRDB

/// Reads and writes records inside a transaction.
struct RecordTable: Sendable {
  let catalog: Catalog
  let identifiers: RecordIdentifiers
  let links: LinkTable
  let now: @Sendable () -> Date
  /// What rows of an import count for themselves; nil for requests.
  var tally: RowTally?
  /// The beginning of the statement that selects records of a type, put together once.
  private let selections: [String: String]

  init(
    catalog: Catalog, identifiers: RecordIdentifiers, links: LinkTable,
    now: @escaping @Sendable () -> Date
  ) {
    self.catalog = catalog
    self.identifiers = identifiers
    self.links = links
    self.now = now
    selections = Dictionary(
      uniqueKeysWithValues: catalog.types.filter(IndexedAttribute.isPlain).map {
        ($0, Self.selection + " WHERE type = '" + $0 + "'")
      })
  }

  private static let selection = "SELECT \(StoredRecord.columns(of: "records")) FROM records"
  private static let isID = " AND id = ?"
  private static let hasKey = " AND unique_key = ?"
  private static let isFirst = " ORDER BY sequence LIMIT 1"
  private static let insertion = """
    INSERT INTO records(\(StoredRecord.columns.joined(separator: ", ")), unique_key)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    """

  /// The record of this type, or of a member of the family that this is the base type of.
  func find(_ db: Database, type: String, id: String) throws -> StoredRecord? {
    for type in catalog.types(of: type) {
      if let record = try fetch(db, type, Self.isID, id) { return record }
    }
    return nil
  }

  func find(_ db: Database, type: String, key: String) throws -> StoredRecord? {
    try fetch(db, type, Self.hasKey, key)
  }

  /// The first record of a type.
  func first(_ db: Database, type: String) throws -> StoredRecord? {
    try fetch(db, type, Self.isFirst, nil)
  }

  /// The first record of a type for which a condition holds.
  ///
  /// The type is part of the statement: the indexes of values are of one type each, and with a placeholder
  /// SQLite would plan the statement anew for each value, which takes longer than to find the record.
  private func fetch(
    _ db: Database, _ type: String, _ condition: String, _ value: String?
  ) throws -> StoredRecord? {
    let known = selections[type]
    let statement = try RowStatement(
      db, (known ?? Self.selection + " WHERE type = ?") + condition)
    if known == nil { statement.bind(type, at: 1) }
    if let value { statement.bind(value, at: known == nil ? 2 : 1) }
    return try statement.run { StoredRecord($0) }
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
  /// - Parameters:
  ///   - sequence: What ``nextSequence(_:)`` says, where that is known already.
  ///   - key: What ``uniqueKey(_:_:_:)`` says, or nil for a record that keys do not find.
  func insert(
    _ db: Database, type: String, sequence: Int64? = nil, attributes: JSONObject,
    relationships: JSONObject, key: String?, time: String
  ) throws -> StoredRecord {
    let sequence = try sequence ?? nextSequence(db)
    let record = StoredRecord(
      sequence: sequence, type: type, id: identifiers.id(sequence),
      attributes: JSONValue.object(attributes).text,
      relationships: JSONValue.object(relationships).text, createdAt: time, updatedAt: time)
    return try insert(db, record, relationships, key: key)
  }

  /// Stores a record as it is.
  func insert(
    _ db: Database, _ record: StoredRecord, _ relationships: JSONObject, key: String?
  ) throws -> StoredRecord {
    let statement = try RowStatement(db, Self.insertion)
    statement.bind(record.sequence, at: 1)
    statement.bind(record.type, at: 2)
    statement.bind(record.id, at: 3)
    statement.bind(record.attributes, at: 4)
    statement.bind(record.relationships, at: 5)
    statement.bind(record.createdAt, at: 6)
    statement.bind(record.updatedAt, at: 7)
    statement.bind(key, at: 8)
    try statement.run()
    tally?.note(record.sequence)
    try links.insert(db, owner: record.sequence, type: record.type, relationships)
    try count(db, record.type, by: 1)
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
    try relink(db, &record, relationships)
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
    var record = record
    try relink(db, &record, relationships)
    let statement = try db.cachedStatement(
      sql: "UPDATE records SET relationships = ? WHERE sequence = ?")
    try statement.execute(arguments: [record.relationships, record.sequence])
  }

  func delete(_ db: Database, _ record: StoredRecord) throws {
    try links.delete(
      db, owner: record.sequence, type: record.type, record.relationshipObject())
    let statement = try db.cachedStatement(sql: "DELETE FROM records WHERE sequence = ?")
    try statement.execute(arguments: [record.sequence])
    if db.changesCount > 0 { try count(db, record.type, by: -1) }
  }

  /// Takes other relationships into a record, and into the table of links.
  private func relink(
    _ db: Database, _ record: inout StoredRecord, _ relationships: JSONObject
  ) throws {
    let text = JSONValue.object(relationships).text
    guard text != record.relationships else { return }
    try links.delete(
      db, owner: record.sequence, type: record.type, record.relationshipObject())
    try links.insert(db, owner: record.sequence, type: record.type, relationships)
    record.relationships = text
  }

  /// Tells the database what the rows of a batch have counted; before anything else in the transaction
  /// asks how many records there are.
  func settle(_ db: Database) throws {
    for (type, change) in tally?.added() ?? [:] { try store(db, type, change) }
  }

  private func count(_ db: Database, _ type: String, by change: Int) throws {
    if let tally { tally.add(type, change) } else { try store(db, type, change) }
  }

  private func store(_ db: Database, _ type: String, _ change: Int) throws {
    let statement = try db.cachedStatement(
      sql: """
        INSERT INTO counts(type, records) VALUES (?, ?)
        ON CONFLICT(type) DO UPDATE SET records = records + excluded.records
        """)
    try statement.execute(arguments: [type, change])
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

  /// The sequence of the record that is inserted next in this transaction.
  func nextSequence(_ db: Database) throws -> Int64 {
    func stored() throws -> Int64 {
      let statement = try db.cachedStatement(
        sql: "SELECT seq FROM sqlite_sequence WHERE name = 'records'")
      return try Int64.fetchOne(statement) ?? 0
    }
    return try (tally?.last(stored) ?? stored()) + 1
  }
}
