// MARK: - Creating

extension ImportEngine {
  mutating func created(
    _ number: Int, _ remote: RemoteImport, _ now: Duration, _ effects: inout [EngineEffect]
  ) {
    contact(now)
    guard chunks[number] != nil else { return }
    (createFailures, lastCreateFailure) = (0, nil)
    effects.append(.notice(.created(chunk: number, id: remote.id)))
    record([.created(number, id: remote.id)], &effects)
    run(number, remote, now)
  }

  /// An import of the chunk was found that exists already. The oldest of several, so that every later
  /// lookup adopts the same one; the others hold the same rows.
  private mutating func adopt(
    _ number: Int, _ imports: [RemoteImport], _ now: Duration, _ effects: inout [EngineEffect]
  ) -> Bool {
    guard let oldest = imports.min(by: { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) }) else {
      return false
    }
    (createFailures, lastCreateFailure) = (0, nil)
    effects.append(.notice(.adopted(chunk: number, id: oldest.id)))
    record([.created(number, id: oldest.id)], &effects)
    if !settings.mutations.contains(.noDedupe) {
      chunks[number]?.duplicates = imports.map(\.id).filter { $0 != oldest.id }.sorted()
    }
    run(number, oldest, now)
    return true
  }

  /// The import exists: from now on it is polled.
  mutating func run(_ number: Int, _ remote: RemoteImport, _ now: Duration) {
    guard var chunk = chunks[number] else { return }
    chunk.remote = remote
    chunk.isAsking = false
    chunk.failures = 0
    chunk.lastChange = now
    chunk.due = now
    chunk.phase = settings.terminal.contains(remote.status) ? .retrieving : .running
    chunks[number] = chunk
    progress(now)
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
    lastCreateFailure = failure
    if !failure.isUnsent { lastRejection = now }
    chunk.failures = 0
    let looksUp = !settings.mutations.contains(.noLookup)
    if failure.kind == .ambiguous {
      // Something took the request: there is a service, even if it sent nothing useful yet.
      hasContact = true
      chunk.doubts += 1
      chunk.phase = .reconciling(since: now, lookup: 0)
      chunk.due = now + (settings.pace.lookups.first ?? .zero)
      chunks[number] = chunk
      effects.append(.notice(.lookingFor(chunk: number, failure.message)))
      if !looksUp { notFound(number, &effects) }
    } else if failure.isUnsent || !looksUp {
      notCreated(number, failure, now, &effects)
    } else {
      // The response says that it was not created, which does not prove it.
      chunk.phase = .confirming(failure)
      chunk.due = now
      chunks[number] = chunk
    }
  }

  /// The create failed, and no import is there.
  private mutating func notCreated(
    _ number: Int, _ failure: CallFailure, _ now: Duration, _ effects: inout [EngineEffect]
  ) {
    guard var chunk = chunks[number] else { return }
    if !chunk.mayExist { record([.notCreated(number, attempt: chunk.attempt)], &effects) }
    chunk.phase = .ready
    chunk.isAsking = false
    chunk.failures = 0
    switch failure.kind {
    case .unauthenticated: chunk.tokenRejections += 1
    default: chunk.tokenRejections = 0
    }
    chunks[number] = chunk
    switch failure.kind {
    case .rejected: reject(number, failure, now, &effects)
    case .tooLarge:
      contact(now)
      guard chunk.rows > 1 else { return reject(number, failure, now, &effects) }
      chunks[number] = nil
      let first = nextPart
      nextPart += 2
      pendingReads += 2
      partOrders[first] = chunk.order + [0]
      partOrders[first + 1] = chunk.order + [1]
      parts[number] = [first, first + 1]
      effects.append(.notice(.halved(chunk: number)))
      record([.split(number, first: first, second: first + 1)], &effects)
      effects.append(.split(number, first: first, second: first + 1))
    case .denied:
      guard hasContact else { return stop(.denied(failure.message), now) }
      drain(.denied(failure.message))
    case .unauthenticated:
      guard hasContact else { return stop(.denied(failure.message), now) }
      // The token is renewed for the next attempt; that one being rejected too says enough.
      guard chunk.tokenRejections < 2 else { return drain(.denied(failure.message)) }
    case .cancelled: stop(.stopped, now)
    case .input: drain(.inputFailed(failure.message))
    case .noRoom, .throttled, .transient, .foreign, .violation, .notFound, .ambiguous:
      pauseCreates(after: failure, now, &effects)
    }
  }

  /// Nothing is created for a while.
  private mutating func pauseCreates(
    after failure: CallFailure, _ now: Duration, _ effects: inout [EngineEffect]
  ) {
    switch failure.kind {
    case .noRoom, .throttled: hasContact = true
    default: break
    }
    guard hasContact else { return stop(failure.ending, now) }
    guard let delay = waitingTime(after: failure, failures: createFailures) else {
      return drain(.gaveUp(Self.tooLong(failure)))
    }
    createFailures += 1
    createPausedUntil = max(createPausedUntil, now + delay)
    switch failure.kind {
    case .noRoom: effects.append(.notice(.waitingForRoom(delay)))
    case .throttled: effects.append(.notice(.throttled(delay)))
    default: effects.append(.notice(.retrying(failure.message, delay)))
    }
  }

  private mutating func reject(
    _ number: Int, _ failure: CallFailure, _ now: Duration, _ effects: inout [EngineEffect]
  ) {
    contact(now)
    let mayExist = chunks[number]?.mayExist ?? false
    conclude(
      number,
      mayExist
        ? .needsOperator(
          "it is unknown whether an earlier request to create it arrived; the last one was rejected: \(failure.message)"
        ) : .rejected(failure), &effects)
    drain(.createRejected(failure.message))
  }
}

