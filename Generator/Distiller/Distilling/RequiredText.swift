internal import Spec

/// What the text of a Required cell says.
struct RequiredText: Equatable {
  var requirement: Requirement
  /// When it must be given, as short as a fact can be: `unless inherited by market`.
  var condition: String?
  /// Why the text is not one of the plain forms, when it is not.
  var problem: String?

  /// The longest condition kept, in characters: a fact, not a sentence.
  static let maximumConditionLength = 80

  /// Reads the cell.
  ///
  /// Plain `required` and `optional` mean themselves, and so do yes and no, ticks and crosses. A
  /// default makes an argument optional, also where the text says required: whoever has a default
  /// need not send it. `if`, `unless`, `but` and `or` phrases make it conditional, and so does an
  /// optional one that is required somewhere. The condition always says when the argument *must* be
  /// given: `Optional if` and `Not required when` become `unless`, `Optional unless` becomes `if`.
  /// An empty cell (pages before 2020-02) is optional.
  static func read(_ text: String) -> RequiredText {
    let (cleaned, hasFootnote) = withoutFootnote(clean(text))
    if cleaned.isEmpty { return .init(requirement: .optional, problem: "is empty") }
    let problem = hasFootnote ? "has a footnote that is not read" : nil
    let (head, tail) = split(cleaned)
    guard let head else {
      return isCondition(cleaned)
        ? .init(requirement: .conditional, condition: condition(cleaned))
        : .init(requirement: .optional, problem: "is not a known form")
    }
    if head == .conditional {
      return .init(requirement: .conditional, condition: condition(cleaned))
    }
    if tail.isEmpty { return .init(requirement: head, problem: problem) }
    if isDefault(tail) || fillsItself(tail) { return .init(requirement: .optional) }
    switch head {
    case .optional:
      if let negated = negated(tail) {
        return .init(requirement: .conditional, condition: condition(negated), problem: problem)
      }
      if requiresSometimes(tail) {
        let positive = tail.hasPrefix("but ") ? String(tail.dropFirst(4)) : tail
        return .init(requirement: .conditional, condition: condition(positive), problem: problem)
      }
      return .init(requirement: .optional, problem: "is not a known form")
    case .required, .conditional:
      return .init(
        requirement: .conditional, condition: condition(tail),
        problem: isCondition(tail) ? problem : "is not a known form")
    }
  }

  /// Reads the cell of a column that says what is optional: yes and no, ticks and crosses mean the
  /// opposite there, and an empty cell is a missing tick. Words mean what they say.
  static func readInverse(_ text: String) -> RequiredText {
    let cleaned = clean(text)
    if cleaned.isEmpty { return .init(requirement: .required, problem: "is empty") }
    guard let head = headWord(cleaned, of: heads), let says = heads[head], ticks.contains(head)
    else { return read(text) }
    return read((says == .required ? "optional" : "required") + cleaned.dropFirst(head.count))
  }

  /// Whether a cell says yes or no and nothing else.
  static func isTick(_ text: String) -> Bool {
    ticks.contains(withoutFootnote(clean(text)).text)
  }

  /// The column heads that confirm their column's title.
  private static let ticks: Set<String> = [
    "yes", "no", "true", "false", "[x]", "[ ]", "[]", "✅", "✔", "✓", "☑", "❌", "✗", "✘", "✖", "☐",
    "-", "–", "—",
  ]

  /// The condition under which an argument must be given that is optional under this one; nil for a
  /// text that is not a condition.
  private static func negated(_ tail: String) -> String? {
    for (word, opposite) in opposites where tail.hasPrefix(word + " ") {
      return opposite + tail.dropFirst(word.count)
    }
    return nil
  }

  /// What to say of "must be given" for what is said of "need not be given", longest first where one
  /// begins another.
  private static let opposites = [
    ("only if", "unless"), ("only when", "unless"), ("only for", "except for"),
    ("except if", "if"), ("except when", "when"), ("except for", "for"), ("except", "if"),
    ("if", "unless"), ("when", "unless"), ("where", "unless"), ("in case", "unless"),
    ("as long as", "unless"), ("provided", "unless"), ("for", "except for"),
    ("unless", "if"), ("depending", "depending"),
  ]

  /// Whether a cell is one of a Required column, whatever the column is called.
  static func isOne(_ text: String) -> Bool {
    let cleaned = withoutFootnote(clean(text)).text
    // A dash alone stands in columns of every kind.
    guard cleaned.contains(where: { !"-–—".contains($0) }) else { return false }
    // True and false stand in columns of every kind, too: they say so only below a header that does.
    guard cleaned != "true", cleaned != "false" else { return false }
    let (head, tail) = split(cleaned)
    guard let head else { return false }
    return tail.isEmpty || isDefault(tail) || fillsItself(tail) || isCondition(tail)
      || head == .optional && requiresSometimes(tail)
  }

