package import CommerceLayerRuntime

/// The columns of a CSV input: what each stands for, decided once from the header.
package struct RowColumns: Sendable {
  /// One column.
  package struct Column: Sendable {
    /// What the header calls it.
    package let title: String
    /// Its number, from 1; 0 for a constant.
    package let number: Int
    /// What it is called when it is sent.
    package let name: String
    package let meaning: RowName
    package let type: ResourceSchema.AttributeType
    /// `"name":`.
    let prefix: [UInt8]
    /// What a value in it satisfies.
    let satisfies: CreateRequirements.Mask
    /// Its place in the key; -1 when it is not part of it.
    let keyIndex: Int
    /// Whether it names records, so that blanks in it matter.
    let isKey: Bool
    let isSent: Bool
    /// Whether further lines of a record may have other values in it.
    let isOfFurtherRecords: Bool
    let lookup: RowLookup?
    /// The value of every row that does not give one; nil for most.
    var constant: String?
  }

  package private(set) var columns: [Column] = []
  /// Constants of columns that the file does not have.
  package private(set) var added: [Column] = []
  /// Names that are known and not sent, and what else to say of the header.
  package private(set) var warnings = InputWarnings()
  /// The index of the column with the outcome that a report gives a row.
  package private(set) var outcomeIndex: Int?
  /// The column of a report that says what its rows are.
  private(set) var typeIndex: Int?
  package private(set) var idIndex: Int?
  /// The indices of the columns of the key's parts; nil where a part has none.
  package private(set) var keyIndices: [Int?] = []
  /// Whether a record can go over several lines.
  package private(set) var hasFurtherRecords = false
  /// How rows are sent.
  package private(set) var form = RowForm.json
  /// The columns that are known and not sent, and why.
  private(set) var leftOut: [(index: Int, why: RowName.PassedOver)] = []
  /// The titles as they stand in the file.
  package let titles: [String]

  /// The most problems of a header that are told.
  private static let maximumProblems = 10

  /// - Parameter titles: The cells of the header.
  /// - Throws: ``InputError`` that names every column that is not known.
  package init(
    _ titles: [String], rules: RowRules, options: RowOptions, line: Int
  ) throws(InputError) {
    self.titles = titles
    var problems: [String] = []
    var problemCount = 0
    func report(_ problem: () -> String) {
      problemCount += 1
      if problems.count < Self.maximumProblems { problems.append(problem()) }
    }
    var renames: [String] = []
    var seen: [String: Int] = [:]
    var skipped: [RowName.PassedOver: [String]] = [:]
    for (index, raw) in titles.enumerated() {
      let title = CellDamage.trimmed(raw)
      let name = options.renames[title] ?? options.renames[raw] ?? title
      let number = index + 1
      guard !name.isEmpty, !options.ignored.contains(title), !options.ignored.contains(name) else {
        columns.append(Self.unsent(title, number: number))
        continue
      }
      var meaning = rules.meaning(
        of: name, allowsPaths: true, suggests: problemCount < Self.maximumProblems)
      if case .unknown(let reason) = meaning {
        report {
          if let option = Self.rename(title, rules, taken: titles, renames) {
            renames.append(option)
          }
          return "column \(number): \(reason)"
        }
        continue
      }
      if case .nested(let relationship) = meaning {
        // An export writes records as JSON into one cell.
        skipped[.related, default: []].append(title)
        meaning = .passedOver(.related)
        _ = relationship
      }
      if case .passedOver(let why) = meaning {
        if name == ReportColumns.outcome { outcomeIndex = index }
        if name == ReportColumns.type { typeIndex = index }
        if why != .report { skipped[why, default: []].append(title) }
        leftOut.append((index, why))
        columns.append(Self.unsent(title, number: number))
        continue
      }
      let column = Self.column(title, number, name, meaning, rules, options)
      if let first = seen.updateValue(number, forKey: column.name) {
        report {
          "'\(TerminalSafe.text(column.name, limit: 60))' names column \(first) and column \(number)"
        }
      }
      if case .id = meaning { idIndex = index }
      if column.isOfFurtherRecords { hasFurtherRecords = true }
      columns.append(column)
    }
    addConstants(rules, options, report)
    for name in options.lookups.keys.sorted() where !columns.contains(where: { $0.name == name }) {
      report { "--lookup names '\(TerminalSafe.text(name, limit: 60))', which is not a column" }
    }
    for title in options.renames.keys.sorted()
    where !titles.contains(where: { $0 == title || CellDamage.trimmed($0) == title }) {
      report { "--map names '\(TerminalSafe.text(title, limit: 60))', which is not a column" }
    }
    guard problemCount == 0 else {
      let more = problemCount - problems.count
      throw InputError(
        .malformed,
        "the header cannot be used: " + problems.joined(separator: "; ")
          + (more > 0 ? "; and \(more) more" : ""), line: line,
        advice:
          "correct the header, or leave columns out with --ignore NAME and rename them with "
          + (renames.isEmpty ? "--map 'NAME=attribute'" : renames.joined(separator: " ")))
    }
    keyIndices = rules.key.map { part in columns.firstIndex { $0.isSent && $0.name == part } }
    let sent = columns.filter(\.isSent) + added
    guard !sent.isEmpty else {
      throw InputError(.malformed, "no column of the header is imported", line: line)
    }
    if sent.contains(where: { Self.needsCSV($0.meaning) }) {
      var header = RowBuffer()
      for (index, column) in sent.enumerated() {
        if index > 0 { header.append(UInt8(ascii: ",")) }
        RowText.appendCSV(Array(column.name.utf8)[...], into: &header)
      }
      form = .csv(header: header.bytes)
    }
    for (why, names) in skipped.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      warnings.add(PassedOverText.warning(why, names, type: rules.type))
    }
  }

  /// The option that gives a column the name that was meant; nil where that is not clear, or cannot be
  /// typed as it is.
  private static func rename(
    _ title: String, _ rules: RowRules, taken titles: [String], _ renames: [String]
  ) -> String? {
    guard let name = rules.nearestName(to: title), !titles.contains(name),
      !renames.contains(where: { $0.hasSuffix("=\(name)'") }),
      title.unicodeScalars.allSatisfy({
        $0 != "'" && $0 != "=" && $0.properties.generalCategory != .control
      })
    else { return nil }
    return "--map '\(title)=\(name)'"
  }

  private static func needsCSV(_ meaning: RowName) -> Bool {
    switch meaning {
    case .tags, .toMany, .toOne: true
    default: false
    }
  }

  private static func unsent(_ title: String, number: Int) -> Column {
    Column(
      title: title, number: number, name: title, meaning: .passedOver(.readOnly), type: .string,
      prefix: [], satisfies: 0, keyIndex: -1, isKey: false, isSent: false,
      isOfFurtherRecords: false, lookup: nil)
  }

  /// Has rows written as JSON objects whatever their columns: `relationship.attribute` is then the
  /// name of a member.
  mutating func writesObjects() { form = .json }

  private static func column(
    _ title: String, _ number: Int, _ given: String, _ meaning: RowName, _ rules: RowRules,
    _ options: RowOptions
  ) -> Column {
    var name = given
    var type = ResourceSchema.AttributeType.string
    var isOfFurtherRecords = false
    switch meaning {
    case .attribute(let attribute): type = attribute.type
    case .relationshipID(_, let canonical): name = canonical
    case .reducible(let relationship): name = "\(relationship.name)_id"
    case .toOne(_, _, let target): type = target
    case .toMany(_, let target):
      type = target
      isOfFurtherRecords = true
    case .tags: if !given.contains(".") { name = "\(given).name" }
    case .id, .keyPart, .nested, .passedOver, .unknown: break
    }
    var prefix = RowBuffer()
    RowText.appendJSON(name, into: &prefix)
    prefix.append(UInt8(ascii: ":"))
    let keyIndex = rules.key.firstIndex(of: name) ?? -1
    let lookup = options.lookups[name] ?? options.lookups[given]
    let isCode = name == "code" || name.hasSuffix("_code") || name == "reference"
    return Column(
      title: title, number: number, name: name, meaning: meaning, type: type, prefix: prefix.bytes,
      satisfies: rules.requirements.satisfied(by: meaning, name: given), keyIndex: keyIndex,
      isKey: keyIndex >= 0 || name == "id" || name.hasSuffix("_id") || isCode, isSent: true,
      isOfFurtherRecords: isOfFurtherRecords, lookup: lookup)
  }

  private mutating func addConstants(
    _ rules: RowRules, _ options: RowOptions, _ report: (() -> String) -> Void
  ) {
    for (name, value) in options.constants {
      if let index = columns.firstIndex(where: { $0.isSent && $0.name == name }) {
        columns[index].constant = value
        continue
      }
      let meaning = rules.meaning(of: name, allowsPaths: true)
      switch meaning {
      case .unknown(let reason): report { "--set: \(reason)" }
      case .passedOver, .nested, .reducible:
        report { "--set: '\(TerminalSafe.text(name, limit: 60))' cannot be set" }
      default:
        var column = Self.column(name, 0, name, meaning, rules, options)
        column.constant = value
        if case .rejected(let reason) = CellCoercion.value(
          of: value, as: column.type, decimalComma: options.usesDecimalComma,
          coerces: options.coerces)
        {
          report { "--set \(TerminalSafe.text(name, limit: 60)): \(reason)" }
        }
        added.append(column)
      }
    }
  }
}

