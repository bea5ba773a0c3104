/// Reads code out of a `pre`: line ends may be text, `br`, or implied by one element a line; lines
/// may carry their numbers.
struct HTMLCode {
  private(set) var text = ""
  /// The line in the file of each line of the code.
  private(set) var lines: [Int] = []

  /// Elements whose content stands on lines of its own.
  private static let blocks: Set<String> = ["div", "p", "li", "tr", "ol", "ul", "table"]

  static func read(_ pre: HTMLElement) -> HTMLCode {
    var code = HTMLCode()
    code.lines = [pre.line]
    let parts = pre.all { $0.name == "code" }
    // One `code` a line.
    let isPerLine = parts.count > 1 && !parts.contains { $0.rawText.contains("\n") }
    _ = code.collect(pre, line: pre.line, breaksAtCode: isPerLine)
    code.joinLines(of: parts.first ?? pre)
    code.dropNumbers()
    return code
  }

  /// - Returns: the line in the file behind the element.
  private mutating func collect(_ element: HTMLElement, line: Int, breaksAtCode: Bool) -> Int {
    var line = max(line, element.line)
    for node in element.children {
      switch node {
      case .text(let string): append(string, &line)
      case .comment: break
      case .element(let child):
        if HTMLWalk.skipped.contains(child.name) { continue }
        line = max(line, child.line)
        if child.name == "br" {
          text += "\n"
          lines.append(line)
          continue
        }
        let isBlock =
          Self.blocks.contains(child.name) || breaksAtCode && child.name == "code"
        if isBlock { endLine(line) }
        let start = text.utf8.count
        line = collect(child, line: line, breaksAtCode: breaksAtCode)
        if isBlock, text.utf8.count > start { endLine(line) }
      }
    }
    return line
  }

  private mutating func append(_ string: String, _ line: inout Int) {
    if text.isEmpty || text.last == "\n" { lines[lines.count - 1] = line }
    for character in string {
      text.append(character)
      if character == "\n" {
        line += 1
        lines.append(line)
      }
    }
  }

  private mutating func endLine(_ line: Int) {
    guard !text.isEmpty, text.last != "\n" else { return }
    text += "\n"
    lines.append(line)
  }

  /// Lines in elements of their own whose ends are nowhere spelled out: shown one below the other
  /// by style alone.
  private mutating func joinLines(of code: HTMLElement) {
    guard !text.contains("\n") else { return }
    var rows: [HTMLElement] = []
    for node in code.children {
      switch node {
      case .text(let text) where !text.allSatisfy(\.isWhitespace): return
      case .element(let child) where !HTMLWalk.skipped.contains(child.name): rows.append(child)
      default: break
      }
    }
    guard rows.count > 1 else { return }
    text = rows.map { $0.rawText + "\n" }.joined()
    lines = rows.map(\.line)
  }

  /// Numbers in front of every line, counted from 1, are not part of the code.
  private mutating func dropNumbers() {
    var rows = text.split(separator: "\n", omittingEmptySubsequences: false)
    if rows.last?.isEmpty ?? false { rows.removeLast() }
    guard rows.count > 1 else { return }
    for (index, row) in rows.enumerated() where !row.hasPrefix(String(index + 1)) {
      _ = row
      return
    }
    text = rows.enumerated().map { $0.element.dropFirst(String($0.offset + 1).count) + "\n" }
      .joined()
  }
}
