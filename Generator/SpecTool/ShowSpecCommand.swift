internal import ArgumentParser
internal import Distiller
internal import Foundation
internal import Spec

/// `cl-spec show`: one resource, corrections applied.
struct ShowSpecCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Shows one resource, or what all share, with the corrections applied.",
    discussion: """
      --provenance names page and line for every fact, with the rule where the page does not spell \
      it out, or the correction with its reason and source. --contradictions lists what the pages \
      disagreed on, newest first, and the rule that decided. Both read provenance.json; with --pages \
      they are worked out anew from the pages in that folder.

      'service' stands for service.json: limits, predicates, importable types, errors, rate limits.

      Examples:
        cl-spec show imports
        cl-spec show service --provenance
        cl-spec show skus --json
        cl-spec show skus --provenance
        cl-spec show skus --json --provenance --contradictions
        cl-spec show skus --provenance --pages ../docs
      """)

  @Argument(help: "The resource, plural as in its path, or 'service' for what all share.")
  var resource: String

  @Option(help: "The spec folder.")
  var spec = "Spec"

  @Flag(help: "Print the JSON instead of tables.")
  var json = false

  @Flag(help: "Name page and line of every fact.")
  var provenance = false

  @Flag(help: "List what the pages disagreed on.")
  var contradictions = false

  @Option(help: "The folder that holds the pages named in provenance.json.")
  var pages: String?

  func validate() throws {
    if pages != nil, !provenance, !contradictions {
      throw ValidationError("--pages goes with --provenance or --contradictions")
    }
  }

  mutating func run() throws {
    let loaded = try SpecLoading.folder(spec)
    let folder = SpecFiles(path: spec)
    let isResource = loaded.resources.contains { $0.resource == resource }
    if resource == "service", !isResource { return try showService(loaded, folder) }
    let found = try SpecLoading.resource(resource, in: loaded.resources)
    guard provenance || contradictions else {
      let families = Dictionary(
        loaded.resources.compactMap { base in base.members.map { (base.resource, $0) } }
      ) { first, _ in first }
      return ToolOutput.result(
        json
          ? String(try found.tree().canonicalText.dropLast())
          : ResourceTable.text(found, families: families))
    }
    let record = try record(in: folder)
    let distilled = try folder.read("resources/\(resource).json") ?? .object([:])
    let traces = try FactTrace.traces(
      of: distilled, corrections: try SpecLoading.corrections(of: resource, in: folder),
      record: record)
    if json {
      var tree = try found.tree().object ?? [:]
      if provenance { tree["provenance"] = ProvenanceReport.tree(traces) }
      if contradictions {
        tree["contradictions"] = .array(record.contradictions.map(ProvenanceReport.tree))
      }
      return ToolOutput.result(String(JSONTree.object(tree).canonicalText.dropLast()))
    }
    var parts: [String] = []
    if provenance {
      parts.append(ProvenanceReport.text(traces))
      if let pages = ProvenanceReport.text(record.pages) { parts.append(pages) }
    }
    if contradictions { parts.append(ProvenanceReport.text(record.contradictions)) }
    ToolOutput.result(parts.joined(separator: "\n\n"))
  }

  /// What all resources share: its facts, each with its source where that is asked for.
  private func showService(_ loaded: SpecFolder, _ folder: SpecFiles) throws {
    guard pages == nil, !contradictions else {
      throw ToolFailure(
        "service.json is written by hand: no pages, no contradictions. Use --provenance")
    }
    let facts = try loaded.service.tree()
    guard provenance else {
      return ToolOutput.result(String(facts.canonicalText.dropLast()))
    }
    let traces = try FactTrace.traces(
      ofService: try folder.read(SpecFolder.serviceFile) ?? .object([:]),
      corrections: try SpecLoading.serviceCorrections(in: folder),
      sources: try Provenance(folder.read("provenance.json")).service)
    guard json else { return ToolOutput.result(ProvenanceReport.text(traces)) }
    var tree = facts.object ?? [:]
    tree["provenance"] = ProvenanceReport.tree(traces)
    ToolOutput.result(String(JSONTree.object(tree).canonicalText.dropLast()))
  }

  /// What provenance.json holds, or what the pages at hand give.
  private func record(in folder: SpecFiles) throws -> Provenance.Record {
    var provenance = try Provenance(folder.read("provenance.json"))
    guard let record = provenance.resources[resource] else {
      throw ToolFailure("\(spec)/provenance.json does not speak of \(resource): distil it again")
    }
    guard let pages else { return record }
    let files = try record.pages.map { entry in
      let url = URL(filePath: pages).appending(path: entry.page)
      guard let data = try? Data(contentsOf: url) else {
        throw ToolFailure("\(entry.page) is not in \(pages)")
      }
      return SourceFile(name: entry.page, bytes: Array(data), dates: entry.dates)
    }
    provenance.changed(files, resources: [resource], digest: Digest.sha256).forEach(
      ToolOutput.message)
    let distilled = try folder.read("resources/\(resource).json").map {
      try ResourceSpec(
        validating: $0, file: "\(resource).json", profile: Profile.load(in: folder.url))
    }
    let result = try Distiller.distil(
      files, only: [resource], known: provenance.assumedTargets(distilled.map { [$0] } ?? []),
      profile: Profile.load(in: folder.url), service: SpecLoading.service(in: folder.url))
    provenance.record(result, files: files, digest: Digest.sha256)
    return provenance.resources[resource] ?? record
  }
}
