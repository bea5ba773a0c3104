/// What became of the rows of one chunk. Pure.
struct RowAccount: Sendable, Equatable {
  /// One row that did not succeed, by its index in the chunk.
  struct Finding: Sendable, Equatable {
    let index: Int
    let outcome: RowEntry.Outcome
    let reasons: [String]
  }

  /// Rows the service took.
  var succeeded = 0
  /// Rows that failed; more than the findings name when it does not say which.
  var failed = 0
  /// Rows it never came to.
  var unprocessed = 0
  /// Rows that may have been imported or not.
  var unknown = 0
  /// The rows that can be named, in their order.
  var findings: [Finding] = []
  /// What the log says that no row can be found for.
  var unmatched: [LogEntry] = []
  /// Failed rows that cannot be named.
  var unnamedFailures = 0
  /// Where the service's numbers contradict each other.
  var doubts: [String] = []

  var total: Int { succeeded + failed + unprocessed + unknown }

  /// All rows have one outcome.
  static func all(
    _ rows: [SentRow], _ outcome: RowEntry.Outcome, _ reason: String
  ) -> RowAccount {
    var account = RowAccount()
    switch outcome {
    case .failed, .rejected: account.failed = rows.count
    case .notProcessed: account.unprocessed = rows.count
    case .unknown: account.unknown = rows.count
    case .succeeded: account.succeeded = rows.count
    }
    account.findings = rows.indices.map {
      Finding(index: $0, outcome: outcome, reasons: [reason])
    }
    return account
  }

  /// Accounts for the rows of an import that has ended.
  init(rows: [SentRow], result: RemoteImport, wasInterrupted: Bool) {
    let units = (rows.last?.unit ?? -1) + 1
    // The service counts records or lines; its own number of inputs tells which.
    let countsLines =
      result.inputsSize == nil || result.inputsSize == rows.count || units == rows.count
    let size = countsLines ? rows.count : units
    func position(_ index: Int) -> Int { countsLines ? index : rows[index].unit }
    func rowCount(_ positions: Range<Int>) -> Int {
      countsLines ? positions.count : rows.count { positions.contains($0.unit) }
    }

    if let stated = result.inputsSize, stated != rows.count, stated != units {
      doubts.append("it was given \(rows.count) rows and says it has \(stated)")
    }
    let consumed = min(size, result.processedCount + result.errorsCount)
    let end = wasInterrupted ? consumed : size
    let counted = result.processedCount + result.errorsCount
    if !wasInterrupted, counted != size {
      doubts.append(
        "it completed, but its counts are \(result.processedCount) processed and "
          + "\(result.errorsCount) failed of \(size)")
    }
    unprocessed = rowCount(end..<size)

    var matcher = LogMatcher(rows: rows)
    var reasons: [Int: [String]] = [:]
    var matchedUnits: Set<Int> = []
    for entry in result.errors {
      let indices = matcher.rows(for: entry.key).filter { position($0) < end }
      if indices.isEmpty {
        unmatched.append(entry)
        continue
      }
      let isShared = Set(indices.map { rows[$0].unit }).count > 1
      for index in indices {
        matchedUnits.insert(position(index))
        reasons[index, default: []] +=
          entry.messages
          + (isShared
            ? ["(\(indices.count) rows share this key; the service does not say which)"] : [])
      }
    }
    nameTheRest(rows, result, end: end, position: position, &matchedUnits, &reasons)
    // Rows with one key share one log entry: all are listed, so there may be more than counted.
    let named = reasons.count
    let missing = max(0, min(result.errorsCount, end) - matchedUnits.count)
    unnamedFailures = countsLines ? missing : min(missing, max(0, rowCount(0..<end) - named))
    failed = named + unnamedFailures
    // Rows are processed in order: those that no count has are the last ones.
    let uncounted = wasInterrupted ? 0 : max(0, size - counted)
    var unsure: Set<Int> = []
    for index in rows.indices.reversed() where reasons[index] == nil {
      guard unsure.contains(position(index)) || unsure.count < uncounted else { break }
      unsure.insert(position(index))
      unknown += 1
    }
    succeeded = rows.count - unprocessed - failed - unknown
    // Most imports go well: then nothing is looked for row by row.
    guard !reasons.isEmpty || !unsure.isEmpty || end < size else { return }
    findings = rows.indices.compactMap { index in
      if let found = reasons[index] {
        return Finding(index: index, outcome: .failed, reasons: found)
      }
      if unsure.contains(position(index)) {
        return Finding(
          index: index, outcome: .unknown,
          reasons: [
            "the import completed and counts only \(counted) of its \(size) rows; "
              + "rows are processed in order, so this may be one it does not count"
          ])
      }
      guard position(index) >= end else { return nil }
      return Finding(
        index: index, outcome: .notProcessed,
        reasons: ["the import was interrupted first"])
    }
  }

