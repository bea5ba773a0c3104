/// Decides everything about a run and does nothing itself: events in, effects out, no clock, no
/// I/O. The same events give the same effects, so a simulation can put it through anything.
///
/// Rules it keeps:
/// - No import is created before the journal has its intent on disk.
/// - A create that failed is never retried before the import has been looked for, whatever the
///   response was; the rows of an unkeyed type are never sent again while it is unknown whether they
///   arrived.
/// - At most `maximumRunning` imports are created or running at any time.
/// - Every chunk that was read is concluded exactly once.
/// - With a trial or a limit on failed rows, no import is created while it is not known yet what
///   became of rows that decide on it.
/// - A run ends: every wait has a limit.
struct ImportEngine: Sendable {
  let settings: EngineSettings
  private(set) var isFinished = false

  /// Chunks that were read and are not over, by number.
  var chunks: [Int: EngineChunk] = [:]
  var nextRead = 1
  /// The number of the next half or tail of a chunk.
  var nextPart: Int
  /// Where halves and tails of chunks stand among the others, until they are read.
  var partOrders: [Int: [Int]] = [:]
  /// Chunks that were asked for and did not come yet.
  var pendingReads = 0
  var inputHasEnded = false
  /// Concluded chunks whose rows are not accounted for yet; whether each is part of the trial.
  var accounting: [Int: Bool] = [:]
  /// Rows that failed so far, as far as they are accounted for.
  var failedRows = 0
  /// Chunks of a resumed run that were not read yet and may have imports, with how many.
  var expected: [Int: Int]

  /// Entries that are on their way to the disk.
  var unrecorded = 0
  var journalIsBroken = false
  /// Whether something is left that a resumed run would do.
  var leavesWork = false
  var finishIsRecorded = false

  /// Nothing is created before this time.
  var createPausedUntil: Duration = .zero
  var createFailures = 0
  var lastCreateFailure: CallFailure?
  /// Chunks that the outstanding poll asks about, with their ids.
  var polling: [Int: String]?
  var pollAt: Duration = .zero
  var polls = 0
  var pollFailures = 0
  /// Polls in a row whose response was not one.
  var oddPolls = 0

  /// What chunks that were split became, for the audit.
  var parts: [Int: [Int]] = [:]
  /// The import of each chunk that is concluded, for the audit; nil when none is known.
  var concludedImports: [Int: String?] = [:]
  var audit = Audit.none
  var auditFailures = 0
  /// When a create was rejected last.
  var lastRejection: Duration?

  enum Audit: Sendable, Equatable { case none, due(Duration), running, done }

  /// What was last seen of the organization's queue, and when it was asked for.
  var queue: [String: QueueEntry]?
  var queueAsked: Duration?
  var isWatchingQueue = false

  struct QueueEntry: Sendable, Equatable {
    let status: String
    let consumed: Int
  }

  /// Whether the service ever responded.
  var hasContact = false
  /// Since when nothing but failures came.
  var outageSince: Duration?
  /// Rejections of the credentials in a row.
  var denials = 0
  /// When something last moved forward.
  var lastProgress: Duration = .zero
  /// The same, not counting time in which nobody could see it.
  var lastMovement: Duration = .zero
  var lastHandled: Duration?

  /// No further chunk is sent; what runs is seen to its end.
  var draining: ImportEnding?
  /// Nothing further is done; responses that are on their way are awaited until then.
  var stopping: (ending: ImportEnding, until: Duration)?
  var random: SplitMix64

  init(settings: EngineSettings) {
    self.settings = settings
    nextPart = settings.nextPart
    expected = settings.inFlight
    random = SplitMix64(seed: settings.seed)
  }

