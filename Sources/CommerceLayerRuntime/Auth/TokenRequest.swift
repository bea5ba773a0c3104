import HTTPTypes

/// Asks the token endpoint for an access token.
struct TokenRequest: Sendable {
  let endpoint: ServiceEndpoint
  let services: CallServices
  let userAgent: String

  /// Responses with a token are small; more than 1 MiB is not one.
  static let maximumResponseBytes = 1 << 20
  static let path = "/oauth/token"
  static let label = "POST \(path)"

  /// Why there is no access token.
  struct Failure: Error {
    let error: CommerceLayerError
    /// Whether the request may have been processed: a code may then be used up.
    let mayHaveHappened: Bool
  }

  /// - Throws: ``Failure`` with an error of kind `authentication` when the credentials were rejected;
  ///   `CancellationError`.
  func exchange(_ asking: TokenGrant.Asking) async throws -> AccessToken {
    let body = RequestBody(JSONValue.object(asking.body).bytes)
    let execution = CallExecution(
      services: services,
      call: APICall(
        method: .post, path: Self.path, body: body, isIdempotent: asking.isRepeatable),
      request: request, secrets: asking.secrets, maximumBytes: Self.maximumResponseBytes)
    let attempt = try await execution.attempts(request, body)
    guard attempt.failure == nil, let response = attempt.response else {
      let isUnknown = if case .unknown = execution.outcome(attempt.result) { true } else { false }
      throw Failure(error: execution.plainError(attempt), mayHaveHappened: isUnknown)
    }
    do {
      return try Self.read(response)
    } catch {
      throw Failure(error: error, mayHaveHappened: true)
    }
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

  private static func read(_ response: ReceivedResponse) throws(CommerceLayerError) -> AccessToken {
    let root = (try? JSONDocument(parsing: response.bytes))?.root
    guard (200..<300).contains(response.status) else {
      var error = response.error(label: label)
      // OAuth responds to a wrong id or secret with 400 or 401, by RFC 6749 §5.2.
      if [400, 401, 403].contains(response.status) {
        error.kind = .authentication
        error.message = "the credentials were rejected"
      }
      error.message = "no access token: " + error.message
      throw error
    }
    guard let token = root?["access_token"]?.string, !token.isEmpty else {
      throw CommerceLayerError(
        .protocolViolation, "the token endpoint's response holds no 'access_token'",
        status: response.status, request: label, requestID: response.requestID,
        attempts: response.attempts)
    }
    let lifetime = root?["expires_in"]?.integer
    return AccessToken(
      Secret(token), lifetime: lifetime.map { .seconds(min(max($0, 0), Self.longestLifetime)) },
      refreshToken: root?["refresh_token"]?.string.map { Secret($0) })
  }

  /// Longer lifetimes are taken for this one: ten years.
  private static let longestLifetime = 10 * 366 * 86_400
}
