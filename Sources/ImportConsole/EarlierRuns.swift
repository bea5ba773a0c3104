import CommerceLayer
import CommerceLayerImporter
import CommerceLayerJournal

/// What earlier runs sent of an input's rows: those that this machine remembers, and those whose imports
/// name the input in their metadata.
struct EarlierRuns: Sendable {
  /// A run that sent the same bytes as rows of the same type to the same organization.
  struct Found: Sendable, Hashable {
    var runID: String
    /// When it began, or its import was created: ISO 8601.
    var date: String
    /// Rows that are, or may be, in the service.
    var rows: Int
    /// Whether this machine can go on with it.
    var canResume = false
  }

  /// The input's name, for people.
  let name: String
  /// Rows that can be sent.
  let accepted: Int
  /// Rows that have neither key nor id, and would be created again.
  let creating: Int
  private(set) var found: [Found] = []
  /// Why the service could not be asked.
  private(set) var doubt: String?

  /// Imports that are looked at in the service.
  private static let maximumImports = 25

  /// Looks into the store, and asks the service in one request, two where what the store says is of a
  /// sandbox.
  init(
    _ plan: ImportPlan, name: String, journals: RunJournals, client: CommerceLayerClient
  ) async {
    self.name = name
    (accepted, creating) = (plan.accepted, plan.creating)
    guard !plan.digest.isEmpty else { return }
    found = Self.remembered(plan, journals)
    do {
      let imports = try await Self.imports(of: plan, client)
      // What begins on a port of this machine can be another sandbox each time: the store is believed
      // where the service knows one of the runs.
      if journals.isOfSandbox, !found.isEmpty {
        let known = Set(imports.compactMap { $0.metadata?["run_id"]?.string })
        found = found.filter { known.contains($0.runID) }
      }
      found += Self.others(imports, than: Set(found.map(\.runID)))
    } catch {
      doubt = (error as? CommerceLayerError)?.message ?? "\(error)"
    }
  }

  init(name: String, accepted: Int, creating: Int, found: [Found]) {
    (self.name, self.accepted, self.creating, self.found) = (name, accepted, creating, found)
  }

  private static func remembered(_ plan: ImportPlan, _ journals: RunJournals) -> [Found] {
    let runs = try? journals.store.runs { record in
      record.inputDigest == plan.digest && record.type == plan.type
        && record.organization == journals.organization
    }
    return (runs ?? []).compactMap { run in
      guard let contents = run.contents else { return nil }
      let totals = RunTotals(contents)
      guard totals.mayHaveSent else { return nil }
      return Found(
        runID: run.runID, date: run.startedAt,
        rows: totals.succeeded + totals.unknown + totals.running + totals.inDoubt,
        canResume: run.state != .finished)
    }
  }

  /// The imports whose metadata name the input.
  private static func imports(
    of plan: ImportPlan, _ client: CommerceLayerClient
  ) async throws -> [Import] {
    try await client.imports.list {
      $0.filter(.referenceOrigin.eq(RunRecord.referenceOrigin))
      $0.filter(.metadata.jcont(["input_digest": .string(plan.digest)]))
      $0.sort(.createdAt, .descending)
      $0.fields(.resourceType, .status, .inputsSize, .processedCount, .createdAt, .metadata)
      $0.page(size: maximumImports)
    }
    // The service is said to ignore filters it does not understand.
    .filter { item in
      item.resourceType?.rawValue == plan.type
        && item.metadata?["input_digest"]?.string == plan.digest
    }
  }

  /// The runs of imports whose rows are, or may be, in the service.
  private static func others(_ imports: [Import], than known: Set<String>) -> [Found] {
    let terminal = Set(Import.schema.lifecycle?.terminal ?? [])
    var runs: [String: Found] = [:]
    for item in imports {
      guard let runID = item.metadata?["run_id"]?.string, !known.contains(runID) else { continue }
      let hasEnded = item.status.map { terminal.contains($0.rawValue) } ?? false
      let rows = hasEnded ? item.processedCount ?? 0 : item.inputsSize ?? 0
      guard rows > 0 else { continue }
      let date = item.createdAt.map(ISO8601.text) ?? ""
      var run = runs[runID] ?? Found(runID: runID, date: date, rows: 0)
      run.rows += rows
      run.date = min(run.date, date)
      runs[runID] = run
    }
    return runs.values.sorted { ($0.date, $0.runID) > ($1.date, $1.runID) }
  }

  /// `run 3fk…, which began 2026-01-31T12:00:00Z, sent 25 rows`
  private func text(_ run: Found) -> String {
    "run \(run.runID), which began \(run.date), sent \(ImportPlan.rows(run.rows)) of '\(name)'"
  }

  /// What there is to say in any case, a line each.
  /// - Parameter options: What 'cl-import resume' needs besides the run.
  func notices(_ options: [String]) -> [String] {
    var lines = found.prefix(3).map { run in
      "note: \(text(run)) to the same organization"
        + (run.canResume
          ? "; it has not come to its end: '\(RunStore.command("resume", run.runID, options))' goes on with it"
          : "")
    }
    if found.count > 3 { lines.append("note: \(found.count - 3) more runs sent the same") }
    if let doubt, creating > 0 {
      lines.append(
        "warning: the service could not be asked whether rows of '\(name)' were sent before: \(doubt)"
      )
    }
    return lines.map { TerminalSafe.text($0) }
  }

  /// Why nothing may be sent; nil when sending the rows again makes no second records.
  /// - Parameter options: What 'cl-import resume' needs besides the run.
  func rejection(_ options: [String]) -> Failure? {
    guard creating > 0, let first = found.first(where: \.canResume) ?? found.first else {
      return nil
    }
    let again =
      "\(ImportPlan.rows(creating)) \(creating == 1 ? "has" : "have") neither key nor id and would be created again"
    var advice = "--allow-duplicates when the rows are meant to be there twice"
    if first.canResume {
      advice = "\(RunStore.command("resume", first.runID, options)), or \(advice)"
    } else if first.rows < accepted {
      // Its journal is on another machine, or lost.
      let file = name.hasPrefix("standard input") ? "FILE" : name
      advice =
        "to send the others, 'cl-import resume \(first.runID)' where it began, or here '\(RunStore.command("recover", first.runID, [file] + options))' with the options of that run; or \(advice)"
    }
    return Failure(
      .data, "nothing was sent: rows of '\(name)' were sent before",
      because: "\(text(first)); \(again)", advice: advice)
  }
}
