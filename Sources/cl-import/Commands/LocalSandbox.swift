import CommerceLayer
import CommerceLayerSandbox
import Logging

/// A sandbox of this process on a port of this machine.
struct LocalSandbox {
  let sandbox: Sandbox
  let server: SandboxServer

  static func start(
    _ configuration: SandboxConfiguration = .init(), port: Int = 0
  ) async throws -> LocalSandbox {
    let sandbox: Sandbox
    do {
      sandbox = try Sandbox(configuration)
    } catch {
      throw Failure(
        .unavailable, "the sandbox cannot open its file", because: "\(error)",
        advice: "name a file in a folder that exists, written by a sandbox or new")
    }
    do {
      let server = try await SandboxServer.start(sandbox, port: port)
      return LocalSandbox(sandbox: sandbox, server: server)
    } catch {
      throw Failure(
        .unavailable, "the sandbox cannot listen on port \(port)", because: "\(error)",
        advice: "choose another port, or 0 for any free one")
    }
  }

  /// A client that talks to it over the network.
  func client(logger: Logger?) throws -> CommerceLayerClient {
    var configuration = ClientConfiguration(
      transport: ConnectionOptions.transport(), endpoint: try .loopback(port: server.port))
    configuration.logger = logger
    return try CommerceLayerClient(
      organization: sandbox.configuration.organization,
      credentials: .clientCredentials(id: sandbox.clientID, secret: sandbox.clientSecret),
      configuration: configuration)
  }

  func stop() async {
    sandbox.stop()
    await server.stop()
    sandbox.close()
  }
}
