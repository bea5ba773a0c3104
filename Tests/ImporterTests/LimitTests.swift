import CommerceLayer
import Foundation
import Synchronization
import Testing

@testable import CommerceLayerImporter
@testable import CommerceLayerRows

/// A service in memory: an import is over as soon as it is created, and fails the rows it is told to.
final class FakeImports: ImportService {
  private struct State {
    var created: [(rows: Int, reference: String)] = []
    var imports: [String: RemoteImport] = [:]
    var references: [String: String] = [:]
    var lookUps = 0
  }

  private let state = Mutex(State())
  private let failing: @Sendable (Int) -> [String]
  private let known: Result<ServiceMode?, CallFailure>
  private let didCreate: @Sendable (Int) -> Void

  /// - Parameter failing: The keys of the rows that fail, by the number of the import.
  init(
    mode: Result<ServiceMode?, CallFailure> = .success(.test),
    failing: @escaping @Sendable (Int) -> [String] = { _ in [] },
    didCreate: @escaping @Sendable (Int) -> Void = { _ in }
  ) {
    known = mode
    self.failing = failing
    self.didCreate = didCreate
  }

  /// The rows of each import that was created.
  var sizes: [Int] { state.withLock { $0.created.map(\.rows) } }

  func create(_ request: ImportRequest) async throws(CallFailure) -> RemoteImport {
    let (number, remote) = state.withLock { state in
      state.created.append((request.rows, request.reference))
      let number = state.created.count
      let failed = failing(number)
      var remote = RemoteImport(id: "i\(number)", status: "completed")
      remote.inputsSize = request.rows
      remote.errorsCount = failed.count
      remote.processedCount = request.rows - failed.count
      remote.errors = failed.map { LogEntry(key: $0, messages: ["name: can't be blank"]) }
      state.imports[remote.id] = remote
      state.references[remote.id] = request.reference
      return (number, remote)
    }
    didCreate(number)
    return remote
  }

  func mode() async throws(CallFailure) -> ServiceMode? { try known.get() }
  func find(reference: String) async throws(CallFailure) -> [RemoteImport] {
    state.withLock { state in
      state.lookUps += 1
      return state.references.filter { $0.value == reference }
        .compactMap { state.imports[$0.key] }
    }
  }
  func queue() async throws(CallFailure) -> [RemoteImport] { [] }
  func imports(ofRun runID: String) async throws(CallFailure) -> [Int: [String]] {
    var imports: [Int: [String]] = [:]
    for (id, reference) in state.withLock({ $0.references }) {
      guard let chunk = ImportRequest.chunk(in: reference, runID: runID) else { continue }
      imports[chunk, default: []].append(id)
    }
    return imports
  }
  func maximumRunning() async -> Int? { nil }

  /// How often an import was looked for by its reference.
  var lookUps: Int { state.withLock { $0.lookUps } }

  /// An import of an earlier run.
  func add(_ remote: RemoteImport, reference: String) {
    state.withLock { state in
      state.imports[remote.id] = remote
      state.references[remote.id] = reference
    }
  }
  func states(of ids: [String]) async throws(CallFailure) -> [RemoteImport] {
    state.withLock { state in ids.compactMap { state.imports[$0] } }
  }
  func retrieve(_ id: String) async throws(CallFailure) -> RemoteImport {
    guard let remote = state.withLock({ $0.imports[id] }) else {
      throw CallFailure(kind: .notFound, message: "gone")
    }
    return remote
  }

  /// An importer of a text against it; sleeping takes no time.
  func importer(
    _ text: String, type: String = "skus", _ change: (inout ImportSettings) -> Void = { _ in }
  ) throws -> Importer {
    let disk = try InputOnDisk(text)
    return try importer(disk.file, .csv, type: type, change)
  }

  func importer(
    _ file: InputFile, _ format: InputFormat, type: String = "skus",
    _ change: (inout ImportSettings) -> Void = { _ in }
  ) throws -> Importer {
    var settings = ImportSettings(service: CommerceLayerService.description)
    change(&settings)
    let now = Mutex(Duration.zero)
    return Importer(
      service: self,
      planner: ImportPlanner(
        file: file, format: format, rules: try rules(type), settings: settings),
      runID: "run",
      time: TimeSource(now: { now.withLock { $0 } }) { delay in
        try Task.checkCancellation()
        now.withLock { $0 += delay }
      }, seed: 1)
  }

