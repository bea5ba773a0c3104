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
    // The answer to a create tells the import's id, without which nobody finds the rows again.
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
  private static func leftOut(_ chunk: EngineChunk, _ reason: String) -> Settlement {
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
    case .denied, .unreachable, .gaveUp, .violation, .rejected, .inputFailed: "the run ended early"
    }
  }
}
