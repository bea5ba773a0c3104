import CommerceLayer
public import CommerceLayerImporter
import Foundation
import GRDB
import Synchronization

/// A run's journal in a SQLite file.
///
/// What ``record(_:)`` has taken survives the end of the process and of the machine's power:
/// `synchronous=FULL`, and on Apple's systems a full flush of the drive. The file is one in rollback mode,
/// not WAL: all that was recorded is in one file, so that a copy or a restored backup of it is whole.
public final class SQLiteJournal: RunJournal {
  /// The run's id.
  public let runID: String
  let directory: RunDirectory
  let lock: RunLock
  let queue: DatabaseQueue
  /// Why nothing is recorded any more: what a disk failed to take once is not tried again, because a second
  /// sync can succeed although the first one lost something.
  private let failure = Mutex<JournalError?>(nil)

  /// Opens the journal of a run that this process holds the lock of.
  init(_ directory: RunDirectory, lock: RunLock) throws(JournalError) {
    self.directory = directory
    self.lock = lock
    runID = directory.runID
    queue = try JournalFile(directory).open(readonly: false)
  }

  /// Where the rows of standard input are kept; nil when the run has no such copy.
  public var inputPath: String? {
    PrivateFiles.exists(directory.inputPath) ? directory.inputPath : nil
  }

  /// Reads what was recorded so far from the file.
  public func contents() async throws(JournalError) -> JournalContents {
    let file = JournalFile(directory)
    do {
      return try await queue.read { db in try file.contents(db) }
    } catch {
      throw file.failure(error)
    }
  }

  /// Writes entries in one commit. Once that failed, every further call throws the same error.
  public func record(_ entries: [JournalEntry]) async throws(JournalError) {
    if let failure = failure.withLock({ $0 }) { throw failure }
    let queue = self.queue
    do {
      let texts = try entries.map(JournalFile.text)
      // A task of its own: a run that is cancelled still says what it did.
      try await Task {
        try await queue.write { db in
          for text in texts {
            try db.execute(sql: "INSERT INTO entries(entry) VALUES (?)", arguments: [text])
          }
        }
      }.value
    } catch {
      let failed = JournalFile(directory).failure(error)
      failure.withLock { $0 = $0 ?? failed }
      throw failed
    }
    // Nobody needs the rows again. Where removing them fails, forgetting the run removes them.
    if entries.contains(.finished) { unlink(directory.inputPath) }
  }
}

/// The SQLite file of a journal: how one is created, opened and read, and what is wrong with one that
/// cannot be.
struct JournalFile: Sendable {
  /// `PRAGMA application_id` of journals: "CLrj".
  static let applicationID: UInt32 = 0x434C_726A
  /// `PRAGMA user_version`: the form of the tables and of what is in them.
  static let version: UInt32 = 1
  /// How long a statement waits for a process that reads the file.
  private static let patience: TimeInterval = 5

  private static let tables = [
    "run": "CREATE TABLE run(record TEXT NOT NULL)",
    "entries":
      "CREATE TABLE entries(number INTEGER PRIMARY KEY AUTOINCREMENT, entry TEXT NOT NULL)",
  ]

  let directory: RunDirectory
  var path: String { directory.journalPath }

  init(_ directory: RunDirectory) { self.directory = directory }

  private static func configuration(readonly: Bool) -> Configuration {
    var configuration = Configuration()
    configuration.readonly = readonly
    configuration.busyMode = .timeout(patience)
    configuration.prepareDatabase { db in
      // A file can be anybody's: nothing in it runs, and its pages are looked at before they are used.
      try db.execute(sql: "PRAGMA trusted_schema = OFF")
      try db.execute(sql: "PRAGMA cell_size_check = ON")
      guard !readonly else { return }
      try db.execute(sql: "PRAGMA journal_mode = TRUNCATE")
      try db.execute(sql: "PRAGMA synchronous = FULL")
      #if canImport(Darwin)
        try db.execute(sql: "PRAGMA fullfsync = ON")
      #endif
    }
    return configuration
  }

  // MARK: - Writing

