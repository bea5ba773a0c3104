import CommerceLayer
import CommerceLayerSandbox
import Testing

@Suite struct ImportLifecycleTests {
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
  }

  @Test func progressShowsWhileRowsAreConsumed() async throws {
    let test = try await TestSandbox()
    let id = try await test.startImport(
      "tags", .array((0..<5).map { ["name": .string("t\($0)")] }))
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
}
