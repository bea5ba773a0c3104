internal import ArgumentParser
internal import Comparing
internal import Foundation
internal import Spec

/// `cl-spec update`: from the site to a checked spec and a draft of the changelog.
struct UpdateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "update",
    abstract: "Pulls, distils, checks and compares in one go, for a scheduled job.",
    discussion: """
      The pages are pulled, distilled into a copy of the spec, and the copy is checked with its \
      pages and compared with the spec. Only then is the spec replaced. What changes for users is \
      printed, and written as Markdown where --changelog names a file.

      Examples:
        cl-spec update --base-url https://docs.example.com/api --pages pages
        cl-spec update --base-url https://docs.example.com/api --pages pages \
      --changelog draft.md --fail-on breaking

      Exit codes: 0 the spec is up to date, whether or not it changed; 1 the pages, the check or, with \
      --fail-on, a change needs a person, and the spec is as it was; those of pull when it fails.
      """)

  @Option(help: "Where the pages are, as for cl-spec pull.")
  var baseURL: String

  @Option(help: "The folder that holds the pages from one run to the next.")
  var pages = "pages"

  @Option(help: "The spec folder.")
  var spec = "Spec"

  @Option(help: "Only these resources, separated by commas.")
  var resources: String?

  @Option(help: "The pause before each request, in seconds.")
  var delay = 0.5

  @Option(
    help: ArgumentHelp("The file that receives the draft of the changelog.", valueName: "file"))
  var changelog: String?

  @Option(
    help:
      "Exit with 1 and leave the spec as it was when there is such a change, or a worse one.")
  var failOn: DiffCommand.Threshold?

  /// What the copy's name has behind the spec's.
  private static let copyEnding = ".update"

  /// The commands that it consists of, as they are called on their own.
  private enum Step: CaseIterable {
    case pull, distill, check, diff
  }

  func validate() throws {
    // The options are pull's: what it rejects is rejected before anything is done.
    do {
      _ = try PullCommand.parse(pullArguments)
    } catch {
      throw ValidationError(PullCommand.message(for: error))
    }
  }

  private var pullArguments: [String] {
    ["--base-url", baseURL, "--output", pages, "--delay", "\(delay)"] + only
  }

  private var only: [String] { resources.map { ["--resources", $0] } ?? [] }

  mutating func run() async throws {
    guard SpecLoading.isWhole(spec) else {
      throw ToolFailure("\(spec) is not a spec folder: it has no service.json")
    }
    say(.pull)
    var pull = try PullCommand.parse(pullArguments)
    try await pull.run()
    let folder = URL(filePath: spec).standardizedFileURL
    let copy = folder.deletingLastPathComponent()
      .appending(path: folder.lastPathComponent + Self.copyEnding)
    // What a run that was killed has left.
    try? FileManager.default.removeItem(at: copy)
    defer { try? FileManager.default.removeItem(at: copy) }
    try FileManager.default.copyItem(at: folder, to: copy)
    say(.distill)
    var distill = try DistillCommand.parse(
      [pages, "--output", shown(copy), "--prune"] + only)
    try distill.run()
    say(.check)
    let beside = URL(filePath: pages).standardizedFileURL.deletingLastPathComponent()
    var check = try CheckCommand.parse(["--spec", copy.path, "--pages", beside.path])
    try check.run()
    say(.diff)
    let changes = try DiffCommand.changes(from: spec, to: copy.path)
    let report = ChangeReport(changes)
    ToolOutput.result(try report.text(.text))
    if let changelog {
      try Data((report.text(.markdown) + "\n").utf8).write(
        to: URL(filePath: changelog), options: .atomic)
    }
    if let failOn, let worst = changes.map(\.effect).max(), worst >= failOn.effect {
      ToolOutput.message("error: a change is \(worst.rawValue): \(spec) is as it was")
      throw ExitCode.failure
    }
    let written = try install(from: copy)
    ToolOutput.result("\(written) \(written == 1 ? "file" : "files") changed in \(spec)")
  }

  private func say(_ step: Step) {
    let number = (Step.allCases.firstIndex(of: step) ?? 0) + 1
    ToolOutput.message("\(number)/\(Step.allCases.count) \(step)")
  }

  /// A path as short as the one that was given for the spec.
  private func shown(_ copy: URL) -> String {
    spec.contains("/") ? copy.path : copy.lastPathComponent
  }

  /// Makes the distilled files of the spec what they are in the copy.
  /// - Returns: how many files that changed.
  private func install(from copy: URL) throws -> Int {
    let folder = URL(filePath: spec)
    func files(in url: URL) throws -> Set<String> {
      let names = try SpecFolder.jsonFiles(in: url.appending(path: "resources"))
        .map { "resources/\($0.lastPathComponent)" }
      let provenance = "provenance.json"
      let isThere = FileManager.default.fileExists(atPath: url.appending(path: provenance).path)
      return Set(names + (isThere ? [provenance] : []))
    }
    let (old, new) = (try files(in: folder), try files(in: copy))
    var changed = 0
    for name in old.subtracting(new).sorted() {
      try FileManager.default.removeItem(at: folder.appending(path: name))
      changed += 1
    }
    for name in new.sorted() {
      let (from, to) = (copy.appending(path: name), folder.appending(path: name))
      let data = try Data(contentsOf: from)
      if old.contains(name), try Data(contentsOf: to) == data { continue }
      try FileManager.default.createDirectory(
        at: to.deletingLastPathComponent(), withIntermediateDirectories: true)
      try data.write(to: to, options: .atomic)
      changed += 1
    }
    return changed
  }
}
