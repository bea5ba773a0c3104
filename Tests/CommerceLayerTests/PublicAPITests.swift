import CompilerProofs
import Foundation
import Testing

/// The public API is a list kept in the repository: whoever changes it sees so in the review.
///
/// What the generator writes is not listed: it follows from `Spec/`, and `cl-spec diff` says what a
/// change of that means for users.
@Suite(
  .enabled(if: PublicAPI.isReadable, "The compiler's modules are not where SwiftPM puts them."))
struct PublicAPITests {
  @Test(arguments: PublicAPI.modules)
  func theListIsTheOneThatWasReviewed(module: String) async throws {
    let now = try await PublicAPI.symbols(of: module).map(\.line).sorted()
    let file = PublicAPI.folder.appending(path: "\(module).txt")
    if ProcessInfo.processInfo.environment["UPDATE_PUBLIC_API"] != nil {
      try FileManager.default.createDirectory(
        at: PublicAPI.folder, withIntermediateDirectories: true)
      try Data((now.joined(separator: "\n") + "\n").utf8).write(to: file)
    }
    let reviewed = (try? String(contentsOf: file, encoding: .utf8))?
      .split(separator: "\n").map(String.init)
    let kept = try #require(reviewed, "no list yet: run UPDATE_PUBLIC_API=1 swift test")
    let added = Set(now).subtracting(kept).sorted()
    let removed = Set(kept).subtracting(now).sorted()
    #expect(
      added.isEmpty && removed.isEmpty,
      """
      The public API of \(module) changed. If that is meant, run scripts/update-public-api, and say \
      in CHANGELOG.md what it means for users.
      \(removed.map { "- " + $0 }.joined(separator: "\n"))
      \(added.map { "+ " + $0 }.joined(separator: "\n"))
      """)
  }

  @Test(arguments: PublicAPI.modules)
  func everySymbolIsDocumented(module: String) async throws {
    let silent = try await PublicAPI.symbols(of: module).filter { !$0.isDocumented }.map(\.line)
      .sorted()
    #expect(
      silent.isEmpty, "without a doc comment:\n\(silent.joined(separator: "\n"))")
  }
}

/// The public symbols of the modules that these tests were built with, as the compiler lists them.
enum PublicAPI {
  /// The hand-written libraries.
  static let modules = [
    "CommerceLayerJSON", "CommerceLayerRuntime", "CommerceLayerAsyncHTTPClient",
    "CommerceLayerImporter",
    "CommerceLayerJournal", "CommerceLayerRows", "CommerceLayerSandbox",
    "CommerceLayerSandboxServer", "CommerceLayerObservability", "CommerceLayerWebhooks",
  ]

  /// Where the reviewed lists are.
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "docs/public-api")

  /// Whether there are modules to read. On Apple's systems the extractor wants an SDK as well; the
  /// list is the same, so that checking it on Linux is enough.
  static var isReadable: Bool {
    #if os(Linux)
      Compiler.modules != nil
    #else
      false
    #endif
  }

  struct Symbol {
    let line: String
    let isDocumented: Bool
  }

  static func symbols(of module: String) async throws -> [Symbol] {
    let graphs = try await SymbolGraphs.extract(
      module, from: [Compiler.modules].compactMap { $0 },
      options: cModuleMaps.flatMap { ["-Xcc", "-fmodule-map-file=\($0)"] })
    let symbols = try graphs.flatMap { try JSONDecoder().decode(Graph.self, from: $0).symbols }
    try #require(!symbols.isEmpty, "the compiler lists nothing for \(module)")
    // What the compiler derives has no place in a source file.
    return symbols.filter { $0.location != nil && !$0.identifier.precise.contains("SYNTHESIZED") }
      .map { symbol in
        let declaration = (symbol.declarationFragments ?? []).map(\.spelling).joined()
          .split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return Symbol(
          line: "\(symbol.pathComponents.joined(separator: ".")): \(declaration)",
          isDocumented: symbol.docComment?.lines.contains { !$0.text.isEmpty } == true)
      }
  }

  /// The C modules of the packages that the libraries are built on: SwiftPM names each to the
  /// compiler by its map.
  private static let cModuleMaps: [String] = {
    guard let built = Compiler.modules?.deletingLastPathComponent().resolvingSymlinksInPath() else {
      return []
    }
    // `debug` may be a link to a folder one deeper.
    let checkouts = sequence(first: built) { $0.deletingLastPathComponent() }.prefix(4)
      .map { $0.appending(path: "checkouts") }
      .first { FileManager.default.fileExists(atPath: $0.path) }
    guard let checkouts else { return [] }
    func folders(in url: URL) -> [URL] {
      let found = try? FileManager.default.contentsOfDirectory(
        at: url, includingPropertiesForKeys: nil)
      return found ?? []
    }
    let targets = folders(in: checkouts).flatMap { folders(in: $0.appending(path: "Sources")) }
    let candidates =
      folders(in: built).filter { $0.pathExtension == "build" } + targets
      + targets.map { $0.appending(path: "include") }
    return candidates.map { $0.appending(path: "module.modulemap").path }
      .filter(FileManager.default.fileExists(atPath:)).sorted()
  }()

  private struct Graph: Decodable {
    struct Entry: Decodable {
      struct Identifier: Decodable { var precise: String }
      struct Fragment: Decodable { var spelling: String }
      struct Comment: Decodable {
        struct Line: Decodable { var text: String }
        var lines: [Line]
      }
      struct Location: Decodable { var uri: String }
      var identifier: Identifier
      var pathComponents: [String]
      var declarationFragments: [Fragment]?
      var docComment: Comment?
      var location: Location?
    }
    var symbols: [Entry]
  }
}
