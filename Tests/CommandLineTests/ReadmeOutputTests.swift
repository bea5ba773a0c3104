import Foundation
import Testing

/// What the README shows of the command line is what the command line prints.
@Suite struct ReadmeOutputTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  @Test func theRunIsReal() async throws {
    let readme = try String(
      contentsOf: Self.root.appending(path: "README.md"), encoding: .utf8)
    let command = "$ cl-import run Examples/skus.csv --type skus --sandbox\n"
    let block = try #require(
      readme.components(separatedBy: command).dropFirst().first?
        .components(separatedBy: "\n```").first)
    let file = Self.root.appending(path: "Examples/skus.csv").path
    let outcome = try await Program.run("run", file, "--type", "skus", "--sandbox")
    #expect(outcome.status == 1)
    #expect(outcome.out == block + "\n")
  }
}
