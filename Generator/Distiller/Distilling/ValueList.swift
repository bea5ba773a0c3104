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

  /// Reads the values behind the first words that announce them; nil when there are not at least
  /// two, or when the list says that it is open. Values stand in quotes or are marked as code.
  static func read(_ description: Inline) -> [String]? {
    let text = description.runs.map { run in
      run.isCode ? "`" + run.text.filter { $0 != "`" } + "`" : run.text
    }.joined().replacing("``", with: "")
    let lower = text.lowercased()
    // Lower-casing may change how many characters there are.
    guard lower.count == text.count else { return nil }
    let starts = openers.flatMap { lower.ranges(of: $0) }.map(\.upperBound).sorted()
    for start in starts {
      let offset = lower.distance(from: lower.startIndex, to: start)
      if let found = values(in: text.dropFirst(offset)) { return found }
    }
    return nil
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
        // A remark on one value: `(default)`.
        guard let end = rest.firstIndex(of: ")") else { break }
        if out.isEmpty { rest = rest.dropFirst() } else { rest = rest[rest.index(after: end)...] }
      } else if first.isLetter {
        let word = rest.prefix { $0.isLetter }.lowercased()
        if out.isEmpty {
          guard introducing.contains(word), sawWords < introducing.count else { return nil }
          sawWords += 1
        } else if ["etc", "others", "other", "more", "any", "like"].contains(word) {
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
