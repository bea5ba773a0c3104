/// Finds the names that lists and sentences hold, so that none is lost silently.
enum NameList {
  /// A name of a list, with the half of the list its namespace puts it in.
  struct Name: Equatable {
    var name: String
    var part: SectionHeading.ListPart?
  }

  /// What separates a name from a description of it.
  private static let separators = "—–-:("

  /// Whether every item is a name and nothing else, marked as code.
  static func isOnlyNames(_ items: [ListItem]) -> Bool {
    !items.isEmpty
      && items.allSatisfy { item in
        let codes = item.text.codes
        return codes.count == 1 && codes[0] == item.text.text && Names.isWireName(codes[0])
      }
  }

  /// Whether every item is a name marked as code, perhaps with a description behind it.
  static func startWithNames(_ items: [ListItem]) -> Bool {
    !items.isEmpty
      && items.allSatisfy { item in
        item.text.runs.first?.isCode == true && names(in: item.text) != nil
      }
  }

  /// The names of a list's item: one, several with commas between them, or one with a description
  /// behind it; nil when it is none of these.
  static func names(in item: Inline) -> [Name]? {
    if let all = onlyNames(item.text) { return all }
    let first = item.runs.first { !$0.text.allSatisfy(\.isWhitespace) }
    let text = plain(item.text)
    if let first, first.isCode, let name = name(first.text) {
      return [described(name, by: text.dropFirst(first.text.count))]
    }
    let word = text.prefix { !$0.isWhitespace && $0 != ":" && $0 != "(" }
    let rest = text.dropFirst(word.count).drop(while: \.isWhitespace)
    guard let separator = rest.first, separators.contains(separator), !rest.hasPrefix("://"),
      let name = name(word)
    else {
      return nil
    }
    return [described(name, by: rest)]
  }

  /// `x (relationship)` says which half it belongs to.
  private static func described(_ name: Name, by text: Substring) -> Name {
    let words = text.lowercased().split { !$0.isLetter }
    guard name.part == nil, words == ["relationship"] else { return name }
    return Name(name: name.name, part: .relationships)
  }

  /// The names a paragraph consists of, or those behind its last colon; nil when it says more.
  static func names(in paragraph: String) -> [Name]? {
    if let all = onlyNames(paragraph) { return all }
    guard let colon = paragraph.lastIndex(of: ":") else { return nil }
    return onlyNames(String(paragraph[paragraph.index(after: colon)...]))
  }

  /// Whether a paragraph marks names as code.
  static func isIn(paragraph text: Inline) -> Bool {
    text.codes.contains { Names.isWireName($0) }
  }

  private static func onlyNames(_ text: String) -> [Name]? {
    let words = plain(text).split { $0 == "," || $0 == ";" || $0.isWhitespace }
    guard !words.isEmpty else { return nil }
    // Blanks alone make a sentence, not a list.
    let separated = plain(text).contains { $0 == "," || $0 == ";" } || words.count == 1
    var out: [Name] = []
    for word in words {
      if out.count > 0, word == "and" || word == "or" || word == "&" { continue }
      guard let name = name(word) else { return nil }
      out.append(name)
    }
    let hasAnd = words.contains("and") || words.contains("or")
    return separated || hasAnd && out.count == words.count - 1 ? out : nil
  }

  private static func plain(_ text: String) -> String {
    let kept = text.filter { $0 != "`" && $0 != "\\" && $0 != "*" }
    return String(
      kept.drop { $0.isWhitespace || "•◦‣·".contains($0) }.reversed()
        .drop { $0.isWhitespace || ".,;:".contains($0) }.reversed())
  }

  /// `x`, `attributes.x` or `relationships.x`.
  private static func name(_ text: some StringProtocol) -> Name? {
    let word = String(text)
    if Names.isWireName(word) { return Name(name: word) }
    guard let dot = word.firstIndex(of: ".") else { return nil }
    let rest = String(word[word.index(after: dot)...])
    guard Names.isWireName(rest) else { return nil }
    switch word[..<dot] {
    case "attributes": return Name(name: rest, part: .attributes)
    case "relationships": return Name(name: rest, part: .relationships)
    default: return nil
    }
  }
}
