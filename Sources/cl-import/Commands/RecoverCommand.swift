import ArgumentParser
import CommerceLayer
import CommerceLayerImporter
import CommerceLayerJournal
import Foundation
import ImportConsole

struct RecoverCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recover",
    abstract: "Rebuild the lost journal of a run from what the service has of it.",
    discussion: """
      cl-import recover RUN skus.csv --type skus --chunk-rows 5000

      The file and the options are those of the run: its imports say whether the file is the same. \
      Nothing is sent; 'cl-import resume RUN' then goes on. Imports that were deleted in the service \
      count as never sent.
      """)

  @Argument(help: ArgumentHelp("The run's id, which 'run' printed first.", valueName: "run"))
  var runID: String

  @OptionGroup var options: RunOptions

  func run() async throws {
    guard RunStore.isRunID(runID) else { throw Self.notARunID(runID) }
    guard options.input.files.count == 1 else {
      throw Failure(
        .usage, "a run is of one file", because: "\(options.input.files.count) are named",
        advice:
          "name the file of run \(runID); the other files of the command are runs of their own")
    }
    let environment = ProgramEnvironment.current
    let store = try options.state.store(environment)
    let input = try input(store)
    let gathered = try options.connection.settings(environment)
    let client = try options.connection.client(gathered, environment)
    let settings = try options.settings()
    guard
      let resolved = try await options.input.resolve([input], settings, client: client).first
    else { return }
    let display = ProgressDisplay(
      isLive: environment.showsLiveProgress(noProgress: options.noProgress))
    let plan = try resolved.planner(settings).plan(checked: { display.show($0) })
    display.clear()
    if plan.rejected > 0, !options.skipRejected {
      throw Failure(
        .data, "\(plan.rejected) of \(ImportPlan.rows(plan.rows)) cannot be sent",
        because:
          "such a run sends nothing, so these are not the file and the options of run \(runID)",
        advice: "use the options of the run")
    }
    let imports = try await imports(
      client, settle: (gathered.basePort == nil ? ImportPace() : .sandbox).lookups.last ?? .zero)
    var record = RunRecord(runID: runID)
    record.startedAt = imports.compactMap(\.createdAt).min().map { $0.formatted(.iso8601) } ?? ""
    record.tool = "cl-import \(APIClient.version), recovered"
    record.organization = gathered.target
    record.mode = client.api.mode?.rawValue
    record.type = plan.type
    record.parentID = resolved.rules.parentID
    record.inputName = resolved.name
    record.inputPath = resolved.path.map(RunStore.absolute)
    record.inputDigest = plan.digest
    record.rows = plan.rows
    record.accepted = plan.accepted
    record.creating = plan.creating
    record.chunks = plan.chunks
    record.arguments = Self.arguments(CommandLine.arguments, without: runID)
    record.workingDirectory = FileManager.default.currentDirectoryPath
    record.commandRuns = [runID]
    let recovery = try RunRecovery(record, imports)
    try store.recover(record, recovery.entries)
    Console.err(
      "rebuilt the journal of run \(runID): \(recovery.found) of \(ImportPlan.imports(plan.chunks)) were created"
    )
    for note in recovery.notes { Console.err("note: \(TerminalSafe.text(note))") }
    Console.err(RunStore.command("resume", runID, options.state.words))
  }

  private static func notARunID(_ text: String) -> Failure {
    Failure(
      .usage, "'\(TerminalSafe.text(text, limit: 60))' is not a valid run id",
      advice: "it is the text of 26 letters and digits that 'cl-import run' prints first")
  }

  /// The arguments of 'run' in those of this command.
  static func arguments(_ all: [String], without run: String) -> [String] {
    var rest = Array(all.drop { $0 != "recover" }.dropFirst())
    if let index = rest.firstIndex(of: run) { rest.remove(at: index) }
    return rest
  }

  private func input(_ store: RunStore) throws -> RunInput {
    guard options.input.files == ["-"] else {
      let inputs = try options.input.inputs(report: options.report)
      guard var input = inputs.first else { throw CancellationError() }
      input.path = options.input.files[0]
      return input
    }
    guard let copy = store.inputPath(of: runID) else {
      throw Failure(
        .noInput, "the rows of run \(runID) are not kept on this machine",
        because: "they came from standard input",
        advice: "write the same rows to a file and name it")
    }
    let files = try ImportFiles.ordered(
      ["-"], type: options.input.type, parents: options.input.parent)
    let (file, format) = try options.input.reading.open(copy, name: "standard input")
    return RunInput(
      name: "standard input", file: file, format: format,
      rules: try RowRules(
        type: files[0].type, parentID: files[0].parent, service: CommerceLayerService.description,
        schemas: CommerceLayerService.schemas))
  }

  /// The run's imports once no more of them appear: the service may create one late.
  private func imports(_ client: CommerceLayerClient, settle: Duration) async throws -> [Import] {
    Console.err("looking for the imports of run \(runID), for \(settle.inWords)")
    let first = try? await RunImports(runID, client: client).imports
    try await Task.sleep(for: settle)
    let second = try await RunImports(runID, client: client).imports
    guard first?.count ?? 0 == second.count else {
      throw Failure(
        .temporary, "imports of run \(runID) are still being created",
        because: "there were \(first?.count ?? 0), and now there are \(second.count)",
        advice: "try again when no process sends rows of this run any more")
    }
    return second
  }
}

