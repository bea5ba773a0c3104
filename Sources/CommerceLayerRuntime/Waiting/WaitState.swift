/// Decides whether and when to poll work that goes on again. Pure; time is handed in.
struct WaitState: Sendable {
  let options: WaitOptions
  private let start: Duration
  private var lastChange: Duration
  private var last: [String: [JSONValue?]] = [:]
  private var polls = 0

  init(_ options: WaitOptions, at now: Duration) {
    self.options = options
    (start, lastChange) = (now, now)
  }

  enum Decision: Sendable, Equatable {
    case pollAgain(after: Duration)
    case giveUp(String)
  }

  /// After a poll.
  /// - Parameter states: the state of each piece of work.
  mutating func polled(
    _ states: [String: [JSONValue?]], at now: Duration, random: Double, atLeast: Duration? = nil
  ) -> Decision {
    if states != last { (last, lastChange) = (states, now) }
    return next(at: now, random: random, atLeast: atLeast)
  }

  /// After a poll that failed: nothing is known to have changed.
  mutating func failed(
    at now: Duration, random: Double, atLeast: Duration? = nil
  ) -> Decision { next(at: now, random: random, atLeast: atLeast) }

  private mutating func next(
    at now: Duration, random: Double, atLeast: Duration?
  ) -> Decision {
    let waited = now - start
    if waited >= options.deadline { return .giveUp("it has not ended after \(waited)") }
    if now - lastChange >= options.stall {
      return .giveUp("nothing has changed for \(now - lastChange)")
    }
    let delay = max(options.delay(poll: polls, random: random), atLeast ?? .zero)
    polls += 1
    return .pollAgain(after: min(delay, options.deadline - waited))
  }
}
