import CommerceLayer
import CommerceLayerSandbox
import CommerceLayerSandboxServer
import Foundation
import HTTPTypes
import Testing

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// Over a real socket, with the URLSession client.
@Suite struct ServerTests {
  private func client(_ server: SandboxServer) throws -> CommerceLayerClient {
    try CommerceLayerClient(
      organization: "sandbox",
      credentials: .clientCredentials(
        id: server.sandbox.clientID, secret: server.sandbox.clientSecret),
      configuration: .init(endpoint: .loopback(port: server.port)))
  }

  @Test func anImportRunsOverASocket() async throws {
    let server = try await SandboxServer.start(try Sandbox())
    #expect(server.port > 0)
    let client = try client(server)
    let rows: [JSONValue] = (0..<50).map { ["name": .string("t\($0)")] }
    let job = try await client.imports.create(.init(resourceType: .tags, inputs: .json(rows)))
    #expect(job.inputsSize == 50)
    try await server.sandbox.drain()
    #expect(try await client.imports.retrieve(job.id).status == .completed)
    #expect(try await client.tags.list { $0.page(size: 25) }.items.count == 25)
    try await client.imports.delete(job.id)
    await server.stop()
  }

  @Test func aWrongSecretIsRejected() async throws {
    let server = try await SandboxServer.start(try Sandbox())
    let client = try CommerceLayerClient(
      organization: "sandbox",
      credentials: .clientCredentials(id: "sandbox", secret: "hushcanary-wrong"),
      configuration: .init(endpoint: .loopback(port: server.port)))
    let error = await #expect(throws: CommerceLayerError.self) {
      try await client.imports.list()
    }
    #expect(error?.kind == .authentication)
    await server.stop()
  }

  @Test func aStoppedServerGivesItsPortBack() async throws {
    let sandbox = try Sandbox()
    let first = try await SandboxServer.start(sandbox)
    let port = first.port
    await #expect(throws: (any Error).self) {
      _ = try await SandboxServer.start(sandbox, port: port)
    }
    await first.stop()
    let second = try await SandboxServer.start(sandbox, port: port)
    #expect(second.port == port)
    await second.stop()
  }

  private func status(_ request: URLRequest) async throws -> Int {
    let (_, response) = try await URLSession.shared.data(for: request)
    return try #require(response as? HTTPURLResponse).statusCode
  }

  @Test func largeBodiesAreRejectedBeforeTheyAreRead() async throws {
    let server = try await SandboxServer.start(
      try Sandbox(
        {
          var configuration = SandboxConfiguration()
          configuration.maximumBodyBytes = 1000
          return configuration
        }()))
    var request = URLRequest(
      url: try #require(URL(string: "http://127.0.0.1:\(server.port)/oauth/token")))
    request.httpMethod = "POST"
    request.httpBody = Data(repeating: 0x20, count: 1001)
    #expect(try await status(request) == 413)
    request.httpBody = Data(repeating: 0x20, count: 1000)
    #expect(try await status(request) == 400)
    await server.stop()
  }

  @Test func pagesOfOtherHostsAreRejected() async throws {
    let server = try await SandboxServer.start(try Sandbox())
    let url = try #require(URL(string: "http://localhost:\(server.port)/api/tags"))
    #expect(try await status(URLRequest(url: url)) == 401)
    var foreign = URLRequest(url: url)
    foreign.setValue("https://evil.test", forHTTPHeaderField: "Origin")
    #expect(try await status(foreign) == 403)
    var rebound = URLRequest(url: url)
    rebound.setValue("evil.test", forHTTPHeaderField: "Host")
    #expect(try await status(rebound) == 403)
    await server.stop()
  }
}