  /// Takes one event and says what is to be done now.
  mutating func handle(_ event: EngineEvent, now: Duration) -> [EngineEffect] {
    guard !isFinished else { return [] }
    absorbSleep(now)
    var effects: [EngineEffect] = []
    switch event {
    case .start: progress(now)
    case .tick: break
    case .chunkRead(let number, let rows, let isTrial, let isFlat, let known):
      pendingReads = max(0, pendingReads - 1)
      expected[number] = nil
      var chunk = EngineChunk(number: number, rows: rows)
      (chunk.isTrial, chunk.isFlat) = (isTrial, isFlat)
      chunkRead(chunk, known, now, &effects)
    case .inputEnded:
      pendingReads = max(0, pendingReads - 1)
      inputHasEnded = true
      expected = [:]
    case .inputFailed:
      pendingReads = max(0, pendingReads - 1)
      inputHasEnded = true
      expected = [:]
      leavesWork = true
    case .recorded(let entries):
      unrecorded = max(0, unrecorded - entries.count)
      for entry in entries { recorded(entry, &effects) }
    case .journalFailed(let message): journalFailed(message, &effects)
    case .created(let number, let remote): created(number, remote, now, &effects)
    case .createFailed(let number, let failure): createFailed(number, failure, now, &effects)
    case .found(let number, let imports): found(number, imports, now, &effects)
    case .lookupFailed(let number, let failure): lookupFailed(number, failure, now, &effects)
    case .polled(let imports): polled(imports, now, &effects)
    case .pollFailed(let failure): pollFailed(failure, now, &effects)
    case .retrieved(let number, let remote): retrieved(number, remote, now, &effects)
    case .retrieveFailed(let number, let failure): retrieveFailed(number, failure, now, &effects)
    case .queueSeen(let imports): queueSeen(imports, now)
    case .audited(let imports): audited(imports, now, &effects)
    case .auditFailed(let failure): auditFailed(failure, now, &effects)
    case .accounted(let number, let failed, let others): accounted(number, failed, others)
    case .stop: stop(.stopped, now)
    }
    advance(now, &effects)
    lastHandled = now
    return effects
  }

  /// Time in which nobody could act, because the machine slept, counts for no limit.
  private mutating func absorbSleep(_ now: Duration) {
    guard let last = lastHandled, now - last > EngineSettings.sleepGap else { return }
    let pause = now - last - EngineSettings.heartbeat
    lastProgress += pause
    lastMovement += pause
    if let since = outageSince { outageSince = since + pause }
    for number in chunks.keys { chunks[number]?.shift(by: pause) }
  }

  mutating func contact(_ now: Duration) {
    hasContact = true
    denials = 0
    // Nobody could see whether imports moved while nothing succeeded.
    if let since = outageSince { lastMovement = min(now, lastMovement + (now - since)) }
    outageSince = nil
  }

  mutating func progress(_ now: Duration) {
    lastProgress = now
    lastMovement = now
  }

  mutating func stop(_ ending: ImportEnding, _ now: Duration) {
    if stopping == nil { stopping = (ending, now + settings.pace.stopGrace) }
  }

  mutating func drain(_ ending: ImportEnding) {
    if draining == nil { draining = ending }
  }

  /// - Parameter together: What is recorded with it, all or none.
  mutating func conclude(
    _ number: Int, _ outcome: EngineOutcome, together: [EngineRecord] = [],
    _ effects: inout [EngineEffect]
  ) {
    guard let chunk = chunks.removeValue(forKey: number) else { return }
    if settings.isLimited { accounting[number] = chunk.isTrial }
    concludedImports[number] = .some(chunk.remote?.id)
    effects.append(.conclude(number, outcome))
    if outcome.isFinal {
      record(together + [.outcome(number)], &effects)
    } else {
      leavesWork = true
    }
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
    } else if settings.inOrder, failed + others > 0 {
      draining = .tooManyFailed(
        "\(ImportPlan.rows(failed + others)) of import \(number) were not imported, and those behind "
          + "may build on them")
    } else if let maximum = settings.maximumFailed, failedRows > maximum {
      draining = .tooManyFailed(
        "\(ImportPlan.rows(failedRows)) failed, and at most \(maximum) may")
    }
  }

  mutating func finish(_ ending: ImportEnding, _ effects: inout [EngineEffect]) {
    isFinished = true
    effects.append(.finish(ending))
  }
}

