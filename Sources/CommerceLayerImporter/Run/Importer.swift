public import CommerceLayer
@_exported public import CommerceLayerRows
import Synchronization

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
  ///   - client: Sends the requests.
  ///   - file: The file with the rows.
  ///   - format: The format of the file; `.detect(file)` tells it.
  ///   - rules: What the rows are, and what they can hold.
  ///   - settings: How the rows are read, cut and sent.
  ///   - runID: The start of the imports' references; see ``RunIdentifier``.
  ///   - time: The clock that the run waits by.
  ///   - seed: Of the random part of waiting times.
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
  /// through `control` leaves imports running in the service; the report names them. So does
  /// cancelling the task, which ends at once: rows that were not sent are counted then, not told one
  /// by one. Files are read away from the threads that tasks share.
  /// - Parameters:
  ///   - journal: What the run records before it acts; one with chunks is resumed. See
  ///     ``send(_:journal:control:observer:confirm:)``.
  ///   - control: Stops the run from elsewhere.
  ///   - observer: Is told what happens while it happens.
  /// - Throws: `InputError` when the input cannot be read, ``JournalError`` when the journal cannot
  ///   be or is of other rows; nothing has been sent then.
  public func run(
    journal: (any RunJournal)? = nil, control: ImportControl = .init(),
    observer: ImportObserver = .init()
  ) async throws -> ImportReport {
    try await send(
      try await check(control: control, observer: observer), journal: journal, control: control,
      observer: observer)
  }

  /// Checks all rows and sends nothing: the first half of ``run(journal:control:observer:)``, for callers that
  /// check several inputs before the first is sent.
  /// - Throws: `InputError` when the input cannot be read.
  public func check(
    control: ImportControl = .init(), observer: ImportObserver = .init()
  ) async throws -> ImportPlan {
    let plan = try await InputReader(planner).plan(observer: observer) { control.isStopped }
    if !plan.isPartial { observer.planned(plan) }
    return plan
  }

  /// Returns the report of a checked input of which nothing is sent, for a reason outside of it.
  public func leave(
    _ plan: ImportPlan, because reason: String, observer: ImportObserver = .init()
  ) async -> ImportReport {
    await end(plan, .notSent(reason), reason: reason, observer)
  }

  /// Sends the rows of an input that was checked: the second half of
  /// ``run(journal:control:observer:)``.
  ///
  /// A journal that knows of chunks is that of a run which ended early: the run goes on. What it says
  /// of chunks that are concluded is told again without asking the service, imports that it names are
  /// polled, those that may have been created are looked for before anything is sent again.
  /// - Parameters:
  ///   - plan: What the check found.
  ///   - journal: What the run records before it acts. Nothing is sent that it could not record.
  ///   - control: Stops the run from elsewhere.
  ///   - observer: Is told what happens while it happens.
  ///   - confirm: Asked once before the first import is created, with whether rows go to test or
  ///     live data. When it returns false, nothing is sent. nil sends without asking.
  /// - Throws: ``JournalError`` when the journal cannot be read, or is of other rows; nothing has been
  ///   sent then.
  public func send(
    _ plan: ImportPlan, journal: (any RunJournal)? = nil, control: ImportControl = .init(),
    observer: ImportObserver = .init(), confirm: (@Sendable (ServiceMode?) async -> Bool)? = nil
  ) async throws(JournalError) -> ImportReport {
    var resumed: ResumedRun?
    if let journal { resumed = ResumedRun(try await journal.contents()) }
    if plan.rejected > 0, !planner.settings.skipRejected, !plan.isPartial {
      return await end(plan, .rejected, reason: "other rows were rejected", observer)
    }
    if plan.isPartial || control.isStopped || Task.isCancelled {
      // Asked to stop during the first pass: nothing has been sent and nothing is.
      return await end(plan, .stopped, reason: ImportEngine.reason(.stopped), observer)
    }
    if let resumed, resumed.isResumed { try resumed.check(plan.cuts.map(\.digest.text)) }
    if let confirm, resumed?.contents.isFinished != true {
      do throws(CallFailure) {
        guard await confirm(try await service.mode()) else {
          let reason = "the run did not begin"
          return await end(plan, .notSent(reason), reason: reason, observer)
        }
      } catch {
        let reason = ImportEngine.reason(error.ending)
        return await end(plan, error.ending, reason: reason, observer)
      }
    }
    let input = InputReader(planner, plan)
    let (messages, continuation) = AsyncStream.makeStream(of: RunMessage.self)
    control.onStop { continuation.yield(.event(.stop)) }
    let writer = journal.map { journal in JournalWriter(journal) { continuation.yield($0) } }
    let settings = await engineSettings(plan, resumed)
    var loop = RunLoop(
      engine: ImportEngine(settings: settings), ledger: RunLedger(runID: runID, plan: plan),
      input: input,
      calls: RunCalls(
        service: service, planner: planner, runID: runID,
        inputDigest: resumed?.contents.run.inputDigest ?? "", time: time,
        send: { continuation.yield($0) }),
      observer: observer, writer: writer, resumed: resumed)
    await withDiscardingTaskGroup { group in
      await loop.handle(.event(.start), in: &group)
      if !loop.isFinished {
        for await message in messages {
          await loop.handle(message, in: &group)
          if loop.isFinished { break }
        }
      }
      // Cancelled: the loop above ended without a word.
      await loop.abandon(in: &group)
      continuation.finish()
      group.cancelAll()
    }
    await writer?.close()
    return await loop.close { ledger, reason in
      await drain(input, &ledger, reason: reason, observer, resumed: resumed)
    }
  }

  /// The report of an input of which nothing was sent.
  private func end(
    _ plan: ImportPlan, _ ending: ImportEnding, reason: String, _ observer: ImportObserver
  ) async -> ImportReport {
    var ledger = RunLedger(runID: runID, plan: plan)
    ledger.end(ending)
    if plan.isPartial {
      // Whoever stops in the first pass does not wait for the second.
      ledger.unsentRest(reason: reason, observer)
    } else {
      await drain(InputReader(planner, plan), &ledger, reason: reason, observer)
    }
    return ledger.close()
  }

  private func engineSettings(_ plan: ImportPlan, _ resumed: ResumedRun?) async -> EngineSettings {
    var settings = EngineSettings()
    settings.maximumRunning = await maximumRunning()
    settings.inOrder = planner.settings.inOrder
    // A type can have a key that rows leave out: such rows make records each time they are sent.
    settings.isIdempotent = plan.creating == 0
    settings.mayRepeat = settings.isIdempotent || planner.settings.allowDuplicates
    settings.continueInterrupted = planner.settings.continueInterrupted
    settings.pace = planner.settings.pace
    settings.hasTrial = planner.settings.trialRows > 0
    settings.maximumFailed = planner.settings.maximumFailed
    settings.seed = seed
    if let terminal = Import.schema.lifecycle?.terminal { settings.terminal = Set(terminal) }
    settings.nextPart = resumed?.nextPart(planned: plan.chunks) ?? plan.chunks + 1
    settings.inFlight = resumed?.inFlight ?? [:]
    settings.isResumed = resumed?.isResumed ?? false
    settings.wasFinished = resumed?.contents.isFinished ?? false
    return settings
  }

  /// How many imports may run. More than the service documents are allowed to those organizations only
  /// that say so.
  private func maximumRunning() async -> Int {
    if planner.settings.inOrder { return 1 }
    let wanted = max(1, planner.settings.maximumRunning)
    guard wanted > planner.settings.allowedMaximumRunning else { return wanted }
    let allowed = await service.maximumRunning() ?? planner.settings.allowedMaximumRunning
    return max(1, min(wanted, allowed))
  }

  /// Accounts for the rows of chunks that were never taken.
  /// - Parameter resumed: What a journal knows of them.
  private func drain(
    _ input: InputReader, _ ledger: inout RunLedger, reason: String, _ observer: ImportObserver,
    resumed: ResumedRun? = nil
  ) async {
    var unread = resumed?.contents.chunks ?? [:]
    for line in ledger.report.chunks { unread[line.number] = nil }
    for cut in ledger.takeRest() {
      if Task.isCancelled { break }
      if let resumed, unread[cut.number] != nil {
        ledger.replace(cut.number, by: [cut])
        await resumed.tell(
          cut.number, input, &ledger, &unread, reason: reason, tell: observer.entry)
      } else if planner.settings.tellsUnsentRows {
        do throws(InputError) {
          ledger.unsent(try await input.rows(of: cut), reason: reason, tell: observer.entry)
        } catch {
          ledger.unsent(cut, reason: reason, observer)
        }
      }
    }
    resumed?.count(unread, &ledger, reason: reason)
    ledger.unsentRest(reason: reason, observer)
  }
}

