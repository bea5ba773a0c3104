public import struct Foundation.Date

/// One condition on a list, of a resource whose schema allows it.
///
/// A condition whose value the service would drop, an empty list for example, makes the call throw an
/// error of kind `invalidInput` before anything is sent: without the condition the service would return
/// everything.
public struct Filter<Root: Resource>: Sendable, Hashable {
  /// `<attribute>_<predicate>`, as in `filter[q][…]`.
  let wire: String
  /// The value as text.
  let text: String
  /// Why the condition cannot be sent; nil when it can.
  let problem: String?

  init(wire: String, text: String, problem: String? = nil) {
    self.wire = wire
    self.text = text
    self.problem = problem
  }

  /// A condition this package does not know, by its wire name. The name is not checked, and the
  /// service is said to ignore names it does not understand and to return everything: check the
  /// result. A value that is empty is rejected like that of any other condition.
  public static func unchecked(_ name: String, _ value: String) -> Filter {
    Filter(wire: name, text: value, problem: FilterCheck.problem(value: value))
  }

  var parameter: QueryParameter {
    QueryParameter(filter: wire, value: text, problem: problem)
  }
}

/// An attribute that lists can be filtered by; its predicates depend on the value's type.
public struct FilterField<Root: Resource, Value: Sendable>: Sendable {
  // Public members with plain names would hide attributes of the same names: there are none.
  /// The wire name, or several joined with `_or_`.
  let wire: String

  /// Names an attribute by its wire name, which nothing checks. Generated code names what the schema
  /// has.
  public init(wire: String) { self.wire = wire }

  /// This attribute or another one of the same type: either may satisfy the condition.
  ///
  ///     let count = try await client.skus.count(where: .name.or(.reference).cont("shirt"))
  public func or(_ other: FilterField) -> FilterField {
    FilterField(wire: "\(wire)_or_\(other.wire)")
  }

  private func filter(_ predicate: String, _ text: String, _ problem: String?) -> Filter<Root> {
    Filter(wire: "\(wire)_\(predicate)", text: text, problem: problem)
  }

  /// A condition with this predicate.
  @_spi(Generated) public func predicate(_ predicate: String, text: String) -> Filter<Root> {
    filter(predicate, text, FilterCheck.problem(value: text))
  }

  /// A condition with this predicate.
  @_spi(Generated) public func predicate(_ predicate: String, texts: [String]) -> Filter<Root> {
    filter(predicate, texts.joined(separator: ","), FilterCheck.problem(values: texts))
  }

  /// A condition with this predicate.
  @_spi(Generated) public func predicate(_ predicate: String, flag: Bool) -> Filter<Root> {
    filter(predicate, flag ? "true" : "false", nil)
  }

  /// A condition with this predicate.
  @_spi(Generated) public func predicate(_ predicate: String, object: JSONObject) -> Filter<Root> {
    filter(
      predicate, JSONValue.object(object).text, object.isEmpty ? FilterCheck.emptyObject : nil)
  }
}

extension FilterField where Value: ScalarFilterValue {
  /// A condition with this predicate.
  @_spi(Generated) public func predicate(_ predicate: String, _ value: Value) -> Filter<Root> {
    let text = value.filterText
    return filter(
      predicate, text, FilterCheck.problem(of: value) ?? FilterCheck.problem(value: text))
  }

  /// A condition with this predicate and several values. The service documents no way to escape a
  /// comma, so a value that contains one makes the call throw.
  @_spi(Generated) public func predicate(_ predicate: String, _ values: [Value]) -> Filter<Root> {
    let texts = values.map(\.filterText)
    return filter(
      predicate, texts.joined(separator: ","),
      values.lazy.compactMap(FilterCheck.problem(of:)).first ?? FilterCheck.problem(values: texts))
  }
}

/// Decides whether the service would understand the value of a condition. Pure.
///
/// The predicates are those of Ransack, which drops a condition whose value is blank, strips white
/// space from values and splits lists at commas.
enum FilterCheck {
  static let emptyList =
    "the list of values is empty: the service would drop the condition and return everything; "
    + "leave the condition out, or do not send the request"
  static let emptyValue =
    "the value is empty: the service would drop the condition and return everything; "
    + "use 'blank' or 'null' to look for missing values"
  static let emptyObject =
    "the object is empty: every resource would meet the condition; leave the condition out"