  static func skus(_ rows: Range<Int>) -> String {
    "code,name,shipping_category_id\n" + rows.map { "S\($0),n,cat\n" }.joined()
  }
}

/// The trial, the limit on failed rows, and the question before live data.
@Suite struct LimitTests {
  private func sizes(_ rows: [Bool], limit: Int, trial: Int) -> [Int] {
    var limiter = ChunkLimiter(rows: limit, bytes: 1 << 20, trial: trial)
    var sizes: [Int] = []
    for continues in rows {
      if let full = limiter.add(bytes: 10, continues: continues) { sizes.append(full) }
    }
    return sizes + [limiter.rowCount]
  }

  @Test func theTrialHasChunksOfItsOwn() {
    let rows = [Bool](repeating: false, count: 100)
    #expect(sizes(rows, limit: 40, trial: 0) == [40, 40, 20])
    #expect(sizes(rows, limit: 40, trial: 5) == [5, 40, 40, 15])
    // A trial larger than an import takes several.
    #expect(sizes(rows, limit: 40, trial: 50) == [40, 10, 40, 10])
    #expect(sizes(rows, limit: 40, trial: 500) == [40, 40, 20])
  }

  @Test func theTrialCutsNoRecord() {
    // A record of three lines stands across the boundary.
    let rows = [false, false, false, true, true, false, false]
    #expect(sizes(rows, limit: 40, trial: 3).reduce(0, +) == 7)
    #expect(sizes(rows, limit: 40, trial: 3) == [2, 3, 2])
  }

  @Test func allRowsFollowATrialThatSucceeds() async throws {
    let service = FakeImports()
    let report = try await service.importer(FakeImports.skus(0..<95)) {
      $0.chunkRows = 40
      $0.trialRows = 5
    }.run()
    #expect(report.ending == .done && report.isConsistent)
    #expect(report.succeeded == 95)
    #expect(service.sizes.first == 5)
    #expect(service.sizes.sorted() == [5, 10, 40, 40])
    #expect(report.plan.chunks == 4)
  }

  @Test func nothingFollowsATrialThatFails() async throws {
    let service = FakeImports(failing: { $0 == 1 ? ["S3"] : [] })
    let told = Mutex([RowEntry]())
    var observer = ImportObserver()
    observer.entry = { entry in told.withLock { $0.append(entry) } }
    let report = try await service.importer(FakeImports.skus(0..<95)) {
      $0.chunkRows = 40
      $0.trialRows = 5
    }.run(observer: observer)
    #expect(report.ending == .trialFailed("1 row of the trial failed"))
    #expect(service.sizes == [5])
    #expect(report.isConsistent)
    #expect((report.succeeded, report.failed, report.unprocessed) == (4, 1, 90))
    let entries = told.withLock { $0 }
    #expect(entries.count == 91)
    #expect(entries.first { $0.outcome == .failed }?.key == "S3")
    #expect(entries.contains { $0.reasons == ["not sent: the trial failed"] })
  }

  @Test func aTrialOfAllRowsHoldsNothingBack() async throws {
    let service = FakeImports(failing: { _ in ["S1"] })
    let report = try await service.importer(FakeImports.skus(0..<4)) { $0.trialRows = 4 }.run()
    #expect(report.ending == .done)
    #expect((report.succeeded, report.failed) == (3, 1))
  }

  @Test func noFurtherImportOnceMoreRowsFailed() async throws {
    let service = FakeImports(failing: { ["S\($0 * 10 - 1)", "S\($0 * 10 - 2)"] })
    let report = try await service.importer(FakeImports.skus(0..<100)) {
      $0.chunkRows = 10
      $0.maximumRunning = 1
      $0.maximumFailed = 5
      $0.skipErrors = true
    }.run()
    #expect(report.ending == .tooManyFailed("6 rows failed, and at most 5 may"))
    #expect(service.sizes.count == 3)
    #expect(report.isConsistent)
    #expect((report.succeeded, report.failed, report.unprocessed) == (24, 6, 70))
    // As many as may fail are not reason to stop.
    let mild = FakeImports(failing: { $0 == 1 ? ["S1", "S2"] : [] })
    let whole = try await mild.importer(FakeImports.skus(0..<100)) {
      $0.chunkRows = 50
      $0.maximumFailed = 2
    }.run()
    #expect(whole.ending == .done && whole.failed == 2 && whole.succeeded == 98)
  }

