import CommerceLayer
import CommerceLayerSandbox
import HTTPTypes
import Testing

@Suite struct ImportLifecycleTests {
  private func tags(_ range: Range<Int>) -> JSONValue {
    .array(range.map { ["name": .string("t\($0)")] })
  }

  @Test func aNewImportIsPendingAndEmpty() async throws {
    let test = try await TestSandbox()
    let reply = await test.create(
      "imports",
      ["resource_type": "tags", "inputs": [["name": "a"]], "reference": "r", "metadata": ["x": 1]])
    #expect(reply.status == 201)
    let data = reply.json["data"]
    #expect(data?["type"] == "imports")
    let attributes = data?["attributes"]
    #expect(attributes?["status"] == "pending")
    #expect(attributes?["inputs_size"] == 1)
    #expect(attributes?["processed_count"] == 0)
    #expect(attributes?["errors_count"] == 0)
    #expect(attributes?["errors_log"] == [:])
    #expect(attributes?["started_at"] == .null)
    #expect(attributes?["reference"] == "r")
    #expect(attributes?["metadata"] == ["x": 1])
    #expect(attributes?["inputs"] == nil)
    let id = try #require(data?["id"]?.string)
    let events = await test.get("/api/imports/\(id)/events")
    #expect(events.status == 200)
    #expect(events.values("name") == ["imports.create"])
    #expect(await test.get("/api/imports/nowhere/events").status == 404)
  }

