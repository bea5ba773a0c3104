/// How to wait for asynchronous work.
///
/// The first poll is at once, the second after 2 s; the interval grows by half each time up to 15 s,
/// times a random 0.9…1.1, and is never under 1 s. There is always a deadline.
///
///     var options = WaitOptions()
///     options.deadline = .seconds(600)
///     let done = try await client.imports.wait(for: job, options: options) { seen in
///       print(seen.processedCount ?? 0)
///     }
///     print(done.errorsCount ?? 0)
public struct WaitOptions: Sendable, Hashable {
  /// The first interval.
  public var interval: Duration = .seconds(2)
  /// What the interval is multiplied with.
  public var growth = 1.5
  /// The longest interval.
  public var maximumInterval: Duration = .seconds(15)
  /// No interval is shorter, jitter included.
  public var minimumInterval: Duration = .seconds(1)
  /// How long to wait at most: 1 h. An import of 10 000 rows takes minutes.
  public var deadline: Duration = .seconds(3600)
  /// How long nothing may change: 15 min.
  public var stall: Duration = .seconds(900)

  /// How far jitter moves an interval either way, as a share of it.
  static let jitter = 0.1

  /// The default way.
  public init() {}

  /// The time until the next poll; pure.
  func delay(poll: Int, random: Double) -> Duration {
    var full = interval
    for _ in 0..<min(poll, 64) where full < maximumInterval { full = full * growth }
    return max(
      minimumInterval, min(full, maximumInterval) * (1 - Self.jitter + 2 * Self.jitter * random))
  }

  /// - Throws: an error of kind `invalidInput`: nothing waits for nothing, backwards or for ever.
  func validate() throws(CommerceLayerError) {
    let durations = [
      ("interval", interval), ("maximumInterval", maximumInterval),
      ("minimumInterval", minimumInterval), ("deadline", deadline), ("stall", stall),
    ]
    for (name, duration) in durations {
      guard duration > .zero, duration <= TimeSource.longest else {
        throw CommerceLayerError(
          .invalidInput, "'\(name)' is more than nothing and at most a year, not \(duration)")
      }
    }
    guard growth.isFinite, (1...100).contains(growth) else {
      throw CommerceLayerError(.invalidInput, "'growth' is 1 to 100, not \(growth)")
    }
    guard minimumInterval <= maximumInterval else {
      throw CommerceLayerError(
        .invalidInput, "'minimumInterval' is not longer than 'maximumInterval'")
    }
  }
}

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
