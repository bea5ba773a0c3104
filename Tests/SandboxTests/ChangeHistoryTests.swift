import CommerceLayer
import CommerceLayerSandbox
import HTTPTypes
import Testing

/// Versions, event stores and events tell what happened.
@Suite struct ChangeHistoryTests {
  @Test func aRequestIsOneVersion() async throws {
    let test = try await TestSandbox()
    let sku = try id(await test.createSKU("A"))
    #expect(await test.update("skus", sku, ["name": "Shirt", "reference": "r"]).status == 200)
    // Nothing changed: no version.
    #expect(await test.update("skus", sku, ["name": "Shirt"]).status == 200)
    let versions = await test.get("/api/skus/\(sku)/versions")
    #expect(versions.values("event") == ["create", "update"], "\(versions.text)")
    #expect(versions.values("resource_type") == ["skus", "skus"])
    #expect(versions.values("resource_id") == [.string(sku), .string(sku)])
    let changes = versions.values("changes")
    #expect(changes[0]?["code"] == [.null, "A"])
    #expect(changes[1]?.object?.keys.sorted() == ["name", "reference"])
    #expect(changes[1]?["name"] == ["Tee", "Shirt"])
    let who = versions.values("who")[0]
    #expect(who?["application"]?["id"] == "sandbox")
    #expect(who?["application"]?["kind"] == "integration")
    #expect(who?["application"]?["public"] == false)
    let included = await test.get("/api/skus/\(sku)?include=versions")
    #expect(included.json["included"]?.array?.count == 2)
    let stores = await test.get("/api/skus/\(sku)/event_stores")
    #expect(stores.values("event") == ["create", "update"])
    #expect(stores.values("payload") == changes)
    let store = try #require(stores.data.first?["id"]?.string)
    #expect(store.contains("-"))
    #expect(await test.get("/api/event_stores/\(store)").status == 200)
    #expect(await test.get("/api/versions?filter[q][resource_id_eq]=\(sku)").data.count == 2)
  }

  @Test func eventsAreTheTopicsOfWebhooks() async throws {
    let test = try await TestSandbox()
    let order = try id(await test.create("orders", [:]))
    _ = try id(
      await test.create(
        "line_items", ["name": "Tee", "quantity": 1, "unit_amount_cents": 100],
        relationships: ["order": linkage("orders", order)]))
    _ = await test.update("orders", order, ["customer_email": "a@example.com"])
    _ = await test.update("orders", order, ["_authorize": true])
    _ = await test.update("orders", order, ["_place": true])
    _ = await test.update("orders", order, ["_start_editing": true])
    _ = await test.update("orders", order, ["_stop_editing": true])
    _ = await test.update("orders", order, ["_approve_and_capture": true])
    let events = await test.get("/api/orders/\(order)/events")
    #expect(
      events.values("name") == [
        "orders.create", "orders.pending", "orders.authorize", "orders.place",
        "orders.start_editing", "orders.stop_editing", "orders.approve", "orders.pay",
      ], "\(events.values("name"))")
    let customer = try #require(
      await test.get("/api/orders/\(order)/customer").json["data"]?["id"]?.string)
    #expect(
      await test.get("/api/customers/\(customer)/events").values("name") == [
        "customers.create", "customers.acquired",
      ])
    let authorization = try #require(
      await test.get("/api/authorizations").data.first?["id"]?.string)
    #expect(
      await test.get("/api/authorizations/\(authorization)/events").values("name").prefix(2) == [
        "authorizations.create", "authorizations.succeeded",
      ])
  }

  @Test func deletedRecordsLeaveAVersion() async throws {
    let test = try await TestSandbox()
    let sku = try id(await test.createSKU("A"))
    #expect(await test.send(.delete, "/api/skus/\(sku)").status == 204)
    let versions = await test.get("/api/versions?filter[q][resource_id_eq]=\(sku)")
    #expect(versions.values("event") == ["create", "destroy"])
    #expect(versions.values("changes")[1]?["name"] == ["Tee", .null])
  }

  @Test func nothingSecretIsTold() async throws {
    let test = try await TestSandbox()
    let hook = await test.create(
      "webhooks", ["topic": "orders.place", "callback_url": "http://localhost:1/h"])
    let secret = try #require(hook.json["data"]?["attributes"]?["shared_secret"]?.string)
    let customer = try id(
      await test.create("customers", ["email": "a@example.com", "password": "hushcanary-pass"]))
    let versions = await test.get("/api/versions")
    #expect(!versions.text.contains(secret))
    let stores = await test.get("/api/customers/\(customer)/event_stores")
    #expect(stores.data.count == 1)
    for reply in [versions, stores] {
      #expect(!reply.text.contains("hushcanary"))
      #expect(!reply.text.contains("$"))
    }
  }

  /// What is rejected did not happen.
  @Test func rejectedRequestsLeaveNothing() async throws {
    let test = try await TestSandbox()
    let order = try id(await test.create("orders", [:]))
    let before = await test.get("/api/versions").json["meta"]?["record_count"]
    #expect(await test.update("orders", order, ["reference": "x", "_place": true]).status == 422)
    #expect(await test.get("/api/versions").json["meta"]?["record_count"] == before)
  }

  /// Ids do not depend on what is written down, so that the same writes give the same ids.
  @Test func theHistoryTakesNoNumbers() async throws {
    let test = try await TestSandbox()
    let first = await test.create("orders", [:])
    let second = await test.create("orders", [:])
    #expect(first.json["data"]?["attributes"]?["number"] == "1")
    #expect(second.json["data"]?["attributes"]?["number"] == "2")
  }

  @Test func rowsOfImportsAreNotVersionsAndOnlyOrdersHaveEvents() async throws {
    let test = try await TestSandbox()
    let skus = try await test.startImport("skus", [["code": "A", "name": "Tee"]])
    let orders = try await test.startImport(
      "orders", [["number": "7", "customer_email": "a@example.com", "_place": true]])
    try await test.sandbox.drain()
    #expect(try await test.importState(orders)["status"] == "completed")
    let sku = try #require(await test.get("/api/skus").data.first?["id"]?.string)
    #expect(await test.get("/api/skus/\(sku)/versions").data.isEmpty)
    let order = try #require(await test.get("/api/orders").data.first?["id"]?.string)
    #expect(await test.get("/api/orders/\(order)/versions").data.isEmpty)
    #expect(await test.get("/api/orders/\(order)/events").values("name") == ["orders.place"])
    #expect(
      await test.get("/api/imports/\(skus)/events").values("name") == [
        "imports.create", "imports.start", "imports.complete",
      ])
  }

  @Test func versionsCanBeExported() async throws {
    let test = try await TestSandbox()
    _ = try id(await test.createSKU("A"))
    let export = try id(await test.create("exports", ["resource_type": "versions"]))
    try await test.sandbox.drain()
    let state = await test.attributes("exports/\(export)")
    #expect(state?["status"] == "completed")
    #expect((state?["processed_count"]?.number?.integer ?? 0) >= 1)
  }
}
