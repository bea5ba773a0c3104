import CommerceLayer
import CommerceLayerSandbox
import Foundation
import HTTPTypes
import Synchronization
import Testing

@testable import CommerceLayerImporter
@testable import CommerceLayerRows

/// A journal in memory.
actor MemoryJournal: RunJournal {
  private var known: JournalContents
  private(set) var entries: [JournalEntry] = []
  /// How often entries were written: on disk each time is a commit.
  private(set) var commits = 0
  private let failsAfter: Int

  init(_ entries: [JournalEntry] = [], failsAfter: Int = .max) {
    known = JournalContents(run: RunRecord(runID: "run"))
    for entry in entries { known.apply(entry) }
    self.failsAfter = failsAfter
  }

  func contents() async throws(JournalError) -> JournalContents { known }

  func record(_ entries: [JournalEntry]) async throws(JournalError) {
    guard self.entries.count + entries.count <= failsAfter else {
      throw JournalError(.storage, "no space left on the device", advice: "make room")
    }
    self.entries += entries
    commits += 1
    for entry in entries { known.apply(entry) }
  }

  /// The journal as it was after so many entries.
  func prefix(_ count: Int) -> MemoryJournal { MemoryJournal(Array(entries.prefix(count))) }
}

/// Runs with a journal, from the library's outside: resumed, rejected, stopped, cancelled.
@Suite struct ResumeTests {
  /// A run of three imports, of which the second has a row that fails.
  private func firstRun(chunkRows: Int = 10) async throws
    -> (report: ImportReport, journal: MemoryJournal, service: FakeImports)
  {
    let service = FakeImports { $0 == 2 ? ["S13"] : [] }
    let journal = MemoryJournal()
    // One at a time, so that the number of an import is that of its chunk.
    let report = try await service.importer(FakeImports.skus(0..<30)) {
      $0.chunkRows = chunkRows
      $0.maximumRunning = 1
    }.run(journal: journal)
    return (report, journal, service)
  }

  @Test func recordsEverythingItDoes() async throws {
    let (report, journal, _) = try await firstRun()
    #expect(report.succeeded == 29)
    let contents = try await journal.contents()
    #expect(contents.isFinished)
    #expect(contents.chunks.keys.sorted() == [1, 2, 3])
    #expect(contents.chunks[2]?.intent?.firstLine == 12)
    #expect(contents.chunks[2]?.intent?.lastLine == 21)
    #expect(contents.chunks[2]?.outcome?.findings.map(\.index) == [3])
    #expect(await journal.entries.last == .finished)
  }

  /// A commit waits for the disk. Between two creates the run writes twice at most: that an import exists, and
  /// what became of one together with the next intent.
  @Test func writesTwiceForAnImport() async throws {
    let (_, journal, _) = try await firstRun(chunkRows: 1)
    let count = await journal.entries.count { if case .intent = $0 { true } else { false } }
    #expect(count == 30)
    // The first intent and the end are commits of their own.
    #expect(await journal.commits <= 2 * count + 2)
  }

  /// Wherever the journal ends, the run that goes on from there tells the same, and creates nothing that
  /// exists.
  @Test func goesOnWhereverTheJournalEnds() async throws {
    let (_, journal, _) = try await firstRun()
    for count in 0...(await journal.entries.count) {
      let service = FakeImports { $0 == 2 ? ["S13"] : [] }
      // The service has what the first run created.
      let part = await journal.prefix(count)
      let contents = try await part.contents()
      for (chunk, record) in contents.chunks where record.intent != nil {
        var state = remote("i\(chunk)", "completed", processed: chunk == 2 ? 9 : 10)
        if chunk == 2 {
          state.errorsCount = 1
          state.errors = [LogEntry(key: "S13", messages: ["name: can't be blank"])]
        }
        service.add(state, reference: ImportRequest.reference(runID: "run", chunk: chunk))
      }
      let told = Mutex<[RowEntry]>([])
      var observer = ImportObserver()
      observer.entry = { entry in told.withLock { $0.append(entry) } }
      let known = contents.chunks.count
      let report = try await service.importer(FakeImports.skus(0..<30)) { $0.chunkRows = 10 }
        .run(journal: part, observer: observer)
      #expect(report.ending == .done, "after \(count) entries")
      #expect(report.isConsistent)
      #expect(service.sizes.count == 3 - known)
      // The number of an import decides what fails in it, so chunk 2 fails where it was sent before.
      if known >= 2 {
        #expect(report.succeeded == 29)
        #expect(told.withLock { $0.map(\.key) } == ["S13"])
      }
      #expect(try await part.contents().isFinished)
    }
  }

  @Test func looksForImportsThatAnEarlierRunMayHaveCreated() async throws {
    let (_, journal, _) = try await firstRun()
    let intent = await Array(journal.entries.prefix(1))
    for isThere in [true, false] {
      let service = FakeImports()
      if isThere { service.add(remote("x", "completed", processed: 10), reference: "run-000001") }
      let resumed = MemoryJournal(intent)
      let report = try await service.importer(FakeImports.skus(0..<30)) { $0.chunkRows = 10 }
        .run(journal: resumed)
      #expect(report.succeeded == 30)
      #expect(service.lookUps == (isThere ? 1 : 5))
      #expect(service.sizes.count == (isThere ? 2 : 3))
      #expect(report.chunks.first?.importID == (isThere ? "x" : "i3"))
    }
  }

