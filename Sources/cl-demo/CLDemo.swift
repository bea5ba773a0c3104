import CommerceLayer
import CommerceLayerSandbox
import Foundation
import ImportConsole

/// Imports an invented catalogue into a sandbox of this process: what `cl-import demo` does, without what
/// takes longest to build. No socket, no TLS, no parser of arguments is in it.
@main
struct CLDemo {
  static func main() async {
    // Whoever reads our output may stop; that must not end a run half way.
    signal(SIGPIPE, SIG_IGN)
    let arguments = Array(CommandLine.arguments.dropFirst())
    if let rejection = SecretGuard.rejection(arguments) { end(rejection) }
    do {
      switch try DemoArguments(arguments) {
      case .text(let text): Console.out(text)
      case .run(let options): try await run(options)
      }
      ExitStatus.checkOutput()
    } catch let quit as Quit {
      quit.exit()
    } catch {
      end(error)
    }
  }

  private static func run(_ options: DemoArguments.Options) async throws {
    let environment = ProgramEnvironment.current
    var configuration = SandboxConfiguration()
    configuration.pace = .rows(perSecond: Demo.rowsPerSecond)
    let sandbox = try Sandbox(configuration)
    defer { sandbox.close() }
    var client = ClientConfiguration(transport: sandbox.transport)
    client.logger = try options.log.logger(environment)
    Console.err("A sandbox of the service is in this process; nothing goes over a network.")
    try await Demo.run(
      CommerceLayerClient(
        organization: configuration.organization,
        credentials: .clientCredentials(id: sandbox.clientID, secret: sandbox.clientSecret),
        configuration: client),
      isLive: environment.showsLiveProgress(
        noProgress: options.noProgress || options.log.isOnStandardError(environment)))
  }

  private static func end(_ error: any Error) -> Never {
    let failure = Failure(error)
    failure.lines.forEach(Console.err)
    Foundation.exit(failure.status.rawValue)
  }
}
