import CompilerProofs
import Foundation
import Testing

/// Every example in a doc comment compiles where a user would write it.
@Suite(
  .enabled(if: Compiler.modules != nil, "the modules lie beside the tests when SwiftPM builds"))
struct DocExampleTests {
  struct Example: Sendable {
    /// File and line, for messages.
    let place: String
    let code: String
  }

  /// What examples may take for granted.
  private static let context = """
    client: CommerceLayerClient, id: String, secret: Secret, job: Import, bytes: [UInt8],
    skuID: SKU.ID, order: Order, header: String?, topicHeader: String?,
    signatureHeader: String?, setting: String, configuration: inout ClientConfiguration
    """

  /// The libraries that need nothing but the client to be used.
  private static let folders = [
    "Sources/CommerceLayerJSON", "Sources/CommerceLayerRuntime", "Sources/CommerceLayerWebhooks",
    "Sources/CommerceLayerObservability", "Sources/CommerceLayerImporter",
  ]

  private static let examples: [Example] = {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    return folders.flatMap { folder -> [Example] in
      let files = FileManager.default.enumerator(atPath: root.appending(path: folder).path)
      return (files?.compactMap { $0 as? String } ?? []).filter { $0.hasSuffix(".swift") }.sorted()
        .flatMap { file -> [Example] in
          let path = "\(folder)/\(file)"
          let text = try? String(contentsOf: root.appending(path: path), encoding: .utf8)
          return found(in: text ?? "", path)
        }
    }
  }()

  /// Code in a doc comment is indented by four more blanks, after a line that is empty.
  private static func found(in text: String, _ path: String) -> [Example] {
    var examples: [Example] = []
    var code: [Substring] = []
    var begin = 0
    var mayBegin = false
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    for (number, line) in (lines + [""]).enumerated() {
      let bare = line.drop { $0 == " " }
      if bare.hasPrefix("///     "), mayBegin || !code.isEmpty {
        if code.isEmpty { begin = number + 1 }
        code.append(bare.dropFirst(8))
        continue
      }
      if bare == "///", !code.isEmpty {
        code.append("")
      } else if !code.isEmpty {
        examples.append(Example(place: "\(path):\(begin)", code: code.joined(separator: "\n")))
        code = []
      }
      mayBegin = bare == "///"
    }
    return examples
  }

  /// All examples, a function each.
  private static func program(_ examples: [Example]) -> String {
    """
    import CommerceLayer
    import CommerceLayerImporter
    import CommerceLayerObservability
    import CommerceLayerWebhooks
    import HTTPTypes

    """
      + examples.enumerated().map { index, example in
        "func example\(index)(\n\(context)\n) async throws {\ndo {\n\(example.code)\n}\n}\n"
      }.joined(separator: "\n")
  }

  @Test func thereAreExamplesWhereTheyHelpMost() {
    let places = Self.examples.map(\.place)
    for file in [
      "ClientConfiguration", "APIClient", "CommerceLayerError", "ClientMiddleware",
      "PagedSequence", "WaitOptions", "WaitToken", "WebhookSignature", "Credentials",
      "ServiceEndpoint", "RequestOptions", "ResourceClient", "RateLimiter",
    ] {
      #expect(places.contains { $0.contains("/\(file).swift:") }, "\(file)")
    }
  }

  @Test func theyCompile() async throws {
    // One run of the compiler for all of them; one each only to say which of them does not.
    if try await Compiler.check(Self.program(Self.examples)).succeeded { return }
    for example in Self.examples {
      let result = try await Compiler.check(Self.program([example]))
      #expect(result.succeeded, "\(example.place)\n\(result.errors.joined(separator: "\n"))")
    }
  }
}
