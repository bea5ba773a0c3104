import CommerceLayer
import Foundation
import Testing

/// `cl-import export` against a server on a port.
@Suite struct ExportCommandTests {
  private static let file = Array(#"[{"code":"A","name":"Ä"}]"#.utf8)

  /// A path where nothing is yet; its folder goes with it.
  private final class Place {
    let folder: String
    init() throws {
      folder = NSTemporaryDirectory() + "export-\(UUID().uuidString)"
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }
    func path(_ name: String) -> String { folder + "/" + name }
    var names: [String] {
      ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    }
    func bytes(_ name: String) -> [UInt8]? {
      FileManager.default.contents(atPath: path(name)).map(Array.init)
    }
    deinit { try? FileManager.default.removeItem(atPath: folder) }
  }

  private func service(_ change: (inout ScriptedService.State) -> Void) throws -> ScriptedService {
    try ScriptedService { state in
      state.records = [.init(id: "a1", attributes: ["code": "A"])]
      change(&state)
    }
  }

  @Test func writesTheFileWithoutSendingCredentialsAlong() async throws {
    let service = try service { $0.files = [.init(bytes: Self.file)] }
    let place = try Place()
    let outcome = try await Program.run(
      "export", "skus", "--filter", "code_in=A,B", "--filter", "created_at_gt=2024-01-01T00:00:00Z",
      "--fields", "code, name", "--include", "shipping_category", "-o", place.path("skus.json"),
      environment: service.environment())
    #expect(outcome.status == 0, "\(outcome.err)")
    #expect(place.bytes("skus.json") == Self.file)
    #expect(place.names == ["skus.json"])
    let create = try #require(
      service.requests.first { $0.method == "POST" && $0.path == "/api/exports" })
    let attributes = create.body["data"]?["attributes"]
    #expect(attributes?["resource_type"] == "skus" && attributes?["format"] == "json")
    #expect(attributes?["filters"]?["code_in"] == "A,B")
    #expect(attributes?["fields"] == ["code", "name"])
    #expect(attributes?["includes"] == ["shipping_category"])
    let download = try #require(service.requests.first { $0.path.hasPrefix("/files/") })
    #expect(download.headers["authorization"] == nil)
    #expect(download.query["signature"] == "hushcanary/x")
    // The URL is a key to the file.
    #expect(!(outcome.out + outcome.err).contains("hushcanary"))
  }

  @Test func decompressesUnlessTheNameSaysGzip() async throws {
    let packed = gzip(Self.file)
    let service = try service { $0.files = [.init(bytes: packed)] }
    let place = try Place()
    for name in ["skus.csv", "skus.csv.gz"] {
      let outcome = try await Program.run(
        "export", "skus", "-o", place.path(name), environment: service.environment())
      #expect(outcome.status == 0, "\(outcome.err)")
    }
    #expect(place.bytes("skus.csv") == Self.file)
    #expect(place.bytes("skus.csv.gz") == packed)
    let formats = service.requests.filter { $0.method == "POST" && $0.path == "/api/exports" }
      .map { $0.body["data"]?["attributes"]?["format"] }
    #expect(formats == ["csv", "csv"])
  }

  @Test func aDownloadThatIsCutOffOnceIsDoneAgain() async throws {
    let cut = ScriptedService.Response(
      bytes: Array(Self.file.prefix(5)), announced: Self.file.count)
    let service = try service { $0.files = [cut, .init(bytes: Self.file)] }
    let place = try Place()
    let outcome = try await Program.run(
      "export", "skus", "-o", place.path("skus.json"), environment: service.environment())
    #expect(outcome.status == 0, "\(outcome.err)")
    #expect(place.bytes("skus.json") == Self.file)
  }

