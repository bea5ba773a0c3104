/// Keeps the cuts of running chunks and adds up what became of their rows.
struct RunLedger {
  /// Reasons and keys of a log that no row can be found for: at most this many are kept.
  static let maximumNotes = 20

  private(set) var report: ImportReport
  private var chunks: [Int: ChunkCut] = [:]
  /// How many of the plan's chunks were taken.
  private var taken = 0
  private var accounted = 0
  /// Rows that were never sent.
  private var unsentRows = 0

  init(runID: String, plan: ImportPlan) {
    report = ImportReport(runID: runID, plan: plan)
  }

  subscript(number: Int) -> ChunkCut? { chunks[number] }

  /// Takes the next chunk of the input.
  /// - Returns: nil when there is none.
  mutating func takeNext(as number: Int) -> ChunkCut? {
    guard taken < report.plan.cuts.count else { return nil }
    let cut = report.plan.cuts[taken]
    taken += 1
    chunks[number] = cut
    return cut
  }

  /// Takes all chunks that are left: nothing more is sent.
  mutating func takeRest() -> ArraySlice<ChunkCut> {
    let rest = report.plan.cuts[taken...]
    taken = report.plan.cuts.count
    return rest
  }

  /// Replaces a chunk by parts of it, each under its own number.
  mutating func replace(_ number: Int, by parts: [ChunkCut]) {
    chunks[number] = nil
    for part in parts { chunks[part.number] = part }
  }

  mutating func end(_ ending: ImportEnding) { report.ending = ending }

  /// Further imports of a chunk's rows were found after it was concluded.
  mutating func addDuplicates(_ number: Int, _ ids: [String]) {
    guard let index = report.chunks.firstIndex(where: { $0.number == number }) else { return }
    let known = report.chunks[index].duplicates
    report.chunks[index].duplicates += ids.filter { !known.contains($0) }
  }

  /// Tells again what a journal says of a chunk.
  /// - Parameter rows: The rows; nil when none of them has to be told of, or they cannot be read.
  mutating func restore(
    _ number: Int, _ outcome: ChunkOutcome, rows: [SentRow]?, tell: (RowEntry) -> Void
  ) {
    guard let cut = chunks.removeValue(forKey: number) else {
      report.isConsistent = false
      return
    }
    if outcome.line.rows != cut.rows { report.isConsistent = false }
    add(outcome.line, outcome.findings, of: rows ?? [], tell: tell)
  }

  /// What a journal says of rows that were not read again, because the run was cancelled: counted, not
  /// told one by one.
  mutating func restoreUnread(_ line: ImportReport.Chunk) {
    add(line, [], of: [], tell: { _ in })
  }

  /// Whether further imports of the run's rows exist could not be found out.
  mutating func notAudited(_ reason: String) { report.notAudited = reason }

  /// Whether the rows of a chunk have to be read again to account for them.
  func needsRows(_ number: Int, _ outcome: EngineOutcome) -> Bool {
    guard let cut = chunks[number] else { return false }
    guard case .ended(let remote, let wasInterrupted, _, _) = outcome else { return true }
    return RowAccount(allOf: cut, remote, wasInterrupted: wasInterrupted) == nil
  }

  /// Accounts for a chunk's rows and forgets it.
  /// - Parameter rows: The rows; nil when they are not needed, or cannot be read any more. Then they
  ///   are only counted.
  /// - Returns: What became of them; nil when the chunk does not exist.
  @discardableResult
  mutating func conclude(
    _ number: Int, _ outcome: EngineOutcome, rows: [SentRow]?, tell: (RowEntry) -> Void
  ) -> ChunkOutcome? {
    let needsRows = needsRows(number, outcome)
    guard let cut = chunks.removeValue(forKey: number) else {
      report.isConsistent = false
      return nil
    }
    var line = ImportReport.Chunk(
      number: number, rows: cut.rows, firstLine: cut.firstLine, lastLine: cut.lastRowLine)
    let account = Self.account(cut, rows, outcome, &line)
    switch outcome {
    case .unknown(let id?, _): report.leftRunning.append(id)
    case .unknown(nil, _), .needsOperator:
      report.inDoubt.append(ImportRequest.reference(runID: report.runID, chunk: number))
    case .unsent: unsentRows += cut.rows
    case .ended, .rejected, .lost: break
    }
    (line.succeeded, line.failed) = (account.succeeded, account.failed)
    (line.unprocessed, line.unnamedFailures) = (account.unprocessed, account.unnamedFailures)
    line.unknown = account.unknown
    line.notes += account.doubts
    line.notes += account.unmatched.prefix(Self.maximumNotes).map {
      let subject =
        $0.key == ImportLog.unknownKey
        ? "rows without a key" : "'\($0.key)', which is not a row of this import,"
      return "of \(subject) it says: \($0.messages.joined(separator: "; "))"
    }
    if needsRows, rows == nil {
      line.notes.append(
        "which of its rows, on lines \(cut.firstLine) to \(cut.lastLine), cannot be told: the input "
          + "is not any more what was sent")
    }
    if account.succeeded < 0 || account.total != cut.rows { report.isConsistent = false }
    add(line, account.findings, of: rows ?? [], tell: tell)
    return ChunkOutcome(line: line, findings: account.findings)
  }

