/// Tells whether text that no rule reads holds names all the same, so that none is lost silently.
enum NameList {
  /// Whether every item is a name and nothing else, marked as code.
  static func isOnlyNames(_ items: [ListItem]) -> Bool {
    !items.isEmpty
      && items.allSatisfy { item in
        let codes = item.text.codes
        return codes.count == 1 && codes[0] == item.text.text && Names.isWireName(codes[0])
      }
  }

  /// Whether a paragraph marks names as code, or is nothing but names and commas.
  static func isIn(paragraph text: Inline) -> Bool {
    if text.codes.contains(where: { Names.isWireName($0) }) { return true }
    let words = text.text.split { $0 == "," || $0.isWhitespace }
    return text.text.contains(",") && words.allSatisfy { Names.isWireName($0) }
  }
}
