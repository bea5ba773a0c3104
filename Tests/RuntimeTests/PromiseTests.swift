import Foundation
import Testing

@testable import CommerceLayerRuntime

/// The numbers in docs/reliability.md are those of the sources.
@Suite struct PromiseTests {
  private static let page = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "docs/reliability.md")

  private static func seconds(_ duration: Duration) -> String {
    let seconds = duration.seconds
    return seconds == seconds.rounded() ? "\(Int(seconds)) s" : "\(seconds) s"
  }

  private static let constants: [String: String] = {
    let (retry, wait, times) = (RetryPolicy(), WaitOptions(), Timeouts())
    return [
      "RetryPolicy.maximumRetries": "\(retry.maximumRetries)",
      "RetryPolicy.base": seconds(retry.base),
      "RetryPolicy.maximumDelay": seconds(retry.maximumDelay),
      "RetryPolicy.throttledBase": seconds(retry.throttledBase),
      "RetryPolicy.maximumRetryAfter": seconds(retry.maximumRetryAfter),
      "RetryBudget.capacity": "\(RetryBudget.capacity)",
      "RetryBudget.transientCost": "\(RetryBudget.transientCost)",
      "RetryBudget.throttledCost": "\(RetryBudget.throttledCost)",
      "RetryBudget.successRefund": "\(RetryBudget.successRefund)",
      "RateLimitState.maximumPause": seconds(RateLimitState.maximumPause),
      "TokenStore.renewAhead": seconds(TokenStore.renewAhead),
      "TokenStore.blockBelow": seconds(TokenStore.blockBelow),
      "TokenStore.renewalBackoff": seconds(TokenStore.renewalBackoff),
      "TokenRequest.maximumResponseBytes": "\(TokenRequest.maximumResponseBytes >> 20) MiB",
      "Timeouts.connect": seconds(times.connect), "Timeouts.idle": seconds(times.idle),
      "Timeouts.total": seconds(times.total), "Timeouts.bulk": seconds(times.bulk),
      "ClientConfiguration.maximumResponseBytes":
        "\(ClientConfiguration(transport: InProcessTransport { _, _ in throw CancellationError() }).maximumResponseBytes >> 20) MiB",
      "ClientConfiguration.maximumApplicationName": "\(ClientConfiguration.maximumApplicationName)",
      "WaitOptions.interval": seconds(wait.interval), "WaitOptions.growth": "\(wait.growth)",
      "WaitOptions.maximumInterval": seconds(wait.maximumInterval),
      "WaitOptions.minimumInterval": seconds(wait.minimumInterval),
      "WaitOptions.jitter": "\(WaitOptions.jitter)", "WaitOptions.deadline": seconds(wait.deadline),
      "WaitOptions.stall": seconds(wait.stall),
    ]
  }()

  @Test func theNumbersAreThoseOfTheSources() throws {
    let text = try String(contentsOf: Self.page, encoding: .utf8)
    var named: Set<String> = []
    for match in text.matches(of: /`([^`\n]+)`[^`]{0,40}?\(`([A-Za-z]+\.[A-Za-z]+)`\)/) {
      let name = String(match.output.2)
      #expect(Self.constants[name] == String(match.output.1), "\(name)")
      named.insert(name)
    }
    #expect(named == Set(Self.constants.keys))
  }

  /// Every rule says why, what to do and what happens otherwise.
  @Test func everyRuleIsWhole() throws {
    let text = try String(contentsOf: Self.page, encoding: .utf8)
    let rules = text.components(separatedBy: "**Rule.**").dropFirst()
    #expect(rules.count >= 12)
    for rule in rules {
      for part in ["**Why.**", "**Advice.**", "**Otherwise.**"] {
        #expect(rule.components(separatedBy: part).count == 2, "\(part) in \(rule.prefix(60))")
      }
    }
  }
}
