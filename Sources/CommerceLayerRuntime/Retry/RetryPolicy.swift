import Foundation

/// When a failed attempt is repeated, and how long to wait before.
///
/// - Two retries, that is three attempts.
/// - Transient failures wait `min(0.5 s · 2ⁿ, 8 s)`, throttled ones `min(1 s · 2ⁿ, 8 s)`, times a
///   random 0.75…1.
/// - `Retry-After` is obeyed up to 120 s; a longer one fails at once and tells how long.
/// - A request that may have been processed is repeated only when doing it twice is harmless.
public struct RetryPolicy: Sendable, Hashable {
  /// Attempts after the first.
  public var maximumRetries = 2
  /// The first transient delay.
  public var base: Duration = .milliseconds(500)
  /// The longest delay of our own choosing.
  public var maximumDelay: Duration = .seconds(8)
  /// The longest `Retry-After` that is obeyed.
  public var maximumRetryAfter: Duration = .seconds(120)

  /// The default policy.
  public init() {}

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

    /// Whether the request may have been processed although it failed.
    var mayHaveHappened: Bool {
      switch self {
      case .unsent, .unfit, .status(429, _), .status(503, _?): false
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
        return Decision(delay: nil, reason: "the service asks to wait \(retryAfter)")
      }
      return Decision(delay: retryAfter, reason: "the service asks to wait \(retryAfter)")
    }
    let factor = 1 << min(attempt - 1, 20)
    let full = min(base * factor * (throttled ? 2 : 1), maximumDelay)
    return Decision(
      delay: full * (0.75 + 0.25 * random), reason: throttled ? "throttled" : "transient failure")
  }
}

/// `Retry-After`: delta seconds, or an HTTP date against the answer's own `Date`, so that a wrong
/// clock on either side cancels out; `Retry-After-Ms` where a service sends it.
enum RetryAfter {
  static func read(seconds: String?, milliseconds: String?, date: String?) -> Duration? {
    if let milliseconds, let value = Double(milliseconds), value >= 0, value < 1e12 {
      return .milliseconds(Int64(value))
    }
    guard let seconds else { return nil }
    if let value = Double(seconds), value >= 0, value < 1e9 {
      return .milliseconds(Int64((value * 1000).rounded(.up)))
    }
    guard let then = HTTPDate.seconds(seconds), let now = date.flatMap(HTTPDate.seconds) else {
      return nil
    }
    return .seconds(max(0, then - now))
  }
}

/// The preferred form of HTTP dates: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7).
enum HTTPDate {
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// Seconds since 1970.
  static func seconds(_ text: String) -> Int? {
    let parts = text.split(separator: " ")
    guard parts.count == 6, parts[5] == "GMT", let month = months.firstIndex(of: String(parts[2]))
    else { return nil }
    let number = month + 1
    let iso = "\(parts[3])-\(number < 10 ? "0" : "")\(number)-\(parts[1])T\(parts[4])Z"
    return ISO8601.date(iso).map { Int($0.timeIntervalSince1970) }
  }
}
