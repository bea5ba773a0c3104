import CommerceLayer
import CommerceLayerSandbox
import CommerceLayerSandboxServer
import Dispatch
import Foundation
import Testing

/// Runs that end early and go on, as processes.
@Suite(.serialized, .timeLimit(.minutes(10))) struct ResumeCommandTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func environment(
    _ service: Service, port: Int? = nil, state: String = "state"
  ) -> [String: String] {
    service.environment(port: port).merging(["CL_STATE_DIR": "\(folder.path)/\(state)"]) { $1 }
  }

  private func skus(_ count: Int, _ prefix: String = "S") -> String {
    "code,name,shipping_category_id\n" + (0..<count).map { "\(prefix)\($0),n,cat\n" }.joined()
  }

  /// Rows that have no key: each makes a record.
  private func cards(_ count: Int) -> String {
    "balance_cents,reference\n" + (0..<count).map { "100,G\($0)\n" }.joined()
  }

  private func client(_ service: Service) throws -> CommerceLayerClient {
    try CommerceLayerClient(
      organization: "sandbox",
      credentials: .clientCredentials(
        id: service.server.sandbox.clientID, secret: service.server.sandbox.clientSecret),
      configuration: .init(transport: service.server.sandbox.transport))
  }

  /// The id that a run printed.
  private func runID(_ text: String) throws -> String {
    let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("run ") }, "\(text)")
    return String(line.dropFirst(4).prefix(26))
  }

  private func lastLine(_ text: String) -> String {
    text.split(separator: "\n").last.map { String($0) } ?? ""
  }

  private func waitUntil(_ condition: () -> Bool) async throws {
    while !condition() { try await Task.sleep(for: .milliseconds(10)) }
  }

  /// Starts a run, and kills it once the service has so many creates.
  private func kill(
    _ arguments: [String], _ environment: [String: String], input: String? = nil,
    signal: Int32 = SIGKILL, when condition: () -> Bool
  ) async throws -> Program.Outcome {
    let running = try Program.Running(arguments, environment: environment, input: input)
    try await waitUntil { condition() || Foundation.kill(running.pid, 0) != 0 }
    Foundation.kill(running.pid, signal)
    return await running.outcome()
  }

  /// The response to the create never comes, the process dies, and the import is there: whatever the type,
  /// its rows are sent once.
  @Test(arguments: ["skus", "gift_cards"])
  func aCreateWithoutAResponseIsNotSentAgain(type: String) async throws {
    let service = try await Service()
    let proxy = try await WireFaultProxy.start(
      to: service.server.port,
      rules: [.init([.noResponse], method: "POST", path: "/api/imports", skip: 1, times: 1)])
    let all = environment(service, port: proxy.port)
    let file = try Input(type == "skus" ? skus(25) : cards(25))
    let arguments = [
      "run", file.path, "--type", type, "--chunk-rows", "10", "--max-running", "1",
    ]
    let killed = try await kill(arguments, all) {
      service.requests.count { $0 == "POST /api/imports" } >= 2
    }
    #expect(killed.status == SIGKILL)
    let id = try runID(killed.err)
    let status = try await Program.run("status", id, environment: all)
    #expect(status.status == 0, "\(status.err)")
    #expect(lastLine(status.out) == "cl-import resume \(id)")
    let resumed = try await Program.run("resume", environment: all)
    #expect(resumed.status == 0, "\(resumed.err)")
    #expect(resumed.err.contains("run \(id)"))
    #expect(resumed.out.contains("25 rows of \(type)"), "\(resumed.out)")
    #expect(service.requests.count { $0 == "POST /api/imports" } == 3)
    let client = try client(service)
    let count = try await type == "skus" ? client.skus.count() : client.giftCards.count()
    #expect(count == 25)
    let after = try await Program.run("status", "--json", environment: all)
    #expect(after.json?["runs"]?.array?.first?["status"] == "finished")
    #expect(after.json?["runs"]?.array?.first?["rows"]?["succeeded"] == 25)
    let none = try await Program.run("resume", environment: all)
    #expect(none.status == 64)
    #expect(none.err.contains("there is no run to resume"))
    let again = try await Program.run("resume", id, environment: all)
    #expect(again.status == 0)
    #expect(again.err.contains("nothing of it is left to do"))
    await proxy.stop()
    await service.stop()
  }

  /// Killed while imports run, at every point where the first of them is known.
  @Test func theReportIsThatOfTheWholeRun() async throws {
    let service = try await Service { $0.pace = .manual }
    let all = environment(service)
    let text = skus(30).replacing("S3,n", with: "S3,").replacing("S17,n", with: "S17,")
    let file = try Input(text)
    let report = folder.path + "/failed.csv"
    let running = try Program.Running(
      [
        "run", file.path, "--type", "skus", "--chunk-rows", "10", "--max-running", "1",
        "--skip-errors", "--report", report,
      ], environment: all, input: nil)
    try await waitUntil { running.errors.contains("pending") }
    // The first import ends; its outcome is recorded before the second one is created.
    while service.requests.count(where: { $0 == "POST /api/imports" }) < 2 {
      _ = try await service.server.sandbox.step(rows: 10)
      try await Task.sleep(for: .milliseconds(10))
    }
    Foundation.kill(running.pid, SIGKILL)
    let killed = await running.outcome()
    let id = try runID(killed.err)
    let next = try Program.Running(["resume", id], environment: all, input: nil)
    while Foundation.kill(next.pid, 0) == 0,
      service.requests.count(where: { $0 == "POST /api/imports" }) < 3
    {
      _ = try await service.server.sandbox.step(rows: 10)
      try await Task.sleep(for: .milliseconds(10))
    }
    let ended = Task { await next.outcome() }
    while !next.output.contains("rows of skus"), Foundation.kill(next.pid, 0) == 0 {
      _ = try await service.server.sandbox.step(rows: 10)
      try await Task.sleep(for: .milliseconds(10))
    }
    let resumed = await ended.value
    await service.stop()
    #expect(resumed.status == 1, "\(resumed.err)")
    #expect(resumed.out.contains("imported                   28"), "\(resumed.out)")
    let lines = try String(contentsOfFile: report, encoding: .utf8).split(separator: "\n")
    // In the order in which the rows' outcomes were known.
    #expect(Set(lines.dropFirst().map { $0.split(separator: ",")[1] }) == ["5", "19"], "\(lines)")
    #expect(lines.count == 3)
  }

  @Test(arguments: [(SIGTERM, 143), (SIGHUP, 143), (SIGINT, 130)] as [(Int32, Int32)])
  func whatEndsEarlySaysHowToGoOn(signal: Int32, status: Int32) async throws {
    let service = try await Service { $0.pace = .manual }
    let all = environment(service)
    let file = try Input(skus(3))
    let running = try Program.Running(
      ["run", file.path, "--type", "skus"], environment: all, input: nil)
    try await waitUntil { running.errors.contains("pending") }
    // Another process does not touch what this one works on.
    let id = try runID(running.errors)
    for command in [["resume", id], ["resume"], ["forget", id, "--yes", "--force"]] {
      let second = try await Program.Running(command, environment: all, input: nil).outcome()
      #expect(second.status == 75, "\(command): \(second.err)")
      #expect(second.err.contains("process \(running.pid) works on"), "\(second.err)")
    }
    let listed = try await Program.run("status", "--json", environment: all)
    #expect(listed.json?["runs"]?.array?.first?["status"] == "running")
    #expect(listed.json?["runs"]?.array?.first?["process"] == .number(JSONNumber(Int(running.pid))))
    Foundation.kill(running.pid, signal)
    let outcome = await running.outcome()
    #expect(outcome.status == status, "\(outcome.err)")
    #expect(lastLine(outcome.err) == "cl-import resume \(id)")
    let resumed = try Program.Running(["resume"], environment: all, input: nil)
    while Foundation.kill(resumed.pid, 0) == 0, !resumed.output.contains("3 rows of skus") {
      _ = try await service.server.sandbox.step(rows: 10)
      try await Task.sleep(for: .milliseconds(10))
    }
    let end = await resumed.outcome()
    await service.stop()
    #expect(end.status == 0, "\(end.err)")
    #expect(service.requests.count { $0 == "POST /api/imports" } == 1)
  }

  @Test func whatIsNotTheRunsIsNamed() async throws {
    let service = try await Service { $0.pace = .manual }
    let all = environment(service)
    let file = try Input(skus(3))
    let killed = try await kill(["run", file.path, "--type", "skus"], all) {
      service.requests.contains("POST /api/imports")
    }
    let id = try runID(killed.err)
    let before = service.requests.count { $0 == "POST /api/imports" }
    try Data(skus(4).utf8).write(to: URL(filePath: file.path))
    let changed = try await Program.run("resume", id, environment: all)
    #expect(changed.status == 65, "\(changed.err)")
    #expect(changed.err.contains("'\(file.path)' is not what run \(id) sends"))
    try FileManager.default.removeItem(atPath: file.path)
    let gone = try await Program.run("resume", id, environment: all)
    #expect(gone.status == 66, "\(gone.err)")
    #expect(gone.err.contains(file.path))
    try Data(skus(3).utf8).write(to: URL(filePath: file.path))
    let other = try await Service()
    let elsewhere = try await Program.run(
      "resume", id, environment: all.merging(other.environment()) { $1 })
    #expect(elsewhere.status == 65, "\(elsewhere.err)")
    #expect(elsewhere.err.contains("run \(id) sends to '127.0.0.1:\(service.server.port)'"))
    #expect(elsewhere.err.contains("lead to '127.0.0.1:\(other.server.port)'"))
    #expect(!other.requests.contains("POST /api/imports"))
    let unknown = try await Program.run(
      "resume", "00000000000000000000000000", environment: all)
    #expect(unknown.status == 64)
    #expect(unknown.err.contains("this machine has no run 00000000000000000000000000"))
    await other.stop()
    await service.stop()
    #expect(service.requests.count { $0 == "POST /api/imports" } == before)
  }

  @Test func rowsOfStandardInputAreKept() async throws {
    let service = try await Service()
    let proxy = try await WireFaultProxy.start(
      to: service.server.port,
      rules: [.init([.noResponse], method: "POST", path: "/api/imports", times: 1)])
    let all = environment(service, port: proxy.port)
    let killed = try await kill(
      ["run", "-", "--type", "skus", "--chunk-rows", "10", "--max-running", "1"], all,
      input: skus(25)
    ) { service.requests.contains("POST /api/imports") }
    let id = try runID(killed.err)
    let kept = "\(folder.path)/state/runs/\(id)/input"
    #expect(try String(contentsOfFile: kept, encoding: .utf8) == skus(25))
    let resumed = try await Program.run("resume", environment: all)
    #expect(resumed.status == 0, "\(resumed.err)")
    #expect(try await client(service).skus.count() == 25)
    #expect(!FileManager.default.fileExists(atPath: kept))
    // A pipe by another name is one, too.
    let pipe = try await Program.shell(
      "mkfifo \"$F\" && { printf 'code,name,shipping_category_id\\nP,p,c\\n' > \"$F\" & }; "
        + "\"$CL\" run \"$F\" --type skus",
      environment: all.merging(["F": folder.path + "/pipe"]) { $1 })
    #expect(pipe.status == 0, "\(pipe.err)")
    await proxy.stop()
    await service.stop()
  }

  @Test func allFilesOfACommandGoOn() async throws {
    let service = try await Service()
    let proxy = try await WireFaultProxy.start(
      to: service.server.port,
      rules: [.init([.noResponse], method: "POST", path: "/api/imports", times: 1)])
    var all = environment(service, port: proxy.port)
    all["CL"] = try Program.url().path
    all["FOLDER"] = folder.path
    try Data("name\nnew\nold\n".utf8).write(to: URL(filePath: folder.path + "/tags.csv"))
    try Data((skus(5) + "bad,,cat\n").utf8).write(to: URL(filePath: folder.path + "/skus.csv"))
    // Paths and options are those of the folder where it began.
    let running = try Program.Running(
      [
        "-c",
        "cd \"$FOLDER\" && exec \"$CL\" run skus.csv tags.csv --skip-errors --report failed.csv",
      ], environment: all, input: nil, tool: "/bin/sh")
    try await waitUntil { service.requests.contains("POST /api/imports") }
    Foundation.kill(running.pid, SIGKILL)
    _ = await running.outcome()
    let status = try await Program.run("status", "--json", environment: all)
    let runs = try #require(status.json?["runs"]?.array)
    #expect(runs.count == 2)
    #expect(Set(runs.map { $0["type"] }) == ["tags", "skus"])
    let resumed = try await Program.run("resume", "--json", environment: all)
    #expect(resumed.status == 1, "\(resumed.err)")
    #expect(resumed.json?["totals"]?["succeeded"] == 7)
    #expect(resumed.json?["files"]?.array?.count == 2)
    let report = try String(contentsOfFile: folder.path + "/failed-skus.csv", encoding: .utf8)
    #expect(report.contains("bad,,cat"), "\(report)")
    let client = try client(service)
    #expect(try await client.tags.count() == 2)
    #expect(try await client.skus.count() == 5)
    #expect(service.requests.count { $0 == "POST /api/imports" } == 2)
    await proxy.stop()
    await service.stop()
  }

  @Test func rowsThatWouldBeCreatedAgainAreNotSent() async throws {
    let service = try await Service()
    let all = environment(service)
    let file = try Input(cards(5))
    let arguments = ["run", file.path, "--type", "gift_cards"]
    let first = try await Program.Running(arguments, environment: all, input: nil).outcome()
    #expect(first.status == 0, "\(first.err)")
    let id = try runID(first.err)
    // This machine knows; so does the service, on which any other machine's run can be seen.
    for state in ["state", "elsewhere"] {
      let again = try await Program.Running(
        arguments, environment: environment(service, state: state), input: nil
      ).outcome()
      #expect(again.status == 65, "\(state): \(again.err)")
      #expect(
        again.err.contains("error: nothing was sent: rows of '\(file.path)' were sent before"))
      #expect(again.err.contains("run \(id), which began "), "\(again.err)")
      #expect(again.err.contains("5 rows have neither key nor id and would be created again"))
      #expect(again.err.contains("--allow-duplicates"))
      #expect(again.out.contains("not processed"))
    }
    #expect(try await client(service).giftCards.count() == 5)
    let meant = try await Program.Running(
      arguments + ["--allow-duplicates"], environment: all, input: nil
    ).outcome()
    #expect(meant.status == 0, "\(meant.err)")
    #expect(meant.err.contains("note: run \(id)"))
    #expect(try await client(service).giftCards.count() == 10)
    // Rows with a key are updated: that is worth a note.
    let keyed = try Input(skus(3))
    for expected in [false, true] {
      let run = try await Program.run("run", keyed.path, "--type", "skus", environment: all)
      #expect(run.status == 0, "\(run.err)")
      #expect(run.err.contains("note: run ") == expected, "\(run.err)")
    }
    // The same bytes as rows of another type are other rows.
    await service.stop()
  }

  /// Two processes that were started together, and a third while one of them sends: rows without a key are
  /// sent once at most.
  @Test func processesAtTheSameTimeDoNotSendTheSameRows() async throws {
    let service = try await Service { $0.pace = .manual }
    let all = environment(service)
    let file = try Input(cards(20))
    let arguments = ["run", file.path, "--type", "gift_cards", "--stall-timeout", "2s"]
    let both = try (0..<2).map { _ in
      try Program.Running(arguments, environment: all, input: nil)
    }
    let outcomes = [await both[0].outcome(), await both[1].outcome()]
    #expect(service.requests.count { $0 == "POST /api/imports" } <= 1, "\(outcomes.map(\.err))")
    for outcome in outcomes where !outcome.err.contains("gave up") {
      let isRejected =
        outcome.err.contains(
          "nothing was sent: process \(both[0].pid) sends the rows")
        || outcome.err.contains("nothing was sent: process \(both[1].pid) sends the rows")
        || outcome.err.contains("nothing was sent: rows of '\(file.path)' were sent before")
      #expect(isRejected, "\(outcome.err)")
      #expect(!outcome.out.contains("confirmed"), "\(outcome.out)")
    }
    // What did not begin is not remembered.
    let listed = try await Program.run("status", "--json", environment: all)
    let sent = service.requests.count { $0 == "POST /api/imports" }
    #expect(listed.json?["runs"]?.array?.count == sent, "\(listed.out)")
    await service.stop()
  }

  @Test func anotherSandboxOnThePortHasNotSeenTheRows() async throws {
    let service = try await Service()
    let file = try Input(cards(2))
    let arguments = ["run", file.path, "--type", "gift_cards"]
    let all = environment(service)
    for _ in 0..<2 {
      let run = try await Program.Running(arguments, environment: all, input: nil).outcome()
      #expect(run.status == 0, "\(run.err)")
      try await service.server.sandbox.reset()
    }
    await service.stop()
  }

  @Test(arguments: ["skus", "gift_cards"])
  func aLostJournalIsRebuilt(type: String) async throws {
    let service = try await Service()
    let proxy = try await WireFaultProxy.start(
      to: service.server.port,
      rules: [.init([.noResponse], method: "POST", path: "/api/imports", skip: 1, times: 1)])
    let all = environment(service, port: proxy.port)
    let file = try Input(type == "skus" ? skus(35) : cards(35))
    let options = [file.path, "--type", type, "--chunk-rows", "10", "--max-running", "1"]
    let killed = try await kill(["run"] + options, all) {
      service.requests.count { $0 == "POST /api/imports" } >= 2
    }
    let id = try runID(killed.err)
    let journal = "\(folder.path)/state/runs/\(id)/journal.sqlite"
    let there = try await Program.Running(
      ["recover", id] + options, environment: all, input: nil
    ).outcome()
    #expect(there.status == 65, "\(there.err)")
    #expect(there.err.contains("the journal of run \(id) is there and can be read"))
    try Data("half a journal".utf8).write(to: URL(filePath: journal))
    let damaged = try await Program.run("resume", id, environment: all)
    #expect(damaged.status == 65, "\(damaged.err)")
    #expect(damaged.err.contains("cl-import recover \(id)"))
    let other = try Input(type == "skus" ? skus(36) : cards(36))
    let wrong = try await Program.Running(
      ["recover", id, other.path] + options.dropFirst(), environment: all, input: nil
    ).outcome()
    #expect(wrong.status == 65, "\(wrong.err)")
    #expect(wrong.err.contains("'\(other.path)' is not the file of run \(id)"))
    try FileManager.default.removeItem(atPath: folder.path + "/state")
    let recovered = try await Program.Running(
      ["recover", id] + options, environment: all, input: nil
    ).outcome()
    #expect(recovered.status == 0, "\(recovered.err)")
    #expect(recovered.err.contains("2 of 4 imports were created"))
    #expect(lastLine(recovered.err) == "cl-import resume \(id)")
    let resumed = try await Program.run("resume", id, environment: all)
    #expect(resumed.status == 0, "\(resumed.err)")
    #expect(service.requests.count { $0 == "POST /api/imports" } == 4)
    let client = try client(service)
    let count = try await type == "skus" ? client.skus.count() : client.giftCards.count()
    #expect(count == 35)
    let nothing = try await Program.Running(
      ["recover", "00000000000000000000000000"] + options, environment: all, input: nil
    ).outcome()
    #expect(nothing.status == 65, "\(nothing.err)")
    #expect(nothing.err.contains("has no import of the run"))
    await proxy.stop()
    await service.stop()
  }

  /// Lets imports go on until a process has ended.
  private func outcome(
    of running: Program.Running, _ service: Service, rows: Int = 100
  ) async throws -> Program.Outcome {
    let ended = Task { await running.outcome() }
    while Foundation.kill(running.pid, 0) == 0 {
      _ = try await service.server.sandbox.step(rows: rows)
      try await Task.sleep(for: .milliseconds(10))
    }
    return await ended.value
  }

  /// The service takes halves of imports, or quarters: which rows these hold, the input tells.
  @Test(arguments: [(6000, 20), (3600, 10)])
  func aLostJournalOfHalvedImportsIsRebuilt(limit: Int, rows: Int) async throws {
    let service = try await Service {
      $0.pace = .manual
      $0.maximumBodyBytes = limit
    }
    let all = environment(service)
    let padding = String(repeating: "x", count: 200)
    let file = try Input(
      "balance_cents,reference\n" + (0..<80).map { "100,\(padding)\($0)\n" }.joined())
    let options = [file.path, "--type", "gift_cards", "--chunk-rows", "40", "--max-running", "3"]
    let running = try Program.Running(["run"] + options, environment: all, input: nil)
    try await waitUntil { running.errors.components(separatedBy: ": pending").count > 3 }
    Foundation.kill(running.pid, SIGKILL)
    let id = try runID(await running.outcome().err)
    let client = try client(service)
    let sizes = try await client.imports.list().items.compactMap(\.inputsSize)
    #expect(sizes == [rows, rows, rows])
    try FileManager.default.removeItem(atPath: folder.path + "/state")
    let wrong = try await Program.Running(
      ["recover", id] + options.map { $0 == "40" ? "30" : $0 }, environment: all, input: nil
    ).outcome()
    #expect(wrong.status == 65, "\(wrong.err)")
    #expect(wrong.err.contains("give all options of the run, --chunk-rows above all"))
    let recovered = try await Program.Running(
      ["recover", id] + options, environment: all, input: nil
    ).outcome()
    #expect(recovered.status == 0, "\(recovered.err)")
    #expect(recovered.err.contains("3 imports of the 2 planned and their parts were created"))
    let resumed = try await outcome(
      of: try Program.Running(["resume", id, "--json"], environment: all, input: nil), service)
    #expect(resumed.status == 0, "\(resumed.err)")
    #expect(resumed.json?["totals"]?["succeeded"] == 80, "\(resumed.out)")
    #expect(try await client.giftCards.count() == 80)
    #expect(try await client.imports.count() == 80 / rows)
    await service.stop()
  }

  /// The rows that an interrupted import did not come to were sent again before the journal was lost.
  @Test func aLostJournalOfAContinuedImportIsRebuilt() async throws {
    let service = try await Service { $0.pace = .manual }
    let all = environment(service)
    let file = try Input(
      skus(20).replacing("S0,n", with: "S0,").replacing("S1,n", with: "S1,")
        .replacing("S2,n", with: "S2,"))
    let options = [file.path, "--type", "skus", "--continue-interrupted"]
    let running = try Program.Running(["run"] + options, environment: all, input: nil)
    while Foundation.kill(running.pid, 0) == 0,
      service.requests.count(where: { $0 == "POST /api/imports" }) < 2
    {
      _ = try await service.server.sandbox.step(rows: 1)
      try await Task.sleep(for: .milliseconds(10))
    }
    Foundation.kill(running.pid, SIGKILL)
    let id = try runID(await running.outcome().err)
    try FileManager.default.removeItem(atPath: folder.path + "/state")
    let recovered = try await Program.Running(
      ["recover", id] + options, environment: all, input: nil
    ).outcome()
    #expect(recovered.status == 0, "\(recovered.err)")
    let resumed = try await outcome(
      of: try Program.Running(["resume", id, "--json"], environment: all, input: nil), service)
    #expect(resumed.status == 1, "\(resumed.err)")
    #expect(resumed.json?["totals"]?["succeeded"] == 17, "\(resumed.out)")
    #expect(resumed.json?["totals"]?["failed"] == 3, "\(resumed.out)")
    #expect(service.requests.count { $0 == "POST /api/imports" } == 2, "\(resumed.err)")
    await service.stop()
  }

  /// Nothing is asked of the service where the journal is there; a run without one has none to rebuild.
  @Test func whatCannotBeRebuiltIsSaidAtOnce() async throws {
    let service = try await Service()
    let all = environment(service)
    let file = try Input(skus(3))
    let run = try await Program.run("run", file.path, "--type", "skus", environment: all)
    let id = try runID(run.err)
    let before = service.requests.count
    let there = try await Program.run(
      "recover", id, file.path, "--type", "skus", environment: all)
    #expect(there.status == 65, "\(there.err)")
    #expect(there.err.contains("the journal of run \(id) is there and can be read"))
    for option in ["--sandbox", "--no-journal"] {
      let none = try await Program.run(
        "recover", id, file.path, "--type", "skus", option, environment: all)
      #expect(none.status == 64, "\(none.err)")
      #expect(none.err.contains("a run with \(option) has no journal to rebuild"))
    }
    #expect(service.requests.count == before)
    await service.stop()
  }

  /// What is gone from disk, or was never there, is named with what helps.
  @Test func whatIsGoneIsNamed() async throws {
    let service = try await Service { $0.pace = .manual }
    var all = environment(service)
    all["CL"] = try Program.url().path
    let began = folder.path + "/began"
    try FileManager.default.createDirectory(atPath: began, withIntermediateDirectories: true)
    try Data(skus(3).utf8).write(to: URL(filePath: began + "/skus.csv"))
    let run = try await Program.shell(
      "cd \"$BEGAN\" && \"$CL\" run skus.csv --stall-timeout 1s",
      environment: all.merging(["BEGAN": began]) { $1 })
    #expect(run.status == 75, "\(run.err)")
    let id = try runID(run.err)
    try FileManager.default.moveItem(atPath: began + "/skus.csv", toPath: began + "/other.csv")
    let noFile = try await Program.run("resume", id, environment: all)
    #expect(noFile.status == 66, "\(noFile.err)")
    #expect(noFile.err.contains("the rows of run \(id) cannot be read"))
    #expect(noFile.err.contains("cl-import recover \(id) FILE"))
    try FileManager.default.removeItem(atPath: began)
    let noFolder = try await Program.run("resume", id, environment: all)
    #expect(noFolder.status == 66, "\(noFolder.err)")
    #expect(noFolder.err.contains("cl-import forget \(id) --force"))
    let journal = "\(folder.path)/state/runs/\(id)/journal.sqlite"
    try FileManager.default.removeItem(atPath: journal)
    for command in [["resume", id], ["status", id]] {
      let none = try await Program.Running(command, environment: all, input: nil).outcome()
      #expect(none.status == 65, "\(command): \(none.err)")
      #expect(none.err.contains("the journal of run \(id) is missing"), "\(none.err)")
      #expect(none.err.contains("cl-import recover \(id) FILE"))
    }
    let kept = try await Program.run("forget", id, "--yes", environment: all)
    #expect(kept.status == 64)
    #expect(!kept.err.contains("cl-import resume"), "it cannot be resumed: \(kept.err)")
    #expect(kept.err.contains("or --force when it is not to be resumed"))
    let gone = try await Program.run("forget", id, "--yes", "--force", environment: all)
    #expect(gone.status == 0, "\(gone.err)")
    // A file in the place of the folder of all runs.
    let file = try Input("x")
    for command in ["status", "resume"] {
      let none = try await Program.run(command, "--state-dir", file.path, environment: all)
      #expect(none.status == 74, "\(command): \(none.err)")
      #expect(none.err.contains("'\(file.path)', where runs are recorded, is not a folder"))
    }
    await service.stop()
  }

  @Test func forgettingSaysWhatIsLost() async throws {
    let service = try await Service { $0.pace = .manual }
    let all = environment(service)
    let file = try Input(skus(30))
    let killed = try await kill(
      ["run", file.path, "--type", "skus", "--chunk-rows", "10", "--max-running", "1"], all
    ) { service.requests.contains("POST /api/imports") }
    let id = try runID(killed.err)
    let rejected = try await Program.run("forget", id, "--yes", environment: all)
    #expect(rejected.status == 64, "\(rejected.err)")
    #expect(rejected.err.contains("20 rows of 30 were not sent"), "\(rejected.err)")
    #expect(rejected.err.contains("cl-import resume \(id)"))
    let unasked = try await Program.run("forget", id, "--force", environment: all)
    #expect(unasked.status == 64)
    #expect(unasked.err.contains("there is no terminal to ask on"))
    let no = try await Program.onTerminal(
      "forget", id, "--force", environment: all, replies: [("[y/N]", "n\n")])
    #expect(no.status == 1, "\(no.err)")
    let yes = try await Program.onTerminal(
      "forget", id, "--force", environment: all, replies: [("[y/N]", "y\n")])
    #expect(yes.status == 0, "\(yes.err)")
    let status = try await Program.run("status", id, environment: all)
    #expect(status.status == 64)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/state/runs") == [])
    await service.stop()
  }

  @Test func nobodyElseCanReadWhatIsRecorded() async throws {
    let service = try await Service()
    let file = try Input(skus(3))
    for umask in ["000", "777"] {
      let state = "\(folder.path)/u\(umask)"
      let run = try await Program.shell(
        "umask \(umask); \"$CL\" run \"$FILE\" --type skus",
        environment: service.environment().merging(["CL_STATE_DIR": state, "FILE": file.path]) {
          $1
        })
      #expect(run.status == 0, "\(run.err)")
      let runs = state + "/runs"
      let names = try FileManager.default.subpathsOfDirectory(atPath: runs)
      #expect(names.count >= 3, "\(names)")
      for name in [""] + names {
        let found = try FileManager.default.attributesOfItem(atPath: "\(runs)/\(name)")
        let isFolder = found[.type] as? FileAttributeType == .typeDirectory
        #expect(
          found[.posixPermissions] as? Int == (isFolder ? 0o700 : 0o600),
          "umask \(umask), \(name)")
      }
    }
    await service.stop()
  }

  @Test func nothingIsRecordedWhereNothingIsToBe() async throws {
    let service = try await Service()
    let all = environment(service)
    let file = try Input(skus(3))
    let off = try await Program.run(
      "run", file.path, "--type", "skus", "--no-journal", environment: all)
    #expect(off.status == 0, "\(off.err)")
    let sandbox = try await Program.run(
      "run", file.path, "--type", "skus", "--sandbox", environment: all)
    #expect(sandbox.status == 0, "\(sandbox.err)")
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/state"))
    // Where it cannot be recorded, nothing is sent.
    let blocked = try await Program.run(
      "run", file.path, "--type", "skus", "--state-dir", file.path + "/x", environment: all)
    #expect(blocked.status == 74, "\(blocked.err)")
    #expect(blocked.err.contains("--state-dir"))
    // What is not valid leaves nothing either.
    let bad = try Input("code,weight\nA,x\n")
    let rejected = try await Program.run("run", bad.path, "--type", "skus", environment: all)
    await service.stop()
    #expect(rejected.status == 65)
    #expect(
      (try? FileManager.default.contentsOfDirectory(atPath: folder.path + "/state/runs")) == [])
    #expect(service.requests.count { $0 == "POST /api/imports" } == 1)
  }

  /// No file may be larger than so much: the journal finds no room, as on a full disk.
  @Test func aFullDiskEndsTheRunAndNothingIsLost() async throws {
    let service = try await Service()
    let all = environment(service)
    let file = try Input(cards(40))
    let full = try await Program.shell(
      "trap '' XFSZ; ulimit -f 36; \"$CL\" run \"$FILE\" --type gift_cards --chunk-rows 1"
        + " --max-running 1 >/dev/null",
      environment: all.merging(["FILE": file.path]) { $1 })
    #expect(full.status == 74, "\(full.err)")
    let id = try runID(full.err)
    #expect(lastLine(full.err) == "cl-import resume \(id)", "\(full.err)")
    let sent = service.requests.count { $0 == "POST /api/imports" }
    #expect((1..<40).contains(sent))
    let resumed = try await Program.run("resume", environment: all)
    #expect(resumed.status == 0, "\(resumed.err)")
    #expect(service.requests.count { $0 == "POST /api/imports" } == 40)
    #expect(try await client(service).giftCards.count() == 40)
    await service.stop()
  }
}
