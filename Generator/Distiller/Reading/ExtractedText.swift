/// What tools that turn a page into text leave in it besides its words: marks of headings, numbers of
/// links, names of buttons, bullets on lines of their own, entities that were encoded twice.
enum ExtractedText {
  /// The lines without these, each where it was.
  static func cleaned(_ lines: [Substring]) -> [Substring] {
    var out = lines.map { cleaned(Invisible.removed(from: $0)) }
    joinBullets(in: &out)
    return out
  }

  private static func cleaned(_ line: Substring) -> Substring {
    var line = line
    if line.contains("&") { line = Substring(MarkdownLinks.unescaped(String(line))) }
    if line.contains("[") { line = withoutLinkNumbers(line) }
    if let button = line.firstRange(of: "(BUTTON) "),
      line[..<button.lowerBound].allSatisfy(\.isWhitespace)
    {
      line = Substring(line.replacing("(BUTTON) ", with: ""))
    }
    return heading(line) ?? line
  }

  /// `***** Request *****` → `Request`.
  private static func heading(_ line: Substring) -> Substring? {
    let text = line.drop { $0 == " " }
    let stars = text.prefix { $0 == "*" }
    guard stars.count > 1, text.dropFirst(stars.count).first == " ",
      text.hasSuffix(" " + stars)
    else { return nil }
    let inner = text.dropFirst(stars.count + 1).dropLast(stars.count + 1)
    return inner.isEmpty ? nil : inner
  }

  /// `[12]Create a widget` → `Create a widget`: numbers that stand for the links listed at the end.
  /// In code brackets are followed by no letter.
  private static func withoutLinkNumbers(_ line: Substring) -> Substring {
    var out = ""
    var rest = line
    while let open = rest.firstIndex(of: "[") {
      let digits = rest[rest.index(after: open)...].prefix { $0.isASCII && $0.isNumber }
      let behind = rest[digits.endIndex...]
      out += rest[..<open]
      if !digits.isEmpty, behind.first == "]", behind.dropFirst().first?.isLetter ?? false {
        rest = behind.dropFirst()
      } else {
        out.append("[")
        rest = rest[rest.index(after: open)...]
      }
    }
    return out.isEmpty ? rest : Substring(out + rest)
  }

  /// A bullet whose item stands on a line below it goes in front of the item.
  private static func joinBullets(in lines: inout [Substring]) {
    for index in lines.indices where bullets.contains(TextLine.trimmed(lines[index])) {
      let below = lines.indices[(index + 1)...].prefix(reach)
      guard let next = below.first(where: { !TextLine.trimmed(lines[$0]).isEmpty }),
        !bullets.contains(TextLine.trimmed(lines[next]))
      else { continue }
      lines[next] = "• " + TextLine.trimmed(lines[next])
      lines[index] = ""
    }
  }

  private static let bullets: Set<String> = ["•", "*", "◦", "‣", "·"]
  /// How many lines below a bullet its item may stand.
  private static let reach = 3
}
