/// A paragraph of documentation, made of the generator's own words and of code spans.
///
/// Text of the spec appears in code spans only, where Markdown and DocC read nothing: no directive,
/// no link, no heading. Whatever could end the span, the line or the comment is taken out, and long
/// text is cut.
struct DocText: Sendable, Hashable, ExpressibleByStringInterpolation {
  /// The words, one blank between them; a blank within a code span is a ``gap``.
  fileprivate(set) var text: String

  /// Stands for a blank where no line may break.
  static let gap = "\u{A0}"

  /// The most bytes of a single name or value shown.
  static let longestSpan = 72
  /// The most words of a phrase shown.
  static let longestPhrase = 60
  /// The most values of a list shown.
  static let longestList = 60

  init(stringLiteral value: StaticString) { text = value.description }
  init(stringInterpolation: StringInterpolation) { text = stringInterpolation.text }

  struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var text = ""
    init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(literalCapacity) }

    mutating func appendLiteral(_ literal: StaticString) { text += literal.description }
    mutating func appendInterpolation(_ other: DocText) { text += other.text }

    /// Text of the spec as one code span.
    mutating func appendInterpolation(code: String) { text += DocText.span(code) }

    /// A sentence of the spec, cut into code spans that lines can break between.
    mutating func appendInterpolation(phrase: String) {
      text += DocText.spans(of: phrase).joined(separator: " ")
    }

    /// Texts of the spec as a comma list of code spans.
    mutating func appendInterpolation(codes: [String]) {
      text += codes.prefix(DocText.longestList).map(DocText.span).joined(separator: ", ")
      let left = codes.count - DocText.longestList
      if left > 0 { text += " and \(left) more" }
    }
  }

  /// The sentences with a blank between them.
  static func joined(_ parts: [DocText], by separator: StaticString) -> DocText {
    parts.dropFirst().reduce(parts.first ?? "") { "\($0)\(DocText(stringLiteral: separator))\($1)" }
  }

  /// The same with a capital first letter.
  var capitalized: DocText {
    var copy = self
    copy.text = text.prefix(1).uppercased() + text.dropFirst()
    return copy
  }

  private static func spans(of phrase: String) -> [String] {
    var spans: [String] = []
    var current = ""
    for word in phrase.split(whereSeparator: \.isWhitespace).prefix(longestPhrase) {
      if !current.isEmpty, current.count + 1 + word.count > longestSpan {
        spans.append(span(current))
        current = ""
      }
      current += current.isEmpty ? String(word) : " \(word)"
    }
    return spans + [span(current)]
  }

  private static func span(_ raw: String) -> String {
    var clean = ""
    var length = 0
    for scalar in raw.unicodeScalars {
      if length == longestSpan {
        clean += "…"
        break
      }
      clean.unicodeScalars.append(harmless(scalar))
      length += 1
    }
    let words = clean.split(separator: " ").joined(separator: gap)
    return words.isEmpty ? "(empty)" : "`\(words)`"
  }

  /// The scalar where it prints as itself, a blank for every kind of space and newline, `'` for a
  /// backtick, and a visible stand-in for controls, formats and what is not assigned.
  private static func harmless(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .otherLetter, .titlecaseLetter, .decimalNumber,
      .letterNumber, .otherNumber, .connectorPunctuation, .dashPunctuation, .openPunctuation,
      .closePunctuation, .initialPunctuation, .finalPunctuation, .otherPunctuation, .mathSymbol,
      .currencySymbol, .otherSymbol:
      scalar
    case .modifierSymbol: scalar == "`" ? "'" : scalar
    case .spaceSeparator, .lineSeparator, .paragraphSeparator: " "
    case .control: isNewlineLike(scalar) ? " " : "\u{FFFD}"
    default: "\u{FFFD}"
    }
  }

  private static func isNewlineLike(_ scalar: Unicode.Scalar) -> Bool {
    (0x09...0x0D).contains(scalar.value) || scalar.value == 0x85
  }
}
