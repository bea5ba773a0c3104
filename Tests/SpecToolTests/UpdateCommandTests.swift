import Foundation
import Testing

@testable import cl_spec

/// `cl-spec update` against a site, and `cl-spec diff --from` against a git repository.
@Suite struct UpdateCommandTests {
  /// A folder with the repository's spec and the pages of a site that documents gadgets.
  private func tool() throws -> Tool {
    let tool = try Tool()
    try FileManager.default.copyItem(
      at: Repository.root.appending(path: "Spec"), to: tool.folder.appending(path: "Spec"))
    try Data(
      """
      {"corrections": [
        {"path": "/attributes/max_size/update", "reason": "r", "source": "s", "value": "optional"}
      ], "resource": "gadgets"}
      """.utf8
    ).write(to: tool.folder.appending(path: "Spec/corrections/gadgets.json"))
    return tool
  }

  private func update(_ site: Site, _ tool: Tool, _ more: String = "") async throws -> Tool.Outcome
  {
    try await tool.shell(
      "cl-spec update --base-url \(site.origin)/api --pages pages --delay 0 "
        + "--changelog draft.md \(more)")
  }

  @Test func oneCommandTakesAChangeThrough() async throws {
    let site = try await Gadgets.site()
    let tool = try tool()
    // A resource that is new to the spec: its corrections are not yet about anything.
    try FileManager.default.removeItem(
      at: tool.folder.appending(path: "Spec/corrections/gadgets.json"))
    let first = try await update(site, tool)
    #expect(first.status == 0, "\(first.out)\(first.err)")
    #expect(tool.exists("Spec/resources/gadgets.json"))
    #expect(try tool.text("draft.md").contains("- **gadgets**\n  - added."))
    #expect(first.out.contains("2 files changed in Spec"))
    for step in ["1/4 pull", "2/4 distill", "3/4 check", "4/4 diff"] {
      #expect(first.err.contains(step))
    }
    // Nothing new: the same command changes nothing and says so.
    let again = try await update(site, tool)
    #expect(again.status == 0 && again.out.contains("no changes"), "\(again.out)\(again.err)")
    #expect(again.out.contains("0 files changed in Spec"))
    #expect(try tool.text("draft.md") == "No changes.\n")
    // A breaking change is held back when asked to.
    Gadgets.change(site)
    let before = try tool.text("Spec/resources/gadgets.json")
    let held = try await update(site, tool, "--fail-on breaking")
    #expect(held.status == 1 && held.err.contains("a change is breaking: Spec is as it was"))
    #expect(try tool.text("Spec/resources/gadgets.json") == before)
    #expect(try tool.text("draft.md").contains("### Breaking"))
    let taken = try await update(site, tool)
    #expect(taken.status == 0 && taken.out.contains("2 files changed in Spec"))
    #expect(try tool.text("Spec/resources/gadgets.json") != before)
    try await site.stop()
  }

  @Test func aSpecThatFailsTheCheckIsNotInstalled() async throws {
    let site = try await Gadgets.site()
    let tool = try tool()
    try FileManager.default.removeItem(
      at: tool.folder.appending(path: "Spec/corrections/gadgets.json"))
    #expect(try await update(site, tool).status == 0)
    let before = try tool.text("Spec/resources/gadgets.json")
    try Data(
      """
      {"corrections": [
        {"path": "/attributes/name/create", "reason": "r", "source": "s", "value": "required"}
      ], "resource": "gadgets"}
      """.utf8
    ).write(to: tool.folder.appending(path: "Spec/corrections/gadgets.json"))
    Gadgets.change(site)
    let outcome = try await update(site, tool)
    #expect(outcome.status == 1 && outcome.err.contains("gadgets"), "\(outcome.err)")
    #expect(try tool.text("Spec/resources/gadgets.json") == before)
    try await site.stop()
  }

  @Test func theFailuresOfAPullAreItsOwn() async throws {
    let tool = try tool()
    let rejected = try await tool.shell(
      "cl-spec update --base-url http://127.0.0.1:1/api --pages pages --delay 0")
    #expect(rejected.status == 69, "\(rejected.err)")
    let usage = try await tool.shell("cl-spec update --base-url ftp://example.com --pages pages")
    #expect(usage.status == 64)
    let nowhere = try await tool.shell(
      "cl-spec update --base-url http://127.0.0.1:1/api --spec nothing")
    #expect(nowhere.status == 1 && nowhere.err.contains("nothing is not a spec folder"))
  }

  @Test func aSpecOfARevisionIsComparedWithTheFolder() async throws {
    let tool = try Tool()
    let made = try await tool.shell(
      """
      mkdir -p repo/Spec/resources && cd repo && git init -q . && \
      git config user.email a@b.c && git config user.name a && \
      printf '%s' '{"attributes":{"name":{"sort":true,"type":"string"}},"operations":{"list":\
      {"method":"GET","path":"/api/gadgets","success":200}},"relationships":{},\
      "resource":"gadgets","singular":"gadget"}' > Spec/resources/gadgets.json && \
      git add -A && git commit -qm one && git tag v1 && \
      sed -i 's/"sort":true,//' Spec/resources/gadgets.json
      """)
    #expect(made.status == 0, "\(made.err)")
    let diff = try await tool.shell("cd repo && cl-spec diff --from v1 --fail-on breaking")
    #expect(diff.status == 1)
    #expect(diff.out.contains("/attributes/name/sort: no longer sortable"), "\(diff.err)")
    let none = try await tool.shell("cd repo && git stash -q && cl-spec diff --from HEAD Spec")
    #expect(none.status == 0 && none.out.contains("no changes"))
    let unknown = try await tool.shell("cd repo && cl-spec diff --from v2")
    #expect(unknown.status == 1 && unknown.err.contains("has no revision 'v2'"))
    let outside = try await tool.shell("mkdir plain && cl-spec diff --from v1 plain")
    #expect(outside.status == 1 && outside.err.contains("is not in a git repository"))
  }

  @Test(arguments: [
    "-x", "--output=/tmp/x", "v1..v2", "HEAD:Spec", "a b", "$(touch x)", "v1;ls", "a\nb", "é",
    "^v1:", "@{-1}..", ":/fix", "*",
  ]) func hostileRevisionsAreRejected(name: String) async throws {
    #expect(GitRevision.problem(with: name) != nil)
    #expect(GitRevision.problem(with: "") != nil)
    let tool = try Tool()
    let outcome = try await tool.run("diff", "--from=\(name)", "Spec")
    #expect(outcome.status == 64, "\(outcome.err)")
  }

  @Test(arguments: ["v1.2", "main", "origin/main", "HEAD~3", "HEAD^", "main@{1}", "a1b2c3d4"])
  func usualRevisionsAreNot(name: String) {
    #expect(GitRevision.problem(with: name) == nil)
  }
}
