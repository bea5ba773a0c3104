import HTTPTypes
import Testing

@_spi(Generated) @testable import CommerceLayerRuntime

@Suite struct ClientTests {
  @Test func sendsWhatTheProtocolAsksFor() async throws {
    let stage = Stage([.respond(201, widget())])
    _ = try await stage.widgets().create(.init(name: "a"))
    let exchange = try #require(stage.exchanges.first)
    #expect(exchange.request.method == .post)
    #expect(exchange.request.headerFields[.accept] == "application/vnd.api+json")
    #expect(exchange.request.headerFields[.contentType] == "application/vnd.api+json")
    #expect(exchange.request.headerFields[.authorization] == "Bearer hushcanary-token-1")
    #expect(exchange.request.authority == "acme.commercelayer.io")
  }

  @Test func creatingDoesNotAskForTheRowsBack() async throws {
    let stage = Stage([.respond(201, widget())])
    _ = try await stage.widgets().create(.init(name: "a", rows: .json([["x": 1]] as [JSONValue])))
    let path = try #require(stage.exchanges.first?.request.path)
    #expect(path.contains("fields%5Bwidgets%5D="))
    #expect(path.contains("name") && !path.contains("rows") && !path.contains("_stop"))
  }

  @Test func namesTheFormatOfCSVRows() async throws {
    let stage = Stage([.respond(201, widget())])
    _ = try await stage.widgets().create(.init(name: "a", rows: .csv("code\nA")))
    #expect(stage.exchanges.first?.body.contains(#""format":"csv""#) == true)
  }

  @Test func rejectsBadInputBeforeSending() async throws {
    let stage = Stage()
    let widgets = try stage.widgets()
    for request in [
      Widget.Create(name: ""), Widget.Create(name: "a", rows: .json([] as [JSONValue])),
      Widget.Create(name: "a", rows: .csv("x"), format: "json"),
      Widget.Create(name: "a", rows: .json([["x": 1]] as [JSONValue]), format: "csv"),
    ] {
      let error = await failure { _ = try await widgets.create(request) }
      #expect(error?.kind == .invalidInput)
    }
    #expect(stage.exchanges.isEmpty && stage.tokenRequests == 0)
  }

  @Test(arguments: [Double.nan, .infinity])
  func rejectsNumbersThatJSONLacks(value: Double) async throws {
    var create = Widget.Create(name: "a")
    create.storage.set("price", value)
    var update = Widget.Update()
    update.storage.set("price", value)
    let stage = Stage()
    let widgets = try stage.widgets()
    let rejected = [
      await failure { [create] in _ = try await widgets.create(create) },
      await failure { [update] in _ = try await widgets.update("w1", update) },
    ]
    for error in rejected {
      #expect(error?.kind == .invalidInput && error?.message.contains("price") == true)
    }
    #expect(stage.exchanges.isEmpty)
    create.storage["price"] = 1.5
    stage.add(.respond(201, widget()))
    _ = try await widgets.create(create)
  }

