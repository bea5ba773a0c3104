package import CommerceLayerRuntime

/// The rows of an input with their verdicts, one by one, in constant memory.
package struct RowReader {
  /// What the rows are read for.
  package enum Purpose: Sendable {
    /// To check all of them: damage is looked for, keys are told, and what is read is kept as digests.
    case checking
    /// To send them.
    case sending
  }

  fileprivate var csvRows: CSVRows?
  private let isCSV: Bool
  private var array: JSONArrayReader?
  private var lines: JSONLinesReader?
  private var elements: (rest: JSONElements.Iterator, count: Int)?
  fileprivate var jsonRows: JSONRows?
  private let rules: RowRules
  /// How the rows are sent.
  package let form: RowForm
  /// How a CSV input is separated; nil for JSON.
  package let dialect: CSVDialect?
  /// The columns of a CSV input.
  package var columns: RowColumns? { csvRows?.columns }
  /// The key of the last row; nil when it had none.
  package var keyHash: KeyHash? {
    // In place: a copy of what reads the rows would cost more than the key.
    mutating get { isCSV ? csvRows?.keyHash() : jsonRows?.keyHash }
  }

  /// Opens a pass over an input.
  /// - Throws: ``InputError`` when the start shows that it cannot be read, a CSV header for one.
  package init(
    _ file: InputFile, format: InputFormat, rules: RowRules, options: RowOptions,
    purpose: Purpose
  ) throws(InputError) {
    self.rules = rules
    isCSV = format == .csv
    let collects = purpose == .checking
    let source = try ByteSource(file, digests: collects)
    guard format == .csv else {
      if format == .json {
        array = JSONArrayReader(source)
      } else {
        lines = JSONLinesReader(source)
        try Self.checkIsLines(file)
      }
      jsonRows = try JSONRows(rules: rules, options: options, collects: collects)
      form = .json
      dialect = nil
      return
    }
    var head: [UInt8] = []
    try file.read(at: 0, into: &head, count: 1 << 16)
    let start = head.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    func isName(_ name: String) -> Bool {
      let name = options.renames[name] ?? name
      if case .unknown = rules.meaning(of: name, allowsPaths: true, suggests: false) {
        return false
      }
      return true
    }
    var finding = CSVDialectGuess.find(head[start...], isName: isName)
    if let delimiter = options.delimiter, !finding.hasSeparatorLine {
      finding.dialect.delimiter = delimiter
    }
    var reader = CSVReader(source, finding.dialect)
    let header = try Self.header(&reader, of: "file", skipsFirst: finding.hasSeparatorLine)
    let columns: RowColumns
    do {
      columns = try RowColumns(header, rules: rules, options: options, line: reader.line)
    } catch {
      if let type = file.reportedType {
        try Self.check(reportOf: type, readAs: rules.type, line: reader.line + 1)
      }
      guard !header.contains(where: isName) else { throw error }
      throw HeaderGuess.error(
        error, head[start...], line: reader.line, delimiter: finding.dialect.delimiter,
        isName: isName)
    }
    try Self.checkIsNoTable(reader)
    csvRows = CSVRows(reader, columns, rules: rules, options: options, collects: collects)
    form = columns.form
    dialect = finding.dialect
  }

  /// The names of the columns, from the first line that holds something.
  /// - Parameter skipsFirst: Whether the first line says how cells are separated.
  private static func header(
    _ reader: inout CSVReader, of source: String, skipsFirst: Bool
  ) throws(InputError) -> [String] {
    var skipsLine = skipsFirst
    while try reader.next() {
      defer { skipsLine = false }
      if skipsLine || reader.isBlank { continue }
      if let problem = reader.problem {
        throw InputError(
          .malformed, "the header cannot be read: \(problem.text)", line: reader.line,
          offset: reader.offset)
      }
      return reader.cells.map(reader.text)
    }
    throw InputError(
      .malformed, "the \(source) is empty; a header row was expected", line: 1, offset: 0)
  }

  /// - Throws: ``InputError`` when the line below the header is a ruler.
  private static func checkIsNoTable(_ reader: CSVReader) throws(InputError) {
    var next = reader
    guard try next.next(), HeaderGuess.isRuler(next.source.buffer[next.range]) else { return }
    throw HeaderGuess.ruler(line: next.line)
  }

  /// Opens a pass over CSV text in memory as an import of the service takes it: commas between cells,
  /// no `sep=` line. Rows are written as JSON objects, with `relationship.attribute` as the names of
  /// members.
  /// - Throws: ``InputError`` when the header cannot be used.
  package init(csv bytes: [UInt8], rules: RowRules) throws(InputError) {
    self.rules = rules
    isCSV = true
    var reader = try CSVReader(bytes: bytes)
    let header = try Self.header(&reader, of: "text", skipsFirst: false)
    let options = RowOptions()
    var columns = try RowColumns(header, rules: rules, options: options, line: reader.line)
    columns.writesObjects()
    csvRows = CSVRows(reader, columns, rules: rules, options: options, collects: false)
    form = columns.form
    dialect = reader.dialect
  }

  /// Opens a pass over the elements of a JSON array that was parsed already. Their lines are their
  /// numbers, from 1.
  package init(elements array: JSONElement, rules: RowRules) throws(InputError) {
    self.rules = rules
    isCSV = false
    elements = (array.elements.makeIterator(), 0)
    jsonRows = try JSONRows(rules: rules, options: RowOptions(), collects: false)
    form = .json
    dialect = nil
  }

  /// The element that the last row is, when it is sent as it stands there.
  private(set) var unchangedElement: JSONElement?

  /// One JSON document over many lines is not JSON Lines, and an error on each line would not say so.
  private static func checkIsLines(_ file: InputFile) throws(InputError) {
    var lines = JSONLinesReader(try ByteSource(file))
    guard let first = try lines.next(), try lines.next() != nil, !first.record.isOversized else {
      return
    }
    do {
      _ = try JSONDocument(parsing: first.record.bytes, limits: JSONRows.limits)
    } catch {
      guard error.kind == .unexpectedEnd else { return }
      throw InputError(
        .malformed, "the file is one JSON object over several lines, not one object a line",
        line: first.record.line, offset: first.record.offset,
        advice: "put the rows into an array, [{…}, {…}]")
    }
  }

  /// Reads all rows cell by cell: for tests, which compare the two ways.
  mutating func readCellByCell() { csvRows?.readsPlainRows = false }

  /// What was found that may not be meant.
  package var warnings: InputWarnings { csvRows?.warnings ?? jsonRows?.warnings ?? .init() }

  /// The next row; nil at the end.
  /// - Parameter sink: Takes what is sent for it; nothing for a rejected row.
  /// - Throws: ``InputError`` when the rest cannot be read.
  package mutating func next(
    into sink: inout RowBuffer
  ) throws(InputError) -> RowOutcome? {
    if isCSV { return try csvRows?.next(into: &sink) }
    while true {
      let outcome: RowOutcome?
      if elements != nil {
        guard let element = elements?.rest.next() else { return nil }
        elements?.count += 1
        outcome = jsonRows?.read(element: element, number: elements?.count ?? 0, into: &sink)
        unchangedElement = jsonRows?.isChanged == false ? element : nil
      } else if array != nil {
        guard let record = try array?.next() else { return nil }
        outcome = try jsonRows?.read(record, number: array?.count, into: &sink)
      } else {
        guard let (record, isLast) = try lines?.next() else { return nil }
        outcome = try jsonRows?.read(record, mayBeCut: isLast, into: &sink)
      }
      guard let outcome else { continue }
      if let type = jsonRows?.foreignType {
        try Self.check(reportOf: type, readAs: rules.type, line: outcome.line)
      }
      return outcome
    }
  }

  /// Reports say of each row what it is. Two types can have the same columns, so that nothing else
  /// would tell.
  /// - Throws: ``InputError`` when the row is of another type.
  static func check(
    reportOf type: String, readAs expected: String, line: Int
  ) throws(InputError) {
    guard !type.isEmpty, type != expected, type != ReportColumns.type else { return }
    let shown = TerminalSafe.text(type, limit: 60)
    throw InputError(
      .malformed,
      "the row is of \(shown) by its '\(ReportColumns.type)', and the file is read as \(expected)",
      line: line, advice: "--type \(shown)")
  }

  /// What the last row is recognized by.
  package var identity: RowIdentity { csvRows?.identity ?? jsonRows?.identity ?? RowIdentity() }

  /// The digests of what was read so far; nil when rows are not read to check them.
  package var blocks: InputBlocks? {
    csvRows?.reader.source.blocks ?? array?.blocks ?? lines?.blocks
  }

  /// What the last row gives a value for that is not sent.
  var leftOut: [RowLeftOut] {
    if let jsonRows { return jsonRows.leftOut }
    guard let reader = csvRows?.reader, let columns, !columns.leftOut.isEmpty else { return [] }
    return columns.leftOut.compactMap { index, why in
      guard index < reader.cells.count, !reader.cells[index].isEmpty,
        why != .type || reader.text(reader.cells[index]) != rules.type
      else { return nil }
      return RowLeftOut(name: columns.titles[index], why: why)
    }
  }

  /// Adds what can only be told at the end to the warnings.
  package mutating func finish() {
    csvRows?.finish()
    jsonRows?.finish()
  }
}

