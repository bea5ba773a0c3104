import CommerceLayerImporter

/// What a plan says to people. Pure.
enum PlanText {
  static func lines(_ plan: ImportPlan) -> [String] {
    var lines = ["\(ImportPlan.rows(plan.rows)) of \(plan.type), read as \(name(plan.format))"]
    var table = TextTable(("", .left), ("", .left))
    table.add("rows to send", "\(plan.accepted)")
    table.add("rejected", "\(plan.rejected)")
    table.add("imports", "\(plan.chunks), the largest of \(ImportPlan.rows(plan.largestChunk))")
    table.add("bytes of rows", "\(plan.bytes)")
    table.add("requests", "\(plan.requests), and one for each look at the imports that run")
    table.add(
      "sent as",
      plan.isSentAsCSV ? "CSV, because a column names a relationship's attribute" : "JSON")
    table.add(
      "key",
      plan.key.isEmpty
        ? "none: a row that is sent twice makes two records"
        : "\(plan.key.joined(separator: " + ")): a row that is sent twice leaves one record")
    if !plan.isChecked {
      table.add("checked", "for being objects only: this build does not know the type's attributes")
    }
    lines += table.lines.dropFirst()
    lines += warnings(plan).map { "  " + $0 }
    return lines
  }

  /// What should be known before anything is sent.
  static func warnings(_ plan: ImportPlan) -> [String] {
    guard plan.repeatedKeys > 0, let line = plan.firstRepeatedLine else { return [] }
    let more = plan.repeatedKeysAreIncomplete ? "at least " : ""
    return [
      "warning: \(more)\(ImportPlan.rows(plan.repeatedKeys)) \(plan.repeatedKeys == 1 ? "repeats" : "repeat") the key of an earlier row, the first on line \(line); which of them counts depends on the order they are processed in"
    ]
  }

  private static func name(_ format: InputFormat) -> String {
    switch format {
    case .csv: "CSV"
    case .json: "a JSON array"
    case .jsonLines: "JSON Lines"
    }
  }
}
