import CommerceLayer
import CommerceLayerSandbox
import HTTPTypes
import Testing

/// What of an order hangs together: its payment source, its codes, its parts, its customer.
@Suite struct OrderRulesTests {
  private func order(
    _ test: TestSandbox, _ attributes: JSONObject = [:], cents: Int = 1000
  ) async throws -> (order: String, item: String) {
    let order = try id(await test.create("orders", attributes))
    let item = try id(
      await test.create(
        "line_items",
        ["name": "Tee", "quantity": 2, "unit_amount_cents": .number(JSONNumber(cents))],
        relationships: ["order": linkage("orders", order)]))
    return (order, item)
  }

  // MARK: - Both ends of a relationship

  @Test(arguments: ["wire_transfers", "external_payments", "adyen_payments"])
  func aNewPaymentSourceIsTheOneOfItsOrder(type: String) async throws {
    let test = try await TestSandbox()
    let order = try await order(test).order
    let required: JSONObject =
      type == "external_payments" ? ["payment_source_token": "hushcanary"] : [:]
    let source = try id(
      await test.create(type, required, relationships: ["order": linkage("orders", order)]))
    let reply = await test.get("/api/orders/\(order)/payment_source")
    #expect(reply.json["data"]?["id"]?.string == source, "\(reply.text)")
    #expect(reply.json["data"]?["type"]?.string == type)
    let listed = await test.get("/api/orders?filter[q][payment_source_id_null]=false")
    #expect(listed.data.count == 1, "\(listed.text)")
    #expect(await test.send(.delete, "/api/\(type)/\(source)").status == 204)
    #expect(await test.get("/api/orders/\(order)/payment_source").json["data"] == .null)
    #expect(await test.get("/api/orders?filter[q][payment_source_id_null]=true").data.count == 1)
  }

