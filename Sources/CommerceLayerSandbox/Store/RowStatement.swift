import GRDB
import GRDBSQLite

/// A statement that runs for each row of an import, without what GRDB does for every statement beside: lists of
/// arguments, checks of their number, rows with names. That took as long as SQLite itself.
///
/// The statement is GRDB's cached one, which other code may run between two rows.
struct RowStatement {
  /// Tells SQLite to copy a text while it is bound (`SQLITE_TRANSIENT`).
  private static let isCopied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

  private let statement: SQLiteStatement

  init(_ db: Database, _ sql: String) throws {
    statement = try db.cachedStatement(sql: sql).sqliteStatement
    sqlite3_reset(statement)
  }

  /// Binds a text, or NULL; placeholders are numbered from 1.
  func bind(_ text: String?, at index: Int32) {
    guard var text else {
      sqlite3_bind_null(statement, index)
      return
    }
    // SQLite rejects what is longer than it can hold, and the statement runs with NULL in its place.
    if text.isEmpty {
      sqlite3_bind_text(statement, index, "", 0, Self.isCopied)
    } else {
      _ = text.withUTF8 { utf8 in
        utf8.withMemoryRebound(to: CChar.self) { bytes in
          sqlite3_bind_text(
            statement, index, bytes.baseAddress, Int32(clamping: bytes.count), Self.isCopied)
        }
      }
    }
  }

  func bind(_ number: Int64, at index: Int32) { sqlite3_bind_int64(statement, index, number) }

  /// Runs it, and reads its first row.
  /// - Returns: Nil when it has none.
  func run<T>(_ read: (Columns) -> T) throws -> T? {
    defer {
      sqlite3_reset(statement)
      sqlite3_clear_bindings(statement)
    }
    let code = sqlite3_step(statement)
    switch code {
    case SQLITE_DONE: return nil
    case SQLITE_ROW: return read(Columns(statement: statement))
    // A task that is cancelled interrupts what runs.
    case SQLITE_INTERRUPT: throw CancellationError()
    default:
      throw DatabaseError(
        resultCode: ResultCode(rawValue: code),
        message: sqlite3_errmsg(sqlite3_db_handle(statement)).map { String(cString: $0) })
    }
  }

  /// Runs a statement without rows.
  func run() throws { _ = try run { _ in } }

  /// The columns of a row, counted from 0.
  struct Columns {
    fileprivate let statement: SQLiteStatement

    func number(_ column: Int32) -> Int64 { sqlite3_column_int64(statement, column) }

    func text(_ column: Int32) -> String {
      guard let bytes = sqlite3_column_text(statement, column) else { return "" }
      let count = Int(sqlite3_column_bytes(statement, column))
      return String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    }
  }
}
