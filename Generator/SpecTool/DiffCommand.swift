internal import ArgumentParser
internal import Distiller
internal import Foundation
internal import Spec

/// `cl-spec diff`: what changes for users between two specs.
struct DiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Lists the changes between two specs and what each does to users.",
    discussion: """
      Every change is breaking (code stops compiling or requests are refused), compatible or \
      docs-only. Folders without service.json are taken as the distiller's output.

      Examples:
        cl-spec diff old/Spec Spec
        cl-spec diff old/Spec Spec --format markdown
        cl-spec diff old/Spec Spec --fail-on breaking
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, markdown }
  enum Threshold: String, ExpressibleByArgument, CaseIterable { case breaking, compatible }

  @Argument(help: "The spec folder before.")
  var old: String

  @Argument(help: "The spec folder after.")
  var new: String

  @Option(help: "How to print the changes.")
  var format = Format.text

  @Option(help: "Exit with 1 when there is such a change, or a worse one.")
  var failOn: Threshold?

  mutating func run() throws {
    let changes = SpecDiff.changes(
      from: try SpecLoading.resources(old), to: try SpecLoading.resources(new))
    Console.result(try DiffReport.text(changes, format: format))
    let worst = changes.map(\.effect).max()
    switch (failOn, worst) {
    case (.breaking?, .breaking?), (.compatible?, .compatible?), (.compatible?, .breaking?):
      throw ExitCode.failure
    default: break
    }
  }
}

/// The changes as text.
enum DiffReport {
  static func text(_ changes: [SpecChange], format: DiffCommand.Format) throws -> String {
    switch format {
    case .json:
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      return String(decoding: try encoder.encode(changes), as: UTF8.self)
    case .text:
      if changes.isEmpty { return "no changes" }
      let lines = changes.map {
        "\($0.effect.rawValue): \($0.resource)\($0.pointer): \($0.change) (\($0.reason))"
      }
      return (lines + [counts(changes)]).joined(separator: "\n")
    case .markdown:
      if changes.isEmpty { return "No changes." }
      return SpecChange.Effect.allCases.reversed().compactMap { section($0, changes) }
        .joined(separator: "\n\n")
    }
  }

  private static func section(_ effect: SpecChange.Effect, _ changes: [SpecChange]) -> String? {
    let found = changes.filter { $0.effect == effect }
    guard !found.isEmpty else { return nil }
    let title =
      switch effect {
      case .breaking: "Breaking"
      case .compatible: "Compatible"
      case .docsOnly: "Documentation only"
      }
    let lines = found.map { "- `\($0.resource)\($0.pointer)` \($0.change): \($0.reason)" }
    return (["### \(title)", ""] + lines).joined(separator: "\n")
  }

  private static func counts(_ changes: [SpecChange]) -> String {
    SpecChange.Effect.allCases.reversed().map { effect in
      "\(changes.count { $0.effect == effect }) \(effect.rawValue)"
    }.joined(separator: ", ")
  }
}