  /// What a batch keeps to itself until it is done must hold for the rows after, and for requests.
  @Test func theRowsOfABatchSeeEachOtherAndRequestsGoOnAfterThem() async throws {
    let test = try await TestSandbox()
    let first = try #require(await test.createSKU("FIRST").json["data"]?["id"]?.string)
    let id = try await test.startImport(
      "skus",
      [
        ["code": "A", "name": "a", "description": ""],
        [
          "code": "B", "name": "Größe 🎽",
          "description": .string(String(repeating: "ß", count: 9000)),
        ],
        ["code": "A", "name": "again"],
      ])
    try await test.sandbox.drain()
    #expect(try await test.importState(id)["processed_count"] == 3)
    let last = try #require(await test.createSKU("LAST").json["data"]?["id"]?.string)
    let list = await test.get("/api/skus?sort=code")
    #expect(list.values("code") == ["A", "B", "FIRST", "LAST"])
    #expect(list.json["meta"]?["record_count"] == 4)
    #expect(list.values("name") == ["again", "Größe 🎽", "Tee", "Tee"])
    let descriptions = list.data.map { $0["attributes"]?["description"]?.string?.count }
    #expect(descriptions.prefix(2) == [0, 9000])
    let ids = list.data.compactMap { $0["id"]?.string }
    #expect(Set(ids).count == 4 && ids[2] == first && ids[3] == last)
    for id in ids { #expect(await test.get("/api/skus/\(id)").status == 200) }
  }

  @Test func progressShowsWhileRowsAreConsumed() async throws {
    let test = try await TestSandbox()
    let id = try await test.startImport("tags", tags(0..<5))
    try await test.sandbox.step(rows: 0)
    var state = try await test.importState(id)
    #expect(state["status"] == "in_progress")
    #expect(state["started_at"] == "2024-05-01T12:00:00.000Z")
    #expect(state["processed_count"] == 0)
    #expect(try await test.sandbox.step(rows: 3) == 3)
    state = try await test.importState(id)
    #expect(state["status"] == "in_progress")
    #expect(state["processed_count"] == 3)
    #expect(state["completed_at"] == .null)
    try await test.sandbox.drain()
    state = try await test.importState(id)
    #expect(state["status"] == "completed")
    #expect(state["processed_count"] == 5)
    #expect(state["completed_at"] == "2024-05-01T12:00:00.000Z")
    #expect(await test.get("/api/tags").json["meta"]?["record_count"] == 5)
  }

  @Test func importsAreProcessedInTheOrderOfTheirCreation() async throws {
    let test = try await TestSandbox()
    let first = try await test.startImport("tags", tags(0..<3))
    let second = try await test.startImport("tags", tags(3..<6))
    #expect(try await test.sandbox.step(rows: 4) == 4)
    #expect(try await test.importState(first)["status"] == "completed")
    #expect(try await test.importState(second)["status"] == "in_progress")
    #expect(try await test.importState(second)["processed_count"] == 1)
    #expect(try await test.sandbox.step(rows: 100) == 2)
  }

  @Test func inTheBackgroundTheyGoAtTheirPace() async throws {
    for pace in [SandboxConfiguration.Pace.immediate, .rows(perSecond: 50)] {
      let test = try await TestSandbox { $0.pace = pace }
      let id = try await test.startImport("tags", tags(0..<20))
      while try await test.importState(id)["status"] != "completed" { await Task.yield() }
      #expect(try await test.importState(id)["processed_count"] == 20)
      if pace != .immediate { #expect(test.clock.source.now() == .milliseconds(400)) }
    }
  }

  @Test(
    arguments: [
      (["inputs": [["name": "a"]]], "/data/attributes/resource_type", "blank"),
      (["resource_type": "tags"], "/data/attributes/inputs", "blank"),
      (["resource_type": "tags", "inputs": []], "/data/attributes/inputs", "blank"),
      (["resource_type": "tags", "inputs": [1]], "/data/attributes/inputs", "invalid"),
      (["resource_type": "tags", "inputs": "name"], "/data/attributes/inputs", "invalid"),
      (["resource_type": "tags", "inputs": ["name": "a"]], "/data/attributes/inputs", "invalid"),
      (
        ["resource_type": "tags", "format": "csv", "inputs": [["name": "a"]]],
        "/data/attributes/inputs", "invalid"
      ),
      (
        ["resource_type": "tags", "format": "csv", "inputs": "name\n"], "/data/attributes/inputs",
        "blank"
      ),
      (
        ["resource_type": "tags", "format": "csv", "inputs": "name\n\"a"],
        "/data/attributes/inputs",
        "invalid"
      ),
      (
        ["resource_type": "tags", "format": "csv", "inputs": "name,name\na,b"],
        "/data/attributes/inputs", "invalid"
      ),
      (
        ["resource_type": "tags", "format": "xml", "inputs": [["name": "a"]]],
        "/data/attributes/format", "inclusion"
      ),
      (
        ["resource_type": "markets", "inputs": [["name": "a"]]], "/data/attributes/resource_type",
        "inclusion"
      ),
    ] as [(JSONObject, String, String)])
  func whatIsNoImportIsRejected(attributes: JSONObject, pointer: String, rule: String) async throws
  {
    let test = try await TestSandbox()
    let reply = await test.create("imports", attributes)
    #expect(reply.status == 422)
    #expect(reply.code == "VALIDATION_ERROR")
    #expect(reply.pointer == pointer)
    #expect(reply.rule == rule)
    #expect(await test.get("/api/imports").data.isEmpty)
  }

  @Test func tooManyInputsAreRejected() async throws {
    let test = try await TestSandbox()
    let most = CommerceLayerService.description.maximumInputs
    #expect(most == 10_000)
    _ = try await test.startImport("tags", tags(0..<most))
    let reply = await test.create(
      "imports", ["resource_type": "tags", "inputs": tags(0..<most + 1)])
    #expect(reply.status == 422)
    #expect(reply.code == "VALIDATION_ERROR")
    #expect(reply.pointer == "/data/attributes/inputs")
  }

  @Test func tenMayRunTogether() async throws {
    let test = try await TestSandbox()
    for _ in 0..<10 { _ = try await test.startImport("tags", tags(0..<1)) }
    try await test.sandbox.step(rows: 0)
    let eleventh = await test.create("imports", ["resource_type": "tags", "inputs": tags(0..<1)])
    #expect(eleventh.status == 422)
    #expect(eleventh.pointer == "/data/attributes/base")
    #expect(eleventh.errors.first?["meta"] == ["error": "too_many_imports", "value": 10])
    try await test.sandbox.step(rows: 1)
    _ = try await test.startImport("tags", tags(0..<1))
  }

  @Test func interruptingStopsWhereItIs() async throws {
    let test = try await TestSandbox()
    let id = try await test.startImport("tags", tags(0..<10))
    try await test.sandbox.step(rows: 4)
    let reply = await test.update("imports", id, ["_interrupt": true, "reference": "stopped"])
    #expect(reply.status == 200)
    #expect(reply.json["data"]?["attributes"]?["status"] == "interrupted")
    #expect(reply.json["data"]?["attributes"]?["reference"] == "stopped")
    #expect(try await test.sandbox.step(rows: 10) == 0)
    let state = try await test.importState(id)
    #expect(state["processed_count"] == 4)
    #expect(state["interrupted_at"] == "2024-05-01T12:00:00.000Z")
    #expect(state["completed_at"] == .null)
    let again = await test.update("imports", id, ["_interrupt": true])
    #expect(again.status == 422)
    #expect(again.pointer == "/data/attributes/_interrupt")
    #expect(await test.update("imports", id, ["_interrupt": false]).status == 200)
  }

  @Test func pendingImportsCanBeInterruptedToo() async throws {
    let test = try await TestSandbox()
    let id = try await test.startImport("tags", tags(0..<1))
    #expect(await test.update("imports", id, ["_interrupt": true]).status == 200)
    try await test.sandbox.drain()
    #expect(await test.get("/api/tags").data.isEmpty)
  }

  @Test func importsInProgressCannotBeDeleted() async throws {
    let test = try await TestSandbox()
    let id = try await test.startImport("tags", tags(0..<2))
    let pending = try await test.startImport("tags", tags(2..<4))
    try await test.sandbox.step(rows: 1)
    let rejected = await test.send(.delete, "/api/imports/\(id)")
    #expect(rejected.status == 422)
    #expect(rejected.code == "VALIDATION_ERROR")
    #expect(await test.send(.delete, "/api/imports/\(pending)").status == 204)
    try await test.sandbox.drain()
    #expect(await test.send(.delete, "/api/imports/\(id)").status == 204)
    #expect(await test.get("/api/imports/\(id)").status == 404)
    // What it made stays; what the pending one would have made does not exist.
    #expect(await test.get("/api/tags").values("name") == ["t0", "t1"])
  }
}