  @Test func whatTheServiceSaysCannotDriveATerminal() async throws {
    let evil = #"\u001b[2J\u202e"#
    let many = (0..<100).map { _ in #"{"title":"\#(evil)","code":"\#(evil)"}"# }
    let stage = Stage([
      .respond(422, #"{"errors":[\#(many.joined(separator: ","))]}"#),
      .respond(200, #"{"data":{"type":"\#(evil)","id":"1"}}"#),
    ])
    let widgets = try stage.widgets()
    for _ in 0..<2 {
      let error = try #require(await failure { _ = try await widgets.retrieve("w1") })
      let text = error.description.unicodeScalars
      #expect(!text.contains("\u{1b}") && !text.contains("\u{202e}"))
      #expect(text.contains("\\") && text.count < 4_000)
    }
  }

  @Test func repeatsReads() async throws {
    let stage = Stage([
      .fail(TransportError(.broken, "reset")), .respond(502, "<html>"), .respond(200, widget()),
    ])
    _ = try await stage.widgets().retrieve("w1")
    #expect(stage.exchanges.count == 3)
    #expect(stage.naps == [.milliseconds(375), .milliseconds(750)])
  }

  @Test(arguments: [
    Stage.Reply.fail(TransportError(.broken, "reset")), .fail(TransportError(.timeout, "late")),
    .respond(500, "{}"), .respond(502, "<html>"), .respond(201, "{\"data\":"), .respond(201, ""),
    .respond(201, "<html>", ["Content-Type": "text/html"]), .hang,
  ])
  func aCreateOfUnknownOutcomeIsNeverRepeated(reply: Stage.Reply) async throws {
    let stage = Stage([reply])
    let widgets = try stage.widgets()
    let error = await failure { _ = try await widgets.create(.init(name: "a")) }
    #expect(error?.kind == .ambiguousWrite)
    #expect(stage.exchanges.count == 1)
  }

  @Test(arguments: [
    Stage.Reply.fail(TransportError(.connect, "refused")), .respond(429, "{}"),
    .respond(503, "", ["Retry-After": "1"]),
  ])
  func aCreateThatCertainlyDidNotHappenIsRepeated(reply: Stage.Reply) async throws {
    let stage = Stage([reply, .respond(201, widget())])
    _ = try await stage.widgets().create(.init(name: "a"))
    #expect(stage.exchanges.count == 2)
  }

  @Test func renewsAnInvalidTokenOnce() async throws {
    let invalid = Stage.Reply.respond(401, #"{"errors":[{"code":"INVALID_TOKEN"}]}"#)
    let stage = Stage([invalid, .respond(200, widget()), invalid, invalid])
    let widgets = try stage.widgets()
    _ = try await widgets.retrieve("w1")
    #expect(stage.tokenRequests == 2)
    #expect(
      stage.exchanges.last?.request.headerFields[.authorization] == "Bearer hushcanary-token-2")
    let error = await failure { _ = try await widgets.retrieve("w1") }
    #expect(error?.kind == .authentication && stage.tokenRequests == 3)
  }

  @Test func aTokenThatStaysTheSameIsNotTriedAgain() async throws {
    let invalid = Stage.Reply.respond(401, #"{"errors":[{"code":"INVALID_TOKEN"}]}"#)
    let stage = Stage([invalid, .respond(200, widget())]) { _ in
      .respond(200, #"{"access_token":"hushcanary-same","expires_in":7200}"#)
    }
    let widgets = try stage.widgets()
    let error = await failure { _ = try await widgets.retrieve("w1") }
    #expect(error?.kind == .authentication && stage.exchanges.count == 1)
  }

  @Test func neverRenewsForAMissingPermission() async throws {
    let stage = Stage([.respond(401, #"{"errors":[{"code":"UNAUTHORIZED"}]}"#)])
    let widgets = try stage.widgets()
    let error = await failure { _ = try await widgets.retrieve("w1") }
    #expect(error?.kind == .permission && stage.tokenRequests == 1)
  }

  @Test func rejectsRedirects() async throws {
    let stage = Stage([.respond(302, "", ["Location": "https://evil.example/?token=hushcanary"])])
    let widgets = try stage.widgets()
    let error = await failure { _ = try await widgets.retrieve("w1") }
    #expect(error?.kind == .protocolViolation && error?.status == 302)
    #expect(error?.description.contains("evil.example") == true)
    #expect(error?.description.contains("token=hushcanary") == false)
    #expect(stage.exchanges.count == 1)
  }

  @Test func explainsWhatTheServiceSaid() async throws {
    let stage = Stage([
      .respond(
        422,
        #"{"errors":[{"title":"can't be blank","code":"VALIDATION_ERROR","source":{"pointer":"/data/attributes/name"},"status":422,"meta":{"error":"blank"}}]}"#,
        ["X-Request-Id": "r-7"])
    ])
    let widgets = try stage.widgets()
    let error = try #require(await failure { _ = try await widgets.create(.init(name: "a")) })
    #expect(error.kind == .validation && error.status == 422 && error.requestID == "r-7")
    #expect(error.errors.first?.pointer == "/data/attributes/name")
    #expect(error.errors.first?.status == "422" && error.errors.first?.meta?["error"] == "blank")
    #expect(error.request == "POST /api/widgets")
  }

  @Test(arguments: [
    (404, "", CommerceLayerError.Kind.notFound), (403, "[]", .permission), (423, "{}", .conflict),
    (400, #"{"errors":{"title":"x"}}"#, .request), (500, "\u{1b}[2J<html>", .server),
  ])
  func everyRejectionIsReadable(status: Int, body: String, kind: CommerceLayerError.Kind)
    async throws
  {
    let stage = Stage(Array(repeating: .respond(status, body), count: 3))
    let widgets = try stage.widgets()
    let error = try #require(await failure { _ = try await widgets.retrieve("w1") })
    #expect(error.kind == kind)
    #expect(!error.description.unicodeScalars.contains("\u{1b}"))
  }

  @Test func aDeleteThatHadHappenedIsASuccess() async throws {
    let stage = Stage([
      .fail(TransportError(.broken, "reset")), .respond(404, "{}"), .respond(404, "{}"),
    ])
    let widgets = try stage.widgets()
    try await widgets.delete("w1")
    let error = await failure { try await widgets.delete("w1") }
    #expect(error?.kind == .notFound)
  }

  /// A captive portal before the token endpoint: the create was never sent.
  @Test func aCreateWithoutATokenIsNotAmbiguous() async throws {
    let stage = Stage([], tokenReply: { _ in .respond(200, "<html>") })
    let widgets = try stage.widgets()
    let error = await failure { _ = try await widgets.create(.init(name: "a")) }
    #expect(error?.kind == .protocolViolation)
    #expect(error?.message.contains("access_token") == true)
    #expect(stage.exchanges.isEmpty)
  }

  @Test func anResponseThatIsTooLargeIsRejected() async throws {
    let stage = Stage([.respond(200, widget(#""name":"\#(String(repeating: "x", count: 100))""#))])
    let widgets = try stage.widgets { $0.maximumResponseBytes = 50 }
    let error = await failure { _ = try await widgets.retrieve("w1") }
    #expect(error?.kind == .protocolViolation && stage.exchanges.count == 1)
    stage.add(.respond(201, widget(#""name":"\#(String(repeating: "x", count: 100))""#)))
    let created = await failure { _ = try await widgets.create(.init(name: "a")) }
    #expect(created?.kind == .ambiguousWrite && stage.exchanges.count == 2)
  }

  @Test(
    arguments: ["hushcanary\r\nX-Evil: 1", "hushcanary b", "", "hushcanaryé", "hushcanary\0"]
      as [Secret])
  func aTokenCannotSmuggleAHeader(token: Secret) async throws {
    let stage = Stage()
    var configuration = ClientConfiguration(transport: stage.transport)
    configuration.time = stage.time
    let client = try APIClient(
      organization: "acme", credentials: .token(token), configuration: configuration)
    let error = await failure { _ = try await ResourceClient<Widget>(api: client).retrieve("w1") }
    #expect(error?.kind == .configuration && stage.exchanges.isEmpty)
  }
}
