/// When a failed attempt is repeated, and how long to wait before.
///
/// - Two retries, that is three attempts.
/// - Transient failures wait `min(0.5 s · 2ⁿ, 8 s)`, throttled ones `min(1 s · 2ⁿ, 8 s)`, times a
///   random 0.75…1.
/// - `Retry-After` is obeyed up to 120 s; a longer one fails at once and tells how long.
/// - A request that may have been processed is repeated only when doing it twice is harmless.
/// - All retries of a client and its copies draw on one retry budget.
public struct RetryPolicy: Sendable, Hashable {
  /// Attempts after the first.
  public var maximumRetries = 2
  /// The first transient delay.
  public var base: Duration = .milliseconds(500)
  /// The first delay after the service had too many requests.
  public var throttledBase: Duration = .seconds(1)
  /// The longest delay of our own choosing.
  public var maximumDelay: Duration = .seconds(8)
  /// The longest `Retry-After` that is obeyed.
  public var maximumRetryAfter: Duration = .seconds(120)

  /// The default policy.
  public init() {}

  /// - Throws: an error of kind `configuration` when a number makes no sense.
  func validate() throws(CommerceLayerError) {
    let year: Duration = .seconds(366 * 86_400)
    let durations = [base, throttledBase, maximumDelay, maximumRetryAfter]
    guard maximumRetries >= 0, durations.allSatisfy({ $0 >= .zero && $0 <= year }) else {
      throw CommerceLayerError(
        .configuration, "a retry policy's numbers are not negative, and no delay exceeds a year")
    }
  }

  /// Never repeats anything.
  public static var never: RetryPolicy {
    var policy = RetryPolicy()
    policy.maximumRetries = 0
    return policy
  }

  /// What to do, and why.
  package struct Decision: Sendable, Equatable {
    /// nil: give up.
    package let delay: Duration?
    /// Why there is a retry, or none.
    package let reason: String
    /// Whether the service had too many requests.
    var isThrottled = false
  }

  /// Decides on another attempt at a request that only reads; pure.
  /// - Parameters:
  ///   - attempt: Attempts made so far, from 1.
  ///   - random: 0..<1.
  package func decide(reading result: AttemptResult, attempt: Int, random: Double) -> Decision {
    decide(result, attempt: attempt, isIdempotent: true, random: random)
  }

  /// Decides on another attempt; pure.
  /// - Parameters:
  ///   - outcome: What became of the call so far.
  ///   - attempt: Attempts made so far, from 1.
  ///   - random: 0..<1.
  func decide(
    _ result: AttemptResult, _ outcome: CallOutcome? = nil, attempt: Int, isIdempotent: Bool,
    random: Double
  ) -> Decision {
    let outcome = outcome ?? CallOutcome(result)
    guard result.mayPass else {
      return Decision(delay: nil, reason: "\(outcome.reason), which a retry does not change")
    }
    if case .unknown(let reason) = outcome, !isIdempotent {
      return Decision(delay: nil, reason: "\(reason), and twice would not be harmless")
    }
    guard attempt <= maximumRetries else {
      return Decision(delay: nil, reason: "\(attempt) attempts failed")
    }
    let isThrottled = result.isThrottled
    if let retryAfter = result.retryAfter {
      guard retryAfter <= maximumRetryAfter else {
        return Decision(
          delay: nil, reason: "the service asks to wait \(retryAfter), which is too long")
      }
      return Decision(
        delay: retryAfter, reason: "the service asks to wait \(retryAfter)",
        isThrottled: isThrottled)
    }
    let factor = 1 << min(attempt - 1, 20)
    let full = min((isThrottled ? throttledBase : base) * factor, maximumDelay)
    return Decision(
      delay: full * (0.75 + 0.25 * random),
      reason: isThrottled ? "throttled" : "transient failure", isThrottled: isThrottled)
  }
}

extension AttemptResult {
  /// Whether another attempt may come to something else.
  var mayPass: Bool {
    switch self {
    case .status(501, _), .status(511, _): false
    case .status(let status, _): status == 408 || status == 429 || (500...599).contains(status)
    case .failed(.connect), .failed(.timeout), .failed(.broken): true
    case .failed(.invalidRequest), .failed(.tooLarge), .unreadable, .notAdmitted: false
    }
  }

  /// How long the service asks to wait.
  var retryAfter: Duration? {
    if case .status(_, let after) = self { after } else { nil }
  }

  /// Whether the service had too many requests, or asks to come back later.
  var isThrottled: Bool {
    switch self {
    case .status(429, _), .status(503, .some): true
    default: false
    }
  }

  /// Whether the service works: such a response gives back to the retry budget.
  var isOfWorkingService: Bool {
    switch self {
    case .status(511, _): true
    case .status(let status, _): status != 408 && status != 429 && !(500...599).contains(status)
    case .failed, .unreadable, .notAdmitted: false
    }
  }
}
