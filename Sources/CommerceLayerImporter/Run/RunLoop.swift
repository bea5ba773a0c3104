import CommerceLayer
import CommerceLayerRows

/// What a run's tasks tell its loop.
enum RunMessage: Sendable {
  case event(EngineEvent)
}

/// The thin shell around the engine: turns effects into tasks, keeps the ledger. What has to be read of
/// the input before anything else may happen, it waits for: a chunk is read in milliseconds.
struct RunLoop {
  private var engine: ImportEngine
  private var ledger: RunLedger
  private let input: InputReader
  private let calls: RunCalls
  private let observer: ImportObserver
  /// The wake that is on its way, so that not every event adds another.
  private var wakeAt: Duration?
  private var lastProgress: ImportProgress?
  private var inputError: InputError?

  init(
    engine: ImportEngine, ledger: RunLedger, input: InputReader, calls: RunCalls,
    observer: ImportObserver
  ) {
    self.engine = engine
    self.ledger = ledger
    self.input = input
    self.calls = calls
    self.observer = observer
  }

  var isFinished: Bool { engine.isFinished }

  mutating func handle(_ message: RunMessage, in group: inout DiscardingTaskGroup) async {
    switch message {
    case .event(let event): await handle(event, in: &group)
    }
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
    tellProgress()
  }

  /// Does what can be done at once and starts what cannot.
  private mutating func perform(
    _ effect: EngineEffect, in group: inout DiscardingTaskGroup
  ) async -> [EngineEvent] {
    let calls = self.calls
    switch effect {
    case .readChunk(let number):
      guard let cut = ledger.takeNext(as: number) else { return [.inputEnded] }
      return [chunkRead(cut, number)]
    case .split(let number, let first, let second):
      guard let cut = ledger[number] else { return [.inputEnded, .inputEnded] }
      do throws(InputError) {
        guard let halves = try await input.halves(of: cut, first: first, second: second) else {
          throw InputError(.malformed, "an import of one record cannot be halved")
        }
        ledger.replace(number, by: halves)
        return halves.map { chunkRead($0, $0.number) }
      } catch {
        inputError = error
        ledger.settle(number, .unsent(error.description), rows: nil, tell: observer.entry)
        return [.inputEnded, .inputEnded]
      }
    case .create(let number, let attempt):
      guard let cut = ledger[number] else { return [] }
      let upload = input.upload(cut)
      group.addTask {
        await calls.create(number, attempt: attempt, rows: cut.rows, upload: upload)
      }
    case .lookUp(let number): group.addTask { await calls.lookUp(number) }
    case .poll(let ids): group.addTask { await calls.poll(ids) }
    case .retrieve(let number, let id): group.addTask { await calls.retrieve(number, id: id) }
    case .wake(let time): wake(time, in: &group)
    case .settle(let number, let settlement):
      let rows = await rows(of: number, settlement)
      let settled = ledger.settle(number, settlement, rows: rows, tell: observer.entry)
      guard engine.settings.isLimited else { return [] }
      guard let line = settled?.line else { return [.accounted(number, failed: 0, others: 0)] }
      return [.accounted(number, failed: line.failed, others: line.unprocessed + line.unknown)]
    case .notice(let notice): observer.notice(notice)
    case .finish(let ending): ledger.end(ending)
    }
    return []
  }

  /// A chunk that the ledger has now.
  private func chunkRead(_ cut: ChunkCut, _ number: Int) -> EngineEvent {
    .chunkRead(number, rows: cut.records, isTrial: cut.isTrial)
  }

  /// The rows of a chunk that has ended; nil when its outcome is known without them, or they cannot be
  /// read any more.
  private func rows(of number: Int, _ settlement: Settlement) async -> [SentRow]? {
    guard let cut = ledger[number], ledger.needsRows(number, settlement) else { return nil }
    return try? await input.rows(of: cut)
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
          consumed: min(rows, remote.processedCount + remote.errorsCount))
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
        case .settle, .finish: _ = await perform(effect, in: &group)
        default: continue
        }
      }
    }
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

/// Makes the calls the engine asks for and sends their responses back as events.
struct RunCalls: Sendable {
  let service: any ImportService
  let planner: ImportPlanner
  let runID: String
  let time: TimeSource
  let send: @Sendable (RunMessage) -> Void

  func create(_ number: Int, attempt: Int, rows: Int, upload: ChunkUpload) async {
    let request = ImportRequest(
      type: planner.rules.type, parentID: planner.rules.parentID,
      skipErrors: planner.settings.skipErrors, runID: runID, chunk: number, attempt: attempt,
      rows: rows, inputs: upload.inputs)
    do throws(CallFailure) {
      send(.event(.created(number, try await service.create(request))))
    } catch {
      // What the transport makes of a body that broke off says less than why it did.
      let failure = upload.failure.map { CallFailure(kind: .input, message: $0.description) }
      send(.event(.createFailed(number, failure ?? error)))
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

  func wake(after delay: Duration) async {
    // A cancelled sleep means that nobody waits for the tick any more.
    guard (try? await time.sleep(delay)) != nil else { return }
    send(.event(.tick))
  }
}
