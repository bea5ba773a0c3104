import CommerceLayer
import CommerceLayerRows

/// What a run's tasks tell its loop.
enum RunMessage: Sendable {
  case event(EngineEvent)
  /// Entries are on disk; the intents among them go with the creates.
  case recorded([EngineRecord], [ChunkIntent])
}

/// The thin shell around the engine: turns effects into tasks, keeps the ledger. What has to be read of
/// the input before anything else may happen, it waits for: a chunk is read in milliseconds.
struct RunLoop {
  private var engine: ImportEngine
  private var ledger: RunLedger
  private let input: InputReader
  private let calls: RunCalls
  private let observer: ImportObserver
  private let writer: JournalWriter?
  /// What the journal said when the run began.
  private let resumed: ResumedRun?
  /// What is recorded of chunks that are concluded, until it is handed to the journal.
  private var outcomes: [Int: ChunkOutcome] = [:]
  /// Entries of the message that is being handled: they go to the journal together, because each commit
  /// waits for the disk.
  private var unwritten: [JournalWriter.Item] = []
  /// Entries that wait until a chunk's rows are accounted for.
  private var held: [Int: [EngineRecord]] = [:]
  private var intents: [Int: ChunkIntent] = [:]
  /// The wake that is on its way, so that not every event adds another.
  private var wakeAt: Duration?
  private var lastProgress: ImportProgress?
  private var inputError: InputError?

  init(
    engine: ImportEngine, ledger: RunLedger, input: InputReader, calls: RunCalls,
    observer: ImportObserver, writer: JournalWriter?, resumed: ResumedRun?
  ) {
    self.engine = engine
    self.ledger = ledger
    self.input = input
    self.calls = calls
    self.observer = observer
    self.writer = writer
    self.resumed = resumed
  }

  var isFinished: Bool { engine.isFinished }

  mutating func handle(_ message: RunMessage, in group: inout DiscardingTaskGroup) async {
    switch message {
    case .event(let event): await handle(event, in: &group)
    case .recorded(let entries, let intents):
      for intent in intents { self.intents[intent.chunk] = intent }
      await handle(.recorded(entries), in: &group)
    }
  }

  /// A chunk that the ledger has now.
  private func chunkRead(_ number: Int) -> EngineEvent {
    guard let chunk = ledger[number] else { return .inputFailed }
    return .chunkRead(
      number, rows: chunk.records, isTrial: chunk.isTrial, isFlat: chunk.records == chunk.rows,
      known: resumed?.known(number) ?? .unsent)
  }

  private mutating func handle(_ event: EngineEvent, in group: inout DiscardingTaskGroup) async {
    if case .tick = event { wakeAt = nil }
    // What is done at once is handled before anything from outside.
    var events = [event]
    while !events.isEmpty {
      let event = events.removeFirst()
      for effect in engine.handle(event, now: calls.time.now()) {
        events += await perform(effect, in: &group)
      }
    }
    writeEntries()
    tellProgress()
  }

  private mutating func writeEntries() {
    guard !unwritten.isEmpty else { return }
    writer?.write(unwritten)
    unwritten = []
  }