  /// Creates the file with a run's record and entries: it is there whole, or not at all.
  func create(_ record: RunRecord, _ entries: [JournalEntry] = []) throws(JournalError) {
    let draft = directory.path + "/journal.new"
    for name in [draft, draft + "-journal"] { unlink(name) }
    _ = try PrivateFiles.create(draft)
    do {
      let queue = try DatabaseQueue(
        path: draft, configuration: Self.configuration(readonly: false))
      try queue.write { db in
        for table in Self.tables.values.sorted() { try db.execute(sql: table) }
        try db.execute(
          sql: "INSERT INTO run(record) VALUES (?)", arguments: [try Self.encoded(record)])
        for entry in entries {
          try db.execute(
            sql: "INSERT INTO entries(entry) VALUES (?)", arguments: [try Self.text(entry)])
        }
        try db.execute(sql: "PRAGMA application_id = \(Self.applicationID)")
        try db.execute(sql: "PRAGMA user_version = \(Self.version)")
      }
      try queue.close()
    } catch {
      for name in [draft, draft + "-journal"] { unlink(name) }
      let failed = failure(error)
      guard failed.kind == .storage else { throw failed }
      // There is no run yet that could be resumed.
      throw JournalError(
        .storage, failed.message,
        advice: "make room, or name a folder that can be written to with --state-dir")
    }
    unlink(draft + "-journal")
    guard rename(draft, path) == 0 else {
      throw PrivateFiles.storage("the journal '\(path)' cannot be created")
    }
    try PrivateFiles.sync(directory: directory.path)
  }

