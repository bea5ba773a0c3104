import HTTPTypes

/// Sends calls: authentication, time limits, retries and typed errors. Shared by all resources of
/// one organization; copies of it are references to the same tokens and connections.
public final class APIClient: Sendable {
  /// Where the service is.
  public let endpoint: ServiceEndpoint
  /// What the client was made with.
  public let configuration: ClientConfiguration
  private let tokens: TokenStore

  /// `User-Agent` of every request.
  static let userAgent = "commercelayer-swift/\(version)"
  /// The version of this package.
  public static let version = "0.1.0"
  static let mediaType = "application/vnd.api+json"

  /// A client for one organization.
  /// - Throws: an error of kind `configuration` when `organization` is no slug.
  public init(
    organization: String, credentials: Credentials, configuration: ClientConfiguration = .init()
  ) throws {
    let endpoint = try configuration.endpoint ?? .production(organization: organization)
    self.endpoint = endpoint
    self.configuration = configuration
    let time = configuration.time
    switch credentials.kind {
    case .token(let secret):
      tokens = TokenStore(time: time) { TokenStore.Token(secret: secret, expiresAt: nil) }
    case .clientCredentials(let id, let secret, let scope):
      let request = TokenRequest(endpoint: endpoint, id: id, secret: secret, scope: scope)
      let sender = AttemptSender(configuration: configuration)
      tokens = TokenStore(time: time) {
        // Asking for a token twice is harmless: the same one comes back.
        let answer = try await sender.send(
          request.request, body: request.body, label: "POST \(TokenRequest.path)",
          isIdempotent: true, timeout: configuration.timeouts.total,
          maximumRetries: configuration.retry.maximumRetries,
          limit: TokenRequest.maximumResponseBytes)
        return try request.read(status: answer.status, bytes: answer.bytes, now: time.now())
      }
    }
  }

  /// Sends one call.
  /// - Throws: ``CommerceLayerError``; `CancellationError` when the task is cancelled.
  func perform(_ call: APICall, options: RequestOptions) async throws -> APIAnswer {
    let sender = AttemptSender(configuration: configuration)
    var refused: (token: Secret, error: CommerceLayerError)?
    var mayHaveHappened = false
    while true {
      let token = try await tokens.token()
      // A token of one's own, or one the service hands out again, does not get better.
      if let refused, refused.token == token { throw refused.error }
      guard token.isFitForHeader else {
        throw CommerceLayerError(
          .configuration, "the access token holds characters that no header may carry")
      }
      var answer = try await sender.send(
        call.request(to: endpoint, token: token), body: call.body, label: call.label,
        isIdempotent: call.isIdempotent,
        timeout: options.timeout
          ?? (call.isBulk ? configuration.timeouts.bulk : configuration.timeouts.total),
        maximumRetries: options.maximumRetries ?? configuration.retry.maximumRetries,
        limit: configuration.maximumResponseBytes)
      mayHaveHappened = mayHaveHappened || answer.earlierMayHaveHappened
      answer.earlierMayHaveHappened = mayHaveHappened
      if (200..<300).contains(answer.status) { return answer }
      // What an earlier attempt of this call deleted is not there any more.
      if answer.status == 404, call.method == .delete, mayHaveHappened { return answer }
      let error = answer.error(label: call.label)
      // An invalid token is renewed once, whatever the method: the request was not processed. A
      // missing permission stays missing.
      if answer.status == 401, refused == nil,
        !error.errors.contains(where: { $0.code == "UNAUTHORIZED" })
      {
        refused = (token, error)
        await tokens.invalidate(token)
        continue
      }
      throw error
    }
  }
}

/// One call to the API.
struct APICall: Sendable {
  let method: HTTPRequest.Method
  /// The path without its query.
  let path: String
  var parameters: [QueryParameter] = []
  var body: [UInt8]?
  let isIdempotent: Bool
  /// Whether it carries rows of an import.
  var isBulk = false

  /// What logs and errors say: no query, no host.
  var label: String { "\(method.rawValue) \(path)" }

  func request(to endpoint: ServiceEndpoint, token: Secret) -> HTTPRequest {
    let query = parameters.isEmpty ? "" : "?" + PercentEncoding.query(parameters)
    var request = HTTPRequest(
      method: method, scheme: endpoint.scheme, authority: endpoint.authority, path: path + query)
    request.headerFields[.accept] = APIClient.mediaType
    request.headerFields[.authorization] = "Bearer \(token.exposed)"
    request.headerFields[.userAgent] = APIClient.userAgent
    if body != nil { request.headerFields[.contentType] = APIClient.mediaType }
    return request
  }
}

/// An answer, read to its end.
struct APIAnswer: Sendable {
  let status: Int
  let headers: HTTPFields
  let bytes: [UInt8]
  let attempts: Int
  /// Whether an earlier attempt of the same call may have been processed.
  var earlierMayHaveHappened = false

  /// What the service calls the request.
  var requestID: String? {
    HTTPField.Name("X-Request-Id").flatMap { headers[$0] }
  }

  func context(_ label: String) -> Document.Context {
    Document.Context(request: label, requestID: requestID, status: status)
  }

  var retryAfter: Duration? {
    RetryAfter.read(
      seconds: headers[.retryAfter],
      milliseconds: HTTPField.Name("Retry-After-Ms").flatMap { headers[$0] }, date: headers[.date])
  }

  /// Whether the content says it is a JSON:API document; parameters do not matter.
  var isDocument: Bool {
    guard let type = headers[.contentType] else { return false }
    let essence = type.prefix { $0 != ";" }.lowercased()
    return essence.filter { $0 != " " } == APIClient.mediaType
  }

  /// The document in the answer.
  /// - Throws: a protocol violation when it is none.
  func document(_ label: String) throws(CommerceLayerError) -> Document {
    guard isDocument else {
      throw CommerceLayerError(
        .protocolViolation,
        "a document of type \(APIClient.mediaType) was expected, not \(TerminalSafe.text(headers[.contentType] ?? "something untyped", limit: 100)): \(excerpt)",
        status: status, request: label, requestID: requestID, attempts: attempts)
    }
    return try Document(parsing: bytes, context: context(label))
  }

  func error(label: String) -> CommerceLayerError {
    let root = (try? JSONDocument(parsing: bytes))?.root
    let errors = root.map(APIError.read) ?? []
    let kind = ErrorClassifier.kind(status: status, codes: errors.compactMap(\.code))
    var message = ErrorClassifier.message(kind, status: status)
    if let location = headers[.location], (300..<400).contains(status) {
      message += " (to \(TerminalSafe.text(location.prefix { $0 != "?" }, limit: 200)))"
    } else if root == nil, !bytes.isEmpty {
      message += "; instead of a document it sent: \(excerpt)"
    }
    return CommerceLayerError(
      kind, message, status: status, errors: errors, request: label, requestID: requestID,
      attempts: attempts, retryAfter: retryAfter)
  }

  /// The first bytes of the content, fit to be printed.
  private var excerpt: String {
    TerminalSafe.text(String(decoding: bytes.prefix(200), as: UTF8.self), limit: 200)
  }
}