  @Test func aDownloadThatIsAlwaysCutOffLeavesTheOldFile() async throws {
    let cut = ScriptedService.Response(
      bytes: Array(Self.file.prefix(5)), announced: Self.file.count)
    // Cut off before compressing would have ended, too.
    let half = Array(gzip(Self.file).prefix(20))
    for response in [cut, ScriptedService.Response(bytes: half)] {
      let service = try service { $0.files = [response] }
      let place = try Place()
      try Data("old".utf8).write(to: URL(fileURLWithPath: place.path("skus.json")))
      let outcome = try await Program.run(
        "export", "skus", "-o", place.path("skus.json"), "--force",
        environment: service.environment())
      #expect(outcome.status == 69, "\(outcome.err)")
      #expect(outcome.err.contains("cannot be downloaded"), "\(outcome.err)")
      #expect(place.bytes("skus.json") == Array("old".utf8))
      #expect(place.names == ["skus.json"])
    }
  }

  @Test func aRedirectToAnotherHostIsNotFollowed() async throws {
    let other = try service { $0.files = [.init(bytes: Self.file)] }
    let service = try service {
      $0.files = [
        .init(
          status: 302, headers: ["location": "http://127.0.0.1:\(other.port)/files/2"], bytes: [])
      ]
    }
    let place = try Place()
    let outcome = try await Program.run(
      "export", "skus", "-o", place.path("skus.json"), environment: service.environment())
    #expect(outcome.status == 76, "\(outcome.err)")
    #expect(outcome.err.contains("redirects to"), "\(outcome.err)")
    #expect(other.requests.isEmpty)
    #expect(place.names.isEmpty)
  }

  @Test func anExportThatFailsSaysWhy() async throws {
    let service = try service { $0.exportStatus = "failed" }
    let place = try Place()
    let outcome = try await Program.run(
      "export", "skus", "-o", place.path("skus.json"), environment: service.environment())
    #expect(outcome.status == 69, "\(outcome.err)")
    #expect(outcome.err.contains("the disk is full"), "\(outcome.err)")
    #expect(place.names.isEmpty)
  }

  @Test func nothingIsAskedForThatTheSchemaDoesNotHave() async throws {
    let service = try service { $0.files = [.init(bytes: Self.file)] }
    let place = try Place()
    let output = place.path("skus.json")
    for (arguments, text) in [
      (["--filter", "cod_eq=A"], "'cod_eq' is not a filter of skus"),
      (["--filter", "code_equals=A"], "is not a filter of skus"),
      (["--filter", "code_eq= "], "has no value"),
      (["--filter", "code_eq"], "--filter is written name=value"),
      (["--fields", "code,nmae"], "did you mean 'name'?"),
      (["--include", "tag"], "skus have no relationship 'tag'"),
    ] {
      let running = try Program.Running(
        ["export", "skus", "-o", output] + arguments, environment: service.environment(), input: nil
      )
      let outcome = await running.outcome()
      #expect(outcome.status == 64, "\(arguments) \(outcome.err)")
      #expect(outcome.err.contains(text), "\(arguments) \(outcome.err)")
    }
    let type = try await Program.run(
      "export", "sku", "-o", output, environment: service.environment())
    #expect(type.status == 64 && type.err.contains("did you mean 'skus'?"), "\(type.err)")
    #expect(!service.requests.contains { $0.path == "/api/exports" })
  }

  @Test func anExistingFileIsKeptUnlessForced() async throws {
    let service = try service { $0.files = [.init(bytes: Self.file)] }
    let place = try Place()
    try Data("old".utf8).write(to: URL(fileURLWithPath: place.path("skus.json")))
    let outcome = try await Program.run(
      "export", "skus", "-o", place.path("skus.json"), environment: service.environment())
    #expect(outcome.status == 73, "\(outcome.err)")
    #expect(outcome.err.contains("--force"))
    #expect(service.requests.isEmpty)
    let device = try await Program.run(
      "export", "skus", "-o", "/dev/null", "--force", environment: service.environment())
    #expect(device.status == 73, "\(device.err)")
    let folder = try await Program.run(
      "export", "skus", "-o", place.path("none/skus.json"), environment: service.environment())
    #expect(folder.status == 73, "\(folder.err)")
  }
}
