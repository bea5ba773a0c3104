/// Reads the JSON of examples. What the documentation is known to get wrong is repaired and
/// reported: trailing and missing commas, comments, ellipses and other placeholders, names
/// without quotes, typographic quotes, unescaped quotes and line breaks in strings. Everything else
/// is beyond repair and costs only this example.
struct ExampleParser {
  let characters: [Character]
  var position = 0
  private let lines: CodeLines
  private var offset = 0
  private(set) var diagnostics: [ExampleDiagnostic] = []
  /// Whether the text ends inside of a value.
  private(set) var breaksOff = false

  struct Failure: Error { var message: String }

  /// - Parameter lines: where the lines of the text stand.
  init(_ text: some StringProtocol, lines: CodeLines) {
    characters = Array(text)
    self.lines = lines
  }

  /// The line of the next character.
  private var line: Int { lines[offset] }

  /// Parses one value and ignores the shell's quote behind it.
  mutating func parse() -> ExampleNode? {
    do throws(Failure) {
      try skipBlank()
      let node = try value(depth: 0)
      diagnoseRest()
      return node
    } catch {
      diagnose(.invalidJSON, "the example is not JSON: \(error.message)")
      return nil
    }
  }

  /// A second value in one block of code is not read, and no silence about it.
  private mutating func diagnoseRest() {
    while let character = current, character.isWhitespace || "'\");".contains(character) {
      advance()
    }
    guard let character = current, character != "|", character != "-", character != "\\" else {
      return
    }
    diagnose(.otherCode, "what follows the JSON from '\(character)' on is not read")
  }

  mutating func diagnose(_ code: DiagnosticCode, _ message: String) {
    diagnostics.append(ExampleDiagnostic(code: code, line: line, message: message))
  }

  var current: Character? { position < characters.count ? characters[position] : nil }

  func peek(_ offset: Int) -> Character? {
    position + offset < characters.count ? characters[position + offset] : nil
  }

  mutating func advance() {
    if current == "\n" { offset += 1 }
    position += 1
  }

  private mutating func skipBlank() throws(Failure) {
    while let character = current {
      if character.isWhitespace || character == "\u{200B}" || character == "\u{FEFF}" {
        advance()
      } else if character == "/", peek(1) == "/" {
        diagnose(.repairedJSON, "a comment was skipped")
        while let next = current, next != "\n" { _ = next; advance() }
      } else if character == "/", peek(1) == "*" {
        diagnose(.repairedJSON, "a comment was skipped")
        while current != nil, !(current == "*" && peek(1) == "/") { advance() }
        advance()
        advance()
      } else if character == "#" {
        diagnose(.repairedJSON, "a comment was skipped")
        while let next = current, next != "\n" { _ = next; advance() }
      } else {
        return
      }
    }
  }

  /// Dots in place of what was left out.
  private var isEllipsis: Bool {
    current == "…" || current == "." && peek(1) == "." && peek(2) == "."
  }

  private mutating func skipEllipsis() {
    diagnose(.repairedJSON, "an ellipsis was skipped")
    while current == "." || current == "…" { advance() }
  }

  /// `{{id}}` and `<id>` stand for values.
  private mutating func placeholder() -> Bool {
    let closer: Character
    if current == "{", peek(1) == "{" {
      closer = "}"
    } else if current == "<", peek(1)?.isLetter ?? false {
      closer = ">"
    } else {
      return false
    }
    let reach = characters[position...].prefix(Limits.maximumPlaceholder)
    guard let end = reach.firstIndex(of: closer), !characters[position..<end].contains("\"") else {
      return false
    }
    diagnose(.repairedJSON, "a placeholder stands for a value")
    while position <= end { advance() }
    if closer == "}", current == "}" { advance() }
    return true
  }

  private func leftOut() -> ExampleNode.Member {
    .init(
      name: ExampleNode.Member.leftOut, line: line, node: ExampleNode(value: .unknown, line: line))
  }

  /// The end of the text inside of a value: a page that was cut. What stands before it counts.
  private mutating func breakOff() -> ExampleNode.Member {
    if !breaksOff {
      // The last line that has something on it.
      let blank = characters[..<min(position, characters.count)].reversed()
        .prefix { $0.isWhitespace }.count { $0 == "\n" }
      diagnostics.append(
        ExampleDiagnostic(
          code: .invalidJSON, line: lines[max(0, offset - blank)],
          message: "the example breaks off; what stands before is read"))
    }
    breaksOff = true
    position = characters.count
    return leftOut()
  }

