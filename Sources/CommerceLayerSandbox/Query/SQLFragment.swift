import GRDB

/// A piece of SQL and the values of its placeholders, in order. Text comes from this module alone;
/// whatever comes from a request or a schema is a placeholder's value.
struct SQLFragment: Sendable {
  var text: String
  var arguments: [DatabaseValue] = []

  init(_ text: String, _ arguments: [(any DatabaseValueConvertible)?] = []) {
    self.text = text
    self.arguments = arguments.map { $0?.databaseValue ?? .null }
  }

  static func + (left: SQLFragment, right: SQLFragment) -> SQLFragment {
    var sum = left
    sum.text += right.text
    sum.arguments += right.arguments
    return sum
  }

  static func + (left: SQLFragment, right: String) -> SQLFragment { left + SQLFragment(right) }
  static func + (left: String, right: SQLFragment) -> SQLFragment { SQLFragment(left) + right }

  /// `(a AND b)`; `empty` when there is nothing to join.
  static func joined(_ parts: [SQLFragment], _ operation: String, empty: String) -> SQLFragment {
    guard let first = parts.first else { return SQLFragment(empty) }
    return "(" + parts.dropFirst().reduce(first) { $0 + " \(operation) " + $1 } + ")"
  }

  var statementArguments: StatementArguments { StatementArguments(arguments) }
}
