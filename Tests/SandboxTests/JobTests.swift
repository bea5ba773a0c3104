import CommerceLayer
import Foundation
import Synchronization
import Testing

@testable import CommerceLayerRows
@testable import CommerceLayerSandbox

/// Exports and cleanups, and the files behind `attachment_url`.
@Suite struct JobTests {
  private func shop() async throws -> TestSandbox {
    let test = try await TestSandbox { $0.batchSize = 2 }
    let skus: JSONValue = .array(
      (0..<5).map { number in
        [
          "code": .string("TEE-\(number)"), "name": .string("Tee \(number), \"M\""),
          "reference": number < 3 ? "first" : .null,
        ]
      })
    _ = try await test.startImport("skus", skus)
    try await test.sandbox.drain()
    return test
  }

  private func start(
    _ test: TestSandbox, _ type: String, _ attributes: JSONObject
  ) async throws -> String {
    let reply = await test.create(type, attributes)
    #expect(reply.status == 201, "\(reply.text)")
    return try #require(reply.json["data"]?["id"]?.string)
  }

  private func state(_ test: TestSandbox, _ type: String, _ id: String) async -> JSONValue {
    await test.get("/api/\(type)/\(id)").json["data"]?["attributes"] ?? .null
  }

  /// The file of a record, decompressed.
  private func file(_ test: TestSandbox, _ url: JSONValue?) async throws -> String {
    let url = try #require(url?.string)
    let reply = await test.get(String(url.dropFirst("http://sandbox.test".count)))
    #expect(reply.status == 200)
    var out: [UInt8] = []
    var reader = GzipReader(
      name: "file",
      read: { offset, bytes in bytes = Array(reply.bytes.dropFirst(offset).prefix(1_000)) },
      write: { out += $0 })
    try reader.run()
    return String(decoding: out, as: UTF8.self)
  }

  @Test func anExportHasAllRecordsThatItsFiltersMeet() async throws {
    let test = try await shop()
    let id = try await start(
      test, "exports",
      ["resource_type": "skus", "filters": ["code_in": ["TEE-0", "TEE-1", "TEE-4"]]])
    #expect(await state(test, "exports", id)["status"] == "pending")
    try await test.sandbox.drain()
    let done = await state(test, "exports", id)
    #expect(done["status"] == "completed" && done["records_count"] == 3)
    #expect(done["processed_count"] == 3 && done["completed_at"] != .null)
    let rows = try JSONValue(parsing: try await file(test, done["attachment_url"])).array ?? []
    #expect(rows.map { $0["code"] } == ["TEE-0", "TEE-1", "TEE-4"])
    #expect(rows.first?["name"] == #"Tee 0, "M""# && rows.first?["id"] != .null)
  }

  @Test func anExportOfNothingIsAnEmptyList() async throws {
    let test = try await shop()
    for format in ["json", "csv"] {
      let id = try await start(
        test, "exports",
        ["resource_type": "skus", "format": .string(format), "filters": ["code_eq": "none"]])
      try await test.sandbox.drain()
      let text = try await file(test, await state(test, "exports", id)["attachment_url"])
      if format == "json" {
        #expect(try JSONValue(parsing: text) == [])
      } else {
        #expect(text.hasPrefix("id,") && text.split(separator: "\n").count == 1)
      }
    }
  }

  @Test func whatIsExportedImportsAsItIs() async throws {
    let test = try await shop()
    let id = try await start(test, "exports", ["resource_type": "skus", "format": "csv"])
    try await test.sandbox.drain()
    let text = try await file(test, await state(test, "exports", id)["attachment_url"])
    let other = try await TestSandbox()
    let copy = try await other.startImport("skus", .string(text), ["format": "csv"])
    try await other.sandbox.drain()
    let state = try await other.importState(copy)
    #expect(state["processed_count"] == 5 && state["errors_count"] == 0, "\(state.text)")
    #expect(await other.get("/api/skus").values("name") == test.get("/api/skus").values("name"))
  }

  @Test func includedRecordsAreNestedAndFieldsChosen() async throws {
    let test = try await shop()
    let sku = try #require(await test.get("/api/skus?page[size]=1").data.first?["id"]?.string)
    _ = try await test.startImport(
      "stock_items", [["sku_id": .string(sku), "quantity": 7, "stock_location_id": "loc"]])
    try await test.sandbox.drain()
    let id = try await start(
      test, "exports",
      [
        "resource_type": "stock_items", "includes": ["sku"], "fields": ["quantity"],
      ])
    try await test.sandbox.drain()
    let url = await state(test, "exports", id)["attachment_url"]
    let row = try JSONValue(parsing: try await file(test, url)).array?.first
    #expect(row?.object.map { Set($0.map(\.key)) } == ["quantity", "sku"])
    #expect(row?["sku"]?["code"] == "TEE-0")
  }