// MARK: - Looking for imports

extension ImportEngine {
  mutating func found(
    _ number: Int, _ imports: [RemoteImport], _ now: Duration, _ effects: inout [EngineEffect]
  ) {
    contact(now)
    guard var chunk = chunks[number] else { return }
    chunk.isAsking = false
    chunk.failures = 0
    chunks[number] = chunk
    switch chunk.phase {
    case .confirming(let failure):
      if !adopt(number, imports, now, &effects) { notCreated(number, failure, now, &effects) }
    case .reconciling(let since, let lookup):
      // It may be that of an earlier attempt, which was rejected and created all the same.
      if chunk.attempt > 1, !imports.isEmpty { chunks[number]?.isSentAgain = true }
      if adopt(number, imports, now, &effects) { return }
      if lookup + 1 < settings.pace.lookups.count {
        chunk.phase = .reconciling(since: since, lookup: lookup + 1)
        chunk.due = since + settings.pace.lookups[lookup + 1]
        chunks[number] = chunk
      } else {
        notFound(number, &effects)
      }
    case .ready, .intending, .creating, .running, .retrieving: break
    }
  }

  /// The import was looked for and is not there.
  private mutating func notFound(_ number: Int, _ effects: inout [EngineEffect]) {
    guard var chunk = chunks[number] else { return }
    guard settings.mayRepeat || settings.mutations.contains(.noLookup) else {
      conclude(
        number,
        .needsOperator(
          "it is unknown whether the import arrived; these rows have no key, so they are not sent again"
        ),
        &effects)
      return
    }
    guard chunk.doubts < EngineSettings.maximumAttempts else {
      conclude(
        number,
        .needsOperator("\(chunk.doubts) attempts to create the import got no response"), &effects)
      return
    }
    chunk.mayExist = true
    chunk.phase = .ready
    chunks[number] = chunk
    effects.append(.notice(.sendingAgain(chunk: number)))
  }

  mutating func lookupFailed(
    _ number: Int, _ failure: CallFailure, _ now: Duration, _ effects: inout [EngineEffect]
  ) {
    guard let chunk = chunks[number] else { return }
    if case .confirming(let first) = chunk.phase, !hasContact {
      // Nothing that responds here ever was the service: what the first response said counts.
      chunks[number]?.phase = .ready
      stop(first.ending, now)
      return
    }
    askingFailed(number, failure, now, &effects)
  }

