import HTTPTypes

/// Asks the token endpoint for an access token.
struct TokenRequest: Sendable {
  let endpoint: ServiceEndpoint
  let id: String
  let secret: Secret
  let scope: String?

  /// Token answers are small; more than this is not one.
  static let maximumResponseBytes = 1 << 20
  static let path = "/oauth/token"

  var request: HTTPRequest {
    var request = HTTPRequest(
      method: .post, scheme: endpoint.tokenScheme, authority: endpoint.tokenAuthority,
      path: Self.path)
    request.headerFields[.contentType] = "application/json"
    request.headerFields[.accept] = "application/json"
    request.headerFields[.userAgent] = APIClient.userAgent
    return request
  }

  var body: [UInt8] {
    var object: JSONObject = [
      "grant_type": "client_credentials", "client_id": .string(id),
      "client_secret": .string(secret.exposed),
    ]
    if let scope { object["scope"] = .string(scope) }
    return JSONValue.object(object).bytes
  }

  /// Reads the answer.
  /// - Throws: an error of kind `authentication` when the credentials were refused.
  func read(
    status: Int, bytes: [UInt8], now: Duration
  ) throws(CommerceLayerError) -> TokenStore.Token {
    let root = (try? JSONDocument(parsing: bytes))?.root
    let label = "POST \(Self.path)"
    guard (200..<300).contains(status) else {
      let errors = root.map(APIError.read) ?? []
      // OAuth answers a wrong id or secret with 400 or 401, by RFC 6749 §5.2.
      let refused = [400, 401, 403].contains(status)
      let kind =
        refused
        ? .authentication
        : ErrorClassifier.kind(status: status, codes: errors.compactMap(\.code))
      throw CommerceLayerError(
        kind, "no access token: " + ErrorClassifier.message(kind, status: status), status: status,
        errors: errors, request: label)
    }
    guard let token = root?["access_token"]?.string, !token.isEmpty else {
      throw CommerceLayerError(
        .protocolViolation, "the token endpoint's answer holds no 'access_token'", status: status,
        request: label)
    }
    let lifetime = root?["expires_in"]?.integer
    return TokenStore.Token(
      secret: Secret(token), expiresAt: lifetime.map { now + .seconds($0) })
  }
}