  private mutating func value(depth: Int) throws(Failure) -> ExampleNode {
    guard depth < Limits.maximumJSONDepth else { throw Failure(message: "it nests too deeply") }
    guard diagnostics.count <= Limits.maximumRepairs else {
      throw Failure(message: "it has too many defects")
    }
    let start = line
    if isEllipsis {
      skipEllipsis()
      return ExampleNode(value: .unknown, line: start)
    }
    if placeholder() { return ExampleNode(value: .unknown, line: start) }
    switch current {
    case "{": return ExampleNode(value: .object(try object(depth: depth)), line: start)
    case "[": return ExampleNode(value: .array(try array(depth: depth)), line: start)
    case "\"", "“", "”", "'":
      return ExampleNode(value: .string(try string(isName: false)), line: start)
    case .some(let character) where character == "-" || character.isNumber:
      return ExampleNode(value: number(), line: start)
    case .some(let character) where character.isLetter:
      return ExampleNode(value: try word(), line: start)
    case .some(let character): throw Failure(message: "'\(character)' starts no value")
    case nil: throw Failure(message: "it ends too early")
    }
  }

  private mutating func object(depth: Int) throws(Failure) -> [ExampleNode.Member] {
    var members: [ExampleNode.Member] = []
    var names: Set<String> = []
    advance()
    var needsComma = false
    var commaLine = line
    var sawComma = false
    while true {
      try skipBlank()
      switch current {
      case nil: return members + [breakOff()]
      case "}":
        if sawComma {
          diagnostics.append(
            ExampleDiagnostic(
              code: .repairedJSON, line: commaLine, message: "a trailing comma was dropped"))
        }
        advance()
        return members
      case ",":
        commaLine = line
        if sawComma { diagnose(.repairedJSON, "a doubled comma was dropped") }
        (needsComma, sawComma) = (false, true)
        advance()
      case .some where isEllipsis:
        members.append(leftOut())
        skipEllipsis()
        (needsComma, sawComma) = (false, false)
      case .some(let character)
      where "\"'“”".contains(character) || character.isLetter || character == "_":
        if needsComma { diagnose(.repairedJSON, "a missing comma was supplied") }
        if isUnclosed { return members + [breakOff()] }
        let start = line
        let name = try name()
        try skipBlank()
        if current == nil { return members + [breakOff()] }
        if current == "=", peek(1) == ">" {
          diagnose(.repairedJSON, "'=>' is read as a colon")
          advance()
        } else if current != ":" {
          throw Failure(message: "a name without a value")
        }
        advance()
        try skipBlank()
        if current == nil || isUnclosed { return members + [breakOff()] }
        let node = try value(depth: depth + 1)
        if !names.insert(name).inserted {
          diagnostics.append(
            ExampleDiagnostic(code: .duplicateKey, line: start, message: "'\(name)' occurs twice"))
        }
        members.append(.init(name: name, line: start, node: node))
        (needsComma, sawComma) = (true, false)
      case .some(let character): throw Failure(message: "'\(character)' where a name should start")
      }
    }
  }

  private mutating func array(depth: Int) throws(Failure) -> [ExampleNode] {
    var elements: [ExampleNode] = []
    advance()
    var needsComma = false
    var sawComma = false
    while true {
      try skipBlank()
      switch current {
      case nil:
        _ = breakOff()
        return elements
      case "]":
        if sawComma { diagnose(.repairedJSON, "a trailing comma was dropped") }
        advance()
        return elements
      case ",":
        if sawComma { diagnose(.repairedJSON, "a doubled comma was dropped") }
        (needsComma, sawComma) = (false, true)
        advance()
      case .some where isEllipsis:
        skipEllipsis()
        (needsComma, sawComma) = (false, false)
      default:
        if needsComma { diagnose(.repairedJSON, "a missing comma was supplied") }
        if isUnclosed {
          _ = breakOff()
          return elements
        }
        elements.append(try value(depth: depth + 1))
        (needsComma, sawComma) = (true, false)
      }
    }
  }

  private mutating func number() -> ExampleNode.Value {
    var text = ""
    while let character = current, character.isNumber || "+-.eE".contains(character) {
      text.append(character)
      advance()
    }
    return text.contains { ".eE".contains($0) } ? .float : .integer
  }

  private mutating func word() throws(Failure) -> ExampleNode.Value {
    var text = ""
    while let character = current, character.isLetter || character == "_" {
      text.append(character)
      advance()
    }
    switch text {
    case "true", "false": return .boolean
    case "null": return .null
    case "nil", "undefined", "None":
      diagnose(.repairedJSON, "'\(text)' is read as null")
      return .null
    default: throw Failure(message: "'\(text)' is not a value")
    }
  }
}
