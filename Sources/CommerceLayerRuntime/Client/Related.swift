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
    of id: String, options: RequestOptions = .init(),
    _ configure: @Sendable (inout ListQuery<Target>) -> Void = { _ in }
  ) async throws -> Page<Target> {
    try await page(Self.query(configure), under: client.memberPath(id), options)
  }

  /// The whole list, page by page as it is read.
  public func all(
    of id: String, where filter: Filter<Target>? = nil, options: RequestOptions = .init(),
    _ configure: @Sendable (inout ListQuery<Target>) -> Void = { _ in }
  ) -> PagedSequence<Target> {
    all(where: filter, options: options, configure) { () throws(CommerceLayerError) in
      try client.memberPath(id)
    }
  }

  private static func query(
    _ configure: (inout ListQuery<Target>) -> Void
  ) -> ListQuery<Target> {
    var query = ListQuery<Target>()
    configure(&query)
    return query
  }

  private func all(
    where filter: Filter<Target>?, options: RequestOptions,
    _ configure: (inout ListQuery<Target>) -> Void,
    under path: @escaping @Sendable () throws(CommerceLayerError) -> String
  ) -> PagedSequence<Target> {
    let start = Self.query {
      $0.page(size: ListQuery<Target>.maximumPageSize)
      configure(&$0)
      if let filter { $0.filter(filter) }
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
    try query.validate()
    let call = APICall(
      method: .get, path: "\(path)/\(name)", parameters: query.parameters, isIdempotent: true)
    return try await client.api.perform(call, options: options) {
      try Page($0.document(call.label))
    }
  }
}

extension RelatedList where Root: SingletonResource {
  /// One page of the list.
  /// - Throws: ``CommerceLayerError``.
  public func callAsFunction(
    options: RequestOptions = .init(),
    _ configure: @Sendable (inout ListQuery<Target>) -> Void = { _ in }
  ) async throws -> Page<Target> {
    try await page(Self.query(configure), under: client.schema.path, options)
  }

  /// The whole list, page by page as it is read.
  public func all(
    where filter: Filter<Target>? = nil, options: RequestOptions = .init(),
    _ configure: @Sendable (inout ListQuery<Target>) -> Void = { _ in }
  ) -> PagedSequence<Target> {
    all(where: filter, options: options, configure) { client.schema.path }
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
    of id: String, options: RequestOptions = .init(),
    _ configure: @Sendable (inout ResourceQuery<Target>) -> Void = { _ in }
  ) async throws -> Target? {
    try await one(under: client.memberPath(id), options, configure)
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
