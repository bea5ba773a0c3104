import CommerceLayerRuntime
import GRDB

/// Finds the records relationships lead to: those that the owner names, and those that name the owner.
struct RelatedRecords: Sendable {
  let sql: RecordSQL
  private var catalog: Catalog { sql.catalog }

  init(_ sql: RecordSQL) { self.sql = sql }

  /// The condition that a record in `records` is at the other end of `owner`'s relationship.
  func scope(
    _ relationship: ResourceSchema.Relationship, of owner: StoredRecord, _ schema: ResourceSchema
  ) -> SQL {
    let ids = owner.identifiers(relationship.name).map { JSONValue.string($0.id) }
    var ways: [SQL] = []
    if !ids.isEmpty {
      let list = JSONValue.array(ids).text
      ways.append("records.id IN (SELECT value FROM json_each(\(list)))")
    }
    if relationship.isToMany || ids.isEmpty {
      ways += numbers(relationship, schema).map { number in
        """
        records.sequence IN (SELECT links.owner FROM links \
        WHERE links.relationship = \(number) AND links.target = \(owner.id))
        """
      }
    }
    return RecordSQL.joined(ways, "OR", empty: "0")
  }

  /// All of them, in the order of their creation.
  func all(
    _ db: Database, _ relationship: ResourceSchema.Relationship, of owner: StoredRecord,
    _ schema: ResourceSchema
  ) throws -> [StoredRecord] {
    try all(db, relationship, of: [owner], schema)[owner.sequence] ?? []
  }

  /// Those of several records of one type, by their owner's number, each in the order of creation.
  func all(
    _ db: Database, _ relationship: ResourceSchema.Relationship, of owners: [StoredRecord],
    _ schema: ResourceSchema
  ) throws -> [Int64: [StoredRecord]] {
    var found: [Int64: [StoredRecord]] = [:]
    // Named by the owners.
    var wanted: [String: Set<String>] = [:]
    let named = owners.map { ($0, $0.identifiers(relationship.name)) }
    for case (_, let identifiers) in named {
      for identifier in identifiers { wanted[identifier.type, default: []].insert(identifier.id) }
    }
    let records = try byID(db, wanted)
    var others: [StoredRecord] = []
    for (owner, identifiers) in named {
      let own = identifiers.compactMap { records[$0.id] }
      if !own.isEmpty { found[owner.sequence] = own }
      if relationship.isToMany || identifiers.isEmpty { others.append(owner) }
    }
    // Naming the owners.
    let owners = Dictionary(others.map { ($0.id, $0.sequence) }, uniquingKeysWith: { $1 })
    let list = JSONValue.array(owners.keys.sorted().map(JSONValue.string)).text
    for number in owners.isEmpty ? [] : numbers(relationship, schema) {
      let rows = try Row.fetchCursor(
        db.cachedStatement(
          sql: """
            SELECT \(StoredRecord.columns(of: "records")), links.target
            FROM links CROSS JOIN records ON records.sequence = links.owner
            WHERE links.relationship = ?
            AND links.target IN (SELECT value FROM json_each(?))
            """), arguments: [number, list])
      while let row = try rows.next() {
        let target: String = row[StoredRecord.columns.count]
        if let owner = owners[target] { found[owner, default: []].append(StoredRecord(row: row)) }
      }
    }
    return found.mapValues { records in
      guard records.count > 1 else { return records }
      var seen: Set<Int64> = []
      return records.filter { seen.insert($0.sequence).inserted }
        .sorted { $0.sequence < $1.sequence }
    }
  }

  private func byID(
    _ db: Database, _ wanted: [String: Set<String>]
  ) throws -> [String: StoredRecord] {
    var records: [String: StoredRecord] = [:]
    for (type, ids) in wanted.sorted(by: { $0.key < $1.key }) {
      let list = JSONValue.array(ids.sorted().map(JSONValue.string)).text
      for type in catalog.types(of: type) {
        let query = SQLRequest<StoredRecord>(
          literal: SQL(sql: "SELECT \(StoredRecord.columns(of: "records")) FROM records WHERE ")
            + RecordSQL.isOf([type], in: "records")
            + " AND records.id IN (SELECT value FROM json_each(\(list)))", cached: true)
        let rows = try query.fetchCursor(db)
        while let record = try rows.next() { records[record.id] = record }
      }
    }
    return records
  }

  /// The numbers of the relationships that lead back.
  private func numbers(
    _ relationship: ResourceSchema.Relationship, _ schema: ResourceSchema
  ) -> [Int64] {
    catalog.inverses(of: relationship, of: schema).compactMap {
      sql.links.number($0.type, $0.relationship)
    }
  }
}
