/// Decides everything about a run and does nothing itself: events in, effects out, no clock, no
/// I/O. The same events give the same effects, so a simulation can put it through anything.
///
/// Rules it keeps:
/// - A create whose outcome is unknown is never retried before the import has been looked for; the
///   rows of an unkeyed type are never sent again on their own.
/// - At most `maximumRunning` imports are created or running at any time.
/// - Every chunk that was read is settled exactly once.
/// - With a trial or a limit on failed rows, no import is created while it is not known yet what
///   became of rows that decide on it.
struct ImportEngine: Sendable {
  let settings: EngineSettings
  private(set) var isFinished = false

  /// Chunks that were read and are not over, by number.
  var chunks: [Int: EngineChunk] = [:]
  var nextNumber = 1
  /// Chunks that were asked for and did not come yet.
  var pendingReads = 0
  var inputHasEnded = false
  /// Settled chunks whose rows are not accounted for yet; whether each is part of the trial.
  var accounting: [Int: Bool] = [:]
  /// Rows that failed so far, as far as they are accounted for.
  var failedRows = 0

  /// Nothing is created before this time.
  var createPausedUntil: Duration = .zero
  var createFailures = 0
  /// Chunks that the outstanding poll asks about, with their ids.
  var polling: [Int: String]?
  var pollAt: Duration = .zero
  var polls = 0
  var pollFailures = 0

  /// Whether the service ever responded.
  var hasContact = false
  /// Since when nothing but failures came.
  var outageSince: Duration?
  /// When something last moved forward.
  var lastProgress: Duration = .zero

  /// No further chunk is sent; what runs is seen to its end.
  var draining: ImportEnding?
  /// Nothing further is done; responses that are on their way are awaited until then.
  var stopping: (ending: ImportEnding, until: Duration)?
  var random: SplitMix64

  init(settings: EngineSettings) {
    self.settings = settings
    random = SplitMix64(seed: settings.seed)
  }

  /// Takes one event and says what is to be done now.
  mutating func handle(_ event: EngineEvent, now: Duration) -> [EngineEffect] {
    guard !isFinished else { return [] }
    var effects: [EngineEffect] = []
    switch event {
    case .start: lastProgress = now
    case .tick: break
    case .chunkRead(let number, let rows, let isTrial):
      pendingReads = max(0, pendingReads - 1)
      chunks[number] = EngineChunk(number: number, rows: rows, isTrial: isTrial)
    case .inputEnded:
      pendingReads = max(0, pendingReads - 1)
      inputHasEnded = true
    case .created(let number, let remote): created(number, remote, now, &effects)
    case .createFailed(let number, let failure): createFailed(number, failure, now, &effects)
    case .found(let number, let imports): found(number, imports, now, &effects)
    case .lookupFailed(let number, let failure): askingFailed(number, failure, now, &effects)
    case .polled(let imports): polled(imports, now, &effects)
    case .pollFailed(let failure): pollFailed(failure, now, &effects)
    case .retrieved(let number, let remote): retrieved(number, remote, now, &effects)
    case .retrieveFailed(let number, let failure):
      if failure.kind == .notFound, let id = chunks[number]?.remote?.id {
        contact(now)
        settle(number, .lost(id: id), &effects)
      } else {
        askingFailed(number, failure, now, &effects)
      }
    case .accounted(let number, let failed, let others): accounted(number, failed, others)
    case .stop: stop(.stopped, now)
    }
    advance(now, &effects)
    return effects
  }

  mutating func contact(_ now: Duration) {
    hasContact = true
    outageSince = nil
  }

  mutating func stop(_ ending: ImportEnding, _ now: Duration) {
    if stopping == nil { stopping = (ending, now + settings.pace.stopGrace) }
  }

  mutating func settle(_ number: Int, _ settlement: Settlement, _ effects: inout [EngineEffect]) {
    guard let chunk = chunks.removeValue(forKey: number) else { return }
    if settings.isLimited { accounting[number] = chunk.isTrial }
    effects.append(.settle(number, settlement))
  }

