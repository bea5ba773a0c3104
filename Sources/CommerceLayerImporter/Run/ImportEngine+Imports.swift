extension ImportEngine {
  mutating func created(
    _ number: Int, _ remote: RemoteImport, _ now: Duration, _ effects: inout [EngineEffect]
  ) {
    contact(now)
    createFailures = 0
    effects.append(.notice(.created(chunk: number, id: remote.id)))
    run(number, remote, now)
  }

  /// The import exists: from now on it is polled.
  private mutating func run(_ number: Int, _ remote: RemoteImport, _ now: Duration) {
    guard var chunk = chunks[number] else { return }
    chunk.remote = remote
    chunk.isAsking = false
    chunk.failures = 0
    chunk.lastChange = now
    chunk.due = now
    chunk.phase = settings.terminal.contains(remote.status) ? .retrieving : .running
    chunks[number] = chunk
    lastProgress = now
    polls = 0
    // A poll that is far off would keep a quick import waiting.
    let soon = now + settings.pace.pollDelay(poll: 0, random: random.unit())
    pollAt = runningCount == 1 ? soon : min(pollAt, soon)
  }

  private var runningCount: Int { chunks.values.count { $0.phase == .running } }

  mutating func createFailed(
    _ number: Int, _ failure: CallFailure, _ now: Duration, _ effects: inout [EngineEffect]
  ) {
    guard var chunk = chunks[number] else { return }
    switch failure.kind {
    case .ambiguous:
      // Something took the request: there is a service, even if it sent nothing useful yet.
      hasContact = true
      chunk.phase = .reconciling(since: now, lookup: 0)
      chunk.due = now + (settings.pace.lookups.first ?? .zero)
      chunk.failures = 0
      chunks[number] = chunk
      effects.append(.notice(.lookingFor(chunk: number, failure.message)))
    case .rejected:
      contact(now)
      settle(number, .rejected(failure), &effects)
      if draining == nil { draining = .refused(failure.message) }
    case .tooLarge:
      contact(now)
      guard chunk.rows > 1 else {
        settle(number, .rejected(failure), &effects)
        if draining == nil { draining = .refused(failure.message) }
        return
      }
      chunks[number] = nil
      let first = nextNumber
      nextNumber += 2
      pendingReads += 2
      effects.append(.notice(.halved(chunk: number)))
      effects.append(.split(number, first: first, second: first + 1))
    case .input:
      settle(number, Self.leftOut(chunk, failure.message), &effects)
      if draining == nil { draining = .inputFailed(failure.message) }
    case .noRoom, .throttled, .transient, .denied, .foreign, .violation, .notFound, .cancelled:
      // None of these was processed, so the attempt does not count.
      chunk.phase = .ready
      chunks[number] = chunk
      if let delay = delay(after: failure, failures: createFailures, now, &effects) {
        createFailures += 1
        createPausedUntil = max(createPausedUntil, now + delay)
      }
    }
  }

  mutating func found(
    _ number: Int, _ imports: [RemoteImport], _ now: Duration, _ effects: inout [EngineEffect]
  ) {
    contact(now)
    guard var chunk = chunks[number] else { return }
    chunk.isAsking = false
    chunk.failures = 0
    chunks[number] = chunk
    switch chunk.phase {
    case .auditing:
      let others = imports.map(\.id).filter { $0 != chunk.remote?.id }
      end(number, duplicates: others.sorted(), &effects)
    case .reconciling(let since, let lookup):
      // The oldest, so that every later lookup adopts the same one.
      if let oldest = imports.min(by: { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) }) {
        effects.append(.notice(.adopted(chunk: number, id: oldest.id)))
        createFailures = 0
        run(number, oldest, now)
        // Further ones are duplicates; the audit finds them.
        if imports.count > 1 { chunks[number]?.attempt += 1 }
      } else if lookup + 1 < settings.pace.lookups.count {
        chunk.phase = .reconciling(since: since, lookup: lookup + 1)
        chunk.due = since + settings.pace.lookups[lookup + 1]
        chunks[number] = chunk
      } else {
        notFound(number, &effects)
      }
    case .ready, .creating, .running, .retrieving: break
    }
  }

  /// The import was looked for and is not there.
  private mutating func notFound(_ number: Int, _ effects: inout [EngineEffect]) {
    guard var chunk = chunks[number] else { return }
    guard settings.mayRepeat else {
      settle(
        number,
        .needsOperator(
          "it is unknown whether the import arrived; these rows have no key, so they are not sent again"
        ),
        &effects)
      return
    }
    guard chunk.attempt < EngineSettings.maximumAttempts else {
      settle(
        number,
        .needsOperator("\(chunk.attempt) attempts to create the import went unanswered"), &effects)
      return
    }
    chunk.attempt += 1
    chunk.phase = .ready
    chunks[number] = chunk
    effects.append(.notice(.sendingAgain(chunk: number)))
  }

  /// A lookup by reference or of one import failed.
  mutating func askingFailed(
    _ number: Int, _ failure: CallFailure, _ now: Duration, _ effects: inout [EngineEffect]
  ) {
    guard var chunk = chunks[number] else { return }
    chunk.isAsking = false
    if let delay = delay(after: failure, failures: chunk.failures, now, &effects) {
      chunk.failures += 1
      chunk.due = now + delay
    }
    chunks[number] = chunk
  }

  /// The import has ended and its logs are here.
  mutating func end(_ number: Int, duplicates: [String], _ effects: inout [EngineEffect]) {
    guard let remote = chunks[number]?.remote else { return }
    settle(
      number,
      .ended(remote, wasInterrupted: remote.status == "interrupted", duplicates: duplicates),
      &effects)
  }
}