/// What the imports of a run say its journal held. Pure.
struct RunRecovery: Sendable {
  /// In the order of the imports' numbers.
  private(set) var entries: [JournalEntry] = []
  /// Imports of the run.
  private(set) var found = 0
  /// What should be known.
  private(set) var notes: [String] = []

  /// - Throws: ``Failure`` when the imports are not those of the input, or do not say.
  init(_ record: RunRecord, _ imports: [Import]) throws(Failure) {
    var known: Set<Int> = []
    // The oldest of several with one number comes first; the others are found when the run is audited.
    let all = imports.sorted { left, right in
      let dates = (left.createdAt ?? .distantPast, right.createdAt ?? .distantPast)
      return dates.0 == dates.1 ? left.id.rawValue < right.id.rawValue : dates.0 < dates.1
    }
    var parts: [(chunk: Int, entries: [JournalEntry])] = []
    for item in all {
      let intent = try Self.intent(item, record)
      guard known.insert(intent.chunk).inserted else {
        notes.append(
          "import \(item.id.rawValue) holds the same rows as another one: \(record.reference(chunk: intent.chunk))"
        )
        continue
      }
      let created = JournalEntry.created(chunk: intent.chunk, importID: item.id.rawValue)
      parts.append((intent.chunk, [.intent(intent), created]))
    }
    found = parts.count
    entries = parts.sorted { $0.chunk < $1.chunk }.flatMap(\.entries)
  }

  private static func intent(_ item: Import, _ record: RunRecord) throws(Failure) -> ChunkIntent {
    let id = item.id.rawValue
    let metadata = item.metadata
    func number(_ name: String) -> Int? { metadata?[name]?.number?.integer }
    func mismatch(_ what: String, _ because: String) -> Failure {
      Failure(
        .data, what, because: because,
        advice: "name the file of run \(record.runID), as it was, and all options of the run")
    }
    guard let type = item.resourceType?.rawValue, type == record.type else {
      throw mismatch(
        "run \(record.runID) is not of \(record.type)",
        "import \(id) is of \(item.resourceType?.rawValue ?? "unknown type")")
    }
    guard metadata?["run_id"]?.string == record.runID, let chunk = number("chunk"), chunk > 0,
      item.reference == record.reference(chunk: chunk), let rows = number("rows"), rows > 0,
      let attempt = number("attempt"), attempt > 0,
      let digest = metadata?["rows_digest"]?.string,
      let input = metadata?["input_digest"]?.string,
      let first = number("first_line"), let last = number("last_line"), first >= 0, last >= first
    else {
      throw Failure(
        .data, "the journal of run \(record.runID) cannot be rebuilt",
        because: "the metadata of import \(id) do not say which rows it was given",
        advice: "look at 'cl-import list --run \(record.runID)', and run what is missing")
    }
    guard input == record.inputDigest else {
      throw mismatch(
        "'\(record.inputName)' is not the file of run \(record.runID)",
        "import \(id) was made of other bytes")
    }
    guard chunk <= record.chunks else {
      throw Failure(
        .data, "the journal of run \(record.runID) cannot be rebuilt",
        because:
          "import \(id) is a part of one that was divided, or the options divide the file into fewer imports (\(record.chunks)) than the run's",
        advice: "give all options of the run, --chunk-rows above all")
    }
    return ChunkIntent(
      chunk: chunk, attempt: attempt, rows: rows, firstLine: first, lastLine: last, digest: digest)
  }
}
