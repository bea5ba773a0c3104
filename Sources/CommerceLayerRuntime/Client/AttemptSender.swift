import HTTPTypes
import Logging

/// Sends a request until it is answered or repeating it is over.
struct AttemptSender: Sendable {
  let configuration: ClientConfiguration

  /// - Returns: the answer, also one that is a refusal.
  /// - Throws: ``CommerceLayerError`` when there was no answer, or none that tells what happened.
  func send(
    _ request: HTTPRequest, body: [UInt8]?, label: String, isIdempotent: Bool, timeout: Duration,
    maximumRetries: Int, limit: Int
  ) async throws -> APIAnswer {
    var policy = configuration.retry
    policy.maximumRetries = maximumRetries
    var attempt = 0
    var mayHaveHappened = false
    while true {
      attempt += 1
      let outcome = try await self.attempt(
        request, body: body, timeout: timeout, limit: limit, number: attempt)
      let failure: RetryPolicy.Failure
      switch outcome {
      case .answer(var answer):
        log(label, "HTTP \(answer.status)", attempt)
        answer.earlierMayHaveHappened = mayHaveHappened
        guard let refused = Self.failure(answer) else { return answer }
        failure = refused
      case .failed(let error):
        log(label, error.message, attempt)
        failure = Self.failure(error)
      }
      let decision = policy.decide(
        failure, attempt: attempt, isIdempotent: isIdempotent, random: configuration.random())
      mayHaveHappened = mayHaveHappened || failure.mayHaveHappened
      if let delay = decision.delay {
        log(label, "again in \(delay): \(decision.reason)", attempt)
        try await configuration.time.sleep(delay)
        continue
      }
      throw Self.final(outcome, decision, label: label, attempts: attempt)
    }
  }

  private enum Outcome {
    case answer(APIAnswer)
    case failed(TransportError)
  }

  private func attempt(
    _ request: HTTPRequest, body: [UInt8]?, timeout: Duration, limit: Int, number: Int
  ) async throws -> Outcome {
    let configuration = self.configuration
    // A call's own time limit must not be cut short by the transport's.
    var timeouts = configuration.timeouts
    (timeouts.total, timeouts.bulk) = (timeout, timeout)
    do {
      return try await configuration.time.limit(timeout) { [timeouts] in
        let response = try await configuration.transport.send(
          request, body: body.map { RequestBody($0) }, timeouts: timeouts)
        let bytes = try await response.body.collect(upTo: limit)
        return .answer(
          APIAnswer(
            status: response.head.status.code, headers: response.head.headerFields, bytes: bytes,
            attempts: number))
      }
    } catch let error as TransportError {
      return .failed(error)
    } catch let error as CommerceLayerError {
      throw error
    } catch {
      try Task.checkCancellation()
      // A transport that breaks its contract, or gave up by itself. What the error says of itself
      // is not repeated: Foundation's hold the URL with its query.
      return .failed(TransportError(.broken, "the transport failed with \(type(of: error))"))
    }
  }

  /// Statuses that repeating may cure.
  private static func failure(_ answer: APIAnswer) -> RetryPolicy.Failure? {
    switch answer.status {
    case 408, 429, 500...599: .status(answer.status, retryAfter: answer.retryAfter)
    default: nil
    }
  }

  private static func failure(_ error: TransportError) -> RetryPolicy.Failure {
    switch error.kind {
    case .connect: .unsent
    case .timeout: .timeout
    case .broken: .broken
    case .invalidRequest: .unfit
    case .tooLarge: .unreadable
    }
  }

  private static func final(
    _ outcome: Outcome, _ decision: RetryPolicy.Decision, label: String, attempts: Int
  ) -> CommerceLayerError {
    var error: CommerceLayerError
    switch outcome {
    case .answer(let answer): error = answer.error(label: label)
    case .failed(let failure):
      let kind: CommerceLayerError.Kind =
        switch failure.kind {
        case .connect, .broken: .transport
        case .timeout: .timeout
        case .invalidRequest: .invalidInput
        case .tooLarge: .protocolViolation
        }
      error = CommerceLayerError(
        kind, failure.kind == .connect ? "the service cannot be reached" : failure.message,
        request: label, attempts: attempts,
        underlying: failure.kind == .connect ? failure.message : nil)
    }
    if decision.isAmbiguous {
      error.underlying = error.message
      error.kind = .ambiguousWrite
      error.message = "it is unknown whether the request was processed"
    }
    return error
  }

  private func log(_ label: String, _ what: String, _ attempt: Int) {
    configuration.logger?.debug(
      "\(label)", metadata: ["outcome": "\(what)", "attempt": "\(attempt)"])
  }
}
