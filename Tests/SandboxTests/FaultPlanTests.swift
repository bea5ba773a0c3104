import CommerceLayer
import CommerceLayerSandbox
import HTTPTypes
import Testing

@Suite struct FaultPlanTests {
  private func ask(_ test: TestSandbox, _ header: String, _ method: HTTPRequest.Method = .get)
    async -> Reply
  {
    await test.send(method, "/api/tags") { request in
      if let name = HTTPField.Name("X-Sandbox-Fault") { request.headerFields[name] = header }
    }
  }

  @Test(arguments: [401, 403, 409, 422, 423, 429, 500, 502, 503, 504])
  func aHeaderAsksForOneResponse(status: Int) async throws {
    let test = try await TestSandbox()
    let reply = await ask(test, "status=\(status); retry_after=7")
    #expect(reply.status == status && reply.errors.first?["status"]?.string == String(status))
    #expect(reply.head.headerFields[.retryAfter] == "7")
    #expect(await test.get("/api/tags").status == 200)
  }

  @Test func bodiesAreAsProxiesSendThem() async throws {
    let test = try await TestSandbox()
    let page = await ask(test, "status=502;body=html")
    #expect(page.head.headerFields[.contentType] == "text/html" && page.text.contains("<html>"))
    #expect(await ask(test, "status=504;body=empty").bytes.isEmpty)
    let cut = await ask(test, "status=200;body=cut")
    #expect(cut.status == 200 && cut.json == .null && !cut.bytes.isEmpty)
  }

  @Test(
    arguments: [
      "status=99", "status=x", "stauts=500", "body=pdf", "every=0", "times=0", "retry_after=-1",
    ])
  func aHeaderThatCannotBeReadIsToldAndDoesNothing(header: String) async throws {
    let test = try await TestSandbox()
    let reply = await ask(test, header)
    #expect(reply.status == 400 && reply.errors.first?["detail"]?.string?.isEmpty == false)
  }

  @Test func whatIsAppliedHappensAlthoughItsResponseIsLost() async throws {
    let test = try await TestSandbox()
    try test.sandbox.setFaults(
      #"[{"method":"post","path":"/api/tags","status":504,"applied":true,"times":1}]"#)
    #expect(await test.create("tags", ["name": "a"]).status == 504)
    #expect(await test.get("/api/tags").values("name") == ["a"])
    #expect(await test.create("tags", ["name": "b"]).status == 201)
  }

  @Test func skipEveryAndTimesChooseAmongMatchingRequests() async throws {
    let test = try await TestSandbox()
    try test.sandbox.setFaults(
      #"{"path":"/api/skus","method":"GET","skip":1,"every":2,"times":2,"status":503}"#)
    var statuses: [Int] = []
    for _ in 0..<7 {
      _ = await test.get("/api/prices")
      statuses.append(await test.get("/api/skus").status)
    }
    #expect(statuses == [200, 503, 200, 503, 200, 200, 200])
  }

  @Test func theControlEndpointTakesAndEndsFaults() async throws {
    let test = try await TestSandbox()
    let list: JSONValue = [["path": "/", "status": 500]]
    #expect(await test.send(.post, "/__sandbox__/faults", list).status == 204)
    #expect(await test.get("/api/tags").status == 500)
    let wrong: JSONValue = [["path": "/", "status": "many"]]
    #expect(await test.send(.post, "/__sandbox__/faults", wrong).status == 400)
    #expect(await test.get("/api/tags").status == 500)
    #expect(await test.send(.post, "/__sandbox__/faults", [] as JSONValue).status == 204)
    #expect(await test.get("/api/tags").status == 200)
    #expect(throws: (any Error).self) { try test.sandbox.setFaults("[1]") }
  }
}
