import Testing

@testable import CommerceLayerImporter
@testable import CommerceLayerRows

/// One engine, driven by hand: creating imports and finding those whose response was lost.
@Suite struct EngineTests {
  /// An engine whose only chunk is being created.
  private func creating(
    rows: Int = 10, _ change: (inout EngineSettings) -> Void = { _ in }
  ) -> DrivenEngine {
    var engine = DrivenEngine(change)
    _ = engine.handle(.start, now: .zero)
    let effects = engine.handle(.chunkRead(1, rows: rows), now: .zero)
    #expect(effects.contains(.create(1, attempt: 1)))
    return engine
  }

  /// An engine whose only import runs.
  private func running(_ id: String = "a") -> DrivenEngine {
    var engine = creating()
    _ = engine.handle(.created(1, remote(id, "pending")), now: .seconds(1))
    return engine
  }

  private func failure(_ kind: CallFailure.Kind, isUnsent: Bool = false) -> CallFailure {
    var failure = CallFailure(kind: kind, message: "why")
    failure.isUnsent = isUnsent
    return failure
  }

  private func wake(_ effects: [EngineEffect]) -> Duration? {
    effects.compactMap { if case .wake(let time) = $0 { time } else { nil } }.last
  }

  private func outcome(_ effects: [EngineEffect]) -> EngineOutcome? {
    effects.compactMap { if case .conclude(_, let outcome) = $0 { outcome } else { nil } }.last
  }

  @Test func createsOnlyWhatIsOnDisk() {
    var engine = ImportEngine(settings: EngineSettings())
    _ = engine.handle(.start, now: .zero)
    var effects = engine.handle(.chunkRead(1, rows: 1), now: .zero)
    #expect(effects.contains(.record([.intent(1, attempt: 1)])))
    #expect(!effects.contains(.create(1, attempt: 1)))
    effects = engine.handle(.recorded([.intent(1, attempt: 1)]), now: .zero)
    #expect(effects.contains(.create(1, attempt: 1)))
  }

  @Test func looksForALostResponseAtTheStatedTimes() {
    var engine = creating()
    var now: Duration = .seconds(100)
    var effects = engine.handle(.createFailed(1, failure(.ambiguous)), now: now)
    var times: [Duration] = []
    while effects.contains(.lookUp(1)) {
      times.append(now - .seconds(100))
      effects = engine.handle(.found(1, []), now: now)
      guard !effects.contains(.create(1, attempt: 2)), let next = wake(effects) else { break }
      now = next
      effects = engine.handle(.tick, now: now)
    }
    #expect(times == [.zero, .seconds(2), .seconds(5), .seconds(15), .seconds(30)])
    #expect(effects.contains(.create(1, attempt: 2)))
    #expect(effects.contains(.notice(.sendingAgain(chunk: 1))))
  }

  /// A response that says "no" is not proof: it is looked for before it is sent again or given up.
  @Test(arguments: [
    CallFailure.Kind.throttled(after: nil), .noRoom, .transient, .unauthenticated, .denied,
    .violation,
    .notFound, .rejected, .tooLarge,
  ])
  func looksOnceForWhatWasRejected(kind: CallFailure.Kind) {
    var engine = creating { $0.mayRepeat = false }
    engine.engine.hasContact = true
    var effects = engine.handle(.createFailed(1, failure(kind)), now: .seconds(1))
    #expect(effects.contains(.lookUp(1)))
    #expect(!effects.contains(.create(1, attempt: 2)))
    let other = engine
    effects = engine.handle(.found(1, [remote("a", "pending")]), now: .seconds(2))
    #expect(effects.contains(.notice(.adopted(chunk: 1, id: "a"))))
    #expect(engine.recorded.last == .created(1, id: "a"))
    // Not found: what the response said counts, and may be acted on by a run that is resumed.
    engine = other
    _ = engine.handle(.found(1, []), now: .seconds(2))
    #expect(engine.recorded.contains(.notCreated(1, attempt: 1)))
  }