/// Opens passes over parts of an input whose rows were all read before: nothing but the part is read.
package struct RowParts: Sendable {
  private let file: InputFile
  private let blocks: InputBlocks
  private let rules: RowRules
  private let csvRows: CSVRows?
  private let jsonRows: JSONRows?
  private let isArray: Bool
  /// How the rows are sent.
  package let form: RowForm
  private let dialect: CSVDialect?

  /// Reads the start of an input, which says how its rows are read.
  /// - Parameter blocks: What the pass over all rows read.
  /// - Throws: ``InputError`` as opening any other pass does.
  package init(
    _ file: InputFile, format: InputFormat, rules: RowRules, options: RowOptions,
    blocks: InputBlocks
  ) throws(InputError) {
    let start = try RowReader(
      file, format: format, rules: rules, options: options, purpose: .sending)
    self.file = file
    self.blocks = blocks
    self.rules = rules
    csvRows = try start.csvRows?.reading(ByteSource(bytes: []))
    jsonRows = start.jsonRows
    isArray = format == .json
    form = start.form
    dialect = start.dialect
  }

  /// Opens a pass over a part.
  /// - Parameters:
  ///   - range: Where it is in the text of the input, from the start of a row to the end of one.
  ///   - line: The line it begins on.
  /// - Throws: ``InputError``, also of the reader later on; of kind `changed` when what is there is
  ///   not what was there.
  package func reader(_ range: Range<Int>, line: Int) throws(InputError) -> RowReader {
    let source = try ByteSource(file, range, line: line, blocks: blocks)
    return RowReader(
      rules: rules, form: form, dialect: dialect, csvRows: csvRows?.reading(source),
      jsonRows: jsonRows,
      array: jsonRows != nil && isArray ? JSONArrayReader(part: source) : nil,
      lines: jsonRows != nil && !isArray ? JSONLinesReader(source) : nil)
  }
}