// MARK: - The journal

extension ImportEngine {
  mutating func record(_ entries: [EngineRecord], _ effects: inout [EngineEffect]) {
    guard !journalIsBroken else { return }
    unrecorded += entries.count
    effects.append(.record(entries))
  }

  private mutating func recorded(_ entry: EngineRecord, _ effects: inout [EngineEffect]) {
    switch entry {
    case .intent(let number, let attempt):
      guard let chunk = chunks[number], chunk.phase == .intending, chunk.attempt == attempt else {
        return
      }
      guard draining == nil, stopping == nil else {
        chunks[number]?.phase = .ready
        // One that may exist all the same is to be looked for.
        if !chunk.mayExist { record([.notCreated(number, attempt: attempt)], &effects) }
        return
      }
      create(number, &effects)
    case .finished: finishIsRecorded = true
    case .notCreated, .created, .split, .continued, .outcome, .duplicates: break
    }
  }

  private mutating func create(_ number: Int, _ effects: inout [EngineEffect]) {
    chunks[number]?.phase = .creating
    effects.append(.create(number, attempt: chunks[number]?.attempt ?? 1))
  }

  private mutating func journalFailed(_ message: String, _ effects: inout [EngineEffect]) {
    journalIsBroken = true
    unrecorded = 0
    leavesWork = true
    draining = .journalFailed(message)
    for (number, chunk) in chunks where chunk.phase == .intending {
      chunks[number]?.phase = .ready
    }
  }

  /// Takes up a chunk where the journal says it was left.
  private mutating func chunkRead(
    _ chunk: EngineChunk, _ known: KnownChunk, _ now: Duration, _ effects: inout [EngineEffect]
  ) {
    var chunk = chunk
    let number = chunk.number
    if let order = partOrders.removeValue(forKey: number) { chunk.order = order }
    switch known {
    case .unsent: chunks[number] = chunk
    case .notCreated(let attempt, let again):
      chunk.attempt = attempt
      (chunk.mayExist, chunk.isSentAgain) = (again, again)
      chunks[number] = chunk
    case .sent(let attempt, let again):
      chunk.attempt = attempt
      chunk.isSentAgain = again
      chunk.doubts = 1
      chunk.mayExist = true
      chunk.phase = .reconciling(since: now, lookup: 0)
      chunk.due = now
      chunks[number] = chunk
      effects.append(
        .notice(.lookingFor(chunk: number, "an earlier run may have created it")))
    case .created(let id, let attempt, let again):
      chunk.attempt = attempt
      (chunk.mayExist, chunk.isSentAgain) = (again, again)
      chunks[number] = chunk
      run(number, RemoteImport(id: id, status: ""), now)
    case .split(let first, let second):
      pendingReads += 2
      partOrders[first] = chunk.order + [0]
      partOrders[second] = chunk.order + [1]
      parts[number] = [first, second]
      effects.append(.split(number, first: first, second: second))
    case .concluded(let id): restore(chunk, id, &effects)
    case .continued(let id, let from, let other):
      pendingReads += 1
      partOrders[other] = chunk.order + [1]
      effects.append(.continueTail(number, from: from, as: other))
      restore(chunk, id, &effects)
    case .interrupted(let id, let attempt, let again, let from, let other):
      chunk.attempt = attempt
      (chunk.mayExist, chunk.isSentAgain) = (again, again)
      chunk.tailStart = from
      pendingReads += 1
      partOrders[other] = chunk.order + [1]
      effects.append(.continueTail(number, from: from, as: other))
      chunks[number] = chunk
      run(number, RemoteImport(id: id, status: ""), now)
    }
  }

  private mutating func restore(
    _ chunk: EngineChunk, _ id: String?, _ effects: inout [EngineEffect]
  ) {
    if settings.isLimited { accounting[chunk.number] = chunk.isTrial }
    concludedImports[chunk.number] = .some(id)
    effects.append(.restore(chunk.number))
  }
}

// MARK: - What to do next

