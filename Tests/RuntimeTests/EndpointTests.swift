import Foundation
import HTTPTypes
import Testing

@_spi(Generated) @testable import CommerceLayerRuntime

/// Credentials go below the service's domains, to this machine, or where somebody allowed them to go
/// by name.
@Suite struct EndpointTests {
  /// None of these is a domain, whoever allows it.
  static let noDomains = [
    // Other ways to write the same, or to look like it.
    "", ".", "..", "commercelayer", "commercelayer.io.", ".commercelayer.io", "commercelayer..io",
    "Commercelayer.io", "COMMERCELAYER.IO", "commercelayer.IO", " commercelayer.io",
    "commercelayer.io ", "commercelayer.io\n", "commercelayer.io\0", "commercelayer.io\r\nX: 1",
    "commercelayer。io", "commercelayer．io", "commercelayer｡io", "commercelayeг.io",
    "сommercelayer.io", "commercelayer.ıo", "commerceläyer.io", "commercelayer\u{AD}.io",
    "commercelayer\u{200B}.io", "commercelayer.io\u{202E}", "ｃommercelayer.io",
    "commercelayer%2eio", "%63ommercelayer.io", "%2e", "-commercelayer.io", "commercelayer-.io",
    "commercelayer_.io", "*.commercelayer.io",
    // Another host behind it.
    "commercelayer.io/", "commercelayer.io/@evil.com", "commercelayer.io@evil.com",
    "evil.com#commercelayer.io", "evil.com?commercelayer.io", "evil.com/commercelayer.io",
    "evil.com\\commercelayer.io", "evil.com\\@commercelayer.io", "user:pw@commercelayer.io",
    "https://commercelayer.io", "//commercelayer.io", "commercelayer.io#", "commercelayer.io?",
    "commercelayer.io;evil.com", "commercelayer.io,evil.com", "commercelayer.io evil.com",
    // Ports.
    "commercelayer.io:443", "commercelayer.io:80", "commercelayer.io:", "commercelayer.io:+443",
    "commercelayer.io:443@evil.com", "localhost:8080", "evil.com:443",
    // This machine, and addresses in all their forms.
    "localhost", "127.0.0.1", "127.1", "127.0.0.1.", "2130706433", "0x7f.1", "0x7f000001",
    "0x7f.0.0.0x1",
    "0177.0.0.1", "0", "0.0.0.0", "169.254.169.254", "1.2.3.4", "[::1]", "::1",
    "[::ffff:127.0.0.1]",
    "[fe80::1%25eth0]", "[::1]:443", "127.0.0.1:8080",
    "evil.0x7f", "evil.1",
    // Too long.
    String(repeating: "a", count: 64) + ".io", String(repeating: "a.", count: 125) + "io",
  ]

  /// These are domains, of others.
  static let others = [
    "evil.com", "commercelayer.io.evil.com", "commercelayer.co.evil.com", "evilcommercelayer.io",
    "commercelayer.io-evil.com", "commercelayer.com", "commercelayer.dev", "commercelayer.cc",
    "acme.commercelayer.io", "auth.commercelayer.io", "evil.commercelayer.co", "io", "co.io",
    "xn--commercelyer-xyz.io", "xn--ommercelayer-4zk.io", "127.0.0.1.nip.io", "localhost.evil.com",
    "evil.localhost", "commercelayer.io.localhost", "metadata.google.internal",
    "commercelayer-io.com",
  ].filter { $0.contains(".") }

