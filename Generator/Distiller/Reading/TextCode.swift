/// Code found in text that does not mark it: its text, and where the rest goes on.
struct TextCode {
  var text: String
  /// The last line of the code.
  var last: Int
  /// The line on which what follows the code stands.
  var next: Int
  /// What stands behind the code on that line, when copying glued a sentence to it.
  var rest: Substring = ""

  /// A curl command: up to the first line that neither continues nor belongs to its JSON body.
  static func command(
    in lines: [Substring], from start: Int, numbered: Bool = false
  ) -> TextCode {
    var out: [Substring] = []
    var index = start
    var numbers = LineNumbers(isOn: numbered)
    while index < lines.count {
      let line = lines[index]
      if index > start, numbers.isOne(line) || numbered && line.allSatisfy(\.isWhitespace) {
        out.append("")
        index += 1
        continue
      }
      if let brace = line.firstIndex(of: "{"), line.contains("-d ") || line.contains("--data") {
        let body = json(in: lines, from: index, column: brace, numbers: numbers)
        out.append(line[..<brace] + body.text)
        return TextCode(
          text: out.joined(separator: "\n"), last: body.last, next: body.next, rest: body.rest)
      }
      out.append(line)
      index += 1
      if !line.reversed().drop(while: \.isWhitespace).starts(with: "\\") { break }
    }
    return TextCode(text: out.joined(separator: "\n") + "\n", last: index - 1, next: index)
  }

  /// A JSON value from its `{` to the brace that closes it. Lines that are only numbers are left
  /// blank when the copy carries line numbers.
  static func json(
    in lines: [Substring], from start: Int, column: Substring.Index? = nil, numbered: Bool = false
  ) -> TextCode {
    json(in: lines, from: start, column: column, numbers: LineNumbers(isOn: numbered))
  }

  private static func json(
    in lines: [Substring], from start: Int, column: Substring.Index?, numbers: LineNumbers
  ) -> TextCode {
    var numbers = numbers
    var out: [Substring] = []
    var scanner = BraceScanner()
    var index = start
    // Where the next section begins, should the value never be closed.
    var section: Int?
    while index < lines.count, index - (section ?? index) < reachBehindSection {
      var line = lines[index]
      if index == start, let column { line = line[column...] }
      if index > start, numbers.isOne(line) { line = "" }
      if section == nil, index > start, startsSection(line) { section = index }
      if let end = scanner.close(in: line) {
        out.append(line[..<end])
        let rest = line[end...].drop { $0 == "'" || $0.isWhitespace }
        return TextCode(
          text: out.joined(separator: "\n") + "\n", last: index,
          next: rest.isEmpty ? index + 1 : index, rest: rest)
      }
      out.append(line)
      index += 1
    }
    let end = section ?? index
    return TextCode(
      text: out.prefix(end - start).joined(separator: "\n") + "\n", last: end - 1, next: end)
  }

  /// How many lines behind the start of a section a closing brace is still looked for.
  private static let reachBehindSection = 50

  private static func startsSection(_ line: Substring) -> Bool {
    guard line.first?.isUppercase ?? false else { return line.hasPrefix("curl -") }
    if case .part = SectionHeading.read(String(line)) { return false }
    return SectionHeading.read(String(line)) != nil || SuccessStatus.read(String(line)) != nil
  }
}

/// The numbers that stand between the lines of some copies, in order.
private struct LineNumbers {
  var isOn: Bool
  private var expected = 2

  init(isOn: Bool) { self.isOn = isOn }

  mutating func isOne(_ line: Substring) -> Bool {
    guard isOn, TextLine.trimmed(line) == String(expected) else { return false }
    expected += 1
    return true
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
