import CommerceLayer
import CommerceLayerSandbox
import HTTPTypes
import Testing

@Suite struct ProtocolTests {
  @Test(arguments: [
    (TestSandbox.mediaType, 200), ("*/*", 200), ("application/*", 200), (nil, 200),
    ("text/html, \(TestSandbox.mediaType)", 200), ("text/html, */*;q=0.1", 200),
    ("application/json", 406), ("text/html", 406), ("\(TestSandbox.mediaType); charset=utf-8", 406),
    ("\(TestSandbox.mediaType);q=0", 406),
  ])
  func acceptIsNegotiated(accept: String?, status: Int) async throws {
    let test = try await TestSandbox()
    let reply = await test.send(.get, "/api/tags") { $0.headerFields[.accept] = accept }
    #expect(reply.status == status)
    #expect(reply.head.headerFields[.contentType] == TestSandbox.mediaType)
    if status == 406 { #expect(reply.code == "NOT_ACCEPTABLE") }
  }

  @Test(arguments: [
    (TestSandbox.mediaType, 201), (nil, 415), ("application/json", 415),
    ("\(TestSandbox.mediaType); charset=utf-8", 415),
  ])
  func contentTypeIsExact(contentType: String?, status: Int) async throws {
    let test = try await TestSandbox()
    let body: JSONValue = ["data": ["type": "tags", "attributes": ["name": "a"]]]
    let reply = await test.send(.post, "/api/tags", body) {
      $0.headerFields[.contentType] = contentType
    }
    #expect(reply.status == status)
    if status == 415 { #expect(reply.code == "UNSUPPORTED_MEDIA_TYPE") }
  }

  @Test(arguments: [
    "/api/nothing", "/api", "/", "/apiary", "/api/tags/x/nothing", "/api/tags/x/y/z", "/api//tags",
    "/api/tags/%2e%2e%2f", "/api/tags/%zz",
  ])
  func unknownPathsAreNotFound(path: String) async throws {
    let test = try await TestSandbox()
    let reply = await test.get(path)
    #expect(reply.status == 404)
    #expect(reply.code == "RECORD_NOT_FOUND")
    #expect(reply.errors.first?["status"] == "404")
  }

  @Test func wrongMethodsNameTheRightOnes() async throws {
    let test = try await TestSandbox()
    let collection = await test.send(.delete, "/api/imports")
    #expect(collection.status == 405)
    #expect(collection.head.headerFields[.allow] == "GET, HEAD, OPTIONS, POST")
    let member = await test.send(.put, "/api/imports/x")
    #expect(member.status == 405)
    #expect(member.head.headerFields[.allow] == "DELETE, GET, HEAD, OPTIONS, PATCH")
    #expect(await test.send(.post, "/api/events").status == 405)
    let token = await test.get("/oauth/token")
    #expect(token.status == 405 && token.head.headerFields[.allow] == "OPTIONS, POST")
  }

  @Test func aTrailingSlashMakesNoDifference() async throws {
    let test = try await TestSandbox()
    #expect(await test.get("/api/imports/").status == 200)
  }

  @Test func everyResponseHasARequestID() async throws {
    let test = try await TestSandbox()
    let requestID = try #require(HTTPField.Name("X-Request-Id"))
    let first = await test.get("/api/tags").head.headerFields[requestID]
    let second = await test.get("/nowhere").head.headerFields[requestID]
    #expect(first?.isEmpty == false)
    #expect(second?.isEmpty == false)
    #expect(first != second)
  }

  @Test func bodiesAboveTheCapAreRejected() async throws {
    let test = try await TestSandbox { $0.maximumBodyBytes = 200 }
    let reply = await test.send(.post, "/api/tags", bytes: Array(repeating: 0x20, count: 201))
    #expect(reply.status == 413)
    #expect(reply.code == "CONTENT_TOO_LARGE")
  }

  @Test func faultsReplaceResponsesBeforeOrAfterTheWork() async throws {
    let bad = HTTPResponse(status: .badGateway)
    let test = try await TestSandbox {
      $0.intercept = { request in
        guard request.method == .post, request.path?.hasPrefix("/api") == true else { return nil }
        return request.path?.contains("tags") == true
          ? .respond(bad, Array("<html>".utf8)) : .commitThenRespond(bad, [])
      }
    }
    let lost = await test.create("tags", ["name": "a"])
    #expect(lost.status == 502)
    #expect(lost.text == "<html>")
    #expect(await test.create("shipping_categories", ["name": "a"]).status == 502)
    #expect(await test.get("/api/tags").data.isEmpty)
    #expect(await test.get("/api/shipping_categories").values("name") == ["a"])
  }
}
