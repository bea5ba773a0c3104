import HTTPTypes
import Testing

@_spi(Generated) @testable import CommerceLayerRuntime

/// A write that the service confirmed, with a response that cannot be read, has an unknown outcome:
/// whoever sends a capture again because an error said so moves money twice.
@Suite struct UnreadableResponseTests {
  /// What can be wrong with a 2xx response.
  static let responses: [(String, Stage.Reply)] = [
    ("HTML", .answer(200, "<html>Sign in</html>", ["Content-Type": "text/html"])),
    ("plain JSON", .answer(200, widget(), ["Content-Type": "application/json"])),
    ("no content type", .answer(200, widget(), ["Content-Type": ""])),
    ("truncated", .answer(200, String(widget(#""name":"a""#).dropLast(4)))),
    ("empty", .answer(200, "")),
    ("not JSON:API", .answer(200, #"{"token":"x"}"#)),
    ("errors in a 2xx", .answer(200, #"{"errors":[{"title":"no"}]}"#)),
    ("null", .answer(200, #"{"data":null}"#)),
    ("a list", .answer(200, #"{"data":[]}"#)),
    ("another type", .answer(200, #"{"data":{"type":"gadgets","id":"g1"}}"#)),
    ("another type of value", .answer(200, widget(#""size":[]"#))),
    ("too large", .answer(200, widget(#""name":"\#(String(repeating: "a", count: 5_000))""#))),
    ("too large to be read", .fail(TransportError(.tooLarge, "more than 4096 bytes"))),
  ]

  /// Every kind of write.
  static let writes: [(String, @Sendable (ResourceClient<Widget>) async throws -> Void)] = [
    ("create", { _ = try await $0.create(.init(name: "a")) }),
    ("update", { _ = try await $0.update("w1", .init(name: "a")) }),
    ("trigger", { _ = try await Trigger($0, wire: "_stop")("w1") }),
    ("trigger that acts again", { _ = try await Trigger($0, wire: "_capture")("w1") }),
    (
      "trigger with a value",
      { _ = try await ValueTrigger<Widget, Int>($0, wire: "_refund_amount_cents")("w1", 100) }
    ),
  ]

  @Test(arguments: responses.indices, writes.indices)
  func aWriteIsAmbiguous(response: Int, write: Int) async throws {
    let (name, reply) = Self.responses[response]
    let (writeName, work) = Self.writes[write]
    let stage = Stage([reply])
    let widgets = try stage.widgets { $0.maximumResponseBytes = 4_096 }
    let error = await failure { try await work(widgets) }
    #expect(error?.kind == .ambiguousWrite, "\(writeName), \(name)")
    #expect(stage.exchanges.count == 1)
    let written = try #require(error?.write)
    #expect(written.type == "widgets")
    #expect(writeName == "create" || written.id == "w1")
    let advice = try #require(error?.advice)
    #expect(advice.contains(writeName == "create" ? "widgets" : "widgets w1"), "\(advice)")
    #expect(!advice.contains("address"))
    // What is wrong with the response is still told.
    #expect(error?.underlying?.isEmpty == false)
  }

  @Test(arguments: responses.indices)
  func aReadIsAProtocolViolation(response: Int) async throws {
    let (name, reply) = Self.responses[response]
    let stage = Stage([reply])
    let widgets = try stage.widgets { $0.maximumResponseBytes = 4_096 }
    let error = await failure { _ = try await widgets.retrieve("w1") }
    #expect(error?.kind == .protocolViolation, "\(name)")
  }

  @Test func aDeleteConfirmedByAnotherServerIsAmbiguous() async throws {
    let stage = Stage([.answer(200, "<html>Sign in</html>", ["Content-Type": "text/html"])])
    let widgets = try stage.widgets()
    let error = await failure { try await widgets.delete("w1") }
    #expect(error?.kind == .ambiguousWrite && error?.write?.id == "w1")
    #expect(error?.advice == "retrieve widgets w1 to see whether it still exists")
    try await Stage([.answer(204, "")]).widgets().delete("w1")
    try await Stage([.answer(200, #"{"meta":{}}"#)]).widgets().delete("w1")
  }

  @Test(arguments: [HTTPRequest.Method.post, .patch, .put, .delete])
  func aRawWriteIsAmbiguous(method: HTTPRequest.Method) async throws {
    let stage = Stage([.answer(200, "<html>", ["Content-Type": "text/html"])])
    let client = try stage.client()
    let error = await failure {
      _ = try await client.send(RawRequest(method, "/api/widgets/w1/things"))
    }
    #expect(error?.kind == .ambiguousWrite)
    #expect(error?.write?.id == "w1" && error?.write?.type == "widgets")
    let read = await failure {
      stage.add(.answer(200, "<html>", ["Content-Type": "text/html"]))
      _ = try await client.send(RawRequest(.get, "/api/widgets/w1"))
    }
    #expect(read?.kind == .protocolViolation)
  }

  /// The id of what was created, as far as it can be read.
  @Test(arguments: [
    (widget(#""size":[]"#, id: "new1"), "new1"),
    (#"{"data":{"id":"new1","type":"widgets","attributes":{"name":"a","si"#, "new1"),
    (#"{"data":{"id":"new1","attributes":{"a":[1,{"b":"},]"#, "new1"),
    (#"{"data":{"id":"new1","type":"gadgets"}}"#, nil),
    (#"{"data":{"type":"widgets","id":"ne"#, nil),
    (#"{"data":{"type":"widgets","id":"../secret","attributes":{"size":[]}}}"#, nil),
    (#"{"data":{"type":"widgets","id":7,"attributes":{}}}"#, nil),
    ("<html>", nil), (#"{"a":"\",,"#, nil), ("]]],{{", nil), ("", nil),
  ])
  func theIDOfWhatWasCreatedIsKept(body: String, id: String?) async throws {
    let stage = Stage([.answer(201, body)])
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
    let widgets = try Stage([.answer(200, "")]).widgets()
    let error = await failure { _ = try await widgets.update("w1", .init(name: "a")) }
    #expect(error?.write?.isRepeatable == true)
    #expect(error?.advice?.contains("sending the same update again is harmless") == true)
    let acting = try Stage([.answer(200, "")]).widgets()
    let other = await failure { _ = try await Trigger(acting, wire: "_capture")("w1") }
    #expect(other?.write?.isRepeatable == false)
    #expect(
      other?.advice == "retrieve widgets w1 to see whether it happened before sending it again")
  }

  /// Nothing was sent: the token endpoint is at fault, whatever the call is.
  @Test func aWriteWithoutATokenIsNotAmbiguous() async throws {
    let stage = Stage(tokenReply: { _ in .answer(200, "<html>") })
    let widgets = try stage.widgets()
    let error = await failure { _ = try await widgets.create(.init(name: "a")) }
    #expect(error?.kind == .protocolViolation && stage.exchanges.isEmpty)
  }
}