extension ImportEngine {
  /// Everything that can be started now is started; then the time of the next wake is named.
  mutating func advance(_ now: Duration, _ effects: inout [EngineEffect]) {
    guard !isFinished else { return }
    if stopping == nil { checkPatience(now, &effects) }
    if stopping != nil {
      advanceStopping(now, &effects)
      return
    }
    if let ending = draining {
      for chunk in ordered where chunk.phase == .ready {
        conclude(chunk.number, Self.leftOut(chunk, Self.reason(ending)), &effects)
      }
    } else {
      create(now, &effects)
    }
    read(&effects)
    ask(now, &effects)
    poll(now, &effects)
    watchQueue(now, &effects)
    if chunks.isEmpty, pendingReads == 0, accounting.isEmpty,
      inputHasEnded || (draining != nil && expected.isEmpty)
    {
      if finishWhenAudited(now, &effects) { return }
    }
    if let time = nextWake(now) { effects.append(.wake(max(time, now))) }
  }

  var ordered: [EngineChunk] {
    chunks.values.sorted { $0.order.lexicographicallyPrecedes($1.order) }
  }

  private var freePlaces: Int {
    settings.maximumRunning - chunks.values.count { $0.takesPlace(terminal: settings.terminal) }
      - expected.values.reduce(0, +)
  }

  private mutating func create(_ now: Duration, _ effects: inout [EngineEffect]) {
    // Parts of a chunk that are still to be read may have imports that run.
    guard createPausedUntil <= now, accounting.isEmpty, partOrders.isEmpty else { return }
    // Of what has ended it is not known yet how many rows failed.
    if settings.maximumFailed != nil, chunks.values.contains(where: { $0.phase == .retrieving }) {
      return
    }
    var free = freePlaces
    let trialRuns = settings.hasTrial && chunks.values.contains { $0.isTrial }
    for chunk in ordered where chunk.phase == .ready && free > 0 {
      if trialRuns, !chunk.isTrial { continue }
      if settings.inOrder, chunks.values.contains(where: { $0.phase != .ready }) { return }
      free -= 1
      chunks[chunk.number]?.attempt += 1
      if chunk.mayExist { chunks[chunk.number]?.isSentAgain = true }
      chunks[chunk.number]?.phase = .intending
      record([.intent(chunk.number, attempt: chunk.attempt + 1)], &effects)
      if settings.mutations.contains(.noSync) { create(chunk.number, &effects) }
    }
  }

  /// One chunk at most waits in memory for a place; those that an earlier run sent are read first of all,
  /// because their imports may be running.
  private mutating func read(_ effects: inout [EngineEffect]) {
    guard !inputHasEnded, pendingReads == 0 else { return }
    let waiting = chunks.values.contains { $0.phase == .ready }
    guard !expected.isEmpty || (draining == nil && !waiting && freePlaces > 0) else { return }
    pendingReads = 1
    effects.append(.readChunk(nextRead))
    nextRead += 1
  }

