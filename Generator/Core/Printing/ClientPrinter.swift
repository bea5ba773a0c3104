import Spec

/// Prints the client type, which is the same whatever resources are generated.
enum ClientPrinter {
  /// The file's text. `Generated/CommerceLayerClient.swift` is the one of this repository's profile; a
  /// test compares the two.
  static func print(_ profile: Profile, _ code: CodeNames) -> String {
    let vocabulary: Code = code.vocabulary.map { "\n@_exported public import \($0)" } ?? ""
    let text: Code = """
      @_exported public import CommerceLayerRuntime\(vocabulary)

      \(profile.code.organizations ? organizationHead(code) : endpointHead(code))

        /// The schemas of all resources, made when a document first needs one it does not name.
        private static let schemas = SchemaCatalog { \(code.service).schemas }

        /// Creates a client that sends its calls through `api`.
        public init(api: APIClient) { self.api = api }

        /// Returns a copy whose calls all have these options, unless a call says otherwise. It shares
        /// tokens, rate limits, the retry budget and connections with this client.
        ///
        ///     let nightly = client.with {
        ///       $0.timeout = .seconds(300)
        ///       $0.tags["job"] = "nightly"
        ///     }
        public func with(_ change: (inout RequestOptions) -> Void) -> \(code.client) {
          \(code.client)(api: api.with(change))
        }

        /// Sends a request that has no generated function: see `APIClient.send(_:options:)`.
        public func send(
          _ request: RawRequest, options: RequestOptions = .init()
        ) async throws -> APIResponse<JSONValue?> {
          try await api.send(request, options: options)
        }
      }

      """
    return text.source
  }

  /// A client of a service with a host for each organization.
  private static func organizationHead(_ code: CodeNames) -> Code {
    """
    /// A client for one organization: each resource of the API is a property.
    ///
    ///     let client = try \(code.client)(
    ///       organization: "acme", credentials: .clientCredentials(id: id, secret: secret))
    ///     let job = try await client.imports.create(.init(resourceType: .skus, inputs: .json(rows)))
    ///
    /// Copies share tokens and connections, so a client is made once and handed around.
    public struct \(code.client): Sendable {
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
          service: \(code.service).description, schemas: Self.schemas)
      }
    """
  }

  /// A client of a service with one host.
  private static func endpointHead(_ code: CodeNames) -> Code {
    """
    /// A client for one endpoint: each resource of the API is a property.
    ///
    /// Copies share tokens and connections, so a client is made once and handed around.
    public struct \(code.client): Sendable {
      /// Sends the calls of all resources.
      public let api: APIClient

      /// Creates a client for an endpoint.
      /// - Parameters:
      ///   - endpoint: Where the service is.
      ///   - credentials: What access tokens are requested with.
      ///   - configuration: Transport, time limits, retries and everything else that has a default.
      /// - Throws: An error of kind `configuration` when the configuration is not valid.
      public init(
        endpoint: ServiceEndpoint, credentials: Credentials,
        configuration: ClientConfiguration = .init()
      ) throws {
        var configuration = configuration
        configuration.endpoint = endpoint
        api = try APIClient(
          organization: "", credentials: credentials, configuration: configuration,
          service: \(code.service).description, schemas: Self.schemas)
      }
    """
  }
}
