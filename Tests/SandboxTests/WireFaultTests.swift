import CommerceLayer
import CommerceLayerSandbox
import CommerceLayerSandboxServer
import Foundation
import HTTPTypes
import Synchronization
import Testing

/// Connections that break as those of networks and load balancers do, between the project's own client and a
/// server.
@Suite struct WireFaultTests {
  /// A sandbox, its server, a proxy in front of it and a client of the proxy.
  private struct Wire {
    let server: SandboxServer
    let proxy: WireFaultProxy
    let client: CommerceLayerClient

    init(
      _ rules: [WireFaultRule], seed: UInt64 = 1, time: TimeSource = .continuous
    ) async throws {
      var configuration = SandboxConfiguration()
      configuration.acceptMissingRelated = true
      server = try await SandboxServer.start(try Sandbox(configuration))
      proxy = try await WireFaultProxy.start(
        to: server.port, rules: rules, seed: seed, time: time)
      client = try CommerceLayerClient(
        organization: "sandbox",
        credentials: .clientCredentials(
          id: server.sandbox.clientID, secret: server.sandbox.clientSecret),
        configuration: .init(endpoint: .loopback(port: proxy.port)))
    }

    /// How many tags of a name there are, asked without the proxy.
    func tags(_ name: String) async throws -> Int {
      let direct = try CommerceLayerClient(
        organization: "sandbox",
        credentials: .clientCredentials(
          id: server.sandbox.clientID, secret: server.sandbox.clientSecret),
        configuration: .init(endpoint: .loopback(port: server.port)))
      return try await direct.tags.list().items.filter { $0.name == name }.count
    }

    func stop() async {
      await proxy.stop()
      await server.stop()
    }
  }

  private static let create = "/api/tags"

  @Test func whatPassesIsUnchanged() async throws {
    let wire = try await Wire([])
    let tag = try await wire.client.tags.create(.init(name: "sale"))
    #expect(try await wire.client.tags.retrieve(tag.id).name == "sale")
    let created = wire.proxy.exchanges.first { $0.method == "POST" && $0.path == Self.create }
    #expect(created?.reach == .always && created?.losesResponse == false)
    await wire.stop()
  }

  /// No write is doubled, whatever happens to its connection; where it may have happened the client says so.
  @Test(arguments: [
    (WireFault.resetAfterRequest, 1), (.truncatedBody(bytes: 10), 1), (.brokenChunk, 1),
    (.garbageStatusLine, 1), (.closedKeepAlive, 1), (.duplicateResponse, 1),
    (.slowFirstByte(.zero), 1), (.slowBody(bytesPerSecond: 1_000_000), 1), (.resetBeforeRequest, 0),
  ])
  func noCreateIsDoubled(fault: WireFault, applied: Int) async throws {
    let wire = try await Wire([.init([fault], method: "POST", path: Self.create, times: 1)])
    do {
      _ = try await wire.client.tags.create(.init(name: "once"))
      #expect(!fault.losesResponse)
    } catch {
      let error = try #require(error as? CommerceLayerError)
      #expect(fault.losesResponse && error.kind == .ambiguousWrite, "\(fault): \(error)")
    }
    #expect(try await wire.tags("once") == applied, "\(fault)")
    #expect(wire.proxy.counts == [fault: 1])
    // What comes next is not what was left over.
    #expect(try await wire.client.tags.create(.init(name: "next")).name == "next", "\(fault)")
    await wire.stop()
  }

  @Test(arguments: [
    WireFault.resetAfterRequest, .resetBeforeRequest, .truncatedBody(bytes: 1), .brokenChunk,
    .garbageStatusLine,
  ])
  func aReadIsRetried(fault: WireFault) async throws {
    let wire = try await Wire([.init([fault], method: "GET", path: Self.create, times: 1)])
    _ = try await wire.client.tags.create(.init(name: "sale"))
    #expect(try await wire.client.tags.list().items.count == 1)
    #expect(wire.proxy.exchanges.filter { $0.method == "GET" }.count == 2)
    await wire.stop()
  }