  @Test func pollsTheImportsOfAnEarlierRun() async throws {
    let (_, journal, _) = try await firstRun()
    let intents = await journal.entries.filter { if case .intent = $0 { true } else { false } }
    let service = FakeImports()
    for chunk in 1...3 {
      service.add(
        remote("i\(chunk)", "completed", processed: 10), reference: "run-00000\(chunk)")
    }
    let created = (1...3).map { JournalEntry.created(chunk: $0, importID: "i\($0)") }
    let report = try await service.importer(FakeImports.skus(0..<30)) { $0.chunkRows = 10 }
      .run(journal: MemoryJournal(intents + created))
    #expect(report.succeeded == 30)
    #expect(service.sizes == [])
    #expect(service.lookUps == 0)
  }

  /// A journal that was rebuilt knows that rows of an interrupted import were sent again, and not what
  /// became of those before them.
  @Test func takesUpWhatAnInterruptedImportDidNotComeTo() async throws {
    let (_, journal, _) = try await firstRun(chunkRows: 30)
    let intents = await Array(journal.entries.prefix(1))
    let service = FakeImports()
    var head = RemoteImport(id: "head", status: "interrupted")
    (head.inputsSize, head.processedCount, head.errorsCount) = (30, 6, 4)
    head.errors = (0..<4).map { LogEntry(key: "S\($0)", messages: ["name: can't be blank"]) }
    service.add(head, reference: "run-000001")
    var tail = RemoteImport(id: "tail", status: "completed")
    (tail.inputsSize, tail.processedCount) = (20, 20)
    service.add(tail, reference: "run-000002")
    let entries: [JournalEntry] = [
      .created(chunk: 1, importID: "head"), .continued(chunk: 1, from: 10, as: 2),
      .intent(
        ChunkIntent(chunk: 2, attempt: 1, rows: 20, firstLine: 12, lastLine: 31, digest: "")),
      .created(chunk: 2, importID: "tail"),
    ]
    for continues in [true, false] {
      let resumed = MemoryJournal(intents + entries)
      let report = try await service.importer(FakeImports.skus(0..<30)) {
        $0.chunkRows = 30
        $0.continueInterrupted = continues
      }.run(journal: resumed)
      #expect(report.isConsistent)
      #expect((report.succeeded, report.failed, report.unknown) == (26, 4, 0))
      #expect(report.chunks.map(\.rows) == [10, 20])
      #expect(service.sizes == [], "nothing is sent a third time")
      #expect(try await resumed.contents().isFinished)
    }
  }

  @Test func takesUpTheHalvesOfAnEarlierRun() async throws {
    let (_, journal, _) = try await firstRun(chunkRows: 30)
    let intents = await Array(journal.entries.prefix(1))
    let service = FakeImports()
    let report = try await service.importer(FakeImports.skus(0..<30)) { $0.chunkRows = 30 }
      .run(
        journal: MemoryJournal(intents + [.split(chunk: 1, first: 2, second: 3)]))
    #expect(report.succeeded == 30)
    #expect(service.sizes == [15, 15])
    #expect(report.chunks.map(\.number) == [2, 3])
  }

  @Test func rejectsAnInputThatChanged() async throws {
    let (_, journal, _) = try await firstRun()
    let entries = await journal.entries.filter { if case .intent = $0 { true } else { false } }
    let service = FakeImports()
    let changed = FakeImports.skus(0..<30).replacingOccurrences(of: "S14,n", with: "S14,m")
    for text in [changed, FakeImports.skus(0..<12)] {
      do {
        _ = try await service.importer(text) { $0.chunkRows = 10 }
          .run(journal: MemoryJournal(entries))
        Issue.record("nothing was rejected")
      } catch let error as JournalError {
        #expect(error.kind == .mismatch)
        #expect(error.message.contains("import 2 (lines 12 to 21)"))
      }
    }
    #expect(service.sizes == [])
    #expect(service.lookUps == 0)
  }

  @Test func aFullDiskLetsRunningImportsEnd() async throws {
    let service = FakeImports()
    let journal = MemoryJournal(failsAfter: 2)
    let report = try await service.importer(FakeImports.skus(0..<30)) {
      $0.chunkRows = 10
      $0.maximumRunning = 1
    }.run(journal: journal)
    guard case .journalFailed(let why) = report.ending else {
      Issue.record("\(report.ending)")
      return
    }
    #expect(why.contains("no space left on the device"))
    #expect(report.isConsistent)
    #expect(report.succeeded == 10)
    #expect(report.unprocessed == 20)
    #expect(service.sizes == [10])
  }

  // MARK: Cancelling

  /// A service that never responds.
  private struct SilentImports: ImportService {
    let began: @Sendable () -> Void

