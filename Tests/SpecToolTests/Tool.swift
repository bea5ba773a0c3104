import Foundation
import Testing

/// The real cl-spec, as a process in a folder of its own.
final class Tool: Sendable {
  struct Outcome: Sendable {
    let status: Int32
    let out: String
    let err: String
  }

  /// Where it runs.
  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "tool-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// Built beside the tests.
  static func url() throws -> URL {
    let candidates =
      [Bundle.main.executableURL?.deletingLastPathComponent()]
      + Bundle.allBundles.map { $0.bundleURL.deletingLastPathComponent() }
    return try #require(
      candidates.compactMap { $0?.appending(path: "cl-spec") }
        .first { FileManager.default.isExecutableFile(atPath: $0.path) })
  }

  /// A process that was started.
  final class Running: Sendable {
    let pid: Int32
    private let out: URL
    private let err: URL
    private let ended: Task<Int32, Never>

    fileprivate init(_ program: URL, _ arguments: [String], in folder: URL) throws {
      let process = Process()
      process.executableURL = program
      process.arguments = arguments
      process.currentDirectoryURL = folder
      process.environment = ProcessInfo.processInfo.environment.merging(
        [
          "PATH": try Tool.url().deletingLastPathComponent().path + ":/usr/bin:/bin",
          "LC_ALL": "C",
        ]) { $1 }
      let name = UUID().uuidString
      out = FileManager.default.temporaryDirectory.appending(path: "out-\(name)")
      err = FileManager.default.temporaryDirectory.appending(path: "err-\(name)")
      for url in [out, err] { try Data().write(to: url) }
      process.standardOutput = try FileHandle(forWritingTo: out)
      process.standardError = try FileHandle(forWritingTo: err)
      process.standardInput = FileHandle.nullDevice
      let (stream, continuation) = AsyncStream.makeStream(of: Int32.self)
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

    func outcome() async throws -> Outcome {
      let status = await ended.value
      defer { for url in [out, err] { try? FileManager.default.removeItem(at: url) } }
      return Outcome(
        status: status, out: try String(contentsOf: out, encoding: .utf8),
        err: try String(contentsOf: err, encoding: .utf8))
    }
  }

  func start(_ arguments: String...) throws -> Running {
    try Running(try Self.url(), arguments, in: folder)
  }

  func run(_ arguments: String...) async throws -> Outcome {
    try await Running(try Self.url(), arguments, in: folder).outcome()
  }

  /// A line of shell, cl-spec on its path.
  func shell(_ line: String) async throws -> Outcome {
    try await Running(URL(filePath: "/bin/sh"), ["-c", line], in: folder).outcome()
  }

  func text(_ path: String) throws -> String {
    try String(contentsOf: folder.appending(path: path), encoding: .utf8)
  }

  func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: folder.appending(path: path).path)
  }
}
