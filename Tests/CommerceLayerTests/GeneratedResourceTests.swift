import CommerceLayer
import Foundation
import Testing

/// What generated resources and requests do, shown with imports.
@Suite struct GeneratedResourceTests {
  @Test func accessorsReadTheDocument() async throws {
    let script = Script(
      document(
        """
        "status": "in_progress", "processed_count": 7, "created_at": "2026-01-02T03:04:05.678Z",
        "skip_errors": true, "errors_log": {"1": {"code": ["blank"]}}, "attachment_url": null,
        "brand_new": [1]
        """,
        relationships: """
          {"events": {"data": [{"type": "events", "id": "e1"}, {"type": "events", "id": "e2"}]}}
          """,
        included: """
          [{"type": "events", "id": "e1", "attributes": {"name": "imports.start"}}]
          """))
    let item = try await script.client().imports.retrieve("xYZ")
    #expect(item.id == "xYZ")
    #expect(item.status == .inProgress)
    #expect(item.processedCount == 7)
    #expect(item.skipErrors == true)
    #expect(item.createdAt == Date(timeIntervalSince1970: 1_767_323_045.678))
    #expect(item.errorsLog == ["1": ["code": ["blank"]]])
    #expect(item.attachmentURL == nil)
    #expect(item.reference == nil)
    #expect(item["brand_new"] == [1])
    #expect(item.isTerminal == false)
    let events = try #require(item.events)
    #expect(events.map(\.id) == ["e1", "e2"])
    #expect(events.map { $0["name"] } == ["imports.start", nil])
  }