  @Test func aPaymentSourceThatMovesLeavesItsOrder() async throws {
    let test = try await TestSandbox()
    let first = try await order(test).order
    let second = try await order(test).order
    let source = try id(
      await test.create(
        "wire_transfers", [:], relationships: ["order": linkage("orders", first)]))
    let moved = await test.send(
      .patch, "/api/wire_transfers/\(source)",
      [
        "data": [
          "type": "wire_transfers", "id": .string(source),
          "relationships": ["order": linkage("orders", second)],
        ]
      ])
    #expect(moved.status == 200, "\(moved.text)")
    #expect(await test.get("/api/orders/\(first)/payment_source").json["data"] == .null)
    #expect(
      await test.get("/api/orders/\(second)/payment_source").json["data"]?["id"]?.string == source)
  }

  @Test func aRuleIsThatOfItsPromotion() async throws {
    let test = try await TestSandbox()
    let promotion = try id(await test.create("percentage_discount_promotions", Self.promotion))
    let rule = try id(
      await test.create(
        "coupon_codes_promotion_rules", [:],
        relationships: ["promotion": linkage("percentage_discount_promotions", promotion)]))
    let path = "/api/percentage_discount_promotions/\(promotion)/coupon_codes_promotion_rule"
    #expect(await test.get(path).json["data"]?["id"]?.string == rule)
    _ = try id(
      await test.create(
        "coupons", ["code": "SUMMER2024"],
        relationships: [
          "promotion_rule": linkage("coupon_codes_promotion_rules", rule)
        ]))
    #expect(
      await test.attributes("percentage_discount_promotions/\(promotion)")?["coupons_count"] == 1)
  }

  /// The official SDK's drive gives one rule to promotions of all kinds, and each must show what it was
  /// created with.
  @Test func aRuleOfTwoPromotionsStaysWithBoth() async throws {
    let test = try await TestSandbox()
    let type = "percentage_discount_promotions"
    let first = try id(await test.create(type, Self.promotion))
    let rule = try id(
      await test.create(
        "coupon_codes_promotion_rules", [:], relationships: ["promotion": linkage(type, first)]))
    let second = try id(
      await test.create(
        type, Self.promotion,
        relationships: [
          "coupon_codes_promotion_rule": linkage("coupon_codes_promotion_rules", rule)
        ]))
    for promotion in [first, second] {
      let path = "/api/\(type)/\(promotion)/coupon_codes_promotion_rule"
      #expect(await test.get(path).json["data"]?["id"]?.string == rule)
    }
    let owner = await test.get("/api/coupon_codes_promotion_rules/\(rule)/promotion").json["data"]
    #expect(owner?["id"]?.string == second)
  }

  // MARK: - After placing

  @Test func aPlacedOrderCannotBeEdited() async throws {
    let test = try await TestSandbox()
    let (order, item) = try await order(test, ["customer_email": "a@example.com"])
    #expect(await test.update("orders", order, ["_place": true]).status == 200)
    #expect(await test.attributes("orders/\(order)")?["editable"] == false)
    let added = await test.create(
      "line_items", ["name": "Cap", "quantity": 1, "unit_amount_cents": 1],
      relationships: ["order": linkage("orders", order)])
    #expect(added.status == 422)
    #expect(added.pointer == "/data/relationships/order")
    #expect(added.errors.first?["detail"]?.string?.contains("_start_editing") == true)
    #expect(await test.update("line_items", item, ["quantity": 1]).status == 422)
    #expect(await test.send(.delete, "/api/line_items/\(item)").status == 422)
    let option = await test.create(
      "line_item_options",
      ["quantity": 1, "unit_amount_cents": 5, "options": ["a": 1], "name": "Print"],
      relationships: [
        "line_item": linkage("line_items", item),
        "sku_option": linkage("sku_options", "XAyRWNUzyN"),
      ])
    #expect(option.status == 422, "\(option.text)")
    #expect(await test.update("orders", order, ["coupon_code": "SUMMER2024"]).status == 422)
    let deleted = await test.send(.delete, "/api/orders/\(order)")
    #expect(deleted.status == 422)
    #expect(deleted.errors.first?["detail"]?.string?.contains("cannot be deleted") == true)
    #expect(await test.attributes("orders/\(order)")?["total_amount_cents"] == 2000)
    // What moves no amount can still be noted.
    #expect(await test.update("line_items", item, ["reference": "x"]).status == 200)
    #expect(await test.update("orders", order, ["metadata": ["a": 1]]).status == 200)
  }

  @Test func editingDoesNotExceedTheOriginalTotal() async throws {
    let test = try await TestSandbox()
    let (order, item) = try await order(test, ["customer_email": "a@example.com"])
    _ = await test.update("orders", order, ["_place": true])
    #expect(await test.update("orders", order, ["_start_editing": true]).status == 200)
    #expect(await test.update("line_items", item, ["quantity": 3]).status == 200)
    let over = await test.update("orders", order, ["_stop_editing": true])
    #expect(over.status == 422)
    #expect(over.errors.first?["detail"]?.string?.contains("2000") == true, "\(over.text)")
    #expect(await test.update("line_items", item, ["quantity": 1]).status == 200)
    #expect(await test.update("orders", order, ["_stop_editing": true]).status == 200)
    #expect(await test.update("line_items", item, ["quantity": 2]).status == 422)
  }

  // MARK: - Parts

  @Test func partsGoWithTheirOwner() async throws {
    let test = try await TestSandbox()
    let (order, item) = try await order(test)
    for _ in 0..<2 {
      _ = try id(
        await test.create(
          "line_item_options",
          ["quantity": 1, "unit_amount_cents": 5, "options": ["a": 1], "name": "Print"],
          relationships: [
            "line_item": linkage("line_items", item),
            "sku_option": linkage("sku_options", "XAyRWNUzyN"),
          ]))
    }
    let other = try await self.order(test)
    #expect(await test.send(.delete, "/api/orders/\(order)").status == 204)
    #expect(await test.get("/api/line_items").data.map { $0["id"]?.string } == [other.item])
    #expect(await test.get("/api/line_item_options").data.isEmpty)
    #expect(await test.attributes("orders/\(other.order)")?["total_amount_cents"] == 2000)
  }

  @Test func nullPredicatesFindWhatLeadsNowhere() async throws {
    let test = try await TestSandbox()
    let (full, _) = try await order(test)
    let empty = try id(await test.create("orders", [:]))
    func found(_ filter: String) async -> [String?] {
      let reply = await test.get("/api/orders?filter[q][\(filter)")
      return reply.data.map { $0["id"]?.string }
    }
    #expect(await found("line_items_id_null]=true") == [empty])
    #expect(await found("line_items_id_null]=false") == [full])
    #expect(await found("line_items_id_not_null]=true") == [full])
    #expect(await found("line_items_name_null]=true") == [empty])
    #expect(await found("line_items_name_eq_or_null]=Tee") == [full, empty])
    #expect(await found("customer_id_null]=true") == [full, empty])
    #expect(await found("line_items_name_not_eq]=Cap") == [full])
  }

  // MARK: - Codes

  private static let promotion: JSONObject = [
    "name": "Ten percent", "percentage": 10, "starts_at": "2024-01-01T00:00:00.000Z",
    "expires_at": "2025-01-01T00:00:00.000Z",
  ]

  private func coupon(
    _ test: TestSandbox, _ type: String, _ attributes: JSONObject, code: String,
    _ more: JSONObject = [:]
  ) async throws -> String {
    let promotion = try id(await test.create(type, attributes))
    let rule = try id(
      await test.create(
        "coupon_codes_promotion_rules", [:],
        relationships: ["promotion": linkage(type, promotion)]))
    var coupon: JSONObject = ["code": .string(code)]
    for (name, value) in more { coupon[name] = value }
    return try id(
      await test.create(
        "coupons", coupon,
        relationships: ["promotion_rule": linkage("coupon_codes_promotion_rules", rule)]))
  }

  @Test func aCouponTakesOffWhatItsPromotionSays() async throws {
    let test = try await TestSandbox { $0.acceptMissingRelated = false }
    let coupon = try await coupon(
      test, "percentage_discount_promotions", Self.promotion, code: "SUMMER2024",
      ["usage_limit": 1])
    let (order, item) = try await order(test, ["customer_email": "a@example.com"])
    let set = await test.update("orders", order, ["coupon_code": "SUMMER2024"])
    #expect(set.status == 200, "\(set.text)")
    #expect(set.json["data"]?["attributes"]?["discount_amount_cents"] == -200)
    #expect(set.json["data"]?["attributes"]?["total_amount_cents"] == 1800)
    let discounts = await test.get(
      "/api/orders/\(order)/line_items?filter[q][item_type_eq]=percentage_discount_promotions")
    #expect(discounts.values("total_amount_cents") == [-200])
    #expect(discounts.values("name") == ["Ten percent"])
    // It follows the order.
    #expect(await test.update("line_items", item, ["quantity": 5]).status == 200)
    #expect(await test.attributes("orders/\(order)")?["discount_amount_cents"] == -500)
    #expect(await test.attributes("orders/\(order)")?["total_amount_cents"] == 4500)
    // A blank code removes it.
    #expect(await test.update("orders", order, ["coupon_code": ""]).status == 200)
    let without = await test.attributes("orders/\(order)")
    #expect(without?["discount_amount_cents"] == 0)
    #expect(without?["total_amount_cents"] == 5000)
    #expect(await test.get("/api/orders/\(order)/line_items").data.count == 1)
    #expect(await test.update("orders", order, ["coupon_code": "SUMMER2024"]).status == 200)
    #expect(await test.update("orders", order, ["_place": true]).status == 200)
    #expect(await test.attributes("coupons/\(coupon)")?["usage_count"] == 1)
    // It can be used once.
    let next = try await self.order(test).order
    let used = await test.update("orders", next, ["coupon_code": "SUMMER2024"])
    #expect(used.status == 422)
    #expect(used.pointer == "/data/attributes/coupon_code")
  }

  @Test func couponsOfOtherKinds() async throws {
    let test = try await TestSandbox { $0.acceptMissingRelated = false }
    var fixed = Self.promotion
    fixed["percentage"] = nil
    fixed["fixed_amount_cents"] = 5000
    _ = try await coupon(test, "fixed_amount_promotions", fixed, code: "FIFTYOFF1")
    let (order, _) = try await order(test)
    // No more than there is.
    let reply = await test.update("orders", order, ["coupon_code": "FIFTYOFF1"])
    #expect(reply.json["data"]?["attributes"]?["discount_amount_cents"] == -2000, "\(reply.text)")
    #expect(reply.json["data"]?["attributes"]?["total_amount_cents"] == 0)
    var pay = Self.promotion
    pay["percentage"] = nil
    pay["x"] = 3
    pay["y"] = 2
    let list = try id(await test.create("sku_lists", ["name": "All"]))
    let promotion = await test.create(
      "buy_x_pay_y_promotions", pay, relationships: ["sku_list": linkage("sku_lists", list)])
    let rule = try id(
      await test.create(
        "coupon_codes_promotion_rules", [:],
        relationships: ["promotion": linkage("buy_x_pay_y_promotions", try id(promotion))]))
    _ = try id(
      await test.create(
        "coupons", ["code": "THREEFOR2"],
        relationships: ["promotion_rule": linkage("coupon_codes_promotion_rules", rule)]))
    let loud = await test.update("orders", order, ["coupon_code": "THREEFOR2"])
    #expect(loud.status == 501)
    #expect(loud.code == "NOT_SIMULATED")
    #expect(await test.attributes("orders/\(order)")?["coupon_code"] == "FIFTYOFF1")
  }

  @Test(arguments: ["NOSUCHCODE", "SUMMER", "EXPIRED2023", "'; DROP TABLE records;--"])
  func codesThatNameNothingAreRejected(code: String) async throws {
    let test = try await TestSandbox { $0.acceptMissingRelated = false }
    _ = try await coupon(
      test, "percentage_discount_promotions", Self.promotion, code: "SUMMER2024")
    _ = try await coupon(
      test, "percentage_discount_promotions", Self.promotion, code: "EXPIRED2023",
      ["expires_at": "2024-04-01T00:00:00.000Z"])
    let order = try id(await test.create("orders", [:]))
    for name in ["coupon_code", "gift_card_code", "gift_card_or_coupon_code"] {
      let reply = await test.update("orders", order, [name: .string(code)])
      #expect(reply.status == 422, "\(name)")
      #expect(reply.pointer == "/data/attributes/\(name)")
    }
    let made = await test.create("orders", ["coupon_code": .string(code)])
    #expect(made.status == 422)
    #expect(await test.get("/api/orders").data.count == 1)
  }

  @Test func aGiftCardPays() async throws {
    let test = try await TestSandbox { $0.acceptMissingRelated = false }
    let card = try id(
      await test.create(
        "gift_cards", ["balance_cents": 1500, "code": "GIFT1234-ABC", "currency_code": "EUR"]))
    let (order, item) = try await order(test, ["customer_email": "a@example.com"])
    // A draft card is not valid yet.
    #expect(await test.update("orders", order, ["gift_card_code": "GIFT1234"]).status == 422)
    _ = await test.update("gift_cards", card, ["_purchase": true])
    _ = await test.update("gift_cards", card, ["_activate": true])
    #expect(await test.update("orders", order, ["gift_card_code": "GIFT123"]).status == 422)
    let reply = await test.update("orders", order, ["gift_card_or_coupon_code": "GIFT1234"])
    let attributes = reply.json["data"]?["attributes"]
    #expect(attributes?["gift_card_code"] == "GIFT1234-ABC", "\(reply.text)")
    #expect(attributes?["gift_card_amount_cents"] == -1500)
    #expect(attributes?["formatted_gift_card_amount"] == "-€15,00")
    #expect(attributes?["total_amount_cents"] == 500)
    #expect(await test.update("line_items", item, ["quantity": 1]).status == 200)
    #expect(await test.attributes("orders/\(order)")?["gift_card_amount_cents"] == -1000)
    #expect(await test.attributes("orders/\(order)")?["total_amount_cents"] == 0)
    let placed = await test.update("orders", order, ["_place": true])
    #expect(placed.json["data"]?["attributes"]?["payment_status"] == "free")
    let used = await test.attributes("gift_cards/\(card)")
    #expect(used?["balance_cents"] == 500)
    #expect(used?["status"] == "active")
    #expect(used?["balance_log"]?.array?.last?["balance_change_cents"] == -1000)
    #expect(used?["usage_log"]?[order]?.array?.first?["action"] == "use")
  }

  // MARK: - What follows from orders

  @Test func aCustomerIsAcquiredByTheFirstPlacedOrder() async throws {
    let test = try await TestSandbox()
    let customer = try id(await test.create("customers", ["email": "a@example.com"]))
    var states: [JSONValue?] = []
    for _ in 0..<3 {
      states.append(await test.attributes("customers/\(customer)")?["status"])
      let order = try await order(test, ["customer_email": "a@example.com"]).order
      #expect(await test.update("orders", order, ["_place": true]).status == 200)
    }
    #expect(states == ["prospect", "acquired", "repeat"])
    #expect(await test.attributes("customers/\(customer)")?["total_orders_count"] == 3)
  }

  @Test func returnsShowWhatIsReturned() async throws {
    let test = try await TestSandbox()
    let (order, item) = try await order(test, ["customer_email": "a@example.com"])
    let back = try id(
      await test.create("returns", [:], relationships: ["order": linkage("orders", order)]))
    let line = await test.create(
      "return_line_items", ["quantity": 2],
      relationships: [
        "return": linkage("returns", back), "line_item": linkage("line_items", item),
      ])
    #expect(line.json["data"]?["attributes"]?["total_amount_cents"] == 2000, "\(line.text)")
    #expect(await test.attributes("returns/\(back)")?["skus_count"] == 2)
    #expect(
      await test.get("/api/returns/\(back)/customer").json["data"]?["attributes"]?["email"]
        == "a@example.com")
    #expect(await test.send(.delete, "/api/return_line_items/\(try id(line))").status == 204)
    #expect(await test.attributes("returns/\(back)")?["skus_count"] == 0)
  }
}