  @Test func adoptsTheOldestOfSeveralAndTellsTheOthers() {
    var engine = creating()
    _ = engine.handle(.createFailed(1, failure(.ambiguous)), now: .zero)
    var old = remote("old", "completed", processed: 10)
    old.createdAt = "2024-01-01"
    var new = remote("new", "completed", processed: 10)
    new.createdAt = "2024-01-02"
    var effects = engine.handle(.found(1, [new, old]), now: .zero)
    #expect(effects.contains(.notice(.adopted(chunk: 1, id: "old"))))
    effects = engine.handle(.retrieved(1, old), now: .zero)
    guard case .ended(let ended, false, ["new"], _) = outcome(effects) else {
      Issue.record("\(effects)")
      return
    }
    #expect(ended.id == "old")
  }

  @Test func tellsWhatTheAuditFinds() {
    var driver = EngineDriver()
    driver.run { effect, _ in
      switch effect {
      case .create(let number, _): .created(number, remote("a", "completed", processed: 10))
      case .retrieve(let number, _): .retrieved(number, remote("a", "completed", processed: 10))
      case .audit: .audited([1: ["a", "twin"], 7: ["x"]])
      default: nil
      }
    }
    #expect(driver.ending == .done)
    #expect(driver.effects.contains(.duplicates(1, ["twin"])))
    #expect(driver.engine.recorded.suffix(2) == [.duplicates(1, ["twin"]), .finished])
  }

  @Test func neverSendsUnkeyedRowsAgainWhileItIsUnknownWhetherTheyArrived() {
    var driver = EngineDriver(chunks: 2) { $0.mayRepeat = false }
    driver.run { effect, _ in
      switch effect {
      case .create(1, _): .createFailed(1, failure(.ambiguous))
      case .create(2, _): .created(2, remote("b", "completed", processed: 10))
      case .retrieve(2, _): .retrieved(2, remote("b", "completed", processed: 10))
      case .lookUp(let number): .found(number, [])
      default: nil
      }
    }
    #expect(driver.ending == .done)
    #expect(driver.creates == 2)
    guard case .needsOperator = driver.outcomes[1] else {
      Issue.record("\(driver.outcomes)")
      return
    }
    // A run that is resumed looks for it again.
    #expect(!driver.engine.recorded.contains(.outcome(1)))
    #expect(!driver.engine.recorded.contains(.finished))
  }

  @Test func waitsForRoomAndForTheRateLimit() {
    for kind in [CallFailure.Kind.noRoom, .throttled(after: .seconds(7)), .throttled(after: nil)] {
      var engine = creating()
      _ = engine.handle(.createFailed(1, failure(kind)), now: .zero)
      let effects = engine.handle(.found(1, []), now: .zero)
      guard let wake = wake(effects) else {
        Issue.record("no wake after \(kind)")
        continue
      }
      #expect(wake > .zero && wake <= .seconds(7))
      let early = engine.handle(.tick, now: wake - .milliseconds(1))
      #expect(!early.contains(.create(1, attempt: 2)))
      let due = engine.handle(.tick, now: wake)
      #expect(due.contains(.create(1, attempt: 2)))
    }
  }

  /// Negative, endless, or nothing at all: neither a loop without a pause nor a wait for ever.
  @Test(arguments: [Duration.zero, .seconds(-5), .seconds(40_000_000), .milliseconds(1)])
  func doesNotBelieveAnAbsurdRetryAfter(after: Duration) {
    var driver = EngineDriver()
    var creates = 0
    driver.run { effect, _ in
      switch effect {
      case .create(let number, _):
        creates += 1
        return creates < 5
          ? .createFailed(number, failure(.throttled(after: after)))
          : .created(number, remote("a", "completed", processed: 10))
      case .lookUp(let number): return .found(number, [])
      case .retrieve(let number, _):
        return .retrieved(number, remote("a", "completed", processed: 10))
      default: return nil
      }
    }
    #expect(driver.ending == .done)
    #expect(driver.now > .seconds(5) && driver.now < .seconds(120))
  }

  @Test func endsWhenTheServiceAsksToWaitLongerThanTheRunDoes() {
    var driver = EngineDriver()
    driver.run { effect, _ in
      switch effect {
      case .create(let number, _):
        .createFailed(number, failure(.throttled(after: .seconds(3600))))
      case .lookUp(let number): .found(number, [])
      default: nil
      }
    }
    #expect(driver.ending == .gaveUp("the service asks to wait 1 hour"))
    #expect(driver.outcomes == [1: .unsent("the run ended early")])
  }

