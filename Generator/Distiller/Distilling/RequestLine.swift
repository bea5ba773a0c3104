internal import Spec

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
    let plain = text.filter { $0 != "*" && $0 != "\\" && $0 != "`" && $0 != "\u{200B}" }
      .drop { $0 == " " }
    let letters = plain.prefix { $0.isLetter }.uppercased()
    // Copying may glue the URL to the method.
    guard let method = methods.first(where: { letters == $0 || letters.hasPrefix($0 + "HTTP") })
    else { return nil }
    let rest = plain.dropFirst(method.count).drop { $0 == " " || $0 == ":" || $0 == "<" }
    let base = Reading.profile.basePath
    guard let start = start(ofPath: rest, below: base) else { return nil }
    // The host has no blank, so that the base path in a later word is none of its path.
    guard !rest[..<start].contains(where: \.isWhitespace) else { return nil }
    guard let path = path(String(rest[start...])) else { return nil }
    return RequestLine(method: method, path: path)
  }

  /// The request of a sentence: `send a POST request to the /api/widgets endpoint`.
  static func spoken(in text: String) -> RequestLine? {
    let words = text.split(whereSeparator: \.isWhitespace).map { word in
      word.filter { !"`*,\u{200B}".contains($0) }
    }
    for (index, method) in words.enumerated() where methods.contains(method) {
      guard index + 1 < words.count, words[index + 1] == "request" else { continue }
      guard
        let path = words[(index + 2)...].prefix(spokenReach).first(where: {
          $0.hasPrefix(Reading.profile.basePath)
        })
      else { return nil }
      return Self.path(path).map { RequestLine(method: method, path: $0) }
    }
    return nil
  }

  /// How many words there may be between a request and its path.
  private static let spokenReach = 4

  /// The path at the start of a text, its id as `:id`; nil when no wire names make it up.
  static func path(_ text: String) -> String? {
    let (normal, end) = withPlainID(text)
    let base = Reading.profile.basePath
    let path = "/" + normal[..<end].drop { $0 == "/" }
    guard path.hasPrefix(base) else { return nil }
    var segments = path.dropFirst(base.count).split(separator: "/").map(String.init)
    guard !segments.isEmpty else { return nil }
    if let last = segments.popLast() {
      let trimmed = last.reversed().drop { ".,;)'\"".contains($0) }.reversed()
      segments.append(String(trimmed))
    }
    guard let first = segments.first, Names.isWireName(first),
      segments.dropFirst().allSatisfy({ $0 == ":id" || Names.isWireName($0) })
    else { return nil }
    return base + segments.joined(separator: "/")
  }

  /// Where the path below the base path begins in the first URL of a text.
  static func startOfPath(in text: Substring) -> String.Index? {
    let base = Reading.profile.basePath
    guard let url = text.firstRange(of: "http") else {
      return text.firstRange(of: base)?.lowerBound
    }
    return start(ofPath: text[url.lowerBound...], below: base)
  }

  /// Where the path of a URL or of a path alone begins that lies below the base path.
  private static func start(ofPath text: Substring, below base: String) -> String.Index? {
    if text.hasPrefix(base) { return text.startIndex }
    guard text.prefix(4).lowercased() == "http" else { return nil }
    // The slashes behind the scheme are not part of the path.
    let host = text.firstRange(of: "://")?.upperBound ?? text.startIndex
    return text[host...].firstRange(of: base)?.lowerBound
  }

  /// The placeholders of an id: `:id`, `{{id}}`, `{id}`, `<id>`.
  private static func withPlainID(_ text: String) -> (text: String, end: String.Index) {
    var out = ""
    var rest = Substring(text)
    while let first = rest.first, !first.isWhitespace, first != "?" {
      let opener = rest.prefix { $0 == "{" || $0 == "<" }
      if !opener.isEmpty {
        let inner = rest.dropFirst(opener.count)
        let word = inner.prefix { $0.isLetter || $0 == " " || $0 == "_" }
        let closer = inner.dropFirst(word.count).prefix { $0 == "}" || $0 == ">" }
        let name = word.filter { $0 != " " }.lowercased()
        guard !closer.isEmpty, name == "id" || name.hasSuffix("_id") else { break }
        out += ":id"
        rest = inner.dropFirst(word.count + closer.count)
      } else if first == ">" {
        break
      } else {
        out.append(first)
        rest = rest.dropFirst()
      }
    }
    return (out, out.endIndex)
  }

  /// The first segment below the base path.
  var collection: String {
    String(path.dropFirst(Reading.profile.basePath.count).split(separator: "/").first ?? "")
  }

  /// Whether the path goes on behind one resource: `/api/widgets/:id/gadgets`.
  var isNested: Bool {
    let segments = path.split(separator: "/").map(String.init)
    guard let place = segments.firstIndex(of: collection) else { return false }
    let rest = segments[(place + 1)...]
    return rest.count > 1 || rest.count == 1 && rest.first != ":id"
  }

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
