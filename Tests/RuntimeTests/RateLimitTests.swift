import HTTPTypes
import Testing

@testable import CommerceLayerRuntime

/// The service's numbers, in the form of its table.
let limitedService = ServiceDescription(
  table: """
    {"cacheable":["skus","imports"],
     "imports":{"types":{"skus":{"key":["code"]},"widgets":{"key":["name"]}}},
     "rate_limits":{
       "cacheable":{"average_live":1000,"average_test":500,"average_seconds":60,
                    "burst_live":250,"burst_test":125,"burst_seconds":10},
       "uncacheable":{"average_live":200,"average_test":100,"average_seconds":60,
                      "burst_live":50,"burst_test":25,"burst_seconds":10},
       "token":{"average_live":30,"average_test":30,"average_seconds":60}}}
    """)

@Suite struct RateLimitStateTests {
  private func request(
    _ class: RateLimitClass = .uncacheable, _ endpoint: String = "orders",
    _ mode: ServiceMode? = .test
  ) -> RateLimitRequest {
    RateLimitRequest(class: `class`, endpoint: endpoint, mode: mode)
  }

  /// A seeded generator, so that a failure can be seen again.
  private struct Random {
    var state: UInt64
    mutating func next() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 11) / Double(UInt64(1) << 53)
    }
  }

  /// Ten workers, one hour, delays on the way there and back that vary: what arrives at the service is
  /// counted there, exactly.
  private func simulate(
    _ request: RateLimitRequest, endpoints: [String], seed: UInt64, hour: Duration = .seconds(3600)
  ) -> [(at: Duration, endpoint: String)] {
    var state = RateLimitState(limits: limitedService.rateLimits)
    var random = Random(state: seed)
    var arrivals: [(at: Duration, endpoint: String)] = []
    // What happens next: a worker is free, or a response comes back.
    var events: [(at: Duration, worker: Int, response: RateLimitRequest?)] =
      (0..<10).map { (.milliseconds($0), $0, nil) }
    while let index = events.indices.min(by: { events[$0].at < events[$1].at }) {
      let event = events.remove(at: index)
      if event.at >= hour { break }
      if let response = event.response {
        state.complete(response, at: event.at)
        events.append((event.at, event.worker, nil))
        continue
      }
      var one = request
      let endpoint = endpoints[Int(random.next() * Double(endpoints.count))]
      one = RateLimitRequest(class: one.class, endpoint: endpoint, mode: one.mode)
      switch state.decide(one, at: event.at) {
      case .go:
        state.send(one)
        let there = Duration.milliseconds(Int(5 + random.next() * 300))
        let back = Duration.milliseconds(Int(5 + random.next() * 100))
        arrivals.append((event.at + there, endpoint))
        events.append((event.at + there + back, event.worker, one))
      case .wait(let delay, _):
        #expect(delay > .zero && delay <= .seconds(60))
        events.append((event.at + delay, event.worker, nil))
      case .waitForResponse:
        events.append((event.at + .milliseconds(10), event.worker, nil))
      }
    }
    return arrivals.sorted { $0.at < $1.at }
  }

  /// The most arrivals in any window that slides over them.
  private func most(_ arrivals: [Duration], in window: Duration) -> Int {
    var (first, most) = (0, 0)
    for (index, arrival) in arrivals.enumerated() {
      while arrival - arrivals[first] >= window { first += 1 }
      most = max(most, index - first + 1)
    }
    return most
  }

  @Test(arguments: [
    (RateLimitClass.uncacheable, ServiceMode?.some(.test), 100, 25),
    (.uncacheable, .live, 200, 50), (.cacheable, .test, 500, 125),
    (.cacheable, .live, 1000, 250), (.uncacheable, nil, 100, 25), (.token, .live, 30, 30),
  ])
  func anHourOfTenWorkersExceedsNoWindow(
    class: RateLimitClass, mode: ServiceMode?, average: Int, burst: Int
  ) {
    for (seed, endpoints) in [
      (1, ["orders"]), (2, ["orders", "skus", "addresses", "markets", "tags"]),
    ] {
      let arrivals = simulate(request(`class`, "", mode), endpoints: endpoints, seed: UInt64(seed))
      let worst = most(arrivals.map(\.at), in: .seconds(60))
      #expect(worst <= average, "\(endpoints.count) endpoints")
      for endpoint in endpoints {
        let here = arrivals.filter { $0.endpoint == endpoint }.map(\.at)
        #expect(most(here, in: .seconds(10)) <= burst)
      }
      // Near what is allowed: what ten workers can do, or the limit, less what delays cost.
      let allowed = min(average, burst * 6 * endpoints.count) * 60
      let possible = Int(3600 / 0.26 * 10)
      #expect(arrivals.count > min(allowed, possible) * 9 / 10, "\(arrivals.count) of \(allowed)")
    }
  }

  @Test func classesModesAndEndpointsAreApart() {
    var state = RateLimitState(limits: limitedService.rateLimits)
    for _ in 0..<25 { state.send(request()) }
    for _ in 0..<25 { state.complete(request(), at: .zero) }
    #expect(state.decide(request(), at: .zero) == .wait(.seconds(10), .burst))
    #expect(state.decide(request(.uncacheable, "tags"), at: .zero) == .go)
    #expect(state.decide(request(.cacheable), at: .zero) == .go)
    #expect(state.decide(request(.uncacheable, "orders", .live), at: .zero) == .go)
    #expect(state.decide(request(), at: .seconds(10)) == .go)
  }

  /// While nobody knows the mode, a request counts in both, at the lower limits.
  @Test func anUnknownModeCountsInBoth() {
    var state = RateLimitState(limits: limitedService.rateLimits)
    for _ in 0..<25 { state.send(request(.uncacheable, "orders", nil)) }
    for _ in 0..<25 { state.complete(request(.uncacheable, "orders", nil), at: .zero) }
    #expect(
      state.decide(request(.uncacheable, "orders", nil), at: .zero) == .wait(.seconds(10), .burst))
    for _ in 0..<25 { state.send(request(.uncacheable, "orders", .live)) }
    #expect(
      state.decide(request(.uncacheable, "orders", .live), at: .zero) == .wait(.seconds(10), .burst)
    )
  }

  @Test func whatIsUnderWayCountsUntilItsResponse() {
    var state = RateLimitState(limits: limitedService.rateLimits)
    for _ in 0..<25 { state.send(request()) }
    #expect(state.decide(request(), at: .seconds(500)) == .waitForResponse(.burst))
    state.complete(request(), at: .seconds(500))
    #expect(state.decide(request(), at: .seconds(500)) == .wait(.seconds(10), .burst))
    #expect(state.decide(request(), at: .seconds(510)) == .go)
  }

  @Test func headersLowerWhatIsLeftAndNeverRaiseIt() {
    var state = RateLimitState(limits: limitedService.rateLimits)
    let tags = request(.uncacheable, "tags")
    func correct(_ limit: Int?, _ remaining: Int?, interval: Int? = 60) {
      state.correct(tags, limit: limit, interval: interval, remaining: remaining, at: .zero)
    }
    correct(100, 0)
    #expect(state.decide(request(), at: .zero) == .wait(.seconds(60), .average))
    #expect(state.decide(request(), at: .seconds(60)) == .go)
    state = RateLimitState(limits: limitedService.rateLimits)
    for _ in 0..<25 {
      state.send(request())
      state.complete(request(), at: .zero)
    }
    correct(5_000, 4_999)
    #expect(state.decide(request(), at: .zero) == .wait(.seconds(10), .burst))
    correct(1, nil)
    #expect(state.decide(tags, at: .zero) == .wait(.seconds(60), .average))
    // Nor does a larger limit raise the average, whatever the endpoints.
    state = RateLimitState(limits: limitedService.rateLimits)
    correct(5_000, 4_999)
    for index in 0..<100 {
      state.send(request(.uncacheable, "e\(index % 10)"))
      state.complete(request(.uncacheable, "e\(index % 10)"), at: .zero)
    }
    #expect(state.decide(tags, at: .zero) == .wait(.seconds(60), .average))
    // Another window than the one that is counted says nothing of it.
    state = RateLimitState(limits: limitedService.rateLimits)
    correct(1, nil, interval: 3_600)
    state.send(tags)
    #expect(state.decide(tags, at: .zero) == .go)
    for _ in 0..<3 { state.send(tags) }
    for hostile in [Int.min, -1, 0, Int.max] {
      state.correct(tags, limit: hostile, interval: hostile, remaining: hostile, at: .zero)
      _ = state.decide(tags, at: .zero)
    }
  }

  @Test func aPauseHoldsTheClassAndNoOther() {
    var state = RateLimitState(limits: [:])
    state.pause(request(), for: .seconds(3), at: .zero)
    #expect(state.decide(request(.uncacheable, "tags"), at: .zero) == .wait(.seconds(3), .paused))
    #expect(state.decide(request(.cacheable), at: .zero) == .go)
    state.pause(request(), for: .seconds(1), at: .zero)
    #expect(state.decide(request(), at: .seconds(2)) == .wait(.seconds(1), .paused))
    state.pause(request(), for: .seconds(1_000_000), at: .zero)
    #expect(state.decide(request(), at: .seconds(120)) == .go)
  }

  /// A time source that goes back an hour holds nobody for an hour.
  @Test func aClockThatGoesBackStopsNobody() {
    var state = RateLimitState(limits: limitedService.rateLimits)
    for _ in 0..<25 { state.send(request()) }
    for _ in 0..<25 { state.complete(request(), at: .seconds(3_600)) }
    state.pause(request(), for: .seconds(60), at: .seconds(3_600))
    #expect(state.decide(request(), at: .zero) == .wait(.seconds(120), .paused))
    #expect(state.decide(request(), at: .seconds(120)) == .go)
  }

  @Test(arguments: [
    (HTTPRequest.Method.get, "/api/skus", RateLimitClass.cacheable, "skus"),
    (.get, "/api/skus/x", .cacheable, "skus"), (.post, "/api/skus", .uncacheable, "skus"),
    (.patch, "/api/skus/x", .uncacheable, "skus"), (.get, "/api/orders/x", .uncacheable, "orders"),
    (.get, "/api/skus/x/orders", .uncacheable, "skus"),
    (.get, "/api/skus/x/imports", .cacheable, "skus"), (.get, "/", .uncacheable, ""),
  ])
  func classifies(
    method: HTTPRequest.Method, path: String, class: RateLimitClass, endpoint: String
  ) {
    let request = RateLimitRequest.classify(
      method, path: path, service: limitedService, mode: .live)
    #expect(request == RateLimitRequest(class: `class`, endpoint: endpoint, mode: .live))
  }

  @Test func manyEndpointsAreNotRememberedForEver() {
    var window = SlidingWindow(length: .seconds(10))
    for index in 0..<100_000 {
      window.send()
      window.complete(at: .milliseconds(index))
      window.slide(to: .milliseconds(index))
    }
    #expect(window.count <= 10_001)
  }
}

