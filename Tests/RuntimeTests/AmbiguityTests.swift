import HTTPTypes
import Testing

@_spi(Generated) @testable import CommerceLayerRuntime

/// What may have been processed is never repeated blindly, and never taken for what did not happen.
@Suite struct AmbiguityTests {
  /// A resource whose verbs act again when they are sent again.
  private struct Card: Resource, UpdatableResource {
    let storage: ResourceStorage
    init(storage: ResourceStorage) { self.storage = storage }
    static let schema = ResourceSchema(
      table: """
        {"resource":"cards","singular":"card",
         "operations":{"update":{"method":"PATCH","path":"/api/cards/:id","success":200}},
         "attributes":{"name":{"type":"string","update":"optional"},
           "_purchase":{"type":"boolean","update":"optional","trigger":true},
           "_balance_change_cents":{"type":"integer","update":"optional","write_only":true}},
         "relationships":{}}
        """)
    struct Update: UpdateRequest {
      var storage = RequestStorage(type: "cards")
    }
  }

  private let broken = Stage.Reply.fail(TransportError(.broken, "reset"))
  private let card = Stage.Reply.respond(200, #"{"data":{"type":"cards","id":"c1"}}"#)

  private func cards(_ stage: Stage) throws -> ResourceClient<Card> {
    ResourceClient(api: try stage.widgets().api)
  }

  @Test(arguments: ["_balance_change_cents", "_purchase", "_unheard_of"])
  func anUpdateThatActsIsNotRepeated(name: String) async throws {
    let stage = Stage([broken, card])
    let cards = try cards(stage)
    var update = Card.Update()
    update.storage[name] = -500
    let error = await failure { [update] in _ = try await cards.update("c1", update) }
    #expect(error?.kind == .ambiguousWrite && stage.exchanges.count == 1)
  }

  @Test func anUpdateThatSetsIsRepeated() async throws {
    let stage = Stage([broken, card])
    var update = Card.Update()
    update.storage["name"] = "a"
    _ = try await cards(stage).update("c1", update)
    #expect(stage.exchanges.count == 2)
  }

  @Test func aTriggerIsNotRepeatedUnlessTheSpecCallsItIdempotent() async throws {
    let stage = Stage([broken, card])
    let cards = try cards(stage)
    let error = await failure {
      _ = try await Trigger(cards, wire: "_purchase")("c1")
    }
    #expect(error?.kind == .ambiguousWrite && stage.exchanges.count == 1)
    #expect(error?.write?.id == "c1" && error?.write?.method == "PATCH")
    #expect(error?.advice == "retrieve cards c1 to see whether it happened before sending it again")
    let other = Stage([broken, .respond(200, widget())])
    _ = try await Trigger(other.widgets(), wire: "_stop")("w1")
    #expect(other.exchanges.count == 2)
  }

  @Test(arguments: [
    Stage.Reply.fail(TransportError(.connect, "refused")), .respond(429, "{}"),
    .respond(503, "", ["Retry-After": "1"]),
  ])
  func aDeleteThatReachedNobodyHasNotHappened(first: Stage.Reply) async throws {
    let stage = Stage([first, .respond(404, "{}")])
    let widgets = try stage.widgets()
    let error = await failure { try await widgets.delete("w1") }
    #expect(error?.kind == .notFound && stage.exchanges.count == 2)
  }

  @Test func aDeleteStaysDoneWhenTheTokenEndsInBetween() async throws {
    let stage = Stage([
      .respond(502, ""), .respond(401, #"{"errors":[{"code":"INVALID_TOKEN"}]}"#),
      .respond(404, "{}"),
    ])
    try await stage.widgets().delete("w1")
    #expect(stage.exchanges.count == 3)
  }

  /// Not a ``TransportError``, against the contract of transports; prints what nobody may see.
  private struct Foreign: Error, CustomStringConvertible {
    var description: String { "https://acme.example/?filter=hushcanary" }
  }

  @Test func aTransportThatBreaksItsContractIsStillATypedError() async throws {
    var configuration = ClientConfiguration(
      transport: InProcessTransport { _, _ in throw Foreign() })
    configuration.time = Stage().time
    let client = try APIClient(
      organization: "acme", credentials: .token("hushcanary"), configuration: configuration)
    let widgets = ResourceClient<Widget>(api: client)
    let create = await failure { _ = try await widgets.create(.init(name: "a")) }
    #expect(create?.kind == .ambiguousWrite)
    let read = await failure { _ = try await widgets.retrieve("w1") }
    #expect(read?.kind == .transport && read?.attempts == 3)
    #expect(read.map { "\($0)".contains("hushcanary") } == false)
  }

  @Test func aBodyCutShortByCancellationIsNoResponse() async throws {
    let (stream, continuation) = AsyncThrowingStream.makeStream(of: [UInt8].self)
    continuation.yield([1, 2])
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try await ResponseBody(stream).collect(upTo: 10)
    }
    await #expect(throws: CancellationError.self) { try await task.value }
    continuation.finish()
  }

  @Test func aCallsOwnTimeLimitReachesTheTransport() async throws {
    var configuration = ClientConfiguration(
      transport: TimeoutRecorder { timeouts in
        #expect(timeouts.total == .seconds(3_000) && timeouts.bulk == .seconds(3_000))
      })
    configuration.time = Stage().time
    let client = try APIClient(
      organization: "acme", credentials: .token("hushcanary"), configuration: configuration)
    let widgets = ResourceClient<Widget>(api: client)
    _ = try await widgets.retrieve("w1", options: .init(timeout: .seconds(3_000)))
  }

  private struct TimeoutRecorder: ClientTransport {
    let check: @Sendable (Timeouts) -> Void
    func send(
      _ request: HTTPRequest, body: RequestBody?, timeouts: Timeouts
    ) async throws -> TransportResponse {
      check(timeouts)
      return TransportResponse(
        head: HTTPResponse(
          status: .ok, headerFields: [.contentType: "application/vnd.api+json"]),
        body: ResponseBody(Array(widget().utf8)))
    }
  }
}