  @Test func liveDataIsAskedAboutBeforeTheFirstImport() async throws {
    let service = FakeImports(mode: .success(.live))
    let importer = try service.importer(FakeImports.skus(0..<3))
    let plan = try await importer.check()
    let rejected = try await importer.send(plan) { mode in
      #expect(mode == .live)
      return false
    }
    #expect(rejected.ending == .notSent("the run did not begin"))
    #expect(rejected.unprocessed == 3 && rejected.isConsistent)
    #expect(service.sizes.isEmpty)
    let agreed = try await importer.send(plan) { _ in true }
    #expect(agreed.ending == .done)
  }

  @Test func nothingIsSentWhenTheModeCannotBeAsked() async throws {
    let service = FakeImports(mode: .failure(CallFailure(kind: .denied, message: "HTTP 401")))
    let importer = try service.importer(FakeImports.skus(0..<3))
    let report = try await importer.send(try await importer.check()) { _ in
      Issue.record("asked without knowing")
      return true
    }
    #expect(report.ending == .denied("HTTP 401"))
    #expect(service.sizes.isEmpty && report.isConsistent)
  }

  @Test func cancellingEndsTheCheck() async throws {
    let service = FakeImports()
    let importer = try service.importer(FakeImports.skus(0..<200_000))
    let (checks, check) = AsyncStream.makeStream(of: CheckProgress.self)
    let gate = DispatchSemaphore(value: 0)
    let task = Task {
      var observer = ImportObserver()
      observer.checked = { progress in
        check.yield(progress)
        // Stands until the task is cancelled: the check sees it without reading on. It has a thread of its
        // own.
        gate.wait()
        gate.signal()
      }
      return try await importer.run(observer: observer)
    }
    var first: CheckProgress?
    for await progress in checks {
      first = progress
      break
    }
    task.cancel()
    gate.signal()
    let report = try await task.value
    #expect(first?.rows == CheckProgress.interval)
    #expect(report.ending == .stopped && report.plan.isPartial && report.isConsistent)
    #expect(report.plan.rows < 20_000)
    #expect(service.sizes.isEmpty)
  }

  @Test func cancellingWhileRowsAreSentCountsTheRest() async throws {
    let cancel = Mutex<(@Sendable () -> Void)?>(nil)
    let service = FakeImports(didCreate: { _ in cancel.withLock { $0 }?() })
    let importer = try service.importer(FakeImports.skus(0..<50_000)) {
      $0.chunkRows = 100
      $0.maximumRunning = 1
    }
    let (starts, start) = AsyncStream.makeStream(of: Void.self)
    let task = Task {
      for await _ in starts { break }
      return try await importer.run()
    }
    cancel.withLock { $0 = { task.cancel() } }
    start.yield()
    let report = try await task.value
    #expect(report.ending == .stopped && report.isConsistent)
    #expect(service.sizes.count < 500)
    #expect(report.succeeded + report.unprocessed + report.unknown == 50_000)
  }

  @Test(arguments: [
    (Duration.seconds(130), "2 minutes 10 seconds"), (.seconds(60), "1 minute"),
    (.seconds(1), "1 second"), (.zero, "0 seconds"), (.milliseconds(2500), "2.5 seconds"),
    (.milliseconds(40), "0 seconds"), (.seconds(3600), "1 hour"),
    (.seconds(3661), "1 hour 1 minute"),
    (.seconds(90_061), "1 day 1 hour"), (.seconds(-5), "0 seconds"), (.seconds(10.7), "10 seconds"),
  ])
  func durationsAreWords(duration: Duration, words: String) {
    #expect(duration.inWords == words)
  }
}
