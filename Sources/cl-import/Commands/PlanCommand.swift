import ArgumentParser
import CommerceLayer
import CommerceLayerImporter

struct PlanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Check a file and tell what importing it would take. Sends nothing.")

  @OptionGroup var input: InputOptions

  @Flag(help: "Print one JSON document.")
  var json = false

  func run() async throws {
    let rules = try input.rules()
    let (file, format) = try input.open()
    let planner = ImportPlanner(
      file: file, format: format, rules: rules, settings: try input.settings())
    let output = RunOutput(isJSON: json, report: nil)
    let plan: ImportPlan
    do throws(InputError) {
      plan = try planner.plan { output.add($0) }
    } catch {
      output.fail(error)
      throw error
    }
    if json {
      output.finish(["plan": .object(plan.json)])
    } else {
      PlanText.lines(plan).forEach(Console.out)
      output.listedRows(reportPath: nil).forEach(Console.out)
    }
    if plan.rejected > 0 {
      throw Failure(
        .data, "\(plan.rejected) of \(ImportPlan.rows(plan.rows)) cannot be sent",
        advice: "mend them, or leave them out with 'cl-import run … --skip-rejected'")
    }
  }
}
