import CommerceLayer
import CommerceLayerImporter
import CommerceLayerJournal
import Foundation
import ImportConsole

/// What runs did, as text and as JSON. Pure.
enum StatusText {
  /// Imports and references that are listed one by one.
  private static let maximumListed = 20

  /// The word for what can be done with a run.
  private static func name(_ state: StoredRun.State) -> String {
    switch state {
    case .unfinished: "ended early"
    case .finished: "finished"
    case .working(let process): process.map { "running, process \($0)" } ?? "running"
    case .unusable: "unreadable"
    }
  }

  /// The runs as a table.
  static func lines(_ runs: [StoredRun], now: Date) -> [String] {
    var table = TextTable(
      ("run", .left), ("began", .left), ("status", .left), ("rows", .right), ("sent", .right),
      ("imported", .right), ("not imported", .right), ("left", .right), ("what", .left))
    for run in runs {
      guard let contents = run.contents else {
        table.add(run.runID, "", name(run.state), "", "", "", "", "", problem(run.state))
        continue
      }
      let totals = RunTotals(contents)
      let record = contents.run
      table.add(
        run.runID, record.startedAt, name(run.state), String(record.accepted), String(totals.sent),
        String(totals.succeeded), String(totals.failed + totals.unprocessed + totals.unknown),
        String(totals.left), "\(record.type) of \(record.inputName) to \(record.organization)")
    }
    return table.lines
  }

  private static func problem(_ state: StoredRun.State) -> String {
    guard case .unusable(let error) = state else { return "" }
    return error.message
  }

  /// One run in detail.
  /// - Parameter options: What 'cl-import resume' needs besides the run.
  static func details(_ run: StoredRun, options: [String]) -> [String] {
    guard let contents = run.contents else { return [] }
    let record = contents.run
    let totals = RunTotals(contents)
    let mode = record.mode.map { ", \($0) data" } ?? ""
    var lines = [
      "run \(run.runID): \(name(run.state))",
      "  began     \(record.startedAt), \(record.tool)",
      "  input     \(record.inputName): \(ImportPlan.rows(record.rows)) of \(record.type)",
      "  goes to   \(record.organization)\(mode)",
    ]
    if let parent = record.parentID { lines.append("  parent    \(parent)") }
    if record.commandRuns.count > 1 {
      let others = record.commandRuns.filter { $0 != run.runID }
      lines.append("  together with \(others.joined(separator: ", "))")
    }
    var table = TextTable(("", .left), ("rows", .right))
    table.add("to send", String(totals.accepted))
    table.add("sent", String(totals.sent))
    table.add("imported", String(totals.succeeded))
    table.add("failed", String(totals.failed))
    table.add("not processed", String(totals.unprocessed))
    if totals.unknown > 0 { table.add("unknown", String(totals.unknown)) }
    if totals.running > 0 { table.add("in running imports", String(totals.running)) }
    if totals.inDoubt > 0 { table.add("sent without a response", String(totals.inDoubt)) }
    table.add("left", String(totals.left))
    lines += [""] + table.lines.dropFirst()
    lines.append("")
    lines.append(
      "\(ImportPlan.imports(record.chunks)) planned, \(totals.endedImports) ended")
    lines += listed("pending or in progress when last seen", totals.runningImports)
    lines += listed("perhaps created, to be looked for", totals.doubtfulReferences)
    if run.state == .unfinished { lines += ["", RunStore.command("resume", run.runID, options)] }
    return lines.map { TerminalSafe.text($0) }
  }

  private static func listed(_ what: String, _ names: [String]) -> [String] {
    guard !names.isEmpty else { return [] }
    let more = names.count - maximumListed
    return [
      "\(what): \(names.prefix(maximumListed).joined(separator: ", "))\(more > 0 ? " and \(more) more" : "")"
    ]
  }

  /// What is lost with a run.
  static func loss(_ run: StoredRun) -> String {
    guard let contents = run.contents else {
      guard case .unusable(let error) = run.state else { return "what it did is not known" }
      return error.message
    }
    let totals = RunTotals(contents)
    if run.state == .finished {
      return "it is finished; what is lost is the note that its rows were sent"
    }
    var facts = ["\(ImportPlan.rows(totals.left)) of \(totals.accepted) were not sent"]
    if totals.running > 0 {
      facts.append("\(ImportPlan.rows(totals.running)) are in imports that nobody watches then")
    }
    if totals.inDoubt > 0 {
      facts.append("of \(ImportPlan.rows(totals.inDoubt)) it is not known whether they arrived")
    }
    if run.hasInput { facts.append("the copy of standard input is removed") }
    return facts.joined(separator: "; ")
  }

  /// One run as JSON.
  static func json(_ run: StoredRun) -> JSONObject {
    var object: JSONObject = ["run": .string(run.runID)]
    switch run.state {
    case .unfinished: object["status"] = "ended_early"
    case .finished: object["status"] = "finished"
    case .working(let process):
      object["status"] = "running"
      object["process"] = process.map { .number(JSONNumber(Int($0))) } ?? .null
    case .unusable(let error):
      object["status"] = "unreadable"
      object["error"] = [
        "kind": .string(error.kind.rawValue), "message": .string(error.message),
        "advice": .string(error.advice),
      ]
    }
    guard let contents = run.contents else { return object }
    let record = contents.run
    let totals = RunTotals(contents)
    func number(_ value: Int) -> JSONValue { .number(JSONNumber(value)) }
    object["began"] = .string(record.startedAt)
    object["tool"] = .string(record.tool)
    object["organization"] = .string(record.organization)
    object["mode"] = record.mode.map(JSONValue.string) ?? .null
    object["type"] = .string(record.type)
    object["input"] = .string(record.inputName)
    object["input_digest"] = .string(record.inputDigest)
    object["command_runs"] = .array(record.commandRuns.map(JSONValue.string))
    object["rows"] = [
      "all": number(record.rows), "to_send": number(totals.accepted), "sent": number(totals.sent),
      "succeeded": number(totals.succeeded), "failed": number(totals.failed),
      "not_processed": number(totals.unprocessed), "unknown": number(totals.unknown),
      "running": number(totals.running), "in_doubt": number(totals.inDoubt),
      "left": number(totals.left),
    ]
    object["imports"] = [
      "planned": number(record.chunks), "ended": number(totals.endedImports),
      "running": .array(totals.runningImports.map(JSONValue.string)),
      "in_doubt": .array(totals.doubtfulReferences.map(JSONValue.string)),
    ]
    return object
  }
}
