import ArgumentParser
import CommerceLayer
import CommerceLayerImporter

struct PlanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Check a file and tell what importing it would take. Sends nothing.")

  @OptionGroup var input: InputOptions
  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var remote: RemoteCheckOptions

  @Flag(help: "Print one JSON document.")
  var json = false

  func run() async throws {
    var (rules, settings) = (try input.rules(), try input.settings())
    let (file, format) = try input.open()
    let client = try remote.purpose(input).map { try InputOptions.client(connection, for: $0) }
    if let client {
      (rules, settings) = try await input.resolve(
        rules, settings, file: file, format: format, client: client)
    }
    let planner = ImportPlanner(file: file, format: format, rules: rules, settings: settings)
    let output = RunOutput(isJSON: json, report: nil)
    let plan: ImportPlan
    do throws(InputError) {
      plan = try planner.plan { output.add($0) }
    } catch {
      output.fail(error)
      throw error
    }
    let check = try await remote.check(plan, planner, client)
    if json {
      var document: JSONObject = ["plan": .object(plan.json)]
      if let check { document["remote"] = .object(RemoteCheckText.json(check)) }
      output.finish(document)
    } else {
      PlanText.lines(plan).forEach(Console.out)
      if let check { RemoteCheckText.lines(check).forEach(Console.out) }
      output.listedRows(reportPath: nil).forEach(Console.out)
    }
    if plan.rejected > 0 {
      throw Failure(
        .data, "\(plan.rejected) of \(ImportPlan.rows(plan.rows)) cannot be sent",
        advice: "mend them, or leave them out with 'cl-import run … --skip-rejected'")
    }
  }
}
