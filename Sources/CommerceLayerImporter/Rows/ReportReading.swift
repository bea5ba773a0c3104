import CommerceLayer

/// Reads the rows of an earlier run's report, so that what failed can be run again.
struct ReportReading: Sendable {
  /// The member that tells a report's first line from a row.
  static let mark = "cl_import_report"

  /// The header of rows that are CSV text.
  let csvHeader: String?

  /// Recognises a report by its first line.
  init?(firstLine: JSONElement) {
    guard firstLine[Self.mark]?.integer == 1 else { return nil }
    csvHeader = firstLine["csv_header"]?.string
  }

  /// The row in one line of the report.
  func read(
    _ record: RawRecord, rules: RowRules, header: CSVHeader?
  ) throws(InputError) -> RowResult {
    guard let line = try? JSONDocument(parsing: record.bytes).root else {
      return try JSONRowReading.read(record, rules: rules)
    }
    func rejected(_ reason: String) -> RowResult {
      .rejected(RejectedRow(line: record.line, reasons: [reason], bytes: record.bytes))
    }
    let source = line["line"]?.integer.map { "line \($0) of its source" } ?? "a row"
    if line["uncertain"]?.boolean == true, !rules.isKeyed {
      return rejected(
        "\(source) may have been imported already, and \(rules.type) have no key to tell: look first"
      )
    }
    if let row = line["row"] { return JSONRowReading.read(row, record: record, rules: rules) }
    if let text = line["csv"]?.string, let header {
      var reader = CSVReader(bytes: Array(text.utf8))
      if var csv = try reader.next() {
        csv.raw = RawRecord(line: record.line, offset: record.offset, bytes: Array(text.utf8))
        return CSVRowReading.read(csv, header: header, rules: rules)
      }
    }
    let reasons = line["reasons"]?.elements.compactMap(\.string).joined(separator: "; ") ?? ""
    return rejected("\(source) was rejected before\(reasons.isEmpty ? "" : ": " + reasons)")
  }
}
