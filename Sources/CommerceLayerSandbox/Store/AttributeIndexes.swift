import CommerceLayerRuntime
import GRDB
import Synchronization

/// An attribute of a type that lists are filtered or sorted by, with the index that finds its values.
struct IndexedAttribute: Sendable, Hashable {
  /// Types of fewer records are read whole, which takes no longer than a request does.
  static let smallestIndexed = 1_000
  /// What names may consist of that are written into SQL; others are never part of it.
  private static let letters = Set(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")

  let type: String
  let attribute: String

  /// Nil for names that cannot be written into SQL.
  init?(type: String, attribute: String) {
    guard Self.isPlain(type), Self.isPlain(attribute), attribute != "id" else { return nil }
    self.type = type
    self.attribute = attribute
  }

  /// Whether a name of the schema can be part of SQL as it is.
  static func isPlain(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.count <= 100 && name.allSatisfy(letters.contains)
  }

  /// The name of its index.
  var name: String { "value_of_\(type)_by_\(attribute)" }

  func isWorthAnIndex(_ db: Database) throws -> Bool {
    try RecordPage.count(db, types: [type]) >= Self.smallestIndexed
  }

  func create(_ db: Database) throws {
    try db.execute(
      sql: """
        CREATE INDEX IF NOT EXISTS \(name)
        ON records(\(RecordSQL.text(attribute, in: nil)), sequence) WHERE type = '\(type)'
        """)
    try PlannerStatistics.tell(db, "records", name, PlannerStatistics.ofValues)
  }
}

/// The indexes that there are.
final class AttributeIndexes: Sendable {
  private let names: Mutex<Set<String>>

  init(_ db: Database) throws {
    names = Mutex(
      try Set(
        String.fetchAll(
          db, sql: "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = 'records'")))
  }

  func missing(_ attributes: Set<IndexedAttribute>) -> Set<IndexedAttribute> {
    names.withLock { names in attributes.filter { !names.contains($0.name) } }
  }

  func add(_ attribute: IndexedAttribute) {
    _ = names.withLock { $0.insert(attribute.name) }
  }
}

/// What SQLite's planner believes of the sizes of tables: always that they are large, so that a list is
/// read in the same way whatever the file holds, and no scan is chosen because a type has few records.
///
/// The format is that of `sqlite_stat1`: the rows of an index, then how many share the first column, the
/// first two columns, and so on.
enum PlannerStatistics {
  static let fixed = [
    ("records", "records_order", "1000000 100000 1"), ("records", "records_id", "1000000 100000 1"),
    ("links", "links", "1000000 100000 10 1"),
  ]
  /// Of an index of one attribute: few records share a value.
  static let ofValues = "100000 10 1"

  static func tell(_ db: Database, _ table: String, _ index: String, _ text: String) throws {
    try db.execute(sql: "DELETE FROM sqlite_stat1 WHERE idx = ?", arguments: [index])
    try db.execute(
      sql: "INSERT INTO sqlite_stat1(tbl, idx, stat) VALUES (?, ?, ?)",
      arguments: [table, index, text])
    try db.execute(sql: "ANALYZE sqlite_schema")
  }
}
