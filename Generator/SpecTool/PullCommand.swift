internal import ArgumentParser
internal import CommerceLayerRuntime
internal import Foundation
internal import Pulling

/// `cl-spec pull`: documentation pages from a site into a folder.
struct PullCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pull",
    abstract: "Fetches documentation pages into a folder that can be distilled.",
    discussion: """
      The pages are found through sitemap.xml, llms.txt or SUMMARY.md, or by following links below \
      the address; an address that ends in .json is the published schema itself. Markdown is \
      preferred where the site serves it. One request at a time, with a pause before each; run \
      again, it asks only for what has changed, and after an interruption it goes on where it was. \
      Pages that are listed no more stay in the folder and are left out of its SUMMARY.md.

      Examples:
        cl-spec pull --base-url https://docs.example.com/core-api-reference --output pages
        cl-spec pull --base-url https://docs.example.com/api --resources skus,prices --output pages
        cl-spec pull --base-url https://data.example.com/schema/resources.json --output schema

      Exit codes: 0 all pages are here, 1 some failed, 64 wrong usage, 65 unfit content, 69 the site \
      is not there, 73 the folder cannot be used, 75 run again later, 76 the site leads elsewhere or \
      sends too much, 77 the site does not let us read.
      """)

  @Option(help: "Where the pages are. Everything below it counts. https, or http to this machine.")
  var baseURL: String

  @Option(help: "The folder that receives the pages.")
  var output: String

  @Option(help: "Only the pages of these resources, separated by commas.")
  var resources: String?

  @Option(help: "The pause before each request, in seconds.")
  var delay = 0.5

  @Flag(help: "Print the summary as JSON.")
  var json = false

  private static let delays = 0.0...60.0

  func validate() throws {
    do throws(PageAddress.Rejection) {
      _ = try PageAddress(baseURL)
    } catch {
      throw ValidationError("--base-url: \(error)")
    }
    guard Self.delays.contains(delay) else {
      throw ValidationError("--delay: a pause is 0 to 60 seconds")
    }
  }

  mutating func run() async throws {
    var options = PullOptions()
    options.delay = .milliseconds(Int(delay * 1000))
    options.resources = Set(
      (resources ?? "").split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) })
    let progress = PullProgress()
    let summary: PullSummary
    do {
      var puller = try Puller(
        base: try PageAddress(baseURL), output: output, options: options,
        transport: URLSessionTransport(), time: .continuous,
        now: { Int(Date().timeIntervalSince1970) }, random: { Double.random(in: 0..<1) },
        digest: Digest.sha256, report: progress.tell)
      summary = try await puller.run()
    } catch let failure as PullFailure {
      ToolOutput.message("error: \(failure)")
      throw ExitCode(Self.status(of: failure.kind))
    }
    let report = PullReport(summary: summary, base: baseURL, output: output)
    ToolOutput.result(json ? try report.json() : report.text)
    if let stopped = summary.stopped {
      ToolOutput.message("error: \(stopped)")
      if stopped.kind == .temporary {
        ToolOutput.message(
          "  try: the same command again; pages that are here are not fetched again")
      }
      throw ExitCode(Self.status(of: stopped.kind))
    }
    if summary.count(.failed) > 0 { throw ExitCode.failure }
  }

  /// Exit codes as sysexits.h has them.
  static func status(of kind: PullFailure.Kind) -> Int32 {
    switch kind {
    case .unfit: 65
    case .unavailable: 69
    case .output: 73
    case .temporary: 75
    case .protocolViolation: 76
    case .rejected: 77
    }
  }
}
