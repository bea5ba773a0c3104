import Synchronization

/// What all retries of a client and its copies draw on, so that many calls that fail together do not
/// become a storm: a retry costs 14 of 500 tokens, or 5 after throttling. A success gives back what
/// its own retries cost, or 1 when it needed none. Without enough tokens a failure is final at once.
struct RetryBudget: Sendable, Hashable {
  /// How many tokens there are at most, and in the beginning.
  static let capacity = 500
  /// What repeating after a transient failure costs.
  static let transientCost = 14
  /// What repeating after throttling costs.
  static let throttledCost = 5
  /// What a call gives back that succeeded at once.
  static let successRefund = 1

  /// The tokens left.
  private(set) var tokens = capacity

  /// Takes what a retry costs.
  /// - Returns: what was taken; nil when there is not enough, and then nothing is.
  mutating func take(throttled: Bool) -> Int? {
    let cost = throttled ? Self.throttledCost : Self.transientCost
    guard tokens >= cost else { return nil }
    tokens -= cost
    return cost
  }

  /// Gives back after a success.
  /// - Parameter spent: what the call's retries took.
  mutating func giveBack(spent: Int) {
    tokens = min(Self.capacity, tokens + (spent > 0 ? spent : Self.successRefund))
  }
}

/// A budget that several calls share.
final class SharedRetryBudget: Sendable {
  private let budget = Mutex(RetryBudget())

  /// The tokens left.
  var tokens: Int { budget.withLock { $0.tokens } }
  /// See ``RetryBudget/take(throttled:)``.
  func take(throttled: Bool) -> Int? { budget.withLock { $0.take(throttled: throttled) } }
  /// See ``RetryBudget/giveBack(spent:)``.
  func giveBack(spent: Int) { budget.withLock { $0.giveBack(spent: spent) } }
}
