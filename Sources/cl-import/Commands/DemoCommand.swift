import ArgumentParser
import CommerceLayerSandbox
import CommerceLayerSandboxServer
import ImportConsole

struct DemoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Import an invented catalogue into a sandbox on this machine, over HTTP.")

  @Flag(help: "Tell progress in lines, not in place.")
  var noProgress = false

  @OptionGroup var log: LogOptions

  func run() async throws {
    var configuration = SandboxConfiguration()
    configuration.pace = .rows(perSecond: Demo.rowsPerSecond)
    let environment = ProgramEnvironment.current
    let local = try await LocalSandbox.start(configuration)
    Console.err("A sandbox of the service listens on http://127.0.0.1:\(local.server.port)/api.")
    do {
      let client = try local.client(logger: log.logger(environment))
      try await Demo.run(
        client,
        isLive: environment.showsLiveProgress(
          noProgress: noProgress || log.isOnStandardError(environment)))
      await local.stop()
    } catch {
      await local.stop()
      throw error
    }
  }
}
