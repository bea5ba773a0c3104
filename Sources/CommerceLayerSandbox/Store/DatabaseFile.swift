import Foundation
import GRDB

/// The file of a sandbox that keeps its records: which files are one, and that one sandbox has it.
enum DatabaseFile {
  /// `PRAGMA application_id` of our files: "CLsb".
  static let mark = 0x434C_7362

  /// Why a file cannot be used; it is as it was.
  struct Failure: Error, Sendable, Hashable, CustomStringConvertible {
    let path: String
    let reason: String
    var description: String { "'\(path)' \(reason)" }
  }

  /// Checks that a file is new, empty or a sandbox's, before anything is written to it.
  static func check(_ path: String) throws {
    let size = (try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? Int ?? 0
    guard size > 0 else { return }
    var configuration = Configuration()
    configuration.readonly = true
    let isOurs = try DatabaseQueue(path: path, configuration: configuration).read { db in
      if try Int.fetchOne(db, sql: "PRAGMA application_id") == mark { return true }
      // Files of earlier versions have no mark.
      let tables: Set<String> = ["grdb_migrations", "records", "inputs"]
      return try tables.isSubset(
        of: String.fetchAll(db, sql: "SELECT name FROM sqlite_master WHERE type = 'table'"))
    }
    guard isOurs else { throw Failure(path: path, reason: "is a database of another program") }
  }

  /// Holds a file for one sandbox, in a file beside it: SQLite's own locks are let go between two
  /// transactions.
  final class Lock: Sendable {
    private let descriptor: Int32

    init(_ path: String) throws {
      let target = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
      descriptor = open(target + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
      guard descriptor >= 0 else {
        throw Failure(path: path, reason: "cannot be opened: \(String(cString: strerror(errno)))")
      }
      guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
        close(descriptor)
        throw Failure(path: path, reason: "is in use by another sandbox")
      }
    }

    deinit {
      // A process that is being started has a copy of the descriptor, which holds the lock as well.
      _ = flock(descriptor, LOCK_UN)
      close(descriptor)
    }
  }
}
