import CommerceLayer

/// The rows of an input, checked one by one, in constant memory.
struct RowStream {
  private enum Reader {
    case csv(CSVReader, CSVHeader)
    case array(JSONArrayReader)
    case lines(JSONLinesReader)
    case report(JSONLinesReader, ReportReading, CSVHeader?)
  }

  private var reader: Reader
  private let rules: RowRules
  /// How the rows are to be sent.
  let form: RowForm

  /// Opens a pass over an input.
  /// - Throws: ``InputError`` when the start shows that it cannot be read, a CSV header for one.
  init(_ file: InputFile, format: InputFormat, rules: RowRules) throws(InputError) {
    self.rules = rules
    switch format {
    case .csv:
      var csv = try CSVReader(file)
      guard let first = try csv.next() else {
        throw InputError(
          .malformed, "the file is empty; a header row was expected", line: 1, offset: 0)
      }
      let header = try CSVHeader(first, rules: rules)
      reader = .csv(csv, header)
      form = header.isServiceForm ? .csv(header: header.text) : .json
    case .json:
      reader = .array(try JSONArrayReader(file))
      form = .json
    case .jsonLines:
      var lines = try JSONLinesReader(file)
      guard let first = try lines.next(),
        let document = try? JSONDocument(parsing: first.record.bytes),
        let report = ReportReading(firstLine: document.root)
      else {
        reader = .lines(try JSONLinesReader(file))
        form = .json
        return
      }
      var header: CSVHeader?
      if let text = report.csvHeader {
        var csv = CSVReader(bytes: Array(text.utf8))
        if let record = try csv.next() { header = try CSVHeader(record, rules: rules) }
      }
      reader = .report(lines, report, header)
      form = header.map { .csv(header: $0.text) } ?? .json
    }
  }

  /// The next row; nil at the end.
  /// - Throws: ``InputError`` when the rest cannot be read.
  mutating func next() throws(InputError) -> RowResult? {
    switch reader {
    case .csv(var csv, let header):
      // Put back even when it throws, so that a second call does not start anew.
      defer { reader = .csv(csv, header) }
      return try csv.next().map { CSVRowReading.read($0, header: header, rules: rules) }
    case .array(var array):
      defer { reader = .array(array) }
      guard let record = try array.next() else { return nil }
      let result = try JSONRowReading.read(record, rules: rules)
      guard case .rejected(let row) = result else { return result }
      return .rejected(row.numbered(array.count))
    case .lines(var lines):
      defer { reader = .lines(lines) }
      guard let (record, isLast) = try lines.next() else { return nil }
      return try JSONRowReading.read(record, rules: rules, mayBeCut: isLast)
    case .report(var lines, let report, let header):
      defer { reader = .report(lines, report, header) }
      guard let (record, _) = try lines.next() else { return nil }
      return try report.read(record, rules: rules, header: header)
    }
  }
}
