@_exported public import CommerceLayerRuntime
@_exported public import CommerceLayerVocabulary

/// A client for one organization: each resource of the API is a property.
///
///     let client = try CommerceLayerClient(
///       organization: "acme", credentials: .clientCredentials(id: id, secret: secret))
///     let job = try await client.imports.create(.init(resourceType: .skus, inputs: .json(rows)))
///
/// Copies share tokens and connections, so a client is made once and handed around.
public struct CommerceLayerClient: Sendable {
  /// Sends the calls of all resources.
  public let api: APIClient

  /// Creates a client for an organization.
  /// - Parameters:
  ///   - organization: The slug of the organization: the first label of its host.
  ///   - credentials: What access tokens are requested with.
  ///   - configuration: Transport, time limits, retries and everything else that has a default.
  /// - Throws: An error of kind `configuration` when `organization` is not a valid slug.
  public init(
    organization: String, credentials: Credentials, configuration: ClientConfiguration = .init()
  ) throws {
    api = try APIClient(
      organization: organization, credentials: credentials, configuration: configuration,
      service: CommerceLayerService.description, schemas: Self.schemas)
  }

  /// The schemas of all resources, made when a document first needs one it does not name.
  private static let schemas = SchemaCatalog { CommerceLayerService.schemas }

  /// Creates a client that sends its calls through `api`.
  public init(api: APIClient) { self.api = api }

  /// Returns a copy whose calls all have these options, unless a call says otherwise. It shares
  /// tokens, rate limits, the retry budget and connections with this client.
  ///
  ///     let nightly = client.with {
  ///       $0.timeout = .seconds(300)
  ///       $0.tags["job"] = "nightly"
  ///     }
  public func with(_ change: (inout RequestOptions) -> Void) -> CommerceLayerClient {
    CommerceLayerClient(api: api.with(change))
  }

  /// Sends a request that has no generated function: see `APIClient.send(_:options:)`.
  public func send(
    _ request: RawRequest, options: RequestOptions = .init()
  ) async throws -> APIResponse<JSONValue?> {
    try await api.send(request, options: options)
  }
}
