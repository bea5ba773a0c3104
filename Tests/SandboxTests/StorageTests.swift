import CommerceLayer
import CommerceLayerSandbox
import Foundation
import Testing

@Suite struct StorageTests {
  @Test func aFileGoesOnWhereItStopped() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "sandbox-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = SandboxConfiguration.Storage.file(folder.appending(path: "db.sqlite").path)
    var id = ""
    var before: [JSONValue?] = []
    do {
      let test = try await TestSandbox { $0.storage = file }
      id = try await test.startImport(
        "tags", .array((0..<6).map { ["name": .string("t\($0)")] }))
      try await test.sandbox.step(rows: 2)
      before = await test.get("/api/tags").data.map { $0["id"] }
    }
    let test = try await TestSandbox { $0.storage = file }
    #expect(try await test.importState(id)["processed_count"] == 2)
    try await test.sandbox.drain()
    #expect(try await test.importState(id)["status"] == "completed")
    let reply = await test.get("/api/tags")
    #expect(reply.values("name") == ["t0", "t1", "t2", "t3", "t4", "t5"])
    let ids = reply.data.map { $0["id"] }
    #expect(Array(ids.prefix(2)) == before)
    #expect(Set(ids).count == 6)
  }

  @Test func aFolderThatIsNotThereIsAnError() {
    #expect(throws: (any Error).self) {
      var configuration = SandboxConfiguration()
      configuration.storage = .file("/nowhere/at/all/db.sqlite")
      _ = try Sandbox(configuration)
    }
  }
}
