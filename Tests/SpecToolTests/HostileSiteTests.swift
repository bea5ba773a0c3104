import Foundation
import Pulling
import Testing

/// What a site may do to those who read it, and may not.
@Suite struct HostileSiteTests {
  private func site(_ paths: String..., pages: [String: Site.Reply] = [:]) async throws -> Site {
    let site = try await Site(pages)
    site["/api/sitemap.xml"] = [
      .page("<urlset>" + paths.map { "<url><loc>\($0)</loc></url>" }.joined() + "</urlset>")
    ]
    return site
  }

  @Test func redirectsStayWithinTheOrigin() async throws {
    let other = try await Site(["/stolen": .page(Gadgets.create)])
    let site = try await site(
      "/api/a.md", "/api/b.md", "/api/c.md", "/api/d.md",
      pages: [
        "/api/a.md": .status(302, ["Location": other.origin + "/stolen"]),
        "/api/b.md": .status(301, ["Location": "/api/real.md"]),
        "/api/real.md": .page(Gadgets.create),
        "/api/c.md": .status(307, ["Location": "/api/c.md"]),
        "/api/d.md": .status(308, ["Location": "file:///etc/passwd"]),
      ])
    let pull = try Pull()
    let summary = try await pull.run(site.origin + "/api")
    #expect(other.requests.isEmpty)
    #expect(summary.reason(site.origin + "/api/a.md")?.contains("another origin") == true)
    #expect(summary.outcomes["b.md"] == .new)
    #expect(summary.reason(site.origin + "/api/c.md") == "redirects in a circle")
    #expect(summary.reason(site.origin + "/api/d.md")?.contains("must not") == true)
    #expect(pull.files == ["SUMMARY.md", "b.md"])
    try await site.stop()
    try await other.stop()
  }

  /// Without a page beside the Markdown, what is wrong with the Markdown is the reason.
  @Test func theReasonOfTheMarkdownIsTold() async throws {
    let site = try await site(
      "/api/a", pages: ["/api/a.md": .status(302, ["Location": "/api/a.md"])])
    let summary = try await Pull().run(site.origin + "/api")
    #expect(summary.reason(site.origin + "/api/a") == "redirects in a circle")
    try await site.stop()
  }

  @Test func redirectsEnd() async throws {
    let site = try await site("/api/0.md")
    for number in 0..<20 {
      site["/api/\(number).md"] = [.status(302, ["Location": "/api/\(number + 1).md"])]
    }
    let summary = try await Pull().run(site.origin + "/api")
    #expect(summary.reason(site.origin + "/api/0.md") == "redirects more than 5 times")
    #expect(site.requests.count == 1 + 6)
    try await site.stop()
  }

