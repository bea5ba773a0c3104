/// The examples of copied text: commands and JSON without fences.
extension TextReader {
  mutating func takeExample(_ line: String) -> Bool {
    let lower = line.lowercased()
    if ["request", "response", "requestresponse", "request response"].contains(lower) {
      index += 1
      return true
    }
    let numbered = lineNumbers()
    if let start = numbered { index = start }
    if let curl = lines[index].firstRange(of: "curl -") {
      let before = lines[index][..<curl.lowerBound]
      if !before.allSatisfy(\.isWhitespace) { add(.paragraph(Inline(text: String(before)))) }
      lines[index] = lines[index][curl.lowerBound...]
      tab = "Request"
      take(TextCode.command(in: lines, from: index, numbered: numbered != nil))
      tab = "Response"
      return true
    }
    if let brace = startOfJSON(lines[index]) {
      let before = lines[index][..<brace]
      if !before.allSatisfy(\.isWhitespace) { add(.paragraph(Inline(text: String(before)))) }
      tab = tab ?? "Response"
      take(TextCode.json(in: lines, from: index, column: brace, numbered: numbered != nil))
      return true
    }
    return false
  }

  /// Where code begins whose lines have their numbers above them: `1`, then a line of code, or all
  /// numbers first.
  private func lineNumbers() -> Int? {
    guard trimmed(index) == "1" else { return nil }
    var next = index + 1
    var expected = 2
    while next < lines.count {
      let line = trimmed(next)
      if line == String(expected) {
        expected += 1
      } else if !line.isEmpty {
        break
      }
      next += 1
    }
    guard next < lines.count else { return nil }
    let line = trimmed(next)
    return line.hasPrefix("{") || line.hasPrefix("curl ") ? next : nil
  }

  /// The brace a line of JSON starts with, also behind a sentence that copying glued to it.
  private func startOfJSON(_ line: Substring) -> Substring.Index? {
    guard let brace = line.firstIndex(of: "{") else { return nil }
    let before = line[..<brace].drop { $0.isWhitespace || $0 == "\u{200B}" || $0 == "\u{FEFF}" }
    let after = line[line.index(after: brace)...].drop(while: \.isWhitespace)
    guard after.isEmpty || after.first == "\"" || after.first == "}" else { return nil }
    if before.isEmpty { return brace }
    let end = before.reversed().drop(while: \.isWhitespace).first
    return before.contains(" ") && (end == ":" || end == ".") ? brace : nil
  }

  private mutating func take(_ code: TextCode) {
    add(.code(code.text), lineMap: lineMap(from: index, through: code.last))
    index = code.next
    if !code.rest.isEmpty, index < lines.count { lines[index] = code.rest }
  }
}
