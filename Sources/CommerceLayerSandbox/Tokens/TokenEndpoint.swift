import CommerceLayerRuntime

/// `POST /oauth/token`, with the errors of RFC 6749 §5.2.
struct TokenEndpoint: Sendable {
  let configuration: SandboxConfiguration
  let issuer: TokenIssuer

  /// - Parameter mediaType: That of the body: a form as OAuth clients send it, or JSON.
  func answer(_ body: [UInt8], mediaType: String?) -> Answer {
    let isForm = mediaType?.lowercased().hasPrefix(Self.form) == true
    guard
      let root = isForm ? Self.fields(body) : (try? JSONDocument(parsing: body))?.root.value.object
    else {
      return Self.error(400, "invalid_request", "the body is one JSON object, or a form")
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

  private static let form = "application/x-www-form-urlencoded"

  /// The fields of a form; nil when it is not one.
  private static func fields(_ body: [UInt8]) -> JSONObject? {
    guard let text = String(validating: body, as: UTF8.self),
      let query = try? QueryString(text[...])
    else { return nil }
    return JSONObject(query.parameters.map { ($0.name, .string($0.value)) })
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
