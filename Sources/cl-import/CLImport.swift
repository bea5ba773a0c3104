import ArgumentParser
import CommerceLayer
import Foundation

/// The program.
@main
struct CLImport: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cl-import",
    abstract: "Bulk imports into Commerce Layer.",
    discussion: """
      cl-import demo
      cl-import plan skus.csv --type skus
      cl-import run skus.csv --type skus --sandbox
      cl-import run skus.csv prices.csv --parent PRICE_LIST_ID --report failed.csv

      Credentials come from CL_ORGANIZATION, CL_CLIENT_ID and CL_CLIENT_SECRET, or from \
      --credentials FILE; never from an argument.
      """,
    version: APIClient.version,
    subcommands: [
      DemoCommand.self, RunCommand.self, PlanCommand.self, ListCommand.self, ShowCommand.self,
      InterruptCommand.self, DeleteCommand.self, ExportCommand.self, CleanupCommand.self,
      SandboxCommand.self,
    ])

  static func main() async {
    // Whoever reads our output may stop; that must not end a run half way.
    signal(SIGPIPE, SIG_IGN)
    #if canImport(Glibc)
      // By default each thread gets a heap of its own, up to eight for each processor, and none of them
      // gives back what another could use.
      mallopt(M_ARENA_MAX, 1)
    #endif
    let arguments = Array(CommandLine.arguments.dropFirst())
    if let refusal = SecretGuard.refusal(arguments) { end(refusal) }
    do {
      var command = try parseAsRoot(arguments)
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
      checkOutput()
    } catch let quit as Quit {
      if quit.status == .success || quit.status == .incomplete { checkOutput() }
      Foundation.exit(quit.status.rawValue)
    } catch {
      end(error)
    }
  }

  /// Ends with 74 when standard output is not complete: whoever reads it must not take it for whole.
  private static func checkOutput() {
    guard let failure = Console.failure else { return }
    Failure(.inputOutput, "standard output is not complete", because: failure)
      .lines.forEach(Console.err)
    Foundation.exit(ExitStatus.inputOutput.rawValue)
  }

  /// Says what went wrong and ends.
  private static func end(_ error: any Error) -> Never {
    let code = exitCode(for: error)
    if code == .success {
      // Help and version are what was asked for.
      Console.out(fullMessage(for: error))
      Foundation.exit(0)
    }
    if code == .validationFailure {
      let message = fullMessage(for: error)
      Console.err(message.hasPrefix("Error: ") ? "error: " + message.dropFirst(7) : message)
      Foundation.exit(ExitStatus.usage.rawValue)
    }
    let failure = Failure(error)
    failure.lines.forEach(Console.err)
    Foundation.exit(failure.status.rawValue)
  }
}
