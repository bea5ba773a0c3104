import HTTPTypes
import Synchronization

/// What a client and its copies share: tokens, limits, the retry budget, connections.
final class ClientCore: Sendable {
  let endpoint: ServiceEndpoint
  let configuration: ClientConfiguration
  let service: ServiceDescription?
  /// What included resources are checked against.
  let schemas: SchemaCatalog?
  let userAgent: String
  let services: CallServices
  let tokens: TokenStore
  /// What the client proves with who it is: no error shows it, whatever server repeats it.
  let secrets: [Secret]
  private let learnedMode: LearnedMode

  /// What is known of the mode. The token says it, or the first response's `meta.mode`.
  final class LearnedMode: Sendable {
    private let mode = Mutex<ServiceMode?>(nil)
    var value: ServiceMode? { mode.withLock { $0 } }
    func learn(_ new: ServiceMode?) { mode.withLock { $0 = new ?? $0 } }
  }

  init(
    organization: String, credentials: Credentials, configuration: ClientConfiguration,
    service: ServiceDescription?, schemas: SchemaCatalog? = nil
  ) throws {
    try configuration.retry.validate()
    userAgent = try configuration.userAgent()
    var endpoint = try configuration.endpoint ?? .production(organization: organization)
    if let service { endpoint.basePath = service.basePath }
    self.endpoint = endpoint
    self.configuration = configuration
    self.service = service
    self.schemas = schemas
    let reporter = Reporter(configuration)
    services = CallServices(
      configuration: configuration,
      limiter: configuration.rateLimiter
        ?? RateLimiter(endpoint.isLoopback ? nil : service, time: configuration.time),
      budget: SharedRetryBudget(), reporter: reporter)
    secrets = credentials.secrets
    let provider: any TokenProvider
    switch credentials.kind {
    case .token(let secret): provider = FixedToken(token: AccessToken(secret))
    case .provider(let own): provider = own
    case .grant(let grant):
      let request = TokenRequest(endpoint: endpoint, services: services, userAgent: userAgent)
      provider = GrantTokens(grant) { try await request.exchange($0) }
    }
    let learned = LearnedMode()
    learnedMode = learned
    tokens = TokenStore(time: configuration.time, provider: provider) { result in
      let call = CallContext(id: "", method: .post, path: TokenRequest.path, isIdempotent: true)
      switch result {
      case .success(let token):
        learned.learn(TokenClaims.mode(of: token.secret))
        reporter.tell(.tokenRenewed, call)
      case .failure(let error):
        reporter.tell(.tokenRenewalFailed, call) { $0.error = error as? CommerceLayerError }
      }
    }
  }

  private struct FixedToken: TokenProvider {
    let token: AccessToken
    func accessToken(rejected: Secret?) async throws -> AccessToken { token }
  }

  /// Whether calls are about test or live data; nil until it is known.
  var mode: ServiceMode? { learnedMode.value }

  /// Learns the mode from the first document that tells.
  func learnMode(from response: ReceivedResponse) {
    guard mode == nil, response.isDocument,
      let root = (try? JSONDocument(parsing: response.bytes))?.root
    else { return }
    let first = root["data"].flatMap { $0.kind == .array ? $0.elements.first { _ in true } : $0 }
    let said = [root["meta"], first?["meta"]].lazy.compactMap { $0?["mode"]?.string }.first
    learnedMode.learn(said.flatMap { ServiceMode(rawValue: $0) })
  }

  /// Adds the access token, last of all and only to requests to the client's own service.
  func authorize(_ request: HTTPRequest, with token: Secret) throws -> HTTPRequest {
    guard request.scheme == endpoint.scheme, request.authority == endpoint.authority,
      request.path?.hasPrefix(endpoint.basePath) == true
    else {
      throw CommerceLayerError(
        .configuration,
        "a middleware changed where the request goes; credentials are not sent there")
    }
    guard token.isFitForHeader else {
      throw CommerceLayerError(
        .configuration, "the access token holds characters that no header may carry")
    }
    var request = request
    request.headerFields[.authorization] = "Bearer \(token.exposed)"
    return request
  }
}

extension Credentials {
  /// What of them is known before the first request. An assertion is made for each, and hidden there.
  var secrets: [Secret] {
    switch kind {
    case .token(let secret): [secret]
    case .provider: []
    case .grant(let grant): [grant.secret].compactMap(\.self) + grant.kind.secrets
    }
  }
}

extension TokenGrant.Kind {
  fileprivate var secrets: [Secret] {
    switch self {
    case .password(let username, let password): [username, password]
    case .refreshToken(let token): [token]
    case .authorizationCode(let code, _): [code]
    case .clientCredentials, .jwtBearer: []
    }
  }
}

extension ServiceEndpoint {
  /// Whether it is a server on this machine.
  var isLoopback: Bool {
    let host = authority.prefix { $0 != ":" }
    return host == "127.0.0.1" || host == "localhost" || authority.hasPrefix("[::1]")
  }
}
