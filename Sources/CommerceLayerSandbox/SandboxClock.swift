import CommerceLayerRuntime
public import Foundation
import Synchronization

/// The clock of a sandbox. It runs with the machine's or stands still, and can be moved forward:
/// ``Sandbox/advance(by:)``.
///
/// The expiry of tokens and of the URLs of files, rate limits, timestamps and the pace of imports go by it.
/// What limits real work, such as the time limit of a list, goes by the machine's clock.
public final class SandboxClock: Sendable {
  /// The longest time by which it moves at once: 10 years.
  static let longestAdvance: Duration = .seconds(10 * 366 * 86_400)

  private struct State {
    /// What it is ahead of its sources; negative after it has stood still.
    var offset = Duration.zero
    /// What the sources said when it was stopped; nil while it runs.
    var stopped: (time: Duration, date: Date)?
    /// Where moves that have begun lead to.
    var goal = Duration.zero
    /// Tells sleepers that it was moved, started or stopped.
    var sleepers: [Int: AsyncStream<Never>.Continuation] = [:]
    var nextSleeper = 0
  }

  private let time: TimeSource
  private let date: @Sendable () -> Date
  private let state = Mutex(State())

  /// - Parameters:
  ///   - time: The monotonic time it runs by.
  ///   - date: The wall clock it runs by.
  init(time: TimeSource, date: @escaping @Sendable () -> Date, isRunning: Bool) {
    self.time = time
    self.date = date
    if !isRunning { stop() }
  }

  /// The time of `created_at` and the like.
  public var now: Date {
    state.withLock { state in
      (state.stopped?.date ?? date()).addingTimeInterval(state.offset / .seconds(1))
    }
  }

  /// The monotonic time, since some fixed point.
  public var elapsed: Duration { state.withLock { elapsed($0) } }

  /// Whether it runs with the machine's clock.
  public var isRunning: Bool { state.withLock { $0.stopped == nil } }

  private func elapsed(_ state: State) -> Duration {
    (state.stopped?.time ?? time.now()) + state.offset
  }

  /// Lets it stand still. Nothing happens if it does.
  public func stop() {
    change { state in
      if state.stopped == nil { state.stopped = (time.now(), date()) }
    }
  }

  /// Lets it run from where it stands. Nothing happens if it runs.
  public func start() {
    change { state in
      guard let stopped = state.stopped else { return }
      state.offset -= time.now() - stopped.time
      state.stopped = nil
    }
  }

  /// The time that a move by `duration` leads to; moves that begin at the same time add up.
  func goal(after duration: Duration) -> Duration {
    state.withLock { state in
      state.goal = max(state.goal, elapsed(state)) + duration
      return state.goal
    }
  }

  /// Moves it forward to a time, or not at all when that has passed.
  func move(to time: Duration) {
    change { state in
      let missing = time - elapsed(state)
      if missing > .zero { state.offset += missing }
    }
  }

  /// As the source of time of what belongs to the sandbox.
  var source: TimeSource {
    TimeSource(
      now: { [self] in elapsed },
      sleep: { [self] duration in try await sleep(until: elapsed + duration) })
  }

  /// Waits until a time has come, by itself or by a move.
  func sleep(until deadline: Duration) async throws {
    while true {
      try Task.checkCancellation()
      let (changes, continuation) = AsyncStream.makeStream(of: Never.self)
      let (id, missing, isRunning) = state.withLock { state in
        state.nextSleeper += 1
        state.sleepers[state.nextSleeper] = continuation
        return (state.nextSleeper, deadline - elapsed(state), state.stopped == nil)
      }
      defer { state.withLock { _ = $0.sleepers.removeValue(forKey: id) } }
      if missing <= .zero { return }
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { for await _ in changes {} }
        if isRunning { group.addTask { [time] in try await time.sleep(missing) } }
        defer { group.cancelAll() }
        try await group.next()
      }
    }
  }

  private func change(_ body: (inout State) -> Void) {
    let sleepers = state.withLock { state in
      body(&state)
      defer { state.sleepers = [:] }
      return state.sleepers.values
    }
    for sleeper in sleepers { sleeper.finish() }
  }
}

extension Sandbox {
  /// Moves the clock forward. What is due meanwhile happens at its time and is done when this returns:
  /// paced imports go on as if the time had passed.
  /// - Parameter duration: Up to 10 years; a negative one counts as zero.
  public func advance(by duration: Duration) async {
    let goal = clock.goal(after: min(max(duration, .zero), SandboxClock.longestAdvance))
    while let due = await runner?.nextPause(), due <= goal, !Task.isCancelled {
      guard runner?.endPause(until: due) == true else { continue }
      clock.move(to: due)
    }
    clock.move(to: goal)
  }
}
