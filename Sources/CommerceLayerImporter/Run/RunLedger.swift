/// Keeps the rows of running chunks and adds up what became of them.
struct RunLedger {
  /// Reasons and keys of a log that no row can be found for: at most this many are kept.
  static let maximumNotes = 20

  private(set) var report: ImportReport
  private var chunks: [Int: PreparedChunk] = [:]
  private var settled = 0
  /// Rows that were never sent.
  private var unsentRows = 0

  init(runID: String, plan: ImportPlan) {
    report = ImportReport(runID: runID, plan: plan)
  }

  subscript(number: Int) -> PreparedChunk? { chunks[number] }

  mutating func add(_ chunk: PreparedChunk, number: Int) { chunks[number] = chunk }

  /// Halves a chunk that is too large.
  /// - Returns: whether there was anything to halve.
  mutating func split(_ number: Int, first: Int, second: Int) -> Bool {
    guard let (head, tail) = chunks[number]?.halves() else { return false }
    chunks[number] = nil
    chunks[first] = head
    chunks[second] = tail
    return true
  }

  /// The chunk was created: its bytes are not needed any more.
  mutating func sent(_ number: Int) { chunks[number]?.forgetBytes() }

  mutating func end(_ ending: ImportEnding) { report.ending = ending }

  /// Accounts for a chunk's rows and forgets them.
  /// - Returns: How many failed, and how many have another outcome than success.
  @discardableResult
  mutating func settle(
    _ number: Int, _ settlement: Settlement, tell: (RowEntry) -> Void
  ) -> (failed: Int, others: Int) {
    guard let chunk = chunks.removeValue(forKey: number) else {
      report.isConsistent = false
      return (0, 0)
    }
    let rows = chunk.rows
    var line = ImportReport.Chunk(
      number: number, rows: rows.count, firstLine: rows.first?.line ?? 0,
      lastLine: rows.last?.line ?? 0)
    let account = Self.account(rows, settlement, &line)
    switch settlement {
    case .unknown(let id?, _): report.leftRunning.append(id)
    case .unknown(nil, _), .needsOperator:
      report.inDoubt.append(ImportRequest.reference(runID: report.runID, chunk: number))
    case .unsent: unsentRows += rows.count
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
    if account.succeeded < 0 || account.total != rows.count { report.isConsistent = false }
    settled += rows.count
    report.succeeded += account.succeeded
    report.failed += account.failed
    report.unprocessed += account.unprocessed
    report.unknown += account.unknown
    report.chunks.append(line)
    for finding in account.findings {
      let row = rows[finding.index]
      tell(
        RowEntry(
          line: row.line, lastLine: row.lastLine, key: row.identity.name,
          outcome: finding.outcome, reasons: finding.reasons, importID: line.importID,
          source: row.source))
    }
    return (account.failed, account.unprocessed + account.unknown)
  }

  private static func account(
    _ rows: SentRows, _ settlement: Settlement, _ line: inout ImportReport.Chunk
  ) -> RowAccount {
    switch settlement {
    case .ended(let remote, let wasInterrupted, let duplicates):
      line.importID = remote.id
      line.status = remote.status
      line.warnings = remote.warningsCount
      line.duplicates = duplicates
      line.notes = remote.warnings.prefix(maximumNotes).map {
        "warning for '\($0.key)': \($0.messages.joined(separator: "; "))"
      }
      return RowAccount(rows: rows, result: remote, wasInterrupted: wasInterrupted)
    case .rejected(let failure):
      line.notes = ["the service refused the import: \(failure.message)"]
      var account = RowAccount.all(
        rows, .notProcessed, "the service refused the import it was part of: \(failure.message)")
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

  /// Rows that were never part of a chunk.
  mutating func unsent(_ chunk: PreparedChunk, reason: String, tell: (RowEntry) -> Void) {
    settled += chunk.rows.count
    unsentRows += chunk.rows.count
    report.unprocessed += chunk.rows.count
    for row in chunk.rows {
      tell(
        RowEntry(
          line: row.line, lastLine: row.lastLine, key: row.identity.name, outcome: .notProcessed,
          reasons: ["not sent: \(reason)"], source: row.source))
    }
  }

  /// Rows that are known of from the first pass and were never sent: told as a number.
  mutating func unsentRest(reason: String, _ observer: ImportObserver) {
    let missing = unreadable()
    if missing > 0 { observer.unsent(missing, "not sent: \(reason)") }
  }

  /// Rows that are known of from the first pass but cannot be read any more.
  /// - Returns: how many.
  @discardableResult
  mutating func unreadable() -> Int {
    let missing = max(0, report.plan.accepted - settled)
    settled += missing
    unsentRows += missing
    report.unprocessed += missing
    return missing
  }

  /// The last word: every row of the input is in exactly one sum.
  mutating func close() -> ImportReport {
    report.chunks.sort { $0.number < $1.number }
    if heldNothingBack { report.ending = .done }
    let sum =
      report.succeeded + report.failed + report.unprocessed + report.unknown + report.rejected
    if !chunks.isEmpty || sum != report.plan.rows || settled != report.plan.accepted {
      report.isConsistent = false
    }
    return report
  }
}
