import HTTPTypes

/// What an attempt came to, without its data: what outcomes and retries are decided by.
package enum AttemptResult: Sendable, Hashable {
  /// A response. Of an error the status decides, also when the rest of the response was cut off.
  case status(Int, retryAfter: Duration?)
  /// No response, or a successful one that was cut off or is too large.
  case failed(TransportError.Kind)
  /// A successful response, received whole, that is not what was asked for.
  case unreadable
  /// The request was not handed to the transport: there was no access token, or no time left.
  case notAdmitted
}

/// How far a call's requests have come: the most that is known of any of them.
enum CallReach: Int, Sendable, Comparable {
  /// No server has processed any of them.
  case none
  /// One of them may have been processed.
  case possible
  /// A server confirmed one of them with a 2xx status.
  case confirmed

  static func < (left: CallReach, right: CallReach) -> Bool { left.rawValue < right.rawValue }
}

/// What became of a call: the one place where it is decided whether a request may have been processed.
///
/// Each case but ``response`` has the reason, for events and errors.
enum CallOutcome: Sendable, Equatable {
  /// The service processed the request and its response can be read.
  case response
  /// No server has processed it.
  case notSent(reason: String)
  /// The service did not process it, and says so.
  case rejected(reason: String)
  /// It may have been processed.
  case unknown(reason: String)

  /// Decides what one request came to; pure.
  init(_ result: AttemptResult) {
    switch result {
    case .status(200..<300, _): self = .response
    // RFC 9110, 15.4.4: what follows a request that was processed.
    case .status(303, _): self = .unknown(reason: "HTTP 303 may follow a processed request")
    case .status(408, _): self = .unknown(reason: "the service gave up waiting")
    case .status(501, _): self = .rejected(reason: "the service does not implement the request")
    case .status(503, .some): self = .rejected(reason: "the service asks to come back later")
    case .status(511, _): self = .rejected(reason: "the network asks for a sign-in first")
    case .status(let status, _):
      self =
        (300..<500).contains(status)
        ? .rejected(reason: "HTTP \(status)")
        : .unknown(reason: "HTTP \(status) does not say whether the request was processed")
    case .failed(.connect): self = .notSent(reason: "no connection was made")
    case .failed(.invalidRequest): self = .notSent(reason: "the request is not fit to be sent")
    case .failed(.timeout): self = .unknown(reason: "no whole response within the time limit")
    case .failed(.broken): self = .unknown(reason: "the connection broke")
    case .failed(.tooLarge): self = .unknown(reason: "the response is too large to be read")
    case .unreadable: self = .unknown(reason: "the response cannot be read")
    case .notAdmitted: self = .notSent(reason: "the request was not sent")
    }
  }

  /// Decides what a call came to; pure.
  /// - Parameters:
  ///   - result: What its last attempt came to.
  ///   - pullsTrigger: Whether a rejection may be the effect of an earlier request of the call.
  ///   - reach: How far all of its requests have come, the last one included.
  init(
    _ result: AttemptResult, method: HTTPRequest.Method, isIdempotent: Bool,
    pullsTrigger: Bool = false, reach: CallReach
  ) {
    self.init(result)
    guard reach > .none else { return }
    switch self {
    case .response, .unknown: return
    case .notSent, .rejected:
      if method == .delete, case .status(404, _) = result {
        // What an earlier request of this call deleted does not exist any more.
        self = .response
      } else if !isIdempotent {
        self = .unknown(reason: "an earlier attempt may have been processed")
      } else if pullsTrigger, case .rejected(let reason) = self {
        self = .unknown(reason: "\(reason), after an attempt that may have been processed")
      }
    }
  }

  /// Why, in words.
  var reason: String {
    switch self {
    case .response: "the service processed the request"
    case .notSent(let reason), .rejected(let reason), .unknown(let reason): reason
    }
  }

  /// How far a request with this outcome has come.
  var reach: CallReach {
    switch self {
    case .response: .confirmed
    case .notSent, .rejected: .none
    case .unknown: .possible
    }
  }

  /// Whether a caller must find out what happened before a write is sent again: it may have been
  /// processed, and either twice would not be harmless, or a server has confirmed it, or has rejected the
  /// retry, which may be because it was processed.
  /// - Parameter result: What the call's last attempt came to.
  func isAmbiguous(
    _ result: AttemptResult, isWrite: Bool, isIdempotent: Bool, reach: CallReach
  ) -> Bool {
    guard isWrite else { return false }
    switch self {
    case .response, .rejected: return false
    case .notSent: return reach == .confirmed
    case .unknown:
      if case .rejected = CallOutcome(result) { return true }
      return !isIdempotent || reach == .confirmed
    }
  }
}