  /// Does what can be done at once and starts what cannot.
  private mutating func perform(
    _ effect: EngineEffect, in group: inout DiscardingTaskGroup
  ) async -> [EngineEvent] {
    let calls = self.calls
    switch effect {
    case .readChunk(let number):
      guard ledger.takeNext(as: number) != nil else { return [.inputEnded] }
      return [chunkRead(number)]
    case .record(let entries):
      return record(entries)
    case .split(let number, let first, let second):
      guard let cut = ledger[number] else { return [.inputFailed, .inputFailed] }
      return await replace(number, [first, second]) { (input) throws(InputError) in
        try await input.halves(of: cut, first: first, second: second)
      }
    case .continueTail(let number, let from, let other):
      guard let cut = ledger[number] else { return [.inputFailed] }
      return await replace(number, [other]) { (input) throws(InputError) in
        try await input.split(cut, at: from, second: other)
      }
    case .create(let number, let attempt):
      guard let cut = ledger[number] else { return [] }
      let (upload, intent) = (input.upload(cut), intents[number])
      group.addTask {
        await calls.create(
          number, attempt: attempt, rows: cut.rows, upload: upload, intent: intent)
      }
    case .lookUp(let number): group.addTask { await calls.lookUp(number) }
    case .poll(let ids): group.addTask { await calls.poll(ids) }
    case .retrieve(let number, let id): group.addTask { await calls.retrieve(number, id: id) }
    case .watchQueue: group.addTask { await calls.watchQueue() }
    case .audit: group.addTask { await calls.audit() }
    case .wake(let time): wake(time, in: &group)
    case .conclude(let number, let outcome):
      let rows = await rows(of: number, outcome)
      return didConclude(
        number, outcome,
        ledger.conclude(number, outcome, rows: rows, tell: observer.entry))
    case .restore(let number):
      guard let record = resumed?.contents.chunks[number]?.outcome else { return [] }
      let rows = record.findings.isEmpty ? nil : await input.rows(ofTold: ledger[number])
      ledger.restore(number, record, rows: rows, tell: observer.entry)
      return accounted(number, record)
    case .duplicates(let number, let ids): ledger.addDuplicates(number, ids)
    case .notAudited(let reason): ledger.notAudited(reason)
    case .notice(let notice): observer.notice(notice)
    case .finish(let ending): ledger.end(ending)
    }
    return []
  }

  /// Replaces a chunk by parts of it.
  /// - Parameters:
  ///   - new: The numbers of the parts that the engine does not know yet.
  ///   - read: Makes the parts; nil when there is nothing to part.
  private mutating func replace(
    _ number: Int, _ new: [Int],
    _ read: (InputReader) async throws(InputError) -> [ChunkCut]?
  ) async -> [EngineEvent] {
    do throws(InputError) {
      guard let parts = try await read(input) else { return new.map { _ in .inputFailed } }
      ledger.replace(number, by: parts)
      return new.map(chunkRead)
    } catch {
      inputError = error
      // A chunk that is halved has no import. One whose last rows were to be sent again has.
      if new.count == 2 {
        ledger.conclude(number, .unsent(error.description), rows: nil, tell: observer.entry)
      }
      return new.map { _ in .inputFailed }
    }
  }

  /// The rows of a chunk that has ended; nil when its outcome is known without them, or they cannot be
  /// read any more.
  private func rows(of number: Int, _ outcome: EngineOutcome) async -> [SentRow]? {
    guard ledger.needsRows(number, outcome) else { return nil }
    return await input.rows(ofTold: ledger[number])
  }

  /// The rows of a chunk are accounted for. What waited for that is recorded.
  private mutating func didConclude(
    _ number: Int, _ outcome: EngineOutcome, _ record: ChunkOutcome?
  ) -> [EngineEvent] {
    intents[number] = nil
    if outcome.isFinal, writer != nil { outcomes[number] = record }
    let waiting = held.removeValue(forKey: number) ?? []
    return (waiting.isEmpty ? [] : self.record(waiting)) + accounted(number, record)
  }

  /// Hands entries to the journal, in their order; those of a chunk whose rows are not accounted for yet
  /// when they are.
  private mutating func record(_ entries: [EngineRecord]) -> [EngineEvent] {
    guard writer != nil else { return [.recorded(entries)] }
    for case .outcome(let number) in entries where outcomes[number] == nil && ledger[number] != nil
    {
      held[number, default: []] += entries
      return []
    }
    var unknown: [EngineRecord] = []
    for record in entries {
      if let item = item(record) { unwritten.append(item) } else { unknown.append(record) }
    }
    // Of a chunk that the ledger does not have there is nothing to record: the report is inconsistent.
    return unknown.isEmpty ? [] : [.recorded(unknown)]
  }

