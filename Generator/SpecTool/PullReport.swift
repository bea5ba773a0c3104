internal import Foundation
internal import Pulling
internal import Synchronization

/// What a pull found, for people and for programs.
struct PullReport {
  let summary: PullSummary
  let base: String
  let output: String

  /// How many pages of one outcome are listed by name.
  private static let listed = 20

  var text: String {
    var lines = ["\(base) → \(output)" + (summary.index.isEmpty ? "" : ", by \(summary.index)")]
    for outcome in PullSummary.Outcome.allCases {
      lines.append(
        "  \(outcome.rawValue.padding(toLength: 10, withPad: " ", startingAt: 0))"
          + "\(summary.count(outcome))")
    }
    if summary.resumed > 0 {
      lines.append("  \(summary.resumed) of them had been fetched before an interruption")
    }
    for outcome in PullSummary.Outcome.allCases where outcome != .unchanged {
      let pages = summary.pages.filter { $0.outcome == outcome }
      for page in pages.prefix(Self.listed) {
        lines.append("\(outcome.rawValue): \(page.page)" + (page.reason.map { ": \($0)" } ?? ""))
      }
      if pages.count > Self.listed {
        lines.append("\(outcome.rawValue): and \(pages.count - Self.listed) more (--json has all)")
      }
    }
    return lines.joined(separator: "\n")
  }

  private struct Document: Encodable {
    var base: String
    var output: String
    var index: String
    var counts: [String: Int]
    var resumed: Int
    var pages: [PullSummary.Page]
    var stopped: Stop?

    struct Stop: Encodable {
      var kind: String
      var reason: String
    }
  }

  func json() throws -> String {
    let document = Document(
      base: base, output: output, index: summary.index,
      counts: Dictionary(
        uniqueKeysWithValues: PullSummary.Outcome.allCases.map {
          ($0.rawValue, summary.count($0))
        }),
      resumed: summary.resumed, pages: summary.pages,
      stopped: summary.stopped.map { .init(kind: $0.kind.rawValue, reason: $0.message) })
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(document), as: UTF8.self)
  }
}

/// Progress on standard error: every page on a terminal; elsewhere a line every ten seconds, and
/// whatever is worth one.
final class PullProgress: Sendable {
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private let lastLine = Mutex(ContinuousClock.now)
  private static let interval = Duration.seconds(10)

  @Sendable func tell(_ event: Puller.Event) {
    switch event {
    case .listed(let index, let pages, let resumed):
      ToolOutput.message(
        "\(pages) \(pages == 1 ? "page" : "pages") by \(index)"
          + (resumed > 0 ? ", \(resumed) of them here already" : ""))
    case .page(let page, let number, let count):
      guard page.outcome == .failed || isTerminal || isDue() else { return }
      ToolOutput.message(
        "[\(number)/\(count)] \(page.outcome.rawValue) \(page.page)"
          + (page.reason.map { ": \($0)" } ?? ""))
    case .waiting(let why): ToolOutput.message(why)
    }
  }

  private func isDue() -> Bool {
    lastLine.withLock { last in
      guard ContinuousClock.now - last >= Self.interval else { return false }
      last = .now
      return true
    }
  }
}
