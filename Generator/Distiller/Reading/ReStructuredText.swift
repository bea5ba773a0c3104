/// Pages in reStructuredText, as pandoc and Sphinx write them: turned into Markdown line by line, so
/// that every line stays where it was.
struct ReStructuredText {
  private let lines: [String]
  private var out: [String]
  /// The marks of headings in the order in which they came, each a level.
  private var levels: [String] = []
  private var hasHeading = false

  // MARK: Signs

  /// Whether a text is reStructuredText: it has directives, or headings underlined as in no other.
  static func isOne(_ text: String) -> Bool {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard !lines.contains(where: { $0.hasPrefix("```") || $0.hasPrefix("# ") }) else {
      return false
    }
    return lines.indices.contains { index in
      if let directive = Directive(lines[index]) { return directive.isKnown }
      return index > 0 && (index == 1 || lines[index - 2].allSatisfy(\.isWhitespace))
        && "~^\"'".contains(lines[index].first ?? " ")
        && isUnderline(lines[index], of: lines[index - 1])
        && (index + 1 == lines.count || lines[index + 1].allSatisfy(\.isWhitespace))
    }
  }

  /// Whether a line of one mark underlines a title above it: no shorter than the title is.
  private static func isUnderline(_ line: some StringProtocol, of title: some StringProtocol)
    -> Bool
  {
    guard let mark = line.first, "=-~^\"'`#*+.:_<>".contains(mark), line.allSatisfy({ $0 == mark })
    else { return false }
    return line.count >= max(title.count, 2)
      && (title.first.map { $0.isLetter || "*`".contains($0) } ?? false)
      && title.contains(where: \.isLetter)
  }

  // MARK: Conversion

