/// How the client proves who it is.
///
/// Every way but ``token(_:)`` renews the access token by itself. Applications and what they may do
/// are set up in the service.
public struct Credentials: Sendable {
  enum Kind: Sendable {
    case grant(TokenGrant)
    case token(Secret)
    case provider(any TokenProvider)
  }
  let kind: Kind

  /// Called with a refresh token that should be kept for the next start of the program.
  public typealias RefreshTokenHandler = @Sendable (Secret) -> Void

  /// An application's id and secret. Imports need an integration; its scope may stay nil.
  public static func clientCredentials(
    id: String, secret: Secret, scope: String? = nil
  ) -> Credentials {
    grant(TokenGrant(.clientCredentials, id: id, secret: secret, scope: scope))
  }

  /// An application's id and secret. Imports need an integration; its scope may stay nil.
  public static func clientCredentials(
    id: String, secret: String, scope: String? = nil
  ) -> Credentials {
    .clientCredentials(id: id, secret: Secret(secret), scope: scope)
  }

  /// A sales channel, which has no secret: what it may see and do is what a shop's visitors may.
  /// - Parameters:
  ///   - clientID: the application's client id.
  ///   - scope: the market, or another scope of the application: `market:id:xYZ`.
  public static func salesChannel(clientID: String, scope: String) -> Credentials {
    grant(TokenGrant(.clientCredentials, id: clientID, secret: nil, scope: scope))
  }

  /// A customer's name and password, in a sales channel. When the service sends a refresh token, that
  /// is used from then on.
  public static func password(
    username: String, password: Secret, id: String, secret: Secret? = nil, scope: String? = nil,
    onRefreshToken: RefreshTokenHandler? = nil
  ) -> Credentials {
    grant(
      TokenGrant(
        .password(username: Secret(username), password: password), id: id, secret: secret,
        scope: scope,
        onRefreshToken: onRefreshToken))
  }

  /// A refresh token from an earlier sign-in. The service may replace it: `onRefreshToken` is told.
  public static func refreshToken(
    _ token: Secret, id: String, secret: Secret? = nil, onRefreshToken: RefreshTokenHandler? = nil
  ) -> Credentials {
    grant(
      TokenGrant(
        .refreshToken(token), id: id, secret: secret, scope: nil, onRefreshToken: onRefreshToken))
  }

  /// The code of a sign-in in the browser. It is good for one exchange; from then on the refresh token
  /// is used, which `onRefreshToken` is told.
  public static func authorizationCode(
    _ code: Secret, redirectURI: String, id: String, secret: Secret? = nil,
    onRefreshToken: RefreshTokenHandler? = nil
  ) -> Credentials {
    grant(
      TokenGrant(
        .authorizationCode(code, redirectURI: redirectURI), id: id, secret: secret, scope: nil,
        onRefreshToken: onRefreshToken))
  }

  /// A signed assertion for another user or customer (RFC 7523). `assertion` is called for each access
  /// token, so it can sign a new one when the last has expired.
  public static func jwtBearer(
    id: String, secret: Secret, scope: String? = nil,
    assertion: @escaping @Sendable () async throws -> Secret
  ) -> Credentials {
    grant(TokenGrant(.jwtBearer(assertion), id: id, secret: secret, scope: scope))
  }

  /// An access token from elsewhere. When it expires, calls fail with an error of kind
  /// `authentication`.
  public static func token(_ token: Secret) -> Credentials { Credentials(kind: .token(token)) }

  /// Access tokens from a source of one's own: a vault, another process.
  public static func provider(_ provider: any TokenProvider) -> Credentials {
    Credentials(kind: .provider(provider))
  }

  private static func grant(_ grant: TokenGrant) -> Credentials {
    Credentials(kind: .grant(grant))
  }
}

/// Gets access tokens from a source of one's own. The client keeps what it gets until shortly before
/// its end and asks once however many calls wait.
///
///     struct Vault: TokenProvider {
///       func accessToken(rejected: Secret?) async throws -> AccessToken {
///         AccessToken(Secret(try await read("commercelayer")), lifetime: .seconds(7200))
///       }
///       func read(_ name: String) async throws -> String { "…" }
///     }
///     let client = try CommerceLayerClient(organization: "acme", credentials: .provider(Vault()))
public protocol TokenProvider: Sendable {
  /// A token that is good now.
  /// - Parameter rejected: a token the service has just called invalid; a provider with a cache of its
  ///   own must not hand it out again. nil when the client has none, or its own is about to end.
  func accessToken(rejected: Secret?) async throws -> AccessToken
}

/// An access token as a source hands it out.
public struct AccessToken: Sendable, Hashable {
  /// The token itself.
  public var secret: Secret
  /// How long it is good from now on; nil when nobody knows. The monotonic clock counts, so a wrong
  /// wall clock harms nothing.
  public var lifetime: Duration?
  /// What the next access token can be asked for with.
  public var refreshToken: Secret?

  /// Creates an access token.
  public init(_ secret: Secret, lifetime: Duration? = nil, refreshToken: Secret? = nil) {
    self.secret = secret
    self.lifetime = lifetime
    self.refreshToken = refreshToken
  }
}
