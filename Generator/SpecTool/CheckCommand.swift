internal import ArgumentParser
internal import Distiller
internal import Foundation
internal import GeneratorCore
internal import Spec

/// `cl-spec check`: the spec is valid, corrected only where it must be, and what its pages give.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Checks a spec folder, its corrections and, with the pages at hand, its origin.",
    discussion: """
      Every file must be valid and in canonical form; what names a resource or an attribute must \
      name one there is; names must become Swift names of their own; every correction must still \
      change something. Without --pages the committed files are checked on their own. With it, \
      every page named in provenance.json is read from that folder, distilled again and compared \
      byte for byte.

      Examples:
        cl-spec check
        cl-spec check --spec Spec --pages ../docs
      """)

  @Option(help: "The spec folder.")
  var spec = "Spec"

  @Option(help: "The folder that holds the pages named in provenance.json.")
  var pages: String?

  @Option(
    help: ArgumentHelp(
      "Resources, separated by commas, that relationships may lead to although nothing describes them.",
      valueName: "resources"))
  var unpublished: String?

  @Flag(help: "Accept descriptions/: this spec is for your own use.")
  var allowDescriptions = false

  mutating func run() throws {
    let folder = SpecFiles(path: spec)
    guard FileManager.default.fileExists(atPath: folder.url.path) else {
      throw ToolFailure("no such folder: \(spec)")
    }
    let loaded: SpecFolder
    do {
      loaded = try SpecFolder.load(folder.url)
    } catch {
      ToolOutput.message(error.description)
      throw ExitCode.failure
    }
    var findings = Findings()
    ToolOutput.result(Self.size(of: loaded))
    findings.add(
      "facts", SpecAudit.problems(in: loaded, unpublished: names(unpublished)).map(\.description))
    findings.add("names", unnameable(in: loaded).map(\.description))
    findings.add("corrections", try correctionProblems(loaded, folder: folder))
    findings.add("traits", rareTraits(in: loaded))
    tellTraits(of: loaded)
    findings.add("removed", over(in: loaded, folder: folder))
    findings.add("form", try notCanonical(loaded, folder: folder))
    if !allowDescriptions { findings.add("sentences", sentences(in: loaded)) }
    let provenance = try Provenance(folder.read("provenance.json"))
    findings.add(
      "provenance",
      unaccounted(loaded, provenance) + (try untraced(loaded, provenance, folder: folder))
        + provenance.service.problems(in: try folder.read(SpecFolder.serviceFile) ?? .null))
    if let pages {
      findings.add("pages", try compare(provenance, of: loaded, with: pages, folder: folder))
    } else {
      ToolOutput.result("pages        not at hand (name them with --pages): not compared")
    }
    guard findings.count > 0 else { return }
    ToolOutput.result("\(findings.count) \(findings.count == 1 ? "problem" : "problems")")
    throw ExitCode.failure
  }

  /// One line for each thing checked, on standard output; its problems on standard error.
  private struct Findings {
    private(set) var count = 0

    mutating func add(_ subject: String, _ problems: [String]) {
      count += problems.count
      let verdict =
        problems.isEmpty
        ? "ok" : "\(problems.count) \(problems.count == 1 ? "problem" : "problems")"
      ToolOutput.result(subject.padding(toLength: 13, withPad: " ", startingAt: 0) + verdict)
      problems.forEach(ToolOutput.message)
    }
  }

  private func names(_ list: String?) -> Set<String> {
    Set((list ?? "").split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) })
  }

  private static func size(of spec: SpecFolder) -> String {
    let operations = spec.resources.map(\.operations.count).reduce(0, +)
    let attributes = spec.resources.map(\.attributes.count).reduce(0, +)
    let relationships = spec.resources.map(\.relationships.count).reduce(0, +)
    return "\(spec.resources.count) resources, \(operations) operations, \(attributes) attributes, "
      + "\(relationships) relationships"
  }

  /// Corrections that change nothing, and those that do not say why they are there.
  /// Removed members that have been kept for a minor version, by the changelog beside the spec.
  private func over(in spec: SpecFolder, folder: SpecFiles) -> [String] {
    let changelog = folder.url.standardizedFileURL.deletingLastPathComponent()
      .appending(path: "CHANGELOG.md")
    guard let text = try? String(contentsOf: changelog, encoding: .utf8),
      let version = PackageVersion(changelog: text)
    else { return [] }
    return spec.removed.filter { $0.isOver(in: version) }.map {
      "corrections: error: '\($0.resource)\($0.path)' was removed in \($0.since) and was kept for one "
        + "minor version: delete it from 'removed'"
    }
  }

  private func correctionProblems(
    _ loaded: SpecFolder, folder: SpecFiles
  ) throws -> [String] {
    var problems = loaded.staleCorrections.map(\.description)
    for url in try SpecFolder.jsonFiles(in: folder.url.appending(path: "corrections")) {
      let list = try JSONDecoder().decode(Corrections.self, from: Data(contentsOf: url))
      for correction in list.corrections
      where Self.isBlank(correction.reason) || Self.isBlank(correction.source) {
        problems.append(
          SpecError(
            file: url.lastPathComponent, pointer: correction.path,
            "a correction needs a reason and a source"
          ).description)
      }
    }
    return problems
  }

  private static func isBlank(_ text: String) -> Bool { text.allSatisfy(\.isWhitespace) }

  /// Names that do not become Swift names of their own.
  private func unnameable(in spec: SpecFolder) -> [SpecError] {
    do throws(SpecError) {
      _ = try Generator.files(for: spec)
      return []
    } catch {
      return [error]
    }
  }

  /// What deriving the traits again would change. That is not a problem: frozen traits keep the public
  /// API as it is, and when to let it change is somebody's decision.
  private func tellTraits(of spec: SpecFolder) {
    let differences = TraitSpec.differences(
      from: spec.traits, to: TraitSpec.derived(from: spec.resources, keeping: spec.traits))
    guard !differences.isEmpty else { return }
    ToolOutput.result(
      "             deriving them again would give others: cl-spec traits lists them")
  }

  /// Frozen traits that few resources have: their facts are not those of the spec any more, and
  /// generated code would say everything for each resource again.
  private func rareTraits(in spec: SpecFolder) -> [String] {
    spec.traits.compactMap { trait in
      let count = spec.resources.count { $0.has(trait) }
      guard count < TraitSpec.fewestResources else { return nil }
      return
        "\(TraitSpec.fileName): error: \(count) resources have all of '\(trait.name)', fewer than "
        + "\(TraitSpec.fewestResources): run cl-spec traits --freeze"
    }
  }

  /// Resources without pages, and pages of resources that no longer exist.
  private func unaccounted(_ spec: SpecFolder, _ provenance: Provenance) -> [String] {
    let resources = Set(spec.resources.map(\.resource))
    return resources.subtracting(provenance.resources.keys).sorted().map {
      "provenance.json: error: names no page for \($0)"
    }
      + Set(provenance.resources.keys).subtracting(resources).sorted().map {
        "provenance.json: error: names pages for \($0), which is not a resource of the spec"
      }
  }

  /// The documentation's sentences belong into no spec that is passed on.
  private func sentences(in spec: SpecFolder) -> [String] {
    guard !spec.descriptions.isEmpty else { return [] }
    return [
      "\(SpecFolder.descriptionsFolder): error: holds sentences of the documentation; delete it, or "
        + "pass --allow-descriptions where the spec is for your own use"
    ]
  }

  /// Facts without a place, and places without a fact.
  private func untraced(
    _ spec: SpecFolder, _ provenance: Provenance, folder: SpecFiles
  ) throws -> [String] {
    try spec.resources.filter { provenance.resources[$0.resource] != nil }.flatMap { resource in
      let distilled = try folder.read("resources/\(resource.resource).json") ?? .object([:])
      return provenance.untraced(distilled, of: resource.resource)
    }
  }

  /// Files that were edited by hand show by their form.
  private func notCanonical(_ spec: SpecFolder, folder: SpecFiles) throws -> [String] {
    let names =
      spec.resources.map { "resources/\($0.resource).json" } + ["service.json", "provenance.json"]
      + [Profile.fileName, TraitSpec.fileName]
    return try names.compactMap { name in
      let url = folder.url.appending(path: name)
      guard FileManager.default.fileExists(atPath: url.path) else { return nil }
      let data = try Data(contentsOf: url)
      let tree = try JSONTree.parse(data, file: name)
      return Data(tree.canonicalText.utf8) == data
        ? nil : "\(name): error: is not in canonical form; write it with cl-spec distill"
    }
  }

  private static func content(of page: String, below pages: String) -> [UInt8]? {
    (try? Data(contentsOf: URL(filePath: pages).appending(path: page))).map(Array.init)
  }

  private static func isThere(folderOf page: String, below pages: String) -> Bool {
    guard let root = page.split(separator: "/").first, page.contains("/") else { return false }
    return FileManager.default.fileExists(
      atPath: URL(filePath: pages).appending(path: String(root)).path)
  }

  /// The tables of contents above pages, which say what is removed.
  private static func indexes(above names: [String], below pages: String) -> [SourceFile] {
    var found: [String: [UInt8]] = [:]
    for name in names {
      var parts = name.split(separator: "/").dropLast()
      while !parts.isEmpty {
        let index = parts.joined(separator: "/") + "/SUMMARY.md"
        if !names.contains(index), found[index] == nil, let bytes = content(of: index, below: pages)
        {
          found[index] = bytes
        }
        parts.removeLast()
      }
    }
    return found.sorted { $0.key < $1.key }.map { SourceFile(name: $0.key, bytes: $0.value) }
  }

  private func compare(
    _ provenance: Provenance, of spec: SpecFolder, with pages: String, folder: SpecFiles
  ) throws -> [String] {
    var problems: [String] = []
    var compared = 0
    for (names, resources) in provenance.groups {
      var files: [SourceFile] = []
      var missing: [String] = []
      for name in names {
        guard let data = Self.content(of: name, below: pages) else {
          missing.append(name)
          continue
        }
        files.append(
          SourceFile(name: name, bytes: data, dates: provenance.dates(of: name)))
      }
      // Where the folder of the page is there and the page is not, it is gone.
      let gone = missing.filter { Self.isThere(folderOf: $0, below: pages) }
      problems += gone.map { page in
        "provenance.json: error: \(page), which \(resources.joined(separator: ", ")) was distilled "
          + "from, is not in \(pages) any more; distill again, with --prune where the resource is gone"
      }
      if !missing.isEmpty {
        ToolOutput.result(
          "not at hand in \(pages): \(missing.joined(separator: ", ")); "
            + "not compared: \(resources.joined(separator: ", "))")
        continue
      }
      let distilled = try resources.compactMap { name in
        try folder.read("resources/\(name).json").map {
          try ResourceSpec(validating: $0, file: "\(name).json", profile: spec.profile)
        }
      }
      let result = Distiller.distil(
        files + Self.indexes(above: names, below: pages), only: Set(resources),
        known: provenance.assumedTargets(distilled), profile: spec.profile, service: spec.service)
      for name in resources {
        compared += 1
        let committed = try folder.read("resources/\(name).json")
        let distilled = try result.resources.first { $0.resource == name }?.tree()
        if committed != distilled {
          problems.append("resources/\(name).json: error: differs from what its pages give")
        }
        problems += provenance.moved(result, of: name)
      }
      problems += provenance.changed(files, resources: resources, digest: Digest.sha256)
    }
    ToolOutput.result("\(compared) resources compared with their pages")
    return problems
  }
}
