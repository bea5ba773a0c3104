import ArgumentParser
import CommerceLayer
import CommerceLayerImporter
import CommerceLayerJournal
import Foundation
import ImportConsole

struct ResumeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume", abstract: "Go on with a run that ended early.",
    discussion: """
      Without RUN, the newest run that ended early is taken when there is no other. The rows are read \
      again with the options of the run, from the same folder, and must be the same bytes; rows that \
      the service has, or may have, are not sent again. A command with several files goes on with all \
      of them.

      Credentials are not recorded: they come from the environment or from options, as for 'run'. \
      Options that are given here count instead of those of the run.
      """)

  @Argument(help: ArgumentHelp("The run's id, which 'run' prints first.", valueName: "run"))
  var runID: String?

  @OptionGroup var connection: ConnectionOptions

  @Option(
    help: ArgumentHelp(
      "Write the rows that were not imported to this file, those of the part before included. By "
        + "default the report of the run is written anew.", valueName: "file"))
  var report: String?

  @Flag(help: "Overwrite an existing report.")
  var force = false

  @Flag(help: "Send to live data without asking, where the run was not asked about before.")
  var yes = false

  @Flag(help: "Send rows without a key again of which it is unknown whether they arrived.")
  var allowDuplicates = false

  @Option(
    help: ArgumentHelp(
      "Imports that may run at the same time, up to what the organization allows.", valueName: "n"))
  var maxRunning: Int?

  @Option(
    help: ArgumentHelp("Create no further import once more rows failed.", valueName: "n"))
  var maxFailed: Int?

  @OptionGroup var patience: PatienceOptions
  @OptionGroup var state: StateOptions
  @OptionGroup var output: OutputOptions

  @Flag(help: "Tell progress in lines, not in place.")
  var noProgress = false

  func run() async throws {
    let environment = ProgramEnvironment.current
    let store = try state.store(environment)
    let opened = try await Self.open(try RunChoice.command(of: runID, in: store), store)
    guard let first = opened.first?.record else { return }
    // What is named here is named from here; what the run was told, from where it began.
    let report = self.report.map(RunStore.absolute)
    var connection = self.connection
    connection.credentials = connection.credentials.map(RunStore.absolute)
    connection.log.logFile = connection.log.logFile.map(RunStore.absolute)
    guard chdir(first.workingDirectory) == 0 else {
      throw Failure(
        .noInput,
        "the folder '\(first.workingDirectory)', in which the run began, cannot be entered",
        because: String(cString: strerror(errno)), advice: Self.whereItIs(first.runID, state))
    }
    let options = try Self.options(first)
    connection = connection.over(options.connection)
    let gathered = try connection.settings(environment)
    try Self.check(gathered.target, first)
    let client = try connection.client(gathered, environment)
    var settings = try options.settings()
    if gathered.basePort != nil { settings.pace = .sandbox }
    patience.over(options.patience).apply(to: &settings.pace)
    settings.allowDuplicates = settings.allowDuplicates || allowDuplicates
    if let maxRunning {
      try RunningLimit.check(maxRunning, inOrder: settings.inOrder)
      settings.maximumRunning = maxRunning
    }
    settings.maximumFailed = maxFailed ?? settings.maximumFailed
    settings.tellsUnsentRows =
      (report ?? options.report) != nil || output.form != .text
    var inputs: [RunInput]
    do {
      inputs = try Self.inputs(opened, options, report: report ?? options.report, store)
    } catch let error as InputError where error.kind == .unreadable {
      throw Failure(
        .noInput, "the rows of run \(first.runID) cannot be read", because: error.message,
        advice: Self.whereItIs(first.runID, state))
    }
    inputs = try await options.input.resolve(inputs, settings, client: client)
    settings = await RunningLimit.applied(to: settings, client)
    var confirmation: Confirmation?
    // Where the mode is recorded, it was asked about when the run began.
    if !yes, !options.yes, first.mode == nil {
      confirmation = Confirmation(
        organization: gathered.organization ?? "sandbox", canAsk: environment.canAsk)
    }
    var job = RunJob(
      client: client, inputs: inputs, settings: settings,
      // The report of the run is this one's beginning.
      replacesReport: force || report == nil, form: output.form,
      isLive: environment.showsLiveProgress(
        noProgress: noProgress || connection.log.isOnStandardError(environment)),
      confirmation: confirmation)
    job.journals = RunJournals(
      resumed: opened.map { ($0.journal, $0.record) }, store: store, organization: gathered.target)
    job.resumeOptions = state.words
    try await job.run().check()
  }

  /// How to go on with a run whose file is elsewhere now.
  private static func whereItIs(_ runID: String, _ state: StateOptions) -> String {
    "put it back where it was; or forget the run with '\(RunStore.command("forget", runID, ["--force"] + state.words))', and rebuild it with '\(RunStore.command("recover", runID, ["FILE"] + state.words))' and the options of the run, from where the file is now"
  }

  func validate() throws {
    if let maxRunning { try RunningLimit.check(maxRunning, inOrder: false) }
    if let maxFailed, maxFailed < 0 {
      throw ValidationError("--max-failed is at least 0, not \(maxFailed)")
    }
  }

  /// A run that this process holds.
  private struct OpenRun {
    let journal: SQLiteJournal
    let record: RunRecord
  }

  /// Opens the runs of a command that are not finished.
  private static func open(_ runs: [String], _ store: RunStore) async throws -> [OpenRun] {
    var opened: [OpenRun] = []
    for runID in runs {
      let journal = try store.open(runID)
      let contents = try await journal.contents()
      if contents.isFinished {
        Console.err("run \(runID) is finished: nothing of it is left to do")
      } else {
        opened.append(OpenRun(journal: journal, record: contents.run))
      }
    }
    return opened
  }

  /// What the run was told, read as 'run' reads it.
  private static func options(_ record: RunRecord) throws -> RunOptions {
    do {
      return try RunOptions.parse(record.arguments)
    } catch {
      throw Failure(
        .data, "the options of run \(record.runID) cannot be used any more",
        because: RunOptions.message(for: error))
    }
  }

  private static func check(_ target: String, _ record: RunRecord) throws(JournalError) {
    guard target != record.organization else { return }
    let isPort = record.organization.hasPrefix("127.0.0.1:")
    let port = record.organization.split(separator: ":").last ?? ""
    throw JournalError(
      .mismatch,
      "run \(record.runID) sends to '\(record.organization)', and these options and the environment lead to '\(target)'",
      advice: isPort
        ? "start the sandbox on that port again: cl-import sandbox --port \(port)"
        : "--organization \(record.organization.prefix { $0 != "." }), with credentials for it")
  }

  /// The inputs of the runs, read as they were when these began.
  private static func inputs(
    _ runs: [OpenRun], _ options: RunOptions, report: String?, _ store: RunStore
  ) throws -> [RunInput] {
    // Each input of the command, also those that are done, so that reports keep their names.
    let all = runs.first?.record.commandRuns ?? []
    let files = all.map { runID -> ImportFile in
      let record =
        runs.first { $0.record.runID == runID }?.record
        ?? (try? store.run(runID))?.contents?.run
      return ImportFile(path: record?.inputPath ?? "-", type: record?.type ?? "")
    }
    let reports = Dictionary(
      zip(all, ImportFiles.reports(report, for: files)), uniquingKeysWith: { first, _ in first })
    return try runs.map { run in
      let record = run.record
      guard let path = record.inputPath ?? run.journal.inputPath else {
        throw Failure(
          .noInput, "the rows of run \(record.runID) are not kept any more",
          because: "they came from \(record.inputName), and their copy is gone")
      }
      let rules = try RowRules(
        type: record.type, parentID: record.parentID, service: CommerceLayerService.description,
        schemas: CommerceLayerService.schemas)
      let (file, format) = try options.input.reading.open(path, name: record.inputName)
      var input = RunInput(
        name: record.inputName, file: file, format: format, rules: rules,
        reportPath: reports[record.runID] ?? report)
      input.runID = record.runID
      input.path = record.inputPath
      return input
    }
  }
}

