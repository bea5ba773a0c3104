#if canImport(FoundationNetworking)
  @testable import CommerceLayerRuntime
  import CommerceLayerTransportConformance
  import Foundation
  import HTTPTypes
  import Testing

  @Suite struct SystemProxyTests {
    private static let plain = HTTPRequest(
      method: .get, scheme: "http", authority: "127.0.0.1:80", path: "/")

    @Test(arguments: [
      [:], ["HTTP_PROXY": "http://p.test"], ["http_proxy": ""],
      ["http_proxy": "http://p.test", "no_proxy": "localhost, 127.0.0.1"],
      ["all_proxy": "http://p.test", "NO_PROXY": "*"],
    ])
    func goesDirectly(_ environment: [String: String]) throws {
      try SystemProxy.check(Self.plain, environment)
    }

    @Test(arguments: [
      ["http_proxy": "http://p.test"], ["ALL_PROXY": "http://p.test"],
      ["all_proxy": "http://p.test", "no_proxy": "localhost"],
      ["http_proxy": "http://p.test", "no_proxy": "7.0.0.1,."],
    ])
    func isRejectedByAProxy(_ environment: [String: String]) {
      #expect(throws: TransportError.self) {
        try SystemProxy.check(Self.plain, environment)
      }
    }

    /// libcurl reads the environment of the process, so each case runs in a process of its own: this
    /// test bundle, told to run ``asksByTheProxyOfItsEnvironment()`` alone.
    private func run(_ environment: [String: String]) async throws -> String {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
      process.arguments = [
        "--testing-library", "swift-testing", "--filter", "asksByTheProxyOfItsEnvironment",
      ]
      process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
      let output = Pipe()
      process.standardOutput = output
      process.standardError = FileHandle.nullDevice
      try process.run()
      let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
      process.waitUntilExit()
      return String(decoding: bytes, as: UTF8.self)
    }

    private static let childURL = "COMMERCELAYER_PROXY_TEST_AUTHORITY"

    @Test(
      .enabled(
        if: ProcessInfo.processInfo.environment[childURL] != nil,
        "the other tests here run it, each in a process of its own"))
    func asksByTheProxyOfItsEnvironment() async throws {
      let target = try #require(ProcessInfo.processInfo.environment[Self.childURL])
        .split(separator: " ").map(String.init)
      var request = HTTPRequest(
        method: .get, scheme: target[0], authority: target[1], path: "/hidden")
      request.headerFields[.authorization] = "Bearer hushcanary"
      do {
        let response = try await URLSessionTransport().send(
          request, body: nil, timeouts: .init())
        print("OUTCOME \(response.head.status.code)")
      } catch {
        print("OUTCOME \((error as? TransportError)?.kind.rawValue ?? "\(error)")")
      }
    }

    @Test(arguments: ["http", "https"])
    func nothingIsGivenToAProxy(_ scheme: String) async throws {
      let proxy = try await LoopbackServer { _ in }
      let output = try await run([
        "\(scheme)_proxy": "http://127.0.0.1:\(proxy.port)", "no_proxy": "",
        Self.childURL: "\(scheme) 127.0.0.1:9",
      ])
      #expect(output.contains("OUTCOME invalidRequest"))
      #expect(proxy.accepted == 0)
      await proxy.stop()
    }

    @Test(arguments: [("commercelayer.io", true), (".commercelayer.io", true), ("layer.io", false)])
    func namesUnderAnExceptionGoDirectly(_ exception: String, _ isDirect: Bool) {
      var request = Self.plain
      (request.scheme, request.authority) = ("https", "shop.commercelayer.io")
      let environment = ["HTTPS_PROXY": "http://p.test", "no_proxy": exception]
      var wasRejected = false
      do { try SystemProxy.check(request, environment) } catch { wasRejected = true }
      #expect(wasRejected != isDirect)
    }
  }
#endif
