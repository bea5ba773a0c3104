/// The text of an HTML page, as far as an error shows it: proxies and load balancers respond with pages.
enum PlainText {
  /// How many lines of a page are shown: the title and what follows it.
  static let shownLines = 4

  /// Elements whose content is not text.
  private static let silent: [String] = ["script", "style", "template", "noscript", "svg"]
  /// Elements that continue a line.
  private static let inline: Set<String> = [
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "em", "font", "i", "kbd", "mark", "q", "s",
    "small", "span", "strong", "sub", "sup", "tt", "u",
  ]
  private static let entities: [(name: String, text: String)] = [
    ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&apos;", "'"),
    ("&nbsp;", " "), ("&amp;", "&"),
  ]

  /// The first lines of a body with tags removed when it is HTML; nil when it is something else.
  /// - Parameter type: The content type.
  static func ofHTML(_ body: String, type: String?) -> String? {
    let start = body.drop { $0.isWhitespace || $0 == "\u{FEFF}" }
    let isHTML =
      type?.lowercased().contains("html") == true || start.hasPrefix("<!")
      || start.prefix(6).lowercased().hasPrefix("<html")
    guard isHTML, start.contains("<") else { return nil }
    var lines = [""]
    var rest = start
    while let open = rest.firstIndex(of: "<") {
      lines[lines.count - 1] += rest[..<open]
      rest = rest[open...]
      if rest.hasPrefix("<!--") {
        rest = after("-->", in: rest)
        continue
      }
      let tag = rest.dropFirst().drop { $0 == "/" }
      let name = tag.prefix { $0.isLetter || $0.isNumber }.lowercased()
      guard tag.first?.isLetter == true || rest.hasPrefix("<!") || rest.hasPrefix("<?") else {
        // A sign that opens no tag.
        lines[lines.count - 1].append("<")
        rest = rest.dropFirst()
        continue
      }
      if !inline.contains(name), lines.last?.isEmpty == false { lines.append("") }
      let isOpening = !rest.hasPrefix("</")
      rest = after(">", in: rest)
      if isOpening, silent.contains(name) { rest = after("</\(name)", in: rest, end: ">") }
    }
    lines[lines.count - 1] += rest
    // A page's title is often its heading too.
    var shown: [String] = []
    for line in lines {
      let text = entities.reduce(line) { $0.replacing($1.name, with: $1.text) }
        .split(whereSeparator: \.isWhitespace).joined(separator: " ")
      if text.isEmpty || shown.contains(text) { continue }
      shown.append(text)
      if shown.count == shownLines { break }
    }
    return shown.joined(separator: " / ")
  }

  /// The text after a mark; nothing when it does not come.
  private static func after(_ mark: String, in text: Substring, end: String = "") -> Substring {
    guard let range = text.firstRange(of: mark) else { return "" }
    let rest = text[range.upperBound...]
    return end.isEmpty ? rest : after(end, in: rest)
  }
}
