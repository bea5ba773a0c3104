@testable import CommerceLayerImporter

/// A run from its beginning to its end in virtual time: the engine with a model journal and a model
/// service, killed, stopped, put to sleep and resumed. Everything follows from the plan and its seed.
struct RunSimulation {
  /// What is simulated.
  struct Plan: Sendable {
    var seed: UInt64 = 0
    var isKeyed = true
    var chunks = 4
    var chunkRows = 6
    var maximumRunning = 3
    var failing: Set<Int> = []
    var continueInterrupted = false
    var inOrder = false
    var faults = ModelService.Faults.none
    /// What happens to the first create.
    var firstCreate: ModelService.CreateFault?
    /// Before which effect each session dies; nil for one that goes on.
    var crashes: [Int?] = []
    /// After which event each session is asked to stop.
    var stops: [Int?] = []
    /// Before which entry the disk of each session is full.
    var fullDisks: [Int?] = []
    /// Before which event of each session the machine sleeps for a night.
    var sleeps: [Int?] = []
    var rowTime: Duration = .milliseconds(500)
    var stall: Duration = .seconds(120)
    /// Imports of other programs at the start, and their rows.
    var strangers: (count: Int, rows: Int) = (0, 0)
    var mutations: Set<EngineMutation> = []

    /// A plan by chance: many faults in the first sessions, none in the last.
    static func random(seed: UInt64, mutations: Set<EngineMutation> = []) -> Plan {
      var random = SplitMix64(seed: seed)
      func below(_ bound: UInt64) -> Int { Int(random.next() % bound) }
      var plan = Plan(seed: seed, mutations: mutations)
      plan.isKeyed = below(2) == 0
      plan.chunks = 1 + below(5)
      plan.chunkRows = 1 + below(8)
      plan.maximumRunning = 1 + below(4)
      plan.inOrder = below(8) == 0
      if plan.inOrder { plan.maximumRunning = 1 }
      plan.continueInterrupted = below(2) == 0
      for row in 0..<(plan.chunks * plan.chunkRows) where below(20) == 0 {
        plan.failing.insert(row)
      }
      plan.faults = .many
      switch below(4) {
      case 0: plan.faults.createShare = 0
      case 1: (plan.faults.reads, plan.faults.stale) = (0, 0)
      case 2: plan.faults.maximumRows = 3
      default: break
      }
      plan.rowTime = .milliseconds(100 + below(1500))
      if below(5) == 0 { plan.strangers = (4 + below(5), 40 + below(80)) }
      for _ in 0..<(1 + below(4)) {
        let kind = below(6)
        plan.crashes.append(kind < 3 ? 1 + below(90) : nil)
        plan.stops.append(kind == 3 ? 1 + below(60) : nil)
        plan.fullDisks.append(kind == 4 ? 1 + below(12) : nil)
        plan.sleeps.append(below(6) == 0 ? 1 + below(60) : nil)
      }
      return plan
    }
  }

  /// The most sessions a run may take once nothing goes wrong any more.
  static let maximumQuietSessions = 12
  /// The most events of one session: more mean that it does not end.
  static let maximumEvents = 6000

  let plan: Plan
  private var service: ModelService
  private(set) var journal = ModelJournal(runID: "run")
  private(set) var ledger: ModelLedger
  private var engine: ImportEngine
  private var resumed: ResumedRun
  private var random: SplitMix64
  private(set) var now: Duration = .zero
  private var queue: [(time: Duration, order: Int, event: EngineEvent)] = []
  private var order = 0
  private var outcomeRecords: [Int: ChunkOutcome] = [:]
  private var session = 0
  private var effectCount = 0
  private var entryCount = 0
  private var diskIsFull = false
  private var isDead = false
  private(set) var ending: ImportEnding?
  private(set) var calls = 0
  /// Whether what happens is printed.
  var traces = false
  private(set) var violations: [String] = []
  /// Creates of rows, in their order, and what is known of each.
  private var creates: [Create] = []

