import CommerceLayer
import Foundation
import HTTPTypes
import Testing

@testable import CommerceLayerSandbox

/// What a hostile user found: values, names and files that nobody sends on purpose.
@Suite struct HostileRequestTests {
  @Test func sumsOfHugeNumbersEndNothing() async throws {
    let test = try await TestSandbox()
    let order = await test.create("orders", [:])
    let id = try #require(order.json["data"]?["id"]?.string, "\(order.text)")
    let owner: JSONObject = ["order": ["data": ["type": "orders", "id": .string(id)]]]
    for quantity in [Int.max, .max, .min, .min] {
      let item = await test.create(
        "line_items",
        [
          "item_type": "skus", "sku_code": "q", "unit_amount_cents": .number(JSONNumber(Int.max)),
          "quantity": .number(JSONNumber(quantity)),
        ], relationships: owner)
      #expect([201, 422].contains(item.status), "\(item.text)")
    }
    for item in await test.get("/api/line_items").data {
      let id = item["id"]?.string ?? ""
      #expect(await test.send(.delete, "/api/line_items/\(id)").status == 204)
    }
    #expect(await test.get("/api/orders/\(id)").status == 200)
  }

  @Test func textsWithNULAreRejectedEverywhere() async throws {
    let test = try await TestSandbox()
    let made = await test.create("skus", ["code": "a\u{0}b", "name": "x"])
    #expect(made.status == 400 && made.code == "INVALID_FIELD_VALUE")
    #expect(await test.get("/api/skus?filter[q][code_cont]=%00b").status == 400)
    #expect(await test.get("/api/skus/abc%00zzz").status == 404)
  }

  @Test func longNamesAndPatternsAreToldAtOnce() async throws {
    let test = try await TestSandbox()
    let name = Array(repeating: "code", count: 1_500).joined(separator: "_or_") + "_eq"
    #expect(await test.get("/api/skus?filter[q][\(name)]=a").status == 400)
    let pattern = String(repeating: "a", count: 60_000)
    let reply = await test.get("/api/skus?filter[q][code_cont]=\(pattern)")
    #expect(reply.status == 400 && reply.code == "INVALID_FILTER_VALUE")
    let export = await test.create(
      "exports", ["resource_type": "skus", "filters": ["code_cont": .string(pattern)]])
    #expect(export.status == 422)
  }

  @Test func rowsKeepTheRulesOfValues() async throws {
    let test = try await TestSandbox()
    let id = try await test.startImport(
      "customers", [["email": "bad"], ["email": "good@example.com"]], ["skip_errors": true])
    try await test.sandbox.drain()
    let state = try await test.importState(id)
    #expect(state["errors_count"] == 1 && state["processed_count"] == 1, "\(state.text)")
  }

  @Test(arguments: ["client_secret", "access_token", "signature", "Refresh_Token"])
  func theLogHidesSecretsOfQueries(name: String) {
    let path = HandledRequest.path("/oauth/token?grant=a&\(name)=hushcanary-secret&b=1")
    #expect(!path.contains("hushcanary") && path.contains("grant=a") && path.contains("b=1"))
    #expect(HandledRequest.path("/api/skus?page[size]=1") == "/api/skus?page[size]=1")
  }

  @Test func anInterruptedExportGoesOnWhenItIsStarted() async throws {
    let (gate, opener) = AsyncStream.makeStream(of: Void.self)
    let clock = TestClock()
    let test = try await TestSandbox {
      $0.pace = .rows(perSecond: 10)
      $0.time = TimeSource(
        now: clock.source.now,
        sleep: { duration in
          for await _ in gate {}
          clock.advance(duration)
        })
    }
    for name in ["a", "b", "c"] { _ = await test.create("tags", ["name": .string(name)]) }
    let made = await test.create("exports", ["resource_type": "tags"])
    let id = try #require(made.json["data"]?["id"]?.string)
    func state(_ name: String) async -> JSONValue? {
      await test.get("/api/exports/\(id)").json["data"]?["attributes"]?[name]
    }
    func wait(_ name: String, _ value: JSONValue) async {
      for _ in 0..<1_000_000 {
        if await state(name) == value { return }
        await Task.yield()
      }
      Issue.record("\(name) is not \(value.text)")
    }
    await wait("processed_count", 1)
    #expect(await test.update("exports", id, ["_interrupt": true]).status == 200)
    #expect(await state("status") == "interrupted")
    opener.finish()
    #expect(await test.update("exports", id, ["_start": true]).status == 200)
    await wait("status", "completed")
    #expect(await state("processed_count") == 3)
  }

