import HTTPTypes
import Synchronization
import Testing

@_spi(Generated) @testable import CommerceLayerRuntime

/// A service that confirms everything, in the way a test says.
private final class ConfirmingTransport: ClientTransport {
  /// The body of a response: what comes, and how it ends.
  struct Body: Sendable {
    enum End: Sendable {
      case whole
      case fails(any Error & Sendable)
      /// Sends nothing more until the attempt's time is over.
      case stalls
    }
    let name: String
    let text: String
    var end = End.whole
    var type: String? = "application/vnd.api+json"
  }

  /// The time limit of attempts; it runs out once a body stalls.
  static let limit: Duration = .seconds(3_000)

  private let body: Body
  private let count = Mutex(0)
  private let limits = TimeLimits()

  init(_ body: Body) { self.body = body }

  /// How many calls were sent.
  var calls: Int { count.withLock { $0 } }

  var time: TimeSource {
    TimeSource(
      now: { .zero },
      sleep: { [self] nap in
        if nap == Self.limit { try await limits.run() }
      })
  }

  func send(
    _ request: HTTPRequest, body sentBody: RequestBody?, timeouts: Timeouts
  ) async throws -> TransportResponse {
    count.withLock { $0 += 1 }
    let (stream, continuation) = AsyncThrowingStream.makeStream(of: [UInt8].self)
    if !body.text.isEmpty { continuation.yield(Array(body.text.utf8)) }
    switch body.end {
    case .whole: continuation.finish()
    case .fails(let error): continuation.finish(throwing: error)
    case .stalls:
      // Keeps the stream open.
      continuation.onTermination = { _ in withExtendedLifetime(continuation) {} }
      limits.expire()
    }
    var head = HTTPResponse(status: .init(code: 200))
    head.headerFields[.contentType] = body.type
    return TransportResponse(head: head, body: ResponseBody(stream))
  }
}

/// A write that the service confirmed, with a response that cannot be read, has an unknown outcome:
/// whoever sends a capture again because an error said so moves money twice.
@Suite struct UnreadableResponseTests {
  private struct Foreign: Error {}

