import HTTPTypes

/// Asks the token endpoint for an access token.
struct TokenRequest: Sendable {
  let endpoint: ServiceEndpoint
  let sender: AttemptSender
  let userAgent: String

  /// Token answers are small; more than 1 MiB is not one.
  static let maximumResponseBytes = 1 << 20
  static let path = "/oauth/token"
  static let label = "POST \(path)"

  /// - Throws: an error of kind `authentication` when the credentials were refused.
  func exchange(_ asking: TokenGrant.Asking) async throws -> AccessToken {
    let configuration = sender.configuration
    let context = CallContext(
      id: configuration.makeRequestID(), method: .post, path: Self.path,
      isIdempotent: asking.isRepeatable)
    let answer = try await sender.send(
      AttemptSender.Job(
        request: request, body: RequestBody(JSONValue.object(asking.body).bytes),
        context: context, rate: { .token }, policy: configuration.retry,
        timeout: configuration.timeouts.total, limit: Self.maximumResponseBytes,
        secrets: { asking.secrets }))
    return try Self.read(answer)
  }

  private var request: HTTPRequest {
    var request = HTTPRequest(
      method: .post, scheme: endpoint.tokenScheme, authority: endpoint.tokenAuthority,
      path: Self.path)
    request.headerFields[.contentType] = "application/json"
    request.headerFields[.accept] = "application/json"
    request.headerFields[.userAgent] = userAgent
    return request
  }

  private static func read(_ answer: APIAnswer) throws(CommerceLayerError) -> AccessToken {
    let root = (try? JSONDocument(parsing: answer.bytes))?.root
    guard (200..<300).contains(answer.status) else {
      var error = answer.error(label: label)
      // OAuth answers a wrong id or secret with 400 or 401, by RFC 6749 §5.2.
      if [400, 401, 403].contains(answer.status) {
        error.kind = .authentication
        error.message = "the credentials were refused"
      }
      error.message = "no access token: " + error.message
      throw error
    }
    guard let token = root?["access_token"]?.string, !token.isEmpty else {
      throw CommerceLayerError(
        .protocolViolation, "the token endpoint's answer holds no 'access_token'",
        status: answer.status, request: label, requestID: answer.requestID,
        attempts: answer.attempts)
    }
    let lifetime = root?["expires_in"]?.integer
    return AccessToken(
      Secret(token), lifetime: lifetime.map { .seconds(min(max($0, 0), Self.longestLifetime)) },
      refreshToken: root?["refresh_token"]?.string.map { Secret($0) })
  }

  /// Longer lifetimes are taken for this one: ten years.
  private static let longestLifetime = 10 * 366 * 86_400
}
