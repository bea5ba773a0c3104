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

  /// The rows of a chunk from an index on become a chunk of their own.
  /// - Returns: whether there are such rows.
  mutating func continueTail(_ number: Int, from index: Int, as other: Int) -> Bool {
    guard let chunk = chunks[number], chunk.rows.indices.contains(index), index > 0 else {
      return false
    }
    (chunks[number], chunks[other]) = chunk.split(at: index)
    return true
  }

  /// Further imports of a chunk's rows were found after it was settled.
  mutating func addDuplicates(_ number: Int, _ ids: [String]) {
    guard let index = report.chunks.firstIndex(where: { $0.number == number }) else { return }
    let known = report.chunks[index].duplicates
    report.chunks[index].duplicates += ids.filter { !known.contains($0) }
  }

  /// Tells again what a journal says of a chunk, and forgets its rows.
  mutating func restore(_ number: Int, _ settled: SettledChunk, tell: (RowEntry) -> Void) {
    guard let chunk = chunks.removeValue(forKey: number) else {
      report.isConsistent = false
      return
    }
    if settled.line.rows != chunk.rows.count { report.isConsistent = false }
    add(settled.line, settled.findings, of: chunk.rows, tell: tell)
  }

  /// What a journal says of rows that were not read again, because the run was cancelled: counted, not
  /// told one by one.
  mutating func restoreUnread(_ line: ImportReport.Chunk) {
    self.settled += line.rows
    report.succeeded += line.succeeded
    report.failed += line.failed
    report.unprocessed += line.unprocessed
    report.unknown += line.unknown
    report.chunks.append(line)
  }

  /// Whether further imports of the run's rows exist could not be found out.
  mutating func notAudited(_ reason: String) { report.notAudited = reason }

  /// Adds the outcome of a chunk's rows to the sums and tells of those that did not succeed.
  private mutating func add(
    _ line: ImportReport.Chunk, _ findings: [SettledChunk.Finding], of rows: SentRows,
    tell: (RowEntry) -> Void
  ) {
    self.settled += rows.count
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

  /// Accounts for a chunk's rows and forgets them.
  /// - Returns: What became of them; nil when there is no such chunk.
  @discardableResult
  mutating func settle(
    _ number: Int, _ settlement: Settlement, tell: (RowEntry) -> Void
  ) -> SettledChunk? {
    guard let chunk = chunks.removeValue(forKey: number) else {
      report.isConsistent = false
      return nil
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
    add(line, account.findings, of: rows, tell: tell)
    return SettledChunk(line: line, findings: account.findings)
  }

  private static func account(
    _ rows: SentRows, _ settlement: Settlement, _ line: inout ImportReport.Chunk
  ) -> RowAccount {
    switch settlement {
    case .ended(let remote, let wasInterrupted, let duplicates, let notes):
      line.importID = remote.id
      line.status = remote.status
      line.warnings = remote.warningsCount
      line.duplicates = duplicates
      line.notes = notes
      line.notes += remote.warnings.prefix(maximumNotes).map {
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