  private struct Create {
    enum Fate { case onItsWay, created, rejected, unsent, ambiguous }
    let chunk: Int
    let rows: Range<Int>
    var fate = Fate.onItsWay
    /// Whether the run got the response.
    var hasResponse = false
    /// Whether it was looked for afterwards.
    var isLookedFor = false
  }

  init(_ plan: Plan) {
    self.plan = plan
    random = SplitMix64(seed: plan.seed &* 31 &+ 7)
    service = ModelService(seed: plan.seed &+ 1, failing: plan.failing, rowTime: plan.rowTime)
    ledger = ModelLedger(rowCount: plan.chunks * plan.chunkRows, chunkRows: plan.chunkRows)
    resumed = ResumedRun(journal.contents)
    engine = ImportEngine(settings: EngineSettings())
  }

  // MARK: Running

  /// Runs all sessions and checks what must hold. Returns what does not.
  /// - Parameter traces: Whether what happens is printed.
  static func violations(of plan: Plan, traces: Bool = false) -> [String] {
    var simulation = RunSimulation(plan)
    simulation.traces = traces
    simulation.run()
    return simulation.violations
  }

  mutating func run() {
    service.advance(to: .zero)
    if plan.strangers.count > 0 {
      service.addStrangers(plan.strangers.count, rows: plan.strangers.rows)
    }
    for index in 0..<plan.crashes.count {
      service.faults = plan.faults
      runSession(index)
      if ending == .done, !isDead { break }
    }
    service.faults = .none
    service.faults.maximumRows = plan.faults.maximumRows
    var quiet = 0
    while ending != .done || isDead, quiet < Self.maximumQuietSessions, violations.isEmpty {
      quiet += 1
      runSession(nil)
      switch ending {
      case .done, .createRejected, .tooManyFailed: break
      case .gaveUp(let why) where why.contains("room"): break
      // A service that was never reached is not waited for.
      case .unreachable where plan.firstCreate == .unsent: break
      default: violations.append("without faults a session ends with \(String(describing: ending))")
      }
      // Whoever asked for order has to decide what to do about the rows that failed.
      if case .tooManyFailed = ending { break }
    }
    let told = ledger.outcomes
    checkEnd()
    if ending == .done { checkFinished(told) }
  }

  private var settings: EngineSettings {
    var settings = EngineSettings()
    settings.maximumRunning = plan.maximumRunning
    settings.mayRepeat = plan.isKeyed
    settings.inOrder = plan.inOrder
    settings.continueInterrupted = plan.continueInterrupted
    settings.pace.stall = plan.stall
    settings.pace.maximumOutage = .seconds(300)
    settings.seed = plan.seed
    settings.nextPart = resumed.nextPart(planned: ledger.chunkCount)
    settings.inFlight = resumed.inFlight
    settings.isResumed = resumed.isResumed
    settings.wasFinished = resumed.contents.isFinished
    settings.mutations = plan.mutations
    return settings
  }

