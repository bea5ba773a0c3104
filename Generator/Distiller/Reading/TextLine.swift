/// What a line of copied text is by itself.
enum TextLine {
  /// What the site's frame leaves in copied text.
  private static let chrome: Set<String> = [
    "api reference", "search", "⌃k", "ctrl+k", "ctrlk", "ctrl", "k", "⌘k", "links", "copied!",
    "copy", "was this helpful?", "on this page", "copy page", "edit", "•", "[]", "[ ]",
  ]
  private static let footers = [
    "last updated", "last modified", "powered by gitbook", "export as pdf", "was this helpful",
  ]

  static func isChrome(_ line: String) -> Bool { chrome.contains(line.lowercased()) }

  static func isFooter(_ line: String) -> Bool {
    let lower = line.lowercased()
    return line.count < 60 && footers.contains(where: lower.hasPrefix)
  }

  /// `type`, `id` or a name in its namespace. The header's `Type` has a capital.
  static func isParameter(_ line: String) -> Bool {
    if line == "type" || line == "id" { return true }
    return !line.contains { $0.isWhitespace } && line.contains(".")
      && ArgumentName.read(line)?.isNamespaced ?? false
  }

  /// Whether a line alone is the cell of a table of arguments or fields that tells it for one.
  static func isCell(_ line: String) -> Bool {
    line.contains(".") && isParameter(line) || line == "Body Parameter"
  }

  /// The cells of a line that starts with a parameter: between tabs, between blanks, or glued.
  static func cells(_ line: Substring) -> [String]? {
    // Most lines are a single cell.
    guard line.contains("\t") || line.contains(".") && line.utf8.count < maximumGlued else {
      return nil
    }
    let tabbed = line.split(separator: "\t", omittingEmptySubsequences: false).map(trimmed)
    if tabbed.count > 1, isParameter(tabbed[0]) { return tabbed }
    let whole = trimmed(line)
    let word = whole.prefix { !$0.isWhitespace }
    for type in types {
      // `attributes.x string Required`
      if isParameter(String(word)) {
        let rest = whole.dropFirst(word.count).drop(while: \.isWhitespace)
        guard rest.hasPrefix(type), !(rest.dropFirst(type.count).first?.isLowercase ?? false) else {
          continue
        }
        return [String(word)] + split(rest, type)
      }
      // `attributes.xstringRequired`
      guard
        let range = whole.range(lastOf: type + "Required") ?? whole.range(lastOf: type + "Optional")
      else { continue }
      let name = String(whole[..<range.lowerBound])
      if isParameter(name) { return [name] + split(whole[range.lowerBound...], type) }
    }
    return nil
  }

  /// A type and what stands behind it: `boolean, value is 'true'` belongs to the type.
  private static func split(_ text: Substring, _ type: String) -> [String] {
    let starts = ["Required", "Optional"].compactMap { text.firstRange(of: $0)?.lowerBound }
    let cut = starts.min() ?? text.index(text.startIndex, offsetBy: type.count)
    return [trimmed(text[..<cut]), trimmed(text[cut...])].filter { !$0.isEmpty }
  }

  /// The longest row in one line, in bytes.
  private static let maximumGlued = 400

  private static let types = [
    "string", "object", "integer", "boolean", "array", "float", "datetime",
  ]

  /// The cells of a table's header, one or several of them on the line, glued or not.
  static func headerCells(_ line: String) -> [String]? {
    var rest = line.lowercased().filter { !$0.isWhitespace }[...]
    var out: [String] = []
    while !rest.isEmpty {
      guard let cell = headers.first(where: { rest.hasPrefix($0.key) }) else { return nil }
      out.append(cell.title)
      rest = rest.dropFirst(cell.key.count)
    }
    return out.isEmpty ? nil : out
  }

  private static let headers = ["Body Parameter", "Field", "Type", "Required", "Description"].map {
    (key: $0.lowercased().filter { !$0.isWhitespace }, title: $0)
  }

  /// A list's item without its bullet or number; nil when the line has neither.
  static func bulleted(_ line: String) -> String? {
    if "•*-◦‣·".contains(line.prefix(1)), line.count > 1 {
      return trimmed(line.dropFirst())
    }
    let digits = line.prefix { $0.isNumber }
    guard !digits.isEmpty, let mark = line.dropFirst(digits.count).first,
      mark == "." || mark == ")",
      line.dropFirst(digits.count + 1).first == " "
    else { return nil }
    return trimmed(line.dropFirst(digits.count + 1))
  }

  static func trimmed(_ line: some StringProtocol) -> String {
    func isBlank(_ character: Character) -> Bool {
      character.isWhitespace || character == "\u{FEFF}" || character == "\u{200B}"
    }
    return String(line.drop(while: isBlank).reversed().drop(while: isBlank).reversed())
  }

  /// Text whose words that can only be names, those with an underscore, are marked as code: copying
  /// has dropped the marks.
  static func inline(_ line: String) -> Inline {
    guard line.contains("_") else { return Inline(text: line) }
    var runs: [Inline.Run] = []
    var plain = ""
    for word in line.split(separator: " ", omittingEmptySubsequences: false) {
      let name = word.filter { !",.;:()".contains($0) }
      if name.contains("_"), Names.isWireName(name), word.hasPrefix(name) {
        if !plain.isEmpty { runs.append(.init(text: plain)) }
        runs.append(.init(text: name, isCode: true))
        plain = word.dropFirst(name.count) + " "
      } else {
        plain += word + " "
      }
    }
    if plain.hasSuffix(" ") { plain.removeLast() }
    if !plain.isEmpty { runs.append(.init(text: plain)) }
    return Inline(runs)
  }
}

extension String {
  /// The last place of a text.
  fileprivate func range(lastOf text: String) -> Range<String.Index>? {
    guard hasText(text) else { return nil }
    return ranges(of: text).last
  }

  private func hasText(_ text: String) -> Bool { count < 400 && contains(text) }
}
