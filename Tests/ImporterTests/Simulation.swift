@testable import CommerceLayerImporter

/// A service and a network with faults, in virtual time, around an engine. Everything follows from
/// the seed.
struct Simulation {
  /// Which faults occur, in percent of calls.
  struct Faults {
    var lostWithCommit = 0
    var lostWithoutCommit = 0
    var lateCommit = 0
    var throttled = 0
    var transient = 0
    var staleList = 0
    var tooLarge = 0
    /// Imports of other programs that come and go.
    var strangers = false
    /// Imports that the error rule interrupts.
    var interrupted = 0
    /// Imports somebody deletes.
    var deleted = 0

    static let none = Faults()
    static let many = Faults(
      lostWithCommit: 10, lostWithoutCommit: 10, lateCommit: 5, throttled: 10, transient: 10,
      staleList: 20, tooLarge: 5, strangers: true, interrupted: 20, deleted: 3)
  }

  private struct Stored {
    let id: String
    let chunk: Int
    let visibleFrom: Duration
    let endsAt: Duration
    let interrupted: Bool
    var isDeleted = false
  }

  let faults: Faults
  let chunkCount: Int
  let limit = 10
  var engine: ImportEngine
  var random: SplitMix64
  var now: Duration = .zero
  private var queue: [(time: Duration, order: Int, event: EngineEvent)] = []
  private var order = 0
  private var stored: [Stored] = []
  private var read = 0

  // What the checks look at.
  var settled: [Int: [Settlement]] = [:]
  var readChunks: [Int] = []
  var splitChunks: Set<Int> = []
  var creates: [Int: Int] = [:]
  var ending: ImportEnding?
  var mostPlaces = 0
  var polls = 0
  var notices: [ImportNotice] = []

  init(
    seed: UInt64, chunks: Int, faults: Faults, mayRepeat: Bool = true, maximumRunning: Int = 4
  ) {
    self.faults = faults
    chunkCount = chunks
    random = SplitMix64(seed: seed)
    var settings = EngineSettings()
    settings.mayRepeat = mayRepeat
    settings.maximumRunning = maximumRunning
    settings.seed = seed
    engine = ImportEngine(settings: settings)
  }

  /// Imports the service holds for a chunk.
  func committed(_ chunk: Int) -> Int { stored.count { $0.chunk == chunk } }

  /// Runs until the engine is done, for at most `events` events.
  mutating func run(stopAfter: Int? = nil, events: Int = 20_000) {
    post(.start)
    var handled = 0
    while ending == nil, handled < events, let next = pop() {
      now = max(now, next.time)
      handled += 1
      if handled == stopAfter { post(.stop) }
      let effects = engine.handle(next.event, now: now)
      mostPlaces = max(mostPlaces, engine.chunks.values.count { $0.takesPlace })
      effects.forEach { perform($0) }
    }
  }

  private mutating func post(_ event: EngineEvent, after delay: Duration = .zero) {
    order += 1
    queue.append((now + delay, order, event))
  }

  private mutating func pop() -> (time: Duration, order: Int, event: EngineEvent)? {
    guard
      let index = queue.indices.min(by: {
        (queue[$0].time, queue[$0].order) < (queue[$1].time, queue[$1].order)
      })
    else { return nil }
    return queue.remove(at: index)
  }

  private mutating func chance(_ percent: Int) -> Bool { Int(random.next() % 100) < percent }

  private mutating func latency() -> Duration { .milliseconds(Int(random.next() % 2000)) }

  private mutating func perform(_ effect: EngineEffect) {
    switch effect {
    case .readChunk(let number):
      guard read < chunkCount else { return post(.inputEnded) }
      read += 1
      readChunks.append(number)
      post(.chunkRead(number, rows: 100))
    case .split(let number, let first, let second):
      splitChunks.insert(number)
      for half in [first, second] {
        readChunks.append(half)
        post(.chunkRead(half, rows: 50))
      }
    case .create(let number, _): create(number)
    case .lookUp(let number):
      let delay = latency()
      if chance(faults.transient) { return post(.lookupFailed(number, transient), after: delay) }
      // What is there when the service polls, which is before the answer arrives.
      let found = visible.filter { $0.chunk == number }.map(remote)
      post(.found(number, found), after: delay)
    case .poll(let ids):
      polls += 1
      let delay = latency()
      if chance(faults.transient) { return post(.pollFailed(transient), after: delay) }
      let isStale = chance(faults.staleList)
      let answers = visible.filter { ids.contains($0.id) }.map { item in
        var answer = remote(item)
        if isStale { (answer.status, answer.processedCount) = ("pending", 0) }
        return answer
      }
      post(.polled(answers), after: delay)
    case .retrieve(let number, let id):
      let delay = latency()
      if chance(faults.transient) { return post(.retrieveFailed(number, transient), after: delay) }
      if let item = visible.first(where: { $0.id == id }) {
        post(.retrieved(number, remote(item)), after: delay)
      } else {
        post(.retrieveFailed(number, CallFailure(kind: .notFound, message: "gone")), after: delay)
      }
    case .settle(let number, let settlement): settled[number, default: []].append(settlement)
    case .wake(let time): post(.tick, after: max(.zero, time - now))
    case .notice(let notice): notices.append(notice)
    case .finish(let ending): self.ending = ending
    }
  }

  private var visible: [Stored] { stored.filter { $0.visibleFrom <= now && !$0.isDeleted } }

  private var transient: CallFailure { CallFailure(kind: .transient, message: "HTTP 503") }

  private mutating func create(_ number: Int) {
    creates[number, default: 0] += 1
    // Often longer than a stopped run waits.
    let delay = latency() * 5
    let strangers = faults.strangers ? Int(random.next() % 9) : 0
    if strangers + visible.count(where: { now < $0.endsAt }) >= limit {
      return post(.createFailed(number, CallFailure(kind: .noRoom, message: "full")), after: delay)
    }
    if chance(faults.tooLarge) {
      return post(.createFailed(number, CallFailure(kind: .tooLarge, message: "413")), after: delay)
    }
    if chance(faults.throttled) {
      let failure = CallFailure(kind: .throttled(after: nil), message: "429")
      return post(.createFailed(number, failure), after: delay)
    }
    let lost = CallFailure(kind: .ambiguous, message: "the connection broke")
    if chance(faults.lostWithoutCommit) { return post(.createFailed(number, lost), after: delay) }
    let isLate = chance(faults.lateCommit)
    let item = Stored(
      id: "i\(stored.count)", chunk: number,
      // Later than the last look, so that it is found by the audit at best.
      visibleFrom: now + (isLate ? .seconds(40) : .zero),
      endsAt: now + .seconds(Int(random.next() % 120)), interrupted: chance(faults.interrupted),
      isDeleted: chance(faults.deleted))
    stored.append(item)
    if isLate || chance(faults.lostWithCommit) {
      post(.createFailed(number, lost), after: delay)
    } else {
      post(.created(number, remote(item)), after: delay)
    }
  }

  private func remote(_ item: Stored) -> RemoteImport {
    let isOver = now >= item.endsAt
    var remote = RemoteImport(
      id: item.id, status: isOver ? (item.interrupted ? "interrupted" : "completed") : "in_progress"
    )
    remote.inputsSize = 100
    remote.processedCount = isOver ? (item.interrupted ? 20 : 100) : 10
    remote.createdAt = item.id
    return remote
  }
}
