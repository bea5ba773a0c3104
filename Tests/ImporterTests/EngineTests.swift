import Testing

@testable import CommerceLayerImporter
@testable import CommerceLayerRows

/// One engine, driven by hand.
@Suite struct EngineTests {
  private func engine(mayRepeat: Bool = true, running: Int = 2) -> ImportEngine {
    var settings = EngineSettings()
    settings.mayRepeat = mayRepeat
    settings.maximumRunning = running
    return ImportEngine(settings: settings)
  }

  /// An engine whose only chunk is being created.
  private func creating(mayRepeat: Bool = true, rows: Int = 10) -> ImportEngine {
    var engine = engine(mayRepeat: mayRepeat, running: 1)
    _ = engine.handle(.start, now: .zero)
    let effects = engine.handle(.chunkRead(1, rows: rows), now: .zero)
    #expect(effects.contains(.create(1, attempt: 1)))
    return engine
  }

  /// The same after the input ended, so that nothing else is in the effects.
  private func running(_ id: String = "a") -> ImportEngine {
    var engine = creating()
    var remote = RemoteImport(id: id, status: "pending")
    remote.inputsSize = 10
    _ = engine.handle(.created(1, remote), now: .seconds(1))
    return engine
  }

  private func failure(_ kind: CallFailure.Kind) -> CallFailure {
    CallFailure(kind: kind, message: "why")
  }

  private func wakes(_ effects: [EngineEffect]) -> [Duration] {
    effects.compactMap { if case .wake(let time) = $0 { time } else { nil } }
  }

  @Test func aLostAnswerIsLookedForAtTheStatedTimes() {
    var engine = creating()
    var now: Duration = .seconds(100)
    var effects = engine.handle(.createFailed(1, failure(.ambiguous)), now: now)
    var times: [Duration] = []
    while effects.contains(.lookUp(1)) {
      times.append(now - .seconds(100))
      effects = engine.handle(.found(1, []), now: now)
      guard let next = wakes(effects).first, !effects.contains(.create(1, attempt: 2)) else {
        break
      }
      now = next
      effects = engine.handle(.tick, now: now)
    }
    #expect(times == [.zero, .seconds(2), .seconds(5), .seconds(15), .seconds(30)])
    #expect(effects.contains(.create(1, attempt: 2)))
    #expect(effects.contains(.notice(.sendingAgain(chunk: 1))))
  }