  /// - Parameter index: The number of a session with faults; nil for one without.
  private mutating func runSession(_ index: Int?) {
    func planned(_ list: [Int?]) -> Int? { index.flatMap { $0 < list.count ? list[$0] : nil } }
    let (crash, stop) = (planned(plan.crashes), planned(plan.stops))
    let (full, sleep) = (planned(plan.fullDisks), planned(plan.sleeps))
    session += 1
    now += .seconds(Int(random.next() % 5) * Int(random.next() % 20))
    service.advance(to: now)
    resumed = ResumedRun(journal.contents)
    ledger = ModelLedger(rowCount: ledger.rowCount, chunkRows: ledger.chunkRows)
    engine = ImportEngine(settings: settings)
    (queue, outcomeRecords, effectCount, entryCount) = ([], [:], 0, 0)
    (isDead, diskIsFull, ending) = (false, false, nil)
    checkDigests()
    post(.start)
    var handled = 0
    while ending == nil, !isDead, let next = pop() {
      handled += 1
      if handled == stop { post(.stop) }
      if handled == sleep, stop == nil { now += .seconds(8 * 3600) }
      now = max(now, next.time)
      service.advance(to: now)
      if service.faults.strangers, random.next() % 40 == 0 {
        service.addStrangers(1 + Int(random.next() % 3), rows: 1 + Int(random.next() % 30))
      }
      guard let event = arrived(next.event) else { continue }
      if traces { print(session, now, "<-", event) }
      for effect in engine.handle(event, now: now) {
        effectCount += 1
        if effectCount == crash {
          isDead = true
          journal.crash(&random)
          break
        }
        perform(effect, full: full)
      }
      let places = engine.chunks.values.count { $0.takesPlace(terminal: engine.settings.terminal) }
      // What an earlier session left running counts, but could not be prevented.
      if places > max(plan.maximumRunning, resumed.inFlight.values.reduce(0, +)) {
        violations.append("\(places) imports at once")
      }
      guard handled < Self.maximumEvents else {
        violations.append("session \(session) does not end: \(handled) events by \(now)")
        return
      }
    }
    // What was handed to the journal is written before the process ends by itself.
    while !isDead, !journal.pending.isEmpty { _ = journal.sync() }
    violations += ledger.violations
    if ending != nil { checkTold() }
  }

