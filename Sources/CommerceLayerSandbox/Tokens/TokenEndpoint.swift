import CommerceLayerRuntime

/// `POST /oauth/token`, with the errors of RFC 6749 §5.2.
struct TokenEndpoint: Sendable {
  let configuration: SandboxConfiguration
  let issuer: TokenIssuer

  func answer(_ body: [UInt8]) -> Answer {
    guard let root = (try? JSONDocument(parsing: body))?.root, root.kind == .object else {
      return Self.error(400, "invalid_request", "the body is one JSON object")
    }
    guard let grant = root["grant_type"]?.string else {
      return Self.error(400, "invalid_request", "'grant_type' is missing")
    }
    guard grant == "client_credentials" else {
      return Self.error(400, "unsupported_grant_type", "only client_credentials is supported here")
    }
    guard root["client_id"]?.string == configuration.clientID,
      let secret = root["client_secret"]?.string,
      Self.isEqual(secret, configuration.clientSecret.exposed)
    else {
      return Self.error(401, "invalid_client", "unknown client, or wrong secret")
    }
    let (token, remaining) = issuer.issue()
    return .json(
      200,
      [
        "access_token": .string(token.text), "token_type": "Bearer",
        "expires_in": .number(JSONNumber(Int(remaining.components.seconds))),
        "scope": .string(root["scope"]?.string ?? "market:all"),
        "created_at": .number(JSONNumber(token.createdAt)),
      ])
  }

  private static func error(_ status: Int, _ code: String, _ description: String) -> Answer {
    .json(status, ["error": .string(code), "error_description": .string(description)])
  }

  /// In the same time whatever the first difference is.
  private static func isEqual(_ left: String, _ right: String) -> Bool {
    let (left, right) = (Array(left.utf8), Array(right.utf8))
    return left.count == right.count && zip(left, right).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
  }
}
