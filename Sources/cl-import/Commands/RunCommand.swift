import ArgumentParser
import CommerceLayer
import CommerceLayerImporter
import CommerceLayerSandbox

struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Import a file.",
    discussion: """
      All rows are checked before any is sent. The exit status is 0 when every row was accepted, \
      1 when some were not; the summary names them.
      """)

  @OptionGroup var input: InputOptions
  @OptionGroup var connection: ConnectionOptions

  @Flag(help: "Import into a sandbox that lives as long as this command.")
  var sandbox = false

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
      "Write the rows that were not imported to this file, which can be run again.",
      valueName: "file"))
  var report: String?

  @Flag(help: "Overwrite an existing report.")
  var force = false

  @Flag(help: "Print one JSON document.")
  var json = false

  @Flag(help: "Tell progress in lines, not in place.")
  var noProgress = false

  func validate() throws {
    let most = CommerceLayerService.description.maximumRunningImports
    guard (1...most).contains(maxRunning) else {
      throw ValidationError("--max-running is 1 to \(most), not \(maxRunning)")
    }
    if input.file == "-", connection.clientSecretStdin {
      throw ValidationError("standard input cannot be both the rows and the client secret")
    }
  }

  private func settings() throws -> ImportSettings {
    var settings = try input.settings()
    settings.skipRejected = skipRejected
    settings.skipErrors = skipErrors
    settings.allowDuplicates = allowDuplicates
    settings.maximumRunning = maxRunning
    settings.rows.allowsDuplicates = allowDuplicates
    settings.tellsUnsentRows = report != nil || json
    return settings
  }

  func run() async throws {
    var rules = try input.rules()
    let (file, format) = try input.open()
    let environment = ProgramEnvironment.current
    // Credentials are looked for before the first pass, which may take a while.
    let local = sandbox ? try await LocalSandbox.start() : nil
    var settings = try settings()
    let client: CommerceLayerClient
    if let local {
      client = try local.client(logger: connection.log.logger(environment))
      settings.pace = .sandbox
    } else {
      let gathered = try connection.settings(environment)
      client = try connection.client(gathered, environment)
      // Wherever the port was named, it leads to a sandbox.
      if gathered.basePort != nil { settings.pace = .sandbox }
    }
    (rules, settings) = try await input.resolve(
      rules, settings, file: file, format: format, client: client)
    let job = RunJob(
      client: client, file: file, format: format, rules: rules, settings: settings,
      reportPath: report, replacesReport: force, isJSON: json,
      isLive: environment.showsLiveProgress(
        noProgress: noProgress || connection.log.isOnStandardError(environment)),
      columns: environment.columns)
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
