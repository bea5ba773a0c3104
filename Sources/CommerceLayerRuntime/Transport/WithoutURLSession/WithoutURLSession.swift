public import HTTPTypes

/// The default transport of a build without FoundationNetworking, which `Package.swift` asks for where
/// `COMMERCELAYER_WITHOUT_URLSESSION` is set: every request fails before anything is sent.
///
/// Programs that are built so give each client a transport of their own.
public final class URLSessionTransport: ClientTransport {
  /// A transport that carries nothing.
  public init() {}

  /// Fails.
  /// - Throws: ``TransportError`` of kind `invalidRequest`; nothing was sent.
  public func send(
    _ request: HTTPRequest, body: RequestBody?, timeouts: Timeouts
  ) async throws -> TransportResponse {
    throw TransportError(
      .invalidRequest,
      "this program was built without URLSession: give the client another transport, for example "
        + "AsyncHTTPClientTransport")
  }
}
