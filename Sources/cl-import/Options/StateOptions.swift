import ArgumentParser
import CommerceLayerImporter
import CommerceLayerJournal
import Foundation
import ImportConsole

/// Where runs are recorded.
struct StateOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Keep the journals of runs in this folder; by default in cl below XDG_STATE_HOME or "
        + "~/.local/state. [env: \(RunStore.variable)]", valueName: "folder"))
  var stateDir: String?

  func validate() throws {
    // What the environment leaves empty is not set; an option is meant.
    guard stateDir != "" else { throw ValidationError("--state-dir names no folder") }
  }

  /// - Throws: ``Failure`` when no folder is named and there is no home.
  func store(_ environment: ProgramEnvironment) throws(Failure) -> RunStore {
    guard
      let path = RunStore.stateDirectory(
        option: stateDir, variables: environment.variables,
        home: environment.variables["HOME"] ?? NSHomeDirectory())
    else {
      throw Failure(
        .configuration, "there is no folder for the journals of runs",
        because: "neither XDG_STATE_HOME nor HOME is set", advice: "--state-dir FOLDER")
    }
    return RunStore(stateDirectory: RunStore.absolute(path))
  }

  /// The options as words of a command line, for whoever is to use the same folder.
  var words: [String] { stateDir.map { ["--state-dir", $0] } ?? [] }
}
