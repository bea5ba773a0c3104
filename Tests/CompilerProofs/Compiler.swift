public import Foundation

/// The compiler as a process, asked about programs that import the modules these tests were built
/// with.
///
/// The calls are asynchronous: a test that blocks its thread while the compiler runs holds up every
/// other test, and with two threads two of them hold up all.
public enum Compiler {
  /// The outcome of one process.
  public struct Outcome: Sendable {
    /// The exit status.
    public let status: Int32
    /// Standard output and standard error, as they came.
    public let text: String
  }

  /// The compiler's verdict on a program.
  public struct Verdict: Sendable {
    /// Whether the program compiles.
    public let succeeded: Bool
    /// The error messages, without their places.
    public let errors: [String]
  }

  /// Returns the folder SwiftPM put a module in; nil when the tests were built by something else.
  public static func modules(with name: String) -> URL? {
    for argument in CommandLine.arguments {
      var folder = URL(filePath: argument)
      while folder.pathComponents.count > 1 {
        folder.deleteLastPathComponent()
        let modules = folder.appending(path: "Modules")
        let module = modules.appending(path: "\(name).swiftmodule")
        if FileManager.default.fileExists(atPath: module.path) { return modules }
      }
    }
    return nil
  }

  /// The folder of the client's module.
  public static let modules = modules(with: "CommerceLayer")

  /// Where the modules in C are that programs need who import the sandbox or the journal.
  private static var moduleMaps: [String] {
    // Modules lie in the build folder's TRIPLE/debug.
    guard let modules else { return [] }
    let map = modules.deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
      .appending(path: "checkouts/GRDB.swift/Sources/GRDBSQLite/module.modulemap")
    guard FileManager.default.fileExists(atPath: map.path) else { return [] }
    return ["-Xcc", "-fmodule-map-file=\(map.path)"]
  }

  /// The settings of this package's targets.
  public static let settings: [String] =
    ["-swift-version", "6"]
    + ["ExistentialAny", "InternalImportsByDefault", "MemberImportVisibility"].flatMap {
      ["-enable-upcoming-feature", $0]
    }

  /// The folder of the module that package manifests import.
  private static var manifestModules: URL? {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    return path.split(separator: ":").lazy
      .map { URL(filePath: String($0)).appending(path: "swiftc").resolvingSymlinksInPath() }
      .first { FileManager.default.isExecutableFile(atPath: $0.path) }?
      .deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "lib/swift/pm/ManifestAPI")
  }

  /// Type-checks one file as a user's module, or a user's package manifest, would be.
  public static func check(_ program: String, manifest: Bool = false) async throws -> Verdict {
    try await inFolder([(name: "Program.swift", text: program)]) { _, files in
      let modules = (manifest ? manifestModules : modules)?.path ?? ""
      let outcome = try await run(
        ["swiftc", "-typecheck", "-swift-version", "6", "-parse-as-library", "-I", modules]
          + (manifest ? ["-package-description-version", "6.2.0"] : moduleMaps) + files)
      let errors = outcome.text.split(separator: "\n").filter { $0.hasPrefix(files[0]) }
        .compactMap { line in
          line.firstRange(of: ": error: ").map { String(line[$0.upperBound...]) }
        }
      return Verdict(succeeded: outcome.status == 0, errors: errors)
    }
  }

  /// Runs a program of the toolchain and waits for its end without holding a thread. No more of them
  /// run at once than there are processors: a dozen compilers side by side finish later than one after
  /// the other, and everything beside them waits.
  public static func run(_ command: [String]) async throws -> Outcome {
    await places.take()
    do {
      let outcome = try await outcome(of: command)
      await places.giveBack()
      return outcome
    } catch {
      await places.giveBack()
      throw error
    }
  }

  private static let places = Places(ProcessInfo.processInfo.activeProcessorCount)

  /// Places for processes, first come first served.
  private actor Places {
    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(_ count: Int) { free = max(1, count) }

    func take() async {
      if free > 0 {
        free -= 1
      } else {
        await withCheckedContinuation { waiting.append($0) }
      }
    }

    func giveBack() {
      if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
  }

  private static func outcome(of command: [String]) async throws -> Outcome {
    let log = FileManager.default.temporaryDirectory.appending(path: "log-\(UUID().uuidString)")
    try Data().write(to: log)
    defer { try? FileManager.default.removeItem(at: log) }
    let handle = try FileHandle(forWritingTo: log)
    defer { try? handle.close() }
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = command
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = handle
    process.standardError = handle
    let (ends, continuation) = AsyncStream.makeStream(of: Int32.self)
    process.terminationHandler = {
      continuation.yield($0.terminationStatus)
      continuation.finish()
    }
    try process.run()
    var status: Int32 = -1
    for await end in ends { status = end }
    return Outcome(status: status, text: try String(contentsOf: log, encoding: .utf8))
  }

  /// Calls a closure with source files in a temporary folder.
  static func inFolder<R>(
    _ sources: [(name: String, text: String)], _ body: (URL, [String]) async throws -> R
  ) async throws -> R {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "compiler-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let files = try sources.map { source in
      let file = folder.appending(path: source.name)
      try Data(source.text.utf8).write(to: file)
      return file.path
    }
    return try await body(folder, files)
  }
}

/// The compiler rejected what it should accept.
public struct CompilerFailure: Error, CustomStringConvertible {
  let text: String

  /// What the compiler said.
  public var description: String { text }
}
