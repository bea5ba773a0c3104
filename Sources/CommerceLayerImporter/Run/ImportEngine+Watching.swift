extension ImportEngine {
  mutating func polled(
    _ imports: [RemoteImport], _ now: Duration, _ effects: inout [EngineEffect]
  ) {
    contact(now)
    pollFailures = 0
    let asked = polling ?? [:]
    polling = nil
    let answers = Dictionary(imports.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    var changed = false
    for (number, id) in asked.sorted(by: { $0.key < $1.key }) {
      guard var chunk = chunks[number], chunk.phase == .running, var remote = chunk.remote else {
        continue
      }
      if let answer = answers[id] {
        chunk.misses = 0
        if remote.merge(answer, terminal: settings.terminal) {
          changed = true
          chunk.lastChange = now
          chunk.remote = remote
        }
        if settings.terminal.contains(remote.status) { enter(.retrieving, &chunk, now) }
      } else {
        // One list may lag behind; gone twice, it is asked for by name.
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
    looks = changed ? 0 : looks + 1
    pollAt = now + settings.pace.pollDelay(look: looks, random: random.unit())
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
      chunk.due = now + settings.pace.pollDelay(look: 0, random: random.unit())
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
