import ArgumentParser
import CommerceLayer
import CommerceLayerSandbox
import CommerceLayerSandboxServer
import Foundation
import ImportConsole

struct SandboxCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sandbox",
    abstract: "Start a server that behaves as the service does, on this machine only.")

  @Option(help: "The port; 0 is any free one.")
  var port = 0

  @Option(
    help: ArgumentHelp(
      "Process imports at so many rows a second instead of at once.", valueName: "rows"))
  var rowsPerSecond: Int?

  @Flag(
    help: "Accept triggers whose effect is not simulated, instead of responding with status 501.")
  var acceptUnsimulated = false

  @Flag(help: "Accept relationships that name records which do not exist.")
  var acceptMissingRelated = false

  @Option(
    help: ArgumentHelp(
      "Keep the records in this SQLite file; a later start goes on where it ended.",
      valueName: "path"))
  var file: String?

  @Flag(
    help: "Ignore filters it does not understand, as the service is said to, instead of HTTP 400.")
  var lenientFilters = false

  @Option(
    help: ArgumentHelp(
      "Respond to some requests with faults: a JSON list, described in docs/sandbox.md.",
      valueName: "path"))
  var faults: String?

  @Option(
    help: ArgumentHelp(
      "Break connections of some requests: a JSON list, described in docs/sandbox.md.",
      valueName: "path"))
  var wireFaults: String?

  @Option(
    help: ArgumentHelp(
      "Begin with records, unless they are there already: 'shop' is a small shop with orders.",
      valueName: "what"))
  var seedData: SeedChoice?

  @Option(
    help: ArgumentHelp(
      "Let the sandbox's clock run, or stand still until POST /__sandbox__/time moves it: 'running' or 'still'.",
      valueName: "how"))
  var clock = ClockChoice.running

  @Option(
    help: ArgumentHelp(
      "Give tokens to these applications, too: a JSON list, described in docs/sandbox.md.",
      valueName: "path"))
  var applications: String?

  @Flag(help: "Limit requests as the service does, with HTTP 429.")
  var rateLimits = false

  @Option(
    help: ArgumentHelp(
      "Print each request to standard error: 'requests', or 'none'. On a terminal it does unless told otherwise.",
      valueName: "what"))
  var log: LogChoice?

  enum LogChoice: String, ExpressibleByArgument { case requests, none }

  enum ClockChoice: String, ExpressibleByArgument { case running, still }

  enum SeedChoice: String, ExpressibleByArgument { case shop }

  func validate() throws {
    guard (0...65_535).contains(port) else {
      throw ValidationError("--port is 0 to 65535, not \(port)")
    }
    if let rowsPerSecond, rowsPerSecond < 1 {
      throw ValidationError("--rows-per-second is at least 1, not \(rowsPerSecond)")
    }
  }

  func run() async throws {
    let (stops, stop) = AsyncStream.makeStream(of: Int32.self)
    let signals = Signals { stop.yield($0) }
    var configuration = SandboxConfiguration()
    configuration.pace = rowsPerSecond.map { .rows(perSecond: $0) } ?? .immediate
    configuration.storage = file.map { .file($0) } ?? .memory
    configuration.lenientFilters = lenientFilters
    configuration.limitsRates = rateLimits
    configuration.clockRuns = clock == .running
    configuration.acceptUnsimulated = acceptUnsimulated
    configuration.acceptMissingRelated = acceptMissingRelated
    if let applications { configuration.applications = try Self.applications(applications) }
    let logs = log.map { $0 == .requests } ?? (isatty(STDERR_FILENO) == 1)
    if logs { configuration.observe = { Console.err(Self.line($0)) } }
    var wire: LocalSandbox.Wire?
    if let wireFaults {
      wire = .init(
        rules: try Self.read(wireFaults, WireFaultRule.list, example: Self.wireFaultExample))
      if logs {
        wire?.observe = { if !$0.faults.isEmpty { Console.err(Self.line($0)) } }
      }
    }
    let local = try await LocalSandbox.start(configuration, port: port, wire: wire)
    do {
      if let faults {
        try Self.read(faults, local.sandbox.setFaults, example: Self.faultExample)
      }
      switch seedData {
      case .shop: try await seed(.shop, local.sandbox)
      case nil: break
      }
    } catch {
      await local.stop()
      throw error
    }
    // For a shell to take in; its secret is one of this sandbox alone.
    Console.out("export CL_BASE_PORT=\(local.port)")
    Console.out("export CL_ORGANIZATION=\(local.sandbox.configuration.organization)")
    Console.out("export CL_CLIENT_ID=\(local.sandbox.clientID)")
    Console.out("export CL_CLIENT_SECRET=\(local.sandbox.clientSecret.exposed)")
    Console.err(
      """
      The sandbox listens on http://127.0.0.1:\(local.port)/api and keeps its records \
      \(file.map { "in \($0)" } ?? "until it ends").
      A browser shows its records, requests and faults at http://127.0.0.1:\(local.port)/
      Take the lines above into another shell and run: cl-import run skus.csv --type skus
      Ctrl-C ends it.
      """)
    for await _ in stops { break }
    await local.stop()
    Console.err("the sandbox has ended")
    // Being ended is what it waits for.
    withExtendedLifetime(signals) {}
  }

  private static func applications(_ path: String) throws -> [SandboxApplication] {
    do {
      return try SandboxApplication.list(
        parsing: try String(contentsOfFile: path, encoding: .utf8))
    } catch {
      throw Failure(
        .data, "the applications in '\(path)' cannot be read", because: "\(error)",
        advice: "write a JSON list such as [{\"client_id\": \"shop\", \"kind\": \"sales_channel\"}]"
      )
    }
  }

  private static let faultExample = #"[{"path": "/api/skus", "times": 1, "status": 503}]"#
  private static let wireFaultExample =
    #"[{"path": "/api/imports", "times": 1, "fault": "reset_after_request"}]"#

  /// Reads a file of faults.
  private static func read<T>(
    _ path: String, _ read: (String) throws -> T, example: String
  ) throws -> T {
    do {
      return try read(try String(contentsOfFile: path, encoding: .utf8))
    } catch {
      throw Failure(
        .data, "the faults in '\(path)' cannot be read", because: "\(error)",
        advice: "write a JSON list such as \(example)")
    }
  }

  private func seed(_ data: SeedData, _ sandbox: Sandbox) async throws {
    do {
      let count = try await sandbox.seed(data)
      Console.err(
        count > 0
          ? "made \(count) records: \(data.rawValue)"
          : "the records of '\(data.rawValue)' are there already")
    } catch {
      throw Failure(
        .data, "the records of '\(data.rawValue)' cannot be made", because: "\(error)",
        advice: "leave --seed-data out, or begin with a new --file")
    }
  }

  /// `GET /api/skus 200 3 ms`, with the reason of an error.
  private static func line(_ request: HandledRequest) -> String {
    let milliseconds = Int(request.duration / .milliseconds(1))
    let path = TerminalSafe.text(request.path, limit: 200)
    let reason = request.reason.map { ": " + TerminalSafe.text($0, limit: 200) } ?? ""
    return "\(request.method) \(path) \(request.status) \(milliseconds) ms\(reason)"
  }
  /// `POST /api/imports: reset_after_request (the request reaches the server)`
  private static func line(_ exchange: WireFaultProxy.Exchange) -> String {
    let faults = exchange.faults.map(\.name).joined(separator: ", ")
    let reach =
      switch exchange.reach {
      case .never: "the request does not reach the server"
      case .later: "the request reaches the server later"
      case .always: "the request reaches the server"
      }
    let request = TerminalSafe.text("\(exchange.method) \(exchange.path)", limit: 200)
    return "\(request): \(faults) (\(reach))"
  }
}