  /// What can be wrong with a 2xx response.
  private static let bodies: [ConfirmingTransport.Body] = [
    .init(name: "HTML", text: "<html>Sign in</html>", type: "text/html"),
    .init(name: "plain JSON", text: widget(), type: "application/json"),
    .init(name: "no content type", text: widget(), type: nil),
    .init(name: "not JSON", text: String(widget(#""name":"a""#).dropLast(4))),
    .init(name: "errors in a 2xx", text: #"{"errors":[{"title":"no"}]}"#),
    .init(name: "too large", text: widget(#""name":"\#(String(repeating: "a", count: 5_000))""#)),
    .init(name: "cut off", text: start, end: .fails(TransportError(.broken, "reset"))),
    .init(name: "cut off at once", text: "", end: .fails(TransportError(.broken, "reset"))),
    .init(name: "badly compressed", text: start, end: .fails(TransportError(.broken, "gzip"))),
    .init(
      name: "too large for the transport", text: start,
      end: .fails(TransportError(.tooLarge, "much"))),
    .init(name: "broken by something else", text: start, end: .fails(Foreign())),
    .init(name: "stalled", text: start, end: .stalls),
    .init(name: "late", text: start, end: .fails(TransportError(.timeout, "late"))),
    .init(name: "not JSON:API", text: #"{"token":"x"}"#),
    .init(name: "empty", text: ""),
    .init(name: "null", text: #"{"data":null}"#),
    .init(name: "a list", text: #"{"data":[]}"#),
    .init(name: "another type", text: #"{"data":{"type":"gadgets","id":"g1"}}"#),
  ]
  private static let start = #"{"data":{"type":"widgets","id":"w1","attributes":{"name":"aaa"#
  /// Responses that can be read where no resource is expected.
  private static let withoutResource: Set<String> = ["empty", "null", "a list", "another type"]
  /// Failures after which the same request may lead to a response.
  private static let transient: Set<String> = [
    "cut off", "cut off at once", "badly compressed", "broken by something else", "stalled", "late",
  ]

  private struct Write: Sendable {
    let name: String
    var isRepeatable = false
    var hasResource = true
    let work: @Sendable (ResourceClient<Widget>, RequestOptions) async throws -> Void
  }

  /// Every kind of write.
  private static let writes: [Write] = [
    .init(name: "create") { _ = try await $0.create(.init(name: "a"), options: $1) },
    .init(name: "update", isRepeatable: true) {
      _ = try await $0.update("w1", .init(name: "a"), options: $1)
    },
    .init(name: "delete", isRepeatable: true, hasResource: false) {
      try await $0.delete("w1", options: $1)
    },
    .init(name: "idempotent trigger", isRepeatable: true) {
      _ = try await Trigger($0, wire: "_stop")("w1", options: $1)
    },
    .init(name: "trigger") { _ = try await Trigger($0, wire: "_capture")("w1", options: $1) },
    .init(name: "trigger with a value") {
      _ = try await ValueTrigger<Widget, Int>($0, wire: "_refund_amount_cents")(
        "w1", 100, options: $1)
    },
    .init(name: "raw POST", hasResource: false) {
      _ = try await $0.api.send(
        RawRequest(.post, "/api/widgets", body: ["data": ["type": "widgets"]]), options: $1)
    },
    .init(name: "raw PATCH", hasResource: false) {
      _ = try await $0.api.send(RawRequest(.patch, "/api/widgets/w1"), options: $1)
    },
    .init(name: "raw PUT", isRepeatable: true, hasResource: false) {
      _ = try await $0.api.send(RawRequest(.put, "/api/widgets/w1"), options: $1)
    },
  ]

  private static let options = RequestOptions(timeout: ConfirmingTransport.limit)

  private static func widgets(_ transport: ConfirmingTransport) throws -> ResourceClient<Widget> {
    var configuration = ClientConfiguration(transport: transport)
    configuration.time = transport.time
    configuration.random = { 0 }
    configuration.maximumResponseBytes = 4_096
    return ResourceClient(
      api: try APIClient(
        organization: "acme", credentials: .token("hushcanary-token"),
        configuration: configuration))
  }

  @Test(arguments: bodies.indices, writes.indices)
  func aWriteIsAmbiguous(body: Int, write: Int) async throws {
    let (body, write) = (Self.bodies[body], Self.writes[write])
    if !write.hasResource, Self.withoutResource.contains(body.name) { return }
    let transport = ConfirmingTransport(body)
    let widgets = try Self.widgets(transport)
    let error = try #require(
      await failure { try await write.work(widgets, Self.options) },
      "\(write.name), \(body.name)")
    #expect(error.kind == .ambiguousWrite, "\(write.name), \(body.name)")
    // Only what is harmless twice is sent again, and only when that may help.
    let isRetried = write.isRepeatable && Self.transient.contains(body.name)
    #expect(transport.calls == (isRetried ? 3 : 1), "\(write.name), \(body.name)")
    let written = try #require(error.write)
    #expect(written.type == "widgets" && written.isRepeatable == write.isRepeatable)
    if body.text.contains(#""id":"w1""#) || !["create", "raw POST"].contains(write.name) {
      #expect(written.id == "w1", "\(write.name), \(body.name)")
    }
    let advice = try #require(error.advice)
    #expect(advice.contains(written.id == nil ? "widgets" : "widgets w1"), "\(advice)")
    #expect(!advice.contains("address") && !advice.contains("try again"))
    // What is wrong with the response is still told, and which response it was.
    #expect(error.underlying?.isEmpty == false && error.status == 200)
  }

  @Test(arguments: bodies.indices)
  func aReadIsNotAmbiguous(body: Int) async throws {
    let body = Self.bodies[body]
    let transport = ConfirmingTransport(body)
    let widgets = try Self.widgets(transport)
    let error = await failure { _ = try await widgets.retrieve("w1", options: Self.options) }
    let isTransient = Self.transient.contains(body.name)
    #expect(
      isTransient
        ? error?.kind == .transport || error?.kind == .timeout
        : error?.kind == .protocolViolation, "\(body.name)")
    #expect(transport.calls == (isTransient ? 3 : 1), "\(body.name)")
  }

  @Test func aDeleteThatWasConfirmedAndCutOffIsDoneWhenNothingIsFoundAfterwards() async throws {
    let tests = Notes<Int>()
    let transport = InProcessTransport { _, _ in
      tests.add(1)
      guard tests.all.count > 1 else { return (HTTPResponse(status: .ok), Array("{}".utf8)) }
      return (HTTPResponse(status: .notFound), [])
    }
    var configuration = ClientConfiguration(transport: transport)
    configuration.time = Stage().time
    configuration.attemptMiddleware = [CuttingMiddleware()]
    let client = try APIClient(
      organization: "acme", credentials: .token("hushcanary-token"), configuration: configuration)
    try await ResourceClient<Widget>(api: client).delete("w1")
    #expect(tests.all.count == 2)
    // Without an attempt that may have happened it is an error.
    let error = await failure { try await ResourceClient<Widget>(api: client).delete("w1") }
    #expect(error?.kind == .notFound)
  }

  /// Loses the body of each success.
  private struct CuttingMiddleware: ClientMiddleware {
    func intercept(
      _ request: HTTPRequest, body: RequestBody?, context: CallContext, next: Next
    ) async throws -> TransportResponse {
      let response = try await next(request, body)
      if response.head.status == .ok { throw TransportError(.broken, "reset") }
      return response
    }
  }

  /// A middleware that says that nothing was sent does not make a confirmed create be sent again.
  @Test(arguments: [TransportError.Kind.connect, .invalidRequest])
  func aConfirmedCreateIsNeverSentAgain(kind: TransportError.Kind) async throws {
    struct Denying: ClientMiddleware {
      let kind: TransportError.Kind
      func intercept(
        _ request: HTTPRequest, body: RequestBody?, context: CallContext, next: Next
      ) async throws -> TransportResponse {
        _ = try await next(request, body)
        throw TransportError(kind, "denied")
      }
    }
    for isOfCall in [true, false] {
      let stage = Stage([.respond(201, widget()), .respond(201, widget())])
      let widgets = try stage.widgets {
        if isOfCall {
          $0.callMiddleware = [Denying(kind: kind)]
        } else {
          $0.attemptMiddleware = [Denying(kind: kind)]
        }
      }
      let error = await failure { _ = try await widgets.create(.init(name: "a")) }
      #expect(error?.kind == .ambiguousWrite && stage.exchanges.count == 1)
    }
  }

  @Test func aDeleteConfirmedByAnotherServerIsAmbiguous() async throws {
    let stage = Stage([.respond(200, "<html>Sign in</html>", ["Content-Type": "text/html"])])
    let widgets = try stage.widgets()
    let error = await failure { try await widgets.delete("w1") }
    #expect(error?.kind == .ambiguousWrite && error?.write?.id == "w1")
    #expect(error?.advice == "retrieve widgets w1 to see whether it still exists")
    try await Stage([.respond(204, "")]).widgets().delete("w1")
    try await Stage([.respond(200, #"{"meta":{}}"#)]).widgets().delete("w1")
  }

  @Test(arguments: [HTTPRequest.Method.post, .patch, .put, .delete])
  func aRawWriteIsAmbiguous(method: HTTPRequest.Method) async throws {
    let stage = Stage([.respond(200, "<html>", ["Content-Type": "text/html"])])
    let client = try stage.client()
    let error = await failure {
      _ = try await client.send(RawRequest(method, "/api/widgets/w1/things"))
    }
    #expect(error?.kind == .ambiguousWrite)
    #expect(error?.write?.id == "w1" && error?.write?.type == "widgets")
    let read = await failure {
      stage.add(.respond(200, "<html>", ["Content-Type": "text/html"]))
      _ = try await client.send(RawRequest(.get, "/api/widgets/w1"))
    }
    #expect(read?.kind == .protocolViolation)
  }

  /// The id of what was created, as far as it can be read.
  @Test(arguments: [
    (
      #"{"data":{"id":"new1","type":"widgets"},"errors":[{"title":"no"}]}"#, "new1"
    ),
    (#"{"data":{"id":"new1","type":"widgets","attributes":{"name":"a","si"#, "new1"),
    (#"{"data":{"id":"new1","attributes":{"a":[1,{"b":"},]"#, "new1"),
    (#"{"data":{"id":"new1","type":"gadgets"}}"#, nil),
    (#"{"data":{"type":"widgets","id":"ne"#, nil),
    (#"{"data":{"type":"widgets","id":"../secret"},"errors":[{"title":"no"}]}"#, nil),
    (#"{"data":{"type":"widgets","id":7,"attributes":{}}}"#, nil),
    ("<html>", nil), (#"{"a":"\",,"#, nil), ("]]],{{", nil), ("", nil),
  ])
  func theIDOfWhatWasCreatedIsKept(body: String, id: String?) async throws {
    let stage = Stage([.respond(201, body)])
    let widgets = try stage.widgets()
    let error = await failure { _ = try await widgets.create(.init(name: "a")) }
    #expect(error?.kind == .ambiguousWrite && error?.write?.id == id)
    if id != nil {
      #expect(
        error?.advice
          == "retrieve widgets new1, which the response names, instead of sending it again")
    }
  }

  @Test func anUpdateThatSetsValuesMayBeSentAgain() async throws {
    let widgets = try Stage([.respond(200, "")]).widgets()
    let error = await failure { _ = try await widgets.update("w1", .init(name: "a")) }
    #expect(error?.write?.isRepeatable == true)
    #expect(error?.advice?.contains("sending the same update again is harmless") == true)
    let acting = try Stage([.respond(200, "")]).widgets()
    let other = await failure { _ = try await Trigger(acting, wire: "_capture")("w1") }
    #expect(other?.write?.isRepeatable == false)
    #expect(
      other?.advice == "retrieve widgets w1 to see whether it happened before sending it again")
  }

  /// Nothing was sent: the token endpoint is at fault, whatever the call is.
  @Test func aWriteWithoutATokenIsNotAmbiguous() async throws {
    let stage = Stage(tokenReply: { _ in .respond(200, "<html>") })
    let widgets = try stage.widgets()
    let error = await failure { _ = try await widgets.create(.init(name: "a")) }
    #expect(error?.kind == .protocolViolation && stage.exchanges.isEmpty)
  }
}
