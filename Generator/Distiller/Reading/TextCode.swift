/// Finds the extent of code in text that does not mark it.
enum TextCode {
  /// A curl command: up to the first line that neither continues nor belongs to its JSON body.
  static func command(in lines: [Substring], from start: Int) -> (text: String, next: Int) {
    var out: [Substring] = []
    var index = start
    while index < lines.count {
      let line = lines[index]
      out.append(line)
      if let brace = line.firstIndex(of: "{"), line.contains("-d ") || line.contains("--data") {
        var scanner = BraceScanner()
        if !scanner.take(line[brace...]) {
          index += 1
          while index < lines.count {
            out.append(lines[index])
            if scanner.take(lines[index]) { break }
            index += 1
          }
        }
        return (out.joined(separator: "\n") + "\n", index + 1)
      }
      index += 1
      if !line.reversed().drop(while: \.isWhitespace).starts(with: "\\") { break }
    }
    return (out.joined(separator: "\n") + "\n", index)
  }

  /// A JSON value from its `{` to the brace that closes it. Lines that are only numbers are left
  /// blank when the copy carries line numbers.
  static func json(
    in lines: [Substring], from start: Int, numbered: Bool
  ) -> (text: String, next: Int) {
    var out: [Substring] = []
    var scanner = BraceScanner()
    var index = start
    while index < lines.count {
      var line = lines[index]
      if numbered, !line.isEmpty, line.allSatisfy(\.isNumber) { line = "" }
      out.append(line)
      index += 1
      if scanner.take(line) { break }
    }
    return (out.joined(separator: "\n") + "\n", index)
  }
}

/// Counts braces outside of strings.
private struct BraceScanner {
  private var depth = 0

  /// - Returns: whether the outermost brace was closed. A string ends with its line at the latest.
  mutating func take(_ line: Substring) -> Bool {
    var inString = false
    var escaped = false
    for character in line {
      if escaped { escaped = false; continue }
      switch character {
      case "\\" where inString: escaped = true
      case "\"": inString.toggle()
      case "{" where !inString, "[" where !inString: depth += 1
      case "}" where !inString, "]" where !inString:
        depth -= 1
        if depth <= 0 { return true }
      default: break
      }
    }
    return false
  }
}
