/// Strings and names, and what is repaired in them.
extension ExampleParser {
  /// A member's name, with or without quotes.
  mutating func name() throws(Failure) -> String {
    guard let first = current, first.isLetter || first == "_" else {
      return try string(isName: true)
    }
    var text = ""
    while let character = current, character.isLetter || character.isNumber || character == "_" {
      text.append(character)
      advance()
    }
    guard current == ":" else { throw Failure(message: "'\(text)' is not a name in quotes") }
    diagnose(.repairedJSON, "quotes were put around '\(text.prefix(60))'")
    return text
  }

  mutating func string(isName: Bool) throws(Failure) -> String {
    if current == "'" {
      diagnose(.repairedJSON, "single quotes are read as double ones")
      return try typographicString()
    }
    if current != "\"" {
      diagnose(.repairedJSON, "typographic quotes are read as plain ones")
      return try typographicString()
    }
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
        if character == "\n" { diagnose(.repairedJSON, "a line break in a string was kept") }
        out.append(character)
      }
    }
    while position <= end { advance() }
    return out
  }

  private mutating func typographicString() throws(Failure) -> String {
    let closers = current == "'" ? "'" : "”“\""
    advance()
    var text = ""
    while let character = current, character != "\n" {
      advance()
      if closers.contains(character) { return text }
      text.append(character)
    }
    throw Failure(message: "a string is not closed")
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
    diagnose(.repairedJSON, "unescaped quotes in a string were kept")
    return best
  }

  /// Whether a string starts here that nothing ends, on the last line of the text.
  var isUnclosed: Bool {
    current == "\"" && nextQuote(from: position + 1) == nil
      && !characters[position...].reversed().drop(while: \.isWhitespace).contains("\n")
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
