import CommerceLayer
import CommerceLayerSandbox
import Testing

/// Triggers have their effect or fail loudly; records are told two ways; values are checked.
@Suite struct TriggerTests {
  @Test func whatIsNotSimulatedIsNotAccepted() async throws {
    let test = try await TestSandbox()
    let order = try id(await test.create("orders", [:]))
    let reply = await test.update("orders", order, ["_update_taxes": true, "reference": "x"])
    #expect(reply.status == 501)
    #expect(reply.code == "NOT_SIMULATED")
    #expect(reply.pointer == "/data/attributes/_update_taxes")
    #expect(
      reply.errors.first?["detail"]?.string?.contains("is not simulated by the sandbox") == true)
    #expect(await test.attributes("orders/\(order)")?["reference"] == .null)
    // False and null ask for nothing.
    #expect(await test.update("orders", order, ["_update_taxes": false]).status == 200)
    let lenient = try await TestSandbox { $0.acceptUnsimulated = true }
    let other = try id(await lenient.create("orders", [:]))
    #expect(await lenient.update("orders", other, ["_update_taxes": true]).status == 200)
  }

  /// A client must know that nothing was done, and must not try again.
  @Test func theClientTakesItAsDefinite() async throws {
    let sandbox = try Sandbox()
    let client = try CommerceLayerClient(
      organization: "sandbox",
      credentials: .clientCredentials(id: sandbox.clientID, secret: sandbox.clientSecret),
      configuration: .init(transport: sandbox.transport))
    let order = try await client.orders.create(.init())
    let error = await #expect(throws: CommerceLayerError.self) {
      try await client.orders.updateTaxes(order.id)
    }
    #expect(error?.kind == .server)
    #expect(error?.kind != .ambiguousWrite)
  }

  @Test func statesAreChecked() async throws {
    let test = try await TestSandbox()
    let card = try id(
      await test.create("gift_cards", ["balance_cents": 1000, "rechargeable": false]))
    #expect(await test.update("gift_cards", card, ["_deactivate": true]).rule == "invalid")
    #expect(await test.update("gift_cards", card, ["_purchase": true]).status == 200)
    #expect(await test.update("gift_cards", card, ["_purchase": true]).status == 422)
    #expect(await test.update("gift_cards", card, ["_activate": true]).status == 200)
    #expect(await test.attributes("gift_cards/\(card)")?["status"] == "active")
    #expect(await test.update("gift_cards", card, ["_balance_change_cents": -1001]).status == 422)
    #expect(await test.update("gift_cards", card, ["_balance_change_cents": 1]).status == 422)
    #expect(await test.update("gift_cards", card, ["_balance_change_cents": -400]).status == 200)
    let state = await test.attributes("gift_cards/\(card)")
    #expect(state?["balance_cents"] == 600)
    #expect(state?["initial_balance_cents"] == 1000)
    #expect(state?["balance_log"]?.array?.first?["balance_change_cents"] == -400)
  }

  @Test func secretsAreMadeAnewAndTagsChanged() async throws {
    let test = try await TestSandbox()
    let hook = try id(
      await test.create(
        "webhooks", ["topic": "orders.place", "callback_url": "https://example.com/h"]))
    let before = await test.attributes("webhooks/\(hook)")?["shared_secret"]
    #expect(
      await test.update("webhooks", hook, ["_regenerate_shared_secret": true]).status == 200)
    let after = await test.attributes("webhooks/\(hook)")?["shared_secret"]
    #expect(before?.string?.utf8.count == 32)
    #expect(after?.string?.utf8.count == 32)
    #expect(before != after)
    #expect(await test.update("webhooks", hook, ["_disable": true]).status == 200)
    #expect(
      await test.attributes("webhooks/\(hook)")?["disabled_at"] == "2024-05-01T12:00:00.000Z")
    #expect(await test.update("webhooks", hook, ["_enable": true]).status == 200)
    #expect(await test.attributes("webhooks/\(hook)")?["disabled_at"] == .null)
    for name in ["new", "old"] { _ = await test.create("tags", ["name": .string(name)]) }
    let customer = try id(await test.create("customers", ["email": "a@example.com"]))
    #expect(await test.update("customers", customer, ["_add_tags": "new,old,gone"]).status == 200)
    #expect(await test.update("customers", customer, ["_remove_tags": "old"]).status == 200)
    #expect(await test.get("/api/customers/\(customer)/tags").values("name") == ["new"])
  }

  @Test func codesAndRelationshipsNameTheSameRecord() async throws {
    let test = try await TestSandbox()
    let sku = try id(
      await test.create(
        "skus", ["code": "A", "name": "A"],
        relationships: ["shipping_category": linkage("shipping_categories", "XAyRWNUzyN")]))
    let list = try id(await test.create("price_lists", ["name": "L", "currency_code": "USD"]))
    _ = try await test.startImport(
      "prices", [["sku_code": "A", "amount_cents": 100]], ["parent_resource_id": .string(list)])
    try await test.sandbox.drain()
    #expect(await test.get("/api/skus/\(sku)/prices").values("formatted_amount") == ["$1.00"])
    let price = try #require(await test.get("/api/prices").data.first?["id"]?.string)
    #expect(await test.get("/api/prices/\(price)/sku").json["data"]?["id"]?.string == sku)
    // The same price by the relationship is taken.
    let again = await test.create(
      "prices", ["amount_cents": 5],
      relationships: ["sku": linkage("skus", sku), "price_list": linkage("price_lists", list)])
    #expect(again.rule == "taken")
    let order = try id(await test.create("orders", ["customer_email": "b@example.com"]))
    #expect(
      await test.get("/api/orders/\(order)/customer").json["data"]?["attributes"]?["email"]
        == "b@example.com")
    let second = try id(await test.create("orders", ["customer_email": "b@example.com"]))
    #expect(await test.get("/api/customers").data.count == 1)
    #expect(await test.get("/api/customers").values("total_orders_count") == [2])
    #expect(await test.update("orders", second, ["customer_email": .null]).status == 200)
    #expect(await test.get("/api/orders/\(second)/customer").json["data"] == .null)
    #expect(await test.get("/api/customers").values("total_orders_count") == [1])
  }

  @Test func valuesAreChecked() async throws {
    let test = try await TestSandbox { $0.acceptMissingRelated = false }
    let address: JSONObject = [
      "line_1": "1", "city": "Rome", "country_code": "IT", "state_code": "RM", "phone": "1",
      "business": false,
    ]
    let unnamed = await test.create("addresses", address)
    #expect(unnamed.status == 422)
    #expect(
      unnamed.errors.compactMap { $0["source"]?["pointer"]?.string } == [
        "/data/attributes/first_name", "/data/attributes/last_name",
      ])
    #expect(
      await test.create("addresses", address.adding("business", true)).pointer
        == "/data/attributes/company")
    #expect(
      await test.create(
        "addresses", address.adding("business", true).adding("company", "C")
      ).status == 201)
    for email in ["a", "a@", "@b", "a@@b", "a b@c", "a@b,c@d"] {
      #expect(await test.create("customers", ["email": .string(email)]).rule == "invalid")
    }
    for name in ["a b", "ü", String(repeating: "a", count: 26)] {
      #expect(await test.create("tags", ["name": .string(name)]).rule == "invalid")
    }
    for topic in ["orders", "orders.", "nonsense.place", "orders.place.x"] {
      #expect(
        await test.create(
          "webhooks", ["topic": .string(topic), "callback_url": "https://example.com"]
        ).pointer == "/data/attributes/topic")
    }
    let missing = await test.create(
      "skus", ["code": "A", "name": "A"],
      relationships: ["shipping_category": linkage("shipping_categories", "nowhere")])
    #expect(missing.status == 422)
    #expect(missing.pointer == "/data/relationships/shipping_category")
  }
}
