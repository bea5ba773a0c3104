import CommerceLayer
import ImportConsole

/// Imports as people read them. Pure.
enum ImportText {
  static func table(_ imports: [Import]) -> [String] {
    guard !imports.isEmpty else { return ["there are no imports"] }
    var table = TextTable(
      ("id", .left), ("type", .left), ("status", .left), ("rows", .right), ("processed", .right),
      ("errors", .right), ("warnings", .right), ("created", .left), ("reference", .left))
    for item in imports {
      table.add(
        item.id.rawValue, item.resourceType?.rawValue ?? "-", item.status?.rawValue ?? "-",
        number(item.inputsSize), number(item.processedCount), number(item.errorsCount),
        number(item.warningsCount), item.createdAt.map(ISO8601.text) ?? "-", item.reference ?? "-")
    }
    return table.lines
  }

  /// Log entries that are shown.
  private static let maximumEntries = 50

  static func details(_ item: Import) -> [String] {
    var table = TextTable(("", .left), ("", .left))
    table.add("id", item.id.rawValue)
    table.add("type", item.resourceType?.rawValue ?? "-")
    table.add("status", item.status?.rawValue ?? "-")
    if let parent = item.parentResourceID { table.add("parent", parent) }
    table.add("rows", number(item.inputsSize))
    table.add("processed", number(item.processedCount))
    table.add("errors", number(item.errorsCount))
    table.add("warnings", number(item.warningsCount))
    for (name, date) in [
      ("created", item.createdAt), ("started", item.startedAt), ("completed", item.completedAt),
      ("interrupted", item.interruptedAt),
    ] {
      if let date { table.add(name, ISO8601.text(date)) }
    }
    if let reference = item.reference { table.add("reference", reference) }
    if let origin = item.referenceOrigin { table.add("origin", origin) }
    return Array(table.lines.dropFirst()) + log("errors", item.errorsLog)
      + log("warnings", item.warningsLog)
  }

  private static func log(_ name: String, _ log: JSONValue?) -> [String] {
    let entries = log.map(entries) ?? []
    guard !entries.isEmpty else { return [] }
    let shown = entries.prefix(maximumEntries).map {
      "  \(TerminalSafe.text($0.key, limit: 60))  \(TerminalSafe.text($0.value.text, limit: 300))"
    }
    let more = entries.count - maximumEntries
    return ["", "\(name):"] + shown + (more > 0 ? ["  … and \(more) more; --json has all"] : [])
  }

  private static func entries(_ log: JSONValue) -> [(key: String, value: JSONValue)] {
    switch log {
    case .object(let members): Array(members)
    case .array(let elements): elements.flatMap(entries)
    case .null, .bool, .number, .string: []
    }
  }

  private static func number(_ value: Int?) -> String { value.map { String($0) } ?? "-" }
}
