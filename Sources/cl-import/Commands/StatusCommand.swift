import ArgumentParser
import CommerceLayer
import CommerceLayerImporter
import CommerceLayerJournal
import Foundation
import ImportConsole

struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Tell what runs of this machine did, without asking the service.",
    discussion: """
      Without RUN, all runs are listed, the newest first. Runs that are finished are remembered for \
      \(Int(RunStore.keepsFinished / 86_400)) days.
      """)

  @Argument(help: ArgumentHelp("The run's id, which 'run' prints first.", valueName: "run"))
  var runID: String?

  @OptionGroup var state: StateOptions

  @Flag(help: "Print one JSON document.")
  var json = false

  func run() throws {
    let store = try state.store(.current)
    guard let runID else {
      let runs = try store.runs()
      if json {
        let all = runs.map { JSONValue.object(StatusText.json($0)) }
        Console.out(JSONValue.object(["runs": .array(all)]).text)
      } else if runs.isEmpty {
        Console.err("no run is remembered in '\(TerminalSafe.text(store.path))'")
      } else {
        StatusText.lines(runs, now: Date()).forEach(Console.out)
      }
      return
    }
    let found = try store.run(runID)
    if json {
      Console.out(JSONValue.object(StatusText.json(found)).text)
    } else if found.contents != nil {
      StatusText.details(found, options: state.words).forEach(Console.out)
    }
    if case .unusable(let error) = found.state { throw Failure(error) }
  }
}

struct ForgetCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "forget", abstract: "Remove what this machine remembers of a run.",
    discussion: """
      Imports and records in the service stay as they are. A run that ended early cannot be resumed \
      afterwards, so it is only removed with --force.
      """)

  @Argument(help: ArgumentHelp("The run's id, which 'run' prints first.", valueName: "run"))
  var runID: String

  @Flag(help: "Remove it without asking.")
  var yes = false

  @Flag(help: "Remove a run that ended early, or whose journal cannot be read.")
  var force = false

  @OptionGroup var state: StateOptions

  func run() async throws {
    let environment = ProgramEnvironment.current
    let store = try state.store(environment)
    let found = try store.run(runID)
    let loss = StatusText.loss(found)
    switch found.state {
    case .finished: break
    case .working(let process):
      throw Failure(
        .temporary,
        "run \(runID) is not removed: \(StoredRun.name(ofProcess: process)) works on it",
        advice: "stop that process, or wait until it has ended")
    case .unfinished:
      guard force else {
        throw Failure(
          .usage, "run \(runID) is not removed: it has not come to its end", because: loss,
          advice:
            "\(RunStore.command("resume", runID, state.words)), or --force when it is not to be resumed"
        )
      }
    case .unusable(let error):
      guard force else {
        throw Failure(
          .usage, "run \(runID) is not removed: it is not known whether it has come to its end",
          because: loss,
          advice:
            "\(error.advice); or --force when it is not to be resumed")
      }
    }
    if !yes {
      guard environment.canAsk else {
        throw Failure(
          .usage, "nothing was removed: there is no terminal to ask on", because: loss,
          advice: "add --yes when that is meant")
      }
      let reply = await Confirmation.read("\(loss). Remove run \(runID)? [y/N] ")
      guard Confirmation.means(yes: reply) else {
        throw Failure(.incomplete, "nothing was removed: it was not confirmed")
      }
    }
    try store.forget(runID)
    Console.err("removed run \(runID)")
  }
}
