import ArgumentParser
import CommerceLayer
import CommerceLayerImporter

struct PlanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Check files and tell what importing them would take. Sends nothing.")

  @OptionGroup var input: InputOptions

  @Flag(help: "Print one JSON document.")
  var json = false

  func run() async throws {
    let inputs = try input.inputs()
    let environment = ProgramEnvironment.current
    let display = ProgressDisplay(isLive: environment.showsLiveProgress(noProgress: false))
    var outputs: [RunOutput] = []
    var rows = 0
    var rejected = 0
    for (index, input) in inputs.enumerated() {
      let label = inputs.count > 1 ? input.name : nil
      let planner = ImportPlanner(
        file: input.file, format: input.format, rules: input.rules,
        settings: try self.input.settings())
      let output = try RunOutput(form: json ? .json : .text, report: nil, name: label)
      outputs.append(output)
      display.begin(label)
      let plan: ImportPlan
      do throws(InputError) {
        plan = try planner.plan(rejected: { output.add($0) }, checked: { display.show($0) })
      } catch {
        display.clear()
        output.fail(error)
        if json, inputs.count > 1 { FilesDocument.write(outputs) }
        throw error
      }
      display.clear()
      rows += plan.rows
      rejected += plan.rejected
      output.finish(["plan": .object(plan.json)])
      guard !json else { continue }
      if let label { Console.out((index > 0 ? "\n" : "") + TerminalSafe.text(label)) }
      PlanText.lines(plan).forEach(Console.out)
      output.listedRows(reportPath: nil).forEach(Console.out)
    }
    if json, inputs.count > 1 { FilesDocument.write(outputs) }
    if rejected > 0 {
      throw Failure(
        .data, "\(rejected) of \(ImportPlan.rows(rows)) cannot be sent",
        advice: "mend them, or leave them out with 'cl-import run … --skip-rejected'")
    }
  }
}
