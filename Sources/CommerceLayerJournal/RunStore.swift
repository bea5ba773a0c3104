public import CommerceLayerImporter
public import Foundation
import GRDB
import Synchronization

/// The runs that this machine remembers: a folder for each, `runs/<run id>` below a folder for state.
public struct RunStore: Sendable {
  /// The environment's variable that names the folder for state.
  public static let variable = "CL_STATE_DIR"
  /// How long a run that is finished is remembered: 30 days.
  public static let keepsFinished: TimeInterval = 30 * 86_400
  /// What the names of folders begin with whose runs have not begun.
  static let stagingPrefix = ".new-"

  /// The folder for state.
  public let stateDirectory: String
  /// The folder with one for each run.
  public var path: String { stateDirectory + "/runs" }

  /// A store in a folder for state; nothing is created before a run is staged.
  public init(stateDirectory: String) { self.stateDirectory = stateDirectory }

  /// The folder for state: the option, `CL_STATE_DIR`, or `cl` in the XDG folder. Pure.
  /// - Returns: nil when nothing names a folder: there is no home either.
  public static func stateDirectory(
    option: String?, variables: [String: String], home: String?
  ) -> String? {
    if let option, !option.isEmpty { return option }
    if let folder = variables[variable], !folder.isEmpty { return folder }
    // The XDG specification has relative paths ignored.
    if let folder = variables["XDG_STATE_HOME"], folder.hasPrefix("/") { return folder + "/cl" }
    return home.flatMap { $0.hasPrefix("/") ? $0 + "/.local/state/cl" : nil }
  }

