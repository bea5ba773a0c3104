import CommerceLayer
import CommerceLayerSandbox
import Logging

/// A sandbox of this process on a port of this machine.
struct LocalSandbox {
  let sandbox: Sandbox
  let server: SandboxServer

  static func start(
    port: Int = 0, pace: SandboxConfiguration.Pace = .immediate, acceptUnsimulated: Bool = false,
    acceptMissingRelated: Bool = false
  ) async throws -> LocalSandbox {
    var configuration = SandboxConfiguration()
    configuration.pace = pace
    configuration.acceptUnsimulated = acceptUnsimulated
    configuration.acceptMissingRelated = acceptMissingRelated
    let sandbox = try Sandbox(configuration)
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
  }
}
