import Foundation
import Testing

@testable import cl_spec

/// `cl-spec distill` as a process: what it removes, what it fails on, what its output depends on.
@Suite struct DistillCommandTests {
  private func tool(_ pages: [String: String]) throws -> Tool {
    let tool = try Tool()
    for (name, text) in pages { try write(text, to: name, of: tool) }
    return tool
  }

  private func write(_ text: String, to name: String, of tool: Tool) throws {
    let url = tool.folder.appending(path: name)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: url)
  }

  private func remove(_ name: String, of tool: Tool) throws {
    try FileManager.default.removeItem(at: tool.folder.appending(path: name))
  }

  private static let pages = [
    "pages/gadgets/create.md": Gadgets.create,
    "pages/gizmos/create.md": Gadgets.create.replacing("gadget", with: "gizmo"),
  ]

  @Test func aResourceThatVanishedIsAnErrorUntilItIsPruned() async throws {
    let tool = try tool(Self.pages)
    #expect(try await tool.run("distill", "pages", "--output", "Spec").status == 0)
    try remove("pages/gizmos", of: tool)
    let failed = try await tool.run("distill", "pages", "--output", "Spec")
    #expect(failed.status == 1 && failed.err.contains("do not describe 'gizmos'"))
    #expect(tool.exists("Spec/resources/gizmos.json"))
    // Pages of one resource say nothing of the others.
    #expect(
      try await tool.run("distill", "pages/gadgets/create.md", "--output", "Spec").status == 0)
    let pruned = try await tool.run("distill", "pages", "--output", "Spec", "--prune")
    #expect(pruned.status == 0 && pruned.out.contains("removed gizmos"))
    #expect(!tool.exists("Spec/resources/gizmos.json"))
    #expect(!(try tool.text("Spec/provenance.json")).contains("gizmos"))
    #expect(try await tool.run("distill", "pages", "--output", "Spec").status == 0)
  }

  @Test func theOutputDependsOnThePagesAlone() async throws {
    var pages = Self.pages
    pages["pages/gadgets/create.md"] = Gadgets.create.replacing(
      "attributes.**max_size** | `integer` | Optional |",
      with: "relationships.**gizmo** | `object` | Optional |")
    let tool = try tool(pages)
    func gadgets(_ output: String, _ more: String...) async throws -> String {
      let command =
        "cl-spec distill pages/gadgets --output \(output) " + more.joined(separator: " ")
      let outcome = try await tool.shell(command)
      #expect(outcome.status == 0, "\(outcome.err)")
      return try tool.text("\(output)/resources/gadgets.json")
    }
    #expect(try await tool.run("distill", "pages/gizmos", "--output", "full").status == 0)
    #expect(try await gadgets("full") == gadgets("empty"))
    #expect(try await gadgets("empty", "--known", "gizmos").contains(#""resource": "gizmos""#))
    #expect(!(try await gadgets("empty")).contains(#""resource": "gizmos""#))
  }

  @Test func strictFailsOnWhatIsNotAccepted() async throws {
    let tool = try tool([
      "pages/gadgets/create.md": Gadgets.create.replacing("`integer`", with: "`whole`")
    ])
    #expect(try await tool.run("distill", "pages", "--output", "Spec").status == 0)
    let strict = ["distill", "pages", "--output", "Spec", "--strict"].joined(separator: " ")
    let failed = try await tool.shell("cl-spec \(strict)")
    #expect(failed.status == 1)
    let lines = failed.err.split(separator: "\n").map(String.init).filter { $0.hasSuffix(" | ") }
    #expect(lines.contains { $0.contains("pages/gadgets/create.md | unknown-type | - | max_size") })
    let accepted = lines.map { $0.drop { $0 == " " } + "looked at\n" }.joined()
    try write(accepted, to: "Spec/corrections/accepted-warnings.txt", of: tool)
    let passed = try await tool.shell("cl-spec \(strict)")
    #expect(passed.status == 0, "\(passed.err)")
    try write(Gadgets.create, to: "pages/gadgets/create.md", of: tool)
    let stale = try await tool.shell("cl-spec \(strict)")
    #expect(stale.status == 1 && stale.err.contains("does not occur any more"))
    let missing = try await tool.shell("cl-spec \(strict) --accepted nowhere.txt")
    #expect(missing.status != 0 && missing.err.contains("nowhere.txt"))
  }

  @Test func commitsTellTheAgeOfPages() async throws {
    let tool = try tool([
      "repo/old/create.md": Gadgets.create.replacing("`integer`", with: "`float`"),
      "repo/new/create.md": Gadgets.create,
      "log.txt": "2025-03-01\n\nold/create.md\n2021-01-01\n\nold/create.md\nnew/create.md\n",
    ])
    #expect(
      try await tool.run("distill", "repo", "--output", "Spec", "--dates", "log.txt").status == 0)
    #expect(try tool.text("Spec/resources/gadgets.json").contains("float"))
    let provenance = try tool.text("Spec/provenance.json")
    #expect(provenance.contains(#""modified": "2025-03-01""#))
    #expect(provenance.contains(#""modified_by": "commit""#))
    let failed = try await tool.run(
      "distill", "repo", "--output", "Spec", "--dates", "repo/new/create.md")
    #expect(failed.status == 1 && failed.err.contains("git log"))
  }

  @Test func aPullsDatesReachProvenance() async throws {
    let site = try await Gadgets.site()
    let tool = try Tool()
    #expect(
      try await tool.run(
        "pull", "--base-url", site.origin + "/api", "--output", "pages", "--delay", "0"
      ).status == 0)
    #expect(try await tool.run("distill", "pages", "--output", "Spec").status == 0)
    #expect(try tool.text("Spec/provenance.json").contains(#""verified": "20"#))
    try await site.stop()
  }
}
