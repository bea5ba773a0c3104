import ArgumentParser
import CommerceLayer
import CommerceLayerImporter
import Foundation
import ImportConsole

struct CleanupCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cleanup",
    abstract: "Delete the records of a type that a file does not hold.",
    discussion: """
      cl-import cleanup --type skus --not-in skus.csv
      cl-import cleanup --type prices --not-in prices.csv --parent 'name=Retail EUR' --yes

      All records of the type are compared with the file by their key or id; those of one parent only \
      with --parent. What would be deleted is shown and asked for; without a terminal nothing is \
      deleted unless --yes is given. Nothing is deleted either when a row of the file is rejected or \
      names no record, or when none of the records is in the file. Records whose key differs from one \
      of the file only in case, blanks or Unicode form stay.
      """)

  @Option(help: "What the records are: skus, prices, stock_items, …")
  var type: String

  @Option(help: ArgumentHelp("The file with the records to keep.", valueName: "file"))
  var notIn: String

  @Option(
    help: ArgumentHelp(
      "Only the records of this parent: its id, or an attribute and its value, 'name=Retail EUR'.",
      valueName: "id"))
  var parent: String?

  @Option(
    name: .customLong("filter"),
    help: ArgumentHelp(
      "Only records that meet this condition: an attribute with a predicate, and a value. May be "
        + "given several times.", valueName: "name=value"))
  var filters: [String] = []

  @Flag(help: "Delete without asking.")
  var yes = false

  @OptionGroup var reading: ReadingOptions
  @OptionGroup var connection: ConnectionOptions

  @Flag(help: "Print one JSON document.")
  var json = false

  func validate() throws {
    _ = try FilterOption.pairs(filters)
    _ = try reading.rowOptions()
  }

  func run() async throws {
    let service = CommerceLayerService.description
    func makeRules(_ parentID: String?) throws -> RowRules {
      try RowRules(
        type: type, parentID: parentID, service: service, schemas: CommerceLayerService.schemas)
    }
    var rules = try makeRules(parent)
    let (file, format) = try reading.open(notIn)
    let connectionSettings = try connection.settings(.current)
    let client = try connection.client(connectionSettings, .current)
    let directory = RecordDirectory(client: client)
    if let parent {
      rules = try makeRules(try await directory.parentID(RecordReference(parent), rules: rules))
    }
    var settings = ImportSettings(service: service)
    settings.rows = try reading.rowOptions()
    let cleanup = RecordCleanup(
      directory: directory,
      planner: ImportPlanner(file: file, format: format, rules: rules, settings: settings),
      pace: connectionSettings.basePort == nil ? JobPace() : .sandbox)
    let plan = try await cleanup.plan(filters: try FilterOption.pairs(filters))
    CleanupText.lines(plan, file: notIn).forEach(Console.err)
    guard !plan.doomed.isEmpty else {
      finish(plan, CleanupResult())
      return
    }
    try confirm(plan)
    let result = try await cleanup.run(plan) { JobText.show($0, "cleanup") }
    finish(plan, result)
    if result.failed > 0 || result.notProcessed > 0 { throw Quit(status: .incomplete) }
  }

  /// Asks, when there is somebody to ask.
  /// - Throws: ``Failure`` when there is not, or the response is not `yes`.
  private func confirm(_ plan: CleanupPlan) throws(Failure) {
    if yes { return }
    guard isatty(STDIN_FILENO) == 1, isatty(STDERR_FILENO) == 1 else {
      throw Failure(
        .usage, "nothing was deleted: nobody can be asked, because this is not a terminal",
        advice: "look at the list, then add --yes")
    }
    Console.errRaw(
      "Delete \(plan.doomed.count) \(plan.type)? They cannot be brought back. Type yes: ")
    guard readLine()?.lowercased() == "yes" else {
      throw Failure(.interrupted, "nothing was deleted")
    }
  }

  private func finish(_ plan: CleanupPlan, _ result: CleanupResult) {
    if json {
      Console.out(JSONValue.object(CleanupText.json(plan, result)).text)
    } else {
      CleanupText.summary(plan, result).forEach(Console.out)
    }
  }
}

/// What a cleanup says. Pure.
enum CleanupText {
  static func lines(_ plan: CleanupPlan, file: String) -> [String] {
    let name = TerminalSafe.text(file, limit: 100)
    var lines = [
      "\(plan.doomed.count) of \(plan.total) \(plan.type) are not in '\(name)'"
        + (plan.doomed.isEmpty ? "" : ":")
    ]
    for sample in plan.samples {
      lines.append(
        "  \(TerminalSafe.text(sample.id, limit: 40))  \(TerminalSafe.text(sample.name, limit: 60))"
      )
    }
    let more = plan.doomed.count - plan.samples.count
    if more > 0 { lines.append("  … and \(more) more") }
    if plan.similar > 0 {
      let names = plan.similarSamples.map { "'\(TerminalSafe.text($0, limit: 40))'" }
      lines.append(
        "\(plan.similar) \(plan.type) stay: their key differs from one of the file only in case, "
          + "blanks or Unicode form: \(names.joined(separator: ", "))"
          + (plan.similar > names.count ? ", …" : ""))
    }
    if plan.unkeyed > 0 {
      lines.append("\(plan.unkeyed) \(plan.type) stay: they have no key to compare")
    }
    return lines
  }

  static func summary(_ plan: CleanupPlan, _ result: CleanupResult) -> [String] {
    guard !plan.doomed.isEmpty else { return ["there is nothing to delete"] }
    var table = TextTable(("", .left), ("", .right))
    table.add("deleted", "\(result.deleted)")
    if result.failed > 0 { table.add("failed", "\(result.failed)") }
    if result.notProcessed > 0 { table.add("not processed", "\(result.notProcessed)") }
    table.add("cleanups", "\(result.jobs.count)")
    return Array(table.lines.dropFirst())
      + result.reasons.map { "  \(TerminalSafe.text($0, limit: 300))" }
  }

  static func json(_ plan: CleanupPlan, _ result: CleanupResult) -> JSONObject {
    [
      "type": .string(plan.type), "records": .number(JSONNumber(plan.total)),
      "not_in_file": .number(JSONNumber(plan.doomed.count)),
      "similar": .number(JSONNumber(plan.similar)), "unkeyed": .number(JSONNumber(plan.unkeyed)),
      "deleted": .number(JSONNumber(result.deleted)),
      "failed": .number(JSONNumber(result.failed)),
      "not_processed": .number(JSONNumber(result.notProcessed)),
      "cleanups": .array(result.jobs.map(JSONValue.string)),
      "reasons": .array(result.reasons.map(JSONValue.string)),
    ]
  }
}