/// What is said of names that are known and not sent.
enum PassedOverText {
  private static let maximumNames = 8

  static func warning(
    _ why: RowName.PassedOver, _ names: [String], type: String
  ) -> InputWarning {
    let shown = names.prefix(maximumNames).map { "'\(TerminalSafe.text($0, limit: 40))'" }
      .joined(separator: ", ")
    let more = names.count > maximumNames ? " and \(names.count - maximumNames) more" : ""
    return InputWarning(
      .passedOver, column: names.count == 1 ? names.first : nil,
      message: "left out: \(shown)\(more) (\(reason(why, type: type)))")
  }

  /// What is said of one name in a row.
  static func text(_ name: RowLeftOut, type: String) -> String {
    let shown = "'\(TerminalSafe.text(name.name, limit: 40))'"
    guard let why = name.why else { return "related records are reduced to their ids: \(shown)" }
    return "left out: \(shown) (\(reason(why, type: type)))"
  }

  private static func reason(_ why: RowName.PassedOver, type: String) -> String {
    switch why {
    case .type: "the import names the type"
    case .readOnly: "the service computes it"
    case .related: "rows of \(type) do not make these records; import them in a run of their own"
    case .report: "it belongs to the report"
    }
  }
}

/// What a header may be instead, when none of its names is known. Pure.
enum HeaderGuess {
  /// Delimiters that files have beside the common ones.
  private static let rareDelimiters = Array("^~:#! ".utf8) + [0x1F]
  /// How many lines below the header are looked at.
  private static let maximumLines = 20

