/// One of OAuth's ways to ask for an access token, and what it takes.
struct TokenGrant: Sendable {
  enum Kind: Sendable {
    case clientCredentials
    case password(username: Secret, password: Secret)
    case refreshToken(Secret)
    case authorizationCode(Secret, redirectURI: String)
    case jwtBearer(@Sendable () async throws -> Secret)
  }
  let kind: Kind
  let id: String
  let secret: Secret?
  let scope: String?
  let onRefreshToken: Credentials.RefreshTokenHandler?

  init(
    _ kind: Kind, id: String, secret: Secret?, scope: String?,
    onRefreshToken: Credentials.RefreshTokenHandler? = nil
  ) {
    self.kind = kind
    self.id = id
    self.secret = secret
    self.scope = scope
    self.onRefreshToken = onRefreshToken
  }

  /// What one request asks with.
  struct Asking: Sendable {
    let body: JSONObject
    /// Whether asking twice is harmless. A code, and a refresh token the service replaces, are good
    /// for one exchange.
    let isRepeatable: Bool
    /// What no error may repeat.
    let secrets: [Secret]
  }

  func asking() async throws -> Asking {
    switch kind {
    case .clientCredentials:
      return asking("client_credentials", [], isRepeatable: true)
    case .password(let username, let password):
      return asking(
        "password", [("username", username), ("password", password)], isRepeatable: true)
    case .refreshToken(let token):
      return refreshing(with: token)
    case .authorizationCode(let code, let redirectURI):
      return asking(
        "authorization_code", [("code", code), ("redirect_uri", Secret(redirectURI))],
        isRepeatable: false)
    case .jwtBearer(let assertion):
      return asking(
        "urn:ietf:params:oauth:grant-type:jwt-bearer", [("assertion", try await assertion())],
        isRepeatable: true)
    }
  }

  func refreshing(with token: Secret) -> Asking {
    asking("refresh_token", [("refresh_token", token)], isRepeatable: false)
  }

  private func asking(
    _ type: String, _ members: [(String, Secret)], isRepeatable: Bool
  ) -> Asking {
    var body: JSONObject = ["grant_type": .string(type), "client_id": .string(id)]
    if let secret { body["client_secret"] = .string(secret.exposed) }
    if let scope { body["scope"] = .string(scope) }
    for (name, value) in members { body[name] = .string(value.exposed) }
    return Asking(
      body: body, isRepeatable: isRepeatable,
      secrets: [secret].compactMap(\.self) + members.map(\.1))
  }
}

/// Gets access tokens by a grant, and by refresh tokens where the service sends them.
actor GrantTokens: TokenProvider {
  private let grant: TokenGrant
  private let exchange: @Sendable (TokenGrant.Asking) async throws -> AccessToken
  private var refreshToken: Secret?
  private var isCodeSpent = false

  init(
    _ grant: TokenGrant,
    exchange: @escaping @Sendable (TokenGrant.Asking) async throws -> AccessToken
  ) {
    self.grant = grant
    self.exchange = exchange
  }

  func accessToken(rejected: Secret?) async throws -> AccessToken {
    do {
      return keep(try await exchanged())
    } catch let failure as TokenRequest.Failure {
      // In doubt is this exchange, not the call that waits for the token: that was not sent.
      throw failure.error
    }
  }

  private func exchanged() async throws -> AccessToken {
    if let refreshToken {
      do {
        return try await exchange(grant.refreshing(with: refreshToken))
      } catch let failure as TokenRequest.Failure
        where failure.error.kind == .authentication
      {
        // A refresh token ends too. A code or the first refresh token cannot be used again, but a
        // password or an assertion can.
        switch grant.kind {
        case .password, .jwtBearer, .clientCredentials: self.refreshToken = nil
        case .refreshToken, .authorizationCode: throw failure
        }
      }
    }
    guard case .authorizationCode = grant.kind else {
      return try await exchange(try await grant.asking())
    }
    guard !isCodeSpent else {
      throw CommerceLayerError(
        .authentication,
        "an authorization code is good for one exchange, and no refresh token came with it")
    }
    isCodeSpent = true
    do {
      return try await exchange(try await grant.asking())
    } catch let failure as TokenRequest.Failure
      where failure.error.kind == .transport && failure.error.status == nil
      && !failure.mayHaveHappened
    {
      // Nobody got the code.
      isCodeSpent = false
      throw failure
    }
  }

  private func keep(_ token: AccessToken) -> AccessToken {
    if let new = token.refreshToken, new != refreshToken {
      refreshToken = new
      grant.onRefreshToken?(new)
    }
    return token
  }
}
