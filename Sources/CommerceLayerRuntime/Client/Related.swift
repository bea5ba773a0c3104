import HTTPTypes

/// What a to-many relationship leads to: `client.skus.prices(of: id)`, or all of it, page by page:
/// `client.skus.prices.all(of: id)`.
public struct RelatedList<Root: Resource, Target: Resource>: Sendable {
  let client: ResourceClient<Root>
  let name: String

  /// Names a relationship by its wire name, which nothing checks. Generated code names what the schema
  /// has.
  public init(_ client: ResourceClient<Root>, wire name: String) {
    self.client = client
    self.name = name
  }

  /// One page of the list.
  /// - Throws: ``CommerceLayerError``.
  public func callAsFunction(
    of id: ID<Root>, options: RequestOptions = .init(),
    _ configure: @Sendable (inout ListQuery<Target>) -> Void = { _ in }
  ) async throws -> Page<Target> {
    try await page(ListQuery(nil, configure), under: client.memberPath(id), options)
  }

  /// One page of the list.
  /// - Throws: ``CommerceLayerError``.
  public func callAsFunction(
    of resource: Root, options: RequestOptions = .init(),
    _ configure: @Sendable (inout ListQuery<Target>) -> Void = { _ in }
  ) async throws -> Page<Target> {
    try await self(of: resource.id, options: options, configure)
  }

  /// The whole list, page by page as it is read.
  public func all(
    of id: ID<Root>, where filter: Filter<Target>? = nil, options: RequestOptions = .init(),
    _ configure: @Sendable (inout ListQuery<Target>) -> Void = { _ in }
  ) -> PagedSequence<Target> {
    all(where: filter, options: options, configure) { () throws(CommerceLayerError) in
      try client.memberPath(id)
    }
  }

  /// The whole list, page by page as it is read.
  public func all(
    of resource: Root, where filter: Filter<Target>? = nil, options: RequestOptions = .init(),
    _ configure: @Sendable (inout ListQuery<Target>) -> Void = { _ in }
  ) -> PagedSequence<Target> {
    all(of: resource.id, where: filter, options: options, configure)
  }

  /// How many resources of the list meet the conditions.
  ///
  ///     let count = try await client.skus.prices.count(of: skuID, where: .amountCents.gt(0))
  /// - Parameters:
  ///   - id: The resource that has the list.
  ///   - filter: A condition that the resources must meet, beside those of `configure`.
  ///   - options: What this call has different from its client.
  ///   - configure: The conditions: `$0.filter(…)`. Nothing else counts.
  /// - Throws: ``CommerceLayerError``; of kind `protocolViolation` when the service does not say.
  public func count(
    of id: ID<Root>, where filter: Filter<Target>? = nil, options: RequestOptions = .init(),
    _ configure: @Sendable (inout ListQuery<Target>) -> Void = { _ in }
  ) async throws -> Int {
    try await count(ListQuery(filter, configure), under: client.memberPath(id), options)
  }

  /// How many resources of the list meet the conditions.
  /// - Throws: as with an id.
  public func count(
    of resource: Root, where filter: Filter<Target>? = nil, options: RequestOptions = .init(),
    _ configure: @Sendable (inout ListQuery<Target>) -> Void = { _ in }
  ) async throws -> Int {
    try await count(of: resource.id, where: filter, options: options, configure)
  }

  /// Whether any resource of the list meets the conditions.
  /// - Parameters:
  ///   - id: The resource that has the list.
  ///   - filter: A condition that the resources must meet, beside those of `configure`.
  ///   - options: What this call has different from its client.
  ///   - configure: The conditions: `$0.filter(…)`. Nothing else counts.
  /// - Throws: ``CommerceLayerError``.
  public func exists(
    of id: ID<Root>, where filter: Filter<Target>? = nil, options: RequestOptions = .init(),
    _ configure: @Sendable (inout ListQuery<Target>) -> Void = { _ in }
  ) async throws -> Bool {
    try await exists(ListQuery(filter, configure), under: client.memberPath(id), options)
  }

  /// Whether any resource of the list meets the conditions.
  /// - Throws: ``CommerceLayerError``.
  public func exists(
    of resource: Root, where filter: Filter<Target>? = nil, options: RequestOptions = .init(),
    _ configure: @Sendable (inout ListQuery<Target>) -> Void = { _ in }
  ) async throws -> Bool {
    try await exists(of: resource.id, where: filter, options: options, configure)
  }

  private func path(under path: String) -> String { "\(path)/\(name)" }

  private func all(
    where filter: Filter<Target>?, options: RequestOptions,
    _ configure: (inout ListQuery<Target>) -> Void,
    under path: @escaping @Sendable () throws(CommerceLayerError) -> String
  ) -> PagedSequence<Target> {
    let start = ListQuery<Target>(filter) {
      $0.page(size: client.api.maximumPageSize)
      configure(&$0)
    }
    let first = PagePosition(place: .number(start.pageNumber ?? 1))
    return PagedSequence(
      walk: PageWalk(start: first) { position in
        var query = start
        query.page(position.number)
        return try await page(query, under: path(), options)
      })
  }

