import CommerceLayer
import CommerceLayerRows

/// What a run's tasks tell its loop.
enum RunMessage: Sendable {
  case event(EngineEvent)
  /// The halves of a chunk; nil when its rows cannot be read any more.
  case halved(Int, first: Int, second: Int, Result<[ChunkCut], InputError>)
  /// The rows of a chunk that has ended; nil when they cannot be read any more.
  case rowsRead(Int, [SentRow]?)
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
  /// How chunks ended whose rows are being read again to account for them.
  private var unsettled: [Int: Settlement] = [:]

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
    case .halved(let number, let first, let second, let halves):
      for event in halved(number, first: first, second: second, halves) {
        handle(event, in: &group)
      }
    case .rowsRead(let number, let rows):
      guard let settlement = unsettled.removeValue(forKey: number) else { return }
      for event in settle(number, settlement, rows: rows) { handle(event, in: &group) }
      tellProgress()
    }
  }

  private mutating func handle(_ event: EngineEvent, in group: inout DiscardingTaskGroup) {
    if case .tick = event { wakeAt = nil }
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
      guard let cut = ledger.takeNext(as: number) else { return [.inputEnded] }
      return [.chunkRead(number, rows: cut.records, isTrial: cut.isTrial)]
    case .split(let number, let first, let second):
      guard let cut = ledger[number] else { return [.inputEnded, .inputEnded] }
      let input = self.input
      // What holds if the run ends before there are halves.
      unsettled[number] = .unsent(
        "the run ended before the import, which was too large, was halved")
      group.addTask {
        do throws(InputError) {
          let halves = try await input.halves(of: cut, first: first, second: second)
          calls.send(.halved(number, first: first, second: second, .success(halves ?? [])))
        } catch {
          calls.send(.halved(number, first: first, second: second, .failure(error)))
        }
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
      guard ledger.needsRows(number, settlement), let cut = ledger[number] else {
        return settle(number, settlement, rows: nil)
      }
      unsettled[number] = settlement
      let input = self.input
      group.addTask { calls.send(.rowsRead(number, try? await input.rows(of: cut))) }
    case .notice(let notice): observer.notice(notice)
    case .finish(let ending): ledger.end(ending)
    }
    return []
  }

  /// Accounts for the rows of a chunk that has ended.
  private mutating func settle(
    _ number: Int, _ settlement: Settlement, rows: [SentRow]?
  ) -> [EngineEvent] {
    let settled = ledger.settle(number, settlement, rows: rows, tell: observer.entry)
    guard engine.settings.isLimited else { return [] }
    let (failed, others) =
      settled.map { ($0.line.failed, $0.line.unprocessed + $0.line.unknown) } ?? (0, 0)
    return [.accounted(number, failed: failed, others: others)]
  }

  /// Goes on with the halves of a chunk. Without them the run ends, and nothing of the chunk was sent.
  private mutating func halved(
    _ number: Int, first: Int, second: Int, _ halves: Result<[ChunkCut], InputError>
  ) -> [EngineEvent] {
    if case .success(let halves) = halves, halves.count == 2 {
      unsettled[number] = nil
      ledger.replace(number, by: halves)
      return halves.map { .chunkRead($0.number, rows: $0.records, isTrial: $0.isTrial) }
    }
    if case .failure(let error) = halves {
      inputError = error
      unsettled[number] = .unsent(error.description)
    }
    return [.inputEnded, .inputEnded]
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
    for (number, settlement) in unsettled.sorted(by: { $0.key < $1.key }) {
      var rows: [SentRow]?
      if let cut = ledger[number] { rows = try? await input.rows(of: cut) }
      ledger.settle(number, settlement, rows: rows, tell: observer.entry)
    }
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
