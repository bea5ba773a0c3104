import CommerceLayerRuntime
import GRDB

/// What leads where, by its end: for each record that names another one, a row with the number of the
/// relationship, the id it leads to and the record that names it. In the other direction the record
/// itself says it.
struct LinkTable: Sendable {
  /// A relationship of a type.
  private struct Name: Hashable {
    let type: String
    let relationship: String
  }

  private let numbers: [Name: Int64]
  /// Whether records are there that were written before there was a table of links.
  private let isEmpty: Bool

  /// Gives a number to each relationship that has none yet.
  init(_ db: Database, catalog: Catalog) throws {
    var numbers: [Name: Int64] = [:]
    for row in try Row.fetchAll(db, sql: "SELECT type, name, number FROM link_names") {
      numbers[Name(type: row[0], relationship: row[1])] = row[2]
    }
    isEmpty = numbers.isEmpty
    let insert = try db.cachedStatement(
      sql: "INSERT INTO link_names(type, name) VALUES (?, ?)")
    for type in catalog.types {
      let names = (catalog.schema(type)?.relationships ?? []).map(\.name)
      for relationship in names + HistoryType.hidden(type) {
        let name = Name(type: type, relationship: relationship)
        guard numbers[name] == nil else { continue }
        try insert.execute(arguments: [type, relationship])
        numbers[name] = db.lastInsertedRowID
      }
    }
    self.numbers = numbers
  }

  /// Tells the links of records that a sandbox without this table has written.
  func fill(_ db: Database) throws {
    guard isEmpty else { return }
    let rows = try Row.fetchCursor(db, sql: "SELECT sequence, type, relationships FROM records")
    while let row = try rows.next() {
      try insert(db, owner: row[0], type: row[1], StoredRecord.object(row[2]))
    }
  }

  /// The number of a relationship; nil when its type or name is not in the schemas.
  func number(_ type: String, _ relationship: String) -> Int64? {
    numbers[Name(type: type, relationship: relationship)]
  }

  /// Tells what a record leads to.
  func insert(_ db: Database, owner: Int64, type: String, _ relationships: JSONObject) throws {
    try each(type, relationships) { number, target in
      let statement = try RowStatement(
        db, "INSERT OR IGNORE INTO links(relationship, target, owner) VALUES (?, ?, ?)")
      statement.bind(number, at: 1)
      statement.bind(target, at: 2)
      statement.bind(owner, at: 3)
      try statement.run()
    }
  }

  /// Takes back what a record led to.
  func delete(_ db: Database, owner: Int64, type: String, _ relationships: JSONObject) throws {
    try each(type, relationships) { number, target in
      try db.cachedStatement(
        sql: "DELETE FROM links WHERE relationship = ? AND target = ? AND owner = ?"
      ).execute(arguments: [number, target, owner])
    }
  }

  private func each(
    _ type: String, _ relationships: JSONObject, _ body: (Int64, String) throws -> Void
  ) throws {
    for (name, value) in relationships {
      guard let number = number(type, name) else { continue }
      switch value {
      case .object(let identifier):
        if let id = identifier["id"]?.string { try body(number, id) }
      case .array(let list):
        for case .object(let identifier) in list {
          if let id = identifier["id"]?.string { try body(number, id) }
        }
      case .null, .bool, .number, .string: break
      }
    }
  }
}