  @Test func endsWhenTheQueueStaysFull() {
    var driver = EngineDriver()
    driver.run { effect, _ in
      switch effect {
      case .create(let number, _): .createFailed(number, failure(.noRoom))
      case .lookUp(let number): .found(number, [])
      default: nil
      }
    }
    guard case .gaveUp(let why) = driver.ending else {
      Issue.record("\(String(describing: driver.ending)) after \(driver.now)")
      return
    }
    #expect(why.contains("no room"))
    #expect(driver.now >= .seconds(1800) && driver.now < .seconds(1900))
  }

  @Test(arguments: [
    (CallFailure.Kind.denied, ImportEnding.denied("why")),
    (.unauthenticated, .denied("why")), (.transient, .unreachable("why")),
    (.foreign, .unreachable("why")), (.notFound, .unreachable("why")),
    (.violation, .violation("why")),
  ])
  func endsAtOnceWhereTheServiceWasNeverReached(kind: CallFailure.Kind, ending: ImportEnding) {
    for isUnsent in [true, false] {
      var driver = EngineDriver()
      driver.run { effect, _ in
        switch effect {
        case .create(let number, _): .createFailed(number, failure(kind, isUnsent: isUnsent))
        case .lookUp(let number): .lookupFailed(number, failure(kind))
        default: nil
        }
      }
      #expect(driver.ending == ending)
      #expect(driver.now == .zero)
      #expect(driver.outcomes == [1: .unsent("the run ended early")])
    }
  }

  /// One credential problem of one create does not abandon the imports that run.
  @Test(arguments: [CallFailure.Kind.denied, .unauthenticated])
  func seesRunningImportsToTheirEndAfterARejectedCreate(kind: CallFailure.Kind) {
    var driver = EngineDriver(chunks: 3) { $0.maximumRunning = 2 }
    var polls = 0
    driver.run { effect, _ in
      switch effect {
      case .create(1, _): return .created(1, remote("a", "pending"))
      case .create(let number, _): return .createFailed(number, failure(kind))
      case .lookUp(let number): return .found(number, [])
      case .poll:
        polls += 1
        return .polled([remote("a", polls < 5 ? "in_progress" : "completed", processed: 10)])
      case .retrieve(let number, _):
        return .retrieved(number, remote("a", "completed", processed: 10))
      default: return nil
      }
    }
    #expect(driver.ending == .denied("why"))
    guard case .ended = driver.outcomes[1] else {
      Issue.record("\(driver.outcomes)")
      return
    }
    // A rejected token is renewed once.
    #expect(driver.creates == (kind == .denied ? 2 : 3))
  }

  /// Sent once, not found, about to be sent again when another import is rejected: the first attempt
  /// may still have arrived, so these rows are not "not sent".
  @Test func neverCallsUnsentWhatWasSentBefore() {
    var engine = DrivenEngine { $0.maximumRunning = 2 }
    _ = engine.handle(.start, now: .zero)
    _ = engine.handle(.chunkRead(1, rows: 10), now: .zero)
    _ = engine.handle(.chunkRead(2, rows: 10), now: .zero)
    _ = engine.handle(.createFailed(1, failure(.ambiguous)), now: .zero)
    _ = engine.handle(.createFailed(2, failure(.rejected)), now: .zero)
    _ = engine.handle(.found(2, []), now: .zero)
    var effects: [EngineEffect] = []
    for time in [0, 2, 5, 15, 30] {
      _ = engine.handle(.tick, now: .seconds(time))
      effects += engine.handle(.found(1, []), now: .seconds(time))
    }
    let reason = "the service rejected another import of this run"
    #expect(effects.contains(.conclude(1, .unknown(id: nil, reason: reason))))
  }

