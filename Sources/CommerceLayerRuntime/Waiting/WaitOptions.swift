/// How to wait for asynchronous work.
///
/// The first look is after 2 s; the interval grows by half each time up to 15 s, times a random
/// 0.9…1.1. There is always a deadline.
public struct WaitOptions: Sendable, Hashable {
  /// The first interval.
  public var interval: Duration = .seconds(2)
  /// What the interval is multiplied with.
  public var growth = 1.5
  /// The longest interval.
  public var maximumInterval: Duration = .seconds(15)
  /// How long to wait at most: 1 h. An import of 10 000 rows takes minutes.
  public var deadline: Duration = .seconds(3600)
  /// How long nothing may change: 15 min.
  public var stall: Duration = .seconds(900)

  /// The default way.
  public init() {}

  /// How long until the next look; pure.
  func delay(look: Int, random: Double) -> Duration {
    var full = interval
    for _ in 0..<min(look, 64) where full < maximumInterval { full = full * growth }
    return min(full, maximumInterval) * (0.9 + 0.2 * random)
  }
}