extension ImportEngine {
  mutating func polled(
    _ imports: [RemoteImport], _ now: Duration, _ effects: inout [EngineEffect]
  ) {
    contact(now)
    pollFailures = 0
    let asked = polling ?? [:]
    polling = nil
    let states = Dictionary(imports.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    var changed = false
    for (number, id) in asked.sorted(by: { $0.key < $1.key }) {
      guard var chunk = chunks[number], chunk.phase == .running, var remote = chunk.remote else {
        continue
      }
      if let state = states[id] {
        chunk.misses = 0
        if remote.merge(state, terminal: settings.terminal) {
          changed = true
          chunk.lastChange = now
          chunk.remote = remote
        }
        if settings.terminal.contains(remote.status) { enter(.retrieving, &chunk, now) }
      } else {
        // One list may lag behind; missing twice, it is asked for by id.
        chunk.misses += 1
        if chunk.misses >= 2 { enter(.retrieving, &chunk, now) }
      }
      chunks[number] = chunk
      if chunk.phase == .running, now - chunk.lastChange >= settings.pace.stall {
        let reason = "it has shown no change for \((now - chunk.lastChange).inWords)"
        settle(number, .unknown(id: id, reason: reason), &effects)
        if draining == nil { draining = .gaveUp("import \(id): \(reason)") }
      }
    }
    if changed { lastProgress = now }
    polls = changed ? 0 : polls + 1
    pollAt = now + settings.pace.pollDelay(poll: polls, random: random.unit())
  }

  private func enter(_ phase: EngineChunk.Phase, _ chunk: inout EngineChunk, _ now: Duration) {
    chunk.phase = phase
    chunk.due = now
    chunk.failures = 0
    chunk.isAsking = false
  }

  mutating func pollFailed(
    _ failure: CallFailure, _ now: Duration, _ effects: inout [EngineEffect]
  ) {
    polling = nil
    if let delay = delay(after: failure, failures: pollFailures, now, &effects) {
      pollFailures += 1
      pollAt = now + delay
    }
  }

  mutating func retrieved(
    _ number: Int, _ remote: RemoteImport, _ now: Duration, _ effects: inout [EngineEffect]
  ) {
    contact(now)
    guard var chunk = chunks[number], chunk.phase == .retrieving, var known = chunk.remote else {
      return
    }
    let changed = known.merge(remote, terminal: settings.terminal)
    if changed { (chunk.lastChange, lastProgress) = (now, now) }
    chunk.remote = known
    chunk.isAsking = false
    chunk.failures = 0
    chunk.misses = 0
    if !settings.terminal.contains(known.status) {
      chunk.phase = .running
      chunks[number] = chunk
    } else if !settings.terminal.contains(remote.status) {
      // A stale copy: the end is known, its logs are not here yet.
      chunk.due = now + settings.pace.pollDelay(poll: 0, random: random.unit())
      chunks[number] = chunk
    } else if chunk.attempt > 1 {
      enter(.auditing, &chunk, now)
      chunks[number] = chunk
    } else {
      chunks[number] = chunk
      end(number, duplicates: [], &effects)
    }
  }
}