  /// Adds the outcome of a chunk's rows to the sums and tells of those that did not succeed.
  private mutating func add(
    _ line: ImportReport.Chunk, _ findings: [ChunkOutcome.Finding], of rows: [SentRow],
    tell: (RowEntry) -> Void
  ) {
    accounted += line.rows
    report.succeeded += line.succeeded
    report.failed += line.failed
    report.unprocessed += line.unprocessed
    report.unknown += line.unknown
    report.chunks.append(line)
    for finding in findings where rows.indices.contains(finding.index) {
      let row = rows[finding.index]
      tell(
        RowEntry(
          line: row.line, lastLine: row.lastLine, key: row.identity.name,
          outcome: finding.outcome, reasons: finding.reasons, importID: line.importID,
          source: row.source))
    }
  }

  /// What became of a chunk's rows.
  private static func account(
    _ cut: ChunkCut, _ rows: [SentRow]?, _ outcome: EngineOutcome,
    _ line: inout ImportReport.Chunk
  ) -> RowAccount {
    if case .ended(let remote, let wasInterrupted, _, _) = outcome,
      let all = RowAccount(allOf: cut, remote, wasInterrupted: wasInterrupted)
    {
      describe(outcome, &line)
      return all
    }
    if let rows { return account(rows, outcome, &line) }
    // Rows that cannot be read again have a place in the chunk and nothing else.
    guard cut.rows == cut.records else {
      describe(outcome, &line)
      var account = RowAccount()
      account.unknown = cut.rows
      return account
    }
    let places = (0..<cut.rows).map {
      SentRow(
        line: cut.firstLine, lastLine: cut.lastLine, identity: RowIdentity(), unit: $0,
        source: 0..<0)
    }
    var account = account(places, outcome, &line)
    account.findings = []
    account.doubts += account.unmatched.prefix(maximumNotes).map {
      "of '\($0.key)' it says: \($0.messages.joined(separator: "; "))"
    }
    account.unmatched = []
    return account
  }

  /// What the report says of a chunk's import.
  private static func describe(_ outcome: EngineOutcome, _ line: inout ImportReport.Chunk) {
    guard case .ended(let remote, _, let duplicates, let notes) = outcome else { return }
    line.importID = remote.id
    line.status = remote.status
    line.warnings = remote.warningsCount
    line.duplicates = duplicates
    line.notes = notes
    line.notes += remote.warnings.prefix(maximumNotes).map {
      "warning for '\($0.key)': \($0.messages.joined(separator: "; "))"
    }
  }

  private static func account(
    _ rows: [SentRow], _ outcome: EngineOutcome, _ line: inout ImportReport.Chunk
  ) -> RowAccount {
    switch outcome {
    case .ended(let remote, let wasInterrupted, _, _):
      describe(outcome, &line)
      return RowAccount(rows: rows, result: remote, wasInterrupted: wasInterrupted)
    case .rejected(let failure):
      line.notes = ["the service rejected the import: \(failure.message)"]
      var account = RowAccount.all(
        rows, .notProcessed, "the service rejected the import it was part of: \(failure.message)")
      if let index = failure.row, account.findings.indices.contains(index) {
        account.findings[index] = .init(
          index: index, outcome: .failed, reasons: [failure.message])
        account.failed += 1
        account.unprocessed -= 1
      }
      return account
    case .needsOperator(let reason):
      line.notes = [reason]
      return .all(rows, .unknown, reason)
    case .lost(let id):
      line.importID = id
      line.notes = ["the import was deleted before its outcome was read"]
      return .all(rows, .unknown, "import \(id) was deleted before its outcome was read")
    case .unknown(let id, let reason):
      line.importID = id
      line.status = id == nil ? nil : "running"
      line.notes = [reason]
      let text =
        id.map { "\(reason); import \($0) goes on in the service" }
        ?? "\(reason); it is unknown whether its import was created"
      return .all(rows, .unknown, text)
    case .unsent(let reason):
      line.notes = [reason]
      return .all(rows, .notProcessed, "not sent: \(reason)")
    }
  }

  /// Whether rows were held back because of others that failed, but all were sent already.
  private var heldNothingBack: Bool {
    switch report.ending {
    case .trialFailed, .tooManyFailed: unsentRows == 0
    default: false
    }
  }

  /// The rows of a chunk that was never sent, one by one.
  mutating func unsent(_ rows: [SentRow], reason: String, tell: (RowEntry) -> Void) {
    addUnsent(rows.count)
    for row in rows {
      tell(
        RowEntry(
          line: row.line, lastLine: row.lastLine, key: row.identity.name, outcome: .notProcessed,
          reasons: ["not sent: \(reason)"], source: row.source))
    }
  }

  /// The rows of a chunk that was never sent and cannot be read any more: told by their lines.
  mutating func unsent(_ cut: ChunkCut, reason: String, _ observer: ImportObserver) {
    addUnsent(cut.rows)
    observer.unsent(
      cut.rows, "not sent: \(reason) (the rows on lines \(cut.firstLine) to \(cut.lastLine))")
  }

  private mutating func addUnsent(_ rows: Int) {
    accounted += rows
    unsentRows += rows
    report.unprocessed += rows
  }

  /// Rows that are known of from the first pass and were never sent: told as a number.
  mutating func unsentRest(reason: String, _ observer: ImportObserver) {
    let missing = max(0, report.plan.accepted - accounted)
    guard missing > 0 else { return }
    addUnsent(missing)
    observer.unsent(missing, "not sent: \(reason)")
  }

  /// The last word: every row of the input is in exactly one sum.
  mutating func close() -> ImportReport {
    report.chunks.sort { $0.number < $1.number }
    if heldNothingBack { report.ending = .done }
    let sum =
      report.succeeded + report.failed + report.unprocessed + report.unknown + report.rejected
    if !chunks.isEmpty || sum != report.plan.rows || accounted != report.plan.accepted {
      report.isConsistent = false
    }
    return report
  }
}