  init() {}

  /// Accounts for the rows of a chunk all of which the service took, without looking at them.
  /// - Returns: nil when they have to be looked at.
  init?(allOf cut: ChunkCut, _ result: RemoteImport, wasInterrupted: Bool) {
    guard !wasInterrupted, result.errorsCount == 0, result.errors.isEmpty else { return nil }
    // The service counts records or lines; its own number of inputs tells which.
    let size = result.inputsSize ?? cut.rows
    guard size == cut.rows || size == cut.records, result.processedCount == size else { return nil }
    succeeded = cut.rows
  }

  /// Where as many rows failed as are left to have failed, the log need not name them: all of them
  /// did, and what it says of nobody in particular is why.
  private mutating func nameTheRest(
    _ rows: [SentRow], _ result: RemoteImport, end: Int, position: (Int) -> Int,
    _ matchedUnits: inout Set<Int>, _ reasons: inout [Int: [String]]
  ) {
    guard min(result.errorsCount, end) > matchedUnits.count else { return }
    let rest = rows.indices.filter { position($0) < end && !matchedUnits.contains(position($0)) }
    let restUnits = Set(rest.map(position))
    let missing = min(result.errorsCount, end) - matchedUnits.count
    guard missing > 0, missing == restUnits.count else { return }
    let nameless = unmatched.filter { $0.key == ImportLog.unknownKey }.flatMap(\.messages)
    unmatched.removeAll { $0.key == ImportLog.unknownKey }
    for index in rest {
      reasons[index] = nameless.isEmpty ? ["the service does not say why"] : nameless
    }
    matchedUnits.formUnion(restUnits)
  }
}

/// Finds the rows that a key in an import's log stands for. What it finds them by is made with the first
/// entry of a log, which most imports do not have.
struct LogMatcher {
  private var byKey: [String: [Int]]?
  private var byPart: [String: [Int]]?
  private let rows: [SentRow]

  init(rows: [SentRow]) { self.rows = rows }

  private func makeKeys() -> [String: [Int]] {
    var keys: [String: [Int]] = [:]
    for (index, row) in rows.enumerated() {
      if let key = row.identity.key { keys[key, default: []].append(index) }
      if let id = row.identity.id, id != row.identity.key { keys[id, default: []].append(index) }
    }
    return keys
  }

  /// The rows a key stands for, in order: their key or id; behind a `field:` prefix, as old logs
  /// write it; or one part of a composite key.
  mutating func rows(for key: String) -> [Int] {
    let byKey = byKey ?? makeKeys()
    self.byKey = byKey
    if let found = byKey[key] { return found }
    var bare: String?
    if let colon = key.firstIndex(of: ":") {
      let rest = String(key[key.index(after: colon)...])
      if let found = byKey[rest] { return found }
      bare = rest
    }
    let parts = byPart ?? makeParts()
    byPart = parts
    return parts[key] ?? bare.flatMap { parts[$0] } ?? []
  }

  /// Made only when a log needs it.
  private func makeParts() -> [String: [Int]] {
    var parts: [String: [Int]] = [:]
    for (index, row) in rows.enumerated() where row.identity.parts.count > 1 {
      for part in Set(row.identity.parts) { parts[part, default: []].append(index) }
    }
    return parts
  }
}
