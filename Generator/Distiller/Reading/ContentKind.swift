/// What a file holds, told by its content and never by its name.
public enum ContentKind: String, Sendable, Hashable {
  case markdown, html, text, publishedSchema, other

  /// How many leading bytes are looked at for signs of binary content.
  private static let sniffedBytes = 8192

  /// Whether the bytes are not text at all.
  package static func isBinary(_ bytes: [UInt8]) -> Bool {
    let head = bytes.prefix(sniffedBytes)
    let controls = head.filter { $0 < 0x09 || ($0 > 0x0D && $0 < 0x20 && $0 != 0x1B) }.count
    return controls * 20 > head.count
  }

  /// Tells the kind and why.
  ///
  /// HTML starts with a tag that only whole documents have. The published schema is a JSON array,
  /// alone or as the `data` of an object.
  /// Markdown has front matter, ATX headings, GitBook tags or fences; whatever has none of these
  /// but sentences is text copied from the rendered site.
  package static func detect(_ text: String) -> (kind: ContentKind, reason: String) {
    let start = text.drop { $0.isWhitespace || $0 == "\u{FEFF}" }
    if start.isEmpty { return (.other, "is empty") }
    if start.first == "[" && start.dropFirst().drop(while: \.isWhitespace).first == "{" {
      return (.publishedSchema, "is a JSON array of objects")
    }
    if isWrappedList(start) { return (.publishedSchema, "is a JSON object around an array") }
    if start.first == "{", !start.hasPrefix("{%") { return (.other, "is a JSON object") }
    let head = start.prefix(1024).lowercased()
    for tag in ["<!doctype", "<html", "<head", "<body", "<main", "<?xml"] where head.hasPrefix(tag)
    {
      return (.html, "starts with \(tag)")
    }
    if head.hasPrefix("<"), head.contains("<html") || head.contains("<main") {
      return (.html, "is a document of tags")
    }
    if ReStructuredText.isOne(text) { return (.markdown, "has signs of reStructuredText") }
    let signs = MarkdownSigns(text)
    if signs.any { return (.markdown, "has \(signs.reason)") }
    if head.first == "<", head.dropFirst().first?.isLetter ?? false, !head.hasPrefix("<http") {
      return (.html, "is a fragment of tags")
    }
    return (.text, "has no markup")
  }
}

extension ContentKind {
  /// `{ "data": [ {`: JSON:API's form of the array.
  private static func isWrappedList(_ text: Substring) -> Bool {
    var rest = text
    for piece in ["{", "\"data\"", ":", "[", "{"] {
      guard rest.hasPrefix(piece) else { return false }
      rest = rest.dropFirst(piece.count).drop(while: \.isWhitespace)
    }
    return true
  }
}

/// The signs of Markdown in a text.
private struct MarkdownSigns {
  var any = false
  var reason = ""

  /// Any sign counts but a table: tools that turn pages into text draw tables with bars too, so that one
  /// is only a sign beside a heading.
  init(_ text: String) {
    if text.hasPrefix("---\n") || text.hasPrefix("---\r\n") {
      self = .init(reason: "front matter")
      return
    }
    var previous: Substring = ""
    for line in text.split(separator: "\n", omittingEmptySubsequences: true) {
      defer { previous = line }
      if line.hasPrefix("{%") { self = .init(reason: "GitBook tags"); return }
      if line.hasPrefix("```") || line.hasPrefix("~~~") { self = .init(reason: "fences"); return }
      if Self.isUnderline(line), previous.first?.isLetter ?? false, !previous.contains("|") {
        self = .init(reason: "underlined headings"); return
      }
      let hashes = line.prefix { $0 == "#" }.count
      if (1...6).contains(hashes), line.dropFirst(hashes).first == " " {
        self = .init(reason: "headings"); return
      }
    }
  }

  /// A line of `=` or `-` alone, as below headings.
  private static func isUnderline(_ line: Substring) -> Bool {
    let mark = line.first
    return line.count > 2 && (mark == "=" || mark == "-") && line.allSatisfy { $0 == mark }
  }

  init(reason: String) {
    any = true
    self.reason = reason
  }
}