  @Test func resourcesAreValues() async throws {
    let script = Script(document(#""status": "completed""#), document(#""status": "completed""#))
    let client = try script.client()
    let first = try await client.imports.retrieve("xYZ")
    let second = try await client.imports.retrieve("xYZ")
    #expect(first == second)
    #expect(Set([first, second]).count == 1)
    let copy = try JSONDecoder().decode(Import.self, from: JSONEncoder().encode(first))
    #expect(copy.status == .completed)
    #expect(copy.id == first.id)
  }

  @Test func enumerationsAreOpen() async throws {
    let script = Script(document(#""status": "dreaming""#))
    let item = try await script.client().imports.retrieve("xYZ")
    #expect(item.status == Import.Status(rawValue: "dreaming"))
    #expect(item.status != .completed)
    #expect(item.status?.description == "dreaming")
  }

  @Test func createSendsWhatIsNamed() async throws {
    let script = Script(document(#""status": "pending""#))
    _ = try await script.client().imports.create(
      .init(
        resourceType: .skus, inputs: .json([["code": "A"], ["code": "B"]] as [JSONObject]),
        skipErrors: true, metadata: ["run": 3]))
    let request = try #require(script.requests.first)
    #expect(request.method == "POST")
    #expect(request.path == "/api/imports")
    let sent = try JSONDecoder().decode(JSONValue.self, from: Data(request.body.utf8))
    #expect(
      sent == [
        "data": [
          "type": "imports",
          "attributes": [
            "resource_type": "skus", "metadata": ["run": 3], "skip_errors": true,
            "inputs": [["code": "A"], ["code": "B"]],
          ],
        ]
      ])
  }

  @Test func createAsksForEverythingButTheInputs() async throws {
    let script = Script(document(#""status": "pending""#))
    _ = try await script.client().imports.create(
      .init(resourceType: .skus, inputs: .json([["code": "A"]] as [JSONObject])))
    let fields = try #require(script.requests.first?.query["fields[imports]"]).split(separator: ",")
    #expect(fields.contains("status") && fields.contains("errors_log"))
    #expect(!fields.contains("inputs") && !fields.contains("_interrupt"))
  }

  @Test func updateTellsNullFromAbsent() async throws {
    let script = Script(document(""), document(""), document(""))
    let client = try script.client()
    try await client.imports.update("xYZ", .init(reference: "batch-7"))
    try await client.imports.update("xYZ", .init(null: [.metadata, .reference]))
    try await client.imports.update("xYZ", .init())
    let bodies = try script.requests.map {
      try JSONDecoder().decode(JSONValue.self, from: Data($0.body.utf8))
    }
    func body(_ attributes: JSONValue) -> JSONValue {
      ["data": ["type": "imports", "id": "xYZ", "attributes": attributes]]
    }
    #expect(
      bodies == [
        body(["reference": "batch-7"]), body(["metadata": nil, "reference": nil]), body([:]),
      ])
    #expect(script.requests.allSatisfy { $0.method == "PATCH" && $0.path == "/api/imports/xYZ" })
  }

  @Test func triggersAreMethods() async throws {
    let script = Script(document(#""status": "interrupted""#))
    let item = try await script.client().imports.interrupt("xYZ")
    #expect(item.status == .interrupted)
    let request = try #require(script.requests.first)
    #expect(request.method == "PATCH")
    #expect(request.body.contains(#""attributes":{"_interrupt":true}"#))
  }

  @Test func triggersMayTakeAValue() async throws {
    let script = Script(#"{"data": {"type": "skus", "id": "s", "attributes": {}}}"#)
    try await script.client().skus.addTags("s", "sale,summer")
    let request = try #require(script.requests.first)
    #expect(request.path == "/api/skus/s")
    #expect(request.body.contains(#""attributes":{"_add_tags":"sale,summer"}"#))
  }

  @Test func relatedListsAreWalked() async throws {
    let script = Script(#"{"data": [{"type": "prices", "id": "p", "attributes": {}}]}"#)
    var ids: [String] = []
    for try await price in try script.client().skus.prices.all(
      of: "s", where: .amountCents.gt(100))
    { ids.append(price.id.rawValue) }
    #expect(ids == ["p"])
    #expect(script.requests.first?.path == "/api/skus/s/prices")
    #expect(
      script.requests.first?.query == [
        "page[number]": "1", "page[size]": "25", "filter[q][amount_cents_gt]": "100",
      ])
  }

  @Test func whatASingletonLeadsToNeedsNoID() async throws {
    let script = Script(
      #"{"data": {"type": "organizations", "id": "o", "attributes": {"name": "acme"}}}"#,
      #"{"data": null}"#)
    let client = try script.client()
    #expect(try await client.organization.retrieve().name == "acme")
    let found = try await client.orders.customer(of: "x")
    #expect(found == nil)
    #expect(script.requests.map(\.path) == ["/api/organization", "/api/orders/x/customer"])
  }

  @Test func aResourceOfVaryingTypeIsReadAsWhatItIs() async throws {
    let script = Script(
      """
      {"data": {"type": "orders", "id": "o", "attributes": {}, "relationships": {"payment_source":
       {"data": {"type": "stripe_payments", "id": "p"}}}}, "included":
       [{"type": "stripe_payments", "id": "p", "attributes": {"publishable_key": "pk"}}]}
      """)
    let order = try await script.client().orders.retrieve("o") { $0.include(.paymentSource) }
    #expect(order.paymentSource?.as(StripePayment.self)?.publishableKey == "pk")
    #expect(order.paymentSource?.as(AdyenPayment.self) == nil)
  }

  @Test func aReferenceToATypeThatIsNotAllowedIsRejected() async throws {
    let script = Script(#"{"data": {"type": "orders", "id": "o", "attributes": {}}}"#)
    let client = try script.client()
    func update(_ reference: AnyResourceReference) async throws {
      try await client.orders.update("o", .init(paymentSource: reference))
    }
    try await update(.init(StripePayment.ID("p")))
    let error = await #expect(throws: CommerceLayerError.self) {
      try await update(.init(SKU.ID("p")))
    }
    #expect(error?.kind == .invalidInput && error?.message.contains("not to 'skus'") == true)
    #expect(script.requests.count == 1)
  }

  @Test func relatedListsAreMethods() async throws {
    let script = Script(#"{"data": [{"type": "events", "id": "e1", "attributes": {}}]}"#)
    let events = try await script.client().imports.events(of: "xYZ") { $0.page(size: 5) }
    #expect(events.items.map(\.id) == ["e1"])
    #expect(script.requests.first?.path == "/api/imports/xYZ/events")
    #expect(script.requests.first?.query == ["page[size]": "5"])
  }
}
