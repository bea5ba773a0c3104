import ArgumentParser
import CommerceLayer
import CommerceLayerImporter
import CommerceLayerJournal
import CommerceLayerSandbox
import ImportConsole

struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Import files.",
    discussion: """
      All rows of all files are checked before any is sent. The exit status is 0 when every row was \
      imported, 1 when some were not; the summary names them. Of several files it is the worst one's.

      An empty cell leaves its attribute alone. To clear attributes, write a text of your own into the \
      cells and name it: --null NULL.

      What is sent is recorded on disk first, so that 'cl-import resume' goes on with a run that ended \
      early, however it ended: nothing is lost and nothing sent twice.
      """)

  @OptionGroup var options: RunOptions
}

/// What a run is told: also what is recorded of it, and read again when it is resumed.
struct RunOptions: ParsableArguments {
  /// How many imports may run at the same time unless said otherwise.
  private static let defaultRunning =
    ImportSettings(service: CommerceLayerService.description).maximumRunning

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

  @Flag(
    help: """
      Send rows without a key again when it is unknown whether they arrived, or when they were sent \
      by an earlier run.
      """)
  var allowDuplicates = false

  @Option(
    help: ArgumentHelp(
      "Imports that may run at the same time, \(Self.defaultRunning) by default: up to what the "
        + "organization allows, which is \(CommerceLayerService.description.maximumRunningImports) "
        + "unless it says otherwise.", valueName: "n"))
  var maxRunning: Int?

  @Flag(
    help: """
      Create one import at a time, and none after one of whose rows any was not imported: for rows that \
      build on earlier ones.
      """)
  var inOrder = false

  @Flag(
    help: """
      Send the rows again that an interrupted import did not come to, where it is sure which these are.
      """)
  var continueInterrupted = false

  @OptionGroup var patience: PatienceOptions

  @Option(
    help: ArgumentHelp(
      "Write the rows that were not imported to this file, which can be run again. Of several files "
        + "each has a report of its own: failed.csv becomes failed-skus.csv, failed-prices.csv.",
      valueName: "file"))
  var report: String?

  @Flag(help: "Overwrite an existing report.")
  var force = false

  @Flag(help: "Record nothing on disk: a run that ends early cannot be resumed.")
  var noJournal = false

  @OptionGroup var state: StateOptions

  @OptionGroup var output: OutputOptions

  @Flag(help: "Tell progress in lines, not in place.")
  var noProgress = false

  func validate() throws {
    if let maxRunning { try RunningLimit.check(maxRunning, inOrder: inOrder) }
    if state.stateDir != nil, sandbox || noJournal {
      throw ValidationError(
        "--state-dir is for the journal, which \(sandbox ? "--sandbox" : "--no-journal") leaves out"
      )
    }
    if let trial, trial < 1 { throw ValidationError("--trial is at least 1, not \(trial)") }
    if let maxFailed, maxFailed < 0 {
      throw ValidationError("--max-failed is at least 0, not \(maxFailed)")
    }
    if input.files.contains("-"), connection.clientSecretStdin {
      throw ValidationError("standard input cannot be both the rows and the client secret")
    }
  }

  func settings() throws -> ImportSettings {
    var settings = try input.settings()
    settings.skipRejected = skipRejected
    settings.skipErrors = skipErrors
    settings.allowDuplicates = allowDuplicates
    settings.maximumRunning = maxRunning ?? Self.defaultRunning
    settings.inOrder = inOrder
    settings.continueInterrupted = continueInterrupted
    settings.trialRows = trial ?? 0
    settings.maximumFailed = maxFailed
    settings.rows.allowsDuplicates = allowDuplicates
    settings.tellsUnsentRows = report != nil || output.form != .text
    return settings
  }
}

extension RunCommand {
  func run() async throws {
    let environment = ProgramEnvironment.current
    let store =
      options.noJournal || options.sandbox ? nil : try options.state.store(environment)
    store?.tidy()
    var inputs = try options.input.inputs(report: options.report, store: store)
    // Credentials are looked for before the first pass, which may take a while.
    let local = options.sandbox ? try await LocalSandbox.start() : nil
    var settings = try options.settings()
    let client: CommerceLayerClient
    var confirmation: Confirmation?
    var journals: RunJournals?
    if let local {
      client = try local.client(logger: options.connection.log.logger(environment))
      settings.pace = .sandbox
    } else {
      let gathered = try options.connection.settings(environment)
      client = try options.connection.client(gathered, environment)
      // Wherever the port was named, it leads to a sandbox.
      if gathered.basePort != nil { settings.pace = .sandbox }
      if !options.yes {
        confirmation = Confirmation(
          organization: gathered.organization ?? "sandbox", canAsk: environment.canAsk)
      }
      if let store {
        journals = RunJournals(
          new: inputs, store: store, organization: gathered.target,
          arguments: Array(CommandLine.arguments.drop { $0 != "run" }.dropFirst()),
          allowsDuplicates: options.allowDuplicates)
      }
    }
    options.patience.apply(to: &settings.pace)
    inputs = try await options.input.resolve(inputs, settings, client: client)
    settings = await RunningLimit.applied(to: settings, client)
    var job = RunJob(
      client: client, inputs: inputs, settings: settings, replacesReport: options.force,
      form: options.output.form,
      isLive: environment.showsLiveProgress(
        noProgress: options.noProgress || options.connection.log.isOnStandardError(environment)),
      confirmation: confirmation)
    job.journals = journals
    job.resumeOptions = options.state.words
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
