/// Something that happened to a call, told to ``ClientConfiguration/onEvent``.
///
/// Events hold no query, header, body or secret. ``Kind`` is open: new kinds may be added.
///
///     configuration.onEvent = { event in
///       if event.kind == .rateLimited { print(event) }
///     }
public struct ClientEvent: Sendable {
  /// What happened.
  public struct Kind: RawRepresentable, Sendable, Hashable {
    /// A stable name.
    public let rawValue: String
    /// Creates a kind from its name.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// A call begins.
    public static let callStarted = Kind(rawValue: "call.started")
    /// A call has ended, well or not: see ``ClientEvent/error``.
    public static let callEnded = Kind(rawValue: "call.ended")
    /// An attempt got a response or failed.
    public static let attemptEnded = Kind(rawValue: "attempt.ended")
    /// Another attempt follows after ``ClientEvent/delay``.
    public static let retrying = Kind(rawValue: "call.retrying")
    /// A request waits for the rate limit: at least ``ClientEvent/delay``, which is nil when it
    /// depends on the response to another request.
    public static let rateLimited = Kind(rawValue: "call.rate_limited")
    /// There is a new access token.
    public static let tokenRenewed = Kind(rawValue: "token.renewed")
    /// Renewing the token ahead of its end failed; the old one is still good.
    public static let tokenRenewalFailed = Kind(rawValue: "token.renewal_failed")
  }

  /// What happened.
  public let kind: Kind
  /// The call it happened to.
  public let call: CallContext
  /// The HTTP status, when there was a response.
  public var status: Int?
  /// How long the call or the attempt took.
  public var duration: Duration?
  /// How long is waited now.
  public var delay: Duration?
  /// Why, in words.
  public var reason: String?
  /// What went wrong.
  public var error: CommerceLayerError?

  init(_ kind: Kind, _ call: CallContext) {
    self.kind = kind
    self.call = call
  }

  /// One line: `rate-limited, 3.2 s: POST /api/imports`.
  public var description: String {
    var parts: [String] = []
    switch kind {
    case .rateLimited: parts.append("rate-limited")
    case .retrying: parts.append("again")
    case .tokenRenewed: parts.append("new access token")
    case .tokenRenewalFailed: parts.append("no new access token yet")
    default: parts.append(kind.rawValue)
    }
    if let delay { parts.append(Self.text(delay)) }
    if let status { parts.append("HTTP \(status)") }
    if let duration { parts.append("took \(Self.text(duration))") }
    let tail = [reason, error?.message].compactMap(\.self).map { TerminalSafe.text($0, limit: 200) }
    return parts.joined(separator: ", ") + ": " + ([call.label] + tail).joined(separator: "; ")
  }

  /// Seconds with one decimal: `3.2 s`; rounded up, so that a wait is never shown as none.
  static func text(_ duration: Duration) -> String {
    let tenths = Int((duration.seconds * 10).rounded(.up))
    return "\(tenths / 10).\(abs(tenths % 10)) s"
  }
}

extension ClientEvent: CustomStringConvertible {}
