/// The status of success that a sentence names.
enum SuccessStatus {
  /// Finds `201 Created` and its like, with the marks of code already gone.
  static func read(_ text: String) -> Int? {
    let words = text.split { $0.isWhitespace || $0 == "`" }
    for (word, next) in zip(words, words.dropFirst()) {
      guard let status = Int(word), (200..<300).contains(status) else { continue }
      let reason = next.prefix { $0.isLetter }.lowercased()
      if ["ok", "created", "accepted", "no"].contains(reason) { return status }
    }
    return nil
  }
}

/// Attributes that the prose calls deprecated.
enum Deprecations {
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
