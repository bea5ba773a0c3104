import CommerceLayerRuntime
import CommerceLayerTransportConformance
import HTTPTypes
import Testing

@testable import CommerceLayerAsyncHTTPClient

@Suite struct ProxySettingsTests {
  private static let proxy = ["https_proxy": "http://proxy.test:3128"]

  private func isProxied(_ authority: String, _ environment: [String: String]) -> Bool {
    if case .proxy = ProxySettings(environment: environment).route(to: authority) { return true }
    return false
  }

  @Test(arguments: [
    ["https_proxy": "http://proxy.test:3128"], ["HTTPS_PROXY": "http://proxy.test:3128/"],
    ["all_proxy": "proxy.test:3128"], ["ALL_PROXY": "HTTP://proxy.test:3128"],
    ["https_proxy": "http://proxy.test:3128", "HTTPS_PROXY": "http://other.test"],
    ["https_proxy": "http://proxy.test:3128", "ALL_PROXY": "http://other.test"],
    ["https_proxy": "", "ALL_PROXY": "http://proxy.test:3128"],
  ])
  func isReadFromTheUsualVariables(_ environment: [String: String]) {
    let expected = ProxySettings.Proxy(kind: .http, host: "proxy.test", port: 3128)
    #expect(ProxySettings(environment: environment).https == .proxy(expected))
  }

  @Test func noVariableMeansNoProxy() {
    #expect(ProxySettings(environment: ["http_proxy": "http://proxy.test"]).https == .direct)
    #expect(ProxySettings.none.https == .direct)
  }

  @Test func readsPortsPasswordsAndSOCKS() {
    func proxy(_ text: String) -> ProxySettings.Choice {
      ProxySettings(environment: ["https_proxy": text]).https
    }
    #expect(proxy("http://p.test") == .proxy(.init(kind: .http, host: "p.test", port: 80)))
    #expect(
      proxy("http://u:p%40hushcanary@p.test:1")
        == .proxy(.init(kind: .http, host: "p.test", port: 1, user: "u", password: "p@hushcanary")))
    #expect(proxy("socks5://p.test") == .proxy(.init(kind: .socks, host: "p.test", port: 1080)))
    #expect(proxy("http://[::1]:8080") == .proxy(.init(kind: .http, host: "::1", port: 8080)))
  }

  @Test(
    arguments: [
      "https://u:hushcanary@p.test", "ftp://u:hushcanary@p.test", "http://u:hushcanary@",
      "http://u:hushcanary@p.test:99999",
      "socks5://u:hushcanary@p.test",
    ] as [Secret])
  func aProxyThatCannotBeUsedFailsWithoutNamingItsPassword(_ text: Secret) throws {
    let settings = ProxySettings(environment: ["https_proxy": text.exposed])
    guard case .unusable(let reason) = settings.route(to: "shop.test") else {
      throw ProxyIsUsable()
    }
    #expect(reason.contains("https_proxy"))
    #expect(!reason.contains("hushcanary"))
  }

  private struct ProxyIsUsable: Error {}

  @Test(arguments: [
    ("shop.test", "shop.test"), ("a.shop.test", "shop.test"), ("a.shop.test", ".shop.test"),
    ("shop.test", ".shop.test"), ("SHOP.test", "x, Shop.Test"), ("shop.test", "*"),
    ("shop.test:443", "shop.test"), ("shop.test", "shop.test:443"),
    ("shop.test:444", "shop.test:444"),
    ("192.0.2.1", "192.0.2.1"), ("[2001:db8::1]:443", "2001:db8::1"), ("shop.test", "x shop.test"),
    ("localhost", ""), ("127.0.0.1:9", ""), ("[::1]", ""),
  ])
  func goesAroundTheProxy(_ authority: String, _ exceptions: String) {
    #expect(!isProxied(authority, Self.proxy.merging(["no_proxy": exceptions]) { $1 }))
  }

  @Test(arguments: [
    ("shop.test", ""), ("myshop.test", "shop.test"), ("shop.test.evil.test", "shop.test"),
    ("shop.test", "shop.test:444"), ("shop.test", "a.shop.test"), ("shop.test", ","),
    ("shop.test", "."),
    ("localhost.evil.test", ""), ("shop.test", "**"),
  ])
  func goesByTheProxy(_ authority: String, _ exceptions: String) {
    #expect(isProxied(authority, Self.proxy.merging(["NO_PROXY": exceptions]) { $1 }))
  }
}

