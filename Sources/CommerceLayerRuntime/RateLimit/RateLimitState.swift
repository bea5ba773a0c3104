/// Decides when a request may be sent. Pure; ``RateLimiter`` puts it under an actor.
///
/// Two windows slide at once for each class and mode: one over all requests of the class (60 s), one
/// over those to each endpoint (10 s). The numbers come from the service description. What the
/// service says in `X-Ratelimit-*` lowers what is left, never raises it: it does not know of requests
/// that are under way, and other programs share the limit.
struct RateLimitState: Sendable {
  /// The longest pause after a 429; a longer `Retry-After` is told to the caller at once, and after
  /// this long one request finds out whether it still holds.
  static let maximumPause: Duration = .seconds(120)

  /// Why a request waits.
  enum Reason: String, Sendable, Hashable {
    case average = "the average limit"
    case burst = "the burst limit"
    case paused = "the service said it had too many requests"
  }

  /// What to do with a request.
  enum Decision: Sendable, Equatable {
    case go
    case wait(Duration, Reason)
    /// Everything the limit allows is under way: wait for a response.
    case waitForResponse(Reason)
  }

  private struct Quota: Hashable {
    let `class`: RateLimitClass
    let mode: ServiceMode
  }
  private struct Endpoint: Hashable {
    let quota: Quota
    let name: String
  }

  private let limits: [String: ServiceDescription.RateLimit]
  private var averages: [Quota: SlidingWindow] = [:]
  private var bursts: [Endpoint: SlidingWindow] = [:]
  private var lowered: [Quota: Int] = [:]
  private var pausedUntil: [Quota: Duration] = [:]

  /// More endpoints than this are not remembered once their windows are empty.
  private static let rememberedEndpoints = 256

  init(limits: [String: ServiceDescription.RateLimit]) { self.limits = limits }

  private func quotas(_ request: RateLimitRequest) -> [Quota] {
    (request.mode.map { [$0] } ?? ServiceMode.allCases).map {
      Quota(class: request.class, mode: $0)
    }
  }

  private func averageLimit(_ request: RateLimitRequest, _ quota: Quota) -> Int? {
    let stated = limits[request.class.rawValue]?.average[request.mode ?? .test]
    return lowered[quota].map { min($0, stated ?? $0) } ?? stated
  }

  /// Whether a request may be sent now; says nothing of those that wait already.
  mutating func decide(_ request: RateLimitRequest, at now: Duration) -> Decision {
    var longest = Decision.go
    func note(_ wait: Duration?, _ reason: Reason) {
      guard let wait else {
        longest = .waitForResponse(reason)
        return
      }
      switch longest {
      case .go where wait > .zero: longest = .wait(wait, reason)
      case .wait(let other, _) where wait > other: longest = .wait(wait, reason)
      default: break
      }
    }
    for quota in quotas(request) {
      if let until = pausedUntil[quota] {
        // No pause outlasts the longest one, also when a time source goes back.
        let end = min(until, now + Self.maximumPause)
        pausedUntil[quota] = end
        note(max(.zero, end - now), .paused)
      }
      averages[quota]?.slide(to: now)
      if let limit = averageLimit(request, quota) {
        note(averages[quota].map { $0.wait(for: limit, at: now) } ?? .zero, .average)
      }
      let endpoint = Endpoint(quota: quota, name: request.endpoint)
      bursts[endpoint]?.slide(to: now)
      if let limit = limits[request.class.rawValue]?.burst[request.mode ?? .test] {
        note(bursts[endpoint].map { $0.wait(for: limit, at: now) } ?? .zero, .burst)
      }
    }
    return longest
  }

  /// A request is sent.
  mutating func send(_ request: RateLimitRequest) {
    guard let limit = limits[request.class.rawValue] else { return }
    for quota in quotas(request) {
      averages[quota, default: SlidingWindow(length: limit.averageWindow)].send()
      guard !limit.burst.isEmpty else { continue }
      let endpoint = Endpoint(quota: quota, name: request.endpoint)
      if bursts.count > Self.rememberedEndpoints { bursts = bursts.filter { $0.value.count > 0 } }
      bursts[endpoint, default: SlidingWindow(length: limit.burstWindow)].send()
    }
  }

  /// A request has its response or was given up.
  mutating func complete(_ request: RateLimitRequest, at now: Duration) {
    for quota in quotas(request) {
      averages[quota]?.complete(at: now)
      bursts[Endpoint(quota: quota, name: request.endpoint)]?.complete(at: now)
    }
  }

  /// What the service says of the averaging window.
  mutating func correct(
    _ request: RateLimitRequest, limit: Int?, interval: Int?, remaining: Int?, at now: Duration
  ) {
    guard let stated = limits[request.class.rawValue] else { return }
    for quota in quotas(request) {
      if let limit, limit > 0, interval.map({ .seconds($0) == stated.averageWindow }) ?? true {
        lowered[quota] = limit
      }
      guard let remaining, let limit = averageLimit(request, quota) else { continue }
      var window = averages[quota] ?? SlidingWindow(length: stated.averageWindow)
      window.slide(to: now)
      let others = limit - window.count - min(max(remaining, 0), limit)
      if others > 0 { window.add(others, at: now) }
      averages[quota] = window
    }
  }

  /// The service had too many requests of this class: nobody sends one for a while.
  mutating func pause(_ request: RateLimitRequest, for pause: Duration, at now: Duration) {
    let until = now + min(max(pause, .zero), Self.maximumPause)
    for quota in quotas(request) { pausedUntil[quota] = max(pausedUntil[quota] ?? until, until) }
  }
}