  private func page(
    _ query: ListQuery<Target>, under path: String, _ options: RequestOptions
  ) async throws -> Page<Target> {
    try await client.api.page(query, at: self.path(under: path), options: options)
  }

  private func count(
    _ query: ListQuery<Target>, under path: String, _ options: RequestOptions
  ) async throws -> Int {
    try await client.api.count(query, at: self.path(under: path), options: options)
  }

  private func exists(
    _ query: ListQuery<Target>, under path: String, _ options: RequestOptions
  ) async throws -> Bool {
    try await client.api.exists(query, at: self.path(under: path), options: options)
  }
}

extension RelatedList where Root: SingletonResource {
  /// One page of the list.
  /// - Throws: ``CommerceLayerError``.
  public func callAsFunction(
    options: RequestOptions = .init(),
    _ configure: @Sendable (inout ListQuery<Target>) -> Void = { _ in }
  ) async throws -> Page<Target> {
    try await page(ListQuery(nil, configure), under: client.schema.path, options)
  }

  /// The whole list, page by page as it is read.
  public func all(
    where filter: Filter<Target>? = nil, options: RequestOptions = .init(),
    _ configure: @Sendable (inout ListQuery<Target>) -> Void = { _ in }
  ) -> PagedSequence<Target> {
    all(where: filter, options: options, configure) { client.schema.path }
  }

  /// How many resources of the list meet the conditions.
  /// - Parameters:
  ///   - filter: A condition that the resources must meet, beside those of `configure`.
  ///   - options: What this call has different from its client.
  ///   - configure: The conditions: `$0.filter(…)`. Nothing else counts.
  /// - Throws: ``CommerceLayerError``; of kind `protocolViolation` when the service does not say.
  public func count(
    where filter: Filter<Target>? = nil, options: RequestOptions = .init(),
    _ configure: @Sendable (inout ListQuery<Target>) -> Void = { _ in }
  ) async throws -> Int {
    try await count(ListQuery(filter, configure), under: client.schema.path, options)
  }

  /// Whether any resource of the list meets the conditions.
  /// - Parameters:
  ///   - filter: A condition that the resources must meet, beside those of `configure`.
  ///   - options: What this call has different from its client.
  ///   - configure: The conditions: `$0.filter(…)`. Nothing else counts.
  /// - Throws: ``CommerceLayerError``.
  public func exists(
    where filter: Filter<Target>? = nil, options: RequestOptions = .init(),
    _ configure: @Sendable (inout ListQuery<Target>) -> Void = { _ in }
  ) async throws -> Bool {
    try await exists(ListQuery(filter, configure), under: client.schema.path, options)
  }
}

/// What a to-one relationship leads to: `client.orders.customer(of: id)`.
public struct RelatedOne<Root: Resource, Target: Resource>: Sendable {
  let client: ResourceClient<Root>
  let name: String

  /// Names a relationship by its wire name, which nothing checks. Generated code names what the schema
  /// has.
  public init(_ client: ResourceClient<Root>, wire name: String) {
    self.client = client
    self.name = name
  }

  /// The related resource; nil when there is none.
  /// - Throws: ``CommerceLayerError``.
  public func callAsFunction(
    of id: ID<Root>, options: RequestOptions = .init(),
    _ configure: @Sendable (inout ResourceQuery<Target>) -> Void = { _ in }
  ) async throws -> Target? {
    try await one(under: client.memberPath(id), options, configure)
  }

  /// The related resource; nil when there is none.
  /// - Throws: ``CommerceLayerError``.
  public func callAsFunction(
    of resource: Root, options: RequestOptions = .init(),
    _ configure: @Sendable (inout ResourceQuery<Target>) -> Void = { _ in }
  ) async throws -> Target? {
    try await self(of: resource.id, options: options, configure)
  }

  private func one(
    under path: String, _ options: RequestOptions,
    _ configure: (inout ResourceQuery<Target>) -> Void
  ) async throws -> Target? {
    var query = ResourceQuery<Target>()
    configure(&query)
    let call = APICall(
      method: .get, path: "\(path)/\(name)", parameters: query.parameters, isIdempotent: true)
    return try await client.api.perform(call, options: options) {
      try $0.document(call.label).one(Target.self)
    }
  }
}

extension RelatedOne where Root: SingletonResource {
  /// The related resource; nil when there is none.
  /// - Throws: ``CommerceLayerError``.
  public func callAsFunction(
    options: RequestOptions = .init(),
    _ configure: @Sendable (inout ResourceQuery<Target>) -> Void = { _ in }
  ) async throws -> Target? {
    try await one(under: client.schema.path, options, configure)
  }
}