  @Test func aLateRequestTakesEffectAfterItsClientHasLooked() async throws {
    let (doors, door) = AsyncStream.makeStream(of: Never.self)
    let time = TimeSource(
      now: { .zero },
      sleep: { _ in
        for await _ in doors {}
        try Task.checkCancellation()
      })
    let wire = try await Wire(
      [.init([.lateRequest(.seconds(30))], method: "POST", path: Self.create)], time: time)
    let error = await #expect(throws: CommerceLayerError.self) {
      try await wire.client.tags.create(.init(name: "late"))
    }
    #expect(error?.kind == .ambiguousWrite)
    #expect(try await wire.tags("late") == 0)
    #expect(wire.proxy.exchanges.last?.reach == .later)
    door.finish()
    var count = 0
    for _ in 0..<10_000 where count == 0 {
      await Task.yield()
      count = try await wire.tags("late")
    }
    #expect(count == 1)
    await wire.stop()
  }

  @Test func bodiesComeAtTheirRate() async throws {
    let slept = Mutex<[Duration]>([])
    let time = TimeSource(
      now: { .zero }, sleep: { duration in slept.withLock { $0.append(duration) } })
    let wire = try await Wire(
      [.init([.slowFirstByte(.seconds(2)), .slowBody(bytesPerSecond: 100)], path: "/nowhere")],
      time: time)
    let text = try await RawConnection.exchange(
      port: wire.proxy.port,
      "GET /nowhere HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    let body = try #require(text.components(separatedBy: "\r\n\r\n").last)
    let waits = slept.withLock { $0 }
    #expect(waits.first == .seconds(2))
    let total: Duration = waits.dropFirst().reduce(.zero) { $0 + $1 }
    #expect(total == Duration.milliseconds(10 * body.utf8.count))
    await wire.stop()
  }

  @Test func faultsOfTheBytesAreAsTheyAreCalled() async throws {
    let wire = try await Wire([
      .init([.garbageStatusLine], path: "/garbage"), .init([.brokenChunk], path: "/chunk"),
      .init([.truncatedBody(bytes: 5)], path: "/cut"),
      .init([.duplicateResponse], path: "/twice"),
    ])
    func get(_ path: String) async throws -> String {
      try await RawConnection.exchange(
        port: wire.proxy.port,
        "GET \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    }
    #expect(try await get("/garbage").hasPrefix("HTPP/1.1 two hundred\r\n"))
    let chunks = try await get("/chunk")
    #expect(
      chunks.contains("\r\nTransfer-Encoding: chunked\r\n") && chunks.hasSuffix("\r\nxyz\r\n"))
    #expect(!chunks.lowercased().contains("content-length"))
    let cut = try await get("/cut").components(separatedBy: "\r\n\r\n")
    #expect(
      cut.first?.lowercased().contains("content-length:") == true && cut.last?.utf8.count == 5)
    #expect(try await get("/twice").components(separatedBy: "HTTP/1.1 404").count == 3)
    #expect(try await get("/fine").hasPrefix("HTTP/1.1 404"))
    await wire.stop()
  }

  @Test func theSameSeedGivesTheSameFaults() async throws {
    func given(_ seed: UInt64) async throws -> [Int] {
      let wire = try await Wire(
        [.init([.closedKeepAlive], path: "/x", probability: 0.3)], seed: seed)
      for _ in 0..<40 {
        _ = try await RawConnection.exchange(
          port: wire.proxy.port, "GET /x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
      }
      let numbers = wire.proxy.exchanges.filter { !$0.faults.isEmpty }.map(\.number)
      await wire.stop()
      return numbers
    }
    let first = try await given(7)
    #expect(try await given(7) == first && first.count > 3 && first.count < 30)
    #expect(try await given(8) != first)
  }

  @Test func rulesAreReadAndMistakesNamed() throws {
    let rules = try WireFaultRule.list(
      #"[{"method":"post","path":"/api","skip":1,"faults":["broken_chunk",{"slow_body":10}]}]"#)
    #expect(
      rules == [
        WireFaultRule(
          [.brokenChunk, .slowBody(bytesPerSecond: 10)], method: "POST", path: "/api", skip: 1)
      ])
    for (text, part) in [
      (#"[{"fault":"resets"}]"#, "resets"), (#"[{"path":"/"}]"#, "fault"),
      (#"[{"fault":"slow_body"}]"#, "bytes a second"),
      (#"[{"fault":{"late_request":1e9}}]"#, "3600"),
      (#"[{"fault":"no_response","probability":2}]"#, "probability"), ("[1]", "object"),
      ("{", "JSON"),
      (#"[{"fault":"no_response","tims":2}]"#, "tims"),
    ] as [(String, String)] {
      let error = #expect(throws: (any Error).self) { try WireFaultRule.list(text) }
      #expect(error.map { "\($0)".contains(part) } == true, "\(text): \(String(describing: error))")
    }
  }

  @Test func theControlEndpointsAreLeftAlone() async throws {
    let wire = try await Wire([.init([.resetBeforeRequest])])
    let reply = try await RawConnection.exchange(
      port: wire.proxy.port,
      "POST /__sandbox__/reset HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    #expect(reply.hasPrefix("HTTP/1.1 204"))
    await wire.stop()
  }
}
