/// The fences of a Markdown file, found ahead of the parser, which reads the rest of a page as code
/// where one is broken.
struct MarkdownFence: Equatable {
  /// The lines of the fence, from 0; the last is the one that closes it, or the last of the code.
  var opening: Int
  var last: Int
  /// What is wrong with it.
  var damage: Damage?

  enum Damage: Equatable {
    /// Closed here only because what follows cannot be code.
    case unclosed
    /// Opened with fewer than three marks.
    case shortMarker
    /// Opened by nothing at all: the code starts at this line.
    case noOpening
  }

  /// Finds the fence that starts at a line; nil when none does.
  static func at(_ index: Int, in lines: [String], lookups: inout Int) -> MarkdownFence? {
    if let marker = Marker(lines[index]) { return closed(from: index, marker, in: lines) }
    let isCode = lines[index] == "{" || lines[index].hasPrefix("curl -")
    let isShort = isShortMarker(lines[index])
    guard isCode || isShort, lookups > 0 else { return nil }
    lookups -= 1
    if isShort, let close = bareClose(from: index + 1, in: lines) {
      return MarkdownFence(opening: index, last: close, damage: .shortMarker)
    }
    if isCode, let close = bareClose(from: index + 1, in: lines) {
      return MarkdownFence(opening: index, last: close, damage: .noOpening)
    }
    return nil
  }

  private static func closed(
    from index: Int, _ marker: Marker, in lines: [String]
  ) -> MarkdownFence {
    for next in lines.indices[(index + 1)...] {
      if marker.isClosed(by: lines[next]) { return MarkdownFence(opening: index, last: next) }
      if endsCode(lines[next]) {
        return MarkdownFence(opening: index, last: next - 1, damage: .unclosed)
      }
    }
    return MarkdownFence(opening: index, last: lines.count - 1, damage: .unclosed)
  }

  /// A closing fence that stands before anything that cannot be code.
  private static func bareClose(from index: Int, in lines: [String]) -> Int? {
    for next in lines.indices[min(index, lines.count)...].prefix(maximumCode) {
      if lines[next].drop(while: { $0 == " " }).hasPrefix("```") {
        return lines[next].contains { $0.isLetter } ? nil : next
      }
      if endsCode(lines[next]) { return nil }
    }
    return nil
  }

  /// The most lines of code a damaged fence is looked for.
  private static let maximumCode = 2000

  /// Tags of tabs and headings of sections stand in no example.
  private static func endsCode(_ line: String) -> Bool {
    let start = line.drop { $0 == " " }
    if start.hasPrefix("{%") {
      let tag = start.dropFirst(2).drop { $0 == " " }
      return ["endtab", "tab ", "tabs", "endhint", "hint", "page-ref", "api-method", "endapi"]
        .contains { tag.hasPrefix($0) }
    }
    let hashes = start.prefix { $0 == "#" }
    return (2...6).contains(hashes.count) && SectionHeading.read(String(start)) != nil
  }

  /// One or two backticks and a language where a fence should open.
  private static func isShortMarker(_ line: String) -> Bool {
    let ticks = line.prefix { $0 == "`" }
    let word = line.dropFirst(ticks.count)
    return (1...2).contains(ticks.count) && !word.isEmpty && word.count < 20
      && word.allSatisfy { $0.isLetter }
  }

  /// The marks that open a fence.
  private struct Marker {
    let mark: Character
    let length: Int

    init?(_ line: String) {
      let indent = line.prefix { $0 == " " || $0 == "\t" }
      let body = line.dropFirst(indent.count)
      guard let first = body.first, first == "`" || first == "~" else { return nil }
      let length = body.prefix { $0 == first }.count
      guard length >= 3, first == "~" || !body.dropFirst(length).contains("`") else { return nil }
      (mark, self.length) = (first, length)
    }

    func isClosed(by line: String) -> Bool {
      let body = line.drop { $0 == " " || $0 == "\t" }
      let run = body.prefix { $0 == mark }.count
      return run >= length && body.dropFirst(run).allSatisfy { $0 == " " || $0 == "\t" }
    }
  }
}