    private func wait<T>() async throws(CallFailure) -> T {
      began()
      try? await Task.sleep(for: .seconds(3600))
      throw CallFailure(kind: .cancelled, message: "cancelled")
    }
    func create(_ request: ImportRequest) async throws(CallFailure) -> RemoteImport {
      try await wait()
    }
    func mode() async throws(CallFailure) -> ServiceMode? { try await wait() }
    func find(reference: String) async throws(CallFailure) -> [RemoteImport] { try await wait() }
    func states(of ids: [String]) async throws(CallFailure) -> [RemoteImport] { try await wait() }
    func retrieve(_ id: String) async throws(CallFailure) -> RemoteImport { try await wait() }
    func queue() async throws(CallFailure) -> [RemoteImport] { try await wait() }
    func imports(ofRun runID: String) async throws(CallFailure) -> [Int: [String]] {
      try await wait()
    }
    func maximumRunning() async -> Int? { nil }
  }

  @Test(.timeLimit(.minutes(10))) func cancellingEndsARunAtOnce() async throws {
    let (began, continuation) = AsyncStream.makeStream(of: Void.self)
    let service = SilentImports { continuation.yield() }
    let disk = try InputOnDisk(FakeImports.skus(0..<30))
    let importer = Importer(
      service: service,
      planner: ImportPlanner(
        file: try disk.file, format: .csv, rules: try rules(),
        settings: ImportSettings(service: CommerceLayerService.description)),
      runID: "run", time: .continuous, seed: 1)
    let journal = MemoryJournal()
    let run = Task { try await importer.run(journal: journal) }
    for await _ in began { break }
    run.cancel()
    let report = try await run.value
    #expect(report.ending == .stopped)
    #expect(report.isConsistent)
    #expect(report.unknown == 30)
    #expect(report.inDoubt == ["run-000001"])
    // A run that is resumed looks for it.
    let contents = try await journal.contents()
    #expect(contents.chunks[1]?.intent != nil)
    #expect(contents.chunks[1]?.outcome == nil)
  }

  // MARK: Reading failures

  @Test(arguments: [
    (422, #"{"errors":[{"title":"too many imports","code":"VALIDATION_ERROR"}]}"#, true),
    (422, #"{"errors":[{"detail":"Max concurrent imports limit reached","status":"422"}]}"#, true),
    (
      422,
      #"{"errors":[{"detail":"can't have more, limit is 10","meta":{"error":"too_many_imports"}}]}"#,
      true
    ),
    (423, #"{"errors":[{"title":"The resource is locked","code":"LOCKED"}]}"#, true),
    (409, #"{"errors":[{"detail":"10 imports are already running"}]}"#, true),
    (
      422,
      #"{"errors":[{"detail":"an import has at most 10000 inputs","source":{"pointer":"/data/attributes/inputs"}}]}"#,
      false
    ),
    (
      422,
      #"{"errors":[{"detail":"can't be blank","source":{"pointer":"/data/attributes/resource_type"}}]}"#,
      false
    ),
  ])
  func knowsAFullQueueInEveryForm(status: Int, body: String, isFull: Bool) async throws {
    let time = InstantTime.source()
    let stage = try SandboxStage(time: time) { request, _ in
      guard request.method == .post, request.path?.hasPrefix("/api/imports") == true else {
        return nil
      }
      var head = HTTPResponse(status: .init(code: status))
      head.headerFields[.contentType] = "application/vnd.api+json"
      return .respond(head, Array(body.utf8))
    }
    let service = CommerceLayerImports(client: stage.client, type: "tags")
    let request = ImportRequest(
      type: "tags", parentID: nil, skipErrors: false, runID: "run", chunk: 1, attempt: 1, rows: 1,
      inputs: .json([["name": .string("t")] as JSONObject]))
    do throws(CallFailure) {
      _ = try await service.create(request)
      Issue.record("it was created")
    } catch {
      #expect((error.kind == .noRoom) == isFull, "\(error)")
      #expect(!error.isUnsent)
    }
  }

  /// A create whose token is rejected is not sent again by the client: it is looked for first.
  @Test func renewsATokenForTheNextCallOnlyWhereARequestIsSentOnce() async throws {
    let time = InstantTime.source()
    let stage = try SandboxStage(time: time) { request, create in
      guard request.method == .post, request.path?.hasPrefix("/api/imports") == true, create == 1
      else { return nil }
      var head = HTTPResponse(status: .unauthorized)
      head.headerFields[.contentType] = "application/vnd.api+json"
      return .commitThenRespond(
        head, Array(#"{"errors":[{"code":"INVALID_TOKEN","status":"401"}]}"#.utf8))
    }
    let disk = try InputOnDisk("name\na\nb\nc\n")
    let report = try await Importer(
      client: stage.client, file: disk.file, format: .csv, rules: rules("tags"),
      settings: ImportSettings(service: CommerceLayerService.description), runID: "run", time: time,
      seed: 1
    ).run()
    #expect(report.succeeded == 3)
    #expect(stage.requests.count("POST /api/imports") == 1)
    #expect(try await stage.client.tags.list { $0.page(size: 1) }.recordCount == 3)
  }
}
