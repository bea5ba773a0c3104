import CommerceLayer
import Foundation
import Testing

/// `cl-import cleanup` against a server on a port that really deletes.
@Suite struct CleanupCommandTests {
  private func id(_ number: Int) -> String {
    "id" + String(repeating: "0", count: 6 - String(number).count) + String(number)
  }

  /// A service with SKUs of these codes.
  private func service(
    _ codes: [String], _ change: (inout ScriptedService.State) -> Void = { _ in }
  ) throws -> ScriptedService {
    try ScriptedService { state in
      state.records = codes.enumerated().map {
        .init(id: id($0.offset), attributes: ["code": .string($0.element)])
      }
      change(&state)
    }
  }

  private func cleanups(_ service: ScriptedService) -> [JSONValue] {
    service.requests.filter { $0.method == "POST" && $0.path == "/api/cleanups" }
      .compactMap { $0.body["data"]?["attributes"] }
  }

  @Test func deletesWhatTheFileDoesNotHoldAndNothingElse() async throws {
    let codes = (0..<2_600).map { "S\($0)" } + ["comma, \"quoted\"", "Ünïcode"]
    let service = try service(codes)
    let kept = codes.enumerated().filter { $0.offset < 90 || $0.offset >= 2_600 }.map(\.element)
    let file = try Input(
      "code,name\n"
        + kept.map { "\"\($0.replacingOccurrences(of: "\"", with: "\"\""))\",n\n" }.joined())
    let outcome = try await Program.run(
      "cleanup", "--type", "skus", "--not-in", file.path, "--yes", "--json",
      environment: service.environment())
    #expect(outcome.status == 0, "\(outcome.err)")
    #expect(outcome.err.contains("2510 of 2602 skus are not in"), "\(outcome.err)")
    #expect(outcome.err.contains("… and 2500 more"))
    #expect(Set(service.records.compactMap { $0.attributes["code"]?.string }) == Set(kept))
    #expect(outcome.json?["deleted"] == 2510 && outcome.json?["cleanups"]?.array?.count == 3)
    let sent = cleanups(service)
    #expect(sent.count == 3)
    for attributes in sent {
      #expect(attributes["filters"]?.object?.keys == ["id_in"])
      #expect(attributes["resource_type"] == "skus")
      #expect(attributes["cleanup_records"] == nil)
    }
    let ids = sent.flatMap { ($0["filters"]?["id_in"]?.string ?? "").split(separator: ",") }
    #expect(ids.count == 2510 && Set(ids).count == 2510)
  }

  @Test func asksNobodyWithoutATerminal() async throws {
    let service = try service(["A", "B"])
    let file = try Input("code\nA\n")
    let outcome = try await Program.run(
      "cleanup", "--type", "skus", "--not-in", file.path, environment: service.environment(),
      input: "yes\n")
    #expect(outcome.status == 64, "\(outcome.err)")
    #expect(outcome.err.contains("--yes") && outcome.err.contains("id000001  B"), "\(outcome.err)")
    #expect(cleanups(service).isEmpty && service.records.count == 2)
  }

  @Test func asksOnATerminalAndDeletesOnlyOnYes() async throws {
    for (reply, status, left) in [
      ("yes\n", Int32(0), 1), ("YES\n", 0, 1), ("y\n", 130, 2), ("\n", 130, 2), ("\u{4}", 130, 2),
    ] {
      let service = try service(["A", "B"])
      let file = try Input("code\nA\n")
      let outcome = try await Program.onTerminal(
        "cleanup", "--type", "skus", "--not-in", file.path, environment: service.environment(),
        replies: [("Type yes: ", reply)])
      #expect(outcome.status == status, "\(reply): \(outcome.err)")
      #expect(outcome.err.contains("id000001  B"), "what would be deleted is shown before")
      #expect(outcome.err.contains("They cannot be brought back"))
      #expect(service.records.count == left, "\(reply)")
      #expect(cleanups(service).isEmpty == (left == 2))
    }
  }

  @Test func filtersAndParentReachTheService() async throws {
    let service = try service(["A", "B"])
    let file = try Input("code\nA\n")
    let outcome = try await Program.run(
      "cleanup", "--type", "skus", "--not-in", file.path, "--filter", "name_start=n", "--filter",
      "created_at_gt=2026-01-01", "--yes", environment: service.environment())
    #expect(outcome.status == 0, "\(outcome.err)")
    let lists = service.requests.filter { $0.path == "/api/skus" }
    #expect(!lists.isEmpty)
    for list in lists {
      #expect(list.query["filter[q][name_start]"] == "n")
      #expect(list.query["filter[q][created_at_gt]"] == "2026-01-01")
    }
    // The conditions chose the records; they are deleted by their ids alone.
    #expect(cleanups(service).map { $0["filters"]?.object?.keys } == [["id_in"]])
    let unknown = try await Program.run(
      "cleanup", "--type", "skus", "--not-in", file.path, "--filter", "colour_eq=red", "--yes",
      environment: service.environment())
    #expect(unknown.status == 64 && unknown.err.contains("colour"), "\(unknown.err)")
    let parentless = try await Program.run(
      "cleanup", "--type", "skus", "--not-in", file.path, "--parent", "x", "--yes",
      environment: service.environment())
    #expect(parentless.status == 64 && parentless.err.contains("have no parent"))
    #expect(service.records.map(\.id) == ["id000000"])
  }

  @Test func rowsThatCannotBeToldStopIt() async throws {
    let service = try service(["A", "B", "C"])
    for (text, reason) in [
      ("code,weight\nA,1\nB,heavy\n", "line 3: column 'weight': 'heavy' is not a number"),
      ("code,name,shipping_category_id\nA,n,x\n,n,x\n", "line 3: "),
    ] {
      let file = try Input(text)
      let outcome = try await Program.run(
        "cleanup", "--type", "skus", "--not-in", file.path, "--yes",
        environment: service.environment())
      #expect(outcome.status == 65, "\(outcome.err)")
      #expect(outcome.err.contains(reason), "\(outcome.err)")
      #expect(outcome.err.contains("would be deleted"))
    }
    let open = try Input("code,name\nA,\"n\nB,n\n")
    let outcome = try await Program.run(
      "cleanup", "--type", "skus", "--not-in", open.path, "--yes",
      environment: service.environment())
    #expect(outcome.status == 65 && outcome.err.contains("line 2"), "\(outcome.err)")
    #expect(cleanups(service).isEmpty && service.records.count == 3)
  }

  @Test func aFileOfSomethingElseDeletesNothing() async throws {
    let service = try service(["A", "B", "C"])
    for text in ["code\nX\nY\n", "code\n"] {
      let file = try Input(text)
      let outcome = try await Program.run(
        "cleanup", "--type", "skus", "--not-in", file.path, "--yes",
        environment: service.environment())
      #expect(outcome.status == 65, "\(outcome.err)")
    }
    #expect(cleanups(service).isEmpty)
  }

  @Test func keysThatLookTheSameStay() async throws {
    let service = try service(["abc", "B ", "C", "D"])
    let file = try Input("code\nABC\nB\nC\n")
    let outcome = try await Program.run(
      "cleanup", "--type", "skus", "--not-in", file.path, "--yes",
      environment: service.environment())
    #expect(outcome.status == 0, "\(outcome.err)")
    #expect(outcome.err.contains("2 skus stay"), "\(outcome.err)")
    #expect(service.records.compactMap { $0.attributes["code"]?.string } == ["abc", "B ", "C"])
  }

  @Test func recordsAreKeptByIDToo() async throws {
    let service = try service(["A", "B", "C"])
    let file = try Input(#"[{"id":"id000000","code":"renamed"},{"id":"id000002"}]"#, ".json")
    let outcome = try await Program.run(
      "cleanup", "--type", "skus", "--not-in", file.path, "--yes",
      environment: service.environment())
    #expect(outcome.status == 0, "\(outcome.err)")
    #expect(service.records.map(\.id) == ["id000000", "id000002"])
  }

  @Test func aCleanupThatIsAboutMoreIsInterrupted() async throws {
    let service = try service((0..<5).map { "S\($0)" }) { $0.ignoresFilters = true }
    let file = try Input("code\nS0\nS1\nS2\n")
    let outcome = try await Program.run(
      "cleanup", "--type", "skus", "--not-in", file.path, "--yes",
      environment: service.environment())
    #expect(outcome.status == 76, "\(outcome.err)")
    #expect(outcome.err.contains("other records than the 2 that were named"), "\(outcome.err)")
    let patch = try #require(service.requests.first { $0.method == "PATCH" })
    #expect(patch.body["data"]?["attributes"]?["_interrupt"] == true)
    #expect(service.records.count == 5)
  }

  @Test func nothingToDeleteSendsNothing() async throws {
    let service = try service(["A"])
    let file = try Input("code\nA\nB\n")
    let outcome = try await Program.run(
      "cleanup", "--type", "skus", "--not-in", file.path, environment: service.environment())
    #expect(outcome.status == 0, "\(outcome.err)")
    #expect(outcome.out.contains("there is nothing to delete"))
    #expect(cleanups(service).isEmpty)
  }
}
