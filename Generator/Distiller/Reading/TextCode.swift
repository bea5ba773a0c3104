/// Code found in text that does not mark it: its text, and where the rest goes on.
struct TextCode {
  var text: String
  /// The line on which what follows the code stands.
  var next: Int
  /// What stands behind the code on that line, when copying glued a sentence to it.
  var rest: Substring = ""

  /// A curl command: up to the first line that neither continues nor belongs to its JSON body.
  static func command(in lines: [Substring], from start: Int) -> TextCode {
    var out: [Substring] = []
    var index = start
    while index < lines.count {
      let line = lines[index]
      if let brace = line.firstIndex(of: "{"), line.contains("-d ") || line.contains("--data") {
        let body = json(in: lines, from: index, column: brace)
        out.append(line[..<brace] + body.text)
        return TextCode(
          text: out.joined(separator: "\n"), next: body.next, rest: body.rest)
      }
      out.append(line)
      index += 1
      if !line.reversed().drop(while: \.isWhitespace).starts(with: "\\") { break }
    }
    return TextCode(text: out.joined(separator: "\n") + "\n", next: index)
  }

  /// A JSON value from its `{` to the brace that closes it. Lines that are only numbers are left
  /// blank when the copy carries line numbers.
  static func json(
    in lines: [Substring], from start: Int, column: Substring.Index? = nil, numbered: Bool = false
  ) -> TextCode {
    var out: [Substring] = []
    var scanner = BraceScanner()
    var index = start
    while index < lines.count {
      var line = lines[index]
      if index == start, let column { line = line[column...] }
      if numbered, !line.isEmpty, line.allSatisfy(\.isNumber) { line = "" }
      if let end = scanner.close(in: line) {
        out.append(line[..<end])
        let rest = line[end...].drop { $0 == "'" || $0.isWhitespace }
        return TextCode(
          text: out.joined(separator: "\n") + "\n", next: rest.isEmpty ? index + 1 : index,
          rest: rest)
      }
      out.append(line)
      index += 1
    }
    return TextCode(text: out.joined(separator: "\n") + "\n", next: index)
  }
}

/// Counts braces outside of strings.
private struct BraceScanner {
  private var depth = 0

  /// - Returns: where the outermost brace was closed. A string ends with its line at the latest.
  mutating func close(in line: Substring) -> Substring.Index? {
    var inString = false
    var escaped = false
    for index in line.indices {
      let character = line[index]
      if escaped {
        escaped = false
        continue
      }
      switch character {
      case "\\" where inString: escaped = true
      case "\"": inString.toggle()
      case "{" where !inString, "[" where !inString: depth += 1
      case "}" where !inString, "]" where !inString:
        depth -= 1
        if depth <= 0 { return line.index(after: index) }
      default: break
      }
    }
    return nil
  }
}
