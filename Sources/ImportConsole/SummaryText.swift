import CommerceLayer
import CommerceLayerImporter

/// The summary of a run. Pure.
enum SummaryText {
  /// Notes that are listed one by one.
  static let maximumListed = 50
  /// Imports that are listed one by one.
  static let maximumImports = 50

  static func lines(
    _ report: ImportReport, rows: ListedRows, reportPath: String?
  ) -> [String] {
    let partial = report.plan.isPartial ? ", then the check of the rows was stopped" : ""
    var lines = ["\(ImportPlan.rows(report.plan.rows)) of \(report.plan.type)\(partial)"]
    var sums = TextTable(("", .left), ("rows", .right))
    sums.add("imported", String(report.succeeded))
    sums.add("failed", String(report.failed))
    sums.add("not processed", String(report.unprocessed))
    if report.unknown > 0 { sums.add("unknown", String(report.unknown)) }
    sums.add("rejected before sending", String(report.rejected))
    lines += sums.lines.dropFirst()
    if !report.chunks.isEmpty { lines += [""] + imports(report) }
    let notes = self.notes(report)
    if !notes.isEmpty { lines += [""] + notes }
    if !rows.isEmpty { lines += [""] + Self.rows(rows, reportPath: reportPath) }
    return lines
  }

  /// The sums over several inputs.
  static func totals(_ reports: [ImportReport]) -> [String] {
    func sum(_ count: (ImportReport) -> Int) -> String {
      String(reports.reduce(0) { $0 + count($1) })
    }
    var table = TextTable(("", .left), ("rows", .right))
    table.add("imported", sum(\.succeeded))
    table.add("failed", sum(\.failed))
    table.add("not processed", sum(\.unprocessed))
    if reports.contains(where: { $0.unknown > 0 }) { table.add("unknown", sum(\.unknown)) }
    table.add("rejected before sending", sum(\.rejected))
    let rows = reports.reduce(0) { $0 + $1.plan.rows }
    return ["\(ImportPlan.rows(rows)) of \(reports.count) files"] + table.lines.dropFirst()
  }

  private static func imports(_ report: ImportReport) -> [String] {
    var table = TextTable(
      ("import", .left), ("status", .left), ("lines", .left), ("rows", .right),
      ("imported", .right), ("failed", .right), ("not processed", .right), ("unknown", .right),
      ("warnings", .right))
    for chunk in report.chunks.prefix(maximumImports) {
      table.add(
        chunk.importID ?? "-", chunk.status ?? "not created",
        "\(chunk.firstLine)–\(chunk.lastLine)",
        String(chunk.rows), String(chunk.succeeded), String(chunk.failed),
        String(chunk.unprocessed), String(chunk.unknown), String(chunk.warnings))
    }
    let more = report.chunks.count - maximumImports
    return table.lines + (more > 0 ? ["  … and \(more) more imports; --json has them all"] : [])
  }

  private static func notes(_ report: ImportReport) -> [String] {
    var lines: [String] = []
    for chunk in report.chunks {
      let name = "import \(chunk.importID ?? "\(chunk.number)")"
      if chunk.unnamedFailures > 0 {
        lines.append(
          "\(name): \(ImportPlan.rows(chunk.unnamedFailures)) failed, the service does not say which; no report can hold them"
        )
      }
      if !chunk.duplicates.isEmpty {
        lines.append(
          "\(name): these imports hold the same rows: \(chunk.duplicates.joined(separator: ", "))")
      }
      lines += chunk.notes.map { "\(name): \($0)" }
    }
    if let reason = report.notAudited {
      lines.append(
        "whether the service made a second import of the same rows could not be checked at the end: \(reason); 'cl-import list --run \(report.runID)' lists all imports of the run"
      )
    }
    let threshold = CommerceLayerService.description.errorThresholdPercent
    if report.chunks.contains(where: { $0.isOver(percent: threshold) }) {
      lines.append(
        "the service interrupts an import when more than \(threshold) % of its rows fail; --skip-errors lets it go on"
      )
    }
    let shown = lines.prefix(maximumListed).map { "  " + TerminalSafe.text($0, limit: 300) }
    return lines.count > maximumListed
      ? shown + ["  … and \(lines.count - maximumListed) more notes; --json has them all"] : shown
  }

  static func rows(_ rows: ListedRows, reportPath: String?) -> [String] {
    var table = TextTable(("line", .right), ("row", .left), ("", .left), ("why", .left))
    for entry in rows.entries {
      table.add(
        entry.lastLine > entry.line ? "\(entry.line)–\(entry.lastLine)" : String(entry.line),
        entry.key ?? "-", label(entry.outcome),
        entry.reasons.joined(separator: "; "))
    }
    for group in rows.groups {
      let isOneRow = group.count == 1 && group.firstLine != nil
      table.add(
        span(group), isOneRow ? group.key ?? "-" : ImportPlan.rows(group.count),
        label(group.outcome), group.reasons.joined(separator: "; "))
    }
    var lines = table.lines
    let more = rows.entryCount - rows.entries.count + rows.ungrouped
    if more > 0 {
      lines.append("  … and \(more) more, see " + (reportPath.map { "'\($0)'" } ?? "--report FILE"))
    }
    return lines.map { TerminalSafe.text($0) }
  }

  /// `7`, `7–90`, or `7–` when where they end is not known.
  private static func span(_ group: ListedRows.Group) -> String {
    guard let first = group.firstLine else { return "-" }
    guard let last = group.lastLine else { return "\(first)–" }
    return first == last ? "\(first)" : "\(first)–\(last)"
  }

  private static func label(_ outcome: RowEntry.Outcome) -> String {
    switch outcome {
    case .succeeded: "imported"
    case .failed: "failed"
    case .notProcessed: "not processed"
    case .unknown: "unknown"
    case .rejected: "rejected"
    }
  }
}

extension ImportReport.Chunk {
  /// Whether it was interrupted because more than so many percent of its rows failed.
  fileprivate func isOver(percent: Int) -> Bool {
    status == "interrupted" && failed * 100 > rows * percent
  }
}