  private static func encoded(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  static func text(_ entry: JournalEntry) throws -> String { try encoded(entry) }

  // MARK: - Reading

  /// Opens the file after looking at all of it.
  /// - Throws: `JournalError` that says what the file is, and what of it can still be read.
  func open(readonly: Bool) throws(JournalError) -> DatabaseQueue {
    try checkHeader()
    do {
      let queue = try DatabaseQueue(
        path: path, configuration: Self.configuration(readonly: readonly))
      try queue.read { db in
        let findings = try String.fetchAll(db, sql: "PRAGMA quick_check(1)")
        guard findings == ["ok"] else { throw Damage(findings.first ?? "it cannot be checked") }
        let tables = try Row.fetchAll(
          db,
          sql: "SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'")
        let there = Dictionary(
          tables.map { ($0["name"] as String? ?? "", $0["sql"] as String? ?? "") },
          uniquingKeysWith: { first, _ in first })
        guard there == Self.tables else { throw Damage("its tables are not those of a journal") }
      }
      return queue
    } catch {
      throw failure(error)
    }
  }

  /// Looks at the first bytes, before SQLite does.
  private func checkHeader() throws(JournalError) {
    let file = try PrivateFiles.openFile(path, O_RDONLY)
    for side in ["-journal", "-wal", "-shm"] where PrivateFiles.exists(path + side) {
      _ = try PrivateFiles.openFile(path + side, O_RDONLY)
    }
    var bytes = [UInt8](repeating: 0, count: JournalHeader.size)
    let count = bytes.withUnsafeMutableBytes { pread(file.number, $0.baseAddress, $0.count, 0) }
    guard count >= 0 else { throw PrivateFiles.storage("'\(path)' cannot be read") }
    switch JournalHeader(bytes.prefix(count)) {
    case .journal: return
    case .newer(let version):
      throw JournalError(
        .newer,
        "the journal of run \(directory.runID) has version \(version), and this program reads versions up to \(Self.version)",
        advice: "use the newer cl-import that wrote it")
    case .damaged(let reason): throw failure(Damage(reason))
    case .foreign(let reason):
      throw JournalError(
        .foreign, "'\(path)' is not the journal of a run: \(reason)",
        advice: recovery(nil))
    }
  }

  /// The record of the run alone.
  func record(_ db: Database) throws -> RunRecord {
    let texts = try String.fetchAll(db, sql: "SELECT record FROM run LIMIT 2")
    guard texts.count == 1, let text = texts.first else {
      throw Damage("it has \(texts.count) records of runs in the place of one")
    }
    let record = try Self.value(RunRecord.self, text, "the record of the run")
    guard record.runID == directory.runID else {
      throw Damage("it is the journal of run \(TerminalSafe.text(record.runID, limit: 40))")
    }
    let counts = [record.rows, record.accepted, record.creating, record.chunks]
    guard counts.allSatisfy({ $0 >= 0 }) else { throw Damage("its record has a negative number") }
    return record
  }

  /// All that was recorded.
  func contents(_ db: Database) throws -> JournalContents {
    var contents = JournalContents(run: try record(db))
    try readEntries(db, into: &contents)
    return contents
  }

  /// - Parameter contents: What was read so far, also when it ends with an error.
  private func readEntries(_ db: Database, into contents: inout JournalContents) throws {
    let rows = try Row.fetchCursor(db, sql: "SELECT number, entry FROM entries ORDER BY number")
    while let row = try rows.next() {
      let number = row["number"] as Int64? ?? 0
      let entry = try Self.value(
        JournalEntry.self, row["entry"] as String? ?? "", "entry \(number)")
      if let problem = JournalRules.problem(entry) {
        throw Damage("entry \(number) is not valid: \(problem)")
      }
      contents.apply(entry)
    }
  }

  private static func value<T: Decodable>(
    _ type: T.Type, _ text: String, _ name: String
  ) throws -> T {
    do {
      return try JSONDecoder().decode(type, from: Data(text.utf8))
    } catch {
      throw Damage("\(name) cannot be read")
    }
  }

  // MARK: - What is wrong

  /// Why a file is not a journal any more.
  struct Damage: Error {
    let reason: String
    init(_ reason: String) { self.reason = reason }
  }

  /// What an error of SQLite, of the system or of reading means for the run.
  func failure(_ error: any Error) -> JournalError {
    if let error = error as? JournalError { return error }
    if let damage = error as? Damage { return damaged(damage.reason) }
    guard let error = error as? DatabaseError else { return damaged("\(error)") }
    let reason = error.message ?? "\(error.resultCode)"
    switch error.resultCode.primaryResultCode {
    case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_SCHEMA, .SQLITE_ERROR, .SQLITE_MISMATCH,
      .SQLITE_FORMAT, .SQLITE_RANGE, .SQLITE_TOOBIG:
      return damaged(reason)
    case .SQLITE_BUSY, .SQLITE_LOCKED:
      return JournalError(
        .locked, "the journal '\(path)' is in use: \(reason)", advice: "try again")
    default:
      return JournalError(
        .storage, "the journal '\(path)' cannot be written or read: \(reason)",
        advice:
          "make room where it is; then 'cl-import resume \(directory.runID)' goes on"
      )
    }
  }

  private func damaged(_ reason: String) -> JournalError {
    let left = salvage()
    return JournalError(
      .damaged,
      "the journal of run \(directory.runID) is damaged: \(reason) ('\(path)'). \(Self.text(left))",
      advice: recovery(left?.contents.run))
  }

  /// How to go on without the file: with the recorded arguments, where they are known.
  private func recovery(_ record: RunRecord?) -> String {
    guard let record else {
      return
        "'cl-import recover \(directory.runID) FILE' with the options of the run rebuilds it from what the service has"
    }
    let arguments = record.arguments.map(ShellText.word).joined(separator: " ")
    return
      "'cl-import recover \(directory.runID) \(arguments)' rebuilds it from what the service has"
  }

  /// What can be read of a damaged file, without changing it.
  func salvage() -> (contents: JournalContents, isWhole: Bool)? {
    guard (try? PrivateFiles.openFile(path, O_RDONLY)) != nil,
      let queue = try? DatabaseQueue(
        path: path, configuration: Self.configuration(readonly: true))
    else { return nil }
    return try? queue.read { db in
      guard let record = try? record(db) else { return nil }
      var contents = JournalContents(run: record)
      do {
        try readEntries(db, into: &contents)
        return (contents, true)
      } catch {
        return (contents, false)
      }
    }
  }

  private static func text(_ left: (contents: JournalContents, isWhole: Bool)?) -> String {
    guard let left else { return "Nothing of it can be read." }
    let run = left.contents.run
    let sent = left.contents.chunks.values.filter { $0.intent != nil && $0.halves.isEmpty }
    let ended = sent.count { $0.outcome != nil }
    let name = TerminalSafe.text(run.inputName, limit: 200)
    return
      "It can be read that the run sends '\(name)' as \(run.type) to \(run.organization), and of \(run.chunks) imports that \(sent.count) were sent and \(ended) have ended\(left.isWhole ? "" : "; what was recorded after that is lost")."
  }
}

/// What the first bytes of a file say.
enum JournalHeader: Sendable, Hashable {
  case journal
  /// A newer version wrote it.
  case newer(UInt32)
  /// It was a journal, or was to become one.
  case damaged(String)
  /// It is something else.
  case foreign(String)