  /// What is wrong with a single value; nil when nothing is.
  static func problem(value: String) -> String? { isBlank(value) ? emptyValue : nil }

  /// What is wrong with a list of values; nil when nothing is.
  static func problem(values: [String]) -> String? {
    if values.isEmpty { return emptyList }
    if values.count == 1, isBlank(values[0]) { return emptyValue }
    for (index, value) in values.enumerated() {
      if isBlank(value) {
        return "value \(index + 1) of \(values.count) is empty: the service would drop it; "
          + "use 'blank' or 'null' to look for missing values"
      }
      if value.contains(",") {
        return "value \(index + 1) of \(values.count) contains a comma, which separates values: "
          + "use a predicate with a single value, one request for each such value"
      }
    }
    return nil
  }

  /// What is wrong with a number or a date; nil when nothing is.
  static func problem(of value: some ScalarFilterValue) -> String? {
    value.isFiniteFilterValue ? nil : "the value is not a finite number"
  }

  private static func isBlank(_ text: String) -> Bool { text.allSatisfy(\.isWhitespace) }
}

/// A value a scalar attribute can be compared with.
public protocol ScalarFilterValue: Sendable {
  /// The value as the query writes it.
  var filterText: String { get }
  /// Whether the value can be compared at all: NaN and infinities cannot.
  var isFiniteFilterValue: Bool { get }
}

extension ScalarFilterValue {
  /// Whether the value can be compared at all: true but for numbers and dates.
  public var isFiniteFilterValue: Bool { true }
}

/// A value that can be searched as text.
public protocol TextFilterValue: ScalarFilterValue {}

/// A value with an order.
public protocol ComparableFilterValue: ScalarFilterValue {}

/// The id of a resource, of whatever type.
public protocol IDFilterValue: ComparableFilterValue {}

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
  /// Whether the number is neither NaN nor infinite.
  public var isFiniteFilterValue: Bool { isFinite }
}
extension Bool: ScalarFilterValue {
  /// The value as the query writes it.
  public var filterText: String { self ? "true" : "false" }
}
extension ID: IDFilterValue {
  /// The value as the query writes it.
  public var filterText: String { rawValue }
}
extension OpenEnum {
  /// The value as the query writes it.
  public var filterText: String { rawValue }
}

// MARK: - Named filters

// Named filters of the service's own, which are not an attribute with a predicate. A value the service
// would drop is rejected like that of any other condition.

extension Filter {
  /// The condition of a named filter that is on or off.
  @_spi(Generated) public static func scope(_ wire: String, flag: Bool) -> Filter {
    Filter(wire: wire, text: flag ? "true" : "false")
  }

  /// The condition of a named filter that takes a value.
  @_spi(Generated) public static func scope(
    _ wire: String, _ value: some ScalarFilterValue
  ) -> Filter {
    let text = value.filterText
    return Filter(
      wire: wire, text: text,
      problem: FilterCheck.problem(of: value) ?? FilterCheck.problem(value: text))
  }

  /// The condition of a named filter that takes several values.
  @_spi(Generated) public static func scope(
    _ wire: String, _ values: [some ScalarFilterValue]
  ) -> Filter {
    let texts = values.map(\.filterText)
    let problem = values.lazy.compactMap { FilterCheck.problem(of: $0) }.first
    return Filter(
      wire: wire, text: texts.joined(separator: ","),
      problem: problem ?? FilterCheck.problem(values: texts))
  }

  /// The condition of a named filter that takes an object.
  @_spi(Generated) public static func scope(_ wire: String, object: JSONObject) -> Filter {
    Filter(
      wire: wire, text: JSONValue.object(object).text,
      problem: object.isEmpty ? FilterCheck.emptyObject : nil)
  }
}

extension Date: ComparableFilterValue {
  /// The time in UTC with milliseconds.
  public var filterText: String { ISO8601.text(self) }
  /// Whether the date is a point in time.
  public var isFiniteFilterValue: Bool { timeIntervalSince1970.isFinite }
}