  @Test func theOldestOfSeveralIsAdoptedAndTheOthersAreTold() {
    var engine = creating()
    _ = engine.handle(.inputEnded, now: .zero)
    _ = engine.handle(.createFailed(1, failure(.ambiguous)), now: .zero)
    var old = RemoteImport(id: "old", status: "completed")
    old.createdAt = "2024-01-01"
    var new = RemoteImport(id: "new", status: "completed")
    new.createdAt = "2024-01-02"
    var effects = engine.handle(.found(1, [new, old]), now: .zero)
    #expect(effects.contains(.notice(.adopted(chunk: 1, id: "old"))))
    #expect(effects.contains(.retrieve(1, id: "old")))
    effects = engine.handle(.retrieved(1, old), now: .zero)
    #expect(effects.contains(.lookUp(1)))
    effects = engine.handle(.found(1, [new, old]), now: .zero)
    #expect(
      effects.contains(.settle(1, .ended(old, wasInterrupted: false, duplicates: ["new"]))))
  }

  @Test func unkeyedRowsStopForAnOperator() {
    var engine = creating(mayRepeat: false)
    var now: Duration = .zero
    var effects = engine.handle(.createFailed(1, failure(.ambiguous)), now: now)
    for _ in 0..<4 {
      effects = engine.handle(.found(1, []), now: now)
      now = wakes(effects).first ?? now
      _ = engine.handle(.tick, now: now)
    }
    effects = engine.handle(.found(1, []), now: now)
    let isSettled = effects.contains {
      if case .settle(1, .needsOperator) = $0 { true } else { false }
    }
    #expect(isSettled)
    #expect(!effects.contains(.create(1, attempt: 2)))
    // The run goes on with the next chunk.
    #expect(effects.contains(.readChunk(2)))
  }

  @Test func aFullQueueAndTooManyRequestsAreWaitedFor() {
    for kind in [CallFailure.Kind.noRoom, .throttled(after: .seconds(7)), .throttled(after: nil)] {
      var engine = creating()
      let effects = engine.handle(.createFailed(1, failure(kind)), now: .zero)
      guard let wake = wakes(effects).first else {
        Issue.record("no wake after \(kind)")
        continue
      }
      #expect(wake > .zero && wake <= .seconds(7))
      let early = engine.handle(.tick, now: wake - .milliseconds(1))
      #expect(!early.contains(.create(1, attempt: 1)))
      let due = engine.handle(.tick, now: wake)
      #expect(due.contains(.create(1, attempt: 1)))
    }
  }

  @Test func aQueueThatStaysFullEndsTheRun() {
    var engine = creating()
    var now: Duration = .zero
    var ending: ImportEnding?
    for _ in 0..<1000 where ending == nil {
      var effects = engine.handle(.createFailed(1, failure(.noRoom)), now: now)
      now = wakes(effects).first ?? now
      effects += engine.handle(.tick, now: now)
      for case .finish(let end) in effects { ending = end }
    }
    guard case .gaveUp = ending else {
      Issue.record("\(String(describing: ending)) after \(now)")
      return
    }
    #expect(now >= .seconds(1800) && now < .seconds(1900))
  }

  @Test(arguments: [
    (CallFailure.Kind.denied, ImportEnding.denied("why")),
    (.transient, .unreachable("why")), (.foreign, .unreachable("why")),
    (.notFound, .unreachable("why")), (.violation, .violation("why")),
  ])
  func whatEndsARunAtOnce(kind: CallFailure.Kind, ending: ImportEnding) {
    var engine = creating()
    let effects = engine.handle(.createFailed(1, failure(kind)), now: .zero)
    #expect(effects.last == .finish(ending))
    let isUnsent = effects.contains { if case .settle(1, .unsent) = $0 { true } else { false } }
    #expect(isUnsent)
    let late = engine.handle(.tick, now: .seconds(1))
    #expect(late.isEmpty)
  }

  @Test func anOutageInTheMiddleIsSatOut() {
    var engine = running()
    var now: Duration = .seconds(2)
    var effects = engine.handle(.tick, now: .seconds(10))
    #expect(effects.contains(.poll(["a"])))
    now = .seconds(10)
    for _ in 0..<20 {
      effects = engine.handle(.pollFailed(failure(.transient)), now: now)
      now = wakes(effects).first ?? now
      effects = engine.handle(.tick, now: now)
      #expect(effects.contains(.poll(["a"])))
    }
    now += .seconds(1800)
    effects = engine.handle(.pollFailed(failure(.transient)), now: now)
    guard case .finish(.gaveUp) = effects.last else {
      Issue.record("\(effects)")
      return
    }
    let isUnknown = effects.contains {
      if case .settle(1, .unknown(id: "a", _)) = $0 { true } else { false }
    }
    #expect(isUnknown)
  }

  /// Sent once, not found, about to be sent again when another import is refused: the first attempt
  /// may still have arrived, so these rows are not "not sent".
  @Test func whatWasSentBeforeIsNeverCalledUnsent() {
    var engine = engine(running: 2)
    _ = engine.handle(.start, now: .zero)
    _ = engine.handle(.chunkRead(1, rows: 10), now: .zero)
    _ = engine.handle(.chunkRead(2, rows: 10), now: .zero)
    _ = engine.handle(.createFailed(1, failure(.ambiguous)), now: .zero)
    _ = engine.handle(.createFailed(2, failure(.rejected)), now: .zero)
    var settled: [EngineEffect] = []
    for time in [0, 2, 5, 15, 30] {
      _ = engine.handle(.tick, now: .seconds(time))
      settled += engine.handle(.found(1, []), now: .seconds(time))
    }
    let reason = "the service refused another import of this run"
    #expect(settled.contains(.settle(1, .unknown(id: nil, reason: reason))))
    #expect(engine.isFinished)
  }

  @Test func aRefusedImportStopsFurtherOnesButNotTheRunning() {
    var engine = engine()
    _ = engine.handle(.start, now: .zero)
    _ = engine.handle(.chunkRead(1, rows: 1), now: .zero)
    _ = engine.handle(.created(1, RemoteImport(id: "a", status: "pending")), now: .zero)
    _ = engine.handle(.chunkRead(2, rows: 1), now: .zero)
    var effects = engine.handle(.createFailed(2, failure(.rejected)), now: .seconds(1))
    #expect(effects.contains(.settle(2, .rejected(failure(.rejected)))))
    #expect(!effects.contains(.readChunk(3)))
    _ = engine.handle(.tick, now: .seconds(9))
    let done = RemoteImport(id: "a", status: "completed")
    _ = engine.handle(.polled([done]), now: .seconds(9))
    effects = engine.handle(.retrieved(1, done), now: .seconds(9))
    #expect(effects.contains(.settle(1, .ended(done, wasInterrupted: false, duplicates: []))))
    #expect(effects.last == .finish(.refused("why")))
  }

  @Test func aChunkThatIsTooLargeIsHalvedDownToOneRow() {
    var engine = creating(rows: 2)
    var effects = engine.handle(.createFailed(1, failure(.tooLarge)), now: .zero)
    #expect(effects.contains(.split(1, first: 2, second: 3)))
    #expect(!engine.isFinished)
    _ = engine.handle(.chunkRead(2, rows: 1), now: .zero)
    _ = engine.handle(.chunkRead(3, rows: 1), now: .zero)
    effects = engine.handle(.createFailed(2, failure(.tooLarge)), now: .zero)
    #expect(effects.contains(.settle(2, .rejected(failure(.tooLarge)))))
  }

  @Test func aStatusNeverGoesBackAndCountsNeverShrink() {
    var remote = RemoteImport(id: "a", status: "in_progress")
    remote.processedCount = 5
    let terminal: Set<String> = ["completed", "interrupted"]
    var changed = remote.merge(RemoteImport(id: "a", status: "pending"), terminal: terminal)
    #expect(!changed)
    #expect(remote.status == "in_progress")
    #expect(remote.processedCount == 5)
    changed = remote.merge(RemoteImport(id: "a", status: "completed"), terminal: terminal)
    #expect(changed)
    changed = remote.merge(RemoteImport(id: "a", status: "in_progress"), terminal: terminal)
    #expect(!changed)
    #expect(remote.status == "completed")
  }

  @Test func anImportThatIsGoneIsAskedForByNameBeforeItIsLost() {
    var engine = running()
    _ = engine.handle(.tick, now: .seconds(10))
    var effects = engine.handle(.polled([]), now: .seconds(10))
    #expect(!effects.contains(.retrieve(1, id: "a")))
    _ = engine.handle(.tick, now: .seconds(40))
    effects = engine.handle(.polled([]), now: .seconds(40))
    #expect(effects.contains(.retrieve(1, id: "a")))
    effects = engine.handle(.retrieveFailed(1, failure(.notFound)), now: .seconds(41))
    #expect(effects.contains(.settle(1, .lost(id: "a"))))
  }

  @Test func anImportThatStandsStillIsLeft() {
    var engine = running()
    var now: Duration = .seconds(2)
    var effects: [EngineEffect] = []
    for _ in 0..<1000 where !engine.isFinished {
      effects = engine.handle(.tick, now: now)
      if effects.contains(.poll(["a"])) {
        effects = engine.handle(.polled([RemoteImport(id: "a", status: "pending")]), now: now)
      }
      now = wakes(effects).first ?? now
    }
    #expect(now >= .seconds(900) && now < .seconds(930))
    let isLeft = effects.contains {
      if case .settle(1, .unknown(id: "a", _)) = $0 { true } else { false }
    }
    #expect(isLeft)
  }

  @Test func stoppingWaitsForTheIdOfAnImportOnItsWay() {
    var engine = creating()
    var effects = engine.handle(.stop, now: .seconds(1))
    #expect(wakes(effects) == [.seconds(6)])
    effects = engine.handle(.created(1, RemoteImport(id: "a", status: "pending")), now: .seconds(2))
    #expect(effects.last == .finish(.stopped))
    let isKnown = effects.contains {
      if case .settle(1, .unknown(id: "a", _)) = $0 { true } else { false }
    }
    #expect(isKnown)

    engine = creating()
    _ = engine.handle(.stop, now: .seconds(1))
    effects = engine.handle(.tick, now: .seconds(6))
    #expect(effects.last == .finish(.stopped))
  }

  @Test func looksAreSpacedFromTwoSecondsToFifteen() {
    let pace = ImportPace()
    for (look, seconds) in [(0, 2.0), (1, 3.0), (2, 4.5), (5, 15.0), (1000, 15.0)] {
      for random in [0.0, 0.999] {
        let delay = pace.pollDelay(poll: look, random: random)
        #expect(delay >= .seconds(seconds * 0.899) && delay <= .seconds(seconds * 1.101))
      }
    }
  }
}
