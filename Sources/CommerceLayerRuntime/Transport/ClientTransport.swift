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
