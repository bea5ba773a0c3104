import CommerceLayer
import Testing

/// The generated client checks what it sends and what it gets against the spec's own schemas, by
/// itself: nobody switches that on.
@Suite struct GeneratedValidationTests {
  private func failure(_ work: () async throws -> Void) async -> CommerceLayerError? {
    do {
      try await work()
      return nil
    } catch {
      return error as? CommerceLayerError
    }
  }

  private func sku(_ attributes: String, included: String = "[]") -> String {
    """
    {"data": {"type": "skus", "id": "s", "attributes": {\(attributes)}}, "included": \(included)}
    """
  }

  // MARK: What is sent

  @Test func whatTheSchemaRejectsIsNotSent() async throws {
    let script = Script()
    let client = try script.client()
    let category = ShippingCategory.ID("c")
    let empty = await failure {
      _ = try await client.skus.create(.init(code: "", name: "", shippingCategory: category))
    }
    #expect(empty?.kind == .invalidInput)
    #expect(empty?.message == "'code' is required; 'name' is required")
    let number = await failure {
      try await client.skus.update("s", .init(weight: .nan))
    }
    #expect(number?.kind == .invalidInput && number?.message.contains("'weight'") == true)
    let rows = await failure {
      _ = try await client.imports.create(.init(resourceType: .skus, inputs: .json([JSONObject]())))
    }
    #expect(rows?.kind == .invalidInput && rows?.message.contains("no rows") == true)
    let type = await failure {
      try await client.orders.update(
        "o", .init(paymentSource: .init(SKU.ID("s"))))
    }
    #expect(type?.kind == .invalidInput && type?.message.contains("payment_source") == true)
    let page = await failure { _ = try await client.skus.list { $0.page(size: 26) } }
    #expect(page?.kind == .invalidInput)
    #expect(script.requests.isEmpty)
  }

  // MARK: What comes back

  /// The kinds of values that no reading makes fit, each with the pointer of the first one.
  @Test(arguments: [
    (#""weight": {"value": 1}"#, "weight", "float"), (#""weight": "heavy""#, "weight", "float"),
    (#""pieces_per_pack": 1.5"#, "pieces_per_pack", "integer"),
    (#""do_not_ship": 1"#, "do_not_ship", "boolean"), (#""metadata": 7"#, "metadata", "object"),
    (#""code": "A", "name": ["a"], "weight": "x""#, "name", "string"),
  ])
  func anResponseThatTheSchemaRejectsIsAnErrorWithItsPlace(
    attributes: String, name: String, type: String
  ) async throws {
    let list = """
      {"data": [{"type": "skus", "id": "r", "attributes": {"code": "A"}},
                {"type": "skus", "id": "s", "attributes": {\(attributes)}}]}
      """
    let related = """
      {"data": {"type": "prices", "id": "p", "attributes": {}},
       "included": [{"type": "skus", "id": "s", "attributes": {\(attributes)}}]}
      """
    let client = try Script(sku(attributes), list, related).client()
    let strict = RequestOptions(responseReading: .strict)
    let one = await failure { _ = try await client.skus.retrieve("s", options: strict) }
    let many = await failure { _ = try await client.skus.list(options: strict) }
    let included = await failure {
      _ = try await client.prices.retrieve("p", options: strict) { $0.include(.sku) }
    }
    for (error, place) in [(one, "/data"), (many, "/data/1"), (included, "/included/0")] {
      #expect(error?.kind == .protocolViolation)
      #expect(error?.pointer == "\(place)/attributes/\(name)")
      #expect(error?.message.contains("\(type) was expected") == true)
    }
  }

  @Test func aResourceOfAnotherTypeIsRejected() async throws {
    let other = #"{"data": {"type": "prices", "id": "s", "attributes": {}}}"#
    let error = await failure { _ = try await Script(other).client().skus.retrieve("s") }
    #expect(error?.kind == .protocolViolation && error?.pointer == "/data/type")
    #expect(error?.message.contains("'skus' was expected, not 'prices'") == true)
  }

  /// It was created, or not: what cannot be read does not tell.
  @Test func aCreateWhoseResponseIsRejectedIsInDoubt() async throws {
    let script = Script(sku(#""weight": [1]"#))
    let error = await failure {
      _ = try await script.client().skus.create(
        .init(code: "TEE-1", name: "Tee", shippingCategory: .init("c")),
        options: .init(responseReading: .strict))
    }
    #expect(error?.kind == .ambiguousWrite && script.requests.count == 1)
    // What to look for comes from the spec: the key of SKUs is their code.
    #expect(error?.write?.keys == ["code": "TEE-1"] && error?.write?.type == "skus")
  }

  @Test func whatOldVersionsWroteIsReadAndNoted() async throws {
    let script = Script(
      sku(
        #""weight": "1.5", "code": 7, "pieces_per_pack": "6", "brand_new": {"a": [1]}"#,
        included: #"[{"type": "prices", "id": "p", "attributes": {"amount_cents": "250"}}]"#))
    let sku = try await script.client().skus.retrieve("s")
    #expect(sku.weight == 1.5 && sku.code == "7" && sku.piecesPerPack == 6)
    #expect(
      Set(sku.storage.coercions.map(\.pointer)) == [
        "/data/attributes/weight", "/data/attributes/code", "/data/attributes/pieces_per_pack",
      ])
    let price = sku.storage.included.first?.as(Price.self)
    #expect(price?.amountCents == 250)
    #expect(price?.storage.coercions.map(\.pointer) == ["/included/0/attributes/amount_cents"])
  }

  @Test func aRelationshipThatLeadsElsewhereIsNoted() async throws {
    let script = Script(
      #"""
      {"data": {"type": "skus", "id": "s", "attributes": {}, "relationships": {
        "shipping_category": {"data": {"type": "prices", "id": "p"}},
        "prices": {"data": {"type": "prices", "id": "p"}}}}}
      """#)
    let sku = try await script.client().skus.retrieve("s")
    #expect(sku.shippingCategory == nil)
    #expect(sku.storage.diagnostics.map(\.kind) == [.unexpectedType, .cardinality])
  }
}