  @Test func fieldsAndIncludesReachThroughRelationships() async throws {
    let test = try await shop()
    let list = await test.create("price_lists", ["name": "EU", "currency_code": "EUR"])
    let listID = try #require(list.json["data"]?["id"]?.string)
    _ = try await test.startImport(
      "prices",
      [
        [
          "sku_code": "TEE-1", "price_list_id": .string(listID), "amount_cents": 1990,
          "price_tiers": [["name": "ten", "up_to": 10, "price_amount_cents": 1500]],
        ]
      ], ["skip_errors": true])
    try await test.sandbox.drain()
    let id = try await start(
      test, "exports",
      [
        "resource_type": "skus", "filters": ["code_eq": "TEE-1"],
        "includes": ["prices", "prices.price_list"],
        "fields": ["code", "prices.amount_cents", "prices.price_list.*"],
      ])
    try await test.sandbox.drain()
    let url = await state(test, "exports", id)["attachment_url"]
    let row = try JSONValue(parsing: try await file(test, url)).array?.first
    #expect(row?.object.map { Set($0.map(\.key)) } == ["code", "prices"])
    let price = row?["prices"]?.array?.first
    #expect(price?["amount_cents"] == 1990 && price?["currency_code"] == nil)
    #expect(price?["price_list"]?["name"] == "EU" && price?["price_list"]?["id"] != nil)
  }

  @Test func whatAJobCannotUnderstandIsRejected() async throws {
    let test = try await shop()
    for (type, attributes): (String, JSONObject) in [
      ("exports", ["resource_type": "unicorns"]),
      ("exports", ["resource_type": "skus", "filters": ["colour_eq": "red"]]),
      ("exports", ["resource_type": "skus", "includes": ["wheels"]]),
      ("exports", ["resource_type": "skus", "fields": ["wheels"]]),
      ("exports", ["resource_type": "skus", "fields": ["prices.wheels"]]),
      ("exports", ["resource_type": "skus", "format": "xlsx"]),
      ("cleanups", ["resource_type": "exports"]),
      // Not one of the types that the service cleans up.
      ("cleanups", ["resource_type": "orders"]),
      ("cleanups", ["resource_type": "customers"]),
      ("cleanups", ["resource_type": "skus", "filters": ["cod_in": "TEE-0"]]),
      ("cleanups", ["resource_type": "skus", "filters": ["created_at_lt": "yesterday"]]),
    ] {
      let reply = await test.create(type, attributes)
      #expect(
        reply.status == 422 && reply.code == "VALIDATION_ERROR", "\(attributes) \(reply.text)")
    }
    try await test.sandbox.drain()
    #expect(await test.get("/api/skus").json["meta"]?["record_count"] == 5)
  }

  @Test func aCleanupDeletesWhatItsFiltersMeetAndNothingElse() async throws {
    let test = try await shop()
    let ids = await test.get("/api/skus").data.compactMap { $0["id"]?.string }
    let id = try await start(
      test, "cleanups",
      [
        "resource_type": "skus",
        "filters": ["id_in": .string([ids[0], ids[2], "missing"].joined(separator: ","))],
      ])
    // Step by step: what is done is seen meanwhile.
    try await test.sandbox.step(rows: 1)
    #expect(await state(test, "cleanups", id)["status"] == "in_progress")
    try await test.sandbox.drain()
    let done = await state(test, "cleanups", id)
    #expect(done["status"] == "completed" && done["records_count"] == 2)
    #expect(done["processed_count"] == 2 && done["errors_count"] == 0)
    let left = await test.get("/api/skus")
    #expect(left.values("code") == ["TEE-1", "TEE-3", "TEE-4"])
    #expect(left.json["meta"]?["record_count"] == 3)
  }

  @Test func theInputsOfAnImportCanBeDownloaded() async throws {
    let test = try await TestSandbox()
    let csv = "code,name\nA,\"x, y\"\n"
    let id = try await test.startImport("skus", .string(csv), ["format": "csv"])
    #expect(try await file(test, try await test.importState(id)["attachment_url"]) == csv)
    try await test.sandbox.drain()
    #expect(try await file(test, try await test.importState(id)["attachment_url"]) == csv)
    let rows = try await test.startImport("skus", [["code": "B", "name": "b"]])
    let text = try await file(test, try await test.importState(rows)["attachment_url"])
    #expect(try JSONValue(parsing: text) == [["code": "B", "name": "b"]])
  }

  @Test func urlsExpireAndCannotBeMade() async throws {
    let late = Mutex<TimeInterval>(0)
    let test = try await TestSandbox {
      $0.now = { TestSandbox.start.addingTimeInterval(late.withLock { $0 }) }
    }
    let id = try await test.startImport("skus", [["code": "B", "name": "b"]])
    let url = try #require(try await test.importState(id)["attachment_url"]?.string)
    let path = String(url.dropFirst("http://sandbox.test".count))
    #expect(await test.get(path).status == 200)
    #expect(await test.get(path + "0").status == 403)
    #expect(await test.get(path.replacing("expires=1", with: "expires=2")).status == 403)
    late.withLock { $0 = 299 }
    #expect(await test.get(path).status == 200)
    late.withLock { $0 = 301 }
    #expect(await test.get(path).status == 403)
    _ = try await file(test, try await test.importState(id)["attachment_url"])
  }
}