  /// A lookup by reference or of one import failed.
  private mutating func askingFailed(
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
}

// MARK: - Watching imports

extension ImportEngine {
  mutating func polled(
    _ imports: [RemoteImport], _ now: Duration, _ effects: inout [EngineEffect]
  ) {
    contact(now)
    (pollFailures, oddPolls) = (0, 0)
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
        let moved = remote.merge(state, terminal: settings.terminal)
        chunk.remote = remote
        if moved {
          changed = true
          chunk.lastChange = now
        }
        if settings.terminal.contains(remote.status) { enter(.retrieving, &chunk, now) }
      } else {
        // One list may lag behind; missing twice, it is asked for by id.
        chunk.misses += 1
        if chunk.misses >= 2 { enter(.retrieving, &chunk, now) }
      }
      chunks[number] = chunk
      abandonPending(number, id, now, &effects)
    }
    if changed { progress(now) }
    polls = changed ? 0 : polls + 1
    pollAt = now + settings.pace.pollDelay(poll: polls, random: random.unit())
  }

  /// What a test has the engine do wrong.
  private mutating func abandonPending(
    _ number: Int, _ id: String, _ now: Duration, _ effects: inout [EngineEffect]
  ) {
    guard settings.mutations.contains(.stallOnPending), let chunk = chunks[number],
      chunk.phase == .running, now - chunk.lastChange >= settings.pace.stall
    else { return }
    conclude(number, .unknown(id: id, reason: "it has shown no change"), &effects)
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
    oddPolls = failure.isOdd ? oddPolls + 1 : 0
    guard let delay = delay(after: failure, failures: pollFailures, now, &effects) else { return }
    pollFailures += 1
    pollAt = now + delay
    guard oddPolls >= 2 else { return }
    // What is odd of one import must not hide the others: each is asked for by itself.
    for var chunk in ordered where chunk.phase == .running {
      enter(.retrieving, &chunk, now)
      chunks[chunk.number] = chunk
    }
  }

  mutating func retrieveFailed(
    _ number: Int, _ failure: CallFailure, _ now: Duration, _ effects: inout [EngineEffect]
  ) {
    guard var chunk = chunks[number], let id = chunk.remote?.id else { return }
    if failure.kind == .notFound {
      // A copy that lags behind does not know it either: only twice, with time between, it is gone.
      var gone = chunk.gone ?? (now, 0)
      gone.times += 1
      chunk.gone = gone
      if hasContact, gone.times >= 2, now - gone.since >= settings.pace.lookups.last ?? .zero {
        contact(now)
        conclude(number, .lost(id: id), &effects)
        return
      }
      hasContact = true
      chunk.isAsking = false
      chunk.due = now + settings.pace.pollDelay(poll: gone.times, random: random.unit())
      chunks[number] = chunk
      return
    }
    if failure.isOdd, hasContact {
      // What is wrong with one import is not an outage of the service.
      let since = chunk.oddSince ?? now
      if now - since >= settings.pace.maximumOutage {
        let reason =
          "no response about it could be read for \((now - since).inWords): \(failure.message)"
        conclude(number, .unknown(id: id, reason: reason), &effects)
        return
      }
      let delay = settings.pace.backOffDelay(failure: chunk.failures, random: random.unit())
      chunk.oddSince = since
      chunk.isAsking = false
      chunk.failures += 1
      chunk.due = now + delay
      chunks[number] = chunk
      effects.append(.notice(.retrying(failure.message, delay)))
      return
    }
    askingFailed(number, failure, now, &effects)
  }

  mutating func retrieved(
    _ number: Int, _ remote: RemoteImport, _ now: Duration, _ effects: inout [EngineEffect]
  ) {
    contact(now)
    guard var chunk = chunks[number], chunk.phase == .retrieving, var known = chunk.remote else {
      return
    }
    let wasOver = settings.terminal.contains(known.status)
    if known.merge(remote, terminal: settings.terminal) {
      chunk.lastChange = now
      progress(now)
    }
    chunk.remote = known
    chunk.isAsking = false
    chunk.failures = 0
    chunk.misses = 0
    chunk.gone = nil
    chunk.oddSince = nil
    if !wasOver, !settings.terminal.contains(known.status) {
      chunk.phase = .running
      chunks[number] = chunk
    } else if !settings.terminal.contains(remote.status) {
      // A stale copy: the end is known, its logs are not here yet.
      var stale = chunk.stale ?? (now, 0)
      stale.times += 1
      chunk.stale = stale
      chunk.due = now + settings.pace.pollDelay(poll: stale.times, random: random.unit())
      chunks[number] = chunk
      if now - stale.since >= settings.pace.stall {
        end(
          number, now,
          notes: [
            "its log stayed behind its state for \((now - stale.since).inWords): which rows failed is not known"
          ], &effects)
      }
    } else {
      chunks[number] = chunk
      end(number, now, notes: [], &effects)
    }
  }

  /// The import has ended and its logs are here.
  private mutating func end(
    _ number: Int, _ now: Duration, notes: [String], _ effects: inout [EngineEffect]
  ) {
    guard let chunk = chunks[number], var remote = chunk.remote else { return }
    let wasInterrupted = remote.status == "interrupted"
    var notes = notes
    var together: [EngineRecord] = []
    if chunk.isSentAgain, !settings.isIdempotent {
      notes.append(
        "a request to create it had no response: should it still arrive, its rows are imported twice"
      )
    }
    if let index = chunk.tailStart {
      remote.inputsSize = index
      notes.append(Self.sentAgain(chunk.rows - index))
    } else if let index = continuation(of: chunk, remote) {
      let other = nextPart
      nextPart += 1
      pendingReads += 1
      partOrders[other] = chunk.order + [1]
      together = [.continued(number, from: index, as: other)]
      effects.append(.continueTail(number, from: index, as: other))
      remote.inputsSize = index
      notes.append(Self.sentAgain(chunk.rows - index))
    }
    conclude(
      number,
      .ended(remote, wasInterrupted: wasInterrupted, duplicates: chunk.duplicates, notes: notes),
      together: together, &effects)
  }

  private static func sentAgain(_ rows: Int) -> String {
    "the \(ImportPlan.rows(rows)) it did not come to were sent again"
  }

  /// The index of the first row that an interrupted import did not come to, where the rule on errors
  /// interrupted it and its counts leave no doubt; nil otherwise.
  private func continuation(of chunk: EngineChunk, _ remote: RemoteImport) -> Int? {
    guard settings.continueInterrupted, draining == nil, stopping == nil, !journalIsBroken,
      remote.status == "interrupted", chunk.isFlat, chunk.duplicates.isEmpty, !chunk.mayExist,
      remote.inputsSize == chunk.rows, remote.consumed > 0, remote.consumed < chunk.rows,
      remote.mostConsumed <= remote.consumed, remote.errorsCount * 10 > chunk.rows
    else { return nil }
    return remote.consumed
  }
}