  /// What the outcome of a chunk's rows means for those that are not sent yet.
  private mutating func accounted(_ number: Int, _ failed: Int, _ others: Int) {
    guard let isTrial = accounting.removeValue(forKey: number) else { return }
    failedRows += failed
    // Where nothing is left to be sent, nothing is held back.
    let isLast = inputHasEnded && !chunks.values.contains { $0.phase == .ready }
    guard draining == nil, stopping == nil, !isLast else { return }
    if settings.hasTrial, isTrial, failed + others > 0 {
      draining = .trialFailed(
        "\(ImportPlan.rows(failed)) of the trial failed"
          + (others > 0 ? ", \(others) more were not imported" : ""))
    } else if let maximum = settings.maximumFailed, failedRows > maximum {
      draining = .tooManyFailed(
        "\(ImportPlan.rows(failedRows)) failed, and at most \(maximum) may")
    }
  }

  mutating func finish(_ ending: ImportEnding, _ effects: inout [EngineEffect]) {
    isFinished = true
    effects.append(.finish(ending))
  }

  /// What a failed call other than a create means for the run as a whole. The delay until it is
  /// tried again; nil when the run ends instead.
  mutating func delay(
    after failure: CallFailure, failures: Int, _ now: Duration, _ effects: inout [EngineEffect]
  ) -> Duration? {
    switch failure.kind {
    case .denied: stop(.denied(failure.message), now)
    case .violation: stop(.violation(failure.message), now)
    case .foreign, .notFound: stop(.unreachable(failure.message), now)
    case .rejected, .tooLarge: stop(.violation(failure.message), now)
    case .cancelled: stop(.stopped, now)
    case .input: stop(.inputFailed(failure.message), now)
    case .throttled(let after):
      contact(now)
      let delay = after ?? backOff(failures)
      guard delay <= settings.pace.maximumOutage else {
        stop(.gaveUp("the service asks to wait \(delay.inWords)"), now)
        return nil
      }
      effects.append(.notice(.throttled(delay)))
      return delay
    case .noRoom:
      contact(now)
      let delay = backOff(failures)
      effects.append(.notice(.waitingForRoom(delay)))
      return delay
    case .transient, .ambiguous:
      guard hasContact else {
        stop(.unreachable(failure.message), now)
        return nil
      }
      let since = outageSince ?? now
      outageSince = since
      guard now - since < settings.pace.maximumOutage else {
        stop(.gaveUp("nothing has succeeded for \((now - since).inWords): \(failure.message)"), now)
        return nil
      }
      let delay = backOff(failures)
      effects.append(.notice(.retrying(failure.message, delay)))
      return delay
    }
    return nil
  }

  private mutating func backOff(_ failures: Int) -> Duration {
    settings.pace.backOffDelay(failure: failures, random: random.unit())
  }
}

extension ImportEngine {
  /// Everything that can be started now is started; then the time of the next wake is named.
  mutating func advance(_ now: Duration, _ effects: inout [EngineEffect]) {
    guard !isFinished else { return }
    if stopping != nil {
      advanceStopping(now, &effects)
      return
    }
    if let ending = draining {
      for chunk in ordered where chunk.phase == .ready {
        settle(chunk.number, Self.leftOut(chunk, Self.reason(ending)), &effects)
      }
    } else {
      checkPatience(now)
      if stopping != nil {
        advanceStopping(now, &effects)
        return
      }
      create(now, &effects)
      read(&effects)
    }
    ask(now, &effects)
    poll(now, &effects)
    if chunks.isEmpty, pendingReads == 0, accounting.isEmpty, inputHasEnded || draining != nil {
      finish(draining ?? .done, &effects)
      return
    }
    if let time = nextWake { effects.append(.wake(max(time, now))) }
  }

  private var ordered: [EngineChunk] { chunks.values.sorted { $0.number < $1.number } }

  private var freePlaces: Int {
    settings.maximumRunning - chunks.values.count { $0.takesPlace }
  }

  private mutating func create(_ now: Duration, _ effects: inout [EngineEffect]) {
    guard createPausedUntil <= now, accounting.isEmpty else { return }
    var free = freePlaces
    let trialRuns = settings.hasTrial && chunks.values.contains { $0.isTrial }
    for chunk in ordered where chunk.phase == .ready && free > 0 {
      if trialRuns, !chunk.isTrial { continue }
      free -= 1
      chunks[chunk.number]?.phase = .creating
      effects.append(.create(chunk.number, attempt: chunk.attempt))
    }
  }

