import CommerceLayerRuntime

/// The rows of an input with their verdicts, one by one, in constant memory.
package struct RowReader {
  /// What the rows are read for.
  package enum Purpose: Sendable {
    /// To check all of them: damage is looked for, keys are told.
    case checking
    /// To send them: rows say what they are recognized by.
    case sending
  }

  private var csv: CSVReader?
  private var csvRows: CSVRows?
  private var array: JSONArrayReader?
  private var lines: JSONLinesReader?
  private var jsonRows: JSONRows?
  private let rules: RowRules
  /// How the rows are sent.
  package let form: RowForm
  /// How a CSV input is separated; nil for JSON.
  package let dialect: CSVDialect?
  /// The columns of a CSV input.
  package var columns: RowColumns? { csvRows?.columns }
  /// The key of the last row; nil when it had none.
  package private(set) var keyHash: KeyHash?

  /// Opens a pass over an input.
  /// - Throws: ``InputError`` when the start shows that it cannot be read, a CSV header for one.
  package init(
    _ file: InputFile, format: InputFormat, rules: RowRules, options: RowOptions,
    purpose: Purpose
  ) throws(InputError) {
    self.rules = rules
    let collects = purpose == .checking
    guard format == .csv else {
      if format == .json {
        array = try JSONArrayReader(file)
      } else {
        lines = try JSONLinesReader(file)
        try Self.checkIsLines(file)
      }
      jsonRows = try JSONRows(
        rules: rules, options: options, collects: collects, identifies: !collects)
      form = .json
      dialect = nil
      return
    }
    var head: [UInt8] = []
    try file.read(at: 0, into: &head, count: 1 << 16)
    let start = head.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    var finding = CSVDialectGuess.find(head[start...]) { name in
      let name = options.renames[name] ?? name
      if case .unknown = rules.meaning(of: name, allowsPaths: true, suggests: false) {
        return false
      }
      return true
    }
    if let delimiter = options.delimiter, !finding.hasSeparatorLine {
      finding.dialect.delimiter = delimiter
    }
    var reader = try CSVReader(file, dialect: finding.dialect)
    var header: [String]?
    var isFirst = true
    while header == nil, try reader.next() {
      defer { isFirst = false }
      if isFirst, finding.hasSeparatorLine { continue }
      if reader.isBlank { continue }
      if let problem = reader.problem {
        throw InputError(
          .malformed, "the header cannot be read: \(problem.text)", line: reader.line,
          offset: reader.offset)
      }
      header = reader.cells.map(reader.text)
    }
    guard let header else {
      throw InputError(
        .malformed, "the file is empty; a header row was expected", line: 1, offset: 0)
    }
    let columns = try RowColumns(header, rules: rules, options: options, line: reader.line)
    csv = reader
    csvRows = CSVRows(
      columns, rules: rules, options: options, collects: collects, identifies: !collects)
    form = columns.form
    dialect = finding.dialect
  }

  /// One JSON document over many lines is not JSON Lines, and an error on each line would not say so.
  private static func checkIsLines(_ file: InputFile) throws(InputError) {
    var lines = try JSONLinesReader(file)
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

  /// What was found that may not be meant.
  package var warnings: InputWarnings { csvRows?.warnings ?? jsonRows?.warnings ?? .init() }

  /// The next row; nil at the end.
  /// - Parameter sink: Takes what is sent for it; nothing for a rejected row.
  /// - Throws: ``InputError`` when the rest cannot be read.
  package mutating func next(
    into sink: inout RowBuffer
  ) throws(InputError) -> RowOutcome? {
    if csvRows != nil {
      while try csv?.next() == true {
        guard let reader = csv else { return nil }
        let start = reader.offset
        let outcome = csvRows?.read(
          reader, offset: start..<(start + reader.range.count), into: &sink)
        keyHash = csvRows?.keyHash
        if let outcome { return outcome }
      }
      return nil
    }
    while true {
      let outcome: RowOutcome?
      if array != nil {
        guard let record = try array?.next() else { return nil }
        outcome = try jsonRows?.read(record, number: array?.count, into: &sink)
      } else {
        guard let (record, isLast) = try lines?.next() else { return nil }
        outcome = try jsonRows?.read(record, mayBeCut: isLast, into: &sink)
      }
      keyHash = jsonRows?.keyHash
      if let outcome { return outcome }
    }
  }

  /// What the key of the last row is, for people.
  package var keyText: String? {
    guard let reader = csv else { return jsonRows?.keyText }
    return csvRows?.keyText(reader)
  }

  /// Adds what can only be told at the end to the warnings.
  package mutating func finish() {
    csvRows?.finish()
    jsonRows?.finish()
  }
}
