/// When a failed attempt is repeated, and how long to wait before.
///
/// - Two retries, that is three attempts.
/// - Transient failures wait `min(0.5 s · 2ⁿ, 8 s)`, throttled ones `min(1 s · 2ⁿ, 8 s)`, times a
///   random 0.75…1.
/// - `Retry-After` is obeyed up to 120 s; a longer one fails at once and tells how long.
/// - A request that may have been processed is repeated only when doing it twice is harmless.
/// - All retries of a client and its copies draw on one ``RetryBudget``.
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

  /// What went wrong with an attempt.
  enum Failure: Sendable, Equatable {
    /// The request certainly reached nobody.
    case unsent
    /// It may have been processed.
    case broken
    case timeout
    /// It was answered, but the answer cannot be read; another one would be no better.
    case unreadable
    /// It was not fit to be sent.
    case unfit
    case status(Int, retryAfter: Duration?)

    /// The status of a server that lacks the functionality for a request (RFC 9110 §15.6.2): it did
    /// nothing, and will not the next time.
    static let notImplemented = 501

    /// Whether the request may have been processed although it failed.
    var mayHaveHappened: Bool {
      switch self {
      case .unsent, .unfit, .status(429, _), .status(Self.notImplemented, _), .status(503, _?):
        false
      case .broken, .timeout, .unreadable: true
      case .status(let status, _): status == 408 || (500...599).contains(status)
      }
    }
  }

  /// What to do, and why.
  struct Decision: Sendable, Equatable {
    /// nil: give up.
    let delay: Duration?
    let reason: String
    /// Whether the request may have been processed although it failed.
    var isAmbiguous = false
    /// Whether the service had too many requests.
    var isThrottled = false
  }

  /// Decides; pure.
  /// - Parameters:
  ///   - attempt: attempts made so far, from 1.
  ///   - random: 0..<1.
  func decide(
    _ failure: Failure, attempt: Int, isIdempotent: Bool, random: Double
  ) -> Decision {
    let mayRepeat: Bool
    var throttled = false
    var retryAfter: Duration?
    switch failure {
    case .unsent:
      mayRepeat = true
    case .broken, .timeout:
      mayRepeat = isIdempotent
    case .unreadable:
      return Decision(
        delay: nil, reason: "the answer does not get better by repeating",
        isAmbiguous: !isIdempotent)
    case .unfit:
      return Decision(delay: nil, reason: "the request does not get better by repeating")
    case .status(429, let after):
      (mayRepeat, throttled, retryAfter) = (true, true, after)
    case .status(503, let after?):
      // An explicit invitation to come back: it was not processed.
      (mayRepeat, throttled, retryAfter) = (true, true, after)
    case .status(Failure.notImplemented, _):
      return Decision(
        delay: nil, reason: "HTTP \(Failure.notImplemented) does not pass by repeating")
    case .status(let status, let after) where status == 408 || (500...599).contains(status):
      (mayRepeat, retryAfter) = (isIdempotent, after)
    case .status(let status, _):
      return Decision(delay: nil, reason: "HTTP \(status) does not pass by repeating")
    }
    guard mayRepeat else {
      return Decision(
        delay: nil, reason: "it may have been processed, and twice would not be harmless",
        isAmbiguous: true)
    }
    guard attempt <= maximumRetries else {
      return Decision(delay: nil, reason: "\(attempt) attempts failed")
    }
    if let retryAfter {
      guard retryAfter <= maximumRetryAfter else {
        return Decision(
          delay: nil, reason: "the service asks to wait \(retryAfter), which is too long")
      }
      return Decision(
        delay: retryAfter, reason: "the service asks to wait \(retryAfter)",
        isThrottled: throttled)
    }
    let factor = 1 << min(attempt - 1, 20)
    let full = min((throttled ? throttledBase : base) * factor, maximumDelay)
    return Decision(
      delay: full * (0.75 + 0.25 * random), reason: throttled ? "throttled" : "transient failure",
      isThrottled: throttled)
  }
}
