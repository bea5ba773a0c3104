// Named filters of the service's own, which are no attribute with a predicate.

extension Filter {
  /// The condition of a named filter that is on or off.
  @_spi(Generated) public static func scope(_ wire: String, flag: Bool) -> Filter {
    Filter(name: wire, value: flag ? "true" : "false")
  }

  /// The condition of a named filter that takes a value.
  @_spi(Generated) public static func scope(
    _ wire: String, _ value: some ScalarFilterValue
  ) -> Filter {
    Filter(name: wire, value: value.filterText)
  }

  /// The condition of a named filter that takes several values.
  @_spi(Generated) public static func scope(
    _ wire: String, _ values: [some ScalarFilterValue]
  ) -> Filter {
    Filter(name: wire, value: values.map(\.filterText).joined(separator: ","))
  }

  /// The condition of a named filter that takes an object.
  @_spi(Generated) public static func scope(_ wire: String, object: JSONObject) -> Filter {
    Filter(name: wire, value: JSONValue.object(object).text)
  }
}