  /// One chunk at most waits in memory for a place.
  private mutating func read(_ effects: inout [EngineEffect]) {
    let waiting = chunks.values.contains { $0.phase == .ready }
    guard !inputHasEnded, pendingReads == 0, !waiting, freePlaces > 0 else { return }
    pendingReads = 1
    effects.append(.readChunk(nextNumber))
    nextNumber += 1
  }

  private mutating func ask(_ now: Duration, _ effects: inout [EngineEffect]) {
    for chunk in ordered where !chunk.isAsking && chunk.due <= now {
      switch chunk.phase {
      case .reconciling, .auditing:
        effects.append(.lookUp(chunk.number))
      case .retrieving:
        guard let id = chunk.remote?.id else { continue }
        effects.append(.retrieve(chunk.number, id: id))
      case .ready, .creating, .running:
        continue
      }
      chunks[chunk.number]?.isAsking = true
    }
  }

  private mutating func poll(_ now: Duration, _ effects: inout [EngineEffect]) {
    guard polling == nil, pollAt <= now else { return }
    let running = ordered.compactMap { chunk in
      chunk.phase == .running ? chunk.remote.map { (chunk.number, $0.id) } : nil
    }
    guard !running.isEmpty else { return }
    polling = Dictionary(uniqueKeysWithValues: running)
    effects.append(.poll(running.map(\.1)))
  }

  /// A queue that stays full while nothing of ours runs would be waited for without end.
  private mutating func checkPatience(_ now: Duration) {
    let waits = chunks.values.contains { $0.phase == .ready }
    let moves = chunks.values.contains { $0.phase != .ready }
    guard waits, !moves, createPausedUntil > .zero,
      now - lastProgress >= settings.pace.maximumOutage
    else { return }
    stop(.gaveUp("there was no room for another import for \((now - lastProgress).inWords)"), now)
  }

  private mutating func advanceStopping(_ now: Duration, _ effects: inout [EngineEffect]) {
    guard let (ending, until) = stopping else { return }
    // The response to a create tells the import's id, without which nobody finds the rows again.
    let awaited = pendingReads > 0 || chunks.values.contains { $0.phase == .creating }
    if awaited, now < until {
      effects.append(.wake(until))
      return
    }
    let reason = Self.reason(ending)
    for chunk in ordered {
      switch chunk.phase {
      case .ready:
        settle(chunk.number, Self.leftOut(chunk, reason), &effects)
      case .creating, .reconciling:
        settle(chunk.number, .unknown(id: nil, reason: reason), &effects)
      case .running, .retrieving, .auditing:
        settle(chunk.number, .unknown(id: chunk.remote?.id, reason: reason), &effects)
      }
    }
    finish(ending, &effects)
  }

  /// How a chunk ends that will not be sent any more. An earlier attempt that was not found may
  /// still have arrived.
  static func leftOut(_ chunk: EngineChunk, _ reason: String) -> Settlement {
    chunk.attempt == 1 ? .unsent(reason) : .unknown(id: nil, reason: reason)
  }

  private var nextWake: Duration? {
    var times: [Duration] = []
    for chunk in chunks.values {
      switch chunk.phase {
      case .ready: if freePlaces > 0 { times.append(createPausedUntil) }
      case .reconciling, .retrieving, .auditing: if !chunk.isAsking { times.append(chunk.due) }
      case .running: if polling == nil { times.append(pollAt) }
      case .creating: break
      }
    }
    return times.min()
  }

  static func reason(_ ending: ImportEnding) -> String {
    switch ending {
    case .done: "the run ended"
    case .stopped: "the run was stopped"
    case .refused: "the service refused another import of this run"
    case .notSent(let why): why
    case .trialFailed: "the trial failed"
    case .tooManyFailed(let why): why
    case .inputFailed(let why): why
    case .denied, .unreachable, .gaveUp, .violation, .rejected: "the run ended early"
    }
  }
}
