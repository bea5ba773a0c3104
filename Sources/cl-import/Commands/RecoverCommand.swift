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

  func validate() throws {
    guard !options.sandbox, !options.noJournal else {
      throw ValidationError(
        "a run with \(options.sandbox ? "--sandbox" : "--no-journal") has no journal to rebuild")
    }
  }

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
    // Known before the service is asked twice, with time between.
    if let there = try? store.run(runID), there.contents != nil {
      throw JournalError(
        .mismatch, "the journal of run \(runID) is there and can be read",
        advice: RunStore.command("resume", runID, options.state.words))
    }
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
    var recovery = try RunRecovery(record, imports)
    if recovery.hasParts {
      for (index, piece) in InputPieces(resolved.planner(settings), plan).enumerated() {
        try await recovery.place(piece, as: index + 1)
      }
    }
    try recovery.checkParts()
    try store.recover(record, recovery.entries)
    let found =
      recovery.hasParts
      ? "\(ImportPlan.imports(recovery.found)) of the \(plan.chunks) planned and their parts"
      : "\(recovery.found) of \(ImportPlan.imports(plan.chunks))"
    Console.err("rebuilt the journal of run \(runID): \(found) were created")
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

/// What the imports of a run say its journal held.
struct RunRecovery: Sendable {
  /// In the order of the rows.
  private(set) var entries: [JournalEntry] = []
  /// What should be known.
  private(set) var notes: [String] = []
  /// Imports of the run.
  var found: Int { known.count }
  /// Whether imports hold halves of what was planned, or what an interrupted one did not come to: which rows
  /// these are, the input tells.
  let hasParts: Bool
  private let record: RunRecord
  private let known: [Int: Known]
  /// Halves and tails that are not placed yet.
  private var open: Set<Int>
  /// The numbers of halves that have no import.
  private var numbered: Set<Int> = []

  /// An import that there is.
  private struct Known: Sendable {
    let intent: ChunkIntent
    let id: String
    let isInterrupted: Bool

    var entries: [JournalEntry] {
      [.intent(intent), .created(chunk: intent.chunk, importID: id)]
    }

    /// Whether it holds exactly these rows.
    func holds(_ piece: InputPiece) -> Bool {
      intent.rows == piece.rows && intent.digest == piece.digest
    }
  }

  /// - Throws: ``Failure`` when the imports are not those of the input, or do not say.
  init(_ record: RunRecord, _ imports: [Import]) throws(Failure) {
    var known: [Int: Known] = [:]
    // The oldest of several with one number comes first; the others are found when the run is audited.
    let all = imports.sorted { left, right in
      let dates = (left.createdAt ?? .distantPast, right.createdAt ?? .distantPast)
      return dates.0 == dates.1 ? left.id.rawValue < right.id.rawValue : dates.0 < dates.1
    }
    for item in all {
      let intent = try Self.intent(item, record)
      guard known[intent.chunk] == nil else {
        notes.append(
          "import \(item.id.rawValue) holds the same rows as another one: \(record.reference(chunk: intent.chunk))"
        )
        continue
      }
      known[intent.chunk] = Known(
        intent: intent, id: item.id.rawValue, isInterrupted: item.status == .interrupted)
    }
    self.record = record
    self.known = known
    open = Set(known.keys.filter { $0 > record.chunks })
    hasParts = !open.isEmpty
    if !hasParts { entries = known.sorted { $0.key < $1.key }.flatMap { $0.value.entries } }
  }

  /// Records what became of the rows of a planned import.
  /// - Throws: ``Failure``, `InputError`.
  mutating func place(_ piece: InputPiece, as number: Int) async throws {
    let inside = open.filter {
      known[$0].map { piece.lines.contains($0.intent.firstLine) } ?? false
    }
    try await place(piece, as: number, inside.sorted())
  }

  /// - Parameter inside: The halves and tails that hold rows of the piece, perhaps the import itself.
  private mutating func place(_ piece: InputPiece, as number: Int, _ inside: [Int]) async throws {
    var inside = inside
    inside.removeAll { $0 == number }
    guard let there = known[number] else {
      if !inside.isEmpty { try await halve(piece, number, inside) }
      return
    }
    guard there.holds(piece) else { throw notOfTheRun(there.id) }
    open.remove(number)
    entries += there.entries
    guard !inside.isEmpty else { return }
    // What it did not come to: the part that goes to its last row, and holds all others.
    let tails = inside.filter { known[$0]?.intent.lastLine == there.intent.lastLine }
    guard there.isInterrupted, inside[0] > number,
      let other = tails.max(by: { rows($0) < rows($1) }), let tail = known[other],
      let (_, rest) = try await piece.split(at: piece.rows - tail.intent.rows), tail.holds(rest)
    else { throw notOfTheRun(there.id) }
    entries.append(.continued(chunk: number, from: piece.rows - rest.rows, as: other))
    try await place(rest, as: other, inside)
  }

  private func rows(_ number: Int) -> Int { known[number]?.intent.rows ?? 0 }

  /// The rows were too many for one import; there is none of all of them.
  private mutating func halve(_ piece: InputPiece, _ number: Int, _ inside: [Int]) async throws {
    guard let (first, second) = try await piece.halves() else {
      throw notOfTheRun(known[inside[0]]?.id ?? "")
    }
    let start = second.lines.lowerBound
    let (left, right) = (
      inside.filter { (known[$0]?.intent.firstLine ?? 0) < start },
      inside.filter { (known[$0]?.intent.firstLine ?? 0) >= start }
    )
    // The halves of a chunk have numbers that follow each other.
    var lower: Int?
    if let half = left.first(where: { known[$0]?.holds(first) == true }) {
      lower = half
    } else if let half = right.first(where: { known[$0]?.holds(second) == true }) {
      lower = half - 1
    } else {
      lower = freePair(above: number, below: inside.min() ?? 0)
    }
    guard let lower, lower > max(number, record.chunks),
      numbered.isDisjoint(with: [lower, lower + 1])
    else { throw notOfTheRun(known[inside[0]]?.id ?? "") }
    numbered.formUnion([lower, lower + 1])
    entries.append(.split(chunk: number, first: lower, second: lower + 1))
    try await place(first, as: lower, left)
    try await place(second, as: lower + 1, right)
  }

  /// Numbers for halves that were both halved again, so that nothing in the service has them: as the run
  /// gave them where nothing but halves has numbers of its own, else any that are free.
  private func freePair(above number: Int, below end: Int) -> Int? {
    let start = max(number, record.chunks) + 1
    guard start + 1 < end else { return nil }
    func isFree(_ first: Int) -> Bool {
      [first, first + 1].allSatisfy { known[$0] == nil && !numbered.contains($0) }
    }
    let numbers = start..<end - 1
    return numbers.first { ($0 - record.chunks) % 2 == 1 && isFree($0) }
      ?? numbers.first(where: isFree)
  }

  /// - Throws: ``Failure`` when an import holds rows that were not placed.
  func checkParts() throws(Failure) {
    if let number = open.min(), let rest = known[number] { throw notOfTheRun(rest.id) }
  }

  /// The rows of an import are not those that the options make of the file.
  private func notOfTheRun(_ id: String) -> Failure {
    Failure(
      .data, "the journal of run \(record.runID) cannot be rebuilt",
      because:
        "the rows of import \(id) are not those of an import, of its half or of what it did not come to, as the options make them of the file (\(ImportPlan.imports(record.chunks)))",
      advice: "give all options of the run, --chunk-rows above all")
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
    return ChunkIntent(
      chunk: chunk, attempt: attempt, rows: rows, firstLine: first, lastLine: last, digest: digest)
  }
}
