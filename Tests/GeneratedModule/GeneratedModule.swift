public import Foundation

/// Generated sources as a module of their own, checked by the compiler against the runtime that the
/// tests were built with.
public struct GeneratedModule: Sendable {
  /// One source file.
  public struct Source: Sendable {
    let name: String
    let text: String

    /// Creates a source file.
    public init(name: String, text: String) {
      self.name = name
      self.text = text
    }
  }

  /// What a process said.
  private struct Outcome {
    var status: Int32
    var text: String
  }

  private static let name = "Generated"

  private let sources: [Source]

  /// Creates a module of source files.
  public init(_ sources: [Source]) { self.sources = sources }

  /// The same module with one source file more.
  public func adding(_ text: String, name: String) -> GeneratedModule {
    GeneratedModule(sources + [Source(name: name, text: text)])
  }

  /// Where SwiftPM put the runtime's module; nil when the tests were built by something else.
  public static let runtime: URL? = {
    for argument in CommandLine.arguments {
      var folder = URL(filePath: argument)
      while folder.pathComponents.count > 1 {
        folder.deleteLastPathComponent()
        let modules = folder.appending(path: "Modules")
        let runtime = modules.appending(path: "CommerceLayerRuntime.swiftmodule")
        if FileManager.default.fileExists(atPath: runtime.path) { return modules }
      }
    }
    return nil
  }()

  /// The errors and warnings of the compiler; empty when there are none.
  public func diagnostics() throws -> [String] {
    try inFolder { folder, files in
      let outcome = try Self.run(
        ["swiftc", "-typecheck", "-parse-as-library"] + Self.options + files)
      let lines = outcome.text.split(separator: "\n").map(String.init)
      let found = lines.filter { $0.contains(": error: ") || $0.contains(": warning: ") }
        .map { $0.replacing(folder.path + "/", with: "") }
      return found.isEmpty && outcome.status != 0 ? lines : found
    }
  }

  /// The symbol graphs of the module, as JSON: the compiler's own list of what is public.
  public func symbolGraphs() throws -> [Data] {
    try inFolder { folder, files in
      let module = folder.appending(path: "\(Self.name).swiftmodule").path
      let built = try Self.run(
        ["swiftc", "-emit-module", "-parse-as-library", "-emit-module-path", module]
          + Self.options + files)
      guard built.status == 0 else { throw CompilerFailure(text: built.text) }
      let target = try Self.run(["swiftc", "-print-target-info"])
      guard
        let triple = target.text.firstMatch(of: /"triple"\s*:\s*"([^"]+)"/)?.output.1
      else { throw CompilerFailure(text: target.text) }
      let graphs = folder.appending(path: "graphs")
      try FileManager.default.createDirectory(at: graphs, withIntermediateDirectories: true)
      let extracted = try Self.run([
        "swift", "symbolgraph-extract", "-module-name", Self.name, "-I", folder.path, "-I",
        Self.runtime?.path ?? "", "-target", String(triple), "-output-dir", graphs.path,
        "-minimum-access-level", "public", "-skip-synthesized-members",
      ])
      guard extracted.status == 0 else { throw CompilerFailure(text: extracted.text) }
      return try FileManager.default.contentsOfDirectory(
        at: graphs, includingPropertiesForKeys: nil
      ).map { try Data(contentsOf: $0) }
    }
  }

  /// The settings of this package's targets.
  private static var options: [String] {
    [
      "-swift-version", "6", "-module-name", name, "-I", runtime?.path ?? "",
      "-enable-upcoming-feature", "ExistentialAny", "-enable-upcoming-feature",
      "InternalImportsByDefault", "-enable-upcoming-feature", "MemberImportVisibility",
    ]
  }

  private func inFolder<R>(_ body: (URL, [String]) throws -> R) throws -> R {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "generated-module-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let files = try sources.map { source in
      let file = folder.appending(path: source.name)
      try Data(source.text.utf8).write(to: file)
      return file.path
    }
    return try body(folder, files)
  }

  private static func run(_ command: [String]) throws -> Outcome {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = command
    let pipe = Pipe()
    process.standardError = pipe
    process.standardOutput = pipe
    try process.run()
    let said = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return Outcome(status: process.terminationStatus, text: said)
  }
}

/// The compiler rejected what it should accept.
public struct CompilerFailure: Error, CustomStringConvertible {
  let text: String

  /// What the compiler said.
  public var description: String { text }
}
