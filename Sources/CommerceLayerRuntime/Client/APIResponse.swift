public import HTTPTypes

/// A value and the response it was read from.
public struct APIResponse<Value: Sendable>: Sendable {
  /// What the call returned.
  public let value: Value
  /// The HTTP status.
  public let status: Int
  /// All headers of the response, unlike those of errors: a cookie would be among them.
  public let headers: HTTPFields
  /// The body as it came.
  public let bytes: [UInt8]
  /// How often the request was sent.
  public let attempts: Int
  /// The client's own id of the call.
  public let callID: String?
  /// The service's id of the request.
  public let requestID: String?

  init(_ value: Value, _ response: ReceivedResponse) {
    self.value = value
    status = response.status
    headers = response.headers
    bytes = response.bytes
    attempts = response.attempts
    callID = response.callID
    requestID = response.requestID
  }
}

extension ResourceClient {
  /// One call together with the status, headers and bytes of its response: any operation of the
  /// resource.
  ///
  ///     let response = try await client.skus.response { try await $0.retrieve(skuID) }
  ///     print(response.status, response.value.code ?? "")
  /// - Throws: What `work` throws; an error of kind `configuration` when it makes no call, and at the
  ///   second one, before that is sent: a response belongs to one call.
  public func response<T: Sendable>(
    _ work: (ResourceClient) async throws -> T
  ) async throws -> APIResponse<T> {
    let recorder = ResponseRecorder()
    let value = try await work(ResourceClient(api: api.recording(recorder)))
    guard let response = recorder.response else {
      throw CommerceLayerError(.configuration, "no call was made, so there is no response")
    }
    return APIResponse(value, response)
  }

  /// The same resource with options that all its calls have: ``APIClient/with(_:)``.
  public func with(_ change: (inout RequestOptions) -> Void) -> ResourceClient {
    ResourceClient(api: api.with(change))
  }
}

/// A request this package knows nothing of: new in the service, or not documented.
public struct RawRequest: Sendable {
  /// The HTTP method.
  public var method: HTTPRequest.Method
  /// The path, from `/api/` on, without a query.
  public var path: String
  /// The query's parameters, not yet encoded.
  public var query: [QueryParameter]
  /// The document to send.
  public var body: JSONValue?
  /// Whether sending it twice leaves the same state as sending it once. Only then is it retried when
  /// it may have been processed. Unless it is said: GET, HEAD, PUT and DELETE are, POST and PATCH are
  /// not.
  public var isIdempotent: Bool

  /// Describes a request.
  public init(
    _ method: HTTPRequest.Method, _ path: String, query: [QueryParameter] = [],
    body: JSONValue? = nil, isIdempotent: Bool? = nil
  ) {
    self.method = method
    self.path = path
    self.query = query
    self.body = body
    self.isIdempotent = isIdempotent ?? [.get, .head, .put, .delete].contains(method)
  }
}

extension APIClient {
  /// Sends what this package has no function for, with everything calls have: the token, limits,
  /// retries and typed errors. The value is the document, or nil when the response has no body.
  ///
  ///     let response = try await client.send(RawRequest(.get, "/api/organization"))
  ///     print(response.value?["data"]?["id"] ?? .null)
  /// - Throws: ``CommerceLayerError``: of kind `invalidInput` when the path leaves the API.
  public func send(
    _ request: RawRequest, options: RequestOptions = .init()
  ) async throws -> APIResponse<JSONValue?> {
    let base = endpoint.basePath
    let segments = request.path.dropFirst(base.count)
      .split(separator: "/", omittingEmptySubsequences: false)
    guard request.path.hasPrefix(base), !segments.isEmpty else {
      throw CommerceLayerError(
        .invalidInput, "'\(TerminalSafe.text(request.path, limit: 80))' is not a path below \(base)"
      )
    }
    for segment in segments { _ = try PercentEncoding.segment(String(segment)) }
    let call = APICall(
      method: request.method, path: request.path, parameters: request.query,
      body: (request.body?.bytes).map { RequestBody($0) }, isIdempotent: request.isIdempotent)
    return try await perform(call, options: options) { response in
      APIResponse(try response.documentIfAny(call.label)?.root.value, response)
    }
  }
}
