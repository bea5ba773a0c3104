import CommerceLayer
import CommerceLayerImporter
import CommerceLayerJournal
import CommerceLayerSandbox
import CommerceLayerSandboxServer
import Foundation
import HTTPTypes
import Testing

/// Options of 'run' and 'resume' do something: each of these tests fails where one is accepted and ignored.
@Suite(.serialized, .timeLimit(.minutes(10))) struct RunOptionTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func environment(_ service: Service) -> [String: String] {
    service.environment().merging(["CL_STATE_DIR": "\(folder.path)/state"]) { $1 }
  }

  /// - Parameter bad: Rows that the service rejects.
  private func skus(_ count: Int, bad: Set<Int> = []) -> String {
    "code,name,shipping_category_id\n"
      + (0..<count).map { "S\($0),\(bad.contains($0) ? "" : "n"),cat\n" }.joined()
  }

  private func runID(_ text: String) throws -> String {
    let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("run ") }, "\(text)")
    return String(line.dropFirst(4).prefix(26))
  }

  /// The seconds without a change after which a run gave up.
  private func idle(_ text: String) -> Double? {
    guard let match = text.firstMatch(of: /has shown any change for ([0-9.]+) second/) else {
      return nil
    }
    return Double(match.1)
  }

  private func creates(_ service: Service) -> Int {
    service.requests.count { $0 == "POST /api/imports" }
  }

  private static func json(_ status: HTTPResponse.Status, _ text: String) -> Fault {
    .respond(
      HTTPResponse(
        status: status, headerFields: [.contentType: "application/vnd.api+json"]),
      Array(text.utf8))
  }

  /// An organization that allows so many imports.
  private static func organization(_ count: Int) -> Service.Faults {
    Service.Faults { request in
      guard request.path?.hasPrefix("/api/organization") == true else { return nil }
      return json(
        .ok,
        #"{"data":{"id":"o","type":"organizations","attributes":{"imports_max_concurrent_count":\#(count)},"meta":{"mode":"test"}}}"#
      )
    }
  }

  /// Imports stay pending, so what was created when the run gives up is what ran at the same time. Without
  /// '--stall-timeout' it would wait for a quarter of an hour.
  @Test(
    arguments: [
      ([], 4), (["--max-running", "2"], 2), (["--in-order"], 1), (["--max-running", "11"], 3),
    ] as [([String], Int)])
  func importsAtTheSameTime(options: [String], count: Int) async throws {
    let service = try await Service(faults: Self.organization(3)) { $0.pace = .manual }
    let file = try Input(skus(6))
    let run = try await Program.Running(
      ["run", file.path, "--type", "skus", "--chunk-rows", "1", "--stall-timeout", "1s"] + options,
      environment: environment(service), input: nil
    ).outcome()
    #expect(run.status == 75, "\(run.err)")
    let seconds = try #require(idle(run.err), "\(run.err)")
    #expect((1..<60).contains(seconds))
    #expect(creates(service) == count, "\(run.err)")
    let notices = run.err.components(separatedBy: "--max-running 11: up to 3 imports").count - 1
    #expect(notices == (options.last == "11" ? 1 : 0), "\(run.err)")
    #expect(
      service.requests.contains("GET /api/organization") == (options.last == "11"),
      "it is asked for only where more is wanted than is documented")
    // What is given to 'resume' counts.
    if options.isEmpty {
      let resumed = try await Program.run(
        "resume", "--stall-timeout", "3s", environment: environment(service))
      #expect(resumed.status == 75, "\(resumed.err)")
      let longer = try #require(idle(resumed.err), "\(resumed.err)")
      #expect((3..<60).contains(longer))
      #expect(resumed.err.contains("go on with it later"), "rows may not be run again")
    }
    await service.stop()
  }

  /// The limit is read once, however many files there are.
  @Test func theOrganizationIsAskedOnce() async throws {
    let service = try await Service(faults: Self.organization(20))
    let files = [try Input(skus(3)), try Input(skus(2))]
    let run = try await Program.Running(
      ["run"] + files.map(\.path) + ["--type", "skus", "--chunk-rows", "1", "--max-running", "12"],
      environment: environment(service), input: nil
    ).outcome()
    #expect(run.status == 0, "\(run.err)")
    #expect(run.err.components(separatedBy: "--max-running 12: up to 12 imports").count == 2)
    #expect(service.requests.count { $0 == "GET /api/organization" } == 1, "\(service.requests)")
    await service.stop()
  }

  /// The first import is created, then nothing succeeds any more.
  @Test func anOutageThatTakesTooLong() async throws {
    let service = try await Service(
      faults: .init { request in
        request.method == .get && request.path?.contains("id_in") == true
          ? Self.json(.serviceUnavailable, #"{"errors":[{"title":"down","status":"503"}]}"#) : nil
      }, { $0.pace = .manual })
    let file = try Input(skus(2))
    let run = try await Program.run(
      "run", file.path, "--type", "skus", "--no-journal", "--max-outage", "1s",
      environment: environment(service))
    await service.stop()
    #expect(run.status == 75, "\(run.err)")
    #expect(run.err.contains("nothing has succeeded for "), "\(run.err)")
    #expect(creates(service) == 1)
  }

  /// One row of the first import fails: nothing behind it is sent, and everything is without the option.
  @Test(arguments: [true, false])
  func rowsThatBuildOnEarlierOnes(inOrder: Bool) async throws {
    let service = try await Service()
    let file = try Input(skus(30, bad: [4]))
    let run = try await Program.Running(
      ["run", file.path, "--type", "skus", "--chunk-rows", "10", "--skip-errors"]
        + (inOrder ? ["--in-order"] : []), environment: environment(service), input: nil
    ).outcome()
    await service.stop()
    #expect(run.status == 1, "\(run.err)")
    #expect(creates(service) == (inOrder ? 1 : 3))
    #expect(
      run.err.contains("those behind may build on them") == inOrder, "\(run.err)")
  }

  /// Three of the first rows fail, so the service interrupts the import.
  @Test(arguments: [true, false])
  func whatAnInterruptedImportDidNotComeTo(continues: Bool) async throws {
    let service = try await Service()
    let file = try Input(skus(20, bad: [0, 1, 2]))
    let run = try await Program.Running(
      ["run", file.path, "--type", "skus", "--json"]
        + (continues ? ["--continue-interrupted"] : []), environment: environment(service),
      input: nil
    ).outcome()
    await service.stop()
    #expect(run.status == 1, "\(run.err)")
    let totals = try #require(run.json?["totals"], "\(run.out)")
    #expect(totals["failed"] == 3)
    #expect(totals["succeeded"] == .number(JSONNumber(continues ? 17 : 0)), "\(run.out)")
    #expect(creates(service) == (continues ? 2 : 1))
  }

  /// The list of the run's imports at its end fails: whether there are too many is not known, and said.
  @Test(arguments: ["text", "json", "ndjson"])
  func anAuditThatCouldNotBeMade(form: String) async throws {
    let service = try await Service(
      faults: .init { request in
        guard request.method == .get, request.path?.contains("reference_start") == true else {
          return nil
        }
        return Self.json(.badRequest, #"{"errors":[{"title":"no such filter","status":"400"}]}"#)
      })
    let file = try Input(skus(2))
    let run = try await Program.run(
      "run", file.path, "--type", "skus", "--output", form, environment: environment(service))
    await service.stop()
    #expect(run.status == 0, "\(run.err)")
    let id = try runID(run.err)
    #expect(run.err.hasSuffix("cl-import resume \(id)\n"), "\(run.err)")
    switch form {
    case "text":
      let line = run.out.split(separator: "\n").filter { $0.contains("could not be checked") }
      #expect(line.count == 1, "\(run.out)")
      #expect(line.first?.contains("no such filter") == true)
      #expect(line.first?.contains("'cl-import list --run \(id)'") == true)
    case "json":
      #expect(run.json?["not_audited"]?.string?.contains("no such filter") == true, "\(run.out)")
    default:
      let last = try #require(run.out.split(separator: "\n").last)
      let event = try JSONValue(parsing: String(last))
      #expect(event["event"] == "finished")
      #expect(event["not_audited"]?.string?.contains("no such filter") == true, "\(last)")
    }
  }

  // MARK: - Another mode, organization

  /// The port leads to live data now, where rows of a test run must not go.
  @Test func anotherModeIsNamed() async throws {
    let test = try await Service { $0.pace = .manual }
    let port = test.server.port
    let file = try Input(skus(3))
    let run = try await Program.run(
      "run", file.path, "--type", "skus", "--stall-timeout", "1s", environment: environment(test))
    #expect(run.status == 75, "\(run.err)")
    let id = try runID(run.err)
    await test.stop()
    let live = try await Service(port: port) { $0.mode = "live" }
    for options in [[], ["--yes"]] {
      let resumed = try await Program.Running(
        ["resume", id] + options, environment: environment(live), input: nil
      ).outcome()
      #expect(resumed.status == 65, "\(resumed.err)")
      #expect(
        resumed.err.contains(
          "run \(id) sends to test data of '127.0.0.1:\(port)', and these credentials lead to live data"
        ), "\(resumed.err)")
      #expect(resumed.err.contains("an application for test data"))
    }
    await live.stop()
    #expect(creates(live) == 0)
    // Where it leads to test data again, it goes on.
    let again = try await Service(port: port)
    let resumed = try await Program.run("resume", id, environment: environment(again))
    await again.stop()
    #expect(resumed.err.contains("sends to") == false, "\(resumed.err)")
  }

  /// Nothing is asked of another organization: its name says enough.
  @Test func anotherOrganizationIsNamed() async throws {
    let file = try Input(skus(3))
    let runID = "0123456789abcdefghjkmnpqrs"
    var record = RunRecord(runID: runID)
    record.organization = "acme"
    record.mode = "live"
    record.type = "skus"
    record.inputPath = file.path
    record.inputName = file.path
    (record.rows, record.accepted, record.chunks) = (3, 3, 1)
    record.arguments = [file.path, "--type", "skus", "--organization", "acme"]
    record.workingDirectory = folder.path
    record.commandRuns = [runID]
    do {
      let journal = try RunStore(stateDirectory: "\(folder.path)/state").stage(runID).begin(record)
      #expect(try await journal.contents().run == record)
    }
    let all = [
      "CL_STATE_DIR": "\(folder.path)/state", "CL_CLIENT_ID": "id",
      "CL_CLIENT_SECRET": Canary.secret,
    ]
    for options in [
      ["--organization", "other"], ["--domain", "commercelayer.co"], ["--base-port", "1"],
    ] {
      let resumed = try await Program.Running(
        ["resume", runID] + options, environment: all, input: nil
      ).outcome()
      #expect(resumed.status == 65, "\(options): \(resumed.err)")
      #expect(
        resumed.err.contains("run \(runID) sends to 'acme', and these options"), "\(resumed.err)")
      #expect(resumed.err.contains("--organization acme"), "\(resumed.err)")
      #expect(!resumed.err.contains(Canary.secret))
    }
  }
}
