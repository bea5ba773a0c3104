import HTTPTypes

/// The operations of one resource. Which ones exist follows from the schema: what the service does
/// not offer does not compile.
public struct ResourceClient<Root: Resource>: Sendable {
  let api: APIClient

  /// Calls through a client.
  public init(api: APIClient) { self.api = api }

  var schema: ResourceSchema { Root.schema }

  func memberPath(_ id: ID<Root>) throws(CommerceLayerError) -> String {
    "\(schema.path)/\(try PercentEncoding.segment(id.rawValue))"
  }

  func one(_ call: APICall, options: RequestOptions) async throws -> Root {
    try await api.perform(call, options: options) { response in
      guard let resource = try response.document(call.label).one(Root.self) else {
        throw CommerceLayerError.protocolViolation(
          "'data' is null", pointer: "/data", response.context(call.label))
      }
      return resource
    }
  }

  /// Asks for everything but transient attributes, unless the caller chose fields.
  func sparing(_ query: ResourceQuery<Root>) -> [QueryParameter] {
    var query = query
    if query.fieldNames.isEmpty, schema.hasTransientAttributes {
      query.fieldNames = schema.defaultFields
    }
    return query.parameters
  }
}

extension ResourceClient where Root: CreatableResource {
  /// Creates a resource.
  ///
  /// The request is checked against the schema first. The response leaves out transient attributes,
  /// such as an import's rows, unless `query` names fields.
  /// - Throws: ``CommerceLayerError``; of kind `ambiguousWrite` when it is unknown whether the
  ///   resource now exists. A create is never retried in that case.
  public func create(
    _ request: Root.Create, options: RequestOptions = .init(),
    _ configure: @Sendable (inout ResourceQuery<Root>) -> Void = { _ in }
  ) async throws -> Root {
    var query = ResourceQuery<Root>()
    configure(&query)
    var storage = request.storage
    if let rows = storage.rows?.value, rows.isCSV, storage.attributes["format"] == nil,
      Root.schema.attribute("format") != nil
    {
      storage["format"] = "csv"
    }
    try RequestValidator.check(
      storage, against: Root.schema, creating: true, standIns: api.core.service?.standIns ?? [])
    let call = APICall(
      method: .post, path: Root.schema.path, parameters: sparing(query),
      body: storage.body(id: nil), outline: storage.rows == nil ? nil : storage.outline(id: nil),
      isIdempotent: false, isBulk: storage.rows != nil)
    return try await one(call, options: options)
  }
}

extension ResourceClient where Root: ListableResource {
  /// One page of the list.
  ///
  ///     let page = try await client.imports.list {
  ///       $0.filter(.status.eq(.completed))
  ///       $0.sort(.createdAt, .descending)
  ///       $0.page(size: 25)
  ///     }
  public func list(
    options: RequestOptions = .init(),
    _ configure: @Sendable (inout ListQuery<Root>) -> Void = { _ in }
  ) async throws -> Page<Root> {
    var query = ListQuery<Root>()
    configure(&query)
    return try await page(query, options: options)
  }

  func page(_ query: ListQuery<Root>, options: RequestOptions) async throws -> Page<Root> {
    try await api.page(query, at: Root.schema.path, options: options)
  }

  /// How many resources meet the conditions.
  ///
  ///     let drafts = try await client.orders.count(where: .status.eq(.draft))
  /// - Parameters:
  ///   - filter: A condition that the resources must meet, beside those of `configure`.
  ///   - options: What this call has different from its client.
  ///   - configure: The conditions: `$0.filter(…)`. Nothing else counts.
  /// - Throws: ``CommerceLayerError``; of kind `protocolViolation` when the service does not say.
  public func count(
    where filter: Filter<Root>? = nil, options: RequestOptions = .init(),
    _ configure: @Sendable (inout ListQuery<Root>) -> Void = { _ in }
  ) async throws -> Int {
    try await api.count(
      ListQuery(filter, configure), at: Root.schema.path, options: options)
  }

  /// Whether any resource meets the conditions.
  ///
  ///     let isKnown = try await client.skus.exists(where: .code.eq("TSHIRT"))
  /// - Parameters:
  ///   - filter: A condition that the resources must meet, beside those of `configure`.
  ///   - options: What this call has different from its client.
  ///   - configure: The conditions: `$0.filter(…)`. Nothing else counts.
  /// - Throws: ``CommerceLayerError``.
  public func exists(
    where filter: Filter<Root>? = nil, options: RequestOptions = .init(),
    _ configure: @Sendable (inout ListQuery<Root>) -> Void = { _ in }
  ) async throws -> Bool {
    try await api.exists(ListQuery(filter, configure), at: Root.schema.path, options: options)
  }
}