  private mutating func ask(_ now: Duration, _ effects: inout [EngineEffect]) {
    for chunk in ordered where !chunk.isAsking && chunk.due <= now {
      switch chunk.phase {
      case .confirming, .reconciling:
        effects.append(.lookUp(chunk.number))
      case .retrieving:
        guard let id = chunk.remote?.id else { continue }
        effects.append(.retrieve(chunk.number, id: id))
      case .ready, .intending, .creating, .running:
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

  /// Nothing is waited for without end: a queue that stays full, imports that stand still.
  private mutating func checkPatience(_ now: Duration, _ effects: inout [EngineEffect]) {
    let pace = settings.pace
    let isSending = chunks.values.contains { $0.phase == .creating }
    guard !chunks.isEmpty, !isSending else { return }
    let idle = now - lastMovement
    let waits = chunks.values.contains { $0.phase == .ready }
    let moves = chunks.values.contains { $0.phase != .ready }
    if waits, !moves, createPausedUntil > .zero, draining == nil,
      now - lastProgress >= pace.maximumOutage
    {
      let time = (now - lastProgress).inWords
      let why =
        switch lastCreateFailure?.kind {
        case .noRoom, nil: "there was no room for another import for \(time)"
        default:
          "no import could be created for \(time): \(lastCreateFailure?.message ?? "")"
        }
      stop(.gaveUp(why), now)
    } else if runs, outageSince == nil, idle >= pace.stall {
      stop(
        .gaveUp("no import of the run has shown any change for \(idle.inWords)"), now)
    } else if now - max(lastProgress, lastMovement) >= pace.stall + pace.maximumOutage {
      stop(.gaveUp("nothing has moved forward for \((now - lastProgress).inWords)"), now)
    }
  }

  /// Whether an import is pending or in progress as far as is known.
  private var runs: Bool {
    chunks.values.contains { chunk in
      chunk.phase == .running
        || chunk.phase == .retrieving && chunk.takesPlace(terminal: settings.terminal)
    }
  }

  /// Where all imports wait in `pending`, those of other programs may be what they wait for.
  private mutating func watchQueue(_ now: Duration, _ effects: inout [EngineEffect]) {
    guard !isWatchingQueue, runs, now - lastMovement >= settings.pace.stall / 2,
      now - (queueAsked ?? .zero) >= settings.pace.stall / 5
    else { return }
    let waits = chunks.values.allSatisfy { chunk in
      chunk.phase != .running || (chunk.remote?.isWaiting ?? true)
    }
    guard waits else { return }
    isWatchingQueue = true
    queueAsked = now
    effects.append(.watchQueue)
  }

  private mutating func queueSeen(_ imports: [RemoteImport]?, _ now: Duration) {
    isWatchingQueue = false
    guard let imports else { return }
    let seen = Dictionary(
      imports.map {
        ($0.id, QueueEntry(status: $0.status, consumed: $0.consumed))
      }, uniquingKeysWith: { first, _ in first })
    if let queue, queue != seen { lastMovement = now }
    queue = seen
  }

  /// Nothing is left to be watched: the audit, then the journal's last word.
  /// - Returns: whether the run is finished.
  private mutating func finishWhenAudited(_ now: Duration, _ effects: inout [EngineEffect]) -> Bool
  {
    switch audit {
    case .none:
      if concludedImports.isEmpty || settings.wasFinished || !(hasContact || settings.isResumed) {
        audit = .done
      } else {
        // Lists lag: what was rejected and created all the same may not be in them yet.
        audit = .due(max(now, lastRejection.map { $0 + auditDelay } ?? now))
        return finishWhenAudited(now, &effects)
      }
    case .due(let time):
      if time <= now {
        audit = .running
        effects.append(.audit)
      }
      return false
    case .running: return false
    case .done: break
    }
    if !journalIsBroken {
      if unrecorded > 0 { return false }
      if !leavesWork, inputHasEnded, !finishIsRecorded {
        record([.finished], &effects)
        return false
      }
    }
    finish(draining ?? .done, &effects)
    return true
  }

  /// How long after the last rejected create the imports of the run are listed.
  private var auditDelay: Duration {
    let lookups = settings.pace.lookups
    return lookups.indices.contains(2) ? lookups[2] : lookups.last ?? .zero
  }

  private mutating func advanceStopping(_ now: Duration, _ effects: inout [EngineEffect]) {
    guard let (ending, until) = stopping else { return }
    // The response to a create tells the import's id, without which nobody finds the rows again.
    let awaited =
      pendingReads > 0 || unrecorded > 0 || !accounting.isEmpty
      || chunks.values.contains { $0.phase == .creating || $0.phase == .intending }
    if awaited, now < until {
      effects.append(.wake(until))
      return
    }
    let reason = Self.reason(ending)
    for chunk in ordered {
      switch chunk.phase {
      case .ready, .intending:
        conclude(chunk.number, Self.leftOut(chunk, reason), &effects)
      case .creating, .confirming, .reconciling:
        conclude(chunk.number, .unknown(id: nil, reason: reason), &effects)
      case .running, .retrieving:
        conclude(chunk.number, .unknown(id: chunk.remote?.id, reason: reason), &effects)
      }
    }
    finish(ending, &effects)
  }

  /// How a chunk ends that will not be sent any more. An earlier attempt that was not found may
  /// still have arrived.
  private static func leftOut(_ chunk: EngineChunk, _ reason: String) -> EngineOutcome {
    chunk.mayExist ? .unknown(id: nil, reason: reason) : .unsent(reason)
  }

  /// When to go on; nil where only responses are awaited.
  private func nextWake(_ now: Duration) -> Duration? {
    var times: [Duration] = []
    for chunk in chunks.values {
      switch chunk.phase {
      case .ready: if freePlaces > 0, createPausedUntil > now { times.append(createPausedUntil) }
      case .confirming, .reconciling, .retrieving: if !chunk.isAsking { times.append(chunk.due) }
      case .running: if polling == nil { times.append(pollAt) }
      case .creating, .intending: break
      }
    }
    if case .due(let time) = audit { times.append(time) }
    // A long wait is divided, so that a machine that sleeps can be told from it.
    return times.min().map { min($0, now + EngineSettings.heartbeat) }
  }

  static func reason(_ ending: ImportEnding) -> String {
    switch ending {
    case .done: "the run ended"
    case .stopped: "the run was stopped"
    case .createRejected: "the service rejected another import of this run"
    case .notSent(let why): why
    case .trialFailed: "the trial failed"
    case .tooManyFailed(let why): why
    case .inputFailed(let why): why
    case .journalFailed: "the run's journal could not be written"
    case .denied, .unreachable, .gaveUp, .violation, .rejected: "the run ended early"
    }
  }
}

// MARK: - What failures mean

extension ImportEngine {
  /// What a failed call other than a create means for the run as a whole. The delay until it is
  /// tried again; nil when the run ends instead.
  mutating func delay(
    after failure: CallFailure, failures: Int, _ now: Duration, _ effects: inout [EngineEffect]
  ) -> Duration? {
    switch failure.kind {
    case .cancelled:
      stop(.stopped, now)
      return nil
    case .input:
      stop(failure.ending, now)
      return nil
    case .denied, .unauthenticated:
      denials += 1
      // One odd response after hours of work is not the end of it.
      guard hasContact, denials < EngineSettings.maximumDenials else {
        stop(.denied(failure.message), now)
        return nil
      }
    case .throttled, .noRoom: hasContact = true
    case .foreign, .notFound, .rejected, .tooLarge, .violation, .transient, .ambiguous: break
    }
    guard hasContact else {
      stop(failure.ending, now)
      return nil
    }
    let since = outageSince ?? now
    outageSince = since
    guard now - since < settings.pace.maximumOutage else {
      stop(.gaveUp("nothing has succeeded for \((now - since).inWords): \(failure.message)"), now)
      return nil
    }
    guard let delay = waitingTime(after: failure, failures: failures) else {
      stop(.gaveUp(Self.tooLong(failure)), now)
      return nil
    }
    switch failure.kind {
    case .throttled: effects.append(.notice(.throttled(delay)))
    case .noRoom: effects.append(.notice(.waitingForRoom(delay)))
    default: effects.append(.notice(.retrying(failure.message, delay)))
    }
    return delay
  }

  /// How long to wait before a call is tried again; nil when the service asks for longer than the run
  /// would wait. A wait that cannot be meant is not believed.
  mutating func waitingTime(after failure: CallFailure, failures: Int) -> Duration? {
    let own = settings.pace.backOffDelay(failure: failures, random: random.unit())
    guard let after = failure.wait, after >= .milliseconds(1),
      after <= EngineSettings.longestCredibleWait
    else { return own }
    guard after <= settings.pace.maximumOutage else { return nil }
    return after < settings.pace.backOff ? own : after
  }

  static func tooLong(_ failure: CallFailure) -> String {
    guard let after = failure.wait else { return failure.message }
    return "the service asks to wait \(after.inWords)"
  }
}
