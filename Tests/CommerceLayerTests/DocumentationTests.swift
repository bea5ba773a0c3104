import CompilerProofs
import Foundation
import Testing

/// Every Swift snippet of the documentation catalogs compiles as a user would use it.
///
/// A snippet with imports is a file of its own, one that begins as a manifest is a manifest or a part of one,
/// and anything else is the body of a function of a client and some records. Fragments of one article are
/// compiled together.
@Suite(
  .enabled(if: Compiler.modules != nil, "the modules lie beside the tests when SwiftPM builds"))
struct DocumentationTests {
  struct Article: Sendable, CustomTestStringConvertible {
    let name: String
    let snippets: [String]
    var testDescription: String { name }
  }

  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// All articles of all catalogs that have snippets.
  static let articles: [Article] = ["Generated", "Sources"].flatMap { folder in
    let files = FileManager.default.enumerator(
      at: root.appending(path: folder), includingPropertiesForKeys: nil)
    return (files?.compactMap { $0 as? URL } ?? []).filter {
      $0.pathExtension == "md" && $0.deletingLastPathComponent().pathExtension == "docc"
    }
  }.sorted { $0.path < $1.path }.compactMap { file in
    guard let text = try? String(contentsOf: file, encoding: .utf8) else { return nil }
    let snippets = text.components(separatedBy: "```swift\n").dropFirst().compactMap {
      $0.components(separatedBy: "\n```").first
    }
    guard !snippets.isEmpty else { return nil }
    return Article(name: file.lastPathComponent, snippets: snippets)
  }

  @Test func thereAreArticles() {
    #expect(Self.articles.count >= 10)
    #expect(Self.articles.reduce(0) { $0 + $1.snippets.count } >= 35)
  }

  @Test(arguments: articles)
  func compiles(article: Article) async throws {
    var fragments = ""
    for (number, snippet) in article.snippets.enumerated() {
      if snippet.hasPrefix("// swift-tools-version") {
        // SwiftPM compiles a manifest as a script; here it is the body of a function.
        let body = snippet.replacing("import PackageDescription\n", with: "")
          .replacing("let package = ", with: "return ")
        let manifest = "import PackageDescription\nfunc manifest() -> Package {\n\(body)\n}"
        try await expectSuccess(manifest, "snippet \(number + 1)", manifest: true)
      } else if snippet.hasPrefix("// Package.swift") {
        let manifest = """
          import PackageDescription

          func manifest() -> Package {
            Package(
              name: "x",
              \(snippet)
            )
          }
          """
        try await expectSuccess(manifest, "snippet \(number + 1)", manifest: true)
      } else if let imported = Self.imports(snippet) {
        let missing = imported.filter {
          $0.hasPrefix("CommerceLayer") && Compiler.modules(with: $0) == nil
        }
        if missing.isEmpty {
          try await expectSuccess(snippet, "snippet \(number + 1)")
        } else {
          print("note: \(article.name) is not checked whole, without \(missing) in this build")
        }
      } else {
        fragments += """

          func snippet\(number + 1)(
            client: CommerceLayerClient, job: Import, sku: SKU, order: Order, rows: [JSONValue]
          ) async throws {
          \(snippet)
          }

          """
      }
    }
    guard !fragments.isEmpty else { return }
    try await expectSuccess("import CommerceLayer\nimport Foundation\n" + fragments, "fragments")
  }

  /// The modules that a snippet imports; nil when it imports none.
  private static func imports(_ snippet: String) -> [String]? {
    let lines = snippet.split(separator: "\n").filter { $0.hasPrefix("import ") }
    return lines.isEmpty ? nil : lines.map { String($0.dropFirst("import ".count)) }
  }

  private func expectSuccess(
    _ program: String, _ name: String, manifest: Bool = false
  ) async throws {
    let result = try await Compiler.check(program, manifest: manifest)
    #expect(result.succeeded, "\(name): \(result.errors.joined(separator: "\n"))")
  }
}
