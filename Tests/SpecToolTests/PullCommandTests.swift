import Foundation
import Spec
import Testing

/// `cl-spec pull` as a process.
@Suite struct PullCommandTests {
  private func site(_ names: String...) async throws -> Site {
    let site = try await Site()
    for name in names { site["/api/\(name).md"] = [.page("# Page \(name)\n")] }
    let pages = names.map { "<url><loc>\(site.origin)/api/\($0).md</loc></url>" }.joined()
    site["/api/sitemap.xml"] = [.page("<urlset>\(pages)</urlset>")]
    return site
  }

  @Test func aRunThatIsKilledGoesOnWhereItWas() async throws {
    let site = try await site("a", "b", "c")
    // Every attempt stalls, however late the process is killed.
    site["/api/b.md"] = [.stall]
    let tool = try Tool()
    let arguments = ("pull", "--base-url", site.origin + "/api", "--output", "pages")
    let first = try tool.start(
      arguments.0, arguments.1, arguments.2, arguments.3, arguments.4, "--delay", "0")
    await site.stalls.pass()
    #expect(kill(first.pid, SIGKILL) == 0)
    #expect(try await first.outcome().out == "", "it had no time to say anything")
    #expect(try tool.text("pages/a.md") == "# Page a\n")
    #expect(!tool.exists("pages/b.md") && !tool.exists("pages/SUMMARY.md"))

    site.forgetRequests()
    site["/api/b.md"] = [.page("# Page b\n")]
    let second = try await tool.run(
      arguments.0, arguments.1, arguments.2, arguments.3, arguments.4, "--delay", "0")
    #expect(second.status == 0, "\(second.err)")
    #expect(site.requests == ["/api/sitemap.xml", "/api/b.md", "/api/c.md"])
    #expect(second.out.contains("new       3") && second.out.contains("1 of them had been fetched"))
    #expect(try tool.text("pages/SUMMARY.md").contains("(a.md)"))
    try await site.stop()
  }

  @Test func whatFailedIsToldOnBothSidesAndExitsWithOne() async throws {
    let site = try await site("a", "b")
    site["/api/b.md"] = [.status(404)]
    let tool = try Tool()
    let outcome = try await tool.run(
      "pull", "--base-url", site.origin + "/api", "--output", "pages", "--delay", "0")
    #expect(outcome.status == 1)
    #expect(outcome.out.contains("failed: \(site.origin)/api/b.md: is listed, but HTTP 404"))
    #expect(outcome.err.contains("[2/2] failed"))
    try await site.stop()
  }

  @Test func theSummaryAsJSON() async throws {
    let site = try await site("a")
    let outcome = try await Tool().run(
      "pull", "--base-url", site.origin + "/api", "--output", "pages", "--delay", "0", "--json")
    let tree = try JSONTree.parse(Data(outcome.out.utf8), file: "summary")
    #expect(tree["counts"]?["new"]?.integer == 1 && tree["index"]?.string == "/api/sitemap.xml")
    #expect(
      tree["pages"]?.array == [.object(["page": .string("a.md"), "outcome": .string("new")])])
    try await site.stop()
  }

  @Test func exitCodesSayWhatToDo() async throws {
    let site = try await site("a")
    let tool = try Tool()
    func status(_ base: String, _ output: String = "pages") async throws -> Int32 {
      try await tool.run(
        "pull", "--base-url", base, "--output", output, "--delay", "0"
      ).status
    }
    #expect(try await status("http://example.com/api") == 64)
    site["/api/a.md"] = [.status(429, ["Retry-After": "3600"])]
    #expect(try await status(site.origin + "/api") == 75)
    #expect(try await status(site.origin + "/other") == 73, "the folder is another site's")
    #expect(try await status(site.origin + "/nothing", "nothing") == 69)
    site["/secret"] = [.status(401)]
    #expect(try await status(site.origin + "/secret", "secret") == 77)
    try Data("x".utf8).write(to: tool.folder.appending(path: "file"))
    #expect(try await status(site.origin + "/api", "file/below") == 73)
    try await site.stop()
  }

  @Test func terminalEscapesOfASiteAreShownNotObeyed() async throws {
    let site = try await site("a")
    site["/api/sitemap.xml"] = [
      .page("<urlset><url><loc>\(site.origin)/api/%1B%5B2J.md</loc></url></urlset>")
    ]
    let outcome = try await Tool().run(
      "pull", "--base-url", site.origin + "/api", "--output", "pages", "--delay", "0")
    #expect(outcome.status == 1)
    #expect(!(outcome.out + outcome.err).contains("\u{1B}"))
    try await site.stop()
  }
}
