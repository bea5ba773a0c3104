public import CommerceLayerRuntime
public import CoreMetrics
import HTTPTypes

/// Counts and times calls from the client's events.
///
/// | metric | what | dimensions |
/// |---|---|---|
/// | `http.client.request.duration` | seconds, each attempt | method, resource, status or error |
/// | `commercelayer.client.call.duration` | seconds, each call with its waits | the same |
/// | `commercelayer.client.retries` | repeated attempts | method, resource |
/// | `commercelayer.client.rate_limited` | requests that waited | method, resource |
/// | `commercelayer.client.token_renewals` | access tokens | whether it succeeded |
///
/// Dimensions have few values: no id, path or tag is among them.
public struct ClientMetrics: Sendable {
  private let factory: any MetricsFactory

  /// - Parameter factory: the bootstrapped one unless another is given.
  public init(factory: any MetricsFactory = MetricsSystem.factory) { self.factory = factory }

  /// Takes one event: `ClientConfiguration.onEvent`.
  public func record(_ event: ClientEvent) {
    let call = [
      ("http.request.method", event.call.method.rawValue),
      ("commercelayer.resource", event.call.resource),
    ]
    switch event.kind {
    case .attemptEnded: time("http.client.request.duration", event, call + Self.outcome(event))
    case .callEnded: time("commercelayer.client.call.duration", event, call + Self.outcome(event))
    case .retrying: count("commercelayer.client.retries", call)
    case .rateLimited: count("commercelayer.client.rate_limited", call)
    case .tokenRenewed: count("commercelayer.client.token_renewals", [("outcome", "success")])
    case .tokenRenewalFailed:
      count("commercelayer.client.token_renewals", [("outcome", "failure")])
    default: break
    }
  }

  private static func outcome(_ event: ClientEvent) -> [(String, String)] {
    if let error = event.error { return [("error.type", error.kind.rawValue)] }
    if let status = event.status { return [("http.response.status_code", String(status))] }
    return [("error.type", "no_response")]
  }

  private func count(_ label: String, _ dimensions: [(String, String)]) {
    Counter(label: label, dimensions: dimensions, factory: factory).increment()
  }

  private func time(_ label: String, _ event: ClientEvent, _ dimensions: [(String, String)]) {
    guard let duration = event.duration else { return }
    let (seconds, attoseconds) = duration.components
    let nanoseconds = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    let timer = Timer(label: label, dimensions: dimensions, factory: factory)
    timer.recordNanoseconds(
      nanoseconds.overflow ? .max : nanoseconds.partialValue + attoseconds / 1_000_000_000)
  }
}

extension ClientConfiguration {
  /// Spans for calls and attempts, and metrics, to the bootstrapped backends. Keeps what `onEvent` did
  /// before.
  ///
  ///     var configuration = ClientConfiguration()
  ///     configuration.observe()
  public mutating func observe(
    tracing: TracingMiddleware = .init(), metrics: ClientMetrics = .init()
  ) {
    callMiddleware.insert(tracing, at: 0)
    attemptMiddleware.insert(tracing, at: 0)
    let before = onEvent
    onEvent = { event in
      before?(event)
      metrics.record(event)
    }
  }
}
