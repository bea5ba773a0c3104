import CommerceLayer
import CommerceLayerSandbox
import CommerceLayerSandboxServer
import ImportConsole
import Logging

/// A sandbox of this process on a port of this machine.
struct LocalSandbox {
  let sandbox: Sandbox
  let server: SandboxServer
  /// What stands between the server and its clients; nil without faults of the wire.
  let proxy: WireFaultProxy?
  /// Where clients find it.
  var port: Int { proxy?.port ?? server.port }

  /// What a proxy does to connections, and who is told.
  struct Wire: Sendable {
    var rules: [WireFaultRule]
    var observe: (@Sendable (WireFaultProxy.Exchange) -> Void)?
  }

  /// - Parameters:
  ///   - port: Where clients find it: the port of the proxy when there is one.
  ///   - wire: Faults of the wire; nil for no proxy.
  static func start(
    _ configuration: SandboxConfiguration = .init(), port: Int = 0, wire: Wire? = nil
  ) async throws -> LocalSandbox {
    var configuration = configuration
    // A released program has no URLSession, which the sandbox would use otherwise.
    configuration.webhookTransport = configuration.webhookTransport ?? ConnectionOptions.transport()
    let sandbox: Sandbox
    do {
      sandbox = try Sandbox(configuration)
    } catch {
      throw Failure(
        .unavailable, "the sandbox cannot open its file", because: "\(error)",
        advice: "name a file in a folder that exists, written by a sandbox or new")
    }
    do {
      let server = try await SandboxServer.start(sandbox, port: wire == nil ? port : 0)
      do {
        let proxy: WireFaultProxy? =
          if let wire {
            try await WireFaultProxy.start(
              to: server.port, port: port, rules: wire.rules, seed: configuration.seed,
              observe: wire.observe)
          } else {
            nil
          }
        return LocalSandbox(sandbox: sandbox, server: server, proxy: proxy)
      } catch {
        await server.stop()
        throw error
      }
    } catch {
      sandbox.close()
      throw Failure(
        .unavailable, "the sandbox cannot listen on port \(port)", because: "\(error)",
        advice: "choose another port, or 0 for any free one")
    }
  }

  /// A client that talks to it over the network.
  func client(logger: Logger?) throws -> CommerceLayerClient {
    var configuration = ClientConfiguration(
      transport: ConnectionOptions.transport(), endpoint: try .loopback(port: port))
    configuration.logger = logger
    return try CommerceLayerClient(
      organization: sandbox.configuration.organization,
      credentials: .clientCredentials(id: sandbox.clientID, secret: sandbox.clientSecret),
      configuration: configuration)
  }

  func stop() async {
    sandbox.stop()
    await proxy?.stop()
    await server.stop()
    sandbox.close()
  }
}
