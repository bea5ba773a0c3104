import HTTPTypes
import Synchronization

/// Sends calls: authentication, rate limits, time limits, retries and typed errors. Shared by all
/// resources of one organization; copies share tokens, limits and connections.
public final class APIClient: Sendable {
  let core: ClientCore
  /// What every call of this copy has different from the configuration.
  public let options: RequestOptions
  let recorder: ResponseRecorder?

  /// Where the service is.
  public var endpoint: ServiceEndpoint { core.endpoint }
  /// What the client was made with.
  public var configuration: ClientConfiguration { core.configuration }
  /// Whether calls are about test or live data: from the access token, or from the first response. nil
  /// until it is known; then the test mode's rate limits hold, which are the lower ones.
  public var mode: ServiceMode? { core.mode }

  /// The start of `User-Agent`.
  static let userAgent = "commercelayer-swift/\(version)"
  /// The version of this package.
  public static let version = "0.1.0"
  static let mediaType = "application/vnd.api+json"

  /// A client for one organization.
  /// - Parameters:
  ///   - organization: The slug of the organization: the first label of its host.
  ///   - credentials: What access tokens are requested with.
  ///   - configuration: Transport, time limits, retries and everything else that has a default.
  ///   - service: The service's limits; without it no rate limit is known.
  ///   - schemas: The schemas of all types; without them resources that are sent along with others
  ///     are not checked against any.
  /// - Throws: an error of kind `configuration` when `organization` is not a slug, or the configuration
  ///   makes no sense.
  public init(
    organization: String, credentials: Credentials, configuration: ClientConfiguration = .init(),
    service: ServiceDescription? = nil, schemas: SchemaCatalog? = nil
  ) throws {
    core = try ClientCore(
      organization: organization, credentials: credentials, configuration: configuration,
      service: service, schemas: schemas)
    options = RequestOptions()
    recorder = nil
  }

  private init(core: ClientCore, options: RequestOptions, recorder: ResponseRecorder?) {
    self.core = core
    self.options = options
    self.recorder = recorder
  }

  /// A copy whose calls all have these options, unless a call says otherwise. It shares tokens, rate
  /// limits, the retry budget and connections with this client.
  ///
  ///     let patient = client.api.with { $0.timeout = .seconds(300) }
  public func with(_ change: (inout RequestOptions) -> Void) -> APIClient {
    var options = self.options
    change(&options)
    return APIClient(core: core, options: options, recorder: recorder)
  }

  /// A copy that makes one call and keeps its response.
  func recording(_ recorder: ResponseRecorder) -> APIClient {
    APIClient(core: core, options: options, recorder: recorder)
  }
}

/// Keeps the response to the one call of a copy of the client.
final class ResponseRecorder: Sendable {
  private enum State {
    case unused
    case called
    case responded(ReceivedResponse)
  }
  private let state = Mutex(State.unused)

  /// The response; nil when there was no call, or none that was a success.
  var response: ReceivedResponse? {
    if case .responded(let response) = state.withLock({ $0 }) { response } else { nil }
  }

  /// Begins the call.
  /// - Throws: An error of kind `configuration` for a second one, before anything is sent.
  func begin() throws(CommerceLayerError) {
    let isFirst = state.withLock { state in
      guard case .unused = state else { return false }
      state = .called
      return true
    }
    guard isFirst else {
      throw CommerceLayerError(
        .configuration,
        "a second call in one 'response { … }': give each call a 'response' of its own")
    }
  }

  func record(_ response: ReceivedResponse) { state.withLock { $0 = .responded(response) } }
}
