import CommerceLayer
package import CommerceLayerImporter

/// What a plan says to people. Pure.
package enum PlanText {
  package static func lines(_ plan: ImportPlan) -> [String] {
    var lines = ["\(ImportPlan.rows(plan.rows)) of \(plan.type), read as \(source(plan))"]
    var table = TextTable(("", .left), ("", .left))
    table.add("rows to send", "\(plan.accepted)")
    if plan.records != plan.accepted {
      table.add("records", "\(plan.records), some over several lines")
    }
    if plan.updating > 0 { table.add("update or create", verdict(plan.updating, plan)) }
    if plan.creating > 0 {
      table.add("create", "\(plan.creating), which a second run would create again")
    }
    table.add("rejected", "\(plan.rejected)")
    table.add("imports", "\(plan.chunks), the largest of \(ImportPlan.rows(plan.largestChunk))")
    table.add("bytes of rows", "\(plan.bytes)")
    table.add("requests", "\(plan.requests), and one for each poll of the imports that run")
    table.add(
      "sent as",
      plan.isSentAsCSV ? "CSV, because a column names a relationship's attribute" : "JSON")
    table.add(
      "key",
      plan.key.isEmpty
        ? "none is known: only an id names a record"
        : "\(plan.key.joined(separator: " + ")), or id")
    if !plan.isChecked {
      table.add("checked", "for being objects only: this build does not know the type's attributes")
    }
    lines += table.lines.dropFirst()
    lines += warnings(plan).map { "  " + $0 }
    return lines
  }

  private static func verdict(_ count: Int, _ plan: ImportPlan) -> String {
    let names = plan.key.isEmpty ? "id" : "\(plan.key.joined(separator: " + ")), or id"
    return "\(count), by \(names)"
  }

  /// What should be known before anything is sent: notes on how the input is read, then doubts about
  /// its values.
  package static func warnings(_ plan: ImportPlan) -> [String] {
    var lines: [String] = []
    for warning in plan.warnings.all {
      let place = [
        warning.line.map { "line \($0)" },
        warning.column.map { column in
          warning.columnNumber.map { "column \($0), '\(TerminalSafe.text(column, limit: 40))'" }
            ?? "'\(TerminalSafe.text(column, limit: 40))'"
        },
      ].compactMap { $0 }.joined(separator: ", ")
      let label = warning.kind.isNote ? "note" : "warning"
      lines.append(
        "\(label): " + (place.isEmpty || warning.kind == .passedOver ? "" : place + ": ")
          + warning.message)
    }
    let more = plan.warnings.count - plan.warnings.all.count
    if more > 0 { lines.append("warning: … and \(more) more; --json counts them by kind") }
    if plan.repeatedKeys > 0, let line = plan.firstRepeatedLine {
      lines.append(
        "warning: \(ImportPlan.rows(plan.repeatedKeys)) \(plan.repeatedKeys == 1 ? "repeats" : "repeat") the key of an earlier row, the first on line \(line); the last one that is processed counts"
      )
    }
    return lines
  }

  private static func source(_ plan: ImportPlan) -> String {
    var text = name(plan.format)
    if let delimiter = plan.delimiter, delimiter != "commas" { text += " with \(delimiter)" }
    if plan.encoding != .utf8 { text += ", \(plan.encoding.rawValue)" }
    if plan.isCompressed { text += ", decompressed" }
    return text
  }

  private static func name(_ format: InputFormat) -> String {
    switch format {
    case .csv: "CSV"
    case .json: "a JSON array"
    case .jsonLines: "JSON Lines"
    }
  }
}