@Suite struct ProxyTests {
  private func transport(
    _ port: Int, credentials: String = "", authorities: String? = nil
  ) -> AsyncHTTPClientTransport {
    let environment = ["HTTPS_PROXY": "http://\(credentials)127.0.0.1:\(port)"]
    return AsyncHTTPClientTransport(
      timeouts: .patient, proxies: ProxySettings(environment: environment),
      certificateAuthorities: authorities)
  }

  private func request(_ scheme: String, _ authority: String) -> HTTPRequest {
    var request = HTTPRequest(
      method: .get, scheme: scheme, authority: authority, path: "/hidden?q=1")
    request.headerFields[.authorization] = "Bearer hushcanary"
    return request
  }

  private func kind(_ transport: any ClientTransport, _ request: HTTPRequest) async
    -> TransportError.Kind?
  {
    do {
      _ = try await transport.send(request, body: nil, timeouts: .init())
      return nil
    } catch {
      return (error as? TransportError)?.kind
    }
  }

  @Test(.enabled(if: Certificates.shared != nil, "the openssl command makes the certificates"))
  func aTunnelShowsTheProxyNoMoreThanTheHost() async throws {
    let certificates = try #require(Certificates.shared)
    let context = try certificates.server(.good)
    let proxy = try await LoopbackServer { connection in
      guard try await connection.readRequest() != nil else { return }
      try await connection.send("HTTP/1.1 200 Connected\r\n\r\n", thenSpeak: context)
      guard try await connection.readRequest() != nil else { return }
      try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
      try await connection.waitForClose()
    }
    let transport = transport(
      proxy.port, credentials: "user:hushcanary@", authorities: certificates.authority)
    let response = try await transport.send(
      request("https", "shop.test"), body: nil, timeouts: .init())
    #expect(response.head.status.code == 200)
    let (connect, inside) = (try #require(proxy.requests.first), try #require(proxy.requests.last))
    #expect(connect.lines.first == "CONNECT shop.test:443 HTTP/1.1")
    #expect(!connect.head.contains("canary") && !connect.head.contains("hidden"))
    #expect(connect.head.lowercased().contains("proxy-authorization: basic dxnlcjpodxnoy2fuyxj5"))
    #expect(inside.head.contains("canary"))
    #expect(!inside.head.lowercased().contains("proxy-authorization"))
    try await transport.shutdown()
    await proxy.stop()
  }

  @Test(arguments: ["407 Proxy Authentication Required", "502 Bad Gateway", "403 No"])
  func aProxyThatRejectsMeansUnsent(_ status: String) async throws {
    let proxy = try await LoopbackServer { connection in
      guard try await connection.readRequest() != nil else { return }
      try await connection.send("HTTP/1.1 \(status)\r\nContent-Length: 0\r\n\r\n")
    }
    #expect(await kind(transport(proxy.port), request("https", "shop.test")) == .connect)
    await proxy.stop()
  }

  @Test func aProxyThatIsNotThereMeansUnsent() async throws {
    let port = try await LoopbackServer.closedPort()
    #expect(await kind(transport(port), request("https", "shop.test")) == .connect)
  }

  @Test func aProxyThatCannotBeUsedIsNotGoneAround() async throws {
    let transport = AsyncHTTPClientTransport(
      timeouts: .patient,
      proxies: ProxySettings(environment: ["https_proxy": "https://proxy.test"]))
    #expect(await kind(transport, request("https", "shop.test")) == .invalidRequest)
  }

  @Test func thisMachineIsReachedDirectly() async throws {
    let proxy = try await LoopbackServer { _ in }
    let server = try await LoopbackServer { connection in
      guard try await connection.readRequest() != nil else { return }
      try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    }
    let transport = transport(proxy.port)
    #expect(await kind(transport, request("http", "127.0.0.1:\(server.port)")) == nil)
    #expect(server.requests.count == 1)
    #expect(proxy.accepted == 0)
    await server.stop()
    await proxy.stop()
  }
}