// MARK: - The audit

extension ImportEngine {
  mutating func audited(
    _ imports: [Int: [String]], _ now: Duration, _ effects: inout [EngineEffect]
  ) {
    contact(now)
    audit = .done
    guard !settings.mutations.contains(.noDedupe) else { return }
    for (whole, ids) in imports.sorted(by: { $0.key < $1.key }) {
      for number in leaves(of: whole) {
        guard let known = concludedImports[number] else { continue }
        let others = ids.filter { $0 != known }.sorted()
        guard !others.isEmpty else { continue }
        record([.duplicates(number, others)], &effects)
        effects.append(.duplicates(number, others))
      }
    }
  }

  /// The chunks that a chunk became: a response that called it too large may have been wrong.
  private func leaves(of number: Int) -> [Int] {
    guard let halves = parts[number] else { return [number] }
    return halves.flatMap(leaves)
  }

  mutating func auditFailed(
    _ failure: CallFailure, _ now: Duration, _ effects: inout [EngineEffect]
  ) {
    auditFailures += 1
    guard auditFailures < EngineSettings.maximumAudits,
      let delay = waitingTime(after: failure, failures: auditFailures), stopping == nil
    else {
      audit = .done
      leavesWork = true
      effects.append(.notAudited(failure.message))
      return
    }
    audit = .due(now + delay)
    effects.append(.notice(.retrying(failure.message, delay)))
  }
}