  /// The page in Markdown.
  static func markdown(_ text: String) -> String {
    var page = ReStructuredText(
      text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
    page.run()
    return page.out.joined(separator: "\n")
  }

  private init(_ lines: [String]) {
    self.lines = lines
    out = lines
  }

  private mutating func run() {
    var index = 0
    while index < lines.count {
      if let table = ColumnTable.at(index, in: lines) {
        index = table.last + 1
      } else if let directive = Directive(lines[index]) {
        index = take(directive, at: index)
      } else if isHeading(index) {
        index = takeHeading(at: index)
      } else if content(index).hasSuffix("::"), let code = code(below: index, from: index + 1) {
        out[index] = Self.inline(String(content(index).dropLast(2)))
        index = take(code, fence: index + 1)
      } else {
        // A comment, or the address of a link.
        let isHidden = content(index) == ".." || content(index).hasPrefix(".. ")
        out[index] = isHidden ? "" : Self.inline(content(index))
        index += 1
      }
    }
  }

  private func content(_ index: Int) -> Substring { lines[index].drop { $0 == " " || $0 == "\t" } }

  private func indent(_ index: Int) -> Int { lines[index].prefix { $0 == " " }.count }

  private func isBlank(_ index: Int) -> Bool { lines[index].allSatisfy(\.isWhitespace) }

  // MARK: Headings

  private func isHeading(_ index: Int) -> Bool {
    index + 1 < lines.count && Self.isUnderline(lines[index + 1], of: lines[index])
      && (index == 0 || isBlank(index - 1) || lines[index - 1] == lines[index + 1])
  }

  private mutating func takeHeading(at index: Int) -> Int {
    var style = String(lines[index + 1].prefix(1))
    if index > 0, lines[index - 1] == lines[index + 1] {
      style += style
      out[index - 1] = ""
    }
    if !levels.contains(style) { levels.append(style) }
    let level = min((levels.firstIndex(of: style) ?? 0) + 1, 6)
    out[index] = String(repeating: "#", count: level) + " " + Self.inline(lines[index])
    out[index + 1] = ""
    hasHeading = true
    return index + 2
  }

  // MARK: Directives

  /// `.. name:: argument`.
  private struct Directive {
    var name: String
    var argument: String

    init?(_ line: some StringProtocol) {
      let text = line.drop { $0 == " " }
      guard text.hasPrefix(".. ") else { return nil }
      let rest = text.dropFirst(3).drop { $0 == " " }
      name = String(rest.prefix { $0.isLetter || $0 == "-" })
      guard !name.isEmpty, rest.dropFirst(name.count).hasPrefix("::") else { return nil }
      argument = String(rest.dropFirst(name.count + 2).drop { $0 == " " })
    }

    var isKnown: Bool {
      isCode || hasSentence || hasTitle
        || ["container", "raw", "toctree", "contents", "table"]
          .contains(name)
    }
    var isCode: Bool {
      ["code", "code-block", "sourcecode", "parsed-literal", "literalinclude"].contains(name)
    }
    /// Whether its argument is the beginning of a sentence.
    var hasSentence: Bool {
      [
        "note", "warning", "tip", "hint", "important", "attention", "caution", "danger", "error",
        "admonition", "seealso", "deprecated",
      ].contains(name)
    }
    /// Whether its argument is the title of what follows.
    var hasTitle: Bool { ["tab", "tab-item", "group-tab", "dropdown"].contains(name) }
  }

  private mutating func take(_ directive: Directive, at index: Int) -> Int {
    if directive.isCode, let code = code(below: index, from: index + 1) {
      return take(code, fence: index)
    }
    if directive.name == "rubric" {
      out[index] = (hasHeading ? "## " : "# ") + Self.inline(directive.argument)
      hasHeading = true
    } else {
      out[index] =
        directive.hasSentence || directive.hasTitle ? Self.inline(directive.argument) : ""
    }
    // Its options: `:name: value`.
    var next = index + 1
    while next < lines.count, content(next).first == ":", indent(next) > indent(index) {
      out[next] = ""
      next += 1
    }
    return next
  }

  // MARK: Code

  /// The lines that are indented more than the one that announces them.
  private func code(below index: Int, from start: Int) -> Range<Int>? {
    var first = start
    // The options of a directive, and the blank line behind them.
    while first < min(lines.count, start + Self.maximumOptions),
      isBlank(first) || content(first).first == ":"
    { first += 1 }
    var end = first
    for next in lines.indices[min(first, lines.count)...] {
      if isBlank(next) { continue }
      guard indent(next) > indent(index) else { break }
      end = next + 1
    }
    return first < end && start < first ? first..<end : nil
  }

  /// The most lines between what announces code and the code.
  private static let maximumOptions = 20

  /// Puts code between fences: one where a line above it has room, one on the blank line below it.
  private mutating func take(_ code: Range<Int>, fence: Int) -> Int {
    let margin = code.filter { !isBlank($0) }.map { indent($0) }.min() ?? 0
    for index in fence..<code.lowerBound { out[index] = "" }
    out[fence] = "```"
    for index in code { out[index] = String(lines[index].dropFirst(margin)) }
    if code.upperBound < lines.count, isBlank(code.upperBound) {
      out[code.upperBound] = "```"
      return code.upperBound + 1
    }
    // Without a blank line the last two lines of code share one.
    let last = code.upperBound - 1
    if code.upperBound == lines.count {
      out[last] += "\n```"
    } else if code.count > 1 {
      out[last - 1] += " " + out[last]
      out[last] = "```"
    }
    return code.upperBound
  }

  // MARK: Text

  /// A line's text in Markdown: blanks that only part marks are dropped, and links keep their words.
  private static func inline(_ line: some StringProtocol) -> String {
    let text = String(line).replacing("\\ ", with: "")
    guard text.contains(">`_") else { return text }
    var out = ""
    var rest = Substring(text)
    while let open = rest.firstIndex(of: "`") {
      out += rest[..<open]
      rest = rest[open...]
      let inner = rest.dropFirst()
      if inner.first != "`", let close = inner.firstIndex(of: "`"),
        let address = inner[..<close].firstIndex(of: "<"),
        inner[inner.index(after: close)...].hasPrefix("_")
      {
        out += inner[..<address].reversed().drop { $0 == " " }.reversed()
        rest = inner[inner.index(after: close)...].drop { $0 == "_" }
      } else {
        let ticks = rest.prefix { $0 == "`" }
        let end = rest.dropFirst(ticks.count).firstRange(of: ticks)?.upperBound ?? ticks.endIndex
        out += rest[..<end]
        rest = rest[end...]
      }
    }
    return out + rest
  }
}
