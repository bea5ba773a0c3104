/// A resource read from the API: an immutable view into a parsed document.
///
/// Equality compares the resource object's bytes: the same content in another key order counts as
/// different.
public protocol Resource: Sendable, Hashable, Codable, Identifiable
where ID == CommerceLayerRuntime.ID<Self> {
  /// Where the values are.
  var storage: ResourceStorage { get }
  /// Wraps a resource object.
  @_spi(Generated) init(storage: ResourceStorage)
  /// What the documentation says of it.
  static var schema: ResourceSchema { get }
}

extension Resource {
  /// The id, unique within the type.
  public var id: CommerceLayerRuntime.ID<Self> { .init(storage.id) }
  /// An attribute by wire name, also one the schema does not know; nil when absent.
  public subscript(name: String) -> JSONValue? { storage.element(name)?.value }
  /// The `meta` object.
  public var meta: JSONValue? { storage.meta }
  /// The resource object as compact JSON, byte for byte as it came.
  public var jsonText: String { String(decoding: storage.rawBytes, as: UTF8.self) }

  /// Whether both are the same bytes.
  public static func == (left: Self, right: Self) -> Bool {
    left.storage.rawBytes == right.storage.rawBytes
  }

  /// Feeds the value into a hasher.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(storage.type)
    hasher.combine(storage.id)
  }

  /// Writes the value.
  public func encode(to encoder: any Encoder) throws {
    try storage.element.value.encode(to: encoder)
  }

  /// Reads the value.
  public init(from decoder: any Decoder) throws {
    let value = try JSONValue(from: decoder)
    let document = try Document(
      parsing: JSONValue.object(["data": value]).bytes, context: .decoding)
    guard let resource = try document.one(Self.self) else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "null is not a resource"))
    }
    self = resource
  }
}

/// A resource with a `create` operation.
public protocol CreatableResource: Resource {
  /// What creating takes.
  associatedtype Create: CreateRequest
}

/// A resource with a `list` operation.
public protocol ListableResource: Resource {}

/// A resource with a `retrieve` operation.
public protocol RetrievableResource: Resource {}

/// A resource with an `update` operation.
public protocol UpdatableResource: Resource {
  /// What updating takes.
  associatedtype Update: UpdateRequest
}

/// A resource with a `delete` operation.
public protocol DeletableResource: Resource {}

/// A resource there is one of; its path takes no id.
public protocol SingletonResource: Resource {}

/// A resource there is one of, with an `update` operation.
public protocol UpdatableSingleton: SingletonResource {
  /// What updating takes.
  associatedtype Update: UpdateRequest
}

/// A resource that works asynchronously and can be waited for.
public protocol LifecycleResource: RetrievableResource {}

extension LifecycleResource {
  /// Whether nothing will change any more; nil when the state is absent from the document.
  public var isTerminal: Bool? {
    guard let lifecycle = Self.schema.lifecycle,
      let state = storage.element(lifecycle.attribute)?.string
    else { return nil }
    return lifecycle.terminal.contains(state)
  }
}

/// A resource of any type, read by wire names.
public struct AnyResource: Resource {
  /// Where the values are.
  public let storage: ResourceStorage
  /// Wraps a resource object.
  @_spi(Generated) public init(storage: ResourceStorage) { self.storage = storage }
  /// An empty schema: nothing is known of any type.
  public static let schema = ResourceSchema(table: "{}")
  /// The JSON:API type.
  public var type: String { storage.type }

  /// This resource as a typed one, which can be the base type of its family; nil when it is of another
  /// type.
  public func `as`<R: Resource>(_ type: R.Type) -> R? {
    R.schema.accepts(self.type, in: storage.document.context.schemas) ? R(storage: storage) : nil
  }
}

/// A string value with documented cases that may grow: unknown values are kept, never rejected.
public protocol OpenEnum: RawRepresentable, TextFilterValue, Hashable, Codable,
  CustomStringConvertible
where RawValue == String {
  /// Wraps a wire value, documented or not.
  init(rawValue: String)
}

extension OpenEnum {
  /// The value as text.
  public var description: String { rawValue }
}
