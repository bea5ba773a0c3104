public import HTTPTypes

/// Handles requests in the same process: straight into the sandbox, or into a test's closure.
///
///     let transport = InProcessTransport { request, body in
///       let document = #"{"data":{"type":"skus","id":"1","attributes":{"code":"TEE"}}}"#
///       let fields: HTTPFields = [.contentType: "application/vnd.api+json"]
///       return (HTTPResponse(status: .ok, headerFields: fields), Array(document.utf8))
///     }
///     let client = try CommerceLayerClient(
///       organization: "acme", credentials: .token("t"), configuration: .init(transport: transport))
public struct InProcessTransport: ClientTransport {
  /// Handles one request.
  public typealias Handler =
    @Sendable (HTTPRequest, [UInt8]) async throws -> (
      HTTPResponse, [UInt8]
    )
  private let handler: Handler

  /// Hands every request to `handler`.
  public init(_ handler: @escaping Handler) { self.handler = handler }

  /// Sends a request and returns as soon as the head of the response is there. Time limits do not
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
