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
    return APIAnswer(status: status, headers: headers, bytes: Array(body.utf8), attempts: 1)
      .error(label: "GET /api/widgets")
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

  @Test func htmlAndTruncatedBodiesAreShownFromTheirStart() {
    #expect(error("<html>502</html>", status: 502).message.contains("<html>502</html>"))
    #expect(error(#"{"errors":[{"title":"cut"#).message.contains(#"{"errors":[{"title":"cut"#))
    #expect(!error("", status: 500).message.contains("instead of"))
    // A page of a proxy may be of any size; 200 characters of it tell whose it is.
    let page = error(String(repeating: "x", count: 100_000), status: 502).message
    #expect(page.filter { $0 == "x" }.count == 200)
  }

  @Test(arguments: ["", "{", #"{"data":{"type":"widgets","id":"1""#, "<html></html>", "[]"])
  func aSuccessWithoutADocumentIsAProtocolViolation(body: String) async throws {
    let stage = Stage([.answer(200, body)])
    let error = try #require(await failure { _ = try await stage.widgets().retrieve("1") })
    #expect(error.kind == .protocolViolation && error.status == 200)
  }

  @Test func aSuccessThatHoldsErrorsIsNone() async throws {
    let stage = Stage([.answer(200, #"{"data":null,"errors":[{"code":"LOCKED"}]}"#)])
    let error = try #require(await failure { _ = try await stage.widgets().retrieve("1") })
    #expect(error.kind == .protocolViolation && error.errors.map(\.code) == ["LOCKED"])
  }
}
