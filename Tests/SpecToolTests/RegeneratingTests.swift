import ArgumentParser
import Foundation
import Testing

@testable import cl_spec

/// `docs/regenerating.md` says what the tool does: its commands are run in order against a site, and
/// what they print is compared with what stands there, up to the figures.
@Suite struct RegeneratingTests {
  private static let documentation = "https://docs.example.com"

  /// A command and what the page says it prints.
  private struct Step {
    var command: String
    var output: [String]
  }

  private static func page() throws -> String {
    try String(
      contentsOf: Repository.root.appending(path: "docs/regenerating.md"), encoding: .utf8)
  }

  /// The fenced blocks of a language.
  private static func blocks(_ language: String, in page: String) -> [String] {
    page.split(separator: "```\(language)\n").dropFirst().map {
      String($0.prefix(upTo: $0.firstRange(of: "\n```")?.lowerBound ?? $0.endIndex))
    }
  }

  private static func steps() throws -> [Step] {
    var steps: [Step] = []
    for block in blocks("console", in: try page()) {
      for line in block.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
        if line.hasPrefix("$ ") {
          steps.append(Step(command: String(line.dropFirst(2)), output: []))
        } else if let last = steps.indices.last {
          steps[last].output.append(line)
        }
      }
    }
    return steps
  }

  /// Figures of the whole spec change with the spec.
  private static func withoutFigures(_ text: String) -> String {
    var out = ""
    for character in text {
      if !character.isNumber { out.append(character) } else if out.last != "#" { out += "#" }
    }
    return out
  }

  @Test func everyCommandIsOneTheToolKnows() throws {
    let commands = try Self.steps().map(\.command).filter { $0.hasPrefix("cl-spec ") }
    #expect(commands.count >= 8)
    for command in commands {
      let arguments = command.split(separator: " ").dropFirst().map(String.init)
      #expect(throws: Never.self, "\(command)") { try SpecTool.parseAsRoot(arguments) }
    }
  }

  @Test func theCommandsPrintWhatThePageSays() async throws {
    let site = try await Gadgets.site()
    let tool = try Tool()
    try FileManager.default.copyItem(
      at: Repository.root.appending(path: "Spec"), to: tool.folder.appending(path: "Spec"))
    let correction = try #require(Self.blocks("json", in: try Self.page()).first)
    var pulls = 0
    for step in try Self.steps() {
      if step.command.hasPrefix("cl-spec check") {
        try Data(correction.utf8).write(
          to: tool.folder.appending(path: "Spec/corrections/gadgets.json"))
      }
      if step.command.hasPrefix("cl-spec pull") {
        pulls += 1
        if pulls == 2 { Gadgets.change(site) }
      }
      var line = step.command.replacing(Self.documentation, with: site.origin)
      if ["cl-spec pull", "cl-spec update"].contains(where: step.command.hasPrefix) {
        line += " --delay 0"
      }
      let outcome = try await tool.shell(line)
      #expect(
        outcome.status == (line.contains("--fail-on") ? 1 : 0), "\(line): \(outcome.err)")
      guard !step.output.isEmpty else { continue }
      let printed = outcome.out.replacing(site.origin, with: Self.documentation)
        .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        .filter { !$0.hasPrefix("not at hand") && !$0.contains("compared with their pages") }
      let shown = Self.withoutFigures(printed.joined(separator: "\n")).trimmed
      #expect(shown == Self.withoutFigures(step.output.joined(separator: "\n")).trimmed, "\(line)")
    }
    #expect(pulls == 2)
    try await site.stop()
  }

  @Test func aCorrectionThatThePagesOvertookFailsTheCheck() async throws {
    let site = try await Gadgets.site()
    let tool = try Tool()
    try FileManager.default.copyItem(
      at: Repository.root.appending(path: "Spec"), to: tool.folder.appending(path: "Spec"))
    let pulled = try await tool.run(
      "pull", "--base-url", site.origin + "/api", "--output", "pages", "--delay", "0")
    #expect(pulled.status == 0)
    try Data(
      """
      {"corrections": [{"path": "/attributes/name/sort", "reason": "r", "source": " ",
        "value": true}], "resource": "gadgets"}
      """.utf8
    ).write(to: tool.folder.appending(path: "Spec/corrections/gadgets.json"))
    #expect(try await tool.run("distill", "pages", "--output", "Spec").status == 0)
    let check = try await tool.run("check")
    #expect(check.status == 1)
    #expect(check.err.contains("gadgets.json: error: at /attributes/name/sort: the correction no"))
    #expect(check.err.contains("a correction needs a reason and a source"))
    #expect(check.out.contains("corrections  2 problems"))
    try await site.stop()
  }
}

extension String {
  fileprivate var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}
