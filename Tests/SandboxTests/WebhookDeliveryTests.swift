import CommerceLayer
import CommerceLayerSandboxServer
import CommerceLayerWebhooks
import HTTPTypes
import Synchronization
import Testing

@testable import CommerceLayerSandbox

/// Webhooks are called on addresses of this machine: signed, tried again, and not for ever.
@Suite struct WebhookDeliveryTests {
  /// What was sent, with responses to give.
  final class Receiver: ClientTransport {
    struct Call: Sendable {
      let request: HTTPRequest
      let body: [UInt8]
    }

    private let calls = Mutex<[Call]>([])
    private let statuses: Mutex<[Int]>
    /// What is sent after the given statuses.
    private let last: Int

    init(_ statuses: [Int] = [], then last: Int = 200) {
      self.statuses = Mutex(statuses)
      self.last = last
    }

    var received: [Call] { calls.withLock { $0 } }

    func send(
      _ request: HTTPRequest, body: RequestBody?, timeouts: Timeouts
    ) async throws -> TransportResponse {
      calls.withLock { $0.append(Call(request: request, body: body?.bytes ?? [])) }
      let status = statuses.withLock { $0.isEmpty ? last : $0.removeFirst() }
      return TransportResponse(
        head: HTTPResponse(status: .init(code: status)), body: ResponseBody([]))
    }
  }

  private func hook(
    _ test: TestSandbox, _ topic: String, url: String = "http://localhost:4999/hook?a=1",
    _ more: JSONObject = [:]
  ) async throws -> (id: String, secret: Secret) {
    var attributes: JSONObject = ["topic": .string(topic), "callback_url": .string(url)]
    for (name, value) in more { attributes[name] = value }
    let reply = await test.create("webhooks", attributes)
    let secret = reply.json["data"]?["attributes"]?["shared_secret"]?.string ?? ""
    return (try id(reply), Secret(secret))
  }

  private func header(_ call: Receiver.Call, _ name: String) -> String? {
    HTTPField.Name(name).flatMap { call.request.headerFields[$0] }
  }

