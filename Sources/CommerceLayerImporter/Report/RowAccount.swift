/// What became of the rows of one chunk. Pure.
struct RowAccount: Sendable, Equatable {
  typealias Finding = ChunkOutcome.Finding

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
    if result.mostConsumed > counted, result.mostConsumed <= size {
      doubts.append(
        "it counted \(result.mostConsumed) rows while it ran, and \(counted) at its end")
    }
    if wasInterrupted, counted > size {
      doubts.append("it counts \(counted) rows and was given \(size)")
    }

    var matcher = LogMatcher(rows: rows)
    var reasons: [Int: [String]] = [:]
    var matchedUnits: Set<Int> = []
    /// Rows of which one at least must have failed for each entry of the log: one that names several rows
    /// says so of one of them.
    var namedFailures = 0
    for entry in result.errors {
      let indices = matcher.rows(for: entry.key).filter { position($0) < end }
      if indices.isEmpty {
        unmatched.append(entry)
        continue
      }
      let isShared = Set(indices.map { rows[$0].unit }).count > 1
      namedFailures += 1
      for index in indices {
        matchedUnits.insert(position(index))
        reasons[index, default: []] +=
          entry.messages
          + (isShared
            ? ["(\(indices.count) rows share this key; the service does not say which)"] : [])
      }
    }
    if namedFailures > result.errorsCount {
      doubts.append(
        "its log names \(ImportPlan.rows(namedFailures)) and it counts \(result.errorsCount) failed: those named are told failed"
      )
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
    guard size == cut.rows || size == cut.records, result.processedCount == size,
      result.mostConsumed <= size
    else { return nil }
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
  /// Keys are compared byte for byte: Swift's strings of one canonical form are equal, the service's not.
  private struct Bytes: Hashable {
    let bytes: [UInt8]
    init(_ text: some StringProtocol) { bytes = Array(text.utf8) }
  }

  private var byKey: [Bytes: [Int]]?
  private var byPart: [Bytes: [Int]]?
  private let rows: [SentRow]

  init(rows: [SentRow]) { self.rows = rows }

  private func makeKeys() -> [Bytes: [Int]] {
    var keys: [Bytes: [Int]] = [:]
    for (index, row) in rows.enumerated() {
      let identity = row.identity
      let key = identity.key.map { Bytes($0) }
      let id = identity.id.map { Bytes($0) }
      if let key { keys[key, default: []].append(index) }
      if let id, id != key { keys[id, default: []].append(index) }
    }
    return keys
  }

  /// The rows a key stands for, in order: their key or id; behind a `field:` prefix, as old logs
  /// write it; or one part of a composite key.
  mutating func rows(for key: String) -> [Int] {
    let byKey = byKey ?? makeKeys()
    self.byKey = byKey
    let whole = Bytes(key)
    if let found = byKey[whole] { return found }
    var bare: Bytes?
    if let colon = whole.bytes.firstIndex(of: UInt8(ascii: ":")) {
      let rest = Bytes(Substring(decoding: whole.bytes[(colon + 1)...], as: UTF8.self))
      if let found = byKey[rest] { return found }
      bare = rest
    }
    let parts = byPart ?? makeParts()
    byPart = parts
    return parts[whole] ?? bare.flatMap { parts[$0] } ?? []
  }

  /// Made only when a log needs it.
  private func makeParts() -> [Bytes: [Int]] {
    var parts: [Bytes: [Int]] = [:]
    for (index, row) in rows.enumerated() where row.identity.parts.count > 1 {
      for part in Set(row.identity.parts.map { Bytes($0) }) {
        parts[part, default: []].append(index)
      }
    }
    return parts
  }
}
