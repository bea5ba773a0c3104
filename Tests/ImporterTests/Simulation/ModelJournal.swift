@testable import CommerceLayerImporter

/// A journal whose disk can be slow, full or lose what was not synced when the machine dies.
struct ModelJournal {
  /// What survives everything.
  private(set) var contents: JournalContents
  /// All entries that are on disk, in order.
  private(set) var entries: [JournalEntry] = []
  /// Batches that were handed over and not synced yet.
  private(set) var pending: [(records: [EngineRecord], entries: [JournalEntry])] = []

  init(runID: String) { contents = JournalContents(run: RunRecord(runID: runID)) }

  mutating func write(_ records: [EngineRecord], _ entries: [JournalEntry]) {
    pending.append((records, entries))
  }

  /// The oldest batch is on disk.
  mutating func sync() -> [EngineRecord] {
    guard !pending.isEmpty else { return [] }
    let batch = pending.removeFirst()
    keep(batch.entries)
    return batch.records
  }

  private mutating func keep(_ batch: [JournalEntry]) {
    for entry in batch { contents.apply(entry) }
    entries += batch
  }

  /// The machine dies: of what was not synced some may be there, the older first, each batch whole.
  mutating func crash(_ random: inout SplitMix64) {
    let kept = Int(random.next() % UInt64(pending.count + 1))
    for batch in pending.prefix(kept) { keep(batch.entries) }
    pending = []
  }

  /// The disk is full: nothing that was not synced is there.
  mutating func fail() { pending = [] }

  /// What a journal with every entry twice tells.
  var doubled: JournalContents {
    var doubled = JournalContents(run: contents.run)
    for entry in entries { doubled.apply(entry) }
    for entry in entries { doubled.apply(entry) }
    return doubled
  }
}

/// The rows of a simulated run: which of them make a chunk, and what was told of each.
struct ModelLedger {
  let rowCount: Int
  let chunkRows: Int
  private(set) var chunks: [Int: Range<Int>] = [:]
  /// What was told of each row.
  private(set) var outcomes: [Int: RowEntry.Outcome] = [:]
  /// Rows that may be there twice, or of which it is said that they may have been imported.
  private(set) var flagged: Set<Int> = []
  private(set) var lines: [Int: (rows: Range<Int>, line: ImportReport.Chunk)] = [:]
  /// Rows of imports that say how many rows failed, but not which.
  private(set) var unnamed: Set<Int> = []
  var violations: [String] = []

  init(rowCount: Int, chunkRows: Int) {
    self.rowCount = rowCount
    self.chunkRows = chunkRows
  }

  var chunkCount: Int { (rowCount + chunkRows - 1) / chunkRows }

  /// Reads a whole chunk; nil behind the last.
  mutating func read(_ number: Int) -> Range<Int>? {
    let start = (number - 1) * chunkRows
    guard start < rowCount else { return nil }
    chunks[number] = start..<min(rowCount, start + chunkRows)
    return chunks[number]
  }

  static func digest(_ rows: Range<Int>) -> String { "\(rows)" }

  mutating func split(_ number: Int, at count: Int, _ first: Int, _ second: Int) {
    guard let rows = chunks.removeValue(forKey: number) else {
      violations.append("chunk \(number) is split and was not read")
      return
    }
    chunks[first] = rows.lowerBound..<(rows.lowerBound + count)
    chunks[second] = (rows.lowerBound + count)..<rows.upperBound
  }

  private mutating func tell(_ row: Int, _ outcome: RowEntry.Outcome) {
    if outcomes[row] != nil { violations.append("row \(row) is told twice") }
    outcomes[row] = outcome
  }

  mutating func conclude(_ number: Int, _ outcome: EngineOutcome) -> ChunkOutcome? {
    guard let rows = chunks.removeValue(forKey: number) else {
      violations.append("chunk \(number) is concluded and was not read")
      return nil
    }
    let sent = rows.map { sentRow($0 + 1, key: "r\($0)", unit: $0 - rows.lowerBound) }
    var line = ImportReport.Chunk(
      number: number, rows: rows.count, firstLine: rows.lowerBound + 1, lastLine: rows.upperBound)
    let account: RowAccount
    switch outcome {
    case .ended(let remote, let wasInterrupted, let duplicates, let notes):
      line.importID = remote.id
      line.duplicates = duplicates
      line.notes = notes
      account = RowAccount(rows: sent, result: remote, wasInterrupted: wasInterrupted)
    case .rejected: account = .all(sent, .notProcessed, "rejected")
    case .needsOperator: account = .all(sent, .unknown, "needs an operator")
    case .lost(let id):
      line.importID = id
      account = .all(sent, .unknown, "lost")
    case .unknown(let id, _):
      line.importID = id
      account = .all(sent, .unknown, "unknown")
    case .unsent: account = .all(sent, .notProcessed, "unsent")
    }
    (line.succeeded, line.failed) = (account.succeeded, account.failed)
    (line.unprocessed, line.unknown) = (account.unprocessed, account.unknown)
    line.unnamedFailures = account.unnamedFailures
    if account.total != rows.count || account.succeeded < 0 {
      violations.append("the sums of chunk \(number) are not its rows")
    }
    let outcome = ChunkOutcome(line: line, findings: account.findings)
    tell(number, rows, outcome)
    return outcome
  }

  mutating func restore(_ number: Int, _ outcome: ChunkOutcome?) {
    guard let rows = chunks.removeValue(forKey: number), let outcome,
      outcome.line.rows == rows.count
    else {
      violations.append("chunk \(number) is restored and does not fit")
      return
    }
    tell(number, rows, outcome)
  }

  private mutating func tell(_ number: Int, _ rows: Range<Int>, _ outcome: ChunkOutcome) {
    lines[number] = (rows, outcome.line)
    if outcome.line.unnamedFailures > 0 { unnamed.formUnion(rows) }
    let findings = Dictionary(
      outcome.findings.map { ($0.index, $0.outcome) }, uniquingKeysWith: { $1 })
    for (index, row) in rows.enumerated() { tell(row, findings[index] ?? .succeeded) }
    if !outcome.line.duplicates.isEmpty
      || outcome.line.notes.contains(where: { $0.contains("twice") })
    {
      flagged.formUnion(rows)
    }
  }

  mutating func addDuplicates(_ number: Int) {
    if let rows = lines[number]?.rows { flagged.formUnion(rows) }
  }
}
