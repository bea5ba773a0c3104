import HTTPTypes
import Testing

@_spi(Generated) @testable import CommerceLayerRuntime

@Suite(.timeLimit(.minutes(10))) struct OptionsTests {
  private func header(_ exchange: Stage.Exchange?, _ name: String) -> String? {
    HTTPField.Name(name).flatMap { exchange?.request.headerFields[$0] }
  }

  @Test func oneIDThroughAllAttempts() async throws {
    let stage = Stage([.respond(500, "{}"), .respond(401, "{}"), .respond(200, widget())])
    let widgets = try stage.widgets { $0.makeRequestID = { "call-7" } }
    let response = try await widgets.response { try await $0.retrieve("w1") }
    #expect(
      stage.exchanges.map { header($0, "X-Client-Request-Id") } == ["call-7", "call-7", "call-7"])
    #expect(stage.exchanges.map { header($0, "X-Client-Retry-Count") } == ["0", "1", "2"])
    #expect(response.callID == "call-7" && response.attempts == 3)
    let ids = (0..<100).map { _ in RequestID.random() }
    #expect(Set(ids).count == 100 && ids.allSatisfy { $0.utf8.count == 32 })
  }

  @Test func aResponseBelongsToOneCall() async throws {
    let stage = Stage([.respond(201, widget(id: "w1")), .respond(200, widget(id: "w2"))])
    let widgets = try stage.widgets()
    let second = await failure {
      _ = try await widgets.response { widgets in
        let created = try await widgets.create(.init(name: "a"))
        return try await widgets.update(created.id, .init(name: "b"))
      }
    }
    #expect(second?.kind == .configuration && second?.message.contains("second call") == true)
    // The second call was not sent.
    #expect(stage.exchanges.map(\.request.method) == [.post])
    let none = await failure { _ = try await widgets.response { _ in 1 } }
    #expect(none?.kind == .configuration)
    // Whoever goes on after the error of the second call has the response to the first one.
    let first = try await widgets.response { widgets in
      let one = try await widgets.retrieve("w2")
      _ = try? await widgets.retrieve("w3")
      return one
    }
    #expect(first.value.id == "w2" && stage.exchanges.count == 2)
    #expect(String(decoding: first.bytes, as: UTF8.self).contains("w2"))
  }

  @Test func copiesShareTheTokenAndHaveTheirOptions() async throws {
    let stage = Stage(Array(repeating: .respond(200, widget()), count: 3))
    let api = try stage.client()
    let copy = api.with {
      $0.headers["X-Team"] = "a"
      $0.tags["job"] = "nightly"
    }
    let deeper = copy.with { $0.headers["X-More"] = "b" }
    _ = try await ResourceClient<Widget>(api: api).retrieve("w1")
    _ = try await ResourceClient<Widget>(api: deeper).retrieve(
      "w1", options: .init(headers: ["X-Team": "c"]))
    #expect(stage.tokenRequests == 1)
    #expect(header(stage.exchanges[0], "X-Team") == nil)
    #expect(header(stage.exchanges[1], "X-Team") == "c")
    #expect(header(stage.exchanges[1], "X-More") == "b")
  }

  @Test(
    arguments: [
      ("Authorization", "Bearer hushcanary"), ("authorization", "hushcanary"), ("Host", "evil"),
      ("Content-Length", "0"),
      ("Transfer-Encoding", "chunked"), ("X A", "b"), ("", "b"), ("X-A\r\nX-B", "b"), ("X:", "b"),
      ("X-A", "a\r\nX-Evil: 1"), ("X-A", "a\n b"), ("X-A", " a"), ("X-A", "a\t"), ("X-A", "a\0"),
      ("X-A", "é"), ("X-A", "\u{7f}"), ("X-A", Secret(String(repeating: "a", count: 9_000))),
    ] as [(String, Secret)])
  func headersThatSmuggleAreRejected(name: String, value: Secret) async throws {
    let stage = Stage()
    let widgets = try stage.widgets()
    let error = await failure {
      _ = try await widgets.retrieve("w1", options: .init(headers: [name: value.exposed]))
    }
    #expect(error?.kind == .invalidInput && stage.exchanges.isEmpty)
  }

  /// Each of the 256, at the beginning, amid and at the end.
  @Test func everyByteOfAHeaderIsJudged() {
    func isTaken(_ name: String, _ value: String) -> Bool {
      (try? HeaderRules.check(name: name, value: value)) != nil
    }
    let token = Set(
      "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)
    for byte in UInt8.min...UInt8.max {
      let text = String(Unicode.Scalar(byte))
      let isBlank = byte == 0x20 || byte == 0x09
      let isVisible = byte > 0x20 && byte < 0x7F
      #expect(isTaken("X-A", "a\(text)b") == (isVisible || isBlank), "\(byte)")
      #expect(isTaken("X-A", "\(text)b") == isVisible, "\(byte)")
      #expect(isTaken("X-A", "a\(text)") == isVisible, "\(byte)")
      #expect(isTaken("X\(text)A", "a") == token.contains(byte), "\(byte)")
    }
  }

  @Test(arguments: [
    RequestOptions(timeout: .zero), .init(timeout: .seconds(-1)), .init(deadline: .zero),
    .init(maximumRetries: -1), .init(deadline: .seconds(Int.max)),
  ])
  func optionsThatMakeNoSenseAreRejected(options: RequestOptions) async throws {
    let stage = Stage()
    let widgets = try stage.widgets()
    let error = await failure { _ = try await widgets.retrieve("w1", options: options) }
    #expect(error?.kind == .invalidInput && stage.exchanges.isEmpty)
  }

  @Test func theDeadlineEndsRetries() async throws {
    let time = ManualTime()
    let stage = Stage(Array(repeating: .respond(500, "{}"), count: 10))
    let widgets = try stage.widgets {
      $0.time = time.source
      $0.retry.base = .seconds(4)
    }
    let once = await failure {
      _ = try await widgets.retrieve("w1", options: .init(deadline: .seconds(3)))
    }
    #expect(once?.kind == .server && once?.status == 500 && stage.exchanges.count == 1)
    let task = Task {
      await failure { _ = try await widgets.retrieve("w1", options: .init(deadline: .seconds(5))) }
    }
    await until { time.naps == [.seconds(3)] }
    time.advance(by: .seconds(3))
    let twice = await task.value
    #expect(twice?.attempts == 2 && stage.exchanges.count == 3)
  }

  /// A deadline that passes while the response is awaited leaves a create's outcome open.
  @Test func theDeadlineOfACreateUnderWayIsAmbiguous() async throws {
    let time = ManualTime()
    let stage = Stage([.hang])
    let widgets = try stage.widgets { $0.time = time.source }
    let task = Task {
      await failure {
        _ = try await widgets.create(.init(name: "a"), options: .init(deadline: .seconds(5)))
      }
    }
    await until { stage.exchanges.count == 1 && time.naps == [.seconds(5)] }
    time.advance(by: .seconds(5))
    #expect(await task.value?.kind == .ambiguousWrite)
  }

  /// The deadline counts while a call waits for its turn, and the place is given back.
  @Test func theDeadlineEndsWaitingForTheLimit() async throws {
    let time = ManualTime()
    let limiter = RateLimiter(limitedService, time: time.source)
    let request = RateLimitRequest(class: .uncacheable, endpoint: "widgets", mode: nil)
    for _ in 0..<25 { try await limiter.acquire(request) }
    let stage = Stage()
    let widgets = try stage.widgets {
      $0.time = time.source
      $0.rateLimiter = limiter
    }
    let task = Task {
      await failure { _ = try await widgets.retrieve("w1", options: .init(deadline: .seconds(5))) }
    }
    await until { await limiter.waiting == 1 && time.naps == [.seconds(5)] }
    time.advance(by: .seconds(5))
    let error = await task.value
    #expect(error?.kind == .timeout && error?.message.contains("deadline") == true)
    #expect(stage.exchanges.isEmpty)
    await until { await limiter.waiting == 0 }
  }

  @Test func anApplicationNameIsCheckedAndSent() async throws {
    let stage = Stage([.respond(200, widget())])
    _ = try await stage.widgets { $0.applicationName = "shop-sync" }.retrieve("w1")
    let agent = try #require(header(stage.exchanges.first, "User-Agent"))
    #expect(agent.hasPrefix("commercelayer-swift/") && agent.hasSuffix(" app/shop-sync"))
    for name in ["", "a b", "a\r\nX: 1", "é", String(repeating: "a", count: 25), "a/b"] {
      let error = await failure { _ = try stage.client { $0.applicationName = name } }
      #expect(error?.kind == .configuration, "\(name)")
    }
  }

  @Test func sendsWhatIsNotDocumented() async throws {
    let stage = Stage([
      .respond(200, #"{"data":{"type":"gadgets","id":"g"}}"#), .respond(204, ""),
      .respond(500, "{}"), .respond(404, "{}"),
    ])
    let api = try stage.client()
    let found = try await api.send(
      RawRequest(.get, "/api/gadgets/g", query: [.init(name: "include", value: "a b")]))
    #expect(found.value?["data"]?["id"] == "g" && found.status == 200)
    #expect(stage.exchanges.first?.target == "GET /api/gadgets/g?include=a%20b")
    let deleted = try await api.send(RawRequest(.delete, "/api/gadgets/g"))
    #expect(deleted.value == nil && deleted.status == 204)
    let posted = await failure {
      _ = try await api.send(
        RawRequest(.post, "/api/gadgets", body: ["data": ["attributes": ["reference": "r-1"]]]))
    }
    #expect(posted?.kind == .ambiguousWrite && posted?.write?.reference == "r-1")
    let missing = await failure { _ = try await api.send(RawRequest(.get, "/api/gadgets/g")) }
    #expect(missing?.kind == .notFound)
    for path in [
      "", "/", "/oauth/token", "/api", "/api/", "/api/../x", "/api/a?b", "//evil/api/x",
      "/api/a/%2e%2e", "https://evil.example/api/x", "/api/a//b", "/api/a\r\nb",
    ] {
      let error = await failure { _ = try await api.send(RawRequest(.get, path)) }
      #expect(error?.kind == .invalidInput, "\(path)")
    }
    #expect(stage.exchanges.count == 4)
  }

  @Test func theModeComesFromTheTokenOrTheFirstResponse() async throws {
    let live = "e30.eyJ0ZXN0IjpmYWxzZX0.hushcanary"
    let stage = Stage([.respond(200, widget())]) { _ in
      .respond(200, #"{"access_token":"\#(live)","expires_in":7200}"#)
    }
    let api = try stage.client()
    #expect(api.mode == nil)
    _ = try await ResourceClient<Widget>(api: api).retrieve("w1")
    #expect(api.mode == .live)
    let other = Stage([
      .respond(200, widget()),
      .respond(200, #"{"data":{"type":"widgets","id":"1","meta":{"mode":"test"}}}"#),
    ])
    let opaque = try other.client()
    _ = try await ResourceClient<Widget>(api: opaque).retrieve("w1")
    #expect(opaque.mode == nil)
    _ = try await ResourceClient<Widget>(api: opaque).retrieve("w1")
    #expect(opaque.mode == .test)
    for token in ["", "a.b", "a.b.c", "a.e30.c", "....", "e30.eyJ0ZXN0IjoidHJ1ZSJ9.x"] {
      #expect(TokenClaims.mode(of: Secret(token)) == nil)
    }
  }

  @Test func limitsOfTheServiceHoldForCalls() async throws {
    let stage = Stage(Array(repeating: .respond(200, widget()), count: 26))
    var configuration = ClientConfiguration(transport: stage.transport)
    configuration.time = stage.time
    let client = try APIClient(
      organization: "acme", credentials: .token("hushcanary"), configuration: configuration,
      service: limitedService)
    for _ in 0..<26 { _ = try await ResourceClient<Widget>(api: client).retrieve("w1") }
    #expect(stage.naps == [.seconds(10)])
    // A server on this machine has no such limits unless it says so.
    configuration.endpoint = try .loopback(port: 8080)
    let local = try APIClient(
      organization: "acme", credentials: .token("hushcanary"), configuration: configuration,
      service: limitedService)
    for _ in 0..<60 { stage.add(.respond(200, widget())) }
    for _ in 0..<60 { _ = try await ResourceClient<Widget>(api: local).retrieve("w1") }
    #expect(stage.naps.count == 1)
  }
}
