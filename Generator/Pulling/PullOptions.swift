public import CommerceLayerRuntime

/// How a site is asked.
///
/// - One request at a time, over one connection, with a pause of 0.5 s before each.
/// - A failed request is repeated up to 4 times, after `min(0.5 s · 2ⁿ, 30 s)` times a random
///   0.75…1; `Retry-After` is obeyed up to 120 s, and a longer one ends the run.
/// - A response must be complete within 60 s and have at most 8 MiB.
/// - At most 5 redirects, within the same origin.
public struct PullOptions: Sendable {
  /// The pause before each request.
  public var delay: Duration = .milliseconds(500)
  /// When a failed request is repeated.
  public var retry: RetryPolicy
  /// Until a response must be complete.
  public var timeout: Duration = .seconds(60)
  /// The largest page, in bytes; the distiller reads no larger ones.
  public var maximumPage = 8 * 1024 * 1024
  /// The most pages of one site.
  public var maximumPages = 10_000
  /// The resources wanted; empty for all.
  public var resources: Set<String> = []

  /// The usual options.
  public init() {
    retry = RetryPolicy()
    retry.maximumRetries = 4
    retry.maximumDelay = .seconds(30)
  }

  /// What the tool calls itself.
  static let userAgent = "cl-spec (commercelayer-swift; documentation reader)"
  /// The most redirects of one page.
  static let maximumRedirects = 5
  /// The most that is read of what stands behind a redirect, in bytes.
  static let maximumRedirectBody = 64 * 1024
  /// The longest validator that is kept, in bytes.
  static let maximumValidator = 512
  /// The most pages that fail one after another before the site counts as out of order.
  static let maximumFailuresInARow = 5
  /// The longest that an interrupted run may lie before its pages count as old, in seconds.
  static let maximumResumeAge = 86_400
  /// The most indexes of an index that are followed.
  static let maximumNestedIndexes = 50
}

/// Why a page, or a whole run, failed.
public struct PullFailure: Error, Sendable, Hashable, CustomStringConvertible {
  /// What kind of failure it is.
  public enum Kind: String, Sendable, Hashable, Codable {
    /// The site is not there, or says what is not usable.
    case unavailable
    /// It may be better in a while: run again.
    case temporary
    /// The site does what it must not: leads elsewhere, or sends too much.
    case protocolViolation = "protocol"
    /// The site does not let us read.
    case rejected
    /// The address, or what is there, is not fit to be kept.
    case unfit
    /// The output folder cannot be used.
    case output
  }

  /// What kind of failure it is.
  public let kind: Kind
  /// What happened.
  public let message: String

  init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }

  /// What happened.
  public var description: String { message }
}