  /// Whether a text can be the id of a run: no other names a folder.
  public static func isRunID(_ text: String) -> Bool {
    text.utf8.count == 26
      && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) }
  }

  private func directory(_ runID: String) throws(JournalError) -> RunDirectory {
    guard Self.isRunID(runID) else {
      throw JournalError(
        .notFound, "'\(runID.prefix(60))' is not a valid run id",
        advice: "it is the text of 26 letters and digits that 'cl-import run' prints first; "
          + "'cl-import status' lists the runs")
    }
    return RunDirectory(runID: runID, path: "\(path)/\(runID)")
  }

  /// Prepares the folder of a run that has not begun, which goes with this process.
  public func stage(_ runID: String) throws(JournalError) -> StagedRun {
    let final = try directory(runID)
    try PrivateFiles.makeDirectories(path)
    _ = try PrivateFiles.openDirectory(path)
    let staging = RunDirectory(runID: runID, path: "\(path)/\(Self.stagingPrefix)\(runID)")
    try PrivateFiles.makeDirectory(staging.path)
    let lock = try RunLock(staging.lockPath, runID: runID)
    return StagedRun(staging: staging, final: final, runsPath: path, lock: lock)
  }

  /// Opens the journal of a run and holds the run for this process.
  /// - Throws: `JournalError`: `notFound`, `locked`, or what is wrong with the file.
  public func open(_ runID: String) throws(JournalError) -> SQLiteJournal {
    try existing(runID).lockedJournal()
  }

  private func existing(_ runID: String) throws(JournalError) -> RunDirectory {
    let directory = try directory(runID)
    guard PrivateFiles.exists(directory.path) else { throw .notFound(runID) }
    _ = try PrivateFiles.openDirectory(path)
    _ = try PrivateFiles.openDirectory(directory.path)
    return directory
  }

  /// The runs, the newest first.
  /// - Parameter matches: Which are read whole; the others are left out.
  /// - Throws: `JournalError` when the folder cannot be read. A run that cannot is in the list.
  public func runs(
    where matches: (RunRecord) -> Bool = { _ in true }
  ) throws(JournalError) -> [StoredRun] {
    var runs: [StoredRun] = []
    for name in try names() where Self.isRunID(name) {
      let directory = RunDirectory(runID: name, path: "\(path)/\(name)")
      if let run = StoredRun(directory, matches) { runs.append(run) }
    }
    return runs.sorted { ($0.startedAt, $0.runID) > ($1.startedAt, $1.runID) }
  }

  /// One run.
  /// - Throws: `JournalError` when there is none of this id.
  public func run(_ runID: String) throws(JournalError) -> StoredRun {
    guard let run = StoredRun(try existing(runID), { _ in true }) else { throw .notFound(runID) }
    return run
  }

  private func names() throws(JournalError) -> [String] {
    guard PrivateFiles.exists(path) else {
      // A folder that is not there yet holds no run; a file in its place is a mistake.
      guard !PrivateFiles.exists(stateDirectory) || PrivateFiles.isDirectory(stateDirectory) else {
        throw JournalError(
          .storage, "'\(stateDirectory)', where runs are recorded, is not a folder",
          advice: "name a folder with --state-dir")
      }
      return []
    }
    _ = try PrivateFiles.openDirectory(path)
    do {
      return try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    } catch {
      throw PrivateFiles.storage("the folder '\(path)' cannot be read")
    }
  }

  /// Removes a run with all that is kept of it.
  /// - Throws: `JournalError` when another process works on it, or it cannot be removed.
  public func forget(_ runID: String) throws(JournalError) {
    let directory = try existing(runID)
    let lock = try RunLock(directory.lockPath, runID: runID)
    try remove(directory, lock)
  }

  /// Removes a run that this process holds.
  /// - Throws: `JournalError` when it cannot be removed.
  package func forget(_ journal: SQLiteJournal) throws(JournalError) {
    try remove(journal.directory, journal.lock)
  }

  private func remove(_ directory: RunDirectory, _ lock: RunLock) throws(JournalError) {
    do {
      try withExtendedLifetime(lock) {
        try FileManager.default.removeItem(atPath: directory.path)
      }
    } catch {
      throw PrivateFiles.storage("the folder '\(directory.path)' cannot be removed")
    }
    try PrivateFiles.sync(directory: path)
  }

  /// Removes runs that finished long ago, and what processes left that died before their runs began.
  /// What cannot be removed stays.
  /// - Returns: The runs that were removed.
  @discardableResult
  public func tidy(now: Date = Date()) -> [String] {
    var removed: [String] = []
    for name in (try? names()) ?? [] {
      if name.hasPrefix(Self.stagingPrefix) {
        let runID = String(name.dropFirst(Self.stagingPrefix.count))
        let directory = RunDirectory(runID: runID, path: "\(path)/\(name)")
        if let lock = try? RunLock(directory.lockPath, runID: runID) {
          try? remove(directory, lock)
        }
      } else if Self.isRunID(name) {
        let directory = RunDirectory(runID: name, path: "\(path)/\(name)")
        guard let changed = PrivateFiles.status(directory.journalPath)?.changedAt,
          now.timeIntervalSince(changed) > Self.keepsFinished,
          StoredRun(directory, { _ in true })?.state == .finished,
          let lock = try? RunLock(directory.lockPath, runID: name),
          (try? remove(directory, lock)) != nil
        else { continue }
        removed.append(name)
      }
    }
    return removed
  }

  /// Takes the place of a journal that is lost or cannot be read, with what was found elsewhere. A file
  /// that cannot be read stays beside it, as `journal.damaged`.
  /// - Throws: `JournalError` of kind `mismatch` when the run has a journal that can be read.
  public func recover(_ record: RunRecord, _ entries: [JournalEntry]) throws(JournalError) {
    let directory = try directory(record.runID)
    guard PrivateFiles.exists(directory.path) else {
      let staged = try stage(record.runID)
      _ = try staged.begin(record, entries)
      return
    }
    _ = try existing(record.runID)
    let lock = try RunLock(directory.lockPath, runID: record.runID)
    if PrivateFiles.exists(directory.journalPath) {
      if (try? JournalFile(directory).open(readonly: true)) != nil {
        throw JournalError(
          .mismatch, "the journal of run \(record.runID) is there and can be read",
          advice: "cl-import resume \(record.runID)")
      }
      for (name, other) in directory.damagedNames { rename(name, other) }
    }
    try withExtendedLifetime(lock) { () throws(JournalError) in
      try JournalFile(directory).create(record, entries)
    }
  }

  /// Where the rows of a run are that came from standard input; nil when there is no copy of them.
  public func inputPath(of runID: String) -> String? {
    guard let directory = try? existing(runID), PrivateFiles.exists(directory.inputPath) else {
      return nil
    }
    return directory.inputPath
  }
}

/// The folder of one run.
struct RunDirectory: Sendable, Hashable {
  let runID: String
  let path: String

  /// What the run did.
  var journalPath: String { path + "/journal.sqlite" }
  /// Held by the process that works on the run.
  var lockPath: String { path + "/lock" }
  /// The rows that came from standard input.
  var inputPath: String { path + "/input" }

  /// The journal, held by this process.
  func lockedJournal() throws(JournalError) -> SQLiteJournal {
    let lock = try RunLock(lockPath, runID: runID)
    guard PrivateFiles.exists(journalPath) else { throw .missing(runID) }
    return try SQLiteJournal(self, lock: lock)
  }

