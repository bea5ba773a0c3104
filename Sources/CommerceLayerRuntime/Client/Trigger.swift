import HTTPTypes

/// A write-only verb of a resource: `client.orders.place(id)`.
public struct Trigger<Root: Resource>: Sendable {
  let client: ResourceClient<Root>
  let name: String

  /// Names a verb by its wire name, which nothing checks. Generated code names what the schema has.
  public init(_ client: ResourceClient<Root>, wire name: String) {
    self.client = client
    self.name = name
  }

  /// Pulls the trigger.
  ///
  ///     let order = try await client.orders.place(order) { $0.include(.customer) }
  /// - Throws: ``CommerceLayerError``; of kind `ambiguousWrite` when the response cannot be read, or
  ///   when it is unknown whether the verb was processed and twice would not be harmless.
  @discardableResult
  public func callAsFunction(
    _ id: ID<Root>, options: RequestOptions = .init(),
    _ configure: @Sendable (inout ResourceQuery<Root>) -> Void = { _ in }
  ) async throws -> Root {
    try await client.pull(name, .bool(true), id: id, options: options, configure)
  }

  /// Pulls the trigger.
  /// - Throws: as with an id.
  @discardableResult
  public func callAsFunction(
    _ resource: Root, options: RequestOptions = .init(),
    _ configure: @Sendable (inout ResourceQuery<Root>) -> Void = { _ in }
  ) async throws -> Root {
    try await self(resource.id, options: options, configure)
  }
}

extension Trigger where Root: SingletonResource {
  /// Pulls the trigger of the one resource there is.
  /// - Throws: as with an id.
  @discardableResult
  public func callAsFunction(
    options: RequestOptions = .init(),
    _ configure: @Sendable (inout ResourceQuery<Root>) -> Void = { _ in }
  ) async throws -> Root {
    try await client.pull(name, .bool(true), id: nil, options: options, configure)
  }
}

/// A write-only verb that takes a value: `client.skus.addTags(id, "sale,summer")`.
public struct ValueTrigger<Root: Resource, Value: RequestValue>: Sendable {
  let client: ResourceClient<Root>
  let name: String

  /// Names a verb by its wire name, which nothing checks. Generated code names what the schema has.
  public init(_ client: ResourceClient<Root>, wire name: String) {
    self.client = client
    self.name = name
  }

  /// Pulls the trigger with a value.
  /// - Throws: ``CommerceLayerError``; of kind `ambiguousWrite` when the response cannot be read, or
  ///   when it is unknown whether the verb was processed and twice would not be harmless.
  @discardableResult
  public func callAsFunction(
    _ id: ID<Root>, _ value: Value, options: RequestOptions = .init(),
    _ configure: @Sendable (inout ResourceQuery<Root>) -> Void = { _ in }
  ) async throws -> Root {
    if let number = value as? Double, !number.isFinite {
      throw CommerceLayerError(.invalidInput, "'\(name)' cannot be sent: JSON has no \(number)")
    }
    return try await client.pull(name, value.requestValue, id: id, options: options, configure)
  }

  /// Pulls the trigger with a value.
  /// - Throws: as with an id.
  @discardableResult
  public func callAsFunction(
    _ resource: Root, _ value: Value, options: RequestOptions = .init(),
    _ configure: @Sendable (inout ResourceQuery<Root>) -> Void = { _ in }
  ) async throws -> Root {
    try await self(resource.id, value, options: options, configure)
  }
}

extension ResourceClient {
  func pull(
    _ name: String, _ value: JSONValue, id: ID<Root>?, options: RequestOptions,
    _ configure: (inout ResourceQuery<Root>) -> Void
  ) async throws -> Root {
    var query = ResourceQuery<Root>()
    configure(&query)
    var storage = RequestStorage(type: schema.name)
    storage[name] = value
    return try await one(
      APICall(
        method: .patch,
        path: try id.map { id throws(CommerceLayerError) in try memberPath(id) } ?? schema.path,
        parameters: sparing(query), body: storage.body(id: id?.rawValue),
        isIdempotent: schema.isRepeatable(updating: [name]), pullsTrigger: true),
      options: options)
  }
}
