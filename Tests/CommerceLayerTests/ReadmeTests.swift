import CompilerProofs
import Foundation
import Testing

/// Every Swift snippet of the README compiles as a user would use it.
@Suite(
  .enabled(if: Compiler.modules != nil, "the modules lie beside the tests when SwiftPM builds"))
struct ReadmeTests {
  private static let snippets: [String] = {
    let readme = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "README.md")
    guard let text = try? String(contentsOf: readme, encoding: .utf8) else { return [] }
    return text.components(separatedBy: "```swift\n").dropFirst().compactMap {
      $0.components(separatedBy: "\n```").first
    }
  }()

  @Test func thereAreSnippets() {
    #expect(Self.snippets.count >= 6)
  }

  @Test(arguments: Self.snippets.filter { !$0.hasPrefix("// Package.swift") })
  func compiles(snippet: String) async throws {
    let program =
      snippet.contains("import CommerceLayer")
      ? snippet
      : """
      import CommerceLayer

      func snippet(
        client: CommerceLayerClient, job: Import, sku: SKU, order: Order, rows: [JSONValue]
      ) async throws {
      \(snippet)
      }
      """
    let result = try await Compiler.check(program)
    #expect(result.succeeded, "\(result.errors.joined(separator: "\n"))")
  }

  /// The manifest lines compile as arguments of a package.
  @Test(arguments: Self.snippets.filter { $0.hasPrefix("// Package.swift") })
  func manifestCompiles(snippet: String) async throws {
    let program = """
      import PackageDescription

      func manifest() -> Package {
        Package(
          name: "x",
          \(snippet)
        )
      }
      """
    let result = try await Compiler.check(program, manifest: true)
    #expect(result.succeeded, "\(result.errors.joined(separator: "\n"))")
  }
}
