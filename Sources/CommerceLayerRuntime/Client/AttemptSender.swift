import HTTPTypes
import Synchronization

/// Sends a request until it is answered or repeating it is over.
struct AttemptSender: Sendable {
  let configuration: ClientConfiguration
  let limiter: RateLimiter
  let budget: SharedRetryBudget
  let reporter: Reporter

  /// What to send, and how.
  struct Job: Sendable {
    var request: HTTPRequest
    var body: RequestBody?
    /// Its `attempt` counts on from the attempts that were made before.
    var context: CallContext
    /// Which quota each attempt counts against; asked after ``prepare``.
    var rate: @Sendable () -> RateLimitRequest
    var policy: RetryPolicy
    /// The time limit of one attempt.
    var timeout: Duration
    /// When the call as a whole must be over, by the time source.
    var deadline: Duration?
    /// The largest answer.
    var limit: Int
    /// Runs before each attempt waits for the rate limit.
    var prepare: (@Sendable () async throws -> Void)?
    /// Adds credentials, after all middleware.
    var authorize: (@Sendable (HTTPRequest) async throws -> HTTPRequest)?
    /// What is sent that no error may show.
    var secrets: @Sendable () -> [Secret] = { [] }
    var middleware: [any ClientMiddleware] = []
  }

  /// - Returns: the answer, also one that is a refusal or a failure of the service.
  /// - Throws: ``CommerceLayerError`` when there was no answer; `CancellationError`; what a middleware
  ///   throws.
  func send(_ job: Job) async throws -> APIAnswer {
    var context = job.context
    var spent = 0
    var mayHaveHappened = false
    while true {
      context.attempt += 1
      let outcome = try await attempt(job, context)
      let failure: RetryPolicy.Failure
      switch outcome {
      case .answer(var answer):
        answer.earlierMayHaveHappened = mayHaveHappened
        guard let refused = Self.failure(answer) else {
          budget.giveBack(spent: spent)
          return answer
        }
        failure = refused
      case .failed(let error): failure = Self.failure(error)
      }
      let decision = job.policy.decide(
        failure, attempt: context.attempt, isIdempotent: context.isIdempotent,
        random: configuration.random())
      mayHaveHappened = mayHaveHappened || failure.mayHaveHappened
      var isPaused = false
      if case .status(429, let after) = failure {
        isPaused = true
        await limiter.pause(
          job.rate(), for: after ?? decision.delay ?? job.policy.throttledBase)
      }
      let refusal = refusalToRepeat(job, decision, spent: &spent)
      if let delay = decision.delay, refusal == nil {
        reporter.tell(.retrying, context) { ($0.delay, $0.reason) = (delay, decision.reason) }
        // After a 429 the whole class is paused, so the next attempt waits at the limiter.
        if !isPaused { try await configuration.time.sleep(delay) }
        continue
      }
      // Sending an update again would be harmless, but nothing reads this response.
      let isUnread = failure == .unreadable && context.method.isWrite
      let final = Self.final(outcome, context, ambiguous: decision.isAmbiguous || isUnread)
      switch final {
      case .success(var answer):
        answer.earlierMayHaveHappened = mayHaveHappened
        return answer
      case .failure(var error):
        if let refusal { error.underlying = error.underlying ?? refusal }
        throw error
      }
    }
  }

  /// Why a repetition the policy allows does not take place; nil when it does.
  private func refusalToRepeat(
    _ job: Job, _ decision: RetryPolicy.Decision, spent: inout Int
  ) -> String? {
    guard let delay = decision.delay else { return nil }
    if let deadline = job.deadline, configuration.time.now() + delay >= deadline {
      return "another attempt would come after the call's deadline"
    }
    guard let cost = budget.take(throttled: decision.isThrottled) else {
      return "too many calls of this client fail: its retry budget is used up"
    }
    spent += cost
    return nil
  }

  private enum Outcome {
    case answer(APIAnswer)
    case failed(TransportError)
  }

  private func attempt(_ job: Job, _ context: CallContext) async throws -> Outcome {
    let time = configuration.time
    try await withinDeadline(job) { try await job.prepare?() }
    let rate = job.rate()
    try await acquire(rate, job, context)
    let start = time.now()
    let outcome: Outcome
    do {
      outcome = try await exchange(job, context)
    } catch {
      await limiter.answer(rate)
      throw error
    }
    await limiter.answer(rate)
    let duration = time.now() - start
    switch outcome {
    case .answer(let answer):
      reporter.trace(context, answer)
      reporter.tell(.attemptEnded, context) {
        ($0.status, $0.duration) = (answer.status, duration)
      }
      let said = answer.rateLimit
      if said.limit != nil || said.remaining != nil {
        await limiter.correct(
          rate, limit: said.limit, interval: said.interval, remaining: said.remaining)
      }
    case .failed(let error):
      reporter.tell(.attemptEnded, context) {
        ($0.duration, $0.reason) = (duration, error.message)
      }
    }
    return outcome
  }

