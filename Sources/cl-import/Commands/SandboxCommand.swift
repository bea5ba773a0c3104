import ArgumentParser
import CommerceLayer
import CommerceLayerSandbox
import Foundation

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
    configuration.acceptUnsimulated = acceptUnsimulated
    configuration.acceptMissingRelated = acceptMissingRelated
    if let applications { configuration.applications = try Self.applications(applications) }
    let logs = log.map { $0 == .requests } ?? (isatty(STDERR_FILENO) == 1)
    if logs { configuration.observe = { Console.err(Self.line($0)) } }
    let local = try await LocalSandbox.start(configuration, port: port)
    if let faults { try await setFaults(faults, local) }
    // For a shell to take in; its secret is one of this sandbox alone.
    Console.out("export CL_BASE_PORT=\(local.server.port)")
    Console.out("export CL_ORGANIZATION=\(local.sandbox.configuration.organization)")
    Console.out("export CL_CLIENT_ID=\(local.sandbox.clientID)")
    Console.out("export CL_CLIENT_SECRET=\(local.sandbox.clientSecret.exposed)")
    Console.err(
      """
      The sandbox listens on http://127.0.0.1:\(local.server.port)/api and keeps its records \
      \(file.map { "in \($0)" } ?? "until it ends").
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

  private func setFaults(_ path: String, _ local: LocalSandbox) async throws {
    do {
      try local.sandbox.setFaults(try String(contentsOfFile: path, encoding: .utf8))
    } catch {
      await local.stop()
      throw Failure(
        .data, "the faults in '\(path)' cannot be read", because: "\(error)",
        advice:
          "write a JSON list such as [{\"path\": \"/api/skus\", \"times\": 1, \"status\": 503}]")
    }
  }

  /// `GET /api/skus 200 3 ms`, with the reason of an error.
  private static func line(_ request: HandledRequest) -> String {
    let milliseconds = Int(request.duration / .milliseconds(1))
    let path = TerminalSafe.text(request.path, limit: 200)
    let reason = request.reason.map { ": " + TerminalSafe.text($0, limit: 200) } ?? ""
    return "\(request.method) \(path) \(request.status) \(milliseconds) ms\(reason)"
  }
}
