import CommerceLayerRuntime

/// The SQL of each predicate.
///
/// As in SQL, and in the service's own engine, a comparison with null holds neither way, so `not_eq`
/// leaves out records without a value and `not_eq_or_null` exists. `LIKE` ignores the case of ASCII
/// letters; the service's database ignores case too.
enum PredicateSQL {
  typealias Operand = FilterCondition.Operand

  /// The condition `predicate` puts on the expression `value`; nil when the predicate is unknown.
  static func condition(
    _ predicate: String, on value: SQLFragment, _ operands: [Operand]
  ) -> SQLFragment? {
    if let base = removing("_or_null", from: predicate) {
      return condition(base, on: value, operands).map { "(" + $0 + " OR " + value + " IS NULL)" }
    }
    switch predicate {
    case "eq", "lt", "lteq", "gt", "gteq", "not_eq":
      return comparison(predicate, value, operands.first)
    case "in": return membership(value, operands, "IN")
    case "not_in": return membership(value, operands, "NOT IN")
    case "null": return flag(operands) { $0 ? value + " IS NULL" : value + " IS NOT NULL" }
    case "not_null": return flag(operands) { $0 ? value + " IS NOT NULL" : value + " IS NULL" }
    case "present": return flag(operands) { $0 ? present(value) : blank(value) }
    case "blank": return flag(operands) { $0 ? blank(value) : present(value) }
    case "true": return flag(operands) { value + ($0 ? " = 1" : " = 0") }
    case "false": return flag(operands) { value + ($0 ? " = 0" : " = 1") }
    case "jcont":
      return operands.first.map { "json_contains(" + value + ", " + bind($0) + ")" }
    case "matches", "start", "end", "cont": return like(predicate, value, operands.first)
    case "does_not_match": return negated(like("matches", value, operands.first))
    case "not_start": return negated(like("start", value, operands.first))
    case "not_end": return negated(like("end", value, operands.first))
    case "not_cont": return negated(like("cont", value, operands.first))
    default:
      if let base = removing("_any", from: predicate) { return each(base, "OR", value, operands) }
      if let base = removing("_all", from: predicate) { return each(base, "AND", value, operands) }
      return nil
    }
  }

  private static func removing(_ suffix: String, from predicate: String) -> String? {
    predicate.hasSuffix(suffix) ? String(predicate.dropLast(suffix.count)) : nil
  }

  private static func each(
    _ base: String, _ operation: String, _ value: SQLFragment, _ operands: [Operand]
  ) -> SQLFragment? {
    let parts = operands.compactMap { condition(base, on: value, [$0]) }
    guard parts.count == operands.count else { return nil }
    return .joined(parts, operation, empty: operation == "OR" ? "0" : "1")
  }

  private static func comparison(
    _ predicate: String, _ value: SQLFragment, _ operand: Operand?
  ) -> SQLFragment? {
    let signs = ["eq": "=", "not_eq": "<>", "lt": "<", "lteq": "<=", "gt": ">", "gteq": ">="]
    guard let operand, let sign = signs[predicate] else { return nil }
    return value + " \(sign) " + bind(operand)
  }

  private static func membership(
    _ value: SQLFragment, _ operands: [Operand], _ operation: String
  ) -> SQLFragment {
    let list = operands.map(bind)
    guard let first = list.first else { return SQLFragment(operation == "IN" ? "0" : "1") }
    return value + " \(operation) (" + list.dropFirst().reduce(first) { $0 + ", " + $1 } + ")"
  }

  private static func flag(
    _ operands: [Operand], _ make: (Bool) -> SQLFragment
  ) -> SQLFragment? {
    guard case .flag(let flag)? = operands.first else { return nil }
    return make(flag)
  }

  private static func present(_ value: SQLFragment) -> SQLFragment {
    "(" + value + " IS NOT NULL AND " + value + " <> '')"
  }

  private static func blank(_ value: SQLFragment) -> SQLFragment {
    "(" + value + " IS NULL OR " + value + " = '')"
  }

  private static func like(
    _ predicate: String, _ value: SQLFragment, _ operand: Operand?
  ) -> SQLFragment? {
    guard case .text(let text)? = operand else { return nil }
    let pattern =
      switch predicate {
      case "start": escaped(text) + "%"
      case "end": "%" + escaped(text)
      case "cont": "%" + escaped(text) + "%"
      default: text
      }
    return value + SQLFragment(" LIKE ? ESCAPE '\\'", [pattern])
  }

  /// `%` and `_` stand for themselves unless the predicate is `matches`.
  private static func escaped(_ text: String) -> String {
    text.replacing("\\", with: "\\\\").replacing("%", with: "\\%").replacing("_", with: "\\_")
  }

  private static func negated(_ condition: SQLFragment?) -> SQLFragment? {
    condition.map { "NOT (" + $0 + ")" }
  }

  private static func bind(_ operand: Operand) -> SQLFragment {
    switch operand {
    case .text(let text): SQLFragment("?", [text])
    case .integer(let value): SQLFragment("?", [value])
    case .double(let value): SQLFragment("?", [value])
    case .flag(let value): SQLFragment("?", [value])
    }
  }
}
