/// A JSON value of an example, with the line it stands on and its members in order.
struct ExampleNode: Equatable {
  indirect enum Value: Equatable {
    case object([Member])
    case array([ExampleNode])
    case string(String)
    case integer
    case float
    case boolean
    case null
  }

  struct Member: Equatable {
    var name: String
    var line: Int
    var node: ExampleNode
  }

  var value: Value
  var line: Int

  /// The last member of a name.
  subscript(name: String) -> ExampleNode? {
    guard case .object(let members) = value else { return nil }
    return members.last { $0.name == name }?.node
  }

  /// The members of an object, none otherwise.
  var members: [Member] {
    if case .object(let members) = value { members } else { [] }
  }

  /// The text of a string.
  var string: String? {
    if case .string(let text) = value { text } else { nil }
  }
}

/// A remark of the example's reader.
struct ExampleRemark: Equatable {
  var code: DiagnosticCode
  var line: Int
  var message: String
}

/// Reads the JSON of examples. What the documentation is known to get wrong is repaired and
/// remarked upon: trailing and missing commas, comments, ellipses, unescaped quotes, line breaks in
/// strings. Everything else is beyond repair and costs only this example.
struct ExampleParser {
  private let characters: [Character]
  private var position = 0
  private var line: Int
  private(set) var remarks: [ExampleRemark] = []

  private struct Failure: Error { var message: String }

  /// - Parameter line: the line of the text's first character.
  init(_ text: some StringProtocol, line: Int) {
    characters = Array(text)
    self.line = line
  }

  /// Parses one value and ignores what follows its end: a shell's quote, say.
  mutating func parse() -> ExampleNode? {
    do throws(Failure) {
      try skipBlank()
      return try value(depth: 0)
    } catch {
      remark(.invalidJSON, "the example is not JSON: \(error.message)")
      return nil
    }
  }

  private mutating func remark(_ code: DiagnosticCode, _ message: String) {
    remarks.append(ExampleRemark(code: code, line: line, message: message))
  }

  private var current: Character? { position < characters.count ? characters[position] : nil }

  private func peek(_ offset: Int) -> Character? {
    position + offset < characters.count ? characters[position + offset] : nil
  }

  private mutating func advance() {
    if current == "\n" { line += 1 }
    position += 1
  }

  private mutating func skipBlank() throws(Failure) {
    while let character = current {
      if character.isWhitespace {
        advance()
      } else if character == "/", peek(1) == "/" {
        remark(.repairedJSON, "a comment was skipped")
        while let next = current, next != "\n" { _ = next; advance() }
      } else if character == "/", peek(1) == "*" {
        remark(.repairedJSON, "a comment was skipped")
        while current != nil, !(current == "*" && peek(1) == "/") { advance() }
        advance()
        advance()
      } else if character == "…" || character == "." && peek(1) == "." && peek(2) == "." {
        remark(.repairedJSON, "an ellipsis was skipped")
        while current == "." || current == "…" { advance() }
      } else {
        return
      }
    }
  }

  private mutating func value(depth: Int) throws(Failure) -> ExampleNode {
    guard depth < Limits.maximumJSONDepth else { throw Failure(message: "it nests too deeply") }
    guard remarks.count <= Limits.maximumRepairs else {
      throw Failure(message: "it has too many defects")
    }
    let start = line
    switch current {
    case "{": return ExampleNode(value: .object(try object(depth: depth)), line: start)
    case "[": return ExampleNode(value: .array(try array(depth: depth)), line: start)
    case "\"": return ExampleNode(value: .string(try string(isName: false)), line: start)
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
      case nil: throw Failure(message: "an object is not closed")
      case "}":
        if sawComma {
          remarks.append(
            ExampleRemark(
              code: .repairedJSON, line: commaLine, message: "a trailing comma was dropped"))
        }
        advance()
        return members
      case ",":
        commaLine = line
        if sawComma { remark(.repairedJSON, "a doubled comma was dropped") }
        (needsComma, sawComma) = (false, true)
        advance()
      case "\"":
        if needsComma { remark(.repairedJSON, "a missing comma was supplied") }
        let start = line
        let name = try string(isName: true)
        try skipBlank()
        guard current == ":" else { throw Failure(message: "a name without a value") }
        advance()
        try skipBlank()
        let node = try value(depth: depth + 1)
        if !names.insert(name).inserted {
          remarks.append(
            ExampleRemark(code: .duplicateKey, line: start, message: "'\(name)' occurs twice"))
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
      case nil: throw Failure(message: "an array is not closed")
      case "]":
        if sawComma { remark(.repairedJSON, "a trailing comma was dropped") }
        advance()
        return elements
      case ",":
        (needsComma, sawComma) = (false, true)
        advance()
      default:
        if needsComma { remark(.repairedJSON, "a missing comma was supplied") }
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
    default: throw Failure(message: "'\(text)' is no value")
    }
  }

  private mutating func string(isName: Bool) throws(Failure) -> String {
    advance()
    let start = position
    let end = try closingQuote(isName: isName)
    var out = ""
    var escaped = false
    for character in characters[start..<end] {
      if escaped {
        out.append(character)
        escaped = false
      } else if character == "\\" {
        escaped = true
      } else {
        if character == "\n" { remark(.repairedJSON, "a line break in a string was kept") }
        out.append(character)
      }
    }
    while position <= end { advance() }
    return out
  }

  /// The quote that ends a string: the next unescaped one, unless what follows shows that it
  /// belongs to the text; then the last one on the line that something JSON follows.
  private mutating func closingQuote(isName: Bool) throws(Failure) -> Int {
    guard let strict = nextQuote(from: position) else {
      throw Failure(message: "a string is not closed")
    }
    if isName || isFollowedByJSON(strict) { return strict }
    let reach = min(strict + Limits.maximumRepairReach, characters.count)
    let lineEnd = characters[strict..<reach].firstIndex(of: "\n") ?? reach
    var best: Int?
    var next = nextQuote(from: strict + 1)
    while let quote = next, quote < lineEnd {
      if endsLine(quote, before: lineEnd) { best = quote }
      next = nextQuote(from: quote + 1)
    }
    guard let best else { return strict }
    remark(.repairedJSON, "unescaped quotes in a string were kept")
    return best
  }

  private func nextQuote(from start: Int) -> Int? {
    var index = start
    while index < characters.count {
      if characters[index] == "\\" { index += 2; continue }
      if characters[index] == "\"" { return index }
      index += 1
    }
    return nil
  }

  private func isFollowedByJSON(_ quote: Int) -> Bool {
    guard let next = characters[(quote + 1)...].first(where: { !$0.isWhitespace || $0 == "\n" })
    else { return true }
    return ",]}:\n/".contains(next)
  }

  private func endsLine(_ quote: Int, before end: Int) -> Bool {
    characters[(quote + 1)..<end].allSatisfy { $0.isWhitespace || $0 == "," || $0 == "'" }
  }
}
