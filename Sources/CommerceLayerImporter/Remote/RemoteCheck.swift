public import CommerceLayer
import CommerceLayerRows

/// How many rows are looked up.
public enum RemoteCheckExtent: String, Sendable, Hashable, CaseIterable {
  /// Some of the rows, evenly spread over the input.
  case sample
  /// All rows.
  case all
}

/// What the service's records say of the rows of an input.
public struct RemoteCheck: Sendable, Hashable {
  /// How many rows were looked up.
  public var extent = RemoteCheckExtent.sample
  /// Rows that can be sent.
  public var rows = 0
  /// Rows that name no record: they create one whatever is there.
  public var unnamed = 0
  /// Rows that were looked up.
  public var checked = 0
  /// Looked-up rows without a record: they create one.
  public var creates = 0
  /// Looked-up rows that change their record.
  public var updates = 0
  /// Looked-up rows whose record has all their values already.
  public var unchanged = 0
  /// Looked-up rows of which it cannot be told.
  public var unknown = 0
  /// Why it cannot be told of some rows; nil when there are none.
  public var unknownReason: String?
  /// Looked-up rows whose id no record has.
  public var missingIDs = 0
  /// The lines of the first of them.
  public var missingIDLines: [Int] = []
  /// Requests that were made.
  public var requests = 0
  /// Rows that more than one record could be meant by.
  public var ambiguous = 0

  /// Rows that name a record.
  public var named: Int { rows - unnamed }
  /// Whether all rows were looked up.
  public var isComplete: Bool { checked == named }

  /// Creates an empty result.
  public init() {}

  /// The share of the rows that a count of looked-up rows stands for, in rows: the range that holds
  /// it with a certainty of 95 % (Wilson's interval). Exact when all rows were looked up.
  public func range(_ count: Int) -> ClosedRange<Int> {
    guard !isComplete, checked > 0 else { return count...count }
    let (n, p, z) = (Double(checked), Double(count) / Double(checked), 1.96)
    let denominator = 1 + z * z / n
    let center = (p + z * z / (2 * n)) / denominator
    let spread = z * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot() / denominator
    let low = Int(max(0, center - spread) * Double(named))
    let high = Int((min(1, center + spread) * Double(named)).rounded(.up))
    // What was seen is there, and what is left of the others is the most.
    return max(low, count)...max(max(low, count), min(high, named - (checked - count)))
  }
}

/// Looks the keys of rows up in the service, to tell what an import would do.
public struct RemoteChecker: Sendable {
  /// Rows of a sample.
  public static let sampleSize = 500
  /// Requests under way together.
  static let maximumInFlight = 4
  static let maximumListedLines = 10

  private let directory: RecordDirectory
  private let planner: ImportPlanner

  /// Creates a checker for one input.
  public init(directory: RecordDirectory, planner: ImportPlanner) {
    self.directory = directory
    self.planner = planner
  }

  /// Requests that looking up some rows takes at least.
  public static func requests(rows: Int) -> Int {
    (rows + RecordDirectory.maximumBatch - 1) / RecordDirectory.maximumBatch
  }

  /// Looks rows up.
  /// - Parameters:
  ///   - plan: What the first pass found.
  ///   - extent: Whether all rows are looked up, or a sample.
  ///   - sampleSize: The number of rows of a sample.
  ///   - progress: Called after each group of requests with the rows that were looked up so far.
  /// - Throws: ``RemoteError``, `InputError`, what the client throws.
  public func check(
    _ plan: ImportPlan, extent: RemoteCheckExtent = .sample, sampleSize: Int = sampleSize,
    progress: (Int) -> Void = { _ in }
  ) async throws -> RemoteCheck {
    var result = RemoteCheck()
    result.extent = extent
    result.rows = plan.accepted
    result.unnamed = plan.creating
    guard plan.updating > 0 else { return result }
    let lookup = try RecordComparison(directory, planner)
    let wanted = extent == .all ? plan.updating : min(sampleSize, plan.updating)
    var reader = try planner.reader(for: .sending)
    let sent = try SentValues(reader.form)
    var batches = CheckBatches()
    var seen = 0
    var sink = RowBuffer()
    while let outcome = try reader.next(into: &sink) {
      defer { sink = RowBuffer() }
      guard case .row(let row) = outcome, row.verdict == .updatesOrCreates else { continue }
      // The row at which the share of looked-up rows falls behind.
      let isWanted = (seen + 1) * wanted / plan.updating > seen * wanted / plan.updating
      seen += 1
      guard isWanted else { continue }
      let identity = reader.identity
      let checked = CheckedRow(
        line: row.line, id: identity.id, key: lookup.key(identity),
        values: try sent.read(sink.bytes))
      result.checked += 1
      guard let reason = lookup.obstacle(checked) else {
        batches.add(checked)
        if batches.full.count >= Self.maximumInFlight {
          try await settle(batches.take(), lookup, &result)
          progress(result.checked)
        }
        continue
      }
      result.unknown += 1
      result.unknownReason = result.unknownReason ?? reason
    }
    batches.finish()
    try await settle(batches.take(), lookup, &result)
    progress(result.checked)
    return result
  }

