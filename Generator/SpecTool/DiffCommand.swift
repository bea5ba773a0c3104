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
      Every change is breaking (code stops compiling or requests are rejected), compatible or \
      docs-only. The public API that both specs give is compared as well as the facts, and a spec \
      that cannot be generated is a breaking change. Folders without service.json are taken as the \
      distiller's output.

      Examples:
        cl-spec diff old/Spec Spec
        cl-spec diff --from v1.2 Spec
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

  @Argument(
    help: ArgumentHelp(
      "The spec folders before and after; with --from the one after, which is Spec without it.",
      valueName: "folder"))
  var folders: [String] = []

  @Option(
    help: ArgumentHelp(
      "Take the spec before from this revision of the folder's git repository.",
      valueName: "revision"))
  var from: String?

  @Option(help: "How to print the changes.")
  var format = Format.text

  @Option(help: "Exit with 1 when there is such a change, or a worse one.")
  var failOn: Threshold?

  func validate() throws {
    if let from {
      if let problem = GitRevision.problem(with: from) {
        throw ValidationError("--from: '\(from)' is not a valid revision: \(problem)")
      }
      guard folders.count <= 1 else {
        throw ValidationError("with --from there is one folder, the spec after")
      }
    } else if folders.count != 2 {
      throw ValidationError("two folders are needed, the spec before and the spec after")
    }
  }

  mutating func run() throws {
    let changes = try changes()
    ToolOutput.result(try ChangeReport(changes).text(format.report))
    if let failOn, let worst = changes.map(\.effect).max(), worst >= failOn.effect {
      throw ExitCode.failure
    }
  }

  private func changes() throws -> [SpecChange] {
    guard let from else { return try Self.changes(from: folders[0], to: folders[1]) }
    let new = folders.first ?? "Spec"
    let old = try GitRevision.extract(from, folder: new)
    defer { try? FileManager.default.removeItem(at: old) }
    return try Self.changes(from: old.path, to: new)
  }

  /// Whole specs are compared with what all resources share; a distiller's output has none of that.
  static func changes(from old: String, to new: String) throws -> [SpecChange] {
    if SpecLoading.isWhole(old), SpecLoading.isWhole(new) {
      return SpecDiff.changes(
        from: try SpecLoading.folder(old), to: try SpecLoading.folder(new))
    }
    return SpecDiff.changes(
      from: try SpecLoading.resources(old), to: try SpecLoading.resources(new))
  }
}