  // MARK: - Files

  private func folder() throws -> URL {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "sandbox-files-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
  }

  private func open(_ path: String) throws -> Sandbox {
    var configuration = SandboxConfiguration()
    configuration.storage = .file(path)
    configuration.pace = .manual
    return try Sandbox(configuration)
  }

  @Test func aFileHasOneSandboxAtATime() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "s.sqlite").path
    let link = folder.appending(path: "link.sqlite").path
    try withExtendedLifetime(try open(path)) {
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
      for other in [path, link] {
        let error = #expect(throws: DatabaseFile.Failure.self) { try open(other) }
        #expect(error?.description.contains("another sandbox") == true)
      }
    }
    _ = try open(path)
  }

  @Test func theDatabaseOfAnotherProgramStaysAsItIs() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, bytes) in [
      ("text.db", Array("not a database, but long enough to look like one".utf8)),
      ("zero.db", [UInt8](repeating: 0, count: 4_096)),
    ] {
      let path = folder.appending(path: name).path
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      #expect(throws: (any Error).self) { try open(path) }
      #expect(try Array(Data(contentsOf: URL(fileURLWithPath: path))) == bytes, "\(name)")
    }
  }

  @Test func theFolderOfASandboxThatKeepsNothingGoesWithIt() throws {
    let prefix = "commercelayer-sandbox-\(ProcessInfo.processInfo.processIdentifier)-"
    func folders() throws -> Set<String> {
      try Set(
        FileManager.default.contentsOfDirectory(
          atPath: FileManager.default.temporaryDirectory.path
        ).filter { $0.hasPrefix(prefix) })
    }
    let sandbox = try Sandbox()
    let path = try #require(sandbox.temporaryFolder)
    #expect(try folders().contains { path.hasSuffix($0) })
    sandbox.close()
    #expect(try !folders().contains { path.hasSuffix($0) })
  }

  /// With SQLite's own LIKE this takes longer than anybody lives.
  @Test func aPatternOfManyPercentSignsEnds() async throws {
    let test = try await TestSandbox()
    let made = await test.create(
      "price_lists",
      ["name": .string(String(repeating: "a", count: 4_000)), "currency_code": "EUR"])
    #expect(made.status == 201, "\(made.text)")
    let pattern = String(repeating: "%25a", count: 200)
    let found = await test.get("/api/price_lists?filter[q][name_matches]=\(pattern)")
    #expect(found.data.count == 1)
    let none = await test.get("/api/price_lists?filter[q][name_matches]=\(pattern)b")
    #expect(none.status == 200 && none.data.isEmpty)
  }

  @Test(arguments: [
    ("", "", true), ("", "%", true), ("", "_", false), ("ä", "_", true), ("äß", "__", true),
    ("Abc", "aBC", true), ("Ä", "ä", false), ("a%", #"a\%"#, true), ("ab", #"a\%"#, false),
    ("aXbXb", "a%b", true), ("aXbX", "a%b", false), ("abab", "%ab", true), ("aab", "%_ab", true),
    ("ab", "%__%", true), ("a", "%__%", false), ("x", #"\"#, false),
  ])
  func patterns(text: String, pattern: String, isMatch: Bool) {
    #expect(LikePattern(pattern).matches(text) == isMatch)
  }

  // MARK: - The time limit

  private func timeLimit() -> TimeLimit {
    var configuration = SandboxConfiguration()
    configuration.watchdog = { _ in }
    return TimeLimit(configuration)
  }

  @Test func whatIsEndedNamesTheFilters() async throws {
    let query = try QueryString("page[size]=1&filter[q][name_cont]=a&filter[q][code_eq]=b")
    let limit = timeLimit()
    let error = await #expect(throws: ErrorResponse.self) {
      try await limit.run(query) {
        await Self.untilCancelled()
        try Task.checkCancellation()
        return .noContent
      }
    }
    #expect(error?.status == 503)
    let text = String(decoding: error?.body ?? [], as: UTF8.self)
    #expect(text.contains("filter[q][name_cont]") && text.contains("filter[q][code_eq]"), "\(text)")
  }

  private static func untilCancelled() async {
    let (stream, continuation) = AsyncStream.makeStream(of: Never.self)
    for await _ in stream {}
    continuation.finish()
  }

  /// A machine that is too busy to pass a response on in time rejects nothing.
  @Test func whatIsDoneWhenTimeIsUpCounts() async throws {
    let limit = timeLimit()
    let response = try await limit.run(QueryString("")) {
      await Self.untilCancelled()
      return .noContent
    }
    #expect(response.status == 204)
  }
}