  private func settle(
    _ batches: [[CheckedRow]], _ lookup: RecordComparison, _ result: inout RemoteCheck
  ) async throws {
    for start in stride(from: 0, to: batches.count, by: Self.maximumInFlight) {
      try Task.checkCancellation()
      let group = batches[start..<min(start + Self.maximumInFlight, batches.count)]
      let found = try await withThrowingTaskGroup(of: RemoteCheck.self) { tasks in
        for batch in group { tasks.addTask { try await lookup.check(batch) } }
        var all: [RemoteCheck] = []
        for try await one in tasks { all.append(one) }
        return all
      }
      for one in found {
        result.creates += one.creates
        result.updates += one.updates
        result.unchanged += one.unchanged
        result.unknown += one.unknown
        result.unknownReason = result.unknownReason ?? one.unknownReason
        result.missingIDs += one.missingIDs
        result.ambiguous += one.ambiguous
        result.requests += one.requests
        result.missingIDLines = (result.missingIDLines + one.missingIDLines).sorted()
          .prefix(Self.maximumListedLines).map(\.self)
      }
    }
  }
}

/// A row that is looked up.
struct CheckedRow: Sendable {
  let line: Int
  let id: String?
  /// The values of the key's parts; nil when the id names the record.
  let key: [String]?
  let values: [(name: String, value: JSONValue)]
}

/// Rows in groups that one request can look up.
private struct CheckBatches {
  private(set) var full: [[CheckedRow]] = []
  private var byID: [CheckedRow] = []
  private var byKey: [CheckedRow] = []
  private var size = (id: 0, key: 0)

  mutating func add(_ row: CheckedRow) {
    guard let key = row.key else {
      let added = RecordDirectory.encodedSize(row.id ?? "")
      if !byID.isEmpty, Self.isFull(byID, size.id + added) { flushIDs() }
      byID.append(row)
      size.id += added
      return
    }
    if key.contains(where: { $0.contains(",") }) {
      full.append([row])
      return
    }
    let added = key.reduce(0) { $0 + RecordDirectory.encodedSize($1) }
    if !byKey.isEmpty, Self.isFull(byKey, size.key + added) { flushKeys() }
    byKey.append(row)
    size.key += added
  }

  private static func isFull(_ rows: [CheckedRow], _ size: Int) -> Bool {
    rows.count >= RecordDirectory.maximumBatch || size > RecordDirectory.maximumBatchBytes
  }

  private mutating func flushIDs() {
    if !byID.isEmpty { full.append(byID) }
    (byID, size.id) = ([], 0)
  }

  private mutating func flushKeys() {
    if !byKey.isEmpty { full.append(byKey) }
    (byKey, size.key) = ([], 0)
  }

  mutating func finish() {
    flushIDs()
    flushKeys()
  }

  mutating func take() -> [[CheckedRow]] {
    defer { full = [] }
    return full
  }
}

/// How long requests take at least because of the rate limits. Pure.
public enum RequestPace {
  /// The least time for a number of requests to one endpoint: the service lets so many through in each
  /// burst window and in each averaging window. Responses take their own time on top.
  /// - Parameters:
  ///   - requests: The number of requests.
  ///   - limitClass: The class that the service counts them in.
  ///   - mode: Nil while it is unknown; the test mode's limits, which are the lower ones, count
  ///     then.
  ///   - service: The service's limits.
  public static func minimum(
    _ requests: Int, of limitClass: RateLimitClass, mode: ServiceMode?,
    service: ServiceDescription
  ) -> Duration {
    guard requests > 1, let limit = service.rateLimits[limitClass.rawValue] else { return .zero }
    let mode = mode ?? .test
    var rest = requests - 1
    var time = Duration.zero
    if let average = limit.average[mode], average > 0 {
      time += limit.averageWindow * (rest / average)
      rest %= average
    }
    if let burst = limit.burst[mode], burst > 0 {
      time += limit.burstWindow * (rest / burst)
    }
    return time
  }

  /// The class of GET requests for a type.
  public static func classOfReads(_ type: String, service: ServiceDescription) -> RateLimitClass {
    service.cacheable.contains(type) ? .cacheable : .uncacheable
  }

  /// The least time that sending an import's chunks takes: each is one request to be created, and its
  /// final state is another. How fast the service processes rows is not known beforehand.
  public static func minimumForSending(
    _ imports: Int, mode: ServiceMode?, service: ServiceDescription
  ) -> Duration {
    max(
      minimum(imports, of: .uncacheable, mode: mode, service: service),
      minimum(imports, of: classOfReads("imports", service: service), mode: mode, service: service))
  }
}
