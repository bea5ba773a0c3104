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
