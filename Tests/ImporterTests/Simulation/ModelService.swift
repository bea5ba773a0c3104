@testable import CommerceLayerImporter

/// The service as far as a run sees it, in virtual time: a queue of ten, two imports processed at once,
/// row by row and in order, the rule on errors, copies that lag behind, and everything that goes wrong
/// between it and a client. Everything follows from the seed.
struct ModelService {
  /// What happens to a create instead of an import and its response.
  enum CreateFault: String, CaseIterable, Sendable {
    case lostBeforeCommit, lostAfterCommit, lostBeforeLateCommit
    case throttled, throttledAfterCommit
    case unavailable, unavailableAfterCommit
    case tokenRejected, tokenRejectedAfterCommit
    case redirected, redirectedAfterCommit
    case notFound, notFoundAfterCommit
    case conflictAfterCommit, rejectedAfterCommit, tooLargeAfterCommit
    case rejected, locked, unsent

    var kind: CallFailure.Kind {
      switch self {
      case .lostBeforeCommit, .lostAfterCommit, .lostBeforeLateCommit: .ambiguous
      case .throttled, .throttledAfterCommit: .throttled(after: nil)
      case .unavailable, .unavailableAfterCommit, .unsent: .transient
      case .tokenRejected, .tokenRejectedAfterCommit: .unauthenticated
      case .redirected, .redirectedAfterCommit: .violation
      case .notFound, .notFoundAfterCommit: .notFound
      case .conflictAfterCommit, .rejectedAfterCommit, .rejected: .rejected
      case .tooLargeAfterCommit: .tooLarge
      case .locked: .noRoom
      }
    }

    var commits: Bool { rawValue.hasSuffix("AfterCommit") || self == .lostBeforeLateCommit }
  }

  /// Which faults occur, in percent of calls.
  struct Faults: Sendable {
    var creates: [CreateFault] = []
    var createShare = 0
    var reads = 0
    var stale = 0
    /// How long lists do not know a new import.
    var lag: Duration = .zero
    /// Imports that somebody deletes.
    var deleted = 0
    /// Imports of other programs that come and go.
    var strangers = false
    /// The most rows an import may have; more get 413.
    var maximumRows = Int.max

    static let none = Faults()
    static let many = Faults(
      creates: CreateFault.allCases, createShare: 35, reads: 15, stale: 20, lag: .seconds(3),
      deleted: 2, strangers: true)
  }

  struct Stored {
    let id: String
    let chunk: Int
    let rows: Range<Int>
    let createdAt: Duration
    var consumed = 0
    var failed: [Int] = []
    var status = "pending"
    var isDeleted = false
    /// An import of another program.
    var isForeign: Bool { chunk == 0 }
    var isLive: Bool { !isDeleted && (status == "pending" || status == "in_progress") }
  }

  static let limit = 10
  static let workers = 2

  var faults = Faults.none
  let failing: Set<Int>
  private(set) var stored: [Stored] = []
  /// How often each row was imported.
  private(set) var applied: [Int: Int] = [:]
  private var arrivals: [(time: Duration, item: Stored)] = []
  /// When the import at this index is done with its next row.
  private var nextRow: [Int: Duration] = [:]
  private let rowTime: Duration
  private var time: Duration = .zero
  private var made = 0
  var random: SplitMix64

  init(seed: UInt64, failing: Set<Int>, rowTime: Duration) {
    random = SplitMix64(seed: seed)
    self.failing = failing
    self.rowTime = rowTime
  }

  mutating func chance(_ percent: Int) -> Bool { Int(random.next() % 100) < percent }

  // MARK: Time

  /// Processes everything until a time.
  mutating func advance(to now: Duration) {
    while true {
      let arrival = arrivals.indices.min { arrivals[$0].time < arrivals[$1].time }
      let row = nextRow.min { ($0.value, $0.key) < ($1.value, $1.key) }
      let arrivalTime = arrival.map { arrivals[$0].time } ?? .seconds(1_000_000_000)
      let rowTime = row?.value ?? .seconds(1_000_000_000)
      guard min(arrivalTime, rowTime) <= now else { break }
      time = max(time, min(arrivalTime, rowTime))
      if let arrival, arrivalTime <= rowTime {
        stored.append(arrivals.remove(at: arrival).item)
      } else if let row {
        process(row.key)
      }
      start()
    }
    time = max(time, now)
    start()
  }

  private mutating func start() {
    while nextRow.count < Self.workers,
      let index = stored.indices.first(where: {
        stored[$0].status == "pending" && !stored[$0].isDeleted
      })
    {
      stored[index].status = stored[index].rows.isEmpty ? "completed" : "in_progress"
      if !stored[index].rows.isEmpty { nextRow[index] = time + rowTime }
    }
  }

