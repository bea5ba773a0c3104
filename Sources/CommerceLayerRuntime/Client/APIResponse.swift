public import HTTPTypes

/// A value and the answer it was read from.
public struct APIResponse<Value: Sendable>: Sendable {
  /// What the call returned.
  public let value: Value
  /// The HTTP status.
  public let status: Int
  /// All headers of the answer, unlike those of errors: a cookie would be among them.
  public let headers: HTTPFields
  /// The body as it came.
  public let bytes: [UInt8]
  /// How often the request was sent.
  public let attempts: Int
  /// The client's own id of the call.
  public let callID: String?
  /// The service's id of the request.
  public let requestID: String?

  init(_ value: Value, _ answer: APIAnswer) {
    self.value = value
    status = answer.status
    headers = answer.headers
    bytes = answer.bytes
    attempts = answer.attempts
    callID = answer.callID
    requestID = answer.requestID
  }
}

extension ResourceClient {
  /// A call together with its answer's status, headers and bytes: any operation of the resource. Of
  /// several calls the last one counts.
  ///
  ///     let response = try await client.skus.response { try await $0.retrieve(skuID) }
  ///     print(response.status, response.value.code ?? "")
  /// - Throws: what `work` throws; an error of kind `configuration` when it makes no call.
  public func response<T: Sendable>(
    _ work: (ResourceClient) async throws -> T
  ) async throws -> APIResponse<T> {
    let recorder = AnswerRecorder()
    let value = try await work(ResourceClient(api: api.recording(recorder)))
    guard let answer = recorder.answer else {
      throw CommerceLayerError(.configuration, "no call was made, so there is no answer")
    }
    return APIResponse(value, answer)
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
  /// Whether sending it twice leaves the same state as sending it once. Only then is it repeated when
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
  /// retries and typed errors. The value is the document, or nil when the answer is empty.
  ///
  ///     let answer = try await client.send(RawRequest(.get, "/api/organization"))
  ///     print(answer.value?["data"]?["id"] ?? .null)
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
    return try await perform(call, options: options) { answer in
      APIResponse(try answer.documentIfAny(call.label)?.root.value, answer)
    }
  }
}
