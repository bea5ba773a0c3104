import CommerceLayer
import CommerceLayerSandbox
import Testing

/// What rows make beside their own record, and what is said of the rest.
@Suite struct ImportedRecordsTests {
  private func run(
    _ test: TestSandbox, _ type: String, _ inputs: JSONValue, _ more: JSONObject = [:]
  ) async throws -> JSONValue {
    let id = try await test.startImport(type, inputs, more)
    try await test.sandbox.drain()
    let state = try await test.importState(id)
    #expect(state["status"] == "completed")
    return state
  }

  private func run(
    _ test: TestSandbox, _ type: String, csv: String, _ more: JSONObject = [:]
  ) async throws -> JSONValue {
    try await run(test, type, .string(csv), more.adding("format", "csv"))
  }

  /// The guide's own example: no number, nested line items, an archive trigger written 1.
  @Test func ordersHaveTheirCustomerAndLineItems() async throws {
    let test = try await TestSandbox()
    let state = try await run(
      test, "orders",
      [
        [
          "customer_email": "one@example.com", "_archive": 1,
          "line_items": [
            ["item_type": "sku", "name": "TEE-A", "quantity": 2, "unit_amount_cents": 1500],
            ["item_type": "sku", "name": "TEE-B", "quantity": 1, "unit_amount_cents": 1900],
          ],
        ],
        ["customer_email": "two@example.com", "_archive": false],
        ["customer_email": "one@example.com"],
      ], ["parent_resource_id": "MaRkEt0001"])
    #expect(state["errors_log"] == [:])
    #expect(state["processed_count"] == 3)
    let orders = await test.get("/api/orders?include=customer,line_items")
    #expect(
      orders.values("customer_email") == ["one@example.com", "two@example.com", "one@example.com"])
    #expect(orders.values("archived_at") == ["2024-05-01T12:00:00.000Z", .null, .null])
    #expect(
      await test.get("/api/customers").values("email") == ["one@example.com", "two@example.com"])
    let id = try #require(orders.data.first?["id"]?.string)
    #expect(
      await test.get("/api/orders/\(id)/line_items").values("name") == ["TEE-A", "TEE-B"])
    #expect(
      await test.get("/api/orders/\(id)/customer").json["data"]?["attributes"]?["email"]
        == "one@example.com")
    let items = await test.get("/api/line_items")
    #expect(items.values("quantity") == [2, 1])
    #expect(items.values("unit_amount_cents") == [1500, 1900])
    let item = try #require(items.data.first?["id"]?.string)
    #expect(await test.get("/api/line_items/\(item)/order").json["data"]?["id"]?.string == id)
    #expect(
      await test.get("/api/orders?filter[q][market_id_eq]=MaRkEt0001").data.count == 3)
  }

  @Test func nestedRecordsAreUpdatedByIDAndAddedWithoutOne() async throws {
    let test = try await TestSandbox()
    let order: JSONValue = ["number": "1", "line_items": [["sku_code": "A", "quantity": 1]]]
    let first = try await run(test, "orders", [order])
    #expect(first["warnings_count"] == 1)
    #expect(first["warnings_log"]?["1"]?.array?.count == 1)
    #expect(first["warnings_log"]?["1"]?.array?.first?.string?.contains("line_items") == true)
    _ = try await run(test, "orders", [order])
    let items = await test.get("/api/line_items")
    #expect(items.values("quantity") == [1, 1])
    #expect(await test.get("/api/orders").data.count == 1)
    let id = try #require(items.data.first?["id"])
    let third = try await run(
      test, "orders", [["number": "1", "line_items": [["id": id, "quantity": 5]]]])
    #expect(third["warnings_log"] == [:])
    #expect(await test.get("/api/line_items").values("quantity") == [5, 1])
    #expect(await test.get("/api/line_items").values("sku_code") == ["A", "A"])
  }

  @Test func linesOfOneRecordAreOneRecord() async throws {
    let test = try await TestSandbox()
    let state = try await run(
      test, "sku_lists",
      csv: """
        name,sku_list_items.sku_code,sku_list_items.quantity
        One,A,1
        One,B,2
        Two,C,
        One,D,1

        """)
    #expect(state["inputs_size"] == 3)
    #expect(state["processed_count"] == 3)
    let lists = await test.get("/api/sku_lists")
    #expect(lists.values("name") == ["One", "Two", "One"])
    let id = try #require(lists.data.first?["id"]?.string)
    #expect(
      await test.get("/api/sku_lists/\(id)/sku_list_items").values("sku_code") == ["A", "B"])
    #expect(await test.get("/api/sku_list_items").values("quantity") == [1, 2, 1, 1])
  }

  @Test func tiersOfAPriceComeWithIt() async throws {
    let test = try await TestSandbox()
    let state = try await run(
      test, "prices",
      csv: """
        sku_code,amount_cents,price_tiers.name,price_tiers.up_to,price_tiers.price_amount_cents
        A,1000,Ten,10,900
        A,1000,Hundred,100,800
        """, ["parent_resource_id": "PrIcElIsT1"])
    #expect(state["errors_log"] == [:])
    #expect(state["inputs_size"] == 1)
    let id = try #require(await test.get("/api/prices").data.first?["id"]?.string)
    let tiers = await test.get("/api/prices/\(id)/price_tiers")
    #expect(tiers.values("name") == ["Ten", "Hundred"])
    #expect(tiers.values("price_amount_cents") == [900, 800])
    #expect(await test.get("/api/price_tiers").values("name") == ["Ten", "Hundred"])
  }

  @Test func tagsAreFoundOrMadeByName() async throws {
    let test = try await TestSandbox()
    let state = try await run(
      test, "skus",
      csv: """
        code,name,tags.name
        A,a,"sale,summer_26"
        B,b,sale
        C,c,end of line
        D,d," sale , summer_26 , sale"
        E,e,
        """, ["skip_errors": true])
    #expect(state["processed_count"] == 4)
    #expect(state["errors_count"] == 1)
    #expect(state["errors_log"]?["C"]?["tags.name"]?.array?.count == 1)
    #expect(await test.get("/api/tags").values("name") == ["sale", "summer_26"])
    let skus = await test.get("/api/skus?include=tags")
    #expect(skus.values("code") == ["A", "B", "D", "E"])
    #expect(
      skus.data.map { $0["relationships"]?["tags"]?["data"]?.array?.count } == [2, 1, 2, 0])
    // An empty cell leaves tags alone.
    _ = try await run(test, "skus", csv: "code,name,tags.name\nA,new,\n")
    let id = try #require(skus.data.first?["id"]?.string)
    #expect(await test.get("/api/skus/\(id)/tags").values("name") == ["sale", "summer_26"])
    #expect(await test.get("/api/skus?filter[q][tags_name_eq]=summer_26").data.count == 2)
  }

  @Test func tagTriggersTakeTagsThatExist() async throws {
    let test = try await TestSandbox()
    _ = try await run(test, "tags", [["name": "sale"], ["name": "old"]])
    _ = try await run(test, "skus", csv: "code,name,tags.name\nA,a,old\n")
    let state = try await run(
      test, "skus", [["code": "A", "_add_tags": "sale,unheard", "_remove_tags": "old"]])
    #expect(state["warnings_count"] == 1)
    #expect(
      state["warnings_log"] == [
        "A": ["'_add_tags': the tag 'unheard' does not exist and is discarded"]
      ])
    let id = try #require(await test.get("/api/skus").data.first?["id"]?.string)
    #expect(await test.get("/api/skus/\(id)/tags").values("name") == ["sale"])
    #expect(await test.get("/api/tags").values("name") == ["sale", "old"])
  }

  @Test func customersAreFoundOrMadeByEmail() async throws {
    let test = try await TestSandbox()
    _ = try await run(test, "customers", [["email": "one@example.com"]])
    let rows: JSONValue = [
      ["customer_email": "one@example.com", "reference": "News"],
      ["customer_email": "two@example.com", "reference": "News"],
    ]
    for _ in 0..<2 {
      let state = try await run(test, "customer_subscriptions", rows)
      #expect(state["errors_log"] == [:])
    }
    #expect(
      await test.get("/api/customers").values("email") == ["one@example.com", "two@example.com"])
    // Nothing names these rows, so each is a record of its own.
    #expect(await test.get("/api/customer_subscriptions").data.count == 4)
    let id = try #require(await test.get("/api/customers").data.first?["id"]?.string)
    #expect(await test.get("/api/customers/\(id)/customer_subscriptions").data.count == 2)
  }

  @Test func columnsOfARelatedRecordMakeIt() async throws {
    let test = try await TestSandbox()
    let state = try await run(
      test, "customer_addresses",
      csv: """
        customer.email,address.line_1,address.city,address.country_code,address.phone
        a@example.com,1 Main Street,Springfield,US,555
        a@example.com,2 Main Street,Springfield,US,555
        """)
    #expect(state["errors_log"] == [:])
    #expect(state["processed_count"] == 2)
    #expect(await test.get("/api/customers").values("email") == ["a@example.com"])
    #expect(
      await test.get("/api/addresses").values("line_1") == ["1 Main Street", "2 Main Street"])
    let made = await test.get("/api/customer_addresses?include=address")
    #expect(made.values("customer_email") == ["a@example.com", "a@example.com"])
    let id = try #require(made.data.last?["id"]?.string)
    #expect(
      await test.get("/api/customer_addresses/\(id)/address").json["data"]?["attributes"]?[
        "line_1"] == "2 Main Street")
  }

  @Test func whatHasNoEffectIsAWarning() async throws {
    let test = try await TestSandbox()
    let state = try await run(
      test, "orders",
      [
        ["number": "1", "_validate": true, "customer_password": "hushcanary"],
        ["number": "2", "_validate": false, "created_at": .null],
        ["id": "unheard", "number": "3", "created_at": "2024-01-01T00:00:00Z"],
        ["number": "4", "created_at": "2024-01-01T00:00:00Z"],
      ])
    #expect(state["warnings_count"] == 2)
    let log = state["warnings_log"]?.object ?? [:]
    #expect(log.keys == ["1", "3"])
    let first = log["1"]?.array?.compactMap(\.string) ?? []
    #expect(first.contains { $0.contains("'_validate'") })
    #expect(first.contains { $0.contains("'customer_password'") })
    #expect(!state.text.contains("hushcanary"))
    let third = log["3"]?.array?.compactMap(\.string) ?? []
    #expect(third.contains { $0.contains("'unheard'") })
    #expect(third.contains { $0.contains("'created_at'") })
    let ignored = try await run(
      test, "skus", [["code": "A", "name": "a"]], ["parent_resource_id": "PaReNt0001"])
    #expect(ignored["warnings_log"]?["A"]?.array?.count == 1)
  }

  @Test func triggersSetAndClearWhatTheSpecSays() async throws {
    let test = try await TestSandbox()
    _ = try await run(test, "orders", [["number": "1", "_archive": 1, "_place": true]])
    var orders = await test.get("/api/orders")
    #expect(orders.values("archived_at") == ["2024-05-01T12:00:00.000Z"])
    #expect(orders.values("placed_at") == ["2024-05-01T12:00:00.000Z"])
    #expect(orders.values("status") == ["placed"])
    _ = try await run(test, "orders", csv: "number,_unarchive\n1,TRUE\n")
    orders = await test.get("/api/orders")
    #expect(orders.values("archived_at") == [.null])
    #expect(orders.values("status") == ["placed"])
  }

  @Test func aRowThatFailsLeavesNothingBehind() async throws {
    let test = try await TestSandbox()
    let state = try await run(
      test, "orders",
      [
        ["number": "1", "status": "strange", "language_code": 5, "customer_email": "a@example.com"]
      ],
      ["skip_errors": true])
    #expect(state["errors_count"] == 1)
    #expect(await test.get("/api/customers").data.isEmpty)
  }

  @Test func processingGoesOnAtTheSameRecordWithItsWarnings() async throws {
    let test = try await TestSandbox()
    let id = try await test.startImport(
      "sku_lists",
      "name,sku_list_items.sku_code\nOne,A\nOne,B\nTwo,C\nThree,\n",
      ["format": "csv"])
    #expect(try await test.sandbox.step(rows: 1) == 1)
    var state = try await test.importState(id)
    #expect(state["inputs_size"] == 3)
    #expect(state["processed_count"] == 1)
    #expect(state["warnings_count"] == 1)
    #expect(await test.get("/api/sku_list_items").data.count == 2)
    try await test.sandbox.drain()
    state = try await test.importState(id)
    #expect(state["processed_count"] == 3)
    #expect(state["warnings_count"] == 2)
  }
}

extension JSONObject {
  func adding(_ key: String, _ value: JSONValue) -> JSONObject {
    var copy = self
    copy[key] = value
    return copy
  }
}
