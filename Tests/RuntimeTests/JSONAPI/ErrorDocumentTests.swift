import Foundation
import HTTPTypes
import Testing

@testable import CommerceLayerRuntime

@Suite struct ErrorDocumentTests {
  private func error(
    _ body: String, status: Int = 422, type: String = "application/vnd.api+json"
  ) -> CommerceLayerError {
    var headers = HTTPFields()
    headers[.contentType] = type
    return ReceivedResponse(
      HTTPResponse(status: .init(code: status), headerFields: headers), Array(body.utf8),
      CallContext(id: "", method: .get, path: "/api/widgets", isIdempotent: true, attempt: 1)
    ).error(label: "GET /api/widgets")
  }

  /// Members of an error object, how each is written, and what must be read from it.
  private static let members: [(String, String, @Sendable (APIError) -> String?)] = [
    ("id", #""e1""#, { $0.id }), ("status", "422", { $0.status }),
    ("code", #""VALIDATION_ERROR""#, { $0.code }), ("title", #""a title""#, { $0.title }),
    ("detail", #""what happened""#, { $0.detail }),
    ("meta", #"{"error":"taken"}"#, { $0.meta?.text }),
    ("links", #"{"about":{"href":"/e"},"type":null}"#, { _ in nil }),
    ("pointer", #""/data/attributes/name""#, { $0.pointer }),
    ("parameter", #""include""#, { $0.parameter }), ("header", #""Accept""#, { $0.header }),
  ]

  @Test func everySubsetOfMembersIsRead() throws {
    for subset in 0..<(1 << Self.members.count) {
      func has(_ index: Int) -> Bool { subset & 1 << index != 0 }
      let own = (0..<7).filter(has).map { "\"\(Self.members[$0].0)\":\(Self.members[$0].1)" }
      let source = (7..<10).filter(has).map { "\"\(Self.members[$0].0)\":\(Self.members[$0].1)" }
      let all = own + (source.isEmpty ? [] : [#""source":{\#(source.joined(separator: ","))}"#])
      let error = error(#"{"errors":[{\#(all.joined(separator: ","))}]}"#)
      let read = try #require(error.errors.first)
      for (index, member) in Self.members.enumerated() where member.0 != "links" {
        let wanted = member.1.trimmingCharacters(in: ["\""])
        #expect(member.2(read) == (has(index) ? wanted : nil))
      }
      #expect(error.kind == .validation && error.description.contains("HTTP 422"))
    }
  }

  @Test(arguments: [
    #"{"errors":[]}"#, #"{"errors":null}"#, #"{"errors":{}}"#, #"{"errors":["x",7,null]}"#, "[]",
    "7",
    #"{"errors":[{"title":{},"source":[],"status":[],"meta":null}]}"#, "", "{", "\u{FEFF}",
    #"{"errors":[{"title":"cut"#, "<html><body>502 Bad Gateway</body></html>", "\u{0}\u{1b}[2J",
    String(repeating: "[", count: 1_000),
  ])
  func whateverTheBodyIsTheErrorIsReadable(body: String) {
    for status in [400, 401, 403, 404, 409, 418, 422, 423, 429, 500, 502, 503] {
      let error = error(body, status: status, type: "text/html")
      #expect(error.status == status && !error.message.isEmpty)
      #expect(error.description.contains("HTTP \(status)"))
      #expect(!error.description.unicodeScalars.contains("\u{1b}"))
    }
  }

  @Test func numbersReadAsTextAndOneObjectAsAList() {
    // The token endpoint's forms.
    #expect(
      error(#"{"errors":[{"status":401,"code":7}]}"#).errors == [APIError(code: "7", status: "401")]
    )
    #expect(error(#"{"errors":{"title":"one"}}"#).errors == [APIError(title: "one")])
    #expect(
      error(#"{"error":"invalid_client","error_description":"no"}"#).errors
        == [APIError(title: "invalid_client", detail: "no", code: "invalid_client")])
  }

  /// Forms of other services, of gateways, and of this one where it is not JSON:API.
  @Test(
    arguments: [
      (
        #"{"errors":{"code":["has already been taken","is too short"],"base":["no"]}}"#,
        [
          APIError(title: "code", detail: "has already been taken"),
          APIError(title: "code", detail: "is too short"), APIError(title: "base", detail: "no"),
        ]
      ),
      (
        #"{"errors":["one",2,{"title":"three"},null]}"#,
        [APIError(detail: "one"), APIError(detail: "2"), APIError(title: "three")]
      ),
      (#"{"errors":{"name":"is blank"}}"#, [APIError(title: "name", detail: "is blank")]),
      (
        #"{"errors":{"name":[{"error":"taken"}]}}"#,
        [APIError(title: "name", detail: #"{"error":"taken"}"#)]
      ),
      (
        #"{"errors":{"code":"LOCKED","detail":"wait"}}"#, [APIError(detail: "wait", code: "LOCKED")]
      ),
      (#"{"errors":"no"}"#, [APIError(detail: "no")]),
      (#"["no",{"detail":"never"}]"#, [APIError(detail: "no"), APIError(detail: "never")]),
      (#"{"error":{"code":401,"message":"who?"}}"#, [APIError(detail: "who?", code: "401")]),
      (#"{"message":"no Route matched"}"#, [APIError(detail: "no Route matched")]),
      (#"{"errors":[],"error":"x"}"#, []), (#"{"errors":{}}"#, []),
    ] as [(String, [APIError])])
  func errorsOfOtherFormsAreShown(body: String, errors: [APIError]) {
    let error = error(body)
    #expect(error.errors == errors)
    for one in errors {
      let text = one.detail ?? one.title ?? ""
      #expect(error.description.contains(text))
    }
  }

  @Test func theTokenEndpointsErrorsOfOtherFormsAreShown() async throws {
    for body in [
      #"{"errors":{"client_id":["is unknown"]}}"#, #"{"errors":["client_id is unknown"]}"#,
      #"{"error":{"message":"client_id is unknown"}}"#,
    ] {
      let stage = Stage(tokenReply: { _ in .respond(401, body, ["Content-Type": "text/json"]) })
      let error = try #require(await failure { _ = try await stage.widgets().retrieve("w1") })
      #expect(error.kind == .authentication && error.description.contains("is unknown"))
    }
  }

  @Test func anErrorWithoutErrorsShowsItsBody() {
    #expect(error(#"{"reason":"quota"}"#).message.contains(#"{"reason":"quota"}"#))
    for body in ["", "{}", "[]", #"{"errors":[{"title":"t"}]}"#] {
      #expect(!error(body).message.contains("the body of the response"), "\(body)")
    }
  }

  @Test(arguments: [
    ("<html><body><h1>502 Bad Gateway</h1><hr>nginx</body></html>", "502 Bad Gateway / nginx"),
    (
      "\u{FEFF}\n<!DOCTYPE html><html><head><title>Just a\n moment</title><style>a{b:c}</style>"
        + "<script>if (a < b) { x() }</script></head><!-- x > y --><p>Checking <b>your</b> browser&nbsp;&amp; more</p>"
        + "<p>1</p><p>2</p><p>3</p></html>",
      "Just a moment / Checking your browser & more / 1 / 2"
    ),
    ("<html>a < b, 3 <4</html>", "a < b, 3 <4"), ("<html", "<html"),
    ("<html><script>x", "<html><script>x"),
    ("<html>&lt;b&gt; &#39;x&apos;", "<b> 'x'"),
  ])
  func aPageIsShownAsText(page: String, text: String) {
    let message = error(page, status: 502, type: "text/html").message
    #expect(message.hasSuffix("the body of the response: \(text)"), "\(message)")
    // Whatever the type says, when it looks like a page.
    #expect(error(page, status: 502).message == message)
  }

  @Test func whatIsNotHTMLIsShownAsItIs() {
    #expect(error("a <b> c", type: "text/plain").message.hasSuffix(": a <b> c"))
  }

  @Test func truncatedBodiesAreShownFromTheirStart() {
    #expect(error(#"{"errors":[{"title":"cut"#).message.contains(#"{"errors":[{"title":"cut"#))
    #expect(!error("", status: 500).message.contains("body"))
    // A page of a proxy may be of any size; 200 characters of it tell whose it is.
    let page = error(String(repeating: "x", count: 100_000), status: 502).message
    #expect(page.filter { $0 == "x" }.count == 200)
  }

  @Test(arguments: ["", "{", #"{"data":{"type":"widgets","id":"1""#, "<html></html>", "[]"])
  func aSuccessWithoutADocumentIsAProtocolViolation(body: String) async throws {
    let stage = Stage([.respond(200, body)])
    let error = try #require(await failure { _ = try await stage.widgets().retrieve("1") })
    #expect(error.kind == .protocolViolation && error.status == 200)
  }

  @Test func aSuccessThatHoldsErrorsIsNone() async throws {
    let stage = Stage([.respond(200, #"{"data":null,"errors":[{"code":"LOCKED"}]}"#)])
    let error = try #require(await failure { _ = try await stage.widgets().retrieve("1") })
    #expect(error.kind == .protocolViolation && error.errors.map(\.code) == ["LOCKED"])
  }
}
