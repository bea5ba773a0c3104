internal import ArgumentParser
internal import Comparing
internal import Distiller
internal import Foundation
internal import Spec

/// `cl-spec compare`: what the pages gave against what another source says.
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract:
      "Compares one resource of the spec with the published schema, difference by difference.",
    discussion: """
      Lists every fact on which the distilled file and the other source differ, each with page and \
      line, and the reason from the corrections. Exits with 1 when a difference has no reason. What \
      the pages of one distillation disagreed on is in cl-spec show RESOURCE --contradictions.

      Example:
        cl-spec compare imports --with resources.json
      """)

  @Argument(help: "The resource, plural as in its path.")
  var resource: String

  @Option(name: .customLong("with"), help: "The published schema, or a folder of pages.")
  var other: String

  @Option(help: "The spec folder.")
  var spec = "Spec"

  @Flag(help: "Print the differences as JSON.")
  var json = false

  mutating func run() throws {
    let folder = SpecFiles(path: spec)
    let file = "resources/\(resource).json"
    guard let distilled = try folder.read(file) else {
      throw ToolFailure(
        SpecLoading.unknown(resource, among: try SpecLoading.resources(spec).map(\.resource)))
    }
    let record = try Provenance(folder.read("provenance.json")).resources[resource]
    let pages = try PageFiles(paths: [other])
    let result = try Distiller.distil(
      pages.files, only: [resource], profile: Profile.load(in: folder.url),
      service: SpecLoading.service(in: folder.url))
    guard let theirs = result.resources.first else {
      throw ToolFailure("\(other) does not describe \(resource)")
    }
    let corrections = try SpecLoading.corrections(of: resource, in: folder)
    let comparison = try SourceComparison(
      distilled: distilled, corrections: corrections.map(\.correction), other: try theirs.tree(),
      file: file)
    let places = Places(
      ours: record?.facts ?? [:], theirs: result.facts[resource] ?? [:], pages: pages)
    try print(comparison, places)
    if !comparison.unexplained.isEmpty { throw ExitCode.failure }
  }

  /// Where both sides say what they say.
  private struct Places {
    var ours: [String: Evidence]
    var theirs: [String: Evidence]
    var pages: PageFiles

    /// The value with its place, or a dash.
    func said(_ value: String?, _ evidence: Evidence?) -> String {
      guard let value else { return "-" }
      return evidence.map { "\(value) (\(pages.paths[$0.page] ?? $0.page):\($0.line))" } ?? value
    }
  }

  private func print(_ comparison: SourceComparison, _ places: Places) throws {
    if json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      ToolOutput.result(
        String(decoding: try encoder.encode(comparison.differences), as: UTF8.self))
      return
    }
    for difference in comparison.differences {
      ToolOutput.result(
        "\(difference.pointer)\n  pages: "
          + places.said(difference.distilled, places.ours[difference.pointer])
          + "\n  other: " + places.said(difference.other, places.theirs[difference.pointer])
          + "\n  spec:  \(difference.corrected ?? "-"): "
          + (difference.reason ?? "NO REASON: correct it, or the source"))
    }
    ToolOutput.result(
      "\(comparison.differences.count) differences, \(comparison.unexplained.count) without a reason"
    )
  }
}