  /// The error for a header without a known name.
  /// - Parameters:
  ///   - error: What is said when nothing better is found.
  ///   - head: The start of the file.
  ///   - line: The line of the header, from 1.
  ///   - delimiter: What it was separated at.
  ///   - isName: Whether a text is the name of a column.
  static func error(
    _ error: InputError, _ head: ArraySlice<UInt8>, line: Int, delimiter: UInt8,
    isName: (String) -> Bool
  ) -> InputError {
    let lines = head.split(
      maxSplits: line + maximumLines, omittingEmptySubsequences: false,
      whereSeparator: { $0 == 0x0A || $0 == 0x0D })
    let delimiters = CSVDialectGuess.delimiters + rareDelimiters
    func known(_ text: ArraySlice<UInt8>, _ delimiter: UInt8) -> (names: Int, cells: Int) {
      let cells = CSVDialectGuess.split(Array(text), at: delimiter)
      return (cells.count(where: isName), cells.count { !$0.isEmpty })
    }
    let header = lines.firstIndex { !$0.isEmpty } ?? 0
    if lines.indices.contains(header) {
      for other in delimiters where other != delimiter {
        let found = known(lines[header], other)
        guard found.cells > 1, found.names * 2 >= found.cells else { continue }
        let shown = other == 0x09 ? "tab" : "'\(String(UnicodeScalar(other)))'"
        return InputError(
          .malformed, "the cells of the header seem to be separated by \(name(other))", line: line,
          advice: other < 0x20 && other != 0x09
            ? "separate them by commas, semicolons or tabs" : "--delimiter \(shown)")
      }
    }
    if lines.indices.contains(header), isRuler(lines[header]) { return ruler(line: line) }
    if lines.indices.contains(header), let error = quoted(lines[header], line: line, isName) {
      return error
    }
    let isEachCR = !head.contains(0x0A)
    for (index, text) in lines.enumerated().dropFirst(header + 1) where isEachCR || !text.isEmpty {
      guard
        delimiters.contains(where: {
          let found = known(text, $0)
          return found.names > 1 && found.names * 2 >= found.cells
        })
      else { continue }
      // A line that ends with CR LF is followed by an empty part.
      let number = isEachCR ? index + 1 : lines[...index].count - emptyParts(head, upTo: text)
      return InputError(
        .malformed, "none of its names is a column; the header seems to be on line \(number)",
        line: line, advice: "take out the lines above it")
    }
    return InputError(
      error.kind, error.message, line: error.line, offset: error.offset,
      advice: "if this is a row, put a line with the names of the columns above it; "
        + (error.advice ?? ""))
  }

