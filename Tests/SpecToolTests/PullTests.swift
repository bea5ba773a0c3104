import CommerceLayerRuntime
import Distiller
import Foundation
import Pulling
import Spec
import Testing

/// Pages from a real server on the loopback interface.
@Suite struct PullTests {
  func site(_ pages: [String: Site.Reply]) async throws -> Site {
    let site = try await Site(pages)
    site["/api/sitemap.xml"] = [
      .page(Gadgets.sitemap(site.origin, "/api/gadgets/create", "/api/gadgets/delete"))
    ]
    return site
  }

  static let two: [String: Site.Reply] = [
    "/api/gadgets/create.md": .page(Gadgets.create),
    "/api/gadgets/delete.md": .page(Gadgets.delete),
  ]

  // MARK: - Finding pages

  @Test func theSitemapsPagesComeAsMarkdownAndAreDistilled() async throws {
    let site = try await site(Self.two)
    let pull = try Pull()
    let summary = try await pull.run(site.origin + "/api")
    #expect(
      summary.outcomes == ["gadgets/create.md": .new, "gadgets/delete.md": .new], "\(summary)")
    #expect(summary.index == "/api/sitemap.xml")
    #expect(pull.files == ["SUMMARY.md", "gadgets/create.md", "gadgets/delete.md"])
    let result = Distiller.distil(
      try pull.files.map { SourceFile(name: "pages/\($0)", text: try pull.text($0)) })
    #expect(result.resources.map(\.resource) == ["gadgets"])
    #expect(result.resources.first?.operations.count == 2, "\(result.diagnostics)")
    #expect(site.connections == 1 && site.mostConnectionsAtOnce == 1)
    try await site.stop()
  }

  @Test func aRepositorysTableOfContentsIsKeptAsItIs() async throws {
    let contents =
      "# Contents\n\n* [Gadgets](gadgets/)\n  * [Make](gadgets/create\\_gadget.md)\n"
      + "* [Elsewhere](https://example.com/x.md)\n"
    let site = try await Site([
      "/raw/SUMMARY.md": .page(contents), "/raw/gadgets/README.md": .page(Gadgets.overview),
      "/raw/gadgets/create_gadget.md": .page(Gadgets.create),
    ])
    let pull = try Pull()
    let summary = try await pull.run(site.origin + "/raw/")
    #expect(pull.files == ["SUMMARY.md", "gadgets/README.md", "gadgets/create_gadget.md"])
    #expect(try pull.text("SUMMARY.md") == contents)
    #expect(summary.count(.new) == 2 && summary.count(.failed) == 0)
    try await site.stop()
  }

  /// The repository's own table of contents may lag behind: what it links and nothing serves is gone.
  @Test func aPageThatIsGoneIsLeftOutOfTheTableOfContents() async throws {
    let contents = "* [Make](gadgets/create.md)\n* [Drop](gadgets/delete.md \"Dropping one\")\n"
    let site = try await Site([
      "/raw/SUMMARY.md": .page(contents), "/raw/gadgets/create.md": .page(Gadgets.create),
      "/raw/gadgets/delete.md": .page(Gadgets.delete),
    ])
    let pull = try Pull()
    #expect(try await pull.run(site.origin + "/raw/").count(.new) == 2)
    #expect(try pull.text("SUMMARY.md") == contents)
    site["/raw/gadgets/delete.md"] = [.status(404)]
    for _ in 0..<2 {
      let summary = try await pull.run(site.origin + "/raw/")
      #expect(summary.outcomes["gadgets/delete.md"] == .gone)
      #expect(!(try pull.text("SUMMARY.md")).contains("delete"))
    }
    let result = Distiller.distil(
      try pull.files.map { SourceFile(name: "pages/\($0)", text: try pull.text($0)) })
    #expect(result.resources.first?.operations.keys.map { $0 } == [.create])
    site["/raw/gadgets/delete.md"] = [.page(Gadgets.delete)]
    #expect(try await pull.run(site.origin + "/raw/").count(.gone) == 0)
    #expect(try pull.text("SUMMARY.md") == contents)
    try await site.stop()
  }

  @Test func locationsMayBeBrokenOverLines() async throws {
    let site = try await Site(Self.two)
    site["/api/sitemap.xml"] = [
      .page(
        """
        <urlset><url>
          <loc>
            \(site.origin)/api/gadgets/
            create
          </loc><lastmod>2024-05-03T10:00:00Z</lastmod>
        </url><url><lastmod>2023-01-02</lastmod><image:loc>\(site.origin)/api/x.png</image:loc>
          <loc><![CDATA[\(site.origin)/api/gadgets/delete]]></loc></url></urlset>
        """)
    ]
    let pull = try Pull()
    let summary = try await pull.run(site.origin + "/api", now: 1_714_730_400)
    #expect(
      summary.outcomes == ["gadgets/create.md": .new, "gadgets/delete.md": .new], "\(summary)")
    let state = try Data(contentsOf: pull.folder.appending(path: PulledPages.stateFile))
    let dates = try #require(PulledPages.dates(Array(state)))
    #expect(
      dates["gadgets/create.md"]
        == PageDates(
          modified: PageDate("2024-05-03"), source: .sitemap, verified: PageDate("2024-05-03")))
    #expect(dates["gadgets/delete.md"]?.modified == PageDate("2023-01-02"))
    try await site.stop()
  }

  @Test func theResponsesDateCountsBeforeTheSitemaps() async throws {
    let site = try await Site([:])
    let day = "Fri, 03 May 2024 10:00:00 GMT"
    site["/api/gadgets/create.md"] = [.dated(Gadgets.create, day)]
    site["/api/sitemap.xml"] = [
      .page(
        Gadgets.sitemap(site.origin, "/api/gadgets/create").replacing(
          "</loc>", with: "</loc><lastmod>2020-01-01</lastmod>"))
    ]
    let pull = try Pull()
    _ = try await pull.run(site.origin + "/api", now: 1_714_730_400)
    // Seen again, unchanged, a day later.
    _ = try await pull.run(site.origin + "/api", now: 1_714_730_400 + 86_400)
    let state = try Data(contentsOf: pull.folder.appending(path: PulledPages.stateFile))
    #expect(
      PulledPages.dates(Array(state))?["gadgets/create.md"]
        == PageDates(
          modified: PageDate("2024-05-03"), source: .lastModified, verified: PageDate("2024-05-04"))
    )
    #expect(PulledPages.dates(Array("{}".utf8)) == nil)
    try await site.stop()
  }

  @Test func aListForLanguageModelsIsAnIndex() async throws {
    let site = try await Site(["/api/gadgets/create.md": .page(Gadgets.create)])
    site["/llms.txt"] = [
      .page("# Site\n- [Make](\(site.origin)/api/gadgets/create.md): how\n- [Blog](/blog/x.md)\n")
    ]
    let pull = try Pull()
    let summary = try await pull.run(site.origin + "/api")
    #expect(summary.index == "/llms.txt" && pull.files == ["SUMMARY.md", "gadgets/create.md"])
    try await site.stop()
  }

  @Test func anIndexOfIndexesIsFollowed() async throws {
    let site = try await Site(Self.two)
    site["/sitemap.xml"] = [
      .page(
        "<sitemapindex><sitemap><loc>\(site.origin)/sitemap-pages.xml</loc></sitemap></sitemapindex>"
      )
    ]
    site["/sitemap-pages.xml"] = [
      .page(Gadgets.sitemap(site.origin, "/api/gadgets/create", "/other/x"))
    ]
    let summary = try await Pull().run(site.origin + "/api")
    #expect(summary.outcomes == ["gadgets/create.md": .new], "\(summary)")
    try await site.stop()
  }

  @Test func withoutAnIndexLinksBelowTheAddressAreFollowed() async throws {
    let site = try await Site([
      "/api": .page(
        "<html><body><a href=\"/api/gadgets\">G</a><a href=\"/blog\">B</a>"
          + "<a href='https://example.com/api/x'>X</a><img src=\"/api/a.png\"></body></html>"),
      "/api/gadgets": .page(
        "<html><body><h1>Gadgets</h1><a href=\"gadgets/create\">M</a></body></html>"),
      "/api/gadgets/create": .page("<html><body><h1>Create a gadget</h1></body></html>"),
    ])
    let pull = try Pull()
    let summary = try await pull.run(site.origin + "/api")
    #expect(
      pull.files == ["README.html", "SUMMARY.md", "gadgets.html", "gadgets/create.html"],
      "\(summary)")
    #expect(!site.requests.contains("/blog"))
    try await site.stop()
  }

  @Test func thePublishedSchemaIsOneFile() async throws {
    let schema = "[{\"id\": \"x\", \"type\": \"gadgets\"}]"
    let site = try await Site(["/schema/resources.json": .page(schema)])
    let pull = try Pull()
    let summary = try await pull.run(site.origin + "/schema/resources.json")
    #expect(pull.files == ["resources.json"] && summary.count(.new) == 1, "\(summary)")
    #expect(site.requests == ["/schema/resources.json"])
    try await site.stop()
  }

  @Test func onlySomeResources() async throws {
    let site = try await Site([
      "/api/price-tiers/create.md": .page(Gadgets.create),
      "/api/gadgets/create.md": .page(Gadgets.create),
    ])
    site["/api/sitemap.xml"] = [
      .page(Gadgets.sitemap(site.origin, "/api/price-tiers/create", "/api/gadgets/create"))
    ]
    let summary = try await Pull().run(site.origin + "/api") {
      $0.resources = ["price_tiers", "gizmos"]
    }
    #expect(summary.outcomes == ["price-tiers/create.md": .new, "gizmos": .failed], "\(summary)")
    try await site.stop()
  }

  @Test func aSiteWithoutMarkdownIsNotAskedForItForEver() async throws {
    let page = "<html><body><h1>Create a gadget</h1></body></html>"
    let site = try await Site()
    var paths: [String] = []
    for number in 0..<5 {
      site["/api/p\(number)"] = [.page(page)]
      paths.append("<url><loc>\(site.origin)/api/p\(number)</loc></url>")
    }
    // A start page for every address that there is not: no Markdown either.
    site["/api/p0.md"] = [.page(page)]
    site["/api/sitemap.xml"] = [.page("<urlset>\(paths.joined())</urlset>")]
    let pull = try Pull()
    let summary = try await pull.run(site.origin + "/api")
    #expect(summary.count(.new) == 5)
    #expect(site.requests.filter { $0.hasSuffix(".md") } == ["/api/p0.md", "/api/p1.md"])
    try await site.stop()
  }

  // MARK: - Again

  @Test func aSecondRunAsksOnlyForNews() async throws {
    let site = try await site(Self.two)
    site["/api/gadgets/delete.md"] = [.dated(Gadgets.delete, "Sun, 06 Nov 1994 08:49:37 GMT")]
    let pull = try Pull()
    _ = try await pull.run(site.origin + "/api")
    site.forgetRequests()
    let again = try await pull.run(site.origin + "/api")
    #expect(again.outcomes.values.allSatisfy { $0 == .unchanged }, "\(again)")
    #expect(
      site.heads.allSatisfy { $0.contains("If-None-Match") || $0.contains("If-Modified-Since") })
    #expect(
      site.requests == ["/api/sitemap.xml", "/api/gadgets/create.md", "/api/gadgets/delete.md"])

    site["/api/gadgets/create.md"] = [.page(Gadgets.create + "More.\n")]
    let third = try await pull.run(site.origin + "/api")
    #expect(
      third.outcomes == ["gadgets/create.md": .changed, "gadgets/delete.md": .unchanged])
    #expect(try pull.text("gadgets/create.md").hasSuffix("More.\n"))
    try await site.stop()
  }

  @Test func aFileThatWasTouchedIsFetchedAnew() async throws {
    let site = try await site(Self.two)
    let pull = try Pull()
    _ = try await pull.run(site.origin + "/api")
    try Data("mine".utf8).write(to: pull.folder.appending(path: "gadgets/create.md"))
    let again = try await pull.run(site.origin + "/api")
    #expect(try pull.text("gadgets/create.md") == Gadgets.create)
    #expect(again.outcomes["gadgets/create.md"] == .unchanged, "the site's page is what it was")
    try await site.stop()
  }

  @Test func whatIsListedNoMoreStaysAndIsRemoved() async throws {
    let site = try await site(Self.two)
    let pull = try Pull()
    _ = try await pull.run(site.origin + "/api")
    site["/api/sitemap.xml"] = [.page(Gadgets.sitemap(site.origin, "/api/gadgets/create"))]
    let again = try await pull.run(site.origin + "/api")
    #expect(again.outcomes["gadgets/delete.md"] == .gone)
    #expect(again.reason("gadgets/delete.md") == "is listed no more")
    #expect(pull.files.contains("gadgets/delete.md"))
    #expect(!(try pull.text("SUMMARY.md").contains("delete")))
    let result = Distiller.distil(
      try pull.files.map { SourceFile(name: "pages/\($0)", text: try pull.text($0)) })
    #expect(result.resources.first?.operations.keys.map(\.rawValue) == ["create"])
    #expect(result.diagnostics.contains { $0.file.hasSuffix("delete.md") }, "and it is said")

    // It may come back.
    site["/api/sitemap.xml"] = [
      .page(Gadgets.sitemap(site.origin, "/api/gadgets/create", "/api/gadgets/delete"))
    ]
    let third = try await pull.run(site.origin + "/api")
    #expect(third.outcomes["gadgets/delete.md"] == .unchanged)
    #expect(try pull.text("SUMMARY.md").contains("delete"))
    try await site.stop()
  }

  @Test func whatIsListedAndNotThereHasFailedOrGone() async throws {
    let site = try await site(Self.two)
    let pull = try Pull()
    _ = try await pull.run(site.origin + "/api")
    site["/api/gadgets/delete.md"] = [.status(410)]
    site["/api/sitemap.xml"] = [
      .page(
        Gadgets.sitemap(
          site.origin, "/api/gadgets/create", "/api/gadgets/delete", "/api/gadgets/nothing"))
    ]
    let again = try await pull.run(site.origin + "/api")
    #expect(again.outcomes["gadgets/delete.md"] == .gone)
    #expect(again.reason(site.origin + "/api/gadgets/nothing") == "is listed, but HTTP 404")
    try await site.stop()
  }

  // MARK: - Patience

  @Test func everyRequestWaitsItsTurn() async throws {
    let site = try await site(Self.two)
    let pull = try Pull()
    _ = try await pull.run(site.origin + "/api") { $0.delay = .milliseconds(700) }
    #expect(pull.pauses == Array(repeating: .milliseconds(700), count: site.requests.count))
    try await site.stop()
  }

  @Test func retryAfterIsObeyedAndFailuresAreRepeatedMoreAndMoreSlowly() async throws {
    let site = try await site(Self.two)
    site["/api/gadgets/create.md"] = [
      .status(429, ["Retry-After": "7"]), .status(500), .cut("half"), .page(Gadgets.create),
    ]
    let pull = try Pull()
    let summary = try await pull.run(site.origin + "/api") { $0.delay = .milliseconds(1) }
    #expect(summary.count(.new) == 2, "\(summary)")
    let long = pull.pauses.filter { $0 > .milliseconds(1) }
    #expect(long == [.seconds(7), .seconds(1), .seconds(2)])
    #expect(pull.diagnostics.count == 3)
    #expect(try pull.text("gadgets/create.md") == Gadgets.create)
    try await site.stop()
  }

  @Test func aSiteThatAsksForTooMuchPatienceEndsTheRun() async throws {
    let site = try await site(Self.two)
    site["/api/gadgets/delete.md"] = [.status(429, ["Retry-After": "3600"])]
    let pull = try Pull()
    let summary = try await pull.run(site.origin + "/api")
    #expect(summary.stopped?.kind == .temporary)
    #expect(summary.outcomes == ["gadgets/create.md": .new])
    #expect(pull.pauses.allSatisfy { $0 < .seconds(100) })
    try await site.stop()
  }

  @Test func whatFailsForGoodIsToldAndTheRestComes() async throws {
    let site = try await site(Self.two)
    site["/api/gadgets/create.md"] = [.status(503)]
    site["/api/gadgets/create"] = [.status(503)]
    let summary = try await Pull().run(site.origin + "/api")
    #expect(summary.count(.new) == 1 && summary.count(.failed) == 1 && summary.stopped == nil)
    #expect(summary.reason(site.origin + "/api/gadgets/create")?.hasPrefix("HTTP 503") == true)
    try await site.stop()
  }

  @Test func aResponseThatDoesNotEndIsGivenUp() async throws {
    let site = try await site(Self.two)
    site["/api/gadgets/create.md"] = [.stall, .page(Gadgets.create)]
    let pull = try Pull()
    let summary = try await pull.run(site.origin + "/api", giveUp: { await site.stalls.pass() })
    #expect(summary.count(.new) == 2, "\(summary)")
    #expect(pull.diagnostics.contains { $0.contains("no complete response within 60.0 seconds") })
    try await site.stop()
  }

  @Test func aSiteThatIsNotThereSaysSo() async throws {
    let site = try await Site()
    let address = site.origin
    try await site.stop()
    let summary = try await Pull().run(address + "/api") { $0.retry.maximumRetries = 1 }
    #expect(summary.stopped?.kind == .unavailable)
  }

  @Test func aSiteThatRejectsSaysSo() async throws {
    let site = try await Site()
    for path in [
      "/api", "/api/sitemap.xml", "/api/sitemap-pages.xml", "/api/llms.txt", "/api/SUMMARY.md",
      "/sitemap.xml", "/llms.txt",
    ] { site[path] = [.status(403)] }
    let summary = try await Pull().run(site.origin + "/api")
    #expect(summary.stopped?.kind == .rejected)
    try await site.stop()
  }
}
