import HTTPTypes
import Logging

/// Tells logs and ``ClientConfiguration/onEvent`` what happens.
struct Reporter: Sendable {
  let logger: Logger?
  let onEvent: (@Sendable (ClientEvent) -> Void)?

  init(_ configuration: ClientConfiguration) {
    logger = configuration.logger ?? CallDefaults.logger
    guard let seen = CallDefaults.onEvent else {
      onEvent = configuration.onEvent
      return
    }
    onEvent = { [told = configuration.onEvent] event in
      seen(event)
      told?(event)
    }
  }

  func tell(
    _ kind: ClientEvent.Kind, _ call: CallContext, change: (inout ClientEvent) -> Void = { _ in }
  ) {
    guard logger != nil || onEvent != nil else { return }
    var event = ClientEvent(kind, call)
    change(&event)
    onEvent?(event)
    guard let logger else { return }
    let level: Logger.Level =
      switch kind {
      case .retrying, .rateLimited, .tokenRenewalFailed: .info
      case .callStarted: .trace
      default: .debug
      }
    logger.log(level: level, "\(event.description)", metadata: metadata(event))
  }

  /// What is only of use when somebody looks for a fault in the exchange itself.
  func trace(_ call: CallContext, parameters: [QueryParameter]) {
    guard let logger, logger.logLevel <= .trace, !parameters.isEmpty else { return }
    logger.trace(
      "query of \(call.label)",
      metadata: ["call": "\(call.id)", "query": "\(LogPolicy.query(parameters))"])
  }

  func trace(_ call: CallContext, _ response: ReceivedResponse) {
    guard let logger, logger.logLevel <= .trace else { return }
    var metadata: Logger.Metadata = [
      "call": "\(call.id)", "attempt": "\(call.attempt)", "bytes": "\(response.bytes.count)",
    ]
    for field in LogPolicy.allowed(response.headers, hiding: response.secrets) {
      metadata["header.\(field.name.canonicalName)"] = "\(field.value)"
    }
    logger.trace("response to \(call.label)", metadata: metadata)
  }

  private func metadata(_ event: ClientEvent) -> Logger.Metadata {
    var metadata: Logger.Metadata = ["call": "\(event.call.id)", "event": "\(event.kind.rawValue)"]
    if event.call.attempt > 0 { metadata["attempt"] = "\(event.call.attempt)" }
    if let status = event.status { metadata["status"] = "\(status)" }
    if let duration = event.duration { metadata["seconds"] = "\(duration.seconds)" }
    if let delay = event.delay { metadata["delay"] = "\(delay.seconds)" }
    if let reason = event.reason {
      metadata["reason"] = "\(TerminalSafe.text(reason, limit: 200))"
    }
    if let error = event.error { metadata["error"] = "\(error.kind.rawValue)" }
    return metadata
  }
}