  @Test func aCallIsSignedAndHoldsTheResourceWithIncludes() async throws {
    let receiver = Receiver()
    let test = try await TestSandbox { $0.webhookTransport = receiver }
    let hook = try await hook(
      test, "orders.place", ["include_resources": ["customer", "line_items"]])
    let order = try id(await test.create("orders", ["customer_email": "a@example.com"]))
    _ = try id(
      await test.create(
        "line_items", ["name": "Tee", "quantity": 1, "unit_amount_cents": 100],
        relationships: ["order": linkage("orders", order)]))
    await test.sandbox.drainWebhooks()
    #expect(receiver.received.isEmpty)
    #expect(await test.update("orders", order, ["_place": true]).status == 200)
    await test.sandbox.drainWebhooks()
    let call = try #require(receiver.received.first)
    #expect(receiver.received.count == 1)
    #expect(call.request.method == .post)
    #expect(call.request.authority == "localhost:4999")
    #expect(call.request.path == "/hook?a=1")
    #expect(header(call, "Content-Type") == "application/vnd.api+json")
    #expect(header(call, "X-CommerceLayer-Topic") == "orders.place")
    let event = try WebhookEvent(
      body: call.body, topic: header(call, WebhookEvent.topicHeader),
      signature: header(call, WebhookSignature.header), secret: hook.secret)
    #expect(event.topic == .init(Order.self, "place") && event.diagnostics.isEmpty)
    let placed = try event.resource(Order.self)
    #expect(placed.status == .placed)
    #expect(placed.customer?.email != nil && placed.lineItems?.isEmpty == false)
    #expect(throws: WebhookError.self) {
      try WebhookSignature.verify(
        body: call.body, signature: header(call, WebhookSignature.header), secret: "hushcanary")
    }
  }

  @Test func everyAttemptIsWrittenDown() async throws {
    let receiver = Receiver([500, 404])
    let test = try await TestSandbox { $0.webhookTransport = receiver }
    let hook = try await hook(test, "skus.create")
    let sku = try id(await test.createSKU("A"))
    await test.sandbox.drainWebhooks()
    #expect(receiver.received.count == 3)
    #expect(Set(receiver.received.map(\.body)).count == 1)
    // It waited between the attempts, by the clock of the sandbox.
    #expect(test.clock.source.now() == .seconds(3))
    let callbacks = await test.get("/api/webhooks/\(hook.id)/last_event_callbacks")
    #expect(callbacks.values("response_code") == ["500", "404", "200"], "\(callbacks.text)")
    #expect(callbacks.values("callback_url")[0] == "http://localhost:4999/hook?a=1")
    #expect(callbacks.values("payload")[0]?["data"]?["id"]?.string == sku)
    #expect(await test.get("/api/event_callbacks").data.count == 3)
    #expect(await test.attributes("webhooks/\(hook.id)")?["circuit_failure_count"] == 0)
    let event = try #require(
      await test.get("/api/skus/\(sku)/events").data.first?["id"]?.string)
    #expect(await test.get("/api/events/\(event)/webhooks").data.count == 1)
    #expect(await test.get("/api/events/\(event)/last_event_callbacks").data.count == 3)
  }

  @Test func aCircuitOpensAndCanBeReset() async throws {
    let receiver = Receiver(then: 503)
    let test = try await TestSandbox { $0.webhookTransport = receiver }
    let hook = try await hook(test, "skus.create")
    for code in ["A", "B"] {
      _ = try id(await test.createSKU(code))
      await test.sandbox.drainWebhooks()
    }
    // One call and ten retries for each event.
    #expect(receiver.received.count == 22)
    #expect(await test.attributes("webhooks/\(hook.id)")?["circuit_state"] == "closed")
    #expect(await test.attributes("webhooks/\(hook.id)")?["circuit_failure_count"] == 22)
    _ = try id(await test.createSKU("C"))
    await test.sandbox.drainWebhooks()
    #expect(receiver.received.count == 30)
    #expect(await test.attributes("webhooks/\(hook.id)")?["circuit_state"] == "open")
    _ = try id(await test.createSKU("D"))
    await test.sandbox.drainWebhooks()
    #expect(receiver.received.count == 30)
    #expect(await test.update("webhooks", hook.id, ["_reset_circuit": true]).status == 200)
    let state = await test.attributes("webhooks/\(hook.id)")
    #expect(state?["circuit_state"] == "closed")
    #expect(state?["circuit_failure_count"] == 0)
    _ = try id(await test.createSKU("E"))
    await test.sandbox.drainWebhooks()
    #expect(receiver.received.count == 41)
  }

  @Test func aDisabledWebhookIsNotCalled() async throws {
    let receiver = Receiver()
    let test = try await TestSandbox { $0.webhookTransport = receiver }
    let hook = try await hook(test, "skus.create", ["_disable": true])
    _ = try id(await test.createSKU("A"))
    await test.sandbox.drainWebhooks()
    #expect(receiver.received.isEmpty)
    #expect(await test.update("webhooks", hook.id, ["_enable": true]).status == 200)
    // What happened meanwhile can be told again.
    let event = try #require(await test.get("/api/events").data.first?["id"]?.string)
    let fired = await test.update("events", event, ["_trigger": true])
    #expect(fired.status == 200, "\(fired.text)")
    await test.sandbox.drainWebhooks()
    #expect(receiver.received.count == 1)
  }

  @Test(arguments: [
    "https://example.com/hook", "http://127.0.0.1.example.com/", "http://localhost@example.com/",
    "http://10.0.0.1/", "ftp://localhost/", "http://[::2]/", "http://localhost:x/",
    "http://localhost.example.com", "not an address",
  ])
  func otherMachinesAreNeverCalled(url: String) async throws {
    let receiver = Receiver()
    let test = try await TestSandbox { $0.webhookTransport = receiver }
    let hook = try await hook(test, "skus.create", url: url)
    _ = try id(await test.createSKU("A"))
    await test.sandbox.drainWebhooks()
    #expect(receiver.received.isEmpty)
    #expect(await test.attributes("webhooks/\(hook.id)")?["callback_url"]?.string == url)
    // Nor when the address is changed after an event was queued for this machine.
    #expect(await test.get("/api/event_callbacks").data.isEmpty)
  }

  @Test(arguments: ["http://127.0.0.1:4999", "http://[::1]:4999/x", "HTTP://LOCALHOST/x#y"])
  func addressesOfThisMachineAreCalled(url: String) async throws {
    let receiver = Receiver()
    let test = try await TestSandbox { $0.webhookTransport = receiver }
    _ = try await hook(test, "skus.create", url: url)
    _ = try id(await test.createSKU("A"))
    await test.sandbox.drainWebhooks()
    #expect(receiver.received.count == 1)
    #expect(receiver.received.first?.request.path?.contains("#") == false)
  }

  @Test func importsTellTheirStatesAndRowsTellNothing() async throws {
    let receiver = Receiver()
    let test = try await TestSandbox { $0.webhookTransport = receiver }
    for topic in ["imports.create", "imports.start", "imports.complete", "skus.create"] {
      _ = try await hook(test, topic)
    }
    _ = try await test.startImport("skus", [["code": "A", "name": "Tee"]])
    try await test.sandbox.drain()
    await test.sandbox.drainWebhooks()
    let topics = receiver.received.map { header($0, "X-CommerceLayer-Topic") }
    #expect(Set(topics) == ["imports.create", "imports.start", "imports.complete"])
    #expect(topics.count == 3)
  }

  /// A receiver that never responds holds up neither requests nor other webhooks.
  @Test func callsHoldUpNothing() async throws {
    let stuck = Stuck()
    let test = try await TestSandbox { $0.webhookTransport = stuck }
    _ = try await hook(test, "skus.create")
    for code in ["A", "B", "C"] {
      #expect(
        await test.createSKU(code).status == 201)
    }
    #expect(await test.get("/api/skus").data.count == 3)
    test.sandbox.stop()
  }

  private struct Stuck: ClientTransport {
    func send(
      _ request: HTTPRequest, body: RequestBody?, timeouts: Timeouts
    ) async throws -> TransportResponse {
      let (stream, _) = AsyncStream.makeStream(of: Int.self)
      for await _ in stream {}
      throw CancellationError()
    }
  }

  /// Over a real socket: another sandbox receives the call.
  @Test func aCallGoesOverTheNetworkOfThisMachine() async throws {
    let other = try Sandbox()
    let server = try await SandboxServer.start(other)
    // A busy machine takes its time.
    let test = try await TestSandbox { $0.webhookTimeLimit = .seconds(3_600) }
    let hook = try await hook(test, "skus.create", url: "http://127.0.0.1:\(server.port)/hook")
    _ = try id(await test.createSKU("A"))
    await test.sandbox.drainWebhooks()
    await server.stop()
    let callbacks = await test.get("/api/webhooks/\(hook.id)/last_event_callbacks")
    // It knows no such path, so that every attempt gets the same status.
    #expect(callbacks.values("response_code").first == "404", "\(callbacks.text)")
    #expect(callbacks.json["meta"]?["record_count"] == 11)
  }
}
