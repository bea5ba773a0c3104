internal import Spec

/// The values that a description lists: `One of 'a', 'b' or 'c'`.
enum ValueList {
  /// What a list of values begins with.
  private static let openers = [
    "one of", "can be", "could be", "possible values", "allowed values", "accepted values",
    "valid values", "supported values", "available values", "values are", "either",
  ]

  /// The most values of a list, and the most characters of one.
  private static let maximumCount = 500
  private static let maximumLength = 64
  /// How many announcements are looked behind, and how much of the sentence before each is.
  private static let maximumOpeners = 20
  private static let maximumSentence = 400

  /// Reads the values behind the first words that announce them; nil when there are not at least
  /// two, when the list says that it is open, or when the words speak of another attribute or of a
  /// condition. Values stand in quotes or are marked as code.
  /// - Parameters:
  ///   - name: what the text describes.
  ///   - siblings: what else is described beside it.
  static func read(
    _ description: Inline, of name: String = "", among siblings: Set<String> = []
  ) -> [String]? {
    let text = description.runs.map { run in
      run.isCode ? "`" + run.text.filter { $0 != "`" } + "`" : run.text
    }.joined().replacing("``", with: "")
    let lower = text.lowercased()
    // Lower-casing may change how many characters there are.
    guard lower.count == text.count else { return nil }
    let places = openers.flatMap { lower.ranges(of: $0) }
      .sorted { $0.upperBound < $1.upperBound }
    for place in places.prefix(maximumOpeners) {
      // A sentence that borrows speaks for no opener within it.
      let before = lower[..<place.lowerBound].suffix(maximumSentence)
      guard !borrows(before, name, siblings) else { continue }
      let offset = lower.distance(from: lower.startIndex, to: place.upperBound)
      if let found = values(in: text.dropFirst(offset)) { return found }
    }
    return nil
  }

  /// Words behind which a list holds under a condition only.
  private static let conditions: Set<String> = [
    "when", "whenever", "if", "unless", "while", "where", "whose", "once", "until", "depending",
    "depends",
  ]
  /// What `if` may be followed by and still speak of the attribute itself.
  private static let ownStates: Set<String> = [
    "set", "present", "given", "specified", "any", "not", "omitted", "null", "empty", "blank",
    "known", "available",
  ]

  /// Whether the sentence so far speaks of another attribute, or of a condition.
  private static func borrows(
    _ text: Substring, _ name: String, _ siblings: Set<String>
  ) -> Bool {
    var sentence = text
    for end in [". ", "; ", "! ", "? "] {
      if let last = sentence.ranges(of: end).last { sentence = sentence[last.upperBound...] }
    }
    let words = sentence.split { !$0.isLetter && !$0.isNumber && $0 != "_" && $0 != "`" }
    for (index, marked) in words.enumerated() {
      let word = marked.filter { $0 != "`" }
      let isOther = word != name && Names.isWireName(word)
      if isOther, word.contains("_") || marked.contains("`") && siblings.contains(word) {
        return true
      }
      guard conditions.contains(word) else { continue }
      let next = index + 1 < words.count ? String(words[index + 1]) : ""
      if !(["if", "when", "where"].contains(word) && ownStates.contains(next)) { return true }
    }
    return false
  }

  private static func values(in text: Substring) -> [String]? {
    var rest = text
    var out: [String] = []
    var sawWords = 0
    while let first = rest.first {
      if let closer = closer(of: first) {
        let inner = rest.dropFirst()
        guard let end = inner.firstIndex(of: closer) else { break }
        let value = inner[..<end].trimmed
        guard isValue(value) else { return nil }
        if !out.contains(value) { out.append(value) }
        guard out.count <= maximumCount else { return nil }
        rest = inner[inner.index(after: end)...]
      } else if first == "(" {
        // A diagnostic on one value: `(default)`.
        guard let end = rest.firstIndex(of: ")") else { break }
        if out.isEmpty { rest = rest.dropFirst() } else { rest = rest[rest.index(after: end)...] }
      } else if first.isLetter {
        let word = rest.prefix { $0.isLetter }.lowercased()
        if out.isEmpty {
          guard introducing.contains(word), sawWords < introducing.count else { return nil }
          sawWords += 1
        } else if ["etc", "others", "other", "more", "any", "like"].contains(word) {
          return nil
        } else if conditions.contains(word) {
          return nil
        } else if !["or", "and", "nor"].contains(word) {
          break
        }
        rest = rest.dropFirst(word.count)
      } else if first == "…" || first == "." {
        if rest.hasPrefix("...") || first == "…" { return nil }
        break
      } else if first.isWhitespace || ",;:/|-–—•*\\".contains(first) {
        rest = rest.dropFirst()
      } else {
        break
      }
    }
    return out.count > 1 ? out : nil
  }

  /// The words that may stand between the announcement and the first value.
  private static let introducing: Set<String> = [
    "one", "of", "the", "following", "values", "value", "are", "is", "be", "set", "to", "a", "an",
    "either", "these", "for", "this", "attribute", "field",
  ]

  private static func closer(of opener: Character) -> Character? {
    switch opener {
    case "'", "\"", "`": opener
    case "‘": "’"
    case "“": "”"
    default: nil
    }
  }

  private static func isValue(_ text: String) -> Bool {
    !text.isEmpty && text.count <= maximumLength
      && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_.-/ +:".contains($0)) }
  }
}

extension Substring {
  fileprivate var trimmed: String {
    String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
  }
}
