import CommerceLayer
import CommerceLayerSandbox
import CommerceLayerSandboxServer
import Foundation
import HTTPTypes
import Synchronization
import Testing

/// The real cl-import, as a process.
enum Program {
  /// What a run of it left.
  struct Outcome {
    let status: Int32
    let out: String
    let err: String
    var json: JSONValue? { try? JSONValue(parsing: out) }
  }

  /// Built beside the tests; a path is taken as it is.
  static func url(_ name: String = "cl-import") throws -> URL {
    if name.hasPrefix("/") { return URL(filePath: name) }
    let candidates =
      [Bundle.main.executableURL?.deletingLastPathComponent()]
      + Bundle.allBundles.map { $0.bundleURL.deletingLastPathComponent() }
    for case let folder? in candidates {
      let url = folder.appendingPathComponent(name)
      if FileManager.default.isExecutableFile(atPath: url.path) { return url }
    }
    throw Missing(name: name)
  }

  struct Missing: Error {
    let name: String
  }

  /// The folder of a run of all tests that is watched for secrets: see scripts/check-secrets.
  private static var watched: String? {
    ProcessInfo.processInfo.environment["CL_TEST_TRACE"].flatMap { $0.isEmpty ? nil : $0 }
  }

  /// What is added to the environment of every process: where temporary files go, and in a watched run
  /// the log.
  private static func surroundings(_ tool: String) -> [String: String] {
    var all = ["TMPDIR": NSTemporaryDirectory()]
    // Journals of tests that have no folder of their own for them.
    all["CL_STATE_DIR"] = NSTemporaryDirectory() + "cl-import-state-\(getpid())"
    // What scripts/check-threads asks of the sanitizer counts for every process.
    all["TSAN_OPTIONS"] = ProcessInfo.processInfo.environment["TSAN_OPTIONS"]
    if let watched {
      all["CL_LOG_LEVEL"] = "trace"
      all["CL_LOG_FILE"] = "\(watched)/\(tool.split(separator: "/").last ?? "tool").log"
    }
    return all
  }

  /// A process of it that was started.
  final class Running: Sendable {
    private let out: URL
    private let err: URL
    private let ended: Task<Int32, Never>
    private let staysBehind: Bool
    let pid: Int32

    /// - Parameter showsSecrets: prints one on purpose; otherwise what it prints is kept in a watched
    ///   run.
    init(
      _ arguments: [String], environment: [String: String], input: String?,
      tool: String = "cl-import", showsSecrets: Bool = false
    ) throws {
      staysBehind = Program.watched != nil && !showsSecrets
      let folder = FileManager.default.temporaryDirectory
      out = folder.appendingPathComponent("cl-import-out-\(UUID().uuidString)")
      err = folder.appendingPathComponent("cl-import-err-\(UUID().uuidString)")
      for url in [out, err] { try Data().write(to: url) }
      let process = Process()
      process.executableURL = try Program.url(tool)
      process.arguments = arguments
      process.environment = Program.surroundings(tool).merging(environment) { $1 }
      process.standardOutput = try FileHandle(forWritingTo: out)
      process.standardError = try FileHandle(forWritingTo: err)
      if let input {
        let pipe = Pipe()
        process.standardInput = pipe
        try pipe.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try pipe.fileHandleForWriting.close()
      } else {
        process.standardInput = FileHandle.nullDevice
      }
      let (stream, continuation) = AsyncStream.makeStream(of: Int32.self)
      // The handler keeps the process until it has ended.
      process.terminationHandler = {
        continuation.yield($0.terminationStatus)
        continuation.finish()
      }
      ended = Task {
        for await status in stream { return status }
        return -1
      }
      try process.run()
      pid = process.processIdentifier
    }

    /// What it has written to standard output so far.
    var output: String { (try? String(contentsOf: out, encoding: .utf8)) ?? "" }
    /// What it has written to standard error so far.
    var errors: String { (try? String(contentsOf: err, encoding: .utf8)) ?? "" }

    func outcome() async -> Outcome {
      let status = await ended.value
      defer {
        if !staysBehind { for url in [out, err] { try? FileManager.default.removeItem(at: url) } }
      }
      return Outcome(status: status, out: output, err: errors)
    }
  }

  /// Runs a command of the shell, in which `$CL` is the program.
  static func shell(
    _ command: String, environment: [String: String] = [:], input: String? = nil
  ) async throws -> Outcome {
    var all = ["CL": try url().path, "PATH": ProcessInfo.processInfo.environment["PATH"] ?? ""]
    all.merge(environment) { $1 }
    return try await Running(["-c", command], environment: all, input: input, tool: "/bin/sh")
      .outcome()
  }

