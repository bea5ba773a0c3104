import Testing

@testable import CommerceLayerRuntime

@Suite struct LinkTests {
  private func page(_ links: String) throws -> Page<Widget> {
    try Page(Document(parsing: Array(#"{"data":[],"links":\#(links)}"#.utf8), context: .init()))
  }

  @Test func linksAreStringsObjectsOrNull() throws {
    let page = try page(
      #"""
      {"self":"/api/widgets","first":{"href":"?page=1","meta":{"a":1}},"next":null,"last":"",
      "describedby":{"href":"/schema","rel":"r","type":"t","hreflang":["en"],"title":7}}
      """#)
    #expect(page.link("self") == Link(href: "/api/widgets"))
    #expect(page.link("first") == Link(href: "?page=1", meta: ["a": 1]))
    #expect(page.link("next") == nil && page.link("prev") == nil)
    #expect(page.link("last") == Link(href: ""))
    #expect(!page.hasNext)
  }

  @Test(arguments: [
    (#"{"next":"/x"}"#, true), (#"{"next":{"href":"/x"}}"#, true), (#"{"next":null}"#, false),
    ("{}", false), ("null", false),
  ])
  func aNextPageIsNamedInAnyForm(links: String, hasNext: Bool) throws {
    #expect(try page(links).hasNext == hasNext)
  }

  private let endpoint = try? ServiceEndpoint.production(organization: "acme")

  @Test(arguments: [
    (
      "https://acme.commercelayer.io/api/imports?page%5Bnumber%5D=2",
      "/api/imports?page%5Bnumber%5D=2"
    ),
    ("HTTPS://ACME.commercelayer.io/api/imports", "/api/imports"),
    ("/api/imports/aBc/events?page[number]=2#x", "/api/imports/aBc/events?page[number]=2"),
    ("/api/", "/api/"),
  ])
  func linksIntoTheAPIAreFollowed(href: String, target: String) throws {
    #expect(try endpoint?.target(of: Link(href: href)) == target)
  }

  @Test(arguments: [
    "https://evil.example/api/imports", "//evil.example/api/imports",
    "http://acme.commercelayer.io/api/x",
    "https://acme.commercelayer.io.evil.example/api/x",
    "https://acme.commercelayer.io@evil.example/api/x",
    "https://acme.commercelayer.io:8443/api/x", "https://user@acme.commercelayer.io/api/x",
    "https://other.commercelayer.io/api/x", "file:///etc/passwd", "javascript:alert(1)", "data:,x",
    "imports?page=2", "?page=2", "", "#", "/", "/oauth/token", "/apix", "/api", "///api/x",
    "/api/../oauth/token", "/api/%2e%2e/oauth/token", "/api/%2E./x", "/api/./x", "/api//x",
    "/api/a%2fb", "/api/a%5Cb", "/api\\x", "https:\\\\acme.commercelayer.io/api/x", "/api/\u{0}",
    "/api/a b",
    "/api/x\r\nHost: evil", "https://acme。commercelayer.io/api/x", "https://acme.commercelayer.io",
    " /api/x", "https:///api/x",
  ])
  func noOtherLinkIs(href: String) throws {
    let endpoint = try #require(endpoint)
    let error = #expect(throws: CommerceLayerError.self) {
      try endpoint.target(of: Link(href: href))
    }
    #expect(error?.kind == .protocolViolation)
  }

  @Test func aLoopbackEndpointKeepsItsPort() throws {
    let endpoint = try ServiceEndpoint.loopback(port: 8080)
    #expect(try endpoint.target(of: Link(href: "http://127.0.0.1:8080/api/x")) == "/api/x")
    #expect(throws: CommerceLayerError.self) {
      try endpoint.target(of: Link(href: "http://127.0.0.1:80801/api/x"))
    }
  }
}