  @Test func stopsFurtherImportsAfterARejectedOneButNotTheRunning() {
    var driver = EngineDriver(chunks: 3) { $0.maximumRunning = 2 }
    driver.run { effect, _ in
      switch effect {
      case .create(1, _): .created(1, remote("a", "pending"))
      case .create(let number, _): .createFailed(number, failure(.rejected))
      case .lookUp(let number): .found(number, [])
      case .poll: .polled([remote("a", "completed", processed: 10)])
      case .retrieve(let number, _): .retrieved(number, remote("a", "completed", processed: 10))
      default: nil
      }
    }
    #expect(driver.ending == .createRejected("why"))
    #expect(driver.outcomes[2] == .rejected(failure(.rejected)))
    #expect(driver.outcomes.count == 2)
    #expect(driver.engine.recorded.contains(.outcome(2)))
    #expect(!driver.engine.recorded.contains(.finished))
  }

  @Test func halvesAChunkThatIsTooLargeDownToOneRow() {
    var engine = creating(rows: 2)
    _ = engine.handle(.createFailed(1, failure(.tooLarge)), now: .zero)
    var effects = engine.handle(.found(1, []), now: .zero)
    #expect(effects.contains(.split(1, first: 101, second: 102)))
    #expect(engine.recorded.last == .split(1, first: 101, second: 102))
    _ = engine.handle(.chunkRead(101, rows: 1), now: .zero)
    _ = engine.handle(.chunkRead(102, rows: 1), now: .zero)
    _ = engine.handle(.createFailed(101, failure(.tooLarge)), now: .zero)
    effects = engine.handle(.found(101, []), now: .zero)
    #expect(effects.contains(.conclude(101, .rejected(failure(.tooLarge)))))
  }

  @Test func waitsForTheIdOfAnImportOnItsWayWhenItIsStopped() {
    var engine = creating()
    var effects = engine.handle(.stop, now: .seconds(1))
    #expect(wake(effects) == .seconds(6))
    effects = engine.handle(.created(1, remote("a", "pending")), now: .seconds(2))
    #expect(effects.last == .finish(.stopped))
    guard case .unknown(id: "a", _) = outcome(effects) else {
      Issue.record("\(effects)")
      return
    }
    #expect(engine.recorded.last == .created(1, id: "a"))

    engine = creating()
    _ = engine.handle(.stop, now: .seconds(1))
    effects = engine.handle(.tick, now: .seconds(6))
    #expect(effects.last == .finish(.stopped))
  }

  /// A full disk: what runs is seen to its end, nothing more is created.
  @Test func createsNothingMoreWhenTheJournalCannotBeWritten() {
    var engine = ImportEngine(settings: EngineSettings())
    _ = engine.handle(.start, now: .zero)
    _ = engine.handle(.chunkRead(1, rows: 1), now: .zero)
    _ = engine.handle(.recorded([.intent(1, attempt: 1)]), now: .zero)
    _ = engine.handle(.created(1, remote("a", "pending")), now: .zero)
    _ = engine.handle(.chunkRead(2, rows: 1), now: .zero)
    _ = engine.handle(.inputEnded, now: .zero)
    var effects = engine.handle(.journalFailed("no space left"), now: .seconds(1))
    #expect(effects.contains(.conclude(2, .unsent("the run's journal could not be written"))))
    #expect(!engine.isFinished)
    _ = engine.handle(.tick, now: .seconds(9))
    let done = remote("a", "completed", processed: 1, size: 1)
    _ = engine.handle(.polled([done]), now: .seconds(9))
    effects = engine.handle(.retrieved(1, done), now: .seconds(9))
    #expect(effects.contains(.audit))
    effects = engine.handle(.audited([:]), now: .seconds(9))
    #expect(effects.last == .finish(.journalFailed("no space left")))
  }

  @Test func sendsNothingAfterAFailureInOrder() {
    var driver = EngineDriver(chunks: 3) { $0.inOrder = true }
    driver.run { effect, _ in
      switch effect {
      case .create(let number, _): .created(number, remote("i\(number)", "completed"))
      case .retrieve(let number, let id):
        .retrieved(
          number,
          remote(id, "completed", processed: number == 2 ? 9 : 10, failed: number == 2 ? 1 : 0))
      case .conclude(let number, _): .accounted(number, failed: number == 2 ? 1 : 0, others: 0)
      default: nil
      }
    }
    guard case .tooManyFailed = driver.ending else {
      Issue.record("\(String(describing: driver.ending))")
      return
    }
    #expect(driver.creates == 2)
  }
}
