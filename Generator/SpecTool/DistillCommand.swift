internal import ArgumentParser
internal import Distiller
internal import Foundation
internal import Spec

/// `cl-spec distill`: pages in, resources out.
struct DistillCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "distill",
    abstract: "Reads documentation pages and writes one spec file a resource.",
    discussion: """
      Markdown, HTML, copied text and the published schema are told apart by their content. Where \
      pages disagree the newer one counts, and the remark on standard error says so with file and \
      line. The output is the same whatever order the pages are named in.

      Examples:
        cl-spec distill pages/ --output Spec
        cl-spec distill create.md list.html --output /tmp/widgets
        cl-spec distill resources.json --resources skus,prices --output Spec
        cl-spec distill resources.json --output ~/my-spec --descriptions
      """)

  @Argument(help: ArgumentHelp("Files and folders of documentation pages.", valueName: "path"))
  var paths: [String]

  @Option(help: "The folder that receives resources/ and provenance.json.")
  var output: String

  @Option(
    help: ArgumentHelp(
      "What the service does in its own way; the profile.json in the output folder without it.",
      valueName: "file"))
  var profile: String?

  @Option(help: "Only these resources, separated by commas.")
  var resources: String?

  @Flag(
    help: ArgumentHelp(
      "Also write descriptions/: the documentation's sentences, for your own client's comments.",
      discussion: """
        They are the documentation's, not this project's: keep them out of repositories. cl-spec \
        check refuses a spec that holds them unless it is told otherwise.
        """))
  var descriptions = false

  @Flag(help: "Also print notes: conditions, guesses, tables that were not read.")
  var verbose = false

  mutating func run() throws {
    let pages = try PageFiles(paths: paths)
    guard !pages.files.isEmpty else { throw ToolFailure("there is no file in these paths") }
    let only = Set((resources ?? "").split(separator: ",").map { String($0) })
    let folder = OutputFolder(path: output)
    var provenance = try Provenance(folder.read("provenance.json"))
    let result = Distiller.distil(
      pages.files, only: only, known: Set(provenance.resources.keys),
      profile: try profile.map { try Profile.load(URL(filePath: $0)) }
        ?? Profile.load(in: folder.url),
      service: try SpecLoading.service(in: folder.url))
    for diagnostic in result.diagnostics where verbose || diagnostic.severity > .note {
      Console.remark(pages.shown(diagnostic).description)
    }
    var changed = 0
    for resource in result.resources {
      if try folder.write(try resource.tree(), to: "resources/\(resource.resource).json") {
        changed += 1
      }
    }
    if descriptions { try write(result.descriptions, to: folder) }
    provenance.record(result, files: pages.files, digest: Digest.sha256)
    if !result.resources.isEmpty {
      _ = try folder.write(provenance.tree, to: "provenance.json")
    }
    summarise(result, pages: pages.files.count, changed: changed)
    if result.resources.isEmpty, !result.hasErrors {
      Console.remark("error: these pages describe no resource")
      throw ExitCode.failure
    }
    if result.hasErrors { throw ExitCode.failure }
  }

  private func write(
    _ descriptions: [String: ResourceDescriptions], to folder: OutputFolder
  ) throws {
    for (resource, text) in descriptions {
      let name = "\(SpecFolder.descriptionsFolder)/\(resource).json"
      if text.isEmpty {
        try folder.remove(name)
      } else {
        _ = try folder.write(try text.tree(), to: name)
      }
    }
  }

  private func counted(_ count: Int, _ what: String) -> String {
    "\(count) \(what)\(count == 1 ? "" : "s")"
  }

  private func summarise(_ result: DistillResult, pages: Int, changed: Int) {
    let count = result.resources.count
    Console.result(
      "\(counted(pages, "page")), \(counted(count, "resource")), "
        + "\(changed) written to \(output)")
    for resource in result.resources.prefix(count > 30 ? 0 : 30) {
      Console.result(
        "  \(resource.resource): \(counted(resource.operations.count, "operation")), "
          + "\(counted(resource.attributes.count, "attribute")), "
          + counted(resource.relationships.count, "relationship"))
    }
    for severity in Diagnostic.Severity.allCases.reversed() {
      let found = result.diagnostics.count { $0.severity == severity }
      if found > 0 {
        let hint = severity == .note && !verbose ? " (shown with --verbose)" : ""
        Console.result("  \(found) \(severity.rawValue)\(found == 1 ? "" : "s")\(hint)")
      }
    }
  }
}
