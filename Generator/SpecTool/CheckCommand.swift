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
      Without --pages the committed files are checked on their own. With it, every page named in \
      provenance.json is read from that folder, distilled again and compared byte for byte.

      Examples:
        cl-spec check
        cl-spec check --spec Spec --pages ../docs
      """)

  @Option(help: "The spec folder.")
  var spec = "Spec"

  @Option(help: "The folder that holds the pages named in provenance.json.")
  var pages: String?

  mutating func run() throws {
    let folder = OutputFolder(path: spec)
    guard FileManager.default.fileExists(atPath: folder.url.path) else {
      throw ToolFailure("no such folder: \(spec)")
    }
    var problems: [String] = []
    let loaded: SpecFolder
    do {
      loaded = try SpecFolder.load(folder.url)
    } catch {
      Console.remark(error.description)
      throw ExitCode.failure
    }
    problems += loaded.staleCorrections.map(\.description)
    problems += try unknownTargets(in: loaded).map(\.description)
    problems += try notCanonical(loaded, folder: folder)
    problems += unnameable(in: loaded).map(\.description)
    let provenance = try Provenance(folder.read("provenance.json"))
    for resource in loaded.resources where provenance.resources[resource.resource] == nil {
      problems.append("provenance.json: error: names no page for \(resource.resource)")
    }
    for name in provenance.resources.keys.sorted() {
      guard let distilled = try folder.read("resources/\(name).json") else { continue }
      problems += provenance.untraced(distilled, of: name)
    }
    Console.result("\(loaded.resources.count) resources are valid")
    if let pages {
      problems += try compare(provenance, with: pages, folder: folder)
    } else {
      Console.result("pages not at hand (name them with --pages): not compared with the spec")
    }
    problems.forEach(Console.remark)
    if !problems.isEmpty {
      Console.result("\(problems.count) \(problems.count == 1 ? "problem" : "problems")")
      throw ExitCode.failure
    }
  }

  /// Attributes that a lifecycle names must exist and be what it takes them for.
  private func unknownTargets(in spec: SpecFolder) throws -> [SpecError] {
    spec.resources.flatMap { resource -> [SpecError] in
      (resource.lifecycle?.progress ?? []).compactMap { name in
        resource.attributes[name]?.type == .integer
          ? nil
          : SpecError(
            file: "\(resource.resource).json", pointer: "/lifecycle/progress",
            "'\(name)' is no integer attribute")
      }
    }
  }

  /// Names that do not become Swift names of their own.
  private func unnameable(in spec: SpecFolder) -> [SpecError] {
    do throws(SpecError) {
      _ = try Generator.files(for: spec)
      return []
    } catch {
      return [error]
    }
  }

  /// Files that were edited by hand show by their form.
  private func notCanonical(_ spec: SpecFolder, folder: OutputFolder) throws -> [String] {
    try spec.resources.compactMap { resource in
      let name = "resources/\(resource.resource).json"
      let data = try Data(contentsOf: folder.url.appending(path: name))
      let tree = try JSONTree.parse(data, file: name)
      return Data(tree.canonicalText.utf8) == data
        ? nil : "\(name): error: is not in canonical form; write it with cl-spec distill"
    }
  }

  private func compare(
    _ provenance: Provenance, with pages: String, folder: OutputFolder
  ) throws -> [String] {
    var problems: [String] = []
    var compared = 0
    for (names, resources) in provenance.groups {
      var files: [SourceFile] = []
      var missing: [String] = []
      for name in names {
        let url = URL(filePath: pages).appending(path: name)
        guard let data = try? Data(contentsOf: url) else {
          missing.append(name)
          continue
        }
        files.append(SourceFile(name: name, bytes: Array(data)))
      }
      if !missing.isEmpty {
        Console.result(
          "not at hand in \(pages): \(missing.joined(separator: ", ")); "
            + "not compared: \(resources.joined(separator: ", "))")
        continue
      }
      let result = Distiller.distil(
        files, only: Set(resources), known: Set(provenance.resources.keys))
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
    Console.result("\(compared) resources compared with their pages")
    return problems
  }
}