/// Which run an argument means.
enum RunChoice {
  /// The runs of the command that a run is part of, in their order.
  /// - Parameter runID: The run; nil for the only one that ended early.
  /// - Throws: ``Failure`` with a list where it is not clear which; `JournalError`.
  static func command(of runID: String?, in store: RunStore) throws -> [String] {
    let all = try store.runs()
    if let runID {
      let run = try store.run(runID)
      return members(of: run, all)
    }
    let unfinished = all.filter { $0.state != .finished }
    var commands: [[String]] = []
    for run in unfinished {
      let members = members(of: run, all)
      if !commands.contains(where: { $0.contains(run.runID) }) { commands.append(members) }
    }
    guard let only = commands.first else {
      throw Failure(
        .usage, "there is no run to resume", because: "no run in '\(store.path)' ended early",
        advice: "cl-import status")
    }
    guard commands.count == 1 else {
      StatusText.lines(unfinished, now: Date()).forEach(Console.err)
      throw Failure(
        .usage, "\(commands.count) runs ended early: say which", advice: "cl-import resume RUN")
    }
    return only
  }

  /// The runs of the same command that are in the store and not finished, or else the run itself.
  private static func members(of run: StoredRun, _ all: [StoredRun]) -> [String] {
    guard let names = run.contents?.run.commandRuns, names.count > 1 else { return [run.runID] }
    let left = names.filter { name in
      all.contains { $0.runID == name && $0.state != .finished }
    }
    return left.isEmpty ? [run.runID] : left
  }
}