  /// What an event is when it arrives; nil when what it tells of did not come about.
  private mutating func arrived(_ event: EngineEvent) -> EngineEvent? {
    switch event {
    case .recorded:
      let records = journal.sync()
      return records.isEmpty ? nil : .recorded(records)
    case .created(let number, _), .createFailed(let number, _):
      for index in creates.indices where creates[index].chunk == number {
        creates[index].hasResponse = true
      }
    default: break
    }
    return event
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

  private mutating func latency() -> Duration { .milliseconds(1 + Int(random.next() % 900)) }

  // MARK: Effects

  private mutating func perform(_ effect: EngineEffect, full: Int?) {
    if traces { print(session, now, effect) }
    switch effect {
    case .readChunk(let number):
      if let rows = ledger.read(number) {
        post(read(number, rows))
      } else {
        post(.inputEnded)
      }
    case .record(let records): record(records, full: full)
    case .split(let number, let first, let second):
      let count = ledger.chunks[number]?.count ?? 0
      ledger.split(number, at: count / 2, first, second)
      for half in [first, second] { post(read(half, ledger.chunks[half] ?? 0..<0)) }
    case .continueTail(let number, let from, let other):
      ledger.split(number, at: from, number, other)
      post(read(other, ledger.chunks[other] ?? 0..<0))
    case .create(let number, let attempt): create(number, attempt)
    case .lookUp(let number):
      calls += 1
      for index in creates.indices where creates[index].chunk == number {
        creates[index].isLookedFor = true
      }
      switch service.find(number) {
      case .success(let imports): post(.found(number, imports), after: latency())
      case .failure(let failure): post(.lookupFailed(number, failure), after: latency())
      }
    case .poll(let ids):
      calls += 1
      switch service.states(of: ids) {
      case .success(let imports): post(.polled(imports), after: latency())
      case .failure(let failure): post(.pollFailed(failure), after: latency())
      }
    case .retrieve(let number, let id):
      calls += 1
      switch service.retrieve(id) {
      case .success(let remote): post(.retrieved(number, remote), after: latency())
      case .failure(let failure): post(.retrieveFailed(number, failure), after: latency())
      }
    case .watchQueue: post(.queueSeen(service.queue()), after: latency())
    case .audit:
      calls += 1
      switch service.audit() {
      case .success(let imports): post(.audited(imports), after: latency())
      case .failure(let failure): post(.auditFailed(failure), after: latency())
      }
    case .conclude(let number, let outcome): conclude(number, outcome)
    case .restore(let number):
      ledger.restore(number, resumed.contents.chunks[number]?.outcome)
      account(number, resumed.contents.chunks[number]?.outcome)
    case .duplicates(let number, _): ledger.addDuplicates(number)
    case .wake(let time): post(.tick, after: max(.zero, time - now))
    case .notAudited, .notice: break
    case .finish(let ending):
      self.ending = ending
      if ending == .done, !journal.pending.isEmpty {
        violations.append("the run finished before its journal was written")
      }
    }
  }

  private func read(_ number: Int, _ rows: Range<Int>) -> EngineEvent {
    .chunkRead(number, rows: rows.count, known: resumed.known(number))
  }

  private mutating func record(_ records: [EngineRecord], full: Int?) {
    var entries: [JournalEntry] = []
    for record in records {
      entryCount += 1
      if entryCount == full {
        diskIsFull = true
        journal.fail()
        post(.journalFailed("no space left on the device"))
      }
      switch record {
      case .intent(let number, let attempt):
        let rows = ledger.chunks[number] ?? 0..<0
        entries.append(
          .intent(
            ChunkIntent(
              chunk: number, attempt: attempt, rows: rows.count, firstLine: rows.lowerBound + 1,
              lastLine: rows.upperBound, digest: ModelLedger.digest(rows))))
      case .notCreated(let number, let attempt):
        entries.append(.notCreated(chunk: number, attempt: attempt))
      case .created(let number, let id): entries.append(.created(chunk: number, importID: id))
      case .split(let number, let first, let second):
        entries.append(.split(chunk: number, first: first, second: second))
      case .continued(let number, let from, let other):
        entries.append(.continued(chunk: number, from: from, as: other))
      case .outcome(let number):
        guard let outcome = outcomeRecords[number] else {
          violations.append("chunk \(number) is recorded as concluded and is not")
          continue
        }
        entries.append(.outcome(chunk: number, outcome))
      case .duplicates(let number, let ids):
        entries.append(.duplicates(chunk: number, importIDs: ids))
      case .finished: entries.append(.finished)
      }
    }
    if diskIsFull { return }
    journal.write(records, entries)
    post(.recorded(records), after: .milliseconds(10))
  }

  private mutating func create(_ number: Int, _ attempt: Int) {
    calls += 1
    guard let rows = ledger.chunks[number] else {
      violations.append("chunk \(number) is created and was not read")
      return
    }
    let intent = journal.contents.chunks[number]?.intent
    if intent?.attempt != attempt || intent?.digest != ModelLedger.digest(rows) {
      violations.append("import \(number) is created before its intent is on disk")
    }
    checkCreate(number, rows)
    let fault = creates.isEmpty ? plan.firstCreate : nil
    creates.append(Create(chunk: number, rows: rows))
    let index = creates.count - 1
    let response = service.create(number, rows, fault: fault)
    // A session that dies before the response does not know of it.
    switch response {
    case .success(let remote):
      creates[index].fate = .created
      post(.created(number, remote), after: latency())
    case .failure(let failure):
      creates[index].fate =
        failure.kind == .ambiguous ? .ambiguous : failure.isUnsent ? .unsent : .rejected
      post(.createFailed(number, failure), after: latency())
    }
  }

  private mutating func conclude(_ number: Int, _ outcome: EngineOutcome) {
    if case .ended(let remote, _, _, _) = outcome,
      service.stored.first(where: { $0.id == remote.id })?.isLive == true
    {
      violations.append("import \(remote.id) is concluded and still runs")
    }
    let known = ledger.conclude(number, outcome)
    outcomeRecords[number] = known
    account(number, known)
  }

  private mutating func account(_ number: Int, _ outcome: ChunkOutcome?) {
    guard engine.settings.isLimited, let line = outcome?.line else { return }
    post(.accounted(number, failed: line.failed, others: line.unprocessed + line.unknown))
  }
}

// MARK: - What must hold

extension RunSimulation {
  /// Rows are sent again only when they are known not to have arrived, or have been looked for and may
  /// be there twice without harm.
  private mutating func checkCreate(_ number: Int, _ rows: Range<Int>) {
    for earlier in creates where earlier.chunk == number {
      switch earlier.fate {
      case .unsent where earlier.hasResponse: continue
      case .rejected where earlier.hasResponse:
        if !earlier.isLookedFor { violations.append("import \(number) is not looked for") }
      case .ambiguous, .onItsWay, .unsent, .rejected:
        if !plan.isKeyed {
          violations.append("unkeyed rows of import \(number) are sent again")
        } else if !earlier.isLookedFor {
          violations.append("import \(number) is not looked for")
        }
      case .created:
        // Killed before the response came: to be found, unless somebody deleted it.
        let isGone = service.stored.contains { $0.chunk == number && $0.isDeleted }
        if !isGone { violations.append("import \(number) is created again") }
      }
    }
  }