  /// Runs it on a terminal: standard input and standard error are one, and each prompt is replied to.
  /// - Parameter replies: What is typed once the terminal shows the prompt, one after the other.
  static func onTerminal(
    _ arguments: String..., environment: [String: String], replies: [(prompt: String, text: String)]
  ) async throws -> Outcome {
    var (terminal, side): (Int32, Int32) = (-1, -1)
    guard openpty(&terminal, &side, nil, nil, nil) == 0 else { throw POSIXError(.ENOTTY) }
    let handle = FileHandle(fileDescriptor: side, closeOnDealloc: false)
    let out = FileManager.default.temporaryDirectory
      .appendingPathComponent("cl-import-out-\(UUID().uuidString)")
    try Data().write(to: out)
    defer { try? FileManager.default.removeItem(at: out) }
    let process = Process()
    process.executableURL = try url()
    process.arguments = arguments
    process.environment = surroundings("cl-import").merging(environment) { $1 }
    process.standardInput = handle
    process.standardError = handle
    process.standardOutput = try FileHandle(forWritingTo: out)
    let (stream, continuation) = AsyncStream.makeStream(of: Int32.self)
    process.terminationHandler = {
      continuation.yield($0.terminationStatus)
      continuation.finish()
    }
    try process.run()
    close(side)
    // Reading ends when the process, which has the other side, does.
    let shownOn = terminal
    let shown = await withCheckedContinuation { continuation in
      Thread.detachNewThread {
        continuation.resume(returning: converse(on: shownOn, replies))
        close(shownOn)
      }
    }
    var status: Int32 = -1
    for await ended in stream { status = ended }
    let printed = (try? String(contentsOf: out, encoding: .utf8)) ?? ""
    return Outcome(status: status, out: printed, err: shown)
  }

  private static func converse(
    on terminal: Int32, _ replies: [(prompt: String, text: String)]
  ) -> String {
    var shown: [UInt8] = []
    var left = replies[...]
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = read(terminal, &buffer, buffer.count)
      guard count > 0 else { return String(decoding: shown, as: UTF8.self) }
      shown += buffer[..<count]
      if let next = left.first, String(decoding: shown, as: UTF8.self).contains(next.prompt) {
        left.removeFirst()
        let text = Array(next.text.utf8)
        _ = write(terminal, text, text.count)
      }
    }
  }

  static func run(
    _ arguments: String..., environment: [String: String] = [:], input: String? = nil,
    tool: String = "cl-import"
  ) async throws -> Outcome {
    try await Running(arguments, environment: environment, input: input, tool: tool).outcome()
  }
}

/// A file for the program to read.
final class Input {
  let path: String

  init(_ text: String, _ suffix: String = ".csv") throws {
    path =
      FileManager.default.temporaryDirectory
      .appendingPathComponent("cl-import-in-\(UUID().uuidString)\(suffix)").path
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// A sandbox on a port, and how often it was asked for what.
final class Service: Sendable {
  let server: SandboxServer
  private let log: Log

  final class Log: Sendable {
    private let requests = Mutex([String]())
    func add(_ text: String) { requests.withLock { $0.append(text) } }
    var all: [String] { requests.withLock { $0 } }
  }

  /// What it responds in the place of the sandbox.
  struct Faults: Sendable {
    /// Asked for each request after it was noted; nil lets it pass.
    let fault: @Sendable (HTTPRequest) -> Fault?
  }

  /// - Parameter port: Where it listens; any free port when 0.
  init(
    port: Int = 0, faults: Faults? = nil,
    _ change: (inout SandboxConfiguration) -> Void = { _ in }
  ) async throws {
    let log = Log()
    var configuration = SandboxConfiguration()
    configuration.intercept = { request in
      log.add("\(request.method.rawValue) \((request.path ?? "").prefix { $0 != "?" })")
      return faults?.fault(request)
    }
    change(&configuration)
    self.log = log
    server = try await SandboxServer.start(try Sandbox(configuration), port: port)
  }

  var requests: [String] { log.all }

  /// - Parameter port: Where the program finds it; its own port when nil.
  func environment(secret: String? = nil, port: Int? = nil) -> [String: String] {
    [
      "CL_BASE_PORT": String(port ?? server.port), "CL_CLIENT_ID": server.sandbox.clientID,
      "CL_CLIENT_SECRET": secret ?? server.sandbox.clientSecret.exposed,
    ]
  }

  func stop() async {
    server.sandbox.stop()
    await server.stop()
  }
}
