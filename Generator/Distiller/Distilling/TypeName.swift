internal import Spec

/// The type that a cell names, in the words of the documentation or in the usual ones of others.
enum TypeName: Equatable {
  case type(AttributeType)
  case relationship(Cardinality)

  /// The types that other documents write otherwise, and what they are here.
  private static let synonyms: [String: AttributeType] = [
    "str": .string, "text": .string, "uuid": .string, "url": .string, "uri": .string,
    "email": .string, "int": .integer, "number": .float, "decimal": .float, "double": .float,
    "bool": .boolean, "date-time": .datetime, "date time": .datetime, "timestamp": .datetime,
    "hash": .object, "json": .object, "map": .object, "dictionary": .object, "list": .array,
  ]

  /// The cell without the blanks that broke its type within a word; any other cell as it is.
  static func unbroken(_ cell: String) -> String {
    let whole = cell.filter { $0 != " " }
    return whole != cell && read(cell) == nil && read(whole) != nil ? whole : cell
  }

  /// Reads the cell: its first word decides, unless it says that there are many.
  /// - Returns: nil when the word is not a type, with `isPlain` telling whether it is one of ours.
  static func read(_ text: String) -> (type: TypeName, isPlain: Bool)? {
    let lower = text.lowercased().drop { !$0.isLetter && $0 != "[" }
    let word = String(lower.prefix { $0.isLetter || $0 == "_" })
    let rest = lower.dropFirst(word.count)
    switch word {
    case "has_one": return (.relationship(.one), true)
    case "has_many": return (.relationship(.many), true)
    default: break
    }
    if rest.hasPrefix("[]"), !word.isEmpty { return (.type(.array), false) }
    for (name, type) in synonyms where name.count > word.count && lower.hasPrefix(name) {
      if !(lower.dropFirst(name.count).first?.isLetter ?? false) { return (.type(type), false) }
    }
    if let type = AttributeType(rawValue: word) { return (.type(type), true) }
    return synonyms[word].map { (.type($0), false) }
  }
}