  private static func clean(_ text: String) -> String {
    var out = ""
    var blank = false
    for scalar in text.lowercased().unicodeScalars {
      if scalar.properties.isWhitespace { blank = true; continue }
      // A tick may have a mark behind it that asks for its coloured form.
      if "'\"`‘’“”\\\u{FE0F}\u{FE0E}\u{200D}".unicodeScalars.contains(scalar) { continue }
      if blank, !out.isEmpty { out += " " }
      blank = false
      out.unicodeScalars.append(scalar)
    }
    return out
  }

  /// The text without the mark of a footnote at its end: `[^1]`, `*`, `1` right behind a word.
  private static func withoutFootnote(_ text: String) -> (text: String, had: Bool) {
    var rest = text[...]
    if rest.hasSuffix("]"), let start = rest.firstRange(of: "[^") {
      rest = rest[..<start.lowerBound]
    } else {
      let marks = rest.reversed().prefix { "*†‡¹²³0123456789".contains($0) }
      let kept = rest.dropLast(marks.count)
      if kept.last?.isLetter ?? false, let head = heads[String(kept)], head != .conditional {
        rest = kept
      }
    }
    return (String(rest.reversed().drop { $0 == " " }.reversed()), rest.count < text.count)
  }

  /// The ways to say it in a word or two, longest first where one begins another.
  private static let heads: [String: Requirement] = [
    "required": .required, "mandatory": .required, "yes": .required, "true": .required,
    "[x]": .required, "[ ]": .optional, "[]": .optional, "false": .optional,
    "✅": .required, "✔": .required, "✓": .required, "☑": .required,
    "optional": .optional, "no": .optional, "not required": .optional, "not mandatory": .optional,
    "❌": .optional, "✗": .optional, "✘": .optional, "✖": .optional, "☐": .optional,
    "-": .optional, "–": .optional, "—": .optional,
    "configurable": .conditional, "conditional": .conditional,
    "conditionally required": .conditional,
    "depends": .conditional,
  ]

  /// What the profile adds to it.
  private static var ownHeads: [String: Requirement] {
    let pages = Reading.profile.pages
    return Dictionary(
      pages.required.map { ($0, .required) } + pages.optional.map { ($0, .optional) },
      uniquingKeysWith: { first, _ in first })
  }

  /// The word or mark at the start of a text that says it.
  private static func headWord(_ text: String, of heads: [String: Requirement]) -> String? {
    let fits = heads.keys.filter { head in
      guard text.hasPrefix(head) else { return false }
      let next = text.dropFirst(head.count).first
      return !(next?.isLetter ?? false) || !(head.last?.isLetter ?? false)
    }
    return fits.max { $0.count < $1.count }
  }

  private static func split(_ text: String) -> (head: Requirement?, tail: String) {
    let heads = Self.heads.merging(ownHeads) { usual, _ in usual }
    guard let head = headWord(text, of: heads) else { return (nil, "") }
    var tail = text.dropFirst(head.count).drop { ",;:.( -–—*".contains($0) }
    while let last = tail.last, ".); ".contains(last) { tail.removeLast() }
    for filler in ["or ", "it is ", "is ", "and "] where tail.hasPrefix(filler) {
      tail = tail.dropFirst(filler.count)
    }
    return (heads[head], String(tail))
  }

  /// `default is x`, `default to x`, `x by default`, and the misspelling that is in the data.
  private static func isDefault(_ tail: String) -> Bool {
    ["default", "deafult", "by default"].contains { tail.hasPrefix($0) }
      || tail.hasSuffix(" by default") && !tail.contains("required")
  }

  /// The server supplies the value when it is missing.
  private static func fillsItself(_ tail: String) -> Bool {
    [
      "auto generated", "auto-generated", "autogenerated", "generated", "created", "set by",
      "inherited", "computed", "calculated",
    ].contains { tail.hasPrefix($0) }
  }

  private static func isCondition(_ tail: String) -> Bool {
    [
      "if", "unless", "but", "only", "when", "for", "except", "depending", "provided", "where",
      "as long as", "in case",
    ].contains { tail.hasPrefix($0 + " ") }
  }

  /// `optional (required for …)`: what makes it so is a condition.
  private static func requiresSometimes(_ tail: String) -> Bool {
    let words = tail.split { !$0.isLetter }
    guard let word = words.firstIndex(where: { $0 == "required" || $0 == "mandatory" }) else {
      return false
    }
    return !words[..<word].contains("not")
  }

  private static func condition(_ text: String) -> String {
    String(text.prefix(maximumConditionLength))
  }
}
