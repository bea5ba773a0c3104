import CommerceLayerRuntime

/// What the cell of a column becomes when it is sent. Pure.
enum CellValue {
  /// Nothing: the attribute is left alone.
  case absent
  /// The attribute is cleared.
  case null
  /// A string.
  case text(String)
  /// A number, a boolean, an object or an array, as JSON.
  case literal(String)
  case rejected(RowReason)

  /// - Parameter cell: The text of the cell; nil when there is none, or nothing in it.
  init(
    _ cell: String?, _ column: RowColumns.Column, rules: RowRules, options: RowOptions, isJSON: Bool
  ) {
    var text = cell ?? ""
    if options.trims { text = CellDamage.trimmed(text) }
    if text.isEmpty, let constant = column.constant { text = constant }
    if text.isEmpty {
      self = .absent
      return
    }
    func rejected(_ text: String, _ rule: RowReason.Rule = .other) -> CellValue {
      .rejected(RowReason(field: column.name, rule: rule, text: text))
    }
    if text == options.nullText, cell != nil {
      self = Self.reasonNotToClear(column, isJSON: isJSON).map { rejected($0) } ?? .null
      return
    }
    if let lookup = column.lookup {
      switch lookup.id(of: text) {
      case .success(let id): text = id
      case .failure(let failure):
        self = rejected(failure.reason)
        return
      }
    }
    if case .tags = column.meaning {
      switch TagList.check(text) {
      case .success(let names): text = names
      case .failure(let failure):
        self = rejected(failure.reason)
        return
      }
    }
    let value = CellCoercion.value(
      of: text, as: column.type, decimalComma: options.usesDecimalComma, coerces: options.coerces)
    switch value {
    case .text(let text): self = .text(text)
    case .literal(let literal): self = .literal(literal)
    case .rejected(let text): self = rejected(text, .type(column.type))
    }
  }

  /// Why an attribute cannot be cleared; nil when it can.
  private static func reasonNotToClear(_ column: RowColumns.Column, isJSON: Bool) -> String? {
    guard isJSON else {
      return
        "rows with columns such as 'relationship.attribute' are sent as CSV, which cannot clear "
        + "an attribute"
    }
    if column.keyIndex >= 0 || column.name == "id" {
      return "it identifies the record: not cleared"
    }
    if case .attribute(let attribute) = column.meaning, attribute.create == .required {
      return "it is required: not cleared"
    }
    return nil
  }
}

/// Names of tags in one cell, separated by commas (the service: at most ten, letters, digits, `_`
/// and `-`, 25 characters).
package enum TagList {
  package static let maximumCount = 10
  package static let maximumLength = 25

  package struct Failure: Error { package let reason: String }

  package static func isName(_ name: some StringProtocol) -> Bool {
    !name.isEmpty && name.utf8.count <= maximumLength
      && name.utf8.allSatisfy {
        (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
          || $0 == 0x5F || $0 == 0x2D
      }
  }

  /// The names without the blanks around them.
  package static func names(_ text: String) -> [String] {
    text.split(separator: ",").map { CellDamage.trimmed(String($0)) }.filter { !$0.isEmpty }
  }

  package static func check(_ text: String) -> Result<String, Failure> {
    let names = names(text)
    if let bad = names.first(where: { !isName($0) }) {
      return .failure(
        Failure(
          reason: "'\(TerminalSafe.text(bad, limit: 40))' is not a valid tag name: use letters, "
            + "digits, '_' and '-', at most \(maximumLength)"))
    }
    guard names.count <= maximumCount else {
      return .failure(
        Failure(reason: "\(names.count) tags, but a record has at most \(maximumCount)"))
    }
    return .success(names.joined(separator: ","))
  }
}
