internal import ArgumentParser
internal import Comparing
internal import Foundation
internal import Spec

/// `cl-spec diff`: what changes for users between two specs.
struct DiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Lists the changes between two specs: what breaks whom, and why.",
    discussion: """
      Every change is breaking (code stops compiling or requests are refused), compatible or \
      docs-only. Names, types and argument orders of the generated code are compared as well as the \
      facts. Folders without service.json are taken as the distiller's output.

      Examples:
        cl-spec diff old/Spec Spec
        cl-spec diff old/Spec Spec --format markdown
        cl-spec diff old/Spec Spec --fail-on breaking
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, json, markdown

    var report: ChangeReport.Format {
      switch self {
      case .text: .text
      case .json: .json
      case .markdown: .markdown
      }
    }
  }

  enum Threshold: String, ExpressibleByArgument, CaseIterable {
    case breaking, compatible
    case docsOnly = "docs-only"

    var effect: SpecChange.Effect {
      switch self {
      case .breaking: .breaking
      case .compatible: .compatible
      case .docsOnly: .docsOnly
      }
    }
  }

  @Argument(help: "The spec folder before.")
  var old: String

  @Argument(help: "The spec folder after.")
  var new: String

  @Option(help: "How to print the changes.")
  var format = Format.text

  @Option(help: "Exit with 1 when there is such a change, or a worse one.")
  var failOn: Threshold?

  mutating func run() throws {
    let changes = try changes()
    Console.result(try ChangeReport(changes).text(format.report))
    if let failOn, let worst = changes.map(\.effect).max(), worst >= failOn.effect {
      throw ExitCode.failure
    }
  }

  /// Whole specs are compared with what all resources share; a distiller's output has none of that.
  private func changes() throws -> [SpecChange] {
    if SpecLoading.isWhole(old), SpecLoading.isWhole(new) {
      return SpecDiff.changes(
        from: try SpecLoading.folder(old), to: try SpecLoading.folder(new))
    }
    return SpecDiff.changes(
      from: try SpecLoading.resources(old), to: try SpecLoading.resources(new))
  }
}
