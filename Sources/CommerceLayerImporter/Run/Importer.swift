public import CommerceLayer
import CommerceLayerRows

/// Imports the rows of a file: checks all of them, sends them in as many imports as it takes,
/// watches those, and tells what became of every row.
///
///     let file = try InputFile(path: "skus.csv")
///     let rules = try RowRules(
///       type: "skus", service: CommerceLayerService.description,
///       schemas: CommerceLayerService.schemas)
///     let importer = Importer(
///       client: client, file: file, format: try .detect(file), rules: rules,
///       settings: ImportSettings(service: CommerceLayerService.description))
///     let report = try await importer.run()
public struct Importer: Sendable {
  private let service: any ImportService
  private let planner: ImportPlanner
  private let runID: String
  private let time: TimeSource
  private let seed: UInt64

  /// An importer of one file.
  /// - Parameters:
  ///   - runID: the start of the imports' references; see ``RunIdentifier``.
  ///   - seed: of the random part of waiting times.
  public init(
    client: CommerceLayerClient, file: InputFile, format: InputFormat, rules: RowRules,
    settings: ImportSettings, runID: String = RunIdentifier.make(),
    time: TimeSource = .continuous, seed: UInt64 = .random(in: 0 ... .max)
  ) {
    self.init(
      service: CommerceLayerImports(client: client, type: rules.type),
      planner: ImportPlanner(file: file, format: format, rules: rules, settings: settings),
      runID: runID, time: time, seed: seed)
  }

  init(
    service: any ImportService, planner: ImportPlanner, runID: String, time: TimeSource,
    seed: UInt64
  ) {
    self.service = service
    self.planner = planner
    self.runID = runID
    self.time = time
    self.seed = seed
  }

  /// Checks all rows, then sends them.
  ///
  /// Nothing is sent when a row cannot be, unless the settings say to leave such rows out. Stopping
  /// through `control`, or cancelling the task, leaves imports running in the service; the report
  /// names them.
  /// - Throws: ``InputError`` when the input cannot be read; nothing has been sent then.
  public func run(
    control: ImportControl = .init(), observer: ImportObserver = .init()
  ) async throws -> ImportReport {
    let plan = try planner.plan(rejected: observer.entry) { control.isStopped || Task.isCancelled }
    var ledger = RunLedger(runID: runID, plan: plan)
    if plan.isPartial {
      // Whoever stops in the first pass does not wait for the second.
      ledger.end(.stopped)
      ledger.unsentRest(reason: ImportEngine.reason(.stopped), observer)
      return ledger.close()
    }
    observer.planned(plan)
    var source = try ChunkSource(planner)
    if plan.rejected > 0, !planner.settings.skipRejected {
      ledger.end(.rejected)
      drain(&source, &ledger, reason: "other rows were rejected", observer)
      return ledger.close()
    }
    if control.isStopped {
      // Asked to stop during the first pass: nothing has been sent and nothing is.
      ledger.end(.stopped)
      drain(&source, &ledger, reason: ImportEngine.reason(.stopped), observer)
      return ledger.close()
    }
    let (events, continuation) = AsyncStream.makeStream(of: EngineEvent.self)
    control.onStop { continuation.yield(.stop) }
    var loop = RunLoop(
      engine: ImportEngine(settings: engineSettings), ledger: ledger, source: source,
      calls: RunCalls(
        service: service, planner: planner, runID: runID, time: time,
        send: { continuation.yield($0) }),
      observer: observer)
    await withDiscardingTaskGroup { group in
      loop.handle(.start, in: &group)
      if !loop.isFinished {
        for await event in events {
          loop.handle(event, in: &group)
          if loop.isFinished { break }
        }
      }
      // Cancelled: the loop above ended without a word.
      loop.abandon(in: &group)
      continuation.finish()
      group.cancelAll()
    }
    return loop.close { source, ledger, reason in drain(&source, &ledger, reason: reason, observer)
    }
  }

  private var engineSettings: EngineSettings {
    var settings = EngineSettings()
    settings.maximumRunning = planner.settings.maximumRunning
    settings.mayRepeat = planner.rules.isKeyed || planner.settings.allowDuplicates
    settings.pace = planner.settings.pace
    settings.seed = seed
    if let terminal = Import.schema.lifecycle?.terminal { settings.terminal = Set(terminal) }
    return settings
  }

  /// Accounts for the rows that are still in the input.
  private func drain(
    _ source: inout ChunkSource, _ ledger: inout RunLedger, reason: String,
    _ observer: ImportObserver
  ) {
    guard planner.settings.tellsUnsentRows else {
      ledger.unsentRest(reason: reason, observer)
      return
    }
    do {
      while let chunk = try source.next() {
        ledger.unsent(chunk, reason: reason, tell: observer.entry)
      }
    } catch {
      ledger.unreadable()
    }
  }
}
