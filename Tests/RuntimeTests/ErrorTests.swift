import HTTPTypes
import Testing

@_spi(Generated) @testable import CommerceLayerRuntime

/// Whatever responds, the error says what happened and what to do.
@Suite struct ErrorTests {
  private func error(_ replies: Stage.Reply...) async throws -> CommerceLayerError {
    let stage = Stage(replies)
    let widgets = try stage.widgets { $0.makeRequestID = { "call-1" } }
    return try #require(await failure { _ = try await widgets.retrieve("w1") })
  }

  @Test func aProxyThatAsksForCredentials() async throws {
    let error = try await error(.respond(407, "<html>", ["Content-Type": "text/html"]))
    #expect(error.kind == .transport && error.attempts == 1)
    #expect(error.message.contains("a proxy on the way asks for credentials"))
    #expect(error.advice == "give the transport the proxy's credentials")
  }

  @Test func aNetworkThatAsksForASignIn() async throws {
    let explicit = try await error(.respond(511, "<html>"))
    #expect(explicit.kind == .transport && explicit.attempts == 1)
    let silent = try await error(
      .respond(200, "<html>Welcome", ["Content-Type": "text/html; charset=utf-8"]))
    #expect(silent.kind == .protocolViolation && silent.status == 200)
    #expect(silent.message.contains("not text/html; charset=utf-8: Welcome"))
    #expect(silent.advice?.contains("sign-in page") == true)
  }

  @Test func anHTMLBadGateway() async throws {
    let html = Stage.Reply.respond(502, "<html>\u{1b}[31mBad", ["Content-Type": "text/html"])
    let error = try await error(html, html, html)
    #expect(error.kind == .server && error.attempts == 3 && error.callID == "call-1")
    #expect(error.message.hasPrefix("the service failed; the body of the response: \\u{1b}[31mBad"))
    #expect(error.description.contains("attempts: 3") && !error.description.contains("\u{1b}"))
  }

  @Test func emptyAndTruncatedBodies() async throws {
    let empty = try await error(.respond(200, ""))
    #expect(empty.kind == .protocolViolation && empty.message.contains("the body is empty"))
    let untyped = try await error(.respond(200, "", ["Content-Type": "x/y"]))
    #expect(untyped.message.contains("not x/y: an empty body"))
    let cut = try await error(.respond(200, #"{"data":{"type":"widgets","id":"w1""#))
    #expect(cut.kind == .protocolViolation && cut.message.contains("the body is not JSON"))
  }

  /// A list of errors without end stays no longer in memory than the call.
  @Test func ofALongListOfErrorsTheBeginningIsKept() async throws {
    let one = #"{"code":"X","detail":"\#(String(repeating: "d", count: 976))"}"#
    #expect(one.utf8.count == 1_000)
    let list = Array(repeating: one, count: 1_000).joined(separator: ",")
    let error = try await error(.respond(422, #"{"errors":[\#(list)]}"#))
    #expect(error.kind == .validation && error.errors.count == 65)
    #expect(error.errors.allSatisfy { $0.code == "X" && $0.detail?.utf8.count == 976 })
  }

  @Test func headersAreThoseThatMayBeShown() async throws {
    let error = try await error(
      .respond(
        403, "{}",
        ["X-Ratelimit-Remaining": "3", "X-Request-Id": "r-1", "Set-Cookie": "a=b", "Server": "x"]))
    #expect(
      Set(error.headers.map(\.name.canonicalName)) == [
        "content-type", "x-ratelimit-remaining", "x-request-id",
      ])
    #expect(error.requestID == "r-1")
  }

  @Test func catchesByKind() async throws {
    do {
      throw try await error(.respond(404, "{}"))
    } catch CommerceLayerError.Kind.validation {
      Issue.record("another kind")
    } catch CommerceLayerError.Kind.notFound {
    }
    #expect(!(CommerceLayerError.Kind.notFound ~= CancellationError()))
  }

  @Test func anUnknownOutcomeTellsWhatToLookFor() async throws {
    let stage = Stage([.respond(502, "", ["X-Request-Id": "r-9"])])
    var configuration = ClientConfiguration(transport: stage.transport)
    configuration.time = stage.time
    configuration.makeRequestID = { "call-2" }
    let client = try APIClient(
      organization: "acme", credentials: .token("hushcanary"), configuration: configuration,
      service: limitedService)
    let widgets = ResourceClient<Widget>(api: client)
    var create = Widget.Create(name: "n-1")
    create.storage["reference"] = "ref-1"
    create.storage["reference_origin"] = "me"
    create.storage["note"] = "nobody's business"
    let request = create
    let thrown = await failure { _ = try await widgets.create(request) }
    let first = try #require(thrown)
    let write = try #require(first.write)
    #expect(first.kind == .ambiguousWrite && first.status == 502 && first.requestID == "r-9")
    #expect(first.callID == "call-2" && first.attempts == 1)
    #expect(write.method == "POST" && write.path == "/api/widgets" && write.type == "widgets")
    #expect(write.reference == "ref-1" && write.referenceOrigin == "me" && write.id == nil)
    #expect(write.keys == ["name": "n-1"])
    #expect(first.advice == "list widgets with the reference 'ref-1' to see whether it happened")
  }

  @Test func cancellationIsNoErrorOfItsOwn() async throws {
    let stage = Stage([.hang])
    let widgets = try stage.widgets { $0.time = ManualTime().source }
    let task = Task { try await widgets.retrieve("w1") }
    await until { stage.exchanges.count == 1 }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
  }
}