extension RowReader {
  fileprivate init(
    rules: RowRules, form: RowForm, dialect: CSVDialect?, csvRows: CSVRows?, jsonRows: JSONRows?,
    array: JSONArrayReader?, lines: JSONLinesReader?
  ) {
    self.rules = rules
    self.form = form
    self.dialect = dialect
    self.csvRows = csvRows
    self.jsonRows = jsonRows
    self.array = array
    self.lines = lines
    isCSV = csvRows != nil
  }
}

extension InputFile {
  /// The type of the rows when the file is a report of an earlier run, which says it in its first row;
  /// nil for every other file.
  package var reportedType: String? {
    do {
      guard try InputFormat.detect(self) == .csv else {
        var lines = JSONLinesReader(try ByteSource(self))
        guard let record = try lines.next()?.record, !record.isOversized else { return nil }
        return try? JSONDocument(parsing: record.bytes).root[ReportColumns.type]?.string
      }
      var head: [UInt8] = []
      try read(at: 0, into: &head, count: 1 << 16)
      let start = head.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
      let found = CSVDialectGuess.find(head[start...]) { ReportColumns.names.contains($0) }
      var reader = try CSVReader(self, dialect: found.dialect)
      guard try reader.next(), reader.problem == nil,
        let index = reader.cells.firstIndex(where: { reader.text($0) == ReportColumns.type }),
        try reader.next(), index < reader.cells.count
      else { return nil }
      return reader.text(reader.cells[index])
    } catch {
      return nil
    }
  }
}
