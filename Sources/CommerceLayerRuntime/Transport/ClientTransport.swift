public import HTTPTypes

/// Carries one request to a server and brings the response back. Nothing else: no retry, no
/// authentication, no redirects.
///
/// What every transport does:
/// - It never follows a redirect and keeps no cookies and no cache.
/// - It sends a request that is not GET or HEAD at most once.
/// - It throws ``TransportError`` and tells whether the request may have reached the server.
/// - Cancelling the task that calls ``send(_:body:timeouts:)`` or reads the body ends the exchange
///   and closes its connection; so does dropping the body unread.
/// - It rejects what ``TransportRules`` rejects, before anything is written.
///
/// `CommerceLayerTransportConformance` checks all of it over a real socket, and `docs/transports.md`
/// lists which transport meets which requirement.
public protocol ClientTransport: Sendable {
  /// Sends a request and returns as soon as the head of the response is there.
  /// - Throws: ``TransportError``; `CancellationError` when the task is cancelled; what the stream of
  ///   `body` throws.
  func send(
    _ request: HTTPRequest, body: RequestBody?, timeouts: Timeouts
  ) async throws -> TransportResponse
}

/// The head of a response and its body, still to be read.
public struct TransportResponse: Sendable {
  /// Status and headers.
  public let head: HTTPResponse
  /// The body, to be read once.
  public let body: ResponseBody

  /// Creates a response.
  public init(head: HTTPResponse, body: ResponseBody) {
    self.head = head
    self.body = body
  }
}

/// Why an exchange failed.
public struct TransportError: Error, Sendable, CustomStringConvertible {
  /// What kind of failure it was.
  public enum Kind: String, Sendable, Hashable {
    /// No connection could be made: nothing reached the server.
    case connect
    /// The request was not fit to be sent.
    case invalidRequest
    /// A time limit passed.
    case timeout
    /// The connection broke.
    case broken
    /// The response was larger than allowed.
    case tooLarge
  }

  /// What kind of failure it was.
  public let kind: Kind
  /// What happened.
  public let message: String

  /// Creates an error.
  public init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }

  /// Whether it is certain that the server did not process the request.
  public var isCertainlyUnsent: Bool {
    switch kind {
    case .connect, .invalidRequest: true
    case .timeout, .broken, .tooLarge: false
    }
  }

  /// The value as text.
  public var description: String { message }
}

/// Time limits of one exchange.
public struct Timeouts: Sendable, Hashable {
  /// To open a connection, TLS included: 5 s. URLSession has no such limit; there ``idle`` counts
  /// instead, and what it ends is not known to be unsent.
  public var connect: Duration = .seconds(5)
  /// Without a byte either way: 30 s.
  public var idle: Duration = .seconds(30)
  /// For one attempt as a whole: 60 s.
  public var total: Duration = .seconds(60)
  /// For one attempt that carries rows of an import: 10 min.
  public var bulk: Duration = .seconds(600)

  /// The default limits.
  public init() {}

  /// What a transport holds one exchange to, from the call to the last byte of the response: the
  /// greater of ``total`` and ``bulk``. Which of the two a call has is for the client to say; it sets
  /// both.
  public var exchange: Duration { max(total, bulk) }
}

extension Duration {
  var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) / 1e18
  }
}
