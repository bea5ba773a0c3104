import CommerceLayer
import CommerceLayerSandbox
import HTTPTypes
import Testing

@Suite struct RecordTests {
  private func tag(_ test: TestSandbox, _ name: String = "a") async throws -> String {
    let reply = await test.create("tags", ["name": .string(name)])
    return try #require(reply.json["data"]?["id"]?.string)
  }

  @Test func aDocumentHasTheServicesShape() async throws {
    let test = try await TestSandbox()
    let reply = await test.create("imports", ["resource_type": "tags", "inputs": [["name": "a"]]])
    let data = try #require(reply.json["data"])
    let id = try #require(data["id"]?.string)
    #expect(id.utf8.count == 10)
    #expect(id.allSatisfy { $0.isASCII && $0.isLetter })
    #expect(data["links"] == ["self": .string("http://sandbox.test/api/imports/\(id)")])
    #expect(data["attributes"]?["created_at"] == "2024-05-01T12:00:00.000Z")
    #expect(
      data["relationships"]?["events"] == [
        "links": [
          "self": .string("http://sandbox.test/api/imports/\(id)/relationships/events"),
          "related": .string("http://sandbox.test/api/imports/\(id)/events"),
        ]
      ])
    #expect(data["meta"]?["mode"] == "test")
    #expect(data["meta"]?["organization_id"] == "SandboxOrg")
    #expect(data["meta"]?["trace_id"]?.string?.isEmpty == false)
    #expect(reply.json["included"] == nil)
  }

  @Test func recordsAreCreatedReadChangedAndDeleted() async throws {
    let test = try await TestSandbox()
    let id = try await tag(test)
    #expect(await test.get("/api/tags/\(id)").json["data"]?["attributes"]?["name"] == "a")
    #expect(await test.update("tags", id, ["name": "b"]).status == 200)
    #expect(await test.get("/api/tags").values("name") == ["b"])
    let gone = await test.send(.delete, "/api/tags/\(id)")
    #expect(gone.status == 204)
    #expect(gone.bytes.isEmpty)
    #expect(await test.get("/api/tags/\(id)").code == "RECORD_NOT_FOUND")
    #expect(await test.send(.delete, "/api/tags/\(id)").status == 404)
    #expect(await test.update("tags", id, ["name": "b"]).status == 404)
  }

  @Test func theSameWritesGiveTheSameIDs() async throws {
    var runs: [[String]] = []
    for seed in [7, 7, 8] as [UInt64] {
      let test = try await TestSandbox { $0.seed = seed }
      var ids: [String] = []
      for index in 0..<5 {
        ids.append(try await tag(test, "t\(index)"))
        // Reading must not change what is written next.
        _ = await test.get("/api/tags")
      }
      #expect(Set(ids).count == 5)
      runs.append(ids)
    }
    #expect(runs[0] == runs[1])
    #expect(runs[0] != runs[2])
  }

  @Test func malformedDocumentsAreRejected() async throws {
    let test = try await TestSandbox()
    let id = try await tag(test)
    func post(_ text: String) async -> Reply {
      await test.send(.post, "/api/tags", bytes: Array(text.utf8))
    }
    func patch(_ text: String) async -> Reply {
      await test.send(.patch, "/api/tags/\(id)", bytes: Array(text.utf8))
    }
    #expect(await post("{").code == "INVALID_DATA_FORMAT")
    #expect(await post("[]").code == "PARAM_MISSING")
    #expect(await post(#"{"data":[]}"#).code == "INVALID_DATA_FORMAT")
    #expect(await post(#"{"data":{"attributes":{"name":"a"}}}"#).code == "PARAM_MISSING")
    #expect(await post(#"{"data":{"type":"skus"}}"#).code == "INVALID_RESOURCE")
    #expect(await post(#"{"data":{"type":"tags","attributes":[]}}"#).code == "INVALID_DATA_FORMAT")
    #expect(await post(#"{"data":{"type":"tags","id":"x"}}"#).code == "PARAM_NOT_ALLOWED")
    #expect(await patch(#"{"data":{"type":"tags"}}"#).code == "KEY_ORDER_MISMATCH")
    #expect(await patch(#"{"data":{"type":"tags","id":"x"}}"#).code == "KEY_NOT_INCLUDED_IN_URL")
    #expect(await test.get("/api/tags").data.count == 1)
  }

  @Test func attributesAreCheckedAgainstTheSchema() async throws {
    let test = try await TestSandbox()
    func rejection(_ attributes: JSONObject) async -> Reply {
      await test.create("stock_transfers", attributes)
    }
    let unknown = await rejection(["nonsense": 1])
    #expect(unknown.status == 400)
    #expect(unknown.code == "PARAM_NOT_ALLOWED")
    #expect(unknown.pointer == "/data/attributes/nonsense")
    #expect(await rejection(["status": "draft"]).code == "PARAM_NOT_ALLOWED")
    let wrong = await rejection(["quantity": "many"])
    #expect(wrong.code == "INVALID_FIELD_VALUE")
    #expect(wrong.pointer == "/data/attributes/quantity")
    #expect(await rejection(["quantity": 1.5]).code == "INVALID_FIELD_VALUE")
    let missing = await rejection([:])
    #expect(missing.status == 422)
    #expect(
      missing.errors.compactMap { $0["source"]?["pointer"]?.string } == [
        "/data/attributes/quantity", "/data/relationships/destination_stock_location",
        "/data/relationships/origin_stock_location", "/data/relationships/sku",
      ])
    #expect(missing.errors.allSatisfy { $0["code"] == "VALIDATION_ERROR" })
    #expect(missing.errors.allSatisfy { $0["meta"]?["error"] == "blank" })
  }

  @Test func valuesOfAListAreEnforced() async throws {
    let test = try await TestSandbox()
    let reply = await test.create(
      "skus", ["code": "A", "name": "A", "unit_of_weight": "stone"],
      relationships: ["shipping_category": .object(identity("shipping_categories", "x"))])
    #expect(reply.status == 422)
    #expect(reply.rule == "inclusion")
    #expect(reply.pointer == "/data/attributes/unit_of_weight")
    #expect(reply.errors.first?["meta"]?["value"] == "stone")
  }

  @Test func requiredAttributesCannotBeCleared() async throws {
    let test = try await TestSandbox()
    let id = try await tag(test)
    let reply = await test.update("tags", id, ["name": .null])
    #expect(reply.status == 422)
    #expect(reply.rule == "blank")
    #expect(await test.get("/api/tags").values("name") == ["a"])
  }

  private func identity(_ type: String, _ id: String) -> JSONObject {
    ["data": ["type": .string(type), "id": .string(id)]]
  }

  private func sku(_ test: TestSandbox, _ code: String) async -> Reply {
    await test.create(
      "skus", ["code": .string(code), "name": "N"],
      relationships: ["shipping_category": .object(identity("shipping_categories", "x"))])
  }

  @Test func uniqueKeysAreTaken() async throws {
    let test = try await TestSandbox()
    let first = await sku(test, "A")
    #expect(first.status == 201)
    let again = await sku(test, "A")
    #expect(again.status == 422)
    #expect(again.rule == "taken")
    #expect(again.pointer == "/data/attributes/code")
    let other = try #require(await sku(test, "B").json["data"]?["id"]?.string)
    #expect(await test.update("skus", other, ["code": "A"]).rule == "taken")
    #expect(await test.update("skus", other, ["code": "B", "name": "M"]).status == 200)
  }

  @Test func relationshipsAreSetFollowedAndCleared() async throws {
    let test = try await TestSandbox()
    let category = await test.create("shipping_categories", ["name": "Parcels"])
    let categoryID = try #require(category.json["data"]?["id"]?.string)
    let reply = await test.create(
      "skus", ["code": "A", "name": "N"],
      relationships: ["shipping_category": .object(identity("shipping_categories", categoryID))])
    let id = try #require(reply.json["data"]?["id"]?.string)
    let one = await test.get("/api/skus/\(id)/shipping_category")
    #expect(one.json["data"]?["attributes"]?["name"] == "Parcels")
    let many = await test.get("/api/shipping_categories/\(categoryID)/skus")
    #expect(many.values("code") == ["A"])
    #expect(many.json["meta"]?["record_count"] == 1)
    let linkage = await test.get("/api/skus/\(id)/relationships/shipping_category")
    #expect(linkage.json["data"]?["id"]?.string == categoryID)
    let included = await test.get("/api/skus/\(id)?include=shipping_category")
    #expect(
      included.json["data"]?["relationships"]?["shipping_category"]?["data"]
        == ["type": "shipping_categories", "id": .string(categoryID)])
    #expect(included.json["included"]?.array?.count == 1)
    let wrong = await test.send(
      .patch, "/api/skus/\(id)",
      [
        "data": [
          "type": "skus", "id": .string(id),
          "relationships": ["shipping_category": .object(identity("markets", "x"))],
        ]
      ])
    #expect(wrong.code == "TYPE_MISMATCH")
    let shapeless = await test.send(
      .patch, "/api/skus/\(id)",
      [
        "data": [
          "type": "skus", "id": .string(id), "relationships": ["shipping_category": ["data": []]],
        ]
      ])
    #expect(shapeless.code == "INVALID_LINKS_OBJECT")
  }

  @Test func nullClearsAToOneRelationship() async throws {
    let test = try await TestSandbox()
    let reply = await test.create(
      "gift_cards", ["balance_cents": 100],
      relationships: ["market": .object(identity("markets", "m"))])
    let id = try #require(reply.json["data"]?["id"]?.string)
    #expect(
      await test.get("/api/gift_cards?filter[q][market_id_eq]=m").data.count == 1)
    let cleared = await test.send(
      .patch, "/api/gift_cards/\(id)",
      [
        "data": [
          "type": "gift_cards", "id": .string(id), "relationships": ["market": ["data": .null]],
        ]
      ])
    #expect(cleared.status == 200)
    #expect(
      await test.get("/api/gift_cards?filter[q][market_id_eq]=m").data.isEmpty)
    #expect(await test.get("/api/gift_cards/\(id)/market").json["data"] == .null)
  }

  @Test func numbersComeBackAsTheyCame() async throws {
    let test = try await TestSandbox()
    let reply = await test.create(
      "tags",
      [
        "name": "a",
        "metadata": try JSONValue(parsing: #"{"n":1.10,"b":12345678901234567890.5,"e":1E+2}"#),
      ])
    #expect(reply.text.contains(#""metadata":{"n":1.10,"b":12345678901234567890.5,"e":1E+2}"#))
  }
}
