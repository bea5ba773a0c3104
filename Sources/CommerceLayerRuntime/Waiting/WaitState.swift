/// Decides whether and when to look again at work that goes on. Pure; time is handed in.
struct WaitState: Sendable {
  let options: WaitOptions
  private let start: Duration
  private var lastChange: Duration
  private var last: [String: [JSONValue?]] = [:]
  private var looks = 0

  init(_ options: WaitOptions, at now: Duration) {
    self.options = options
    (start, lastChange) = (now, now)
  }

  enum Decision: Sendable, Equatable {
    case lookAgain(after: Duration)
    case giveUp(String)
  }

  /// After a look.
  /// - Parameter states: what each piece of work looked like.
  mutating func looked(
    _ states: [String: [JSONValue?]], at now: Duration, random: Double, atLeast: Duration? = nil
  ) -> Decision {
    if states != last { (last, lastChange) = (states, now) }
    return next(at: now, random: random, atLeast: atLeast)
  }

  /// After a look that failed: nothing is known to have changed.
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
    let delay = max(options.delay(look: looks, random: random), atLeast ?? .zero)
    looks += 1
    return .lookAgain(after: min(delay, options.deadline - waited))
  }
}
