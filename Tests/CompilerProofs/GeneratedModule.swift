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

  private static let name = "Generated"

  private let sources: [Source]

  /// Creates a module of source files.
  public init(_ sources: [Source]) { self.sources = sources }

  /// The same module with one source file more.
  public func adding(_ text: String, name: String) -> GeneratedModule {
    GeneratedModule(sources + [Source(name: name, text: text)])
  }

  /// Where SwiftPM put the runtime's module; nil when the tests were built by something else.
  public static let runtime = Compiler.modules(with: "CommerceLayerRuntime")

  /// The errors and warnings of the compiler; empty when there are none.
  public func diagnostics() async throws -> [String] {
    try await inFolder { folder, files in
      let outcome = try await Compiler.run(
        ["swiftc", "-typecheck", "-parse-as-library"] + Self.options + files)
      let lines = outcome.text.split(separator: "\n").map(String.init)
      let found = lines.filter { $0.contains(": error: ") || $0.contains(": warning: ") }
        .map { $0.replacing(folder.path + "/", with: "") }
      return found.isEmpty && outcome.status != 0 ? lines : found
    }
  }

  /// The symbol graphs of the module, as JSON: the compiler's own list of what is public.
  public func symbolGraphs() async throws -> [Data] {
    try await inFolder { folder, files in
      let module = folder.appending(path: "\(Self.name).swiftmodule").path
      let built = try await Compiler.run(
        ["swiftc", "-emit-module", "-parse-as-library", "-emit-module-path", module]
          + Self.options + files)
      guard built.status == 0 else { throw CompilerFailure(text: built.text) }
      return try await SymbolGraphs.extract(
        Self.name, from: [folder, Self.runtime].compactMap { $0 })
    }
  }

  private static var options: [String] {
    Compiler.settings + ["-module-name", name, "-I", runtime?.path ?? ""]
  }

  private func inFolder<R>(_ body: (URL, [String]) async throws -> R) async throws -> R {
    try await Compiler.inFolder(sources.map { ($0.name, $0.text) }, body)
  }
}

/// The compiler's own lists of what is public.
public enum SymbolGraphs {
  /// Returns the symbol graphs of a compiled module, as JSON.
  /// - Parameters:
  ///   - folders: Where its module and those it imports are.
  ///   - options: What the compiler needs beyond that.
  public static func extract(
    _ module: String, from folders: [URL], options: [String] = []
  ) async throws -> [Data] {
    let info = try await Compiler.run(["swiftc", "-print-target-info"])
    guard let triple = info.text.firstMatch(of: /"triple"\s*:\s*"([^"]+)"/)?.output.1 else {
      throw CompilerFailure(text: info.text)
    }
    return try await Compiler.inFolder([]) { output, _ in
      let extracted = try await Compiler.run(
        [
          "swift", "symbolgraph-extract", "-module-name", module, "-target", String(triple),
          "-output-dir", output.path, "-minimum-access-level", "public",
          "-skip-synthesized-members",
        ] + folders.flatMap { ["-I", $0.path] } + options)
      guard extracted.status == 0 else { throw CompilerFailure(text: extracted.text) }
      return try FileManager.default.contentsOfDirectory(
        at: output, includingPropertiesForKeys: nil
      ).map { try Data(contentsOf: $0) }
    }
  }
}
