import CommerceLayerRuntime
import HTTPTypes
import Synchronization

/// The service's rate limits: two windows that slide, one over all endpoints of a class and a shorter one
/// for each endpoint. Headers tell of the first alone; the second is met unannounced.
///
/// A request that is limited counts in neither window: the service does not say.
final class RateLimits: Sendable {
  /// What became of one request.
  struct Verdict: Sendable, Hashable {
    /// Of the averaging window.
    let limit: Int
    let interval: Int
    let remaining: Int
    let isLimited: Bool
  }

  private struct Window: Hashable {
    let name: String
    /// Nil for the window over all endpoints.
    let endpoint: String?
  }

  private let service: ServiceDescription
  private let mode: ServiceMode
  /// When the requests in each window came, oldest first.
  private let windows = Mutex<[Window: [Duration]]>([:])

  init(service: ServiceDescription, mode: String) {
    self.service = service
    self.mode = ServiceMode(rawValue: mode) ?? .test
  }

  /// Counts a request.
  /// - Parameters:
  ///   - root: The first part of its path below `/api`, or nil for the token endpoint.
  ///   - related: The last part of the path of a related list.
  /// - Returns: Nil when no limit is known for it.
  func take(
    _ method: HTTPRequest.Method, root: String?, related: String?, now: Duration
  ) -> Verdict? {
    let isCacheable =
      method == .get && root.map(service.cacheable.contains) == true
      && related.map(service.cacheable.contains) ?? true
    let name = root == nil ? "token" : isCacheable ? "cacheable" : "uncacheable"
    guard let rates = service.rateLimits[name], let average = rates.average[mode] else {
      return nil
    }
    return windows.withLock { windows in
      let all = Window(name: name, endpoint: nil)
      let own = Window(name: name, endpoint: root ?? "")
      for (window, length) in [(all, rates.averageWindow), (own, rates.burstWindow)] {
        windows[window]?.removeAll { $0 <= now - length }
      }
      let used = windows[all]?.count ?? 0
      let burst = rates.burst[mode] ?? .max
      let isLimited = used >= average || (windows[own]?.count ?? 0) >= burst
      if !isLimited {
        windows[all, default: []].append(now)
        if burst < .max { windows[own, default: []].append(now) }
      }
      return Verdict(
        limit: average, interval: Int(rates.averageWindow.components.seconds),
        remaining: max(0, average - used - (isLimited ? 0 : 1)), isLimited: isLimited)
    }
  }
}

extension RateLimits.Verdict {
  /// Adds `X-Ratelimit-Limit`, `-Interval` and `-Remaining`.
  func tell(_ response: inout HTTPResponse) {
    for (name, value) in [("Limit", limit), ("Interval", interval), ("Remaining", remaining)] {
      guard let name = HTTPField.Name("X-Ratelimit-" + name) else { continue }
      response.headerFields[name] = String(value)
    }
  }
}
