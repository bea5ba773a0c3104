import ArgumentParser
import CommerceLayer
import CommerceLayerImporter
import CommerceLayerSandbox

struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Import files.",
    discussion: """
      All rows of all files are checked before any is sent. The exit status is 0 when every row was \
      imported, 1 when some were not; the summary names them. Of several files it is the worst one's.

      An empty cell leaves its attribute alone. To clear attributes, write a text of your own into the \
      cells and name it: --null NULL.
      """)

  @OptionGroup var input: InputOptions
  @OptionGroup var connection: ConnectionOptions

  @Flag(help: "Import into a sandbox that lives as long as this command.")
  var sandbox = false

  @Flag(help: "Send to live data without asking.")
  var yes = false

  @Option(
    help: ArgumentHelp(
      "Send this many rows first, and the others only when all of these were imported.",
      valueName: "n"))
  var trial: Int?

  @Option(
    help: ArgumentHelp("Create no further import once more rows failed.", valueName: "n"))
  var maxFailed: Int?

  @Flag(help: "Leave out rows that cannot be sent instead of sending nothing.")
  var skipRejected = false

  @Flag(help: "Switch off the service's rule that stops an import above 10 % of failed rows.")
  var skipErrors = false

  @Flag(help: "Send rows without a key again when it is unknown whether they arrived.")
  var allowDuplicates = false

  @Option(help: ArgumentHelp("Imports that may run at the same time, 1 to 10.", valueName: "n"))
  var maxRunning = 4

  @Option(
    help: ArgumentHelp(
      "Write the rows that were not imported to this file, which can be run again. Of several files "
        + "each has a report of its own: failed.csv becomes failed-skus.csv, failed-prices.csv.",
      valueName: "file"))
  var report: String?

  @Flag(help: "Overwrite an existing report.")
  var force = false

  @OptionGroup var output: OutputOptions

  @Flag(help: "Tell progress in lines, not in place.")
  var noProgress = false

  func validate() throws {
    let most = CommerceLayerService.description.maximumRunningImports
    guard (1...most).contains(maxRunning) else {
      throw ValidationError("--max-running is 1 to \(most), not \(maxRunning)")
    }
    if let trial, trial < 1 { throw ValidationError("--trial is at least 1, not \(trial)") }
    if let maxFailed, maxFailed < 0 {
      throw ValidationError("--max-failed is at least 0, not \(maxFailed)")
    }
    if input.files.contains("-"), connection.clientSecretStdin {
      throw ValidationError("standard input cannot be both the rows and the client secret")
    }
  }

  private func settings() throws -> ImportSettings {
    var settings = try input.settings()
    settings.skipRejected = skipRejected
    settings.skipErrors = skipErrors
    settings.allowDuplicates = allowDuplicates
    settings.maximumRunning = maxRunning
    settings.trialRows = trial ?? 0
    settings.maximumFailed = maxFailed
    settings.rows.allowsDuplicates = allowDuplicates
    settings.tellsUnsentRows = report != nil || output.form != .text
    return settings
  }

  func run() async throws {
    var inputs = try input.inputs(report: report)
    let environment = ProgramEnvironment.current
    // Credentials are looked for before the first pass, which may take a while.
    let local = sandbox ? try await LocalSandbox.start() : nil
    var settings = try settings()
    let client: CommerceLayerClient
    var confirmation: Confirmation?
    if let local {
      client = try local.client(logger: connection.log.logger(environment))
      settings.pace = .sandbox
    } else {
      let gathered = try connection.settings(environment)
      client = try connection.client(gathered, environment)
      // Wherever the port was named, it leads to a sandbox.
      if gathered.basePort != nil { settings.pace = .sandbox }
      if !yes {
        confirmation = Confirmation(
          organization: gathered.organization ?? "sandbox", canAsk: environment.canAsk)
      }
    }
    inputs = try await input.resolve(inputs, settings, client: client)
    let job = RunJob(
      client: client, inputs: inputs, settings: settings, replacesReport: force,
      form: output.form,
      isLive: environment.showsLiveProgress(
        noProgress: noProgress || connection.log.isOnStandardError(environment)),
      confirmation: confirmation)
    do {
      let result = try await job.run()
      await local?.stop()
      try result.check()
    } catch {
      await local?.stop()
      throw error
    }
  }
}
