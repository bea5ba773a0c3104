import ArgumentParser
import CommerceLayer
import Foundation
import ImportConsole

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
      DemoCommand.self, RunCommand.self, PlanCommand.self, ResumeCommand.self, StatusCommand.self,
      RecoverCommand.self, ForgetCommand.self, ListCommand.self, ShowCommand.self,
      InterruptCommand.self, DeleteCommand.self, ExportCommand.self, CleanupCommand.self,
      SandboxCommand.self,
    ])

  static func main() async {
    // Whoever reads our output may stop; that must not end a run half way.
    signal(SIGPIPE, SIG_IGN)
    OneHeap.set()
    let arguments = Array(CommandLine.arguments.dropFirst())
    if let rejection = SecretGuard.rejection(arguments) { end(rejection) }
    do {
      var command = try parseAsRoot(arguments)
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
      ExitStatus.checkOutput()
    } catch let quit as Quit {
      quit.exit()
    } catch {
      end(error)
    }
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

/// By default glibc gives each thread a heap of its own, up to eight for each processor, and none of them
/// gives back what another could use: a third of the memory of a large run.
private enum OneHeap {
  /// `M_ARENA_MAX` of glibc's malloc.h, which Swift does not import.
  private static let maximumHeaps: CInt = -8

  static func set() {
    #if os(Linux)
      typealias Option = @convention(c) (CInt, CInt) -> CInt
      guard let function = dlsym(nil, "mallopt") else { return }
      _ = unsafeBitCast(function, to: Option.self)(maximumHeaps, 1)
    #endif
  }
}
