import CommerceLayerImporter
import Foundation
import GRDB
import Testing

@testable import CommerceLayerJournal

/// What is recorded, and where.
@Suite struct JournalTests {
  private let test: TestStore
  private var store: RunStore { test.store }

  init() throws { test = try TestStore() }

  @Test func whatIsRecordedIsReadByAnotherProcess() async throws {
    var expected = JournalContents(run: Sample.record())
    for entry in try Sample.entries() { expected.apply(entry) }
    let journal = try store.stage(Sample.runID).begin(Sample.record())
    #expect(try await journal.contents() == JournalContents(run: Sample.record()))
    for entry in try Sample.entries() { try await journal.record([entry]) }
    #expect(try await journal.contents() == expected)
    // Nothing is closed: as if the process were gone, the file itself is read.
    let copied = try TestStore()
    try FileManager.default.createDirectory(
      atPath: copied.store.path, withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      atPath: test.path(Sample.runID), toPath: copied.path(Sample.runID))
    #expect(try await copied.store.open(Sample.runID).contents() == expected)
  }

  /// Runs are resumed by later versions: what is in a journal is not renamed with the code.
  @Test func namesInJournalsStayWhatTheyAre() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let entries: [(entry: JournalEntry, text: String)] = [
      (
        Sample.intent(1),
        #"{"intent":{"_0":{"attempt":1,"chunk":1,"digest":"digest 1","firstLine":10,"#
          + #""lastLine":19,"rows":10}}}"#
      ),
      (.notCreated(chunk: 1, attempt: 1), #"{"notCreated":{"attempt":1,"chunk":1}}"#),
      (.created(chunk: 1, importID: "a"), #"{"created":{"chunk":1,"importID":"a"}}"#),
      (.split(chunk: 2, first: 5, second: 6), #"{"split":{"chunk":2,"first":5,"second":6}}"#),
      (.continued(chunk: 3, from: 4, as: 7), #"{"continued":{"as":7,"chunk":3,"from":4}}"#),
      (.duplicates(chunk: 1, importIDs: ["b"]), #"{"duplicates":{"chunk":1,"importIDs":["b"]}}"#),
      (.finished, #"{"finished":{}}"#),
    ]
    for (entry, text) in entries {
      #expect(String(decoding: try encoder.encode(entry), as: UTF8.self) == text)
    }
    let outcome = try Sample.outcome(1, failed: 1)
    let text = String(decoding: try encoder.encode(outcome), as: UTF8.self)
    #expect(text.hasPrefix(#"{"settled":{"_1":{"findings":[{"index":0,"outcome":"failed","#))
    #expect(try JSONDecoder().decode(JournalEntry.self, from: Data(text.utf8)) == outcome)
  }

  /// A process that is being started while a run ends has copies of all descriptors for a moment.
  @Test func aRunIsLetGoAlthoughAChildHasACopyOfItsLock() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
    defer { unlink(path) }
    var lock: RunLock? = try RunLock(path, runID: Sample.runID)
    let copy = dup(try #require(lock?.file.number))
    defer { close(copy) }
    #expect(throws: JournalError.self) { try RunLock(path, runID: Sample.runID) }
    #expect(RunLock.holder(of: path)?.process == getpid())
    lock = nil
    #expect(RunLock.holder(of: path) == nil)
    _ = try RunLock(path, runID: Sample.runID)
  }

  @Test func entriesOfOneCallAreAllThereOrNone() async throws {
    let journal = try store.stage(Sample.runID).begin(Sample.record())
    try await journal.record([Sample.intent(1)])
    let pages = try await journal.queue.read { db in
      try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
    }
    try await journal.queue.write { db in
      try db.execute(sql: "PRAGMA max_page_count = \(pages + 2)")
    }
    // The second one does not fit, as on a full disk.
    let error = await #expect(throws: JournalError.self) {
      try await journal.record([Sample.intent(2), try Sample.outcome(2, rows: 5000, failed: 5000)])
    }
    #expect(error?.kind == .storage)
    #expect(error?.message.contains(test.path(Sample.runID)) == true)
    #expect(error?.advice.contains("cl-import resume \(Sample.runID)") == true)
    #expect(try await journal.contents().chunks.keys.sorted() == [1])
    // What failed once is not tried again.
    try await journal.queue.write { db in try db.execute(sql: "PRAGMA max_page_count = 100000") }
    let again = await #expect(throws: JournalError.self) {
      try await journal.record([Sample.intent(3)])
    }
    #expect(again == error)
  }

  @Test func aCancelledTaskRecordsWhatItDid() async throws {
    let journal = try store.stage(Sample.runID).begin(Sample.record())
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      try await journal.record([.created(chunk: 1, importID: "imp1")])
    }
    try await task.value
    #expect(try await journal.contents().chunks[1]?.importID == "imp1")
  }

  @Test func everyCommitIsOnDisk() async throws {
    let journal = try store.stage(Sample.runID).begin(Sample.record())
    let (mode, synchronous) = try await journal.queue.read { db in
      (
        try String.fetchOne(db, sql: "PRAGMA journal_mode"),
        try Int.fetchOne(db, sql: "PRAGMA synchronous")
      )
    }
    #expect(mode == "truncate")
    #expect(synchronous == 2)
    try await journal.record([Sample.intent(1)])
    // One file holds all of it.
    let side = PrivateFiles.status(test.path(Sample.runID, "journal.sqlite-journal"))
    #expect(side?.size ?? 0 == 0)
  }

  @Test func aFinishedRunKeepsNoRows() async throws {
    let staged = try store.stage(Sample.runID)
    let pipe = Pipe()
    try pipe.fileHandleForWriting.write(contentsOf: Data("code\nA\n".utf8))
    try pipe.fileHandleForWriting.close()
    try staged.spool(pipe.fileHandleForReading.fileDescriptor, named: "standard input")
    let journal = try staged.begin(Sample.record())
    let path = try #require(journal.inputPath)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "code\nA\n")
    try await journal.record([.finished])
    #expect(journal.inputPath == nil)
    #expect(try store.run(Sample.runID).state == .working(getpid()))
  }

  @Test func aRunThatDoesNotBeginLeavesNothing() async throws {
    do {
      let staged = try store.stage(Sample.runID)
      #expect(throws: JournalError.self) { try store.run(Sample.runID) }
      withExtendedLifetime(staged) {}
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: store.path) == [])
    #expect(try store.runs().isEmpty)
  }

  @Test func whatAProcessThatDiedLeftIsRemovedWithItsNextStart() async throws {
    let left = test.path(".new-\(Sample.otherID)")
    try FileManager.default.createDirectory(atPath: left, withIntermediateDirectories: true)
    try Data("rows".utf8).write(to: URL(filePath: left + "/input"))
    let staged = try store.stage(Sample.runID)
    store.tidy()
    #expect(!FileManager.default.fileExists(atPath: left))
    // One whose process lives stays.
    #expect(FileManager.default.fileExists(atPath: test.path(".new-\(Sample.runID)")))
    withExtendedLifetime(staged) {}
  }

  @Test func finishedRunsAreForgottenAfterThirtyDays() async throws {
    try await test.begun(Sample.runID, [.finished])
    try await test.begun(Sample.otherID, [Sample.intent(1)])
    let day: TimeInterval = 86_400
    #expect(store.tidy(now: Date() + 29 * day).isEmpty)
    #expect(store.tidy(now: Date() + 31 * day) == [Sample.runID])
    #expect(try store.runs().map(\.runID) == [Sample.otherID], "it has not come to its end")
  }

  @Test func forgettingRemovesAllOfARun() async throws {
    try await test.begun()
    try store.forget(Sample.runID)
    #expect(!FileManager.default.fileExists(atPath: test.path(Sample.runID)))
    let error = #expect(throws: JournalError.self) { try store.forget(Sample.runID) }
    #expect(error?.kind == .notFound)
    #expect(error?.advice.contains("cl-import recover \(Sample.runID)") == true)
  }

  @Test func aSecondHolderIsToldWhoTheFirstIs() async throws {
    let journal = try store.stage(Sample.runID).begin(Sample.record())
    for attempt in [
      { _ = try self.store.open(Sample.runID) }, { try self.store.forget(Sample.runID) },
    ]
      as [() throws -> Void]
    {
      let error = #expect(throws: JournalError.self) { try attempt() }
      #expect(error?.kind == .locked)
      #expect(error?.message == "process \(getpid()) works on run \(Sample.runID)")
    }
    #expect(try store.run(Sample.runID).state == .working(getpid()))
    withExtendedLifetime(journal) {}
  }

  @Test func theLockGoesWithItsHolder() async throws {
    try await test.begun()
    for _ in 0..<2 { _ = try store.open(Sample.runID) }
    #expect(try store.run(Sample.runID).state == .unfinished)
  }

  @Test(arguments: [
    "", "..", "../x", "0123", "0123456789ABCDEFGHJKMNPQRS", "0123456789abcdefghjkmnpq/s",
  ])
  func onlyIdsOfRunsNameFolders(name: String) {
    let error = #expect(throws: JournalError.self) { try store.open(name) }
    #expect(error?.kind == .notFound)
    #expect(error?.message.contains("is not a valid run id") == true)
  }

  @Test func theFolderForState() {
    func path(_ option: String?, _ variables: [String: String], _ home: String?) -> String? {
      RunStore.stateDirectory(option: option, variables: variables, home: home)
    }
    let all = ["CL_STATE_DIR": "/state", "XDG_STATE_HOME": "/xdg"]
    #expect(path("here", all, "/home") == "here")
    #expect(path(nil, all, "/home") == "/state")
    #expect(path(nil, ["CL_STATE_DIR": "", "XDG_STATE_HOME": "/xdg"], "/home") == "/xdg/cl")
    #expect(path(nil, ["XDG_STATE_HOME": "relative"], "/home") == "/home/.local/state/cl")
    #expect(path(nil, [:], nil) == nil)
  }

  @Test func theNumbersOfARun() throws {
    var contents = JournalContents(run: Sample.record())
    for entry in try Sample.entries() { contents.apply(entry) }
    var totals = RunTotals(contents)
    // What import 3 did not come to is to be sent again, and was not yet.
    #expect(totals.sent == 24)
    #expect(totals.left == 16)
    #expect(totals.succeeded == 8 && totals.failed == 2)
    #expect(totals.running == 9 && totals.runningImports == ["imp3", "imp5"])
    #expect(totals.inDoubt == 5 && totals.doubtfulReferences == ["\(Sample.runID)-000006"])
    #expect(totals.mayHaveSent)
    // A create that the service rejected for certain sent nothing.
    contents = JournalContents(run: Sample.record())
    for entry in [Sample.intent(1), .notCreated(chunk: 1, attempt: 1)] { contents.apply(entry) }
    totals = RunTotals(contents)
    #expect(totals.sent == 0 && !totals.mayHaveSent)
  }

  @Test func whatIsNotThereIsNamed() async throws {
    let path = try await test.begun()
    try FileManager.default.removeItem(atPath: path)
    let missing = #expect(throws: JournalError.self) { try store.open(Sample.runID) }
    #expect(missing?.kind == .damaged)
    #expect(missing?.message == "the journal of run \(Sample.runID) is missing")
    #expect(missing?.advice.contains("cl-import recover \(Sample.runID) FILE") == true)
    #expect(!FileManager.default.fileExists(atPath: path), "looking creates nothing")
    let elsewhere = RunStore(stateDirectory: test.folder + "/none")
    #expect(try elsewhere.runs().isEmpty)
    let file = test.folder + "/file"
    try Data("x".utf8).write(to: URL(filePath: file))
    let error = #expect(throws: JournalError.self) {
      try RunStore(stateDirectory: file).runs()
    }
    #expect(error?.message == "'\(file)', where runs are recorded, is not a folder")
    let stage = #expect(throws: JournalError.self) {
      try RunStore(stateDirectory: file).stage(Sample.runID)
    }
    #expect(stage?.advice == "name a folder that can be written to with --state-dir")
  }

  @Test func wordsOfAShell() {
    #expect(ShellText.word("skus.csv") == "skus.csv")
    #expect(ShellText.word("it's mine.csv") == #"'it'\''s mine.csv'"#)
    #expect(ShellText.word("$(rm)") == "'$(rm)'")
    #expect(ShellText.word("") == "''")
  }
}
