import CommerceLayerRuntime
import Foundation
import GRDB

/// The database: records of every type in one table, what leads where, and the inputs of unfinished
/// imports.
///
/// It is always a file in WAL mode, so that readers never wait for a writer nor for each other; the file
/// of a sandbox that keeps nothing goes with it.
struct Store: Sendable {
  /// Pages that the writer caches, in KiB: the indexes of about a million records, whose keys may come in
  /// no order.
  private static let writerCache = 48 * 1024
  /// The size of a page of a new file: a record takes some 300 bytes, and a larger page has its costs less often.
  private static let pageSize = 8192
  /// Pages of the log after which they are written to the database itself: 64 MiB. An import changes some
  /// pages over and over; each is written there once.
  private static let checkpointPages = 8192
  /// How long a statement waits for another program's lock: 5 s.
  private static let patience: TimeInterval = 5
  /// Readers at a time.
  private static let readers = 5

  /// Which number each relationship has in the table of links.
  let links: LinkTable
  /// Whether an earlier process left webhooks that are to be called.
  let hasDeliveries: Bool
  private let pool: DatabasePool
  private let indexes: AttributeIndexes
  private let folder: TemporaryFolder?
  private let lock: DatabaseFile.Lock?

  init(_ storage: SandboxConfiguration.Storage, catalog: Catalog) throws {
    let path: String
    switch storage {
    case .memory:
      let folder = try TemporaryFolder()
      self.folder = folder
      path = folder.path + "/sandbox.sqlite"
    case .file(let file):
      folder = nil
      path = file
      try DatabaseFile.check(path)
    }
    lock = try folder == nil ? DatabaseFile.Lock(path) : nil
    var configuration = Configuration()
    configuration.maximumReaderCount = Self.readers
    // Another program that looks into the file may lock it for a moment.
    configuration.busyMode = .timeout(Self.patience)
    configuration.prepareDatabase { db in
      db.add(function: JSONContainment.function)
      db.add(function: LikePattern.function)
      // Says nothing of a file that has pages.
      try db.execute(sql: "PRAGMA page_size = \(Self.pageSize)")
    }
    pool = try DatabasePool(path: path, configuration: configuration)
    guard try pool.read({ db in try !Self.migrator.hasBeenSuperseded(db) }) else {
      throw DatabaseFile.Failure(path: path, reason: "was written by a newer version")
    }
    try Self.migrator.migrate(pool)
    try pool.write { db in try db.execute(sql: "PRAGMA application_id = \(DatabaseFile.mark)") }
    let isTemporary = folder != nil
    try pool.writeWithoutTransaction { db in
      try db.execute(sql: "PRAGMA cache_size = -\(Self.writerCache)")
      try db.execute(sql: "PRAGMA wal_autocheckpoint = \(Self.checkpointPages)")
      // Nobody reads the file of a sandbox that keeps nothing after a crash. Here, because the pool sets
      // the mode of its own after it has opened the file.
      if isTemporary { try db.execute(sql: "PRAGMA synchronous = OFF") }
    }
    links = try pool.write { db in try LinkTable(db, catalog: catalog) }
    try pool.write { [links] db in
      try links.fill(db)
      // Which import or job is next is asked before each batch of rows.
      for type in ["imports", "exports", "cleanups"] {
        let status = IndexedAttribute(type: type, attribute: ImportField.status)
        try status?.create(db)
      }
    }
    indexes = try pool.read { db in try AttributeIndexes(db) }
    hasDeliveries = try pool.read { db in
      try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM deliveries)") ?? false
    }
  }

  /// Reads a state of the database that no write changes meanwhile. A task that is cancelled ends
  /// the statement that runs.
  func read<T: Sendable>(_ body: @escaping @Sendable (Database) throws -> T) async throws -> T {
    try await pool.read(body)
  }

  /// One transaction, which a client that leaves does not take back.
  func write<T: Sendable>(_ body: @escaping @Sendable (Database) throws -> T) async throws -> T {
    try await Task { [pool] in try await pool.write(body) }.value
  }

  var temporaryFolder: String? { folder?.path }

  /// Removes the file of a sandbox that keeps nothing. Nothing can be read or written afterwards.
  func discard() { folder?.remove() }

  /// Deletes everything that was written.
  func reset() async throws {
    try await write { db in
      for table in ["records", "links", "counts", "inputs", "job_parts", "deliveries"] {
        try db.execute(sql: "DELETE FROM \(table)")
      }
      try db.execute(sql: "DELETE FROM sqlite_sequence WHERE name = 'records'")
    }
  }

  /// Makes the indexes that a list asks for and that are not there.
  func index(_ attributes: Set<IndexedAttribute>) async throws {
    for attribute in indexes.missing(attributes).sorted(by: { $0.name < $1.name }) {
      guard try await pool.read({ db in try attribute.isWorthAnIndex(db) }) else { continue }
      try await pool.write { db in try attribute.create(db) }
      indexes.add(attribute)
    }
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
    migrator.registerMigration("links") { db in
      try db.execute(
        sql: """
          CREATE TABLE link_names(
            number INTEGER PRIMARY KEY,
            type TEXT NOT NULL,
            name TEXT NOT NULL,
            UNIQUE(type, name));
          CREATE TABLE links(
            relationship INTEGER NOT NULL,
            target TEXT NOT NULL,
            owner INTEGER NOT NULL,
            PRIMARY KEY(relationship, target, owner)) WITHOUT ROWID;
          CREATE TABLE counts(
            type TEXT PRIMARY KEY NOT NULL,
            records INTEGER NOT NULL) WITHOUT ROWID;
          INSERT INTO counts(type, records) SELECT type, COUNT(*) FROM records GROUP BY type;
          """)
    }
    migrator.registerMigration("statistics") { db in
      try db.execute(sql: "ANALYZE")
      try db.execute(sql: "DELETE FROM sqlite_stat1")
      for (table, index, statistics) in PlannerStatistics.fixed {
        try PlannerStatistics.tell(db, table, index, statistics)
      }
    }
    migrator.registerMigration("jobs") { db in
      try db.execute(
        sql: """
          CREATE TABLE job_parts(
            job_id TEXT NOT NULL,
            number INTEGER NOT NULL,
            last INTEGER NOT NULL,
            content BLOB NOT NULL,
            PRIMARY KEY(job_id, number));
          """)
    }
    migrator.registerMigration("deliveries") { db in
      try db.execute(
        sql: """
          CREATE TABLE deliveries(
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            webhook_id TEXT NOT NULL,
            event_id TEXT NOT NULL,
            topic TEXT NOT NULL,
            body BLOB NOT NULL,
            failures INTEGER NOT NULL);
          """)
    }
    return migrator
  }
}

/// A folder that goes when nothing refers to it any more.
private final class TemporaryFolder: Sendable {
  private static let prefix = "commercelayer-sandbox-"
  let path: String

  init() throws {
    let place = FileManager.default.temporaryDirectory
    Self.sweep(place.path)
    let process = ProcessInfo.processInfo.processIdentifier
    path = place.appending(path: "\(Self.prefix)\(process)-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
  }

  deinit { remove() }

  func remove() { try? FileManager.default.removeItem(atPath: path) }

  /// Removes what processes left behind that were killed.
  private static func sweep(_ place: String) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: place)) ?? []
    for name in names where name.hasPrefix(prefix) {
      let owner = name.dropFirst(prefix.count).split(separator: "-").first.flatMap { pid_t($0) }
      // A process of this number may be another one: then its folder stays until that one ends, too.
      guard let owner, owner > 0, kill(owner, 0) != 0, errno == ESRCH else { continue }
      try? FileManager.default.removeItem(atPath: place + "/" + name)
    }
  }
}
