import Foundation
import HTTPTypes
import Logging
import Testing

@_spi(Generated) @testable import CommerceLayerRuntime

/// Keeps every line, with its metadata.
private struct NotingHandler: LogHandler {
  let notes: Notes<String>
  var metadata: Logger.Metadata = [:]
  var logLevel: Logger.Level = .trace
  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }
  func log(event: LogEvent) {
    notes.add("\(event.level) \(event.message) \(event.metadata ?? [:])")
  }
}

/// Secrets and customers' data appear nowhere: the word `hushcanary` is in all of them.
@Suite struct SafetyTests {
  private static let token = "hushcanary-token-0123456789"
  private static let echo =
    #"{"errors":[{"title":"\#(token)","detail":"Bearer \#(token).","code":"X","meta":{"a":"Bearer \#(token)"}}]}"#

  /// So long that what is shown of a text ends within the secret after it.
  private static let long = String(repeating: "x", count: 185) + token
  private static let echoing = [
    "X-Request-Id": "Bearer \(token)", "X-Trace-Id": long, "Content-Type": "text/\(token)",
  ]

  /// What can become of a call.
  static let outcomes: [(String, [Stage.Reply])] = [
    (
      "success",
      [.respond(200, widget(#""name":"hushcanary-name""#), ["Set-Cookie": "s=hushcanary-cookie"])]
    ),
    ("retried", [.respond(500, echo), .respond(200, widget())]),
    ("throttled", [.respond(429, echo, ["Retry-After": "1"]), .respond(200, widget())]),
    ("too long", [.respond(429, "", ["Retry-After": "9999"])]),
    (
      "rejected",
      [.respond(422, echo, ["Set-Cookie": "hushcanary-cookie", "X-Secret": "hushcanary-header"])]
    ),
    ("not found", [.respond(404, echo)]), ("forbidden", [.respond(403, echo)]),
    ("broken", Array(repeating: .fail(TransportError(.broken, "reset")), count: 3)),
    ("unreachable", Array(repeating: .fail(TransportError(.connect, "refused")), count: 3)),
    ("late", Array(repeating: .fail(TransportError(.timeout, "late")), count: 3)),
    (
      "redirect",
      [.respond(302, "", ["Location": "https://u:hushcanary-pw@x.example/a?sig=hushcanary-sig"])]
    ),
    ("proxy", [.respond(407, "<html>\(token)</html>", ["Content-Type": "text/html"])]),
    ("portal", [.respond(200, "<html>\(token)</html>", ["Content-Type": "text/html"])]),
    ("bad gateway", Array(repeating: .respond(502, "<html>\(token)"), count: 3)),
    ("empty", [.respond(200, "")]), ("cut", [.respond(200, #"{"data":{"type":"wid"#)]),
    ("expired", [.respond(401, echo), .respond(401, echo)]),
    ("repeated in headers", [.respond(200, widget(), echoing)]),
    ("repeated in headers of a failure", [.respond(422, echo, echoing)]),
    ("repeated in an id", [.respond(200, "{}", ["X-Request-Id": "Bearer \(token)"])]),
    ("repeated late", [.respond(404, "<html>" + long)]),
    ("redirect to a secret", [.respond(302, "", ["Location": "https://x.example/" + long])]),
    (
      "the client's own", [.respond(422, #"{"errors":[{"title":"hushcanary-client-secret"}]}"#)]
    ), ("the password", [.respond(422, "hushcanary-password of hushcanary-user@example.com")]),
    ("permission", [.respond(401, #"{"errors":[{"code":"UNAUTHORIZED","title":"\#(token)"}]}"#)]),
  ]

  @Test func noOutcomeShowsASecret() async throws {
    let lines = Notes<String>()
    let events = Notes<ClientEvent>()
    var texts: [String] = []
    for (name, replies) in Self.outcomes {
      let before = lines.all.count
      let stage = Stage(replies) { _ in
        .respond(
          200,
          #"{"access_token":"\#(Self.token)","expires_in":7200,"refresh_token":"hushcanary-refresh"}"#
        )
      }
      var configuration = ClientConfiguration(transport: stage.transport)
      configuration.time = stage.time
      configuration.random = { 0 }
      configuration.onEvent = { events.add($0) }
      var logger = Logger(label: "test") { _ in NotingHandler(notes: lines) }
      logger.logLevel = .trace
      configuration.logger = logger
      let credentials = Credentials.password(
        username: "hushcanary-user@example.com", password: "hushcanary-password", id: "id",
        secret: "hushcanary-client-secret")
      let client = try APIClient(
        organization: "acme", credentials: credentials, configuration: configuration)
      let widgets = ResourceClient<Widget>(api: client)
      let outcome: Any
      do {
        let page = try await widgets.retrieve(
          "w1",
          options: .init(headers: ["X-Key": "hushcanary-key"]))
        outcome = page.id.rawValue
      } catch {
        outcome = error
        texts.append("\(error)")
        if let error = error as? CommerceLayerError {
          texts += [error.advice, error.underlying, error.message].compactMap(\.self)
          texts.append("\(error.headers)")
        }
      }
      for value in [outcome, client, widgets, credentials] {
        var dumped = ""
        dump(value, to: &dumped)
        texts += [
          dumped, String(reflecting: value), "\(Mirror(reflecting: value).children.map(\.value))",
        ]
      }
      // Past the pause that a 429 brings.
      stage.advance(.seconds(200))
      _ = await failure {
        _ = try await widgets.list { $0.filter(.unchecked("email_eq", "hushcanary@example.com")) }
      }
      #expect(lines.all.count > before, "\(name) logs something")
    }
    texts += lines.all + events.all.map(\.description)
    for event in events.all {
      var dumped = ""
      dump(event, to: &dumped)
      texts.append(dumped)
    }
    for text in texts { #expect(!text.contains("hushcanary"), "\(text)") }
    #expect(lines.all.contains { $0.contains("filter[q][email_eq]=…") })
  }

  /// The test above can fail: the words it looks for are in what is sent and received.
  @Test func theCanariesAreThere() async throws {
    let stage = Stage(Self.outcomes[0].1) { _ in
      .respond(200, #"{"access_token":"\#(Self.token)"}"#)
    }
    let response = try await stage.widgets().response { try await $0.retrieve("w1") }
    #expect(String(decoding: response.bytes, as: UTF8.self).contains("hushcanary"))
    #expect(
      stage.exchanges.first?.request.headerFields[.authorization]?.contains("hushcanary") == true)
  }

  /// Every grant, with what the token endpoint is sent for it.
  static let grants: [(String, Credentials)] = [
    ("hushcanary-client-secret", .clientCredentials(id: "id", secret: secret)),
    (
      "hushcanary-password hushcanary-name",
      .password(username: "hushcanary-name", password: "hushcanary-password", id: "id")
    ),
    ("hushcanary-refresh", .refreshToken("hushcanary-refresh", id: "id", secret: secret)),
    (
      "hushcanary-code", .authorizationCode("hushcanary-code", redirectURI: "app:/", id: "id")
    ),
    (
      "hushcanary-assertion",
      .jwtBearer(id: "id", secret: secret) { "hushcanary-assertion" as Secret }
    ),
  ]
  private static let secret: Secret = "hushcanary-client-secret"

  @Test(arguments: 0..<5)
  func theTokenEndpointMayRepeatWhatItWasSent(grant: Int) async throws {
    let (sent, credentials) = Self.grants[grant]
    for reply in [
      Stage.Reply.respond(
        401, #"{"error":"invalid_client","error_description":"no \#(sent)"}"#),
      .respond(400, "<html>\(sent)", ["X-Request-Id": sent]),
      .respond(200, "<html>\(sent)", ["X-Request-Id": sent]),
      .respond(200, #"{"access_token":1,"a":"\#(sent)"}"#, ["Content-Type": sent]),
      .respond(302, sent, ["Location": "https://x.example/\(sent)?a=\(sent)"]),
      .respond(500, sent),
    ] {
      let stage = Stage(tokenReply: { _ in reply })
      let lines = Notes<String>()
      var configuration = ClientConfiguration(transport: stage.transport)
      configuration.time = stage.time
      var logger = Logger(label: "test") { _ in NotingHandler(notes: lines) }
      logger.logLevel = .trace
      configuration.logger = logger
      let client = try APIClient(
        organization: "acme", credentials: credentials, configuration: configuration)
      let error = try #require(
        await failure { _ = try await ResourceClient<Widget>(api: client).retrieve("w1") })
      var dumped = "\(error)"
      dump(error, to: &dumped)
      #expect(!lines.all.isEmpty)
      for text in [dumped] + lines.all { #expect(!text.contains("hushcanary"), "\(text)") }
    }
  }

  @Test func secretsDoNotPrint() throws {
    let secret: Secret = "hushcanary"
    var dumped = ""
    dump(secret, to: &dumped)
    dump(Credentials.clientCredentials(id: "id", secret: secret), to: &dumped)
    dump(AccessToken(secret, refreshToken: secret), to: &dumped)
    let json = String(decoding: try JSONEncoder().encode(["a": secret]), as: UTF8.self)
    let all = "\(secret) \(String(reflecting: secret)) \(dumped) \(json)"
    #expect(!all.contains("hushcanary") && json == #"{"a":"***"}"#)
  }

  @Test func onlyNamedHeadersAndParametersAreShown() {
    let fields: HTTPFields = [
      .authorization: "hushcanary", .setCookie: "hushcanary", .contentType: "a/b\u{202e}",
      .location: "hushcanary",
    ]
    let shown = LogPolicy.allowed(fields)
    #expect(shown.map(\.name) == [.contentType] && !"\(shown)".contains("\u{202e}"))
    #expect(
      LogPolicy.query([
        .init(name: "page[size]", value: "25"),
        .init(name: "filter[q][email_eq]", value: "hushcanary"),
        .init(name: "fields[skus]", value: "code"), .init(name: "token", value: "hushcanary"),
      ]) == "page[size]=25&filter[q][email_eq]=…&fields[skus]=code&token=…")
    for (url, shown) in [
      ("https://a.example/b?X-Amz-Signature=hushcanary", "https://a.example/b"),
      ("https://u:hushcanary@a.example/b#hushcanary", "https://a.example/b"), ("/b?c", "/b"),
      ("", ""),
    ] {
      #expect(LogPolicy.url(url) == shown)
    }
  }

  @Test(arguments: [
    "evil.com/", "evil.com#", "a@evil.com", "a\\evil", "%2e", "a。evil", "a.evil", "acme.",
    String(repeating: "a", count: 64), "", "..", "a\n", "a b", "-a", "a-", "ACME", "ä", "a:1",
    "a\0",
    "a?b", "[::1]", "аcme",
  ])
  func aSlugCannotChangeTheHost(slug: String) {
    #expect(throws: CommerceLayerError.self) { try ServiceEndpoint.production(organization: slug) }
  }

  @Test func goodSlugsMakeTheHost() throws {
    for slug in ["a", "acme", "a-1", "xn--acme", String(repeating: "a", count: 63)] {
      #expect(
        try ServiceEndpoint.production(organization: slug).authority == "\(slug).commercelayer.io")
    }
  }

  @Test(arguments: [
    "../orders/x", "a/b", "?x", "#", "%2e%2e", "a%2Fb", "a\0", ".", "..", "", "a b", "a\r\nb",
    "a\\b",
    String(repeating: "a", count: 4_096), "é", "a;b/../c",
  ])
  func anIDCannotChangeThePath(text: String) async throws {
    let id = ID<Widget>(text)
    let stage = Stage()
    let widgets = try stage.widgets()
    for work: @Sendable () async throws -> Void in [
      { _ = try await widgets.retrieve(id) }, { try await widgets.delete(id) },
      { _ = try await widgets.update(id, .init(name: "a")) },
      { _ = try await widgets.wait(for: [id]) },
    ] {
      #expect(await failure(work)?.kind == .invalidInput)
    }
    #expect(stage.exchanges.isEmpty)
  }

  @Test func whateverIDIsTakenIsOneSegment() throws {
    for byte in UInt8.min...UInt8.max {
      let id = "a" + String(decoding: [byte], as: UTF8.self) + "b"
      guard let segment = try? PercentEncoding.segment(id) else { continue }
      #expect(segment.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"/?#\\".utf8.contains($0) })
    }
  }
}
