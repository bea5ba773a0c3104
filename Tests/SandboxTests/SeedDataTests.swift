import CommerceLayer
import CommerceLayerSandbox
import HTTPTypes
import Testing

/// A shop to begin with.
@Suite struct SeedDataTests {
  @Test func theShopIsMadeByTheWritePath() async throws {
    // Strict about relationships: what it refers to is there.
    let test = try await TestSandbox { $0.acceptMissingRelated = false }
    let made = try await test.sandbox.seed(.shop)
    #expect(made > 70)
    let skus = await test.get("/api/skus?page[size]=25&include=prices,stock_items")
    #expect(skus.data.count == 20)
    #expect(skus.json["included"]?.array?.count == 40)
    #expect(await test.get("/api/customers").data.count == 3)
    let statuses = await test.get("/api/orders").values("status").compactMap { $0?.string }
    #expect(Set(statuses) == ["draft", "pending", "placed", "approved", "cancelled"])
    let placed = await test.get("/api/orders?filter[q][status_eq]=placed").values(
      "total_amount_cents")
    #expect(placed == [5790])
    // Twice is once.
    #expect(try await test.sandbox.seed(.shop) == 0)
    #expect(await test.get("/api/skus").json["meta"]?["record_count"] == 20)
  }

  @Test func theEndpointSeedsAndRepeatsTheIds() async throws {
    let test = try await TestSandbox()
    let first = await test.send(.post, "/__sandbox__/seed", ["data": "shop"])
    #expect(first.status == 200 && first.json["created"]?.integer ?? 0 > 70, "\(first.text)")
    let ids = await test.get("/api/skus?page[size]=25").data.map { $0["id"]?.string }
    #expect(await test.send(.post, "/__sandbox__/reset").status == 204)
    #expect(await test.send(.post, "/__sandbox__/seed").status == 200)
    #expect(await test.get("/api/skus?page[size]=25").data.map { $0["id"]?.string } == ids)
    #expect(await test.send(.post, "/__sandbox__/seed", ["data": "mall"]).status == 400)
    #expect(await test.get("/__sandbox__/seed").status == 405)
  }

  @Test func nothingIsMadeWhereSomethingIsInTheWay() async throws {
    let test = try await TestSandbox()
    _ = await test.create(
      "skus", ["code": "MUG-CERAMIC", "name": "Mine"],
      relationships: ["shipping_category": linkage("shipping_categories", "XAyRWNUzyN")])
    let error = await #expect(throws: (any Error).self) { try await test.sandbox.seed(.shop) }
    #expect(error.map { "\($0)".contains("MUG-CERAMIC") } == true)
    #expect(await test.get("/api/markets").data.isEmpty)
  }

  @Test func eachStartIsIsolated() async throws {
    let (first, second) = (try await Sandbox.start(), try await Sandbox.start())
    try await first.seed(.shop)
    let client = try CommerceLayerClient(
      organization: "sandbox",
      credentials: .clientCredentials(id: second.clientID, secret: second.clientSecret),
      configuration: .init(transport: second.transport))
    #expect(try await client.skus.list().items.isEmpty)
  }
}
