/// Monotonic time and sleeping, injected so that tests need neither.
public struct TimeSource: Sendable {
  /// Time since some fixed point; never goes back.
  public let now: @Sendable () -> Duration
  /// Waits; throws when the task is cancelled.
  public let sleep: @Sendable (Duration) async throws -> Void

  /// A source of one's own.
  public init(
    now: @escaping @Sendable () -> Duration,
    sleep: @escaping @Sendable (Duration) async throws -> Void
  ) {
    self.now = now
    self.sleep = sleep
  }

  /// No time limit exceeds this: a year.
  static let longest: Duration = .seconds(366 * 86_400)

  /// The machine's continuous clock, which goes on while the machine sleeps.
  public static let continuous: TimeSource = {
    let start = ContinuousClock.now
    return TimeSource(
      now: { ContinuousClock.now - start },
      sleep: { try await Task.sleep(for: $0, clock: .continuous) })
  }()

  /// Runs `work` and cancels it after `limit`. What it returns all the same counts.
  /// - Throws: ``TransportError`` of kind `timeout`, or what `work` throws.
  package func limit<T: Sendable>(
    _ limit: Duration, _ work: @escaping @Sendable () async throws -> T
  ) async throws -> T {
    try await withThrowingTaskGroup(of: T?.self) { group in
      group.addTask { try await work() }
      group.addTask {
        try await sleep(limit)
        return nil
      }
      defer { group.cancelAll() }
      if let first = try await group.next(), let value = first { return value }
      // Whatever ended in the very moment the time was over has ended, and is not lost.
      group.cancelAll()
      if let late = await group.nextResult(), case .success(let value?) = late { return value }
      throw TransportError(.timeout, "no complete response within \(limit)")
    }
  }
}
