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
  /// - Throws: ``CommerceLayerError``; of kind `ambiguousWrite` when it is unknown whether the verb
  ///   was processed and twice would not be harmless.
  @discardableResult
  public func callAsFunction(
    _ id: String, options: RequestOptions = .init()
  ) async throws -> Root {
    try await client.pull(name, .bool(true), id: id, options: options)
  }
}

extension Trigger where Root: SingletonResource {
  /// Pulls the trigger of the one resource there is.
  /// - Throws: ``CommerceLayerError``; of kind `ambiguousWrite` when it is unknown whether the verb
  ///   was processed and twice would not be harmless.
  @discardableResult
  public func callAsFunction(options: RequestOptions = .init()) async throws -> Root {
    try await client.pull(name, .bool(true), id: nil, options: options)
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
  /// - Throws: ``CommerceLayerError``; of kind `ambiguousWrite` when it is unknown whether the verb
  ///   was processed and twice would not be harmless.
  @discardableResult
  public func callAsFunction(
    _ id: String, _ value: Value, options: RequestOptions = .init()
  ) async throws -> Root {
    if let number = value as? Double, !number.isFinite {
      throw CommerceLayerError(.invalidInput, "'\(name)' cannot be sent: JSON has no \(number)")
    }
    return try await client.pull(name, value.requestValue, id: id, options: options)
  }
}

extension ResourceClient {
  func pull(
    _ name: String, _ value: JSONValue, id: String?, options: RequestOptions
  ) async throws -> Root {
    var storage = RequestStorage(type: schema.name)
    storage[name] = value
    return try await one(
      APICall(
        method: .patch,
        path: try id.map { id throws(CommerceLayerError) in try memberPath(id) } ?? schema.path,
        parameters: sparing(.init()),
        body: storage.document(id: id), isIdempotent: schema.isRepeatable(updating: [name])),
      options: options)
  }
}