extension ResourceClient where Root: RetrievableResource {
  /// One resource by its id.
  public func retrieve(
    _ id: ID<Root>, options: RequestOptions = .init(),
    _ configure: @Sendable (inout ResourceQuery<Root>) -> Void = { _ in }
  ) async throws -> Root {
    var query = ResourceQuery<Root>()
    configure(&query)
    return try await retrieve(id, parameters: query.parameters, options: options)
  }

  /// A resource as it is now, or with other fields and included resources.
  public func retrieve(
    _ resource: Root, options: RequestOptions = .init(),
    _ configure: @Sendable (inout ResourceQuery<Root>) -> Void = { _ in }
  ) async throws -> Root {
    try await retrieve(resource.id, options: options, configure)
  }

  func retrieve(
    _ id: ID<Root>, parameters: [QueryParameter], options: RequestOptions
  ) async throws -> Root {
    try await one(
      APICall(
        method: .get, path: try memberPath(id), parameters: parameters, isIdempotent: true),
      options: options)
  }
}

extension ResourceClient where Root: SingletonResource {
  /// The one resource there is.
  public func retrieve(
    options: RequestOptions = .init(),
    _ configure: @Sendable (inout ResourceQuery<Root>) -> Void = { _ in }
  ) async throws -> Root {
    var query = ResourceQuery<Root>()
    configure(&query)
    return try await one(
      APICall(
        method: .get, path: Root.schema.path, parameters: query.parameters, isIdempotent: true),
      options: options)
  }
}

extension ResourceClient where Root: UpdatableSingleton {
  /// Changes what `request` names and nothing else.
  /// - Throws: ``CommerceLayerError``; of kind `ambiguousWrite` when the response cannot be read, or when
  ///   `request` pulls a trigger and it is unknown whether that was processed. Such an update is not
  ///   retried.
  @discardableResult
  public func update(
    _ request: Root.Update, options: RequestOptions = .init(),
    _ configure: @Sendable (inout ResourceQuery<Root>) -> Void = { _ in }
  ) async throws -> Root {
    try await update(
      request.storage, id: nil, path: schema.path, options: options, configure)
  }
}

extension ResourceClient {
  func update(
    _ storage: RequestStorage, id: ID<Root>?, path: String, options: RequestOptions,
    _ configure: @Sendable (inout ResourceQuery<Root>) -> Void
  ) async throws -> Root {
    var query = ResourceQuery<Root>()
    configure(&query)
    try RequestValidator.check(
      storage, against: schema, creating: false, standIns: api.core.service?.standIns ?? [])
    return try await one(
      APICall(
        method: .patch, path: path, parameters: sparing(query),
        body: storage.body(id: id?.rawValue),
        isIdempotent: schema.isRepeatable(updating: storage.attributes.keys)),
      options: options)
  }
}

extension ResourceClient where Root: UpdatableResource {
  /// Changes what `request` names and nothing else.
  /// - Throws: ``CommerceLayerError``; of kind `ambiguousWrite` when the response cannot be read, or when
  ///   `request` pulls a trigger and it is unknown whether that was processed. Such an update is not
  ///   retried.
  @discardableResult
  public func update(
    _ id: ID<Root>, _ request: Root.Update, options: RequestOptions = .init(),
    _ configure: @Sendable (inout ResourceQuery<Root>) -> Void = { _ in }
  ) async throws -> Root {
    try await update(
      request.storage, id: id, path: memberPath(id), options: options, configure)
  }

  /// Changes what `request` names and nothing else.
  /// - Throws: as with an id.
  @discardableResult
  public func update(
    _ resource: Root, _ request: Root.Update, options: RequestOptions = .init(),
    _ configure: @Sendable (inout ResourceQuery<Root>) -> Void = { _ in }
  ) async throws -> Root {
    try await update(resource.id, request, options: options, configure)
  }
}

extension ResourceClient where Root: DeletableResource {
  /// Deletes a resource.
  ///
  /// When an earlier attempt of this call may have been processed and a later one finds nothing,
  /// that earlier one has done it: no error.
  public func delete(_ id: ID<Root>, options: RequestOptions = .init()) async throws {
    let call = APICall(method: .delete, path: try memberPath(id), isIdempotent: true)
    _ = try await api.perform(call, options: options) { response in
      // A 2xx body that is not a document comes from elsewhere: a network's sign-in page, for example.
      if response.status != 404 { _ = try response.documentIfAny(call.label) }
    }
  }
  /// Deletes a resource.
  public func delete(_ resource: Root, options: RequestOptions = .init()) async throws {
    try await delete(resource.id, options: options)
  }
}