  private mutating func process(_ index: Int) {
    nextRow[index] = nil
    guard stored[index].status == "in_progress", !stored[index].isDeleted else { return }
    let row = stored[index].rows.lowerBound + stored[index].consumed
    stored[index].consumed += 1
    if !stored[index].isForeign {
      if failing.contains(row) {
        stored[index].failed.append(row)
      } else {
        applied[row, default: 0] += 1
      }
    }
    if stored[index].failed.count * 10 > stored[index].rows.count {
      stored[index].status = "interrupted"
    } else if stored[index].consumed == stored[index].rows.count {
      stored[index].status = "completed"
    } else {
      nextRow[index] = time + rowTime
    }
  }

  /// Other programs keep the queue busy.
  mutating func addStrangers(_ count: Int, rows: Int) {
    for _ in 0..<count {
      made += 1
      stored.append(Stored(id: "s\(made)", chunk: 0, rows: 0..<rows, createdAt: time))
    }
  }

  // MARK: Calls

  private func failure(_ kind: CallFailure.Kind, unsent: Bool = false) -> CallFailure {
    var failure = CallFailure(kind: kind, message: "\(kind)")
    failure.isUnsent = unsent
    return failure
  }

  /// A create, as its request arrives now.
  /// - Parameter fault: What happens to it; one by chance when that is nil.
  mutating func create(
    _ chunk: Int, _ rows: Range<Int>, fault: CreateFault? = nil
  ) -> Result<RemoteImport, CallFailure> {
    var fault = fault
    if fault == nil, chance(faults.createShare), !faults.creates.isEmpty {
      fault = faults.creates[Int(random.next() % UInt64(faults.creates.count))]
    }
    if fault == .unsent { return .failure(failure(.transient, unsent: true)) }
    if let fault, !fault.commits { return .failure(failure(fault.kind)) }
    guard rows.count <= faults.maximumRows else { return .failure(failure(.tooLarge)) }
    guard stored.count(where: \.isLive) < Self.limit else { return .failure(failure(.noRoom)) }
    made += 1
    var item = Stored(id: "i\(made)", chunk: chunk, rows: rows, createdAt: time)
    if chance(faults.deleted) { item.isDeleted = true }
    if fault == .lostBeforeLateCommit {
      // Later than the last lookup, now and then.
      let delay = Duration.seconds(Int(random.next() % 90))
      item = Stored(id: item.id, chunk: chunk, rows: rows, createdAt: time + delay)
      arrivals.append((time + delay, item))
    } else {
      stored.append(item)
      start()
    }
    if let fault { return .failure(failure(fault.kind)) }
    return .success(remote(item, isStale: false))
  }

  /// What goes wrong with a call that reads; nil when nothing does.
  private mutating func readFault() -> CallFailure? {
    guard chance(faults.reads) else { return nil }
    let kinds: [CallFailure.Kind] = [
      .transient, .throttled(after: nil), .throttled(after: .zero), .throttled(after: .seconds(-5)),
      .throttled(after: .seconds(1_000_000_000)), .throttled(after: .seconds(7)), .foreign,
      .notFound, .denied, .unauthenticated, .violation, .rejected,
    ]
    return failure(kinds[Int(random.next() % UInt64(kinds.count))])
  }

  private func isListed(_ item: Stored) -> Bool {
    !item.isDeleted && !item.isForeign && item.createdAt + faults.lag <= time
  }

  mutating func find(_ chunk: Int) -> Result<[RemoteImport], CallFailure> {
    if let fault = readFault() { return .failure(fault) }
    return .success(
      stored.filter { $0.chunk == chunk && isListed($0) }.map { remote($0, isStale: false) })
  }

  mutating func states(of ids: [String]) -> Result<[RemoteImport], CallFailure> {
    if let fault = readFault() { return .failure(fault) }
    let isStale = chance(faults.stale)
    return .success(
      stored.filter { ids.contains($0.id) && isListed($0) }.map { remote($0, isStale: isStale) })
  }

  mutating func retrieve(_ id: String) -> Result<RemoteImport, CallFailure> {
    if let fault = readFault() { return .failure(fault) }
    guard let item = stored.first(where: { $0.id == id && !$0.isDeleted }) else {
      return .failure(failure(.notFound))
    }
    let isStale = chance(faults.stale)
    return .success(remote(item, isStale: isStale))
  }

  mutating func queue() -> [RemoteImport]? {
    if readFault() != nil { return nil }
    return stored.filter(\.isLive).map { remote($0, isStale: false) }
  }

  mutating func audit() -> Result<[Int: [String]], CallFailure> {
    if let fault = readFault() { return .failure(fault) }
    return .success(
      Dictionary(grouping: stored.filter(isListed), by: \.chunk).mapValues { $0.map(\.id) })
  }

  private func remote(_ item: Stored, isStale: Bool) -> RemoteImport {
    var remote = RemoteImport(id: item.id, status: isStale ? "pending" : item.status)
    remote.inputsSize = item.rows.count
    remote.createdAt = item.id.count < 5 ? String(repeating: "0", count: 5 - item.id.count) : ""
    remote.createdAt += String(item.id.dropFirst())
    guard !isStale else { return remote }
    remote.errorsCount = item.failed.count
    remote.processedCount = item.consumed - item.failed.count
    remote.errors = item.failed.map { LogEntry(key: "r\($0)", messages: ["it failed"]) }
    return remote
  }
}