  /// The digests of what is going to be sent are those of the intents.
  private mutating func checkDigests() {
    var input = ModelLedger(rowCount: ledger.rowCount, chunkRows: ledger.chunkRows)
    let digests = (1...max(1, input.chunkCount)).map { number in
      input.read(number).map(ModelLedger.digest) ?? ""
    }
    do throws(JournalError) {
      try resumed.check(digests)
    } catch {
      violations.append(error.description)
    }
  }

  /// After each session: every row that was read is told once.
  private mutating func checkTold() {
    if !ledger.chunks.isEmpty { violations.append("chunks \(ledger.chunks.keys) are not told") }
    if ending == .done, ledger.outcomes.count != ledger.rowCount {
      violations.append("\(ledger.outcomes.count) of \(ledger.rowCount) rows are told")
    }
  }

  /// After all of them: what was told is what the service did.
  private mutating func checkEnd() {
    service.advance(to: now + .seconds(100_000))
    // A create that was killed, or whose rejection did not get into the journal.
    let doubtful = creates.filter {
      $0.fate == .ambiguous || !$0.hasResponse || ($0.fate != .created && session > 1)
    }
    for row in 0..<ledger.rowCount {
      let applied = service.applied[row] ?? 0
      let isFlagged = ledger.flagged.contains(row)
      let isDoubtful = doubtful.contains { $0.rows.contains(row) }
      let isDeleted = service.stored.contains { $0.isDeleted && $0.rows.contains(row) }
      if applied > 1, !isFlagged, ledger.outcomes[row] != .unknown {
        violations.append("row \(row) was imported \(applied) times, which is not told")
      }
      switch ledger.outcomes[row] {
      case .succeeded where ledger.unnamed.contains(row): break
      case .succeeded:
        if applied == 0 { violations.append("row \(row) is told imported and is not") }
      case .failed:
        if !plan.failing.contains(row) {
          violations.append("row \(row) is told failed and did not")
        }
      case .notProcessed:
        if applied > 0, !isFlagged {
          violations.append("row \(row) is told not processed and was imported")
        }
      case .unknown:
        // Killed between the intent and the request: whether rows without a key were sent, nobody knows.
        let isIntended =
          !plan.isKeyed
          && ledger.lines.contains { number, told in
            let record = journal.contents.chunks[number]
            return told.rows.contains(row) && record?.intent != nil && record?.importID == nil
          }
        if !isDoubtful, !isDeleted, !isIntended {
          violations.append("row \(row) is unknown without a reason")
        }
      case .rejected: violations.append("row \(row) is told rejected")
      case nil where ending == .done: violations.append("row \(row) is lost")
      case nil: break
      }
    }
  }

  /// A finished run that is resumed asks nobody and tells the same; reading a journal twice changes
  /// nothing.
  private mutating func checkFinished(_ told: [Int: RowEntry.Outcome]) {
    if journal.doubled.chunks != journal.contents.chunks {
      violations.append("a journal that is read twice tells something else")
    }
    guard journal.contents.isFinished else { return }
    for (number, record) in journal.contents.chunks
    where record.halves.isEmpty && record.outcome == nil {
      violations.append("the run is finished, and chunk \(number) is not concluded")
    }
    let before = calls
    runSession(nil)
    if calls != before { violations.append("a finished run asks the service") }
    if ledger.outcomes != told { violations.append("a finished run tells something else") }
  }
}