@Suite(.timeLimit(.minutes(10))) struct RateLimiterTests {
  private let tags = RateLimitRequest(class: .uncacheable, endpoint: "tags", mode: .test)

  private func full(_ time: ManualTime) async throws -> RateLimiter {
    let limiter = RateLimiter(limitedService, time: time.source)
    for _ in 0..<25 { try await limiter.acquire(tags) }
    for _ in 0..<25 { await limiter.complete(tags) }
    return limiter
  }

  @Test func servesInTheOrderOfArrival() async throws {
    let time = ManualTime()
    let limiter = try await full(time)
    let order = Notes<Int>()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for index in 0..<10 {
        group.addTask {
          try await limiter.acquire(tags)
          order.add(index)
        }
        await until { await limiter.waiting == index + 1 }
      }
      await until { time.naps == [.seconds(10)] }
      time.advance(by: .seconds(10))
      try await group.waitForAll()
    }
    // All ten were let through at once, in order; their tasks may then run in any.
    #expect(order.all.sorted() == Array(0..<10))
  }

  /// One place at a time: then the order is seen.
  @Test func nobodyOvertakes() async throws {
    let time = ManualTime()
    let limiter = RateLimiter(limitedService, time: time.source)
    for _ in 0..<25 { try await limiter.acquire(tags) }
    let order = Notes<Int>()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for index in 0..<5 {
        group.addTask {
          try await limiter.acquire(tags)
          order.add(index)
        }
        await until { await limiter.waiting == index + 1 }
      }
      for step in 1...5 {
        await limiter.complete(tags)
        await until { time.naps == [.seconds(10)] }
        time.advance(by: .seconds(10))
        await until { order.all.count == step }
      }
      try await group.waitForAll()
    }
    #expect(order.all == [0, 1, 2, 3, 4])
  }

  @Test func aCancelledWaiterLeavesItsPlaceToTheNext() async throws {
    let time = ManualTime()
    let limiter = try await full(time)
    let first = Task { try await limiter.acquire(tags) }
    await until { await limiter.waiting == 1 }
    let second = Task { try await limiter.acquire(tags) }
    await until { await limiter.waiting == 2 }
    first.cancel()
    await #expect(throws: CancellationError.self) { try await first.value }
    #expect(await limiter.waiting == 1)
    await until { time.naps == [.seconds(10)] }
    time.advance(by: .seconds(10))
    try await second.value
    #expect(await limiter.waiting == 0 && time.naps.isEmpty)
  }

  @Test func whoIsCancelledAlreadyIsNotCounted() async throws {
    let limiter = RateLimiter(limitedService, time: ManualTime().source)
    for _ in 0..<100 {
      let task = Task {
        withUnsafeCurrentTask { $0?.cancel() }
        try await limiter.acquire(tags)
      }
      await #expect(throws: CancellationError.self) { try await task.value }
    }
    try await limiter.acquire(tags)
  }

  @Test func otherEndpointsNeedNotWait() async throws {
    let time = ManualTime()
    let limiter = try await full(time)
    let waiting = Task { try await limiter.acquire(tags) }
    await until { await limiter.waiting == 1 }
    try await limiter.acquire(RateLimitRequest(class: .uncacheable, endpoint: "o", mode: .test))
    waiting.cancel()
    _ = await waiting.result
  }

  @Test func waitsAreToldWithTheirLengthAndReason() async throws {
    let time = ManualTime()
    let limiter = try await full(time)
    time.advance(by: .milliseconds(6_800))
    let told = Notes<String>()
    let waiting = Task {
      try await limiter.acquire(tags) { delay, reason in
        told.add("\(delay.map(ClientEvent.text) ?? "?"), \(reason.rawValue)")
      }
    }
    await until { await limiter.waiting == 1 }
    #expect(told.all == ["3.2 s, the burst limit"])
    await until { time.naps.count == 1 }
    time.advance(by: .milliseconds(3_200))
    try await waiting.value
  }
}
