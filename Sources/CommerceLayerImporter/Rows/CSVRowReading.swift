import CommerceLayer

/// Checks one record of a CSV input and turns it into what is sent. Pure.
enum CSVRowReading {
  static func read(_ record: CSVReader.Record, header: CSVHeader, rules: RowRules) -> RowResult {
    let raw = record.raw
    func rejected(_ reasons: [String]) -> RowResult {
      .rejected(RejectedRow(line: raw.line, reasons: reasons, bytes: raw.bytes))
    }
    if let problem = record.problem { return rejected([problem]) }
    guard record.cells.count == header.columns.count else {
      return rejected([
        "\(count(record.cells.count, "cell")), but the header has \(count(header.columns.count, "column"))"
      ])
    }
    var problems: [String] = []
    var writer = JSONWriter()
    writer.raw("{")
    var isFirst = true
    for (column, cell) in zip(header.columns, record.cells) {
      switch CellCoercion.coerce(cell, to: column.type) {
      case .absent: continue
      case .refused(let reason): problems.append("column '\(column.name)': \(reason)")
      case .value(let bytes):
        if !isFirst { writer.raw(",") }
        isFirst = false
        writer.write(column.name)
        writer.raw(":")
        writer.raw(bytes)
      }
    }
    writer.raw("}")
    let identity = RowIdentity(rules: rules) { name in
      header.columns.firstIndex { $0.name == name }.flatMap {
        record.cells[$0].isEmpty ? nil : record.cells[$0]
      }
    }
    if let problem = identity.problem(rules) { problems.append(problem) }
    guard problems.isEmpty else {
      return .rejected(
        RejectedRow(
          line: raw.line, reasons: Array(problems.prefix(RowCheck.maximumReasons)),
          key: identity.name, bytes: raw.bytes))
    }
    guard header.isServiceForm else {
      return .row(SourceRow(line: raw.line, bytes: writer.bytes, identity: identity))
    }
    return .row(
      SourceRow(line: raw.line, bytes: raw.bytes, identity: identity, group: identity.name))
  }

  private static func count(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
  }
}
