import CommerceLayerRuntime

/// One `filter[q][…]` with its values read.
struct FilterCondition: Sendable {
  /// A value to compare with.
  enum Operand: Sendable, Hashable {
    case text(String)
    case integer(Int)
    case double(Double)
    case flag(Bool)
  }

  let name: FilterName
  /// What was written, for `jcont` and texts.
  let operands: [[Operand]]

  /// Reads a filter; the operands are read once for each field, because their types may differ.
  /// - Throws: ``ErrorResponse`` with `INVALID_FILTER_VALUE`.
  init(_ name: FilterName, value: String, parameter: String) throws(ErrorResponse) {
    self.name = name
    var operands: [[Operand]] = []
    for field in name.fields {
      guard let read = Self.read(value, name.predicate.argument, field.type ?? .string) else {
        throw ErrorResponse(
          .invalidFilterValue, "the value does not fit \(name.predicate.name)",
          .parameter(parameter))
      }
      operands.append(read)
    }
    self.operands = operands
  }

  private static func read(
    _ text: String, _ argument: ServiceDescription.Argument, _ type: ResourceSchema.AttributeType
  ) -> [Operand]? {
    switch argument {
    case .value: operand(text, type).map { [$0] }
    case .values: all(list(text).map { operand($0, type) })
    case .text: text.utf8.count <= maximumPattern ? [.text(text)] : nil
    case .texts:
      list(text).allSatisfy { $0.utf8.count <= maximumPattern }
        ? list(text).map(Operand.text) : nil
    case .flag: flag(text).map { [.flag($0)] }
    case .object:
      (try? JSONValue(parsing: text))?.object.map { [.text(JSONValue.object($0).text)] }
    }
  }

  /// The most bytes of a text that others are searched for: SQLite's patterns hold 50 000, and each byte
  /// may need an escape.
  private static let maximumPattern = 20_000

  private static func list(_ text: String) -> [String] {
    text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
  }

  private static func all(_ operands: [Operand?]) -> [Operand]? {
    operands.contains(nil) ? nil : operands.compactMap(\.self)
  }

  private static func operand(_ text: String, _ type: ResourceSchema.AttributeType) -> Operand? {
    switch type {
    case .string: .text(text)
    case .integer, .float:
      JSONNumber(text: text).flatMap { number in
        number.integer.map(Operand.integer) ?? number.double.map(Operand.double)
      }
    case .boolean: flag(text).map(Operand.flag)
    case .datetime: ValueFormat.datetime(text).map(Operand.text)
    case .object, .array: nil
    }
  }

  private static func flag(_ text: String) -> Bool? {
    switch text {
    case "true", "1": true
    case "false", "0": false
    default: nil
    }
  }
}
