/// The line that names an operation's method and path.
struct RequestLine: Equatable {
  var method: String
  /// The path with `:id`: `/api/widgets/:id`.
  var path: String

  static let methods = ["GET", "POST", "PATCH", "PUT", "DELETE"]

  /// Whether a source line starts with an HTTP method, bold or not.
  static func startsWithMethod(_ line: String) -> Bool {
    let word = line.drop { $0 == "*" || $0 == " " }.prefix { $0.isLetter }
    return methods.contains(String(word))
  }

  /// Reads a request line from a paragraph's text; nil when it is none.
  ///
  /// Stars are dropped: where bold opens in the middle of a word Markdown leaves them standing, and
  /// no path has any. The host is not looked at: only its path is a fact.
  static func read(_ text: String) -> RequestLine? {
    let plain = text.filter { $0 != "*" && $0 != "\\" }.drop { $0 == " " }
    let method = String(plain.prefix { $0.isLetter })
    guard methods.contains(method) else { return nil }
    let rest = plain.dropFirst(method.count).drop { $0 == " " || $0 == "<" }
    guard rest.hasPrefix("http") || rest.hasPrefix("/api/") else { return nil }
    guard let start = rest.firstRange(of: "/api/") else { return nil }
    var path = String(
      rest[start.lowerBound...].prefix { !$0.isWhitespace && $0 != ">" && $0 != "?" }
    )
    .replacing("{{id}}", with: ":id")
    while path.count > 5, path.hasSuffix("/") { path.removeLast() }
    let segments = path.split(separator: "/").dropFirst()
    guard let first = segments.first, Names.isWireName(first),
      segments.dropFirst().allSatisfy({ $0 == ":id" || Names.isWireName($0) })
    else { return nil }
    return RequestLine(method: method, path: path)
  }

  /// The first segment below `/api/`.
  var collection: String { String(path.split(separator: "/").dropFirst().first ?? "") }

  /// Whether the path ends in an id.
  var hasID: Bool { path.hasSuffix("/:id") }
}

/// What names on the wire look like.
enum Names {
  /// Lower-case ASCII words joined by `_`; a leading `_` is part of the name.
  static func isWireName(_ text: some StringProtocol) -> Bool {
    guard let first = text.utf8.first, text.utf8.count <= 128 else { return false }
    func isLetter(_ byte: UInt8) -> Bool { (97...122).contains(byte) || byte == 95 }
    return isLetter(first) && text.utf8.contains { $0 != 95 }
      && text.utf8.allSatisfy { isLetter($0) || (48...57).contains($0) }
  }

  /// The wire name in an expected shape of a word: `Tax categories` → `tax_categories`.
  static func slug(_ title: String) -> String {
    var out = ""
    for character in title.lowercased() {
      if character.isASCII, character.isLetter || character.isNumber {
        out.append(character)
      } else if !out.isEmpty, !out.hasSuffix("_") {
        out += "_"
      }
    }
    while out.hasSuffix("_") { out.removeLast() }
    return out
  }
}