  @Test func noPathLeavesTheFolder() async throws {
    let site = try await site(
      "/api/../../../outside.md", "/api/%2e%2e/%2e%2e/outside.md", "/api/a/..%2f..%2foutside.md",
      "/api/%00.md", "/api/x%5c..%5coutside.md", "//evil.example/api/x.md", "/api/c:x.md",
      "/api/%ff.md", "file:///etc/passwd", "/api/.pull/state.json", "/api/.hidden.md",
      "/api/SUMMARY", "/api/fine.md",
      pages: [
        "/api/fine.md": .page(Gadgets.create), "/outside.md": .page("# Outside"),
        "/api/.pull/state.json": .page("[{}]"), "/api/.hidden.md": .page("# Hidden"),
        "/api/%2e%2e/%2e%2e/outside.md": .page("# Outside"),
        "/api/SUMMARY": .page("# Mine"), "/api/SUMMARY.md": .page("# no links"),
      ])
    let pull = try Pull()
    let summary = try await pull.run(site.origin + "/api")
    let parent = try FileManager.default.contentsOfDirectory(
      atPath: pull.folder.deletingLastPathComponent().path)
    #expect(!parent.contains { $0.contains("outside") })
    #expect(
      pull.files.allSatisfy { !$0.contains("..") && !$0.contains("outside") }, "\(pull.files)")
    #expect(pull.files.contains("fine.md") && pull.files.contains("_hidden.md"))
    #expect(try pull.text("SUMMARY.md").hasPrefix("# Pages"))
    #expect(try pull.text(".pull/state.json").contains("\"version\""))
    #expect(summary.count(.failed) >= 4, "\(summary)")
    #expect(
      summary.reason(site.origin + "/api/%2e%2e/%2e%2e/outside.md")
        == "its path climbs out of the site")
    #expect(
      site.requests.allSatisfy {
        !$0.contains("..") && !$0.lowercased().contains("%2f") && !$0.lowercased().contains("%2e")
      }, "nothing of the kind is even asked for")
    try await site.stop()
  }

  @Test func aLinkInTheFolderDoesNotLeadOut() async throws {
    let site = try await site(
      "/api/gadgets/create.md",
      pages: [
        "/api/gadgets/create.md": .page(Gadgets.create)
      ])
    let pull = try Pull()
    let outside = try Pull()
    for folder in [pull.folder, outside.folder] {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }
    try FileManager.default.createSymbolicLink(
      at: pull.folder.appending(path: "gadgets"), withDestinationURL: outside.folder)
    let summary = try await pull.run(site.origin + "/api")
    #expect(summary.stopped?.kind == .output)
    #expect(outside.files.isEmpty)
    try await site.stop()
  }

  @Test func namesThatFileSystemsConfuseAreKeptApart() async throws {
    let long = String(repeating: "n", count: 300)
    let site = try await site(
      "/api/Page.md", "/api/page.md", "/api/x.md", "/api/x.md/below.md", "/api/\(long)a.md",
      "/api/\(long)b.md", "/api/caf%C3%A9.md", "/api/cafe%CC%81.md", "/api/a%5B1%5D(2).md",
      pages: Dictionary(
        uniqueKeysWithValues: [
          "/api/Page.md", "/api/page.md", "/api/x.md", "/api/x.md/below.md", "/api/\(long)a.md",
          "/api/\(long)b.md", "/api/caf%C3%A9.md", "/api/cafe%CC%81.md", "/api/a%5B1%5D(2).md",
        ].map { ($0, Site.Reply.page("# Page \($0)\n")) }))
    let pull = try Pull()
    let summary = try await pull.run(site.origin + "/api")
    #expect(summary.count(.new) == 9, "\(summary)")
    #expect(Set(pull.files.map { $0.lowercased() }).count == 10)
    #expect(pull.files.allSatisfy { $0.split(separator: "/").allSatisfy { $0.utf8.count <= 130 } })
    #expect(pull.files.contains("a_1__2_.md"))
    let again = try await pull.run(site.origin + "/api")
    #expect(again.count(.unchanged) == 9, "each page has kept its file")
    try await site.stop()
  }

  @Test func whatIsNoPageIsNotKept() async throws {
    let site = try await site(
      "/api/empty.md", "/api/binary.md", "/api/object.md", "/api/huge.md", "/api/odd.md",
      pages: [
        "/api/empty.md": .page(""),
        "/api/binary.md": .page(String(repeating: "\u{1}\u{2}", count: 500)),
        "/api/object.md": .page("{\"error\": true}"),
        "/api/huge.md": .page("# Huge\n" + String(repeating: "x", count: 5000)),
        "/api/odd.md": .status(206, [:], "# Part"),
      ])
    let pull = try Pull()
    let summary = try await pull.run(site.origin + "/api") { $0.maximumPage = 2000 }
    #expect(summary.count(.failed) == 5, "\(summary)")
    #expect(pull.files == ["SUMMARY.md"])
    try await site.stop()
  }

  @Test func aResponseToAConditionThatWasNotSetIsNone() async throws {
    let site = try await site("/api/a.md", pages: ["/api/a.md": .status(304)])
    let summary = try await Pull().run(site.origin + "/api")
    #expect(summary.count(.failed) == 1)
    try await site.stop()
  }

  @Test(arguments: [
    "http://example.com/api", "ftp://127.0.0.1/x", "file:///etc", "https://user@example.com/",
    "javascript:alert(1)", "https:///nothing", "", "https://exa mple.com/",
    "http://127.0.0.1.example/",
  ])
  func onlySafeAddressesAreSpokenTo(address: String) {
    #expect(throws: PageAddress.Rejection.self) { try PageAddress(address) }
  }

  @Test(arguments: ["https://example.com/api", "http://127.0.0.1:8080/", "http://localhost/x"])
  func theseAreFine(address: String) throws {
    #expect(try PageAddress(address).description == address)
  }
}
