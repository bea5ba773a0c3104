/// The id of a resource of a known type: `SKU.ID` is `ID<SKU>`.
///
/// The id of an order cannot be given where an SKU's is expected. A string literal is an id; a string
/// from elsewhere becomes one with `ID(text)`, and ``rawValue`` is the text of an id.
///
///     let sku = try await client.skus.retrieve("xYZkjABcde")
///     try await client.skus.update(ID(id), .init(name: "Shirt"))
public struct ID<Root>: RawRepresentable, Sendable, Hashable, Codable,
  ExpressibleByStringInterpolation, CustomStringConvertible
{
  /// The id as text.
  public let rawValue: String
  /// Creates an id from its text.
  public init(rawValue: String) { self.rawValue = rawValue }
  /// Creates an id from its text.
  public init(_ rawValue: String) { self.rawValue = rawValue }
  /// Creates an id from a literal.
  public init(stringLiteral value: String) { rawValue = value }
  /// The id as text.
  public var description: String { rawValue }
}

extension ID where Root: Resource {
  var linkage: JSONValue { ["type": .string(Root.schema.name), "id": .string(rawValue)] }
}

/// The type and the id of a resource, for relationships that lead to resources of several types.
public struct AnyResourceReference: Sendable, Hashable {
  /// The JSON:API type.
  public let type: String
  /// The resource's id.
  public let id: String

  /// Links to a type and an id.
  public init(type: String, id: String) {
    self.type = type
    self.id = id
  }

  /// Links to a resource.
  public init(_ resource: some Resource) {
    self.init(type: resource.storage.type, id: resource.storage.id)
  }

  /// Links to the id of a resource of a known type.
  public init<Root: Resource>(_ id: ID<Root>) {
    self.init(type: Root.schema.name, id: id.rawValue)
  }

  var linkage: JSONValue { ["type": .string(type), "id": .string(id)] }
}
