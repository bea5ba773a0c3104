internal import Spec

/// The status of success that a sentence names.
enum SuccessStatus {
  /// Finds `201 Created`, `status code 204` and their like, with the marks of code already gone.
  static func read(_ text: String) -> Int? {
    let words = text.split { $0.isWhitespace || "`(),.:;".contains($0) }.map { $0.lowercased() }
    for (index, word) in words.enumerated() {
      guard let status = Int(word), (200..<300).contains(status) else { continue }
      let next = index + 1 < words.count ? words[index + 1] : ""
      if ["ok", "created", "accepted", "no", "status", "response"].contains(next) { return status }
      if index > 0, ["status", "code", "http", "http/11"].contains(words[index - 1]) {
        return status
      }
    }
    return nil
  }
}

/// What sentences say of the operations a resource has.
enum OperationProse {
  /// The operations of "returned as part of the response body of each successful list, retrieve or
  /// create API call"; nil for any other text, and where the list is empty.
  static func returning(_ text: String) -> Set<OperationKind>? {
    let lower = text.lowercased()
    guard lower.contains("returned as part of the response"),
      let start = lower.firstRange(of: "each successful"),
      let end = lower[start.upperBound...].firstRange(of: "call")
    else { return nil }
    let kinds = kinds(in: lower[start.upperBound..<end.lowerBound])
    return kinds.isEmpty ? nil : kinds
  }

  /// The operations of "create and delete operations are not allowed".
  static func denied(_ text: String) -> Set<OperationKind> {
    var denied: Set<OperationKind> = []
    for sentence in text.lowercased().split(separator: ".") {
      guard let end = sentence.firstRange(of: "operations are not allowed") else { continue }
      let start = sentence.firstRange(of: "that")?.upperBound ?? sentence.startIndex
      guard start < end.lowerBound else { continue }
      denied.formUnion(kinds(in: sentence[start..<end.lowerBound]))
    }
    return denied
  }

  private static func kinds(in text: Substring) -> Set<OperationKind> {
    Set(text.split { !$0.isLetter }.compactMap { OperationKind(rawValue: String($0)) })
  }
}

/// The sentence by which a page without a title says which object its table is of.
enum ObjectSentence {
  /// The object of "A SKU object is returned …"; nil for any other text.
  static func subject(of text: String) -> String? {
    guard let end = text.firstRange(of: " object is returned") else { return nil }
    var words = text[..<end.lowerBound].split(whereSeparator: \.isWhitespace)[...]
    if let stop = words.lastIndex(where: { $0.hasSuffix(".") || $0.hasSuffix(":") }) {
      words = words[(stop + 1)...]
    }
    if let first = words.first?.lowercased(), ["a", "an", "the", "each", "one"].contains(first) {
      words = words.dropFirst()
    }
    guard (1...maximumWords).contains(words.count) else { return nil }
    return words.joined(separator: " ").filter { !"`*".contains($0) }
  }

  /// The most words of an object's name.
  private static let maximumWords = 6
}

/// What a sentence names to use instead of something deprecated.
enum Replacement {
  /// The wire name in "Use `x` instead", "replaced by x", "in favor of x"; nil where the text names none or
  /// several. Whether there is anything of the name is for the caller to know.
  static func read(_ text: String) -> String? {
    let words = text.lowercased()
      .split { $0.isWhitespace || "`'\"()[]*".contains($0) }.map(String.init)
    var names: Set<String> = []
    for (index, word) in words.enumerated() {
      let previous = index > 0 ? words[index - 1] : ""
      let isUse =
        ["use", "using"].contains(word) && previous != "of" && isInstead(words, around: index)
      let isBy =
        (["by", "with"].contains(word) && ["replaced", "superseded"].contains(previous))
        || (word == "of" && ["favor", "favour"].contains(previous))
      guard isUse || isBy, let name = name(in: words[(index + 1)...]) else { continue }
      names.insert(name)
    }
    return names.count == 1 ? names.first : nil
  }

  /// Whether the sentence around a word says "instead".
  private static func isInstead(_ words: [String], around index: Int) -> Bool {
    let start = words[..<index].lastIndex(where: endsSentence).map { $0 + 1 } ?? 0
    let end = words[index...].firstIndex(where: endsSentence) ?? words.endIndex - 1
    return words[start...end].contains { $0.trimmed == "instead" }
  }

  private static func endsSentence(_ word: String) -> Bool { word.hasSuffix(".") }

  /// The first word that is not an article.
  private static func name(in words: ArraySlice<String>) -> String? {
    guard let word = words.first(where: { !["the", "a", "an", "its", "our"].contains($0) }) else {
      return nil
    }
    let name = word.trimmed
    return Names.isWireName(name) ? name : nil
  }
}

extension String {
  /// Without punctuation at its end.
  fileprivate var trimmed: String {
    var text = self[...]
    while let last = text.last, ".,;:!?".contains(last) { text.removeLast() }
    return String(text)
  }
}

/// Attributes that the prose calls deprecated.
enum Deprecations {
  /// Whether a cell of a row calls what the row is about deprecated: `Deprecated.`, `[DEPRECATED]`,
  /// `(deprecated)`, `is deprecated`. A sentence that names something else speaks of that.
  static func isMark(_ cell: Inline) -> Bool {
    for sentence in sentences(of: cell) {
      let text = sentence.map(\.text).joined().lowercased()
      guard let word = text.firstRange(of: "deprecated") else { continue }
      let before = text[..<word.lowerBound]
      let next = text[word.upperBound...].first
      if let last = before.last, "([".contains(last) { return true }
      let isFirst = !before.contains { $0.isLetter }
      if isFirst, next.map({ !$0.isLetter && $0 != " " }) ?? true { return true }
      let namesOther = sentence.contains { $0.isCode }
      if !namesOther, isFirst || before.hasSuffix("is ") || before.hasSuffix("been ") {
        return true
      }
    }
    return false
  }

  /// The names marked as code in a sentence that says deprecated: those before the word, or, when
  /// it leads the sentence, those directly behind it.
  ///
  /// What comes later in the sentence is the replacement.
  static func read(_ text: Inline) -> [String] {
    var names: [String] = []
    for sentence in sentences(of: text) {
      var before: [String] = []
      var after: [String] = []
      var sawWord = false
      for run in sentence {
        if run.isCode {
          if Names.isWireName(run.text) {
            if sawWord { after.append(run.text) } else { before.append(run.text) }
          }
        } else if run.text.lowercased().contains("deprecated") {
          sawWord = true
        }
      }
      if sawWord { names += before.isEmpty ? Array(after.prefix(1)) : before }
    }
    return names
  }

  /// Sentences end at a full stop outside code that a blank or the end follows.
  private static func sentences(of text: Inline) -> [[Inline.Run]] {
    var out: [[Inline.Run]] = [[]]
    for run in text.runs {
      guard !run.isCode else {
        out[out.count - 1].append(run)
        continue
      }
      var rest = run.text[...]
      while let stop = rest.firstRange(of: ". ") {
        out[out.count - 1].append(.init(text: String(rest[..<stop.lowerBound])))
        out.append([])
        rest = rest[stop.upperBound...]
      }
      if !rest.isEmpty { out[out.count - 1].append(.init(text: String(rest))) }
    }
    return out
  }
}
