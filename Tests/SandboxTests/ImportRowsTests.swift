import CommerceLayer
import CommerceLayerSandbox
import HTTPTypes
import Testing

@Suite struct ImportRowsTests {
  private func run(
    _ test: TestSandbox, _ type: String, _ inputs: JSONValue, _ more: JSONObject = [:]
  ) async throws -> JSONValue {
    let id = try await test.startImport(type, inputs, more)
    try await test.sandbox.drain()
    return try await test.importState(id)
  }

  @Test func rowsOfAKnownKeyUpdate() async throws {
    let test = try await TestSandbox()
    let first = try await run(
      test, "skus", [["code": "A", "name": "One", "weight": 1.50], ["code": "B", "name": "Two"]])
    #expect(first["status"] == "completed")
    #expect(first["processed_count"] == 2)
    let second = try await run(
      test, "skus", [["code": "A", "description": "new"], ["code": "C", "name": "Three"]])
    #expect(second["processed_count"] == 2)
    let reply = await test.get("/api/skus?sort=code")
    #expect(reply.values("code") == ["A", "B", "C"])
    #expect(reply.values("name") == ["One", "Two", "Three"])
    #expect(reply.values("description") == ["new", .null, .null])
    #expect(reply.text.contains(#""weight":1.5"#))
  }

  @Test func rowsOfAnIDUpdate() async throws {
    let test = try await TestSandbox()
    _ = try await run(test, "tags", [["name": "a"]])
    let id = try #require(await test.get("/api/tags").data.first?["id"])
    let state = try await run(
      test, "tags", [["id": id, "name": "b"], ["id": "strange", "name": "c"]])
    #expect(state["processed_count"] == 2)
    #expect(await test.get("/api/tags").values("name") == ["b", "c"])
  }

  @Test func unkeyedRowsSentTwiceMakeTwo() async throws {
    let test = try await TestSandbox()
    for _ in 0..<2 { _ = try await run(test, "tags", [["name": "a"]]) }
    #expect(await test.get("/api/tags").values("name") == ["a", "a"])
  }

