import CommerceLayer
import CommerceLayerSandbox
import HTTPTypes
import Testing

@Suite struct RateLimitHeaderTests {
  private func header(_ reply: Reply, _ name: String) -> Int? {
    HTTPField.Name("X-Ratelimit-" + name).flatMap { reply.head.headerFields[$0] }.flatMap {
      Int($0)
    }
  }

  @Test func burstsAreLimitedForEachEndpoint() async throws {
    let test = try await TestSandbox { $0.limitsRates = true }
    // 25 in 10 s for what is not cacheable, in test mode.
    for _ in 0..<25 { #expect(await test.get("/api/customers").status == 200) }
    let limited = await test.get("/api/customers")
    #expect(limited.status == 429 && limited.errors.first?["status"] == "429")
    #expect(await test.get("/api/addresses").status == 200)
    test.clock.advance(.seconds(10))
    #expect(await test.get("/api/customers").status == 200)
  }

  @Test func theAverageCountsAllEndpointsAndIsTold() async throws {
    let test = try await TestSandbox { $0.limitsRates = true }
    var statuses: [Int] = []
    for number in 0..<101 {
      let type = ["customers", "addresses", "orders", "shipments", "returns"][number % 5]
      let reply = await test.get("/api/\(type)")
      statuses.append(reply.status)
      if number == 0 {
        #expect(header(reply, "Limit") == 100 && header(reply, "Interval") == 60)
        #expect(header(reply, "Remaining") == 99)
      }
      // Bursts of 20 to each endpoint stay below their limit.
      if number % 100 == 99 { test.clock.advance(.seconds(10)) }
    }
    #expect(statuses.prefix(100).allSatisfy { $0 == 200 } && statuses.last == 429)
    test.clock.advance(.seconds(50))
    #expect(await test.get("/api/orders").status == 200)
  }

  @Test func cachedListsHaveTheirOwnLimits() async throws {
    let test = try await TestSandbox { $0.limitsRates = true }
    for _ in 0..<125 { #expect(await test.get("/api/skus").status == 200) }
    #expect(await test.get("/api/skus").status == 429)
    // A write counts among what is not cached.
    #expect(await test.create("tags", ["name": "sale"]).status == 201)
    #expect(await test.create("skus", [:]).status == 422)
  }

  @Test func withoutLimitsNothingIsTold() async throws {
    let test = try await TestSandbox()
    let reply = await test.get("/api/skus")
    #expect(reply.status == 200 && header(reply, "Limit") == nil)
  }
}
