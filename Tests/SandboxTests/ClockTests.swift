import CommerceLayer
import CommerceLayerSandbox
import Foundation
import HTTPTypes
import Testing

/// Time that a test moves: what takes ten minutes happens at once, and at its time.
@Suite struct ClockTests {
  private func time(_ test: TestSandbox, _ body: JSONValue) async -> Reply {
    await test.send(.post, "/__sandbox__/time", body)
  }

  @Test func aTenMinuteImportTakesNoTime() async throws {
    let test = try await TestSandbox {
      $0.pace = .rows(perSecond: 1)
      $0.clockRuns = false
    }
    let rows = JSONValue.array((0..<600).map { ["name": .string("t\($0)")] })
    let id = try await test.startImport("tags", rows)
    #expect(await time(test, ["advance": 300]).json["now"] == "2024-05-01T12:05:00.000Z")
    var state = try await test.importState(id)
    #expect(state["status"] == "in_progress")
    // A row a second, the first one at once.
    #expect(state["processed_count"] == 301)
    #expect(await time(test, ["advance": 300]).status == 200)
    state = try await test.importState(id)
    #expect(state["status"] == "completed" && state["processed_count"] == 600)
    #expect(state["started_at"] == "2024-05-01T12:00:00.000Z")
    #expect(state["completed_at"] == "2024-05-01T12:09:59.000Z")
  }

  @Test func itStandsStillUntilItIsMoved() async throws {
    let test = try await TestSandbox { $0.clockRuns = false }
    test.clock.advance(.seconds(3600))
    #expect(test.sandbox.clock.now == TestSandbox.start && !test.sandbox.clock.isRunning)
    await test.sandbox.advance(by: .seconds(90))
    #expect(test.sandbox.clock.now == TestSandbox.start.addingTimeInterval(90))
    test.sandbox.clock.start()
    let elapsed = test.sandbox.clock.elapsed
    test.clock.advance(.seconds(5))
    #expect(test.sandbox.clock.elapsed - elapsed == .seconds(5))
  }

  @Test func tokensExpireAndRateWindowsPass() async throws {
    let test = try await TestSandbox {
      $0.clockRuns = false
      $0.limitsRates = true
    }
    for _ in 0..<25 { _ = await test.get("/api/customers") }
    #expect(await test.get("/api/customers").status == 429)
    #expect(await time(test, ["advance": 10]).status == 200)
    #expect(await test.get("/api/customers").status == 200)
    #expect(await time(test, ["advance": 7190]).status == 200)
    #expect(await test.get("/api/customers").code == "INVALID_TOKEN")
  }

  @Test func theURLOfAFileExpires() async throws {
    let test = try await TestSandbox { $0.clockRuns = false }
    let id = try await test.startImport("tags", [["name": "a"]])
    let url = try #require(await test.importState(id)["attachment_url"]?.string)
    let path = String(url.dropFirst("http://sandbox.test".count))
    #expect(await time(test, ["advance": 299.5]).status == 200)
    #expect(await test.get(path).status == 200)
    #expect(await time(test, ["advance": 1]).status == 200)
    #expect(await test.get(path).status == 403)
    let renewed = try #require(await test.importState(id)["attachment_url"]?.string)
    #expect(await test.get(String(renewed.dropFirst("http://sandbox.test".count))).status == 200)
  }

  @Test func movesAtTheSameTimeAddUp() async throws {
    let test = try await TestSandbox { $0.clockRuns = false }
    let before = test.sandbox.clock.elapsed
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<20 { group.addTask { await test.sandbox.advance(by: .seconds(60)) } }
    }
    #expect(test.sandbox.clock.elapsed - before == .seconds(1200))
  }

  @Test(arguments: [
    #"{"advance": -1}"#, #"{"advance": 1e300}"#, #"{"advance": "600"}"#, #"{"advnace": 600}"#,
    #"{"runs": 1}"#, "[]", "600", "", "{",
  ])
  func whatIsNotATimeIsRejected(body: String) async throws {
    let test = try await TestSandbox { $0.clockRuns = false }
    let reply = await test.send(.post, "/__sandbox__/time", bytes: Array(body.utf8))
    #expect(reply.status == 400 && reply.errors.first?["detail"]?.string?.isEmpty == false)
    #expect(test.sandbox.clock.now == TestSandbox.start)
  }

  @Test func theEndpointTellsAndStopsTheClock() async throws {
    let test = try await TestSandbox()
    #expect(await test.get("/__sandbox__/time").json["runs"] == true)
    #expect(await time(test, ["runs": false, "advance": 60]).json["runs"] == false)
    #expect(await test.get("/__sandbox__/time").json["now"] == "2024-05-01T12:01:00.000Z")
    #expect(await time(test, ["runs": true]).json["runs"] == true)
  }

  /// `status` and `active` follow the dates without anybody writing the record again.
  @Test func datesTakeEffectAsTimePasses() async throws {
    let test = try await TestSandbox { $0.clockRuns = false }
    let promotion: JSONObject = [
      "name": "Spring", "percentage": 10, "starts_at": "2024-05-01T13:00:00.000Z",
      "expires_at": "2024-05-01T15:00:00.000Z", "total_usage_limit": 10,
    ]
    let created = await test.create("percentage_discount_promotions", promotion)
    let id = try #require(created.json["data"]?["id"]?.string, "\(created.text)")
    func state() async -> [JSONValue?] {
      let list = await test.get("/api/percentage_discount_promotions").json["data"]?.array ?? []
      let one = list.first { $0["id"]?.string == id }?["attributes"]
      return [one?["status"], one?["active"], one?["updated_at"]]
    }
    let before = await state()
    #expect(before.prefix(2) == ["pending", false])
    _ = await time(test, ["advance": 3600])
    #expect(await state() == ["active", true, before[2]])
    _ = await time(test, ["advance": 7200])
    #expect(await state() == ["expired", false, before[2]])
  }
}
