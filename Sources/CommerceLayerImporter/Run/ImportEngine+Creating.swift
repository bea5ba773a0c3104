extension ImportEngine {
  mutating func created(
    _ number: Int, _ remote: RemoteImport, _ now: Duration, _ effects: inout [EngineEffect]
  ) {
    contact(now)
    createFailures = 0
    effects.append(.notice(.created(chunk: number, id: remote.id)))
    run(number, remote, now)
  }

  /// The import exists: from now on it is looked at.
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
    looks = 0
    // A look that is far off would keep a quick import waiting.
    let soon = now + settings.pace.pollDelay(look: 0, random: random.unit())
    pollAt = runningCount == 1 ? soon : min(pollAt, soon)
  }

  private var runningCount: Int { chunks.values.count { $0.phase == .running } }

  mutating func createFailed(
    _ number: Int, _ failure: CallFailure, _ now: Duration, _ effects: inout [EngineEffect]
  ) {
    guard var chunk = chunks[number] else { return }
    switch failure.kind {
    case .ambiguous:
      // Something took the request: there is a service, even if it answered nothing useful yet.
      hasContact = true
      chunk.phase = .reconciling(since: now, look: 0)
      chunk.due = now + (settings.pace.lookups.first ?? .zero)
      chunk.failures = 0
      chunks[number] = chunk
      effects.append(.notice(.lookingFor(chunk: number, failure.message)))
    case .refused:
      contact(now)
      settle(number, .refused(failure), &effects)
      if draining == nil { draining = .refused(failure.message) }
    case .tooLarge:
      contact(now)
      guard chunk.rows > 1 else {
        settle(number, .refused(failure), &effects)
        if draining == nil { draining = .refused(failure.message) }
        return
      }
      chunks[number] = nil
      let first = nextNumber
      nextNumber += 2
      pendingReads += 2
      effects.append(.notice(.halved(chunk: number)))
      effects.append(.split(number, first: first, second: first + 1))
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
    case .reconciling(let since, let look):
      // The oldest, so that every later look adopts the same one.
      if let oldest = imports.min(by: { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) }) {
        effects.append(.notice(.adopted(chunk: number, id: oldest.id)))
        createFailures = 0
        run(number, oldest, now)
        // Further ones are duplicates; the audit finds them.
        if imports.count > 1 { chunks[number]?.attempt += 1 }
      } else if look + 1 < settings.pace.lookups.count {
        chunk.phase = .reconciling(since: since, look: look + 1)
        chunk.due = since + settings.pace.lookups[look + 1]
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

  /// A look by reference or for one import failed.
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

  /// The import is over and its logs are here.
  mutating func end(_ number: Int, duplicates: [String], _ effects: inout [EngineEffect]) {
    guard let remote = chunks[number]?.remote else { return }
    settle(
      number,
      .ended(remote, wasInterrupted: remote.status == "interrupted", duplicates: duplicates),
      &effects)
  }
}
