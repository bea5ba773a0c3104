import CommerceLayer

/// Turns the text of a CSV cell into the JSON value its column's type asks for. Pure.
enum CellCoercion {
  /// What became of a cell.
  enum Outcome: Equatable {
    case value([UInt8])
    /// The cell is empty: the attribute is left out.
    case absent
    case refused(String)
  }

  /// Strings stay as they are, leading zeros and blanks included.
  static func coerce(_ cell: String, to type: ResourceSchema.AttributeType) -> Outcome {
    if cell.isEmpty { return .absent }
    switch type {
    case .string:
      return .value(JSONValue.string(cell).bytes)
    case .integer:
      // Written anew: JSON allows no leading zeros.
      return Int(cell).map { .value(Array(String($0).utf8)) } ?? refused(cell, type)
    case .float:
      return JSONNumber(text: cell).map { .value(Array($0.text.utf8)) } ?? refused(cell, type)
    case .boolean:
      // Spreadsheets write TRUE.
      switch cell.lowercased() {
      case "true": return .value(Array("true".utf8))
      case "false": return .value(Array("false".utf8))
      default: return refused(cell, type)
      }
    case .datetime:
      return isDate(cell) ? .value(JSONValue.string(cell).bytes) : refused(cell, type)
    case .object, .array:
      guard let document = try? JSONDocument(parsing: cell),
        document.root.kind == (type == .object ? .object : .array)
      else { return refused(cell, type) }
      return .value(Array(document.root.rawBytes))
    }
  }

  /// A point in time, or a day.
  static func isDate(_ text: String) -> Bool {
    ISO8601.date(text) != nil || ISO8601.date(text + "T00:00:00Z") != nil
  }

  private static func refused(_ cell: String, _ type: ResourceSchema.AttributeType) -> Outcome {
    .refused("'\(TerminalSafe.text(cell, limit: 40))' is not \(RowCheck.article(type))")
  }
}