  /// The bytes that are looked at: SQLite's own header.
  static let size = 100
  private static let magic = Array("SQLite format 3\u{0}".utf8)

  /// Tells what a file is by its first ``size`` bytes, or by all of them when there are fewer.
  init(_ bytes: some Collection<UInt8>) {
    let bytes = Array(bytes)
    if bytes.isEmpty {
      self = .damaged("it is empty")
    } else if bytes.allSatisfy({ $0 == 0 }) {
      self = .damaged("it holds nothing but zeros")
    } else if !bytes.starts(with: Self.magic.prefix(bytes.count)) {
      self = .foreign("it is not a SQLite file")
    } else if bytes.count < Self.size {
      self = .damaged("it ends after \(bytes.count) bytes")
    } else if Self.number(bytes, at: 68) != JournalFile.applicationID {
      self = .foreign("it is the SQLite file of another program")
    } else {
      let version = Self.number(bytes, at: 60)
      if version > JournalFile.version {
        self = .newer(version)
      } else if version == 0 {
        self = .damaged("it has no version")
      } else {
        self = .journal
      }
    }
  }

  private static func number(_ bytes: [UInt8], at index: Int) -> UInt32 {
    bytes[index..<index + 4].reduce(0) { $0 << 8 | UInt32($1) }
  }
}

/// What entries must keep so that a run can be resumed from them: a file can hold anything. Pure.
enum JournalRules {
  /// More than any run has.
  private static let maximum = 1_000_000_000

  /// What is wrong with an entry; nil when nothing is.
  static func problem(_ entry: JournalEntry) -> String? {
    switch entry {
    case .intent(let intent):
      let isValid =
        isNumber(intent.chunk) && isNumber(intent.attempt) && isNumber(intent.rows)
        && intent.firstLine >= 0 && intent.lastLine >= intent.firstLine
      return isValid ? nil : "numbers of an import that is to be created are out of range"
    case .notCreated(let chunk, let attempt):
      return isNumber(chunk) && isNumber(attempt) ? nil : "an import has no number"
    case .created(let chunk, let id):
      return isNumber(chunk) && !id.isEmpty ? nil : "an import has no number or no id"
    case .continued(let chunk, let from, let other):
      let isValid = isNumber(chunk) && isNumber(from) && isNumber(other) && other > chunk
      return isValid ? nil : "an import is continued by itself"
    case .duplicates(let chunk, let ids):
      let isValid = isNumber(chunk) && ids.allSatisfy { !$0.isEmpty }
      return isValid ? nil : "an import has no number or no id"
    case .split(let chunk, let first, let second):
      // Halves have higher numbers, so that following them comes to an end.
      let isValid = isNumber(chunk) && isNumber(second) && first > chunk && second > first
      return isValid ? nil : "an import is halved into itself"
    case .outcome(let chunk, let outcome): return problem(outcome, chunk: chunk)
    case .finished: return nil
    }
  }

  private static func problem(_ outcome: ChunkOutcome, chunk: Int) -> String? {
    let line = outcome.line
    guard isNumber(chunk), line.number == chunk, isNumber(line.rows) else {
      return "the outcome is of another import"
    }
    let counts = [
      line.succeeded, line.failed, line.unprocessed, line.unknown, line.unnamedFailures,
    ]
    guard counts.allSatisfy({ (0...line.rows).contains($0) }), line.warnings >= 0 else {
      return "a count is out of range"
    }
    var next = 0
    for finding in outcome.findings {
      guard finding.index >= next, finding.index < line.rows else {
        return "an outcome is of a row that the import does not have"
      }
      next = finding.index + 1
    }
    return nil
  }

  private static func isNumber(_ value: Int) -> Bool { (1...maximum).contains(value) }
}

/// Words as a shell takes them. Pure.
public enum ShellText {
  /// A word that a shell reads as this text.
  public static func word(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      default: "-_./=:,@%+".utf8.contains(byte)
      }
    }
    return isPlain && !text.isEmpty ? text : "'\(text.replacing("'", with: "'\\''"))'"
  }
}
