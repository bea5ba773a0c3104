import CommerceLayer
import CommerceLayerSandbox
import CommerceLayerSandboxServer
import Foundation
import HTTPTypes
import Testing

/// The program against a sandbox on a port.
@Suite(.serialized) struct RunCommandTests {
  private func skus(_ count: Int, bad: Set<Int> = []) -> String {
    "code,name,shipping_category_id\n"
      + (0..<count).map { "S\($0),\(bad.contains($0) ? "" : "n"),cat\n" }.joined()
  }

  @Test func everythingGood() async throws {
    let service = try await Service()
    let file = try Input(skus(25))
    let outcome = try await Program.run(
      "run", file.path, "--type", "skus", "--chunk-rows", "10",
      environment: service.environment())
    await service.stop()
    #expect(outcome.status == 0, "\(outcome.err)")
    #expect(outcome.out.contains("25 rows of skus"))
    #expect(outcome.err.contains("25 rows of skus to send in 3 imports"))
    #expect(service.requests.count { $0 == "POST /api/imports" } == 3)
    #expect(!(outcome.out + outcome.err).contains(service.server.sandbox.clientSecret.exposed))
    // Not a terminal: nothing is drawn.
    #expect(!outcome.err.contains("\u{1B}"))
  }

  @Test func failedRowsAreNamed() async throws {
    let service = try await Service()
    let file = try Input(skus(25, bad: [7]))
    let report = NSTemporaryDirectory() + "report-\(UUID().uuidString).csv"
    defer { try? FileManager.default.removeItem(atPath: report) }
    let outcome = try await Program.run(
      "run", file.path, "--type", "skus", "--report", report, environment: service.environment())
    #expect(outcome.status == 1, "\(outcome.err)")
    #expect(outcome.out.contains("9  S7   failed  name: can't be blank"), "\(outcome.out)")
    let lines = try String(contentsOfFile: report, encoding: .utf8).split(separator: "\n")
    #expect(
      lines == [
        "_type,_line,_outcome,_reason,code,name,shipping_category_id",
        "skus,9,failed,name: can't be blank,S7,,cat",
      ])
    // A second run would overwrite it.
    let again = try await Program.run(
      "run", file.path, "--type", "skus", "--report", report, environment: service.environment())
    #expect(again.status == 73)
    #expect(again.err.contains("--force"))
    let rerun = try await Program.run(
      "run", report, environment: service.environment())
    #expect(rerun.status == 1, "the report says itself what its rows are: \(rerun.err)")
    #expect(rerun.out.contains("1 row of skus"))
    await service.stop()
  }

  @Test func jsonIsOneDocumentWithEveryRow() async throws {
    let service = try await Service()
    let file = try Input(skus(1000, bad: Set(0..<80)))
    let outcome = try await Program.run(
      "run", file.path, "--type", "skus", "--skip-errors", "--json",
      environment: service.environment())
    await service.stop()
    #expect(outcome.status == 1)
    #expect(outcome.json?["rows"]?.array?.count == 80)
    #expect(outcome.json?["totals"]?["failed"] == 80)
    #expect(outcome.json?["totals"]?["succeeded"] == 920)
    #expect(outcome.json?["ending"] == "done")
  }

  @Test func aSandboxOfItsOwn() async throws {
    let outcome = try await Program.run(
      "run", "-", "--type", "skus", "--sandbox",
      input: #"[{"code":"A","name":"a","shipping_category_id":"x"}]"#)
    #expect(outcome.status == 0, "\(outcome.err)")
    #expect(outcome.out.contains("1 row of skus"))
  }

  @Test func aWrongSecret() async throws {
    let service = try await Service()
    let file = try Input(skus(3))
    let outcome = try await Program.run(
      "run", file.path, "--type", "skus",
      environment: service.environment(secret: "hushcanary-wrong"))
    await service.stop()
    #expect(outcome.status == 77, "\(outcome.err)")
    #expect(outcome.err.contains("error: the service does not let these credentials import"))
    #expect(!(outcome.err + outcome.out).contains("hushcanary-wrong"))
    #expect(!service.requests.contains("POST /api/imports"))
  }

  @Test func aServerThatIsNotThere() async throws {
    let service = try await Service()
    let environment = service.environment()
    await service.stop()
    let file = try Input(skus(3))
    let outcome = try await Program.run(
      "run", file.path, "--type", "skus", environment: environment)
    #expect(outcome.status == 69, "\(outcome.err)")
    #expect(outcome.err.contains("error: the service cannot be reached"))
    let list = try await Program.run("list", environment: environment)
    #expect(list.status == 69, "\(list.err)")
  }

  @Test func whatIsNotTheService() async throws {
    let file = try Input(skus(1))
    // A captive portal responds to everything with a page.
    let portal = try await Service {
      $0.intercept = { _ in
        .respond(
          HTTPResponse(status: .ok, headerFields: [.contentType: "text/html"]),
          Array("<html>".utf8))
      }
    }
    let page = try await Program.run(
      "run", file.path, "--type", "skus", environment: portal.environment())
    await portal.stop()
    #expect(page.status == 69, "\(page.err)")
    let redirecting = try await Service {
      $0.intercept = { request in
        guard request.path?.hasPrefix("/api") == true else { return nil }
        return .respond(
          HTTPResponse(
            status: .temporaryRedirect, headerFields: [.location: "https://evil.example/"]), [])
      }
    }
    let redirect = try await Program.run(
      "run", file.path, "--type", "skus", environment: redirecting.environment())
    await redirecting.stop()
    #expect(redirect.status == 76, "\(redirect.err)")
    #expect(redirect.err.contains("evil.example"))
  }

  @Test func credentialsFromAFileAndFromStandardInput() async throws {
    let service = try await Service()
    let file = try Input(skus(1))
    let secret = service.server.sandbox.clientSecret.exposed
    let credentials = try Input(
      #"{"organization":"acme","client_id":"sandbox","client_secret":"\#(secret)"}"#, ".json")
    let port = String(service.server.port)
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o644], ofItemAtPath: credentials.path)
    let exposed = try await Program.run(
      "run", file.path, "--type", "skus", "--credentials", credentials.path, "--base-port", port)
    #expect(exposed.status == 0, "\(exposed.err)")
    #expect(exposed.err.contains("chmod 600"))
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o600], ofItemAtPath: credentials.path)
    let hidden = try await Program.run(
      "list", "--credentials", credentials.path, "--base-port", port)
    #expect(hidden.status == 0)
    #expect(hidden.err == "")
    let piped = try await Program.run(
      "list", "--client-secret-stdin", "--base-port", port,
      environment: ["CL_CLIENT_ID": "sandbox"], input: secret + "\n")
    #expect(piped.status == 0, "\(piped.err)")
    await service.stop()
  }

  @Test func listShowInterruptDelete() async throws {
    let service = try await Service { $0.pace = .manual }
    let client = try CommerceLayerClient(
      organization: "sandbox",
      credentials: .clientCredentials(
        id: service.server.sandbox.clientID, secret: service.server.sandbox.clientSecret),
      configuration: .init(transport: service.server.sandbox.transport))
    let job = try await client.imports.create(
      .init(resourceType: .tags, inputs: .json([["name": "t"] as JSONObject])))
    let environment = service.environment()
    let list = try await Program.run("list", environment: environment)
    #expect(list.status == 0)
    #expect(list.out.contains(job.id.rawValue) && list.out.contains("pending"))
    let json = try await Program.run("list", "--json", environment: environment)
    #expect(json.json?.array?.first?["id"]?.string == job.id.rawValue)
    let interrupt = try await Program.run("interrupt", job.id.rawValue, environment: environment)
    #expect(interrupt.out.contains("interrupted"))
    let show = try await Program.run("show", job.id.rawValue, environment: environment)
    #expect(show.out.contains("interrupted") && show.out.contains("tags"))
    let delete = try await Program.run("delete", job.id.rawValue, environment: environment)
    #expect(delete.status == 0, "\(delete.err)")
    let gone = try await Program.run("show", job.id.rawValue, environment: environment)
    #expect(gone.status == 65)
    #expect(gone.err.contains("the resource does not exist"))
    await service.stop()
  }

  @Test(arguments: [(SIGINT, Int32(130)), (SIGTERM, Int32(143))])
  func aSignalStopsTheRunAndNamesWhatGoesOn(signal: Int32, status: Int32) async throws {
    // Nothing is processed, so the import runs until the signal comes.
    let service = try await Service { $0.pace = .manual }
    let file = try Input(skus(3))
    let running = try Program.Running(
      ["run", file.path, "--type", "skus"], environment: service.environment(), input: nil)
    while !running.errors.contains("pending") { try await Task.sleep(for: .milliseconds(20)) }
    kill(running.pid, signal)
    let outcome = await running.outcome()
    await service.stop()
    #expect(outcome.status == status, "\(outcome.err)")
    #expect(outcome.err.contains("these imports go on in the service"))
    #expect(!outcome.err.contains(" ended: "), "it goes on: \(outcome.err)")
    #expect(outcome.out.contains("not processed"))
    #expect(outcome.out.contains("3"))
  }

  /// The first waits for responses that are on their way, the second for nothing.
  @Test(arguments: [(SIGINT, 130), (SIGTERM, 143), (SIGHUP, 143)] as [(Int32, Int32)])
  func aSecondSignalEndsAtOnce(signal: Int32, status: Int32) async throws {
    let service = try await Service()
    let proxy = try await WireFaultProxy.start(
      to: service.server.port,
      rules: [.init([.noResponse], method: "POST", path: "/api/imports")])
    let file = try Input(skus(3))
    let running = try Program.Running(
      ["run", file.path, "--type", "skus"], environment: service.environment(port: proxy.port),
      input: nil)
    while !service.requests.contains("POST /api/imports") {
      try await Task.sleep(for: .milliseconds(10))
    }
    kill(running.pid, signal)
    while !running.errors.contains("stopping:") { try await Task.sleep(for: .milliseconds(10)) }
    kill(running.pid, signal)
    let outcome = await running.outcome()
    await proxy.stop()
    await service.stop()
    #expect(outcome.status == status, "\(outcome.err)")
    #expect(!outcome.err.contains("error: stopped"), "it waited: \(outcome.err)")
  }

  @Test func planAsksNobody() async throws {
    let file = try Input(skus(25))
    let plan = try await Program.run("plan", file.path, "--type", "skus", "--chunk-rows", "10")
    #expect(plan.status == 0, "\(plan.err)")
    #expect(plan.out.contains("3, the largest of 10 rows"))
    let json = try await Program.run("plan", file.path, "--type", "skus", "--json")
    #expect(json.json?["plan"]?["rows"] == 25)
    #expect(json.json?["plan"]?["keyed"] == true)
    let bad = try Input("code,weight\nA,x\n")
    let rejected = try await Program.run("plan", bad.path, "--type", "skus")
    #expect(rejected.status == 65)
    #expect(rejected.out.contains("column 'weight': 'x' is not a number"))
  }

  @Test func theDemoShowsFailuresAndSucceeds() async throws {
    let demo = try await Program.run("demo")
    #expect(demo.status == 0, "\(demo.err)")
    #expect(demo.out.contains("3000 rows of skus"))
    #expect(demo.out.contains("name: can't be blank"))
    #expect(demo.out.contains("Read back:"))
  }

  /// The sums and the reasons are the same over HTTP and in one process; ids are given as imports come.
  @Test func theDemoInOneProcessPrintsWhatTheOneOverHTTPDoes() async throws {
    func words(_ text: String) -> [String] {
      text.split(separator: "\n").filter { $0.contains("DEMO-") || $0.hasSuffix("0") }
        .map { $0.split(separator: " ").dropFirst().joined(separator: " ") }
    }
    let overHTTP = try await Program.run("demo")
    let inProcess = try await Program.Running(
      ["--no-progress"], environment: [:], input: nil, tool: "cl-demo"
    ).outcome()
    #expect(inProcess.status == 0, "\(inProcess.err)")
    // Imports run at the same time, and the rows of the first that ends are told first.
    #expect(words(inProcess.out).sorted() == words(overHTTP.out).sorted())
    #expect(words(inProcess.out).count > 10)
    #expect(inProcess.err.contains("3 of 3 imports ended"))
  }

  @Test(arguments: [
    (["--loud"], 64, "'--loud' is not an option of cl-demo"),
    (["skus.csv"], 64, "'skus.csv' is not an option"),
    (["--no-progress=1"], 64, "'--no-progress=1' is not an option"),
    (["--log-level"], 64, "there is no value after '--log-level'"),
    (["--log-level=loud"], 64, "--log-level is one of trace, debug"),
    (["--log-file", "/no-such-folder/log"], 73, "cannot be written"),
  ])
  func argumentsOfTheDemoThatAreNotValid(
    arguments: [String], status: Int32, message: String
  ) async throws {
    let demo = try await Program.Running(
      arguments, environment: ["CL_LOG_LEVEL": ""], input: nil, tool: "cl-demo"
    ).outcome()
    #expect(demo.status == status && demo.err.contains("error: "), "\(demo.err)")
    #expect(demo.err.contains(message), "\(demo.err)")
    #expect(demo.out.isEmpty)
  }

  @Test func theDemoTakesNoSecretFromAnArgument() async throws {
    let demo = try await Program.Running(
      ["--client-secret", "hushcanary"], environment: [:], input: nil, tool: "cl-demo"
    ).outcome()
    #expect(demo.status == 64 && demo.out.isEmpty)
    #expect(demo.err.contains("a secret is never taken from an argument"))
    #expect(!demo.err.contains("hushcanary"))
  }

  @Test func theDemoSaysWhatItTakes() async throws {
    for arguments in [["--help"], ["-h", "--loud"]] {
      let help = try await Program.Running(
        arguments, environment: [:], input: nil, tool: "cl-demo"
      ).outcome()
      #expect(help.status == 0 && help.out.contains("USAGE: cl-demo"), "\(help.err)")
    }
  }

  @Test(arguments: ["--faults", "--wire-faults"])
  func faultsThatCannotBeReadAreNamed(option: String) async throws {
    let file = try Input(#"[{"path": "/api/skus", "fault": "thunder"}]"#, ".json")
    let run = try await Program.run("sandbox", option, file.path)
    #expect(run.status == 65 && run.err.contains(file.path), "\(run.err)")
    #expect(run.err.contains("fault"))
  }

  @Test func theSandboxCommandServesAndStops() async throws {
    let sandbox = try Program.Running(
      ["sandbox"], environment: [:], input: nil, showsSecrets: true)
    while !sandbox.output.contains("CL_CLIENT_SECRET") {
      try await Task.sleep(for: .milliseconds(20))
    }
    var environment: [String: String] = [:]
    for line in sandbox.output.split(separator: "\n") {
      let parts = line.dropFirst("export ".count).split(separator: "=", maxSplits: 1)
      if parts.count == 2 { environment[String(parts[0])] = String(parts[1]) }
    }
    let file = try Input(skus(3))
    let run = try await Program.run("run", file.path, "--type", "skus", environment: environment)
    #expect(run.status == 0, "\(run.err)")
    kill(sandbox.pid, SIGTERM)
    let outcome = await sandbox.outcome()
    #expect(outcome.status == 0, "\(outcome.err)")
  }
}
