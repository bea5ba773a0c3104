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
      pages disagree the newer one counts, and the diagnostic on standard error says so with file and \
      line. The output depends on the pages alone, not on their order and not on what the folder holds. \
      A page is as old as the pull, the sitemap or --dates say; only where nothing says so does its form tell.

      Examples:
        cl-spec distill pages/ --output Spec
        cl-spec distill create.md list.html --output /tmp/widgets
        cl-spec distill resources.json --resources skus,prices --output Spec
        cl-spec distill pages/ --output Spec --prune --strict
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

  @Option(
    help:
      "Resources, separated by commas, that exist beside those of the pages: relationships may lead there."
  )
  var known: String?

  @Option(
    help: ArgumentHelp(
      "A file with the dates of commits, as git log --format=%as --name-only prints them.",
      valueName: "file"))
  var dates: String?

  @Flag(
    help:
      "Remove the resources that these pages described before and do not any more. Without it they are an error."
  )
  var prune = false

  @Flag(
    help: "Exit with 1 on a warning that is not accepted, or an accepted one that no longer occurs."
  )
  var strict = false

  @Option(
    help: ArgumentHelp(
      "The accepted warnings. By default corrections/accepted-warnings.txt in the output folder.",
      valueName: "file"))
  var accepted: String?

  @Flag(
    help: ArgumentHelp(
      "Also write descriptions/: the documentation's sentences, for your own client's comments.",
      discussion: """
        They are the documentation's, not this project's: keep them out of repositories. cl-spec \
        check rejects a spec that holds them unless it is told otherwise.
        """))
  var descriptions = false

  @Flag(help: "Also print notes: conditions, guesses, tables that were not read.")
  var verbose = false

  mutating func run() throws {
    let acceptedWarnings = try readAcceptedWarnings()
    let pages = try PageFiles(paths: paths, log: try dates.map { try CommitDates(path: $0) })
    guard !pages.files.isEmpty else { throw ToolFailure("there is no file in these paths") }
    let only = names(resources)
    let folder = SpecFiles(path: output)
    var provenance = try Provenance(folder.read("provenance.json"))
    let result = Distiller.distil(
      pages.files, only: only, known: names(known),
      profile: try profile.map { try Profile.load(URL(filePath: $0)) }
        ?? Profile.load(in: folder.url),
      service: try SpecLoading.service(in: folder.url))
    for diagnostic in result.diagnostics where verbose || diagnostic.severity > .note {
      ToolOutput.message(pages.shown(diagnostic).description)
    }
    var changed = 0
    for resource in result.resources {
      if try folder.write(try resource.tree(), to: "resources/\(resource.resource).json") {
        changed += 1
      }
    }
    if descriptions { try write(result.descriptions, to: folder) }
    let vanished = provenance.vanished(from: result, covers: pages.covers, only: only)
    if prune { try remove(vanished, from: folder, &provenance) }
    provenance.record(result, files: pages.files, digest: Digest.sha256)
    if !result.resources.isEmpty || prune && !vanished.isEmpty {
      _ = try folder.write(provenance.tree, to: "provenance.json")
    }
    summarise(result, pages: pages.files.count, changed: changed)
    if result.resources.isEmpty, !result.hasErrors {
      ToolOutput.message("error: these pages describe no resource")
      throw ExitCode.failure
    }
    if !prune { report(vanished: vanished) }
    let isAccepted = judge(result, pages, acceptedWarnings)
    if result.hasErrors || !isAccepted || !prune && !vanished.isEmpty { throw ExitCode.failure }
  }

  private func names(_ list: String?) -> Set<String> {
    Set((list ?? "").split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) })
  }

  // MARK: Resources that vanished

  private func report(vanished: [String]) {
    for name in vanished {
      ToolOutput.message(
        "error: these pages do not describe '\(name)', and \(output)/resources/\(name).json is still "
          + "there; remove it with --prune, or pull the pages again")
    }
  }

  private func remove(
    _ names: [String], from folder: SpecFiles, _ provenance: inout Provenance
  ) throws {
    for name in names {
      try folder.remove("resources/\(name).json")
      try folder.remove("\(SpecFolder.descriptionsFolder)/\(name).json")
      provenance.resources[name] = nil
      ToolOutput.result("removed \(name): these pages do not describe it")
      if try folder.read("corrections/\(name).json") != nil {
        ToolOutput.message("  corrections/\(name).json corrects it: delete that file")
      }
    }
  }

  // MARK: Accepted warnings

  private var acceptedFile: String {
    accepted ?? SpecFiles(path: output).url.appending(path: Self.acceptedByDefault).path
  }

  private static let acceptedByDefault = "corrections/accepted-warnings.txt"

  private func readAcceptedWarnings() throws -> AcceptedWarnings {
    guard strict else { return AcceptedWarnings() }
    guard let data = FileManager.default.contents(atPath: acceptedFile) else {
      if accepted != nil { throw ToolFailure("cannot read \(acceptedFile)") }
      return AcceptedWarnings()
    }
    return try AcceptedWarnings(String(decoding: data, as: UTF8.self), file: acceptedFile)
  }

  /// - Returns: whether the run passes, as far as warnings go.
  private func judge(
    _ result: DistillResult, _ pages: PageFiles, _ warnings: AcceptedWarnings
  ) -> Bool {
    guard strict else { return true }
    let verdict = warnings.judge(result.diagnostics, files: Set(pages.files.map(\.name)))
    for entry in verdict.stale {
      ToolOutput.message(
        "\(acceptedFile):\(entry.line): error: '\(entry.key)' does not occur any more; delete the line"
      )
    }
    if !verdict.unexpected.isEmpty {
      ToolOutput.message(
        "error: \(counted(verdict.unexpected.count, "warning")) not accepted; correct the pages' facts, or "
          + "add these lines to \(acceptedFile), each with its reason:")
      for key in Set(verdict.unexpected.map { AcceptedWarnings.Key($0).description }).sorted() {
        ToolOutput.message("  \(key) | ")
      }
    }
    return verdict.stale.isEmpty && verdict.unexpected.isEmpty
  }

  private func write(
    _ descriptions: [String: ResourceDescriptions], to folder: SpecFiles
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
    ToolOutput.result(
      "\(counted(pages, "page")), \(counted(count, "resource")), "
        + "\(changed) written to \(output)")
    for resource in result.resources.prefix(count > 30 ? 0 : 30) {
      ToolOutput.result(
        "  \(resource.resource): \(counted(resource.operations.count, "operation")), "
          + "\(counted(resource.attributes.count, "attribute")), "
          + counted(resource.relationships.count, "relationship"))
    }
    for severity in PageDiagnostic.Severity.allCases.reversed() {
      let found = result.diagnostics.count { $0.severity == severity }
      if found > 0 {
        let hint = severity == .note && !verbose ? " (shown with --verbose)" : ""
        ToolOutput.result("  \(found) \(severity.rawValue)\(found == 1 ? "" : "s")\(hint)")
      }
    }
  }
}
