import CommerceLayerRuntime

/// Something about an input that may not be meant. Nothing is changed for it, and nothing is held
/// back: it is said before the first row is sent.
public struct InputWarning: Sendable, Hashable {
  /// What it is.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// `8.71E+12` where text belongs: what a spreadsheet makes of a long number.
    case scientificNotation = "scientific_notation"
    /// `#REF!` and the like.
    case spreadsheetError = "spreadsheet_error"
    /// `_x000D_`: a line break that a spreadsheet escaped.
    case escapedLineBreak = "escaped_line_break"
    /// A lone `NULL`, `N/A` and the like, which is sent as that text.
    case nullWord = "null_word"
    /// `1-Mar` as a key: what a spreadsheet makes of a code that looks like a date.
    case spreadsheetDate = "spreadsheet_date"
    /// A control character other than a tab or a line end: text was read with the wrong encoding once, or
    /// copied from a terminal.
    case controlCharacter = "control_character"
    /// `GrÃ¶ÃŸe` for `Größe`: UTF-8 was read with another encoding once.
    case doubleEncoded = "double_encoded"
    /// U+FFFD, which stands for a character that was lost.
    case lostCharacter = "lost_character"
    /// A blank at the end of a key.
    case blank
    /// A no-break space at the end of a key.
    case noBreakSpace = "no_break_space"
    /// A zero-width space in a key.
    case zeroWidthSpace = "zero_width_space"
    /// Nearly all values of a column have one number of digits, this one has fewer.
    case lostLeadingZeros = "lost_leading_zeros"
    /// Keys that differ only in case, blanks or Unicode normal form.
    case similarKeys = "similar_keys"
    /// The key of an earlier row.
    case repeatedKey = "repeated_key"
    /// A name that is known and not imported.
    case passedOver = "passed_over"
    /// A related record was reduced to its id.
    case reduced
    /// The header, or part of it, stands in the file again.
    case repeatedHeader = "repeated_header"
    /// Rows without a value in any cell.
    case blankRows = "blank_rows"
    /// A column without a name and without values.
    case unnamedColumn = "unnamed_column"

    /// Whether it is a note on how the input is read rather than a doubt about a value.
    public var isNote: Bool {
      switch self {
      case .passedOver, .reduced, .repeatedHeader, .blankRows, .unnamedColumn: true
      default: false
      }
    }
  }

  /// What it is.
  public let kind: Kind
  /// The line, from 1; nil for what concerns a column as a whole.
  public let line: Int?
  /// The column's or member's name.
  public let column: String?
  /// The column's number, from 1, in CSV.
  public let columnNumber: Int?
  /// The value.
  public let value: String?
  /// What it is and what to do, in a sentence.
  public let message: String

  package init(
    _ kind: Kind, line: Int? = nil, column: String? = nil, columnNumber: Int? = nil,
    value: String? = nil, message: String
  ) {
    self.kind = kind
    self.line = line
    self.column = column
    self.columnNumber = columnNumber
    self.value = value
    self.message = message
  }
}

/// The warnings of one input: all of them counted, the first of each kind and column kept.
public struct InputWarnings: Sendable, Hashable {
  /// So many of one kind in one column are kept.
  static let samples = 5
  /// So many are kept in all.
  static let maximum = 200

  private struct Place: Hashable {
    let kind: InputWarning.Kind
    let column: String?
  }

  /// The kept ones, in the order they were found.
  public private(set) var all: [InputWarning] = []
  /// How many there are of each kind.
  public private(set) var counts: [InputWarning.Kind: Int] = [:]
  private var perPlace: [Place: Int] = [:]

  /// Creates an empty list.
  public init() {}

  /// How many there are in all.
  public var count: Int { counts.values.reduce(0, +) }

  package mutating func add(_ warning: InputWarning) {
    counts[warning.kind, default: 0] += 1
    let place = Place(kind: warning.kind, column: warning.column)
    let found = perPlace[place, default: 0]
    perPlace[place] = found + 1
    if found < Self.samples, all.count < Self.maximum { all.append(warning) }
  }

  /// Counts more of a kind that was told of already.
  package mutating func count(_ kind: InputWarning.Kind, _ more: Int) {
    if more > 0 { counts[kind, default: 0] += more }
  }

  /// What a value's damage means.
  package static func message(_ kind: InputWarning.Kind) -> String {
    switch kind {
    case .scientificNotation:
      "looks like a long number that a spreadsheet rounded; format the column as text and enter it again"
    case .spreadsheetError: "is a spreadsheet's error value"
    case .escapedLineBreak: "holds a line break as a spreadsheet escapes it"
    case .nullWord:
      "is sent as this text; leave the cell empty to leave the attribute alone, "
        + "or name the text that clears with --null"
    case .controlCharacter:
      "holds a control character, which nobody sees: the text was probably read with the wrong encoding once"
    case .spreadsheetDate:
      "looks like a code that a spreadsheet took for a date; format the column as text and enter it again"
    case .doubleEncoded:
      "looks like UTF-8 that was read as windows-1252 once, so that each letter became two; export it again"
    case .lostCharacter:
      "holds U+FFFD, which stands for a character that was lost when the text was read; export it again"
    case .blank: "has a blank at its end and is another key for it; --trim leaves it out"
    case .noBreakSpace:
      "has a no-break space at its end and is another key for it; --trim leaves it out"
    case .zeroWidthSpace: "holds a zero-width space, which nobody sees, and is another key for it"
    case .lostLeadingZeros: "is shorter than the others: it may have lost leading zeros"
    case .similarKeys: "differs from an earlier key only in case, blanks or Unicode form"
    case .repeatedKey: "is the key of an earlier row"
    case .passedOver, .reduced, .repeatedHeader, .blankRows, .unnamedColumn: ""
    }
  }
}

/// How many digits the values of a column have, to tell lost leading zeros.
struct DigitLengths: Sendable {
  /// Where at least so many percent have one length, the shorter ones are suspect.
  static let majority = 95
  /// Fewer values tell nothing.
  static let minimum = 20

  private var counts = [Int](repeating: 0, count: 33)
  private var shortest: [[(line: Int, value: String)]] = Array(repeating: [], count: 33)
  private var others = 0

  package mutating func add(_ count: Int) {
    if count < 33 { counts[count] += 1 } else { others += 1 }
  }

  /// Whether a value of this length is still worth keeping as an example.
  func wantsSample(_ count: Int) -> Bool {
    count < 33 && shortest[count].count < InputWarnings.samples
  }

  mutating func addSample(_ count: Int, line: Int, value: String) {
    shortest[count].append((line, value))
  }

  mutating func addOther() { others += 1 }

  func report(column: String, number: Int?, into warnings: inout InputWarnings) {
    let all = counts.reduce(others, +)
    guard all >= Self.minimum, let most = counts.max(), most * 100 >= all * Self.majority,
      let length = counts.firstIndex(of: most), most < all
    else { return }
    let longer = counts[(length + 1)...].reduce(others, +)
    let shorter = counts[..<length].reduce(0, +)
    guard longer == 0, shorter > 0 else { return }
    var told = 0
    let samples = shortest[..<length].joined().sorted { $0.line < $1.line }
    for sample in samples.prefix(InputWarnings.samples) {
      told += 1
      warnings.add(
        InputWarning(
          .lostLeadingZeros, line: sample.line, column: column, columnNumber: number,
          value: sample.value,
          message: "'\(TerminalSafe.text(sample.value, limit: 40))' has \(sample.value.utf8.count) "
            + "digits, nearly all others have \(length): it may have lost leading zeros"))
    }
    warnings.count(.lostLeadingZeros, shorter - told)
  }
}
