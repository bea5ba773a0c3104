import CommerceLayerRuntime
import Foundation
import GRDB
import Synchronization

/// The inputs of imports that are not done: in the database, and read in memory.
final class ImportInputs: Sendable {
  private let cache = Mutex<[String: ImportRows]>([:])
  private let limits: JSONLimits

  init(limits: JSONLimits) { self.limits = limits }

  /// Keeps the inputs of an import, as they came.
  func keep(
    _ db: Database, id: String, format: ImportFormat, element: JSONElement, rows: ImportRows
  ) throws {
    try db.execute(
      sql: "INSERT INTO inputs(import_id, format, content) VALUES (?, ?, ?)",
      arguments: [id, format.rawValue, Data(element.rawBytes)])
    cache.withLock { $0[id] = rows }
  }

  /// The rows of an import; nil when they are gone.
  func rows(_ db: Database, id: String) throws -> ImportRows? {
    if let rows = cache.withLock({ $0[id] }) { return rows }
    guard
      let row = try Row.fetchOne(
        db, sql: "SELECT format, content FROM inputs WHERE import_id = ?", arguments: [id]),
      let format = ImportFormat(rawValue: row[0])
    else { return nil }
    let content: Data = row[1]
    let rows = try ImportRows.read(stored: Array(content), format: format, limits: limits)
    cache.withLock { $0[id] = rows }
    return rows
  }

  /// Drops the inputs of an import that is done.
  func drop(_ db: Database, id: String) throws {
    try db.execute(sql: "DELETE FROM inputs WHERE import_id = ?", arguments: [id])
    cache.withLock { $0[id] = nil }
  }
}
