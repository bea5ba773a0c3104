import CommerceLayer
import CommerceLayerSandbox
import HTTPTypes
import Testing

/// What a shop does with its orders: sums, states, payments.
@Suite struct OrderBehaviorTests {
  private func line(
    _ test: TestSandbox, _ order: String, _ attributes: JSONObject
  ) async -> Reply {
    await test.create("line_items", attributes, relationships: ["order": linkage("orders", order)])
  }

  /// An order over 30 EUR with a payment source.
  private func paidOrder(_ test: TestSandbox) async throws -> String {
    let order = try id(await test.create("orders", ["customer_email": "a@example.com"]))
    _ = try id(await line(test, order, ["quantity": 2, "unit_amount_cents": 1500, "name": "Tee"]))
    let source = try id(
      await test.create(
        "wire_transfers", [:], relationships: ["order": linkage("orders", order)]))
    let patched = await test.send(
      .patch, "/api/orders/\(order)",
      [
        "data": [
          "type": "orders", "id": .string(order),
          "relationships": ["payment_source": linkage("wire_transfers", source)],
        ]
      ])
    #expect(patched.status == 200, "\(patched.text)")
    return order
  }

  @Test func totalsFollowLineItems() async throws {
    let test = try await TestSandbox()
    let order = try id(await test.create("orders", [:]))
    let first = try id(
      await line(test, order, ["sku_code": "A", "quantity": 2, "unit_amount_cents": 1500]))
    let second = try id(
      await line(
        test, order, ["item_type": "adjustments", "quantity": 1, "unit_amount_cents": -250]))
    var state = await test.attributes("orders/\(order)")
    #expect(state?["subtotal_amount_cents"] == 3000)
    #expect(state?["adjustment_amount_cents"] == -250)
    #expect(state?["total_amount_cents"] == 2750)
    #expect(state?["total_amount_with_taxes_float"] == 27.5)
    #expect(state?["formatted_total_amount"] == "€27,50")
    #expect(state?["skus_count"] == 2)
    #expect(await test.update("line_items", first, ["quantity": 3]).status == 200)
    #expect(await test.attributes("orders/\(order)")?["total_amount_cents"] == 4250)
    // Stored, so that lists find it.
    #expect(
      await test.get("/api/orders?filter[q][total_amount_cents_gt]=4000").data.count == 1)
    #expect(await test.send(.delete, "/api/line_items/\(second)").status == 204)
    let option = await test.create(
      "line_item_options",
      ["quantity": 2, "unit_amount_cents": 100, "options": ["a": 1], "name": "Print"],
      relationships: [
        "line_item": linkage("line_items", first),
        "sku_option": linkage("sku_options", "XAyRWNUzyN"),
      ])
    #expect(option.json["data"]?["attributes"]?["total_amount_cents"] == 200, "\(option.text)")
    #expect(await test.attributes("line_items/\(first)")?["total_amount_cents"] == 4700)
    state = await test.attributes("orders/\(order)")
    #expect(state?["total_amount_cents"] == 4700)
    #expect(state?["line_item_options_count"] == 1)
    #expect(state?["adjustment_amount_cents"] == 0)
    // A line item that moves takes its amount along.
    let other = try id(await test.create("orders", [:]))
    _ = await test.send(
      .patch, "/api/line_items/\(first)",
      [
        "data": [
          "type": "line_items", "id": .string(first),
          "attributes": ["quantity": 1],
        ]
      ])
    #expect(await test.attributes("orders/\(order)")?["total_amount_cents"] == 1700)
    #expect(await test.attributes("orders/\(other)")?["total_amount_cents"] == 0)
  }

  @Test func currencyAndPriceComeFromTheMarket() async throws {
    let test = try await TestSandbox()
    let list = try id(await test.create("price_lists", ["name": "JP", "currency_code": "JPY"]))
    let market = try id(
      await test.create(
        "markets", ["name": "JP"],
        relationships: [
          "price_list": linkage("price_lists", list),
          "merchant": linkage("merchants", "XAyRWNUzyN"),
          "inventory_model": linkage("inventory_models", "XAyRWNUzyN"),
        ]))
    let sku = try id(
      await test.create(
        "skus", ["code": "TEE", "name": "Tee"],
        relationships: ["shipping_category": linkage("shipping_categories", "XAyRWNUzyN")]))
    let price = await test.create(
      "prices", ["amount_cents": 1250],
      relationships: [
        "price_list": linkage("price_lists", list), "sku": linkage("skus", sku),
      ])
    let amounts = price.json["data"]?["attributes"]
    #expect(amounts?["currency_code"] == "JPY")
    #expect(amounts?["sku_code"] == "TEE")
    #expect(amounts?["formatted_amount"] == "¥1,250")
    #expect(amounts?["original_amount_cents"] == 1250)
    let order = try id(
      await test.create(
        "orders", [:], relationships: ["market": linkage("markets", market)]))
    let item = await line(test, order, ["sku_code": "TEE", "quantity": 2])
    #expect(item.json["data"]?["attributes"]?["unit_amount_cents"] == 1250)
    #expect(item.json["data"]?["attributes"]?["name"] == "Tee")
    #expect(item.json["data"]?["attributes"]?["item_type"] == "skus")
    #expect(
      await test.attributes("orders/\(order)")?["formatted_total_amount"] == "¥2,500")
  }

  @Test func anEmptyOrderCannotBePlaced() async throws {
    let test = try await TestSandbox()
    let order = try id(await test.create("orders", [:]))
    let rejected = await test.update("orders", order, ["_place": true])
    #expect(rejected.status == 422)
    #expect(rejected.code == "VALIDATION_ERROR")
    #expect(rejected.pointer == "/data/attributes/_place")
    #expect(await test.attributes("orders/\(order)")?["status"] == "draft")
    #expect(await test.attributes("orders/\(order)")?["placed_at"] == .null)
    // Nothing of the request is kept.
    _ = await test.update("orders", order, ["_place": true, "reference": "kept"])
    #expect(await test.attributes("orders/\(order)")?["reference"] == .null)
  }

  @Test func anOrderIsPlacedApprovedCapturedAndRefunded() async throws {
    let test = try await TestSandbox()
    let order = try await paidOrder(test)
    #expect(await test.attributes("orders/\(order)")?["status"] == "pending")
    #expect(await test.update("orders", order, ["_approve": true]).status == 422)
    let placed = await test.update("orders", order, ["_place": true])
    var state = placed.json["data"]?["attributes"]
    #expect(state?["status"] == "placed", "\(placed.text)")
    #expect(state?["placed_at"] == "2024-05-01T12:00:00.000Z")
    #expect(state?["payment_status"] == "authorized")
    #expect(state?["editable"] == false)
    let authorization = await test.get("/api/orders/\(order)/authorizations")
    #expect(authorization.values("amount_cents") == [3000])
    #expect(authorization.values("currency_code") == ["EUR"])
    #expect(authorization.values("succeeded") == [true])
    #expect(await test.update("orders", order, ["_approve_and_capture": true]).status == 200)
    state = await test.attributes("orders/\(order)")
    #expect(state?["status"] == "approved")
    #expect(state?["payment_status"] == "paid")
    #expect(await test.get("/api/orders/\(order)/captures").values("amount_cents") == [3000])
    #expect(
      await test.get("/api/orders/\(order)/authorizations").values("capture_balance_cents") == [0])
    let capture = try #require(
      await test.get("/api/captures").data.first?["id"]?.string)
    #expect(
      await test.update(
        "captures", capture, ["_refund": true, "_refund_amount_cents": 1000]
      ).status == 200)
    #expect(
      await test.attributes("orders/\(order)")?["payment_status"] == "partially_refunded")
    #expect(await test.update("orders", order, ["_refund": true]).status == 200)
    #expect(await test.get("/api/refunds").values("amount_cents") == [1000, 2000])
    #expect(await test.attributes("orders/\(order)")?["payment_status"] == "refunded")
    #expect(
      await test.update("captures", capture, ["_refund": true]).pointer
        == "/data/attributes/_refund")
  }

  @Test func cancellingVoidsTheAuthorization() async throws {
    let test = try await TestSandbox()
    let order = try await paidOrder(test)
    #expect(await test.update("orders", order, ["_place": true]).status == 200)
    #expect(await test.update("orders", order, ["_cancel": true]).status == 200)
    let state = await test.attributes("orders/\(order)")
    #expect(state?["status"] == "cancelled")
    #expect(state?["payment_status"] == "voided")
    #expect(await test.get("/api/voids").values("amount_cents") == [3000])
    #expect(await test.update("orders", order, ["_cancel": true]).status == 422)
  }

  @Test func addressesAreClonedAndNamed() async throws {
    let test = try await TestSandbox()
    let address = try id(
      await test.create(
        "addresses",
        [
          "first_name": "Ada", "last_name": "Li", "line_1": "Street 1", "city": "Rome",
          "country_code": "IT", "state_code": "RM", "phone": "1", "zip_code": "00100",
        ]))
    let names = await test.attributes("addresses/\(address)")
    #expect(names?["full_name"] == "Ada Li")
    #expect(names?["name"] == "Ada Li, Street 1, 00100 Rome RM (IT) 1")
    let order = try id(await test.create("orders", [:]))
    #expect(
      await test.update("orders", order, ["_shipping_address_same_as_billing": true]).status == 422)
    #expect(
      await test.update("orders", order, ["_billing_address_clone_id": .string(address)]).status
        == 200)
    #expect(
      await test.update("orders", order, ["_shipping_address_same_as_billing": true]).status == 200)
    let shipping = await test.get("/api/orders/\(order)/shipping_address").json["data"]
    #expect(shipping?["attributes"]?["full_name"] == "Ada Li")
    #expect(shipping?["id"]?.string != address)
    #expect(await test.update("addresses", address, ["first_name": "Bea"]).status == 200)
    #expect(await test.attributes("addresses/\(address)")?["full_name"] == "Bea Li")
  }
}
