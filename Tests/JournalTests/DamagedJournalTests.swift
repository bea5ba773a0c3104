import CommerceLayerImporter
import Foundation
import GRDB
import Testing

@testable import CommerceLayerJournal

/// Journals that are not what was written.
@Suite struct DamagedJournalTests {
  private let test: TestStore
  private var store: RunStore { test.store }

  init() throws { test = try TestStore() }

  private func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(filePath: path)) }

  private func write(_ bytes: some Collection<UInt8>, _ path: String) throws {
    try Data(bytes).write(to: URL(filePath: path))
  }

  @Test func aFileThatWasCutOffIsDamagedWhereverItEnds() async throws {
    let path = try await test.begun(Sample.runID, try Sample.entries())
    let whole = try bytes(path)
    for length in [0, 1, 16, 99, 100, 511, 4095, 4096, 4097, 8192, whole.count - 1] {
      try write(whole.prefix(length), path)
      let error = await test.problem()
      #expect(error?.kind == .damaged, "\(length): \(String(describing: error))")
      #expect(error?.advice.contains("cl-import recover \(Sample.runID)") == true)
    }
    try write(whole, path)
    #expect(await test.problem() == nil)
  }

  @Test func theMessageSaysWhatIsLeft() async throws {
    let path = try await test.begun(Sample.runID, try Sample.entries())
    let queue = try DatabaseQueue(path: path)
    try await queue.write { db in
      try db.execute(sql: "UPDATE entries SET entry = '{' WHERE number = 10")
    }
    try queue.close()
    let error = await test.problem()
    #expect(error?.kind == .damaged)
    let text = error?.description ?? ""
    #expect(text.contains("entry 10 cannot be read"), "\(text)")
    #expect(text.contains("the run sends 'it's.csv' as skus to acme"))
    #expect(text.contains("of 4 imports that 2 were sent and 1 have ended"))
    // With the options that the run had, as a shell takes them.
    #expect(
      text.contains(#"'cl-import recover \#(Sample.runID) 'it'\''s.csv' --type skus'"#), "\(text)")
    guard case .unusable(let listed) = try store.run(Sample.runID).state else {
      Issue.record("it is listed as usable")
      return
    }
    #expect(listed == error)
  }

  /// What each of these files is, and a part of the message.
  @Test(arguments: [
    (Data(), JournalError.Kind.damaged, "it is empty"),
    (Data(count: 8192), .damaged, "nothing but zeros"),
    (Data("SQLite".utf8), .damaged, "it ends after 6 bytes"),
    (Data("code,name\nA,a\n".utf8), .foreign, "it is not a SQLite file"),
    (Data("SQLite format 3".utf8) + Data(count: 200), .foreign, "another program"),
  ])
  func otherFiles(content: Data, kind: JournalError.Kind, text: String) async throws {
    let path = try await test.begun()
    try write(content, path)
    let error = await test.problem()
    #expect(error?.kind == kind)
    #expect(error?.message.contains(text) == true, "\(String(describing: error))")
    #expect(try bytes(path) == content, "it was written to")
  }

  @Test func theDatabaseOfAnotherProgram() async throws {
    let path = try await test.begun()
    try FileManager.default.removeItem(atPath: path)
    let queue = try DatabaseQueue(path: path)
    try await queue.write { db in try db.execute(sql: "CREATE TABLE bookmarks(url TEXT)") }
    try queue.close()
    let error = await test.problem()
    #expect(error?.kind == .foreign)
    #expect(error?.message.contains("the SQLite file of another program") == true)
  }

  @Test func aNewerVersion() async throws {
    let path = try await test.begun()
    let queue = try DatabaseQueue(path: path)
    try await queue.write { db in try db.execute(sql: "PRAGMA user_version = 2") }
    try queue.close()
    let error = await test.problem()
    #expect(error?.kind == .newer)
    #expect(
      error?.message.contains("has version 2, and this program reads versions up to 1") == true)
    #expect(error?.advice.contains("newer cl-import") == true)
  }

  @Test(arguments: [
    "CREATE TRIGGER t AFTER INSERT ON entries BEGIN DELETE FROM entries; END",
    "CREATE TABLE more(x)", "CREATE VIEW v AS SELECT 1", "DROP TABLE run",
    "DELETE FROM run", "INSERT INTO run SELECT record FROM run", "UPDATE run SET record = '{}'",
    "UPDATE run SET record = replace(record, '\"rows\":40', '\"rows\":-40')",
    "UPDATE entries SET entry = x'ff00'",
  ])
  func tablesOfAnotherForm(statement: String) async throws {
    let path = try await test.begun(Sample.runID, [Sample.intent(1)])
    let queue = try DatabaseQueue(path: path)
    try await queue.write { db in try db.execute(sql: statement) }
    try queue.close()
    #expect(await test.problem()?.kind == .damaged)
  }

  @Test func entriesThatCannotBeTrue() async throws {
    var wrong: [JournalEntry] = [
      Sample.intent(0), Sample.intent(1, attempt: 0), Sample.intent(1, rows: 0),
      .created(chunk: -1, importID: "a"), .created(chunk: 1, importID: ""),
      .split(chunk: 1, first: 1, second: 1), .split(chunk: 3, first: 2, second: 4),
      .continued(chunk: 2, from: 1, as: 2), .continued(chunk: 2, from: 0, as: 3),
      .notCreated(chunk: 1, attempt: 0), .duplicates(chunk: 1, importIDs: [""]),
    ]
    if case .outcome(_, let outcome) = try Sample.outcome(2, failed: 1) {
      wrong.append(.outcome(chunk: 1, outcome))
      var other = outcome
      other.findings[0].index = 10
      wrong.append(.outcome(chunk: 2, other))
      other.findings[0].index = -1
      wrong.append(.outcome(chunk: 2, other))
      other = outcome
      other.findings += outcome.findings
      wrong.append(.outcome(chunk: 2, other))
      other = outcome
      other.line.succeeded = 11
      wrong.append(.outcome(chunk: 2, other))
      other.line.succeeded = .min
      wrong.append(.outcome(chunk: 2, other))
    }
    for (index, entry) in wrong.enumerated() {
      let runID = String(format: "%026d", index)
      try await test.begun(runID, [entry])
      let error = await test.problem(runID)
      #expect(error?.kind == .damaged, "\(entry)")
      #expect(error?.message.contains("entry 1 is not valid") == true, "\(entry)")
    }
    for (index, entry) in (try Sample.entries() + [.finished]).enumerated() {
      let runID = String(format: "%026d", 100 + index)
      try await test.begun(runID, [entry])
      #expect(await test.problem(runID) == nil, "\(entry)")
    }
  }

  @Test func theJournalOfAnotherRun() async throws {
    let path = try await test.begun()
    let other = try await test.begun(Sample.otherID)
    try write(try bytes(path), other)
    let error = await test.problem(Sample.otherID)
    #expect(error?.kind == .damaged)
    #expect(error?.message.contains("it is the journal of run \(Sample.runID)") == true)
  }

  @Test func linksFoldersAndPipesAreNotOpened() async throws {
    let path = try await test.begun()
    let elsewhere = test.folder + "/elsewhere.sqlite"
    try FileManager.default.moveItem(atPath: path, toPath: elsewhere)
    try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: elsewhere)
    var error = await test.problem()
    #expect(error?.kind == .foreign)
    #expect(error?.message == "'\(path)' is a symbolic link, which is not followed")
    unlink(path)
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    error = await test.problem()
    #expect(error?.message == "'\(path)' is not a file")
    rmdir(path)
    #expect(mkfifo(path, 0o600) == 0)
    error = await test.problem()
    #expect(error?.message == "'\(path)' is not a file")
    unlink(path)
    error = await test.problem()
    #expect(error?.message == "the journal of run \(Sample.runID) is missing")
    guard case .unusable(let listed) = try store.run(Sample.runID).state else {
      Issue.record("it is listed as usable")
      return
    }
    #expect(listed.message == "the journal of run \(Sample.runID) is missing")
  }

  @Test(arguments: ["-journal", "lock", ""])
  func linksInThePlaceOfOtherFilesAreNotFollowed(name: String) async throws {
    let path = try await test.begun()
    let target = test.folder + "/target"
    try write(Data("precious".utf8), target)
    let link =
      switch name {
      case "-journal": path + name
      case "lock": test.path(Sample.runID, name)
      default: test.path(Sample.runID)
      }
    // A commit leaves an empty one, where there was one.
    if FileManager.default.fileExists(atPath: link) {
      try FileManager.default.removeItem(atPath: link)
    }
    if name.isEmpty { try FileManager.default.moveItem(atPath: target, toPath: target + "-file") }
    if name.isEmpty {
      try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: false)
    }
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: target)
    let error = await test.problem()
    #expect(error?.kind == .foreign, "\(String(describing: error))")
    #expect(error?.message.contains("is a symbolic link") == true, "\(String(describing: error))")
    if !name.isEmpty { #expect(try bytes(target) == Data("precious".utf8)) }
  }

  @Test func theFolderOfAllRunsIsNotALink() throws {
    let target = test.folder + "/target"
    try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: false)
    try FileManager.default.createSymbolicLink(atPath: store.path, withDestinationPath: target)
    let error = #expect(throws: JournalError.self) { try store.stage(Sample.runID) }
    #expect(error?.message == "'\(store.path)' is a symbolic link, which is not followed")
    #expect(try FileManager.default.contentsOfDirectory(atPath: target).isEmpty)
  }

  @Test func whatOthersCouldReadIsClosedToThem() async throws {
    let path = try await test.begun()
    for name in [store.path, test.path(Sample.runID)] { chmod(name, 0o755) }
    for name in [path, test.path(Sample.runID, "lock")] { chmod(name, 0o644) }
    _ = try store.open(Sample.runID)
    var status = stat()
    for (name, mode) in [
      (store.path, 0o700), (test.path(Sample.runID), 0o700), (path, 0o600),
      (test.path(Sample.runID, "lock"), 0o600),
    ] as [(String, mode_t)] {
      #expect(lstat(name, &status) == 0)
      #expect(status.st_mode & 0o777 == mode, "\(name)")
    }
  }

  /// Whoever made it so may have meant it.
  @Test func aFolderThatIsReadOnlyStaysSo() async throws {
    try await test.begun()
    chmod(store.path, 0o555)
    defer { chmod(store.path, 0o700) }
    #expect(try store.runs().count == 1)
    var status = stat()
    #expect(lstat(store.path, &status) == 0)
    #expect(status.st_mode & 0o777 == 0o500, "closed to others, and not opened")
  }

  @Test func aFolderThatCannotBeMadeIsNamed() throws {
    let file = test.folder + "/file"
    try write(Data(), file)
    let error = #expect(throws: JournalError.self) {
      try RunStore(stateDirectory: file + "/state").stage(Sample.runID)
    }
    #expect(error?.kind == .storage)
    #expect(error?.message.contains("the folder '\(file)/state") == true)
    #expect(error?.advice.contains("--state-dir") == true)
  }

  @Test(.enabled(if: geteuid() != 0, "root can write to every folder"))
  func aFolderThatCannotBeWrittenToIsNamed() throws {
    chmod(test.folder, 0o500)
    defer { chmod(test.folder, 0o700) }
    let error = #expect(throws: JournalError.self) { try store.stage(Sample.runID) }
    #expect(error?.kind == .storage)
    #expect(error?.message.contains(store.path) == true)
  }

  /// A commit that was cut off half way is taken back, whole.
  @Test func whatWasHalfWrittenIsTakenBack() async throws {
    let journal = try store.stage(Sample.runID).begin(Sample.record())
    try await journal.record([Sample.intent(1)])
    let before = try await journal.contents()
    let other = try TestStore()
    try FileManager.default.createDirectory(
      atPath: other.store.path, withIntermediateDirectories: true)
    let (from, to) = (test.path(Sample.runID), other.path(Sample.runID))
    let huge = try JournalFile.text(try Sample.outcome(1, rows: 20_000, failed: 20_000))
    try? await journal.queue.write { db in
      // With so little room the pages go to the file before the commit.
      try db.execute(sql: "PRAGMA cache_size = 2")
      try db.execute(sql: "PRAGMA cache_spill = 1")
      for _ in 0..<20 {
        try db.execute(sql: "INSERT INTO entries(entry) VALUES (?)", arguments: [huge])
      }
      try FileManager.default.copyItem(atPath: from, toPath: to)
      throw CancellationError()
    }
    let side = PrivateFiles.status(to + "/journal.sqlite-journal")
    #expect(side?.size ?? 0 > 0, "nothing was half written")
    #expect(try other.store.run(Sample.runID).contents == before)
    #expect(try await other.store.open(Sample.runID).contents() == before)
  }

  @Test func aLostJournalIsRebuiltAndADamagedOneKeptBesideIt() async throws {
    let entries = [Sample.intent(1), .created(chunk: 1, importID: "imp1")]
    try store.recover(Sample.record(), entries)
    let rebuilt = try await store.open(Sample.runID).contents()
    #expect(rebuilt.chunks[1]?.importID == "imp1")
    let rejected = #expect(throws: JournalError.self) {
      try store.recover(Sample.record(), entries)
    }
    #expect(rejected?.kind == .mismatch)
    #expect(rejected?.advice == "cl-import resume \(Sample.runID)")
    let path = test.path(Sample.runID, "journal.sqlite")
    try write(Data("half".utf8), path)
    try store.recover(Sample.record(), entries)
    #expect(try await store.open(Sample.runID).contents() == rebuilt)
    #expect(try bytes(test.path(Sample.runID, "journal.damaged")) == Data("half".utf8))
  }

  @Test func aDamagedRunDoesNotHideOthers() async throws {
    try await test.begun()
    let path = try await test.begun(Sample.otherID)
    try write(Data("x".utf8), path)
    try Data().write(to: URL(filePath: store.path + "/.DS_Store"))
    let runs = try store.runs()
    #expect(Set(runs.map(\.runID)) == [Sample.runID, Sample.otherID])
    #expect(runs.first { $0.runID == Sample.runID }?.state == .unfinished)
    store.tidy(now: Date() + 400 * 86_400)
    #expect(try store.runs().count == 2)
  }
}
