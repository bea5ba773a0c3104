import CommerceLayerRuntime
import Logging
import Synchronization

/// Runs the processor: in the background at the configured pace, or when asked to.
final class ImportRunner: Sendable {
  /// Batches of a paced run: 10 a second, so that progress is seen to move.
  static let batchesPerSecond = 10

  /// How often work that failed is tried again before it waits for the next request, and the pause
  /// before.
  private static let attempts = 10
  private static let pause: Duration = .seconds(1)

  fileprivate struct State {
    var task: Task<Void, Never>?
    /// Work came in since the background task last looked.
    var isWanted = false
    var isStopped = false
    /// When the work goes on that waits for its pace; nil while it works.
    var pause: Duration?
    /// Who waits for the next pause, or for the end of the work.
    var waiting: [AsyncStream<Never>.Continuation] = []
  }

  private let processor: ImportProcessor
  private let pace: SandboxConfiguration.Pace
  private let clock: SandboxClock
  private let logger: Logger?
  private let state = Mutex(State())

  init(
    processor: ImportProcessor, pace: SandboxConfiguration.Pace, clock: SandboxClock,
    logger: Logger?
  ) {
    self.processor = processor
    self.pace = pace
    self.clock = clock
    self.logger = logger
  }

  /// Tells that there may be work.
  func wake() {
    guard pace != .manual else { return }
    state.withLock { state in
      state.isWanted = true
      guard state.task == nil, !state.isStopped else { return }
      state.task = Task { await self.work() }
    }
  }

  /// Ends the background work after the batch in hand.
  func stop() {
    state.withLock { state in
      state.isStopped = true
      state.task?.cancel()
      state.tellWaiting()
    }
  }

  /// Consumes up to `rows` rows of whatever imports are next.
  /// - Returns: how many were consumed.
  func step(rows: Int) async throws -> Int {
    var done = 0
    while true {
      let step = try await processor.step(limit: rows - done)
      done += step.rows
      guard step.didWork, done < rows else { return done }
    }
  }

  /// Processes until nothing is left.
  func drain() async throws {
    while try await processor.step(limit: .max).didWork {}
  }

  private func work() async {
    var failures = 0
    while state.withLock({ state in
      if state.isWanted, !state.isStopped {
        state.isWanted = false
        return true
      }
      state.task = nil
      state.tellWaiting()
      return false
    }) {
      do {
        while try await batch() { try Task.checkCancellation() }
      } catch is CancellationError {
        continue
      } catch {
        logger?.error("processing failed and is tried again", metadata: ["error": "\(error)"])
        failures += 1
        guard failures < Self.attempts else { continue }
        try? await pause(Self.pause)
        state.withLock { $0.isWanted = true }
      }
    }
  }

  private func batch() async throws -> Bool {
    guard case .rows(let perSecond) = pace else {
      return try await processor.step(limit: .max).didWork
    }
    let rate = max(1, perSecond)
    let step = try await processor.step(limit: max(1, rate / Self.batchesPerSecond))
    if step.rows > 0 { try await pause(.seconds(1) * step.rows / rate) }
    return step.didWork
  }

  private func pause(_ duration: Duration) async throws {
    let end = clock.elapsed + duration
    state.withLock { state in
      state.pause = end
      state.tellWaiting()
    }
    defer { state.withLock { $0.pause = nil } }
    try await clock.sleep(until: end)
  }

  // MARK: - Moving the clock

  /// Waits while work is in hand.
  /// - Returns: When the work that is paused goes on; nil when there is none, or the task is cancelled.
  func nextPause() async -> Duration? {
    while !Task.isCancelled {
      let (changes, continuation) = AsyncStream.makeStream(of: Never.self)
      let isWorking = state.withLock { state in
        let isWorking = state.task != nil && state.pause == nil && !state.isStopped
        if isWorking { state.waiting.append(continuation) }
        return isWorking
      }
      guard isWorking else { break }
      for await _ in changes {}
    }
    return state.withLock { $0.isStopped ? nil : $0.pause }
  }

  /// Says that the clock is moved to the end of a pause: the work counts as in hand from now on.
  /// - Returns: Whether the work pauses until then.
  func endPause(until end: Duration) -> Bool {
    state.withLock { state in
      guard state.pause == end else { return false }
      state.pause = nil
      return true
    }
  }
}

extension ImportRunner.State {
  fileprivate mutating func tellWaiting() {
    for continuation in waiting { continuation.finish() }
    waiting = []
  }
}