  @Test(arguments: noDomains) func whatIsNoDomainIsRejectedWhoeverAllowsIt(domain: String) {
    for allowed in [nil, domain] {
      let error = #expect(throws: CommerceLayerError.self) {
        try ServiceEndpoint.service(organization: "acme", domain: domain, allowingHost: allowed)
      }
      #expect(error?.kind == .configuration)
      #expect(error?.message.contains("is not a valid domain") == true || domain.utf8.count > 200)
    }
  }

  @Test(arguments: others) func anotherDomainNeedsToBeAllowedByName(domain: String) throws {
    for allowed in [nil, "", "commercelayer.io", "other.example", "x." + domain, domain + "."] {
      let error = #expect(throws: CommerceLayerError.self) {
        try ServiceEndpoint.service(organization: "acme", domain: domain, allowingHost: allowed)
      }
      #expect(error?.kind == .configuration)
      // What, where, and what to do.
      let text = error?.description ?? ""
      #expect(text.contains("'\(domain)'") && text.contains("commercelayer.io, commercelayer.co"))
      #expect(text.contains("credentials") && text.contains("allowingHost"))
    }
    let endpoint = try ServiceEndpoint.service(
      organization: "acme", domain: domain, allowingHost: domain)
    #expect(endpoint.authority == "acme.\(domain)" && endpoint.scheme == "https")
    #expect(endpoint.tokenAuthority == "auth.\(domain)" && endpoint.tokenScheme == "https")
  }

  @Test(arguments: ServiceEndpoint.domains) func theServicesDomainsNeedNothing(domain: String)
    throws
  {
    for allowed in [nil, "other.example"] {
      let endpoint = try ServiceEndpoint.service(
        organization: "acme", domain: domain, allowingHost: allowed)
      #expect(endpoint.authority == "acme.\(domain)" && endpoint.scheme == "https")
      #expect(endpoint.tokenAuthority == "auth.\(domain)" && endpoint.tokenScheme == "https")
    }
    #expect(ServiceEndpoint.domains == ["commercelayer.io", "commercelayer.co"])
  }

  @Test(arguments: [
    "evil.com/", "evil.com#", "a@evil.com", "a\\evil", "%2e", "acme。io", "acme.", "-a", "", "..",
    "ACME", "a\nb", String(repeating: "a", count: 64),
  ])
  func aSlugCannotChangeTheHostOfAnyDomain(slug: String) {
    for domain in ServiceEndpoint.domains + ["cl.example.com"] {
      #expect(throws: CommerceLayerError.self) {
        try ServiceEndpoint.service(organization: slug, domain: domain, allowingHost: domain)
      }
    }
  }

  /// The second look, at the URL that was made: it holds even if the first one had a hole.
  @Test(arguments: [
    "acme.commercelayer.io:443", "u@acme.commercelayer.io", "u:p@acme.commercelayer.io",
    "acme.commercelayer.io/x", "acme.commercelayer.io?x", "acme.commercelayer.io#x", "",
    "evil.com/acme.commercelayer.io", "evil.com#.commercelayer.io", "a b", "a\\b", "a\nb", "[::1",
    String(repeating: "a.", count: 127),
  ])
  func anAuthorityThatIsMoreThanAHostIsSeen(authority: String) {
    #expect(!ServiceEndpoint.isHostAlone(authority))
  }

  @Test func plainHTTPGoesToThisMachineOnly() throws {
    let endpoint = try ServiceEndpoint.loopback(port: 8080)
    #expect(endpoint.scheme == "http" && endpoint.tokenScheme == "http" && endpoint.isLoopback)
    #expect(endpoint.authority == "127.0.0.1:8080" && endpoint.tokenAuthority == "127.0.0.1:8080")
    for port in [0, -1, 65_536] {
      #expect(throws: CommerceLayerError.self) { try ServiceEndpoint.loopback(port: port) }
    }
    for domain in Self.others {
      let allowed = try ServiceEndpoint.service(
        organization: "acme", domain: domain, allowingHost: domain)
      #expect(allowed.scheme == "https" && !allowed.isLoopback)
    }
  }

  /// A token may claim what it likes: it is not verified, so it does not say where requests go.
  @Test func aTokenDoesNotSayWhereRequestsGo() async throws {
    let claims = #"""
      {"iss":"https://auth.evil.example","aud":"https://evil.example","test":true,
      "organization":{"slug":"evil","domain":"evil.example","id":"x"},"exp":1}
      """#
    let token = "e30.\(Data(claims.utf8).base64EncodedString()).c2ln"
      .replacing("=", with: "").replacing("+", with: "-").replacing("/", with: "_")
    let desk = GrantDesk(
      tokens: Array(repeating: .ok(#"{"access_token":"\#(token)","expires_in":7200}"#), count: 2),
      responses: [.invalidToken, .ok(widget())])
    let client = try desk.client(.clientCredentials(id: "id", secret: "hushcanary-1"))
    _ = try? await ResourceClient<Widget>(api: client).retrieve("w1")
    #expect(client.mode == .test)
    let tokens = desk.asked, calls = desk.calls
    #expect(
      tokens.count == 2
        && tokens.allSatisfy { $0.url == "https://auth.commercelayer.io/oauth/token" })
    #expect(
      calls.count == 1
        && calls.allSatisfy { $0.url == "https://acme.commercelayer.io/api/widgets/w1" })
  }
}
