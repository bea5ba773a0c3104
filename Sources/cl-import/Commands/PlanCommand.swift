import ArgumentParser
import CommerceLayer
import CommerceLayerImporter
import ImportConsole

struct PlanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Check files and tell what importing them would take. Sends nothing.")

  @OptionGroup var input: InputOptions
  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var remote: RemoteCheckOptions

  @OptionGroup var output: OutputOptions

  func run() async throws {
    var inputs = try input.inputs()
    let settings = try self.input.settings()
    let client = try remote.purpose(self.input, inputs).map {
      try InputOptions.client(connection, for: $0)
    }
    if let client { inputs = try await self.input.resolve(inputs, settings, client: client) }
    let form = output.form
    let environment = ProgramEnvironment.current
    let display = ProgressDisplay(isLive: environment.showsLiveProgress(noProgress: false))
    var outputs: [RunOutput] = []
    var rows = 0
    var rejected = 0
    var corrections: [(file: String, text: String)] = []
    for (index, input) in inputs.enumerated() {
      let label = inputs.count > 1 ? input.name : nil
      let planner = input.planner(settings)
      let output = try RunOutput(form: form, report: nil, name: label)
      outputs.append(output)
      display.begin(label)
      let plan: ImportPlan
      do throws(InputError) {
        plan = try planner.plan(rejected: { output.add($0) }, checked: { display.show($0) })
      } catch {
        display.clear()
        output.fail(error)
        if form == .json, inputs.count > 1 { FilesDocument.write(outputs) }
        throw Failure(error, of: label)
      }
      display.clear()
      rows += plan.rows
      rejected += plan.rejected
      if let text = plan.correction { corrections.append((input.name, text)) }
      let check = try await remote.check(plan, planner, client)
      guard form == .text else {
        tell(plan, check, output)
        continue
      }
      if let label { Console.out((index > 0 ? "\n" : "") + TerminalSafe.text(label)) }
      PlanText.lines(plan).forEach(Console.out)
      if let check { RemoteCheckText.lines(check).forEach(Console.out) }
      output.listedRows(reportPath: nil).forEach(Console.out)
    }
    if form == .json, inputs.count > 1 { FilesDocument.write(outputs) }
    if rejected > 0 {
      throw Failure(
        .data, "\(rejected) of \(ImportPlan.rows(rows)) cannot be sent",
        advice: Self.advice(corrections))
    }
  }

  /// What to do about the rejected rows of one or several files: each file's own, where they differ.
  static func advice(_ corrections: [(file: String, text: String)]) -> String? {
    guard let first = corrections.first else { return nil }
    let advice =
      corrections.allSatisfy { $0.text == first.text }
      ? first.text
      : corrections.map { "\(TerminalSafe.text($0.file)): \($0.text)" }.joined(separator: "; ")
    return advice.replacing("--skip-rejected", with: "'cl-import run … --skip-rejected'")
  }

  /// Ends the JSON of one input.
  private func tell(_ plan: ImportPlan, _ check: RemoteCheckReport?, _ output: RunOutput) {
    let remote = check.map(RemoteCheckText.json)
    guard self.output.form == .ndjson else {
      var document: JSONObject = ["plan": .object(plan.json)]
      if let remote { document["remote"] = .object(remote) }
      return output.finish(document)
    }
    output.tell(plan)
    if let remote { output.tell("compared", ["remote": .object(remote)]) }
    output.finish([
      "ending": "planned",
      "totals": [
        "rows": .number(JSONNumber(plan.rows)), "accepted": .number(JSONNumber(plan.accepted)),
        "rejected": .number(JSONNumber(plan.rejected)),
      ],
      "imports": [],
    ])
  }
}