  /// Waits for the rate limit.
  private func acquire(
    _ rate: RateLimitRequest, _ job: Job, _ context: CallContext
  ) async throws {
    let granted = Mutex(false)
    do {
      try await withinDeadline(job) { [reporter, limiter] in
        try await limiter.acquire(rate) { delay, reason in
          reporter.tell(.rateLimited, context) {
            ($0.delay, $0.reason) = (delay, reason.rawValue)
          }
        }
        granted.withLock { $0 = true }
      }
    } catch {
      // Let through in the very moment the deadline passed.
      if granted.withLock({ $0 }) { await limiter.answer(rate) }
      throw error
    }
  }

  /// - Throws: an error of kind `timeout` when the call's deadline passes first.
  private func withinDeadline(
    _ job: Job, _ work: @escaping @Sendable () async throws -> Void
  ) async throws {
    guard let deadline = job.deadline else { return try await work() }
    let left = deadline - configuration.time.now()
    do {
      guard left > .zero else { throw TransportError(.timeout, "") }
      try await configuration.time.limit(left, work)
    } catch is TransportError {
      var error = CommerceLayerError(
        .timeout, "the call's deadline passed before it could be sent",
        request: job.context.label, attempts: job.context.attempt)
      error.callID = job.context.id
      throw error
    }
  }

  private func exchange(_ job: Job, _ context: CallContext) async throws -> Outcome {
    let configuration = self.configuration
    var timeout = job.timeout
    if let deadline = job.deadline {
      timeout = min(timeout, max(deadline - configuration.time.now(), .milliseconds(1)))
    }
    // A call's own time limit must not be cut short by the transport's.
    var timeouts = configuration.timeouts
    (timeouts.total, timeouts.bulk) = (timeout, timeout)
    do {
      return try await configuration.time.limit(timeout) { [timeouts] in
        let response = try await MiddlewareChain.run(
          job.middleware[...], job.request, job.body, context
        ) { request, body in
          var request = request
          request.headerFields.set(context.id, for: "X-Client-Request-Id")
          request.headerFields.set(String(context.attempt - 1), for: "X-Client-Retry-Count")
          if let authorize = job.authorize { request = try await authorize(request) }
          return try await Self.translating {
            try await configuration.transport.send(request, body: body, timeouts: timeouts)
          }
        }
        let bytes = try await Self.translating { try await response.body.collect(upTo: job.limit) }
        return .answer(
          APIAnswer(
            status: response.head.status.code, headers: response.head.headerFields, bytes: bytes,
            attempts: context.attempt, callID: context.id, secrets: job.secrets()))
      }
    } catch let error as TransportError {
      return .failed(error)
    }
  }

  /// A transport that breaks its contract, or gave up by itself, still gives a ``TransportError``.
  /// What its error says of itself is not repeated: Foundation's hold the URL with its query.
  private static func translating<T>(_ work: () async throws -> T) async throws -> T {
    do {
      return try await work()
    } catch let error as TransportError {
      throw error
    } catch {
      try Task.checkCancellation()
      throw TransportError(.broken, "the transport failed with \(type(of: error))")
    }
  }

  /// Statuses that repeating may cure.
  private static func failure(_ answer: APIAnswer) -> RetryPolicy.Failure? {
    switch answer.status {
    // The network's sign-in page answered, not the service.
    case 511: nil
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
    _ outcome: Outcome, _ context: CallContext, ambiguous: Bool
  ) -> Result<APIAnswer, CommerceLayerError> {
    switch outcome {
    case .answer(var answer):
      answer.isOutcomeUnknown = ambiguous
      return .success(answer)
    case .failed(let failure):
      let kind: CommerceLayerError.Kind =
        switch failure.kind {
        case .connect, .broken: .transport
        case .timeout: .timeout
        case .invalidRequest: .invalidInput
        case .tooLarge: .protocolViolation
        }
      var error = CommerceLayerError(
        kind, failure.kind == .connect ? "the service cannot be reached" : failure.message,
        request: context.label, attempts: context.attempt,
        underlying: failure.kind == .connect ? failure.message : nil)
      error.callID = context.id
      error.isOutcomeUnknown = ambiguous
      return .failure(error)
    }
  }
}
