public import HTTPTypes

/// Answers requests in the same process: straight into the sandbox, or into a test's closure.
public struct InProcessTransport: ClientTransport {
  /// Answers one request.
  public typealias Handler =
    @Sendable (HTTPRequest, [UInt8]) async throws -> (
      HTTPResponse, [UInt8]
    )
  private let handler: Handler

  /// Hands every request to `handler`.
  public init(_ handler: @escaping Handler) { self.handler = handler }

  /// Sends a request and returns as soon as the head of the answer is there. Time limits do not
  /// count here: nothing can get lost on the way.
  public func send(
    _ request: HTTPRequest, body: RequestBody?, timeouts: Timeouts
  ) async throws -> TransportResponse {
    try TransportRules.check(request)
    try Task.checkCancellation()
    let (head, bytes) = try await handler(request, try await body?.collect() ?? [])
    try TransportRules.check(head)
    return TransportResponse(head: head, body: ResponseBody(bytes))
  }
}