  /// What files that cannot be read are called from then on.
  var damagedNames: [(name: String, other: String)] {
    ["", "-journal", "-wal", "-shm"].compactMap { side in
      let name = journalPath + side
      return PrivateFiles.exists(name) ? (name, "\(path)/journal.damaged\(side)") : nil
    }
  }
}

/// A run that has not begun: its folder is prepared, and is removed unless it begins.
public final class StagedRun: Sendable {
  /// The run's id.
  public let runID: String
  /// Where ``spool(_:named:)`` keeps the input as long as the run has not begun.
  public var inputPath: String { staging.inputPath }
  private let staging: RunDirectory
  private let final: RunDirectory
  private let runsPath: String
  private let lock: RunLock
  private let isOpen = Mutex(true)

  init(staging: RunDirectory, final: RunDirectory, runsPath: String, lock: RunLock) {
    runID = staging.runID
    self.staging = staging
    self.final = final
    self.runsPath = runsPath
    self.lock = lock
  }

  deinit { discard() }

  /// Keeps an input that can be read only once.
  /// - Parameters:
  ///   - descriptor: The open file or pipe.
  ///   - name: What messages call the input.
  public func spool(_ descriptor: Int32, named name: String) throws(JournalError) {
    let file = try PrivateFiles.create(staging.inputPath)
    try PrivateFiles.copy(from: descriptor, named: name, to: file, staging.inputPath)
    try PrivateFiles.sync(file, staging.inputPath)
  }

  /// Lets the run begin: from now on it is there, with this record, until it is forgotten.
  public func begin(
    _ record: RunRecord, _ entries: [JournalEntry] = []
  ) throws(JournalError) -> SQLiteJournal {
    try JournalFile(staging).create(record, entries)
    guard !PrivateFiles.exists(final.path), rename(staging.path, final.path) == 0 else {
      throw PrivateFiles.storage("the folder '\(final.path)' cannot be created")
    }
    isOpen.withLock { $0 = false }
    try PrivateFiles.sync(directory: runsPath)
    return try SQLiteJournal(final, lock: lock)
  }

  /// Removes the folder, unless the run has begun.
  public func discard() {
    let wasOpen = isOpen.withLock { isOpen in
      defer { isOpen = false }
      return isOpen
    }
    if wasOpen { try? FileManager.default.removeItem(atPath: staging.path) }
  }
}

/// A run of the store, as it is on disk at the moment.
public struct StoredRun: Sendable {
  /// What can be done with it.
  public enum State: Sendable, Hashable {
    /// Something is left to do, and no process does it.
    case unfinished
    /// Nothing is left to do.
    case finished
    /// A process works on it; its number, where it is known.
    case working(Int32?)
    /// Its journal cannot be read.
    case unusable(JournalError)
  }

  /// `process 4711`, or `another process` when its number is not known.
  package static func name(ofProcess number: Int32?) -> String {
    number.map { "process \($0)" } ?? "another process"
  }

  /// The run's id.
  public let runID: String
  /// What can be done with it.
  public let state: State
  /// What was recorded; nil when it cannot be read.
  public let contents: JournalContents?
  /// When something was recorded last.
  public let changedAt: Date?
  /// Whether the rows of standard input are kept.
  public let hasInput: Bool
  /// When it began; empty when that is not known.
  public var startedAt: String { contents?.run.startedAt ?? "" }

  /// - Returns: nil when its record does not match.
  init?(_ directory: RunDirectory, _ matches: (RunRecord) -> Bool) {
    runID = directory.runID
    changedAt = PrivateFiles.status(directory.journalPath)?.changedAt
    hasInput = PrivateFiles.exists(directory.inputPath)
    let holder = RunLock.holder(of: directory.lockPath)
    do throws(JournalError) {
      // What a process left half written is taken back when the file is opened for writing; while a
      // process works on it, only reading is safe.
      _ = try PrivateFiles.openDirectory(directory.path)
      guard PrivateFiles.exists(directory.journalPath) else {
        throw .missing(directory.runID)
      }
      let file = JournalFile(directory)
      let queue = try file.open(readonly: holder != nil)
      do {
        let found = try queue.read { db in
          matches(try file.record(db)) ? try file.contents(db) : nil
        }
        guard let found else { return nil }
        contents = found
      } catch {
        throw file.failure(error)
      }
      if let holder {
        state = .working(holder.process)
      } else {
        state = contents?.isFinished == true ? .finished : .unfinished
      }
    } catch {
      contents = nil
      state = .unusable(error)
    }
  }
}