  private func accounted(_ number: Int, _ record: ChunkOutcome?) -> [EngineEvent] {
    guard engine.settings.isLimited else { return [] }
    guard let line = record?.line else { return [.accounted(number, failed: 0, others: 0)] }
    return [.accounted(number, failed: line.failed, others: line.unprocessed + line.unknown)]
  }

  /// An entry with what the engine does not know.
  private mutating func item(_ record: EngineRecord) -> JournalWriter.Item? {
    switch record {
    case .intent(let number, let attempt):
      guard let cut = ledger[number] else { return nil }
      return JournalWriter.Item(
        record,
        .intent(
          ChunkIntent(
            chunk: number, attempt: attempt, rows: cut.rows, firstLine: cut.firstLine,
            lastLine: cut.lastLine, digest: cut.digest.text)))
    case .notCreated(let number, let attempt):
      return JournalWriter.Item(record, .entry(.notCreated(chunk: number, attempt: attempt)))
    case .created(let number, let id):
      return JournalWriter.Item(record, .entry(.created(chunk: number, importID: id)))
    case .split(let number, let first, let second):
      return JournalWriter.Item(
        record, .entry(.split(chunk: number, first: first, second: second)))
    case .continued(let number, let from, let other):
      return JournalWriter.Item(
        record, .entry(.continued(chunk: number, from: from, as: other)))
    case .outcome(let number):
      guard let chunk = outcomes.removeValue(forKey: number) else { return nil }
      return JournalWriter.Item(record, .entry(.outcome(chunk: number, chunk)))
    case .duplicates(let number, let ids):
      return JournalWriter.Item(record, .entry(.duplicates(chunk: number, importIDs: ids)))
    case .finished: return JournalWriter.Item(record, .entry(.finished))
    }
  }

  private mutating func wake(_ time: Duration, in group: inout DiscardingTaskGroup) {
    if let wakeAt, wakeAt <= time { return }
    wakeAt = time
    let calls = self.calls
    let delay = max(.zero, time - calls.time.now())
    group.addTask { await calls.wake(after: delay) }
  }

  private mutating func tellProgress() {
    var progress = ImportProgress()
    let report = ledger.report
    progress.rows = report.plan.accepted
    progress.chunks = max(report.plan.chunks, report.chunks.count + engine.chunks.count)
    progress.chunksOver = report.chunks.count
    (progress.succeeded, progress.failed) = (report.succeeded, report.failed)
    progress.unprocessed = report.unprocessed + report.unknown
    progress.running = engine.chunks.values.sorted { $0.number < $1.number }.compactMap { chunk in
      chunk.remote.map { remote in
        let rows = ledger[chunk.number]?.rows ?? chunk.rows
        return ImportProgress.Running(
          chunk: chunk.number, id: remote.id, status: remote.status, rows: rows,
          consumed: min(rows, remote.consumed))
      }
    }
    guard progress != lastProgress else { return }
    lastProgress = progress
    observer.progress(progress)
  }

  /// Ends a run whose task was cancelled: nothing more is asked for, every row is accounted for.
  mutating func abandon(in group: inout DiscardingTaskGroup) async {
    guard !engine.isFinished else { return }
    let now = calls.time.now()
    for (event, time) in [
      (EngineEvent.stop, now), (.tick, now + engine.settings.pace.stopGrace + .seconds(1)),
    ] {
      for effect in engine.handle(event, now: time) {
        switch effect {
        case .conclude, .finish: _ = await perform(effect, in: &group)
        default: continue
        }
      }
    }
    writeEntries()
  }

  /// Accounts for what is left of the input and gives the report.
  mutating func close(
    drain: (inout RunLedger, _ reason: String) async -> Void
  ) async -> ImportReport {
    if let inputError { ledger.end(.inputFailed(inputError.description)) }
    await drain(&ledger, ImportEngine.reason(ledger.report.ending))
    return ledger.close()
  }
}

/// Writes a run's entries to its journal, one after the other, away from the loop.
struct JournalWriter: Sendable {
  /// An entry, and what the engine calls it.
  struct Item: Sendable {
    enum Content: Sendable {
      case entry(JournalEntry)
      case intent(ChunkIntent)
    }