  @Test func theParentStandsForTheRowsOwnRelationship() async throws {
    let test = try await TestSandbox()
    let rows: JSONValue = [
      ["sku_code": "A", "amount_cents": 100],
      ["sku_code": "A", "amount_cents": 200, "price_list_id": "own"],
    ]
    for _ in 0..<2 {
      let state = try await run(test, "prices", rows, ["parent_resource_id": "parent"])
      #expect(state["processed_count"] == 2)
      #expect(state["errors_count"] == 0)
    }
    let reply = await test.get("/api/prices")
    #expect(reply.data.count == 2)
    #expect(
      await test.get("/api/prices?filter[q][price_list_id_eq]=parent").values("amount_cents")
        == [100])
    #expect(
      await test.get("/api/prices?filter[q][price_list_id_eq]=own").values("amount_cents") == [200])
    let orphan = try await run(test, "prices", [["sku_code": "A", "amount_cents": 1]])
    #expect(orphan["errors_log"] == ["A": ["price_list_id": ["can't be blank"]]])
  }

  @Test func failedRowsAreLoggedByTheirKey() async throws {
    let test = try await TestSandbox()
    let rows: JSONValue = [
      ["code": "A"], ["code": "B", "name": "B", "weight": "heavy", "nonsense": 1],
      ["code": "C", "name": "C", "unit_of_weight": "stone"], ["name": "no key"],
      ["name": "no key", "do_not_ship": "perhaps"], ["code": "D", "name": "D"],
    ]
    let state = try await run(test, "skus", rows, ["skip_errors": true])
    #expect(state["status"] == "completed")
    #expect(state["processed_count"] == 1)
    #expect(state["errors_count"] == 5)
    #expect(
      state["errors_log"] == [
        "A": ["name": ["can't be blank"]],
        "B": ["weight": ["is not a number"], "nonsense": ["is not a known attribute"]],
        "C": ["unit_of_weight": ["is not included in the list"]],
        "unknown": [
          "code": ["can't be blank"], "shipping_category_id": ["can't be blank"],
          "do_not_ship": ["is not a boolean: use true, false, 1 or 0"],
        ],
      ])
    #expect(await test.get("/api/skus").values("code") == ["D"])
  }

  @Test func requiredAttributesOfKnownRecordsCannotBeCleared() async throws {
    let test = try await TestSandbox()
    _ = try await run(test, "skus", [["code": "A", "name": "One"]])
    let state = try await run(
      test, "skus", [["code": "A", "name": .null]], ["skip_errors": true])
    #expect(state["errors_log"] == ["A": ["name": ["can't be blank"]]])
    #expect(await test.get("/api/skus").values("name") == ["One"])
  }

  /// More than 10 % of failed rows interrupt; exactly 10 % do not.
  @Test(arguments: [(20, 2, "completed", 20), (20, 3, "interrupted", 3), (5, 1, "interrupted", 1)])
  func theTenPercentRule(size: Int, bad: Int, status: String, consumed: Int) async throws {
    let test = try await TestSandbox()
    let rows = JSONValue.array(
      (0..<size).map { $0 < bad ? ["reference": "nameless"] : ["name": .string("t\($0)")] })
    let state = try await run(test, "tags", rows)
    #expect(state["status"]?.string == status)
    #expect(state["errors_count"]?.integer == bad)
    #expect((state["processed_count"]?.integer ?? 0) + bad == consumed)
    #expect((state["interrupted_at"] != .null) == (status == "interrupted"))
    #expect((state["completed_at"] != .null) == (status == "completed"))
    let skipping = try await run(test, "tags", rows, ["skip_errors": true])
    #expect(skipping["status"] == "completed")
    #expect(skipping["processed_count"]?.integer == size - bad)
  }

  @Test func numbersSurviveExactly() async throws {
    let test = try await TestSandbox()
    let body = #"""
      {"data":{"type":"imports","attributes":{"resource_type":"skus","inputs":[
        {"code":"A","name":"A","weight":10.1000000000000000000001,"metadata":{"n":1.0,"m":1e5}}]}}}
      """#
    #expect(await test.send(.post, "/api/imports", bytes: Array(body.utf8)).status == 201)
    try await test.sandbox.drain()
    let text = await test.get("/api/skus").text
    #expect(text.contains(#""weight":10.1000000000000000000001"#))
    #expect(text.contains(#""metadata":{"n":1.0,"m":1e5}"#))
  }

  @Test func whatAnExportReturnsCanBeSentBack() async throws {
    let test = try await TestSandbox()
    _ = try await run(test, "skus", [["code": "A", "name": "One"]])
    let sku = try #require(await test.get("/api/skus").data.first)
    var row = try #require(sku["attributes"]?.object)
    row["id"] = sku["id"]
    row["type"] = "skus"
    row["name"] = "Changed"
    let state = try await run(test, "skus", [.object(row)])
    #expect(state["errors_log"] == [:])
    #expect(await test.get("/api/skus").values("name") == ["Changed"])
  }

  @Test func csvIsReadByItsColumns() async throws {
    let test = try await TestSandbox()
    let csv = """
      code,name,weight,do_not_ship,shipping_category_id,tags.name,metadata\r
      A,"One, with ""quotes""\r
      and a line",10.50,TRUE,cat,"red, blue","{""a"":1}"\r
      \r
      B,Two,,,,,\r

      """
    let state = try await run(test, "skus", .string(csv), ["format": "csv"])
    #expect(state["errors_log"] == [:])
    #expect(state["inputs_size"] == 2)
    #expect(state["processed_count"] == 2)
    let reply = await test.get("/api/skus?sort=code")
    #expect(reply.values("name") == ["One, with \"quotes\"\r\nand a line", "Two"])
    #expect(reply.text.contains(#""weight":10.50"#))
    #expect(reply.values("do_not_ship") == [true, .null])
    #expect(reply.values("metadata") == [["a": 1], .null])
    #expect(
      await test.get("/api/skus?filter[q][shipping_category_id_eq]=cat").values("code") == ["A"])
  }

  @Test func csvCellsOfTheWrongTypeFail() async throws {
    let test = try await TestSandbox()
    let csv = "code,name,weight,do_not_ship\nA,a,heavy,\nB,b,1,maybe\nC,c,2,true,surplus\nD,d,3,\n"
    let state = try await run(
      test, "skus", .string(csv), ["format": "csv", "skip_errors": true])
    #expect(
      state["errors_log"] == [
        "A": ["weight": ["is not a number"]],
        "B": ["do_not_ship": ["is not a boolean: use true, false, 1 or 0"]],
        "C": [
          "base": [
            "5 cells, but the header has 4 columns: a value may hold a comma outside quotes"
          ]
        ],
      ])
    #expect(await test.get("/api/skus").values("code") == ["D"])
  }
}
