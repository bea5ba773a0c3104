import CommerceLayerRuntime
import GRDB

/// The SQL of each predicate.
///
/// As in SQL, and in the service's own engine, a comparison with null holds neither way, so `not_eq`
/// leaves out records without a value and `not_eq_or_null` exists. `LIKE` ignores the case of ASCII
/// letters; the service's database ignores case too.
enum PredicateSQL {
  typealias Operand = FilterCondition.Operand

  /// The condition `predicate` puts on the expression `value`; nil when the predicate is unknown.
  static func condition(
    _ predicate: String, on value: SQL, _ operands: [Operand]
  ) -> SQL? {
    if let base = removing("_or_null", from: predicate) {
      return condition(base, on: value, operands).map { "(\($0) OR \(value) IS NULL)" }
    }
    let isNull: SQL = "\(value) IS NULL"
    let isNotNull: SQL = "\(value) IS NOT NULL"
    switch predicate {
    case "eq", "lt", "lteq", "gt", "gteq", "not_eq":
      return comparison(predicate, value, operands.first)
    case "in": return membership(value, operands, "IN")
    case "not_in": return membership(value, operands, "NOT IN")
    case "null": return flag(operands) { $0 ? isNull : isNotNull }
    case "not_null": return flag(operands) { $0 ? isNotNull : isNull }
    case "present": return flag(operands) { $0 ? present(value) : blank(value) }
    case "blank": return flag(operands) { $0 ? blank(value) : present(value) }
    case "true": return flag(operands) { value + SQL(sql: $0 ? " = 1" : " = 0") }
    case "false": return flag(operands) { value + SQL(sql: $0 ? " = 0" : " = 1") }
    case "jcont":
      return operands.first.map { "json_contains(\(value), \(bind($0)))" }
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
    _ base: String, _ operation: String, _ value: SQL, _ operands: [Operand]
  ) -> SQL? {
    let parts = operands.compactMap { condition(base, on: value, [$0]) }
    guard parts.count == operands.count else { return nil }
    return RecordSQL.joined(parts, operation, empty: operation == "OR" ? "0" : "1")
  }

  private static func comparison(
    _ predicate: String, _ value: SQL, _ operand: Operand?
  ) -> SQL? {
    let signs = ["eq": "=", "not_eq": "<>", "lt": "<", "lteq": "<=", "gt": ">", "gteq": ">="]
    guard let operand, let sign = signs[predicate] else { return nil }
    return value + SQL(sql: " \(sign) ") + bind(operand)
  }

  private static func membership(
    _ value: SQL, _ operands: [Operand], _ operation: String
  ) -> SQL {
    guard !operands.isEmpty else { return SQL(sql: operation == "IN" ? "0" : "1") }
    let list = JSONValue.array(operands.map(json)).text
    return value + SQL(sql: " \(operation) (SELECT value FROM json_each(?))", arguments: [list])
  }

  private static func flag(
    _ operands: [Operand], _ make: (Bool) -> SQL
  ) -> SQL? {
    guard case .flag(let flag)? = operands.first else { return nil }
    return make(flag)
  }

  private static func present(_ value: SQL) -> SQL {
    "(\(value) IS NOT NULL AND \(value) <> '')"
  }

  private static func blank(_ value: SQL) -> SQL {
    "(\(value) IS NULL OR \(value) = '')"
  }

  private static func like(
    _ predicate: String, _ value: SQL, _ operand: Operand?
  ) -> SQL? {
    guard case .text(let text)? = operand else { return nil }
    let pattern: String
    switch predicate {
    case "start": pattern = escaped(text) + "%"
    case "end": pattern = "%" + escaped(text)
    case "cont": pattern = "%" + escaped(text) + "%"
    default: return "\(sql: LikePattern.function.name)(CAST(\(value) AS TEXT), \(text))"
    }
    return value + SQL(sql: " LIKE ? ESCAPE '\\'", arguments: [pattern])
  }

  /// `%` and `_` stand for themselves unless the predicate is `matches`.
  private static func escaped(_ text: String) -> String {
    text.replacing("\\", with: "\\\\").replacing("%", with: "\\%").replacing("_", with: "\\_")
  }

  private static func negated(_ condition: SQL?) -> SQL? {
    condition.map { "NOT (\($0))" }
  }

  /// Whether a predicate never holds for null.
  static func needsValue(_ predicate: String) -> Bool {
    !predicate.hasSuffix("null") && predicate != "blank" && predicate != "present"
  }

  /// Whether a predicate holds for null, and so for a related record that is not there.
  static func holdsForNull(_ predicate: String, _ operands: [Operand]) -> Bool {
    if predicate.hasSuffix("_or_null") { return true }
    guard case .flag(let flag)? = operands.first else { return false }
    switch predicate {
    case "null", "blank": return flag
    case "not_null", "present": return !flag
    default: return false
    }
  }

  /// Whether an index of the values finds what a predicate holds for.
  static func usesOrder(_ predicate: String) -> Bool {
    ["eq", "in", "lt", "lteq", "gt", "gteq", "true", "false"].contains(predicate)
  }

  private static func bind(_ operand: Operand) -> SQL {
    switch operand {
    case .text(let text): "\(text)"
    case .integer(let value): "\(value)"
    case .double(let value): "\(value)"
    case .flag(let value): "\(value)"
    }
  }

  private static func json(_ operand: Operand) -> JSONValue {
    switch operand {
    case .text(let text): .string(text)
    case .integer(let value): .number(JSONNumber(value))
    case .double(let value): JSONNumber(value).map(JSONValue.number) ?? .null
    case .flag(let value): .bool(value)
    }
  }
}
