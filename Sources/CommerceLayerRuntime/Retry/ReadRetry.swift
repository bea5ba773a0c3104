package import HTTPTypes

/// The client's own rules of repeating and waiting, for tools of this package that only read.
package struct ReadRetry: Sendable {
  /// What went wrong with an attempt to read.
  package enum Failure: Sendable {
    /// No whole answer came.
    case transport(TransportError.Kind)
    /// An answer came that is an error.
    case status(HTTPResponse)
  }

  private let policy: RetryPolicy

  package init(_ policy: RetryPolicy) { self.policy = policy }

  /// How long to wait before another attempt, nil for none, and the reason.
  /// - Parameters:
  ///   - attempt: attempts made so far, from 1.
  ///   - random: 0..<1.
  package func decide(
    _ failure: Failure, attempt: Int, random: Double
  ) -> (delay: Duration?, reason: String) {
    let decision = policy.decide(
      Self.failure(failure), attempt: attempt, isIdempotent: true, random: random)
    return (decision.delay, decision.reason)
  }

  /// How long an answer asks to wait; nil when it does not.
  package static func retryAfter(_ head: HTTPResponse) -> Duration? {
    func value(_ name: String) -> String? { HTTPField.Name(name).flatMap { head.headerFields[$0] } }
    return RetryAfter.read(
      seconds: value("Retry-After"), milliseconds: value("Retry-After-Ms"), date: value("Date"))
  }

  private static func failure(_ failure: Failure) -> RetryPolicy.Failure {
    switch failure {
    case .transport(.connect): .unsent
    case .transport(.timeout): .timeout
    case .transport(.broken): .broken
    case .transport(.tooLarge): .unreadable
    case .transport(.invalidRequest): .unfit
    case .status(let head): .status(head.status.code, retryAfter: retryAfter(head))
    }
  }
}

extension TimeSource {
  /// Runs `work` and gives up after `limit`, by this source's time.
  /// - Throws: ``TransportError`` of kind `timeout`, or what `work` throws.
  package func giveUp<T: Sendable>(
    after duration: Duration, _ work: @escaping @Sendable () async throws -> T
  ) async throws -> T {
    try await limit(duration, work)
  }
}
