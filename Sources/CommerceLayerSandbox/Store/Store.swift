import CommerceLayerRuntime
import Foundation
import GRDB
import Synchronization

/// The database: records of every type in one table, and the inputs of unfinished imports.
struct Store: Sendable {
  private let writer: any DatabaseWriter

  init(_ storage: SandboxConfiguration.Storage) throws {
    var configuration = Configuration()
    configuration.prepareDatabase { db in
      db.add(function: JSONContainment.function)
    }
    switch storage {
    case .memory: writer = try DatabaseQueue(configuration: configuration)
    case .file(let path): writer = try DatabasePool(path: path, configuration: configuration)
    }
    try Self.migrator.migrate(writer)
  }

  func read<T: Sendable>(_ body: @escaping @Sendable (Database) throws -> T) async throws -> T {
    try await writer.read(body)
  }

  /// One transaction.
  func write<T: Sendable>(_ body: @escaping @Sendable (Database) throws -> T) async throws -> T {
    try await writer.write(body)
  }

  private static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("records") { db in
      // AUTOINCREMENT never gives a number twice, so neither does an id derived from it.
      try db.execute(
        sql: """
          CREATE TABLE records(
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            type TEXT NOT NULL,
            id TEXT NOT NULL,
            attributes TEXT NOT NULL,
            relationships TEXT NOT NULL,
            created_at TEXT NOT NULL,
            updated_at TEXT NOT NULL,
            unique_key TEXT);
          CREATE UNIQUE INDEX records_id ON records(type, id);
          CREATE UNIQUE INDEX records_key ON records(type, unique_key)
            WHERE unique_key IS NOT NULL;
          CREATE INDEX records_order ON records(type, sequence);
          CREATE TABLE inputs(
            import_id TEXT PRIMARY KEY NOT NULL,
            format TEXT NOT NULL,
            content BLOB NOT NULL);
          """)
    }
    return migrator
  }
}