  /// Whether a line only rules off others, as in the tables that psql, MySQL and Markdown have for people.
  static func isRuler(_ text: ArraySlice<UInt8>) -> Bool {
    text.count { $0 == 0x2D || $0 == 0x3D } > 2
      && text.allSatisfy { "-+=|: \t\r".utf8.contains($0) }
  }

  /// The error for a table for people: its rulers would be rows, and the blanks around all values part of
  /// them.
  static func ruler(line: Int) -> InputError {
    InputError(
      .malformed, "the line is a ruler: this is a table for people, not CSV", line: line,
      advice: "have CSV or tabs written: psql --csv, mysql --batch, sqlite3 -csv -header")
  }

  /// Quotes that only people take for quotes, and a line in quotes as a whole.
  private static func quoted(
    _ text: ArraySlice<UInt8>, line: Int, _ isName: (String) -> Bool
  ) -> InputError? {
    func areNames(_ names: [String]) -> Bool {
      names.count > 1 && names.count(where: isName) * 2 >= names.count
    }
    if text.first == 0x22, text.last == 0x22 {
      let inner = Array(text.dropFirst().dropLast())
      if CSVDialectGuess.delimiters.contains(where: {
        areNames(CSVDialectGuess.split(inner, at: $0))
      }) {
        return InputError(
          .malformed, "the header is in quotes as a whole, so that it is a single cell", line: line,
          advice: "take out the quotes around each line, and write doubled quotes inside it once")
      }
    }
    let quotes: Set<Character> = ["'", "`", "´", "‘", "’", "“", "”", "„", "«", "»"]
    func bare(_ cell: String) -> String {
      let rest = cell.drop(while: quotes.contains)
      let end = rest.lastIndex { !quotes.contains($0) }
      return end.map { String(rest[...$0]) } ?? ""
    }
    for delimiter in CSVDialectGuess.delimiters {
      let cells = CSVDialectGuess.split(Array(text), at: delimiter)
      guard let quote = cells.first?.first, quotes.contains(quote), areNames(cells.map(bare)) else {
        continue
      }
      return InputError(
        .malformed, "the names stand in \(quote) quotes, which are part of them in CSV", line: line,
        advice: "write \" instead")
    }
    return nil
  }

  /// How many line ends before a line are CR LF.
  private static func emptyParts(_ head: ArraySlice<UInt8>, upTo line: ArraySlice<UInt8>) -> Int {
    zip(head[..<line.startIndex], head[..<line.startIndex].dropFirst())
      .count { $0 == 0x0D && $1 == 0x0A }
  }

  private static func name(_ delimiter: UInt8) -> String {
    if delimiter == 0x20 { return "blanks" }
    if delimiter == 0x1F { return "the unit separator U+001F" }
    var dialect = CSVDialect()
    dialect.delimiter = delimiter
    return dialect.delimiterName
  }
}