/// Stops a run from outside: from a signal handler, for one.
public final class ImportControl: Sendable {
  private struct State {
    var isStopped = false
    var handler: (@Sendable () -> Void)?
  }

  private let state = Mutex(State())

  /// A control for one run.
  public init() {}

  /// No further import is created, and nothing is waited for. Imports that run go on in the
  /// service.
  public func stop() {
    let handler = state.withLock { state in
      state.isStopped = true
      return state.handler
    }
    handler?()
  }

  /// Whether somebody asked to stop.
  public var isStopped: Bool { state.withLock { $0.isStopped } }

  func onStop(_ handler: @escaping @Sendable () -> Void) {
    let stopped = state.withLock { state in
      state.handler = handler
      return state.isStopped
    }
    if stopped { handler() }
  }
}

/// What is called while a run goes on, in order and never twice at once.
public struct ImportObserver: Sendable {
  /// The first pass goes on.
  public var checked: @Sendable (CheckProgress) -> Void = { _ in }
  /// The first pass is done.
  public var planned: @Sendable (ImportPlan) -> Void = { _ in }
  /// Something moved.
  public var progress: @Sendable (ImportProgress) -> Void = { _ in }
  /// Something worth telling.
  public var notice: @Sendable (ImportNotice) -> Void = { _ in }
  /// A row was not imported. Rows the service took are only counted.
  public var entry: @Sendable (RowEntry) -> Void = { _ in }
  /// So many rows were never sent, and why: instead of an entry for each, when the settings say so.
  public var unsent: @Sendable (Int, String) -> Void = { _, _ in }

  /// Nothing is told.
  public init() {}
}

/// Names runs: 128 random bits in lower-case base 32, so that no two runs anywhere share a
/// reference.
public enum RunIdentifier {
  /// A new one.
  public static func make() -> String {
    var generator = SystemRandomNumberGenerator()
    return make(using: &generator)
  }

  static func make(using generator: inout some RandomNumberGenerator) -> String {
    // Letters and digits that nobody confuses: no i, l, o, u.
    let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz")
    return String((0..<26).map { _ in alphabet[Int(generator.next() % 32)] })
  }
}