    let record: EngineRecord
    let content: Content

    init(_ record: EngineRecord, _ content: Content) {
      self.record = record
      self.content = content
    }
  }

  private let continuation: AsyncStream<[Item]>.Continuation
  private let task: Task<Void, Never>

  /// - Parameter send: Told what is on disk, or that it cannot be.
  init(_ journal: any RunJournal, send: @escaping @Sendable (RunMessage) -> Void) {
    let (items, continuation) = AsyncStream.makeStream(of: [Item].self)
    self.continuation = continuation
    // Not part of the run's task: what was handed over is written although that is cancelled.
    task = Task {
      var hasFailed = false
      for await batch in items where !hasFailed {
        do {
          var intents: [ChunkIntent] = []
          var entries: [JournalEntry] = []
          for item in batch {
            switch item.content {
            case .entry(let entry): entries.append(entry)
            case .intent(let intent):
              intents.append(intent)
              entries.append(.intent(intent))
            }
          }
          try await journal.record(entries)
          send(.recorded(batch.map(\.record), intents))
        } catch {
          hasFailed = true
          send(.event(.journalFailed("\(error)")))
        }
      }
    }
  }

  /// Writes entries in one commit, all or none.
  func write(_ items: [Item]) { continuation.yield(items) }

  /// Waits until everything is written.
  func close() async {
    continuation.finish()
    await task.value
  }
}

/// Makes the calls the engine asks for and sends their responses back as events.
struct RunCalls: Sendable {
  let service: any ImportService
  let planner: ImportPlanner
  let runID: String
  /// The digest of the input's bytes, when the journal knows it.
  let inputDigest: String
  let time: TimeSource
  let send: @Sendable (RunMessage) -> Void

  func create(
    _ number: Int, attempt: Int, rows: Int, upload: ChunkUpload, intent: ChunkIntent?
  ) async {
    let request = ImportRequest(
      type: planner.rules.type, parentID: planner.rules.parentID,
      skipErrors: planner.settings.skipErrors, runID: runID, chunk: number, attempt: attempt,
      rows: rows, inputs: upload.inputs, inputDigest: inputDigest, intent: intent)
    do throws(CallFailure) {
      send(.event(.created(number, try await service.create(request))))
    } catch {
      // What the transport makes of a body that broke off says less than why it did.
      var failure = error
      if let own = upload.failure {
        failure = CallFailure(kind: .input, message: own.description)
        failure.isUnsent = true
      }
      send(.event(.createFailed(number, failure)))
    }
  }

  func lookUp(_ number: Int) async {
    do throws(CallFailure) {
      let reference = ImportRequest.reference(runID: runID, chunk: number)
      send(.event(.found(number, try await service.find(reference: reference))))
    } catch {
      send(.event(.lookupFailed(number, error)))
    }
  }

  func poll(_ ids: [String]) async {
    do throws(CallFailure) {
      send(.event(.polled(try await service.states(of: ids))))
    } catch {
      send(.event(.pollFailed(error)))
    }
  }

  func retrieve(_ number: Int, id: String) async {
    do throws(CallFailure) {
      send(.event(.retrieved(number, try await service.retrieve(id))))
    } catch {
      send(.event(.retrieveFailed(number, error)))
    }
  }

  func watchQueue() async {
    do throws(CallFailure) {
      send(.event(.queueSeen(try await service.queue())))
    } catch {
      send(.event(.queueSeen(nil)))
    }
  }

  func audit() async {
    do throws(CallFailure) {
      send(.event(.audited(try await service.imports(ofRun: runID))))
    } catch {
      send(.event(.auditFailed(error)))
    }
  }

  func wake(after delay: Duration) async {
    // A cancelled sleep means that nobody waits for the tick any more.
    guard (try? await time.sleep(delay)) != nil else { return }
    send(.event(.tick))
  }
}
