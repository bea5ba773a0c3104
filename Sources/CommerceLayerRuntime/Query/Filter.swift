/// One condition on a list, of a resource whose schema allows it.
public struct Filter<Root: Resource>: Sendable, Hashable {
  /// `<attribute>_<predicate>`, as it stands in `filter[q][…]`.
  public let name: String
  /// The value as text.
  public let value: String

  /// Names what the schema has.
  @_spi(Generated) public init(name: String, value: String) {
    self.name = name
    self.value = value
  }

  /// A condition this package does not know, sent as it is. The service is said to ignore what it
  /// does not understand and to return everything: check the result.
  public static func unchecked(_ name: String, _ value: String) -> Filter {
    Filter(name: name, value: value)
  }
}

/// An attribute that lists can be filtered by; its predicates depend on the value's type.
public struct FilterField<Root: Resource, Value: Sendable>: Sendable {
  /// The wire name, or several joined with `_or_`.
  public let name: String

  /// Names an attribute by its wire name, which nothing checks. Generated code names what the schema
  /// has.
  public init(wire name: String) { self.name = name }

  /// This attribute or another one of the same type: either may satisfy the condition.
  public func or(_ other: FilterField) -> FilterField {
    FilterField(wire: "\(name)_or_\(other.name)")
  }

  /// A condition with this predicate.
  @_spi(Generated) public func predicate(_ predicate: String, text: String) -> Filter<Root> {
    Filter(name: "\(name)_\(predicate)", value: text)
  }

  /// A condition with this predicate.
  @_spi(Generated) public func predicate(_ predicate: String, texts: [String]) -> Filter<Root> {
    Filter(name: "\(name)_\(predicate)", value: texts.joined(separator: ","))
  }

  /// A condition with this predicate.
  @_spi(Generated) public func predicate(_ predicate: String, flag: Bool) -> Filter<Root> {
    Filter(name: "\(name)_\(predicate)", value: flag ? "true" : "false")
  }

  /// A condition with this predicate.
  @_spi(Generated) public func predicate(_ predicate: String, object: JSONObject) -> Filter<Root> {
    Filter(name: "\(name)_\(predicate)", value: JSONValue.object(object).text)
  }
}

extension FilterField where Value: ScalarFilterValue {
  /// A condition with this predicate.
  @_spi(Generated) public func predicate(_ predicate: String, _ value: Value) -> Filter<Root> {
    Filter(name: "\(name)_\(predicate)", value: value.filterText)
  }

  /// Values are joined with commas; the service documents no way to escape a comma in a value, so
  /// such values need several requests or another predicate.
  @_spi(Generated) public func predicate(_ predicate: String, _ values: [Value]) -> Filter<Root> {
    Filter(
      name: "\(name)_\(predicate)", value: values.map(\.filterText).joined(separator: ","))
  }
}

/// A value a scalar attribute can be compared with.
public protocol ScalarFilterValue: Sendable {
  /// The value as the query writes it.
  var filterText: String { get }
}

/// A value that can be searched as text.
public protocol TextFilterValue: ScalarFilterValue {}

/// A value with an order.
public protocol ComparableFilterValue: ScalarFilterValue {}

extension String: TextFilterValue {
  /// The value as the query writes it.
  public var filterText: String { self }
}
extension Int: ComparableFilterValue {
  /// The value as the query writes it.
  public var filterText: String { String(self) }
}
extension Double: ComparableFilterValue {
  /// The value as the query writes it.
  public var filterText: String { description }
}
extension Bool: ScalarFilterValue {
  /// The value as the query writes it.
  public var filterText: String { self ? "true" : "false" }
}
extension ResourceID: ComparableFilterValue {
  /// The value as the query writes it.
  public var filterText: String { rawValue }
}
extension OpenEnum {
  /// The value as the query writes it.
  public var filterText: String { rawValue }
}
