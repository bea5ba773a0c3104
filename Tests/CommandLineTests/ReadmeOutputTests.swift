import Foundation
import Testing

/// What the documents show of the command line is what the command line prints.
@Suite struct ReadmeOutputTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// A command of a document and what it prints there.
  private struct Example {
    let command: String
    let output: String
  }

  /// The blocks that begin with `$ cl-import`.
  private static func examples(_ document: String) throws -> [Example] {
    let text = try String(contentsOf: root.appending(path: document), encoding: .utf8)
    return text.components(separatedBy: "```console\n$ cl-import ").dropFirst().map { part in
      let block = part.components(separatedBy: "\n```")[0]
      let lines = block.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
      return Example(
        command: String(lines[0]), output: lines.count > 1 ? String(lines[1]) + "\n" : "")
    }
  }

  @Test(arguments: [("README.md", 1), ("docs/importing.md", 2)])
  func theOutputIsReal(document: String, count: Int) async throws {
    let examples = try Self.examples(document)
    #expect(examples.count == count)
    for example in examples {
      let outcome = try await Program.shell(
        "cd \"$ROOT\" && \"$CL\" \(example.command)", environment: ["ROOT": Self.root.path])
      // Nothing else is wrong with the files than a row that fails.
      #expect(outcome.status == 0 || outcome.status == 1, "\(outcome.err)")
      #expect(outcome.out == example.output, "\(example.command)")
    }
  }
}
