import CommerceLayer
import CommerceLayerRows

/// What a run's tasks tell its loop.
enum RunMessage: Sendable {
  case event(EngineEvent)
  /// A chunk was read; nil at the end of the input.
  case read(Int, PreparedChunk?)
  case readFailed(InputError)
}

/// The thin shell around the engine: turns effects into tasks, keeps the ledger.
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

  mutating func handle(_ message: RunMessage, in group: inout DiscardingTaskGroup) {
    switch message {
    case .event(let event): handle(event, in: &group)
    case .read(let number, let chunk?):
      ledger.add(chunk, number: number)
      handle(.chunkRead(number, rows: chunk.units, isTrial: chunk.isTrial), in: &group)
    case .read(_, nil): handle(.inputEnded, in: &group)
    case .readFailed(let error):
      inputError = error
      handle(.inputEnded, in: &group)
    }
  }

  private mutating func handle(_ event: EngineEvent, in group: inout DiscardingTaskGroup) {
    if case .tick = event { wakeAt = nil }
    if case .created(let number, _) = event { ledger.sent(number) }
    // What is done at once is handled before anything from outside.
    var events = [event]
    while !events.isEmpty {
      let event = events.removeFirst()
      for effect in engine.handle(event, now: calls.time.now()) {
        events += perform(effect, in: &group)
      }
    }
    tellProgress()
  }

  /// Does what can be done at once and starts what cannot.
  private mutating func perform(
    _ effect: EngineEffect, in group: inout DiscardingTaskGroup
  ) -> [EngineEvent] {
    let calls = self.calls
    switch effect {
    case .readChunk(let number):
      let input = self.input
      group.addTask {
        do throws(InputError) {
          calls.send(.read(number, try await input.next()))
        } catch {
          calls.send(.readFailed(error))
        }
      }
    case .split(let number, let first, let second):
      guard ledger.split(number, first: first, second: second) else {
        return [.inputEnded, .inputEnded]
      }
      return [first, second].map {
        .chunkRead($0, rows: ledger[$0]?.units ?? 0, isTrial: ledger[$0]?.isTrial ?? false)
      }
    case .create(let number, let attempt):
      guard let chunk = ledger[number] else { return [] }
      let (rows, inputs) = (chunk.rows.count, chunk.inputs)
      group.addTask { await calls.create(number, attempt: attempt, rows: rows, inputs: inputs) }
    case .lookUp(let number): group.addTask { await calls.lookUp(number) }
    case .poll(let ids): group.addTask { await calls.poll(ids) }
    case .retrieve(let number, let id): group.addTask { await calls.retrieve(number, id: id) }
    case .wake(let time): wake(time, in: &group)
    case .settle(let number, let settlement):
      let (failed, others) = ledger.settle(number, settlement, tell: observer.entry)
      if engine.settings.isLimited { return [.accounted(number, failed: failed, others: others)] }
    case .notice(let notice):
      if case .adopted(let number, _) = notice { ledger.sent(number) }
      observer.notice(notice)
    case .finish(let ending): ledger.end(ending)
    }
    return []
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
        let rows = ledger[chunk.number]?.rows.count ?? chunk.rows
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
  mutating func abandon(in group: inout DiscardingTaskGroup) {
    guard !engine.isFinished else { return }
    let now = calls.time.now()
    for (event, time) in [
      (EngineEvent.stop, now), (.tick, now + engine.settings.pace.stopGrace + .seconds(1)),
    ] {
      for effect in engine.handle(event, now: time) {
        switch effect {
        case .settle, .finish: _ = perform(effect, in: &group)
        default: continue
        }
      }
    }
  }

  /// Accounts for what is left of the input and gives the report.
  mutating func close(
    drain: (inout RunLedger, _ reason: String) async -> Void
  ) async -> ImportReport {
    if let inputError {
      ledger.unreadable()
      ledger.end(.inputFailed(inputError.description))
    } else {
      await drain(&ledger, ImportEngine.reason(ledger.report.ending))
    }
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

  func create(_ number: Int, attempt: Int, rows: Int, inputs: BulkInputs) async {
    let request = ImportRequest(
      type: planner.rules.type, parentID: planner.rules.parentID,
      skipErrors: planner.settings.skipErrors, runID: runID, chunk: number, attempt: attempt,
      rows: rows, inputs: inputs)
    do throws(CallFailure) {
      send(.event(.created(number, try await service.create(request))))
    } catch {
      send(.event(.createFailed(number, error)))
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
