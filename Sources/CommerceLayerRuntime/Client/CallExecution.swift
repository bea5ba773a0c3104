import HTTPTypes
import Synchronization

// The way of a call, from top to bottom: validate, authorize, rate limit, attempt, classify, retry or
// return.

extension APIClient {
  /// Sends one call and reads its response: the only way a response is read.
  ///
  /// A write that the service confirmed with a 2xx status may have happened, whatever is wrong with
  /// the response, so that reading it never fails with a protocol violation.
  /// - Throws: ``CommerceLayerError``; of kind `ambiguousWrite` when the response to a write cannot be
  ///   read; `CancellationError` when the task is cancelled.
  func perform<T>(
    _ call: APICall, options given: RequestOptions, reading read: (ReceivedResponse) throws -> T
  ) async throws -> T {
    let options = self.options.merged(with: given)
    try options.validate()
    for parameter in call.parameters { try parameter.validate() }
    try recorder?.begin()
    let execution = CallExecution(core: core, call: call, options: options)
    let (services, context) = (core.services, execution.context)
    services.reporter.tell(.callStarted, context)
    services.reporter.trace(context, parameters: call.parameters)
    func duration() -> Duration { configuration.time.now() - execution.start }
    do {
      var response = try await execution.response()
      response.schemas = core.schemas
      response.reading = options.responseReading ?? configuration.responseReading
      core.learnMode(from: response)
      recorder?.record(response)
      let value = try execution.reading(response, read)
      services.reporter.tell(.callEnded, context) {
        ($0.status, $0.duration) = (response.status, duration())
      }
      return value
    } catch {
      services.reporter.tell(.callEnded, context) {
        let error = error as? CommerceLayerError
        ($0.status, $0.duration, $0.error) = (error?.status, duration(), error)
        if error == nil { $0.reason = "\(type(of: error))" }
      }
      throw error
    }
  }
}

/// What all calls of a client share.
struct CallServices: Sendable {
  let configuration: ClientConfiguration
  let limiter: RateLimiter
  let budget: SharedRetryBudget
  let reporter: Reporter
}

/// One call on its way, or one request for an access token.
struct CallExecution: Sendable {
  /// What is added to each attempt at the very end.
  enum Authorization: Sendable {
    case accessToken(ClientCore)
    /// Nothing: the request asks for an access token and holds these secrets.
    case none(secrets: [Secret])
  }

  let services: CallServices
  let authorization: Authorization
  let call: APICall
  let request: HTTPRequest
  let context: CallContext
  var options = RequestOptions()
  /// The largest response.
  let maximumBytes: Int
  /// When the call began, by the time source.
  let start: Duration
  private let record = CallRecord()

  private var configuration: ClientConfiguration { services.configuration }
  private var time: TimeSource { configuration.time }
  /// When the call as a whole must have ended.
  private var deadline: Duration? { options.deadline.map { start + $0 } }
  private var policy: RetryPolicy {
    var policy = options.retry ?? configuration.retry
    policy.maximumRetries = options.maximumRetries ?? policy.maximumRetries
    return policy
  }

  /// A call with an access token.
  init(core: ClientCore, call: APICall, options: RequestOptions) {
    services = core.services
    authorization = .accessToken(core)
    self.call = call
    request = call.request(to: core.endpoint, userAgent: core.userAgent, headers: options.headers)
    var context = CallContext(
      id: core.configuration.makeRequestID(), method: call.method, path: call.path,
      isIdempotent: call.isIdempotent, tags: options.tags)
    context.basePath = core.endpoint.basePath
    self.context = context
    self.options = options
    maximumBytes = core.configuration.maximumResponseBytes
    start = core.configuration.time.now()
  }

  /// A request for an access token.
  init(
    services: CallServices, call: APICall, request: HTTPRequest, secrets: [Secret],
    maximumBytes: Int
  ) {
    self.services = services
    authorization = .none(secrets: secrets)
    self.call = call
    self.request = request
    context = CallContext(
      id: services.configuration.makeRequestID(), method: call.method, path: call.path,
      isIdempotent: call.isIdempotent)
    self.maximumBytes = maximumBytes
    start = services.configuration.time.now()
  }

  // MARK: - The call

  /// Sends the call, through the call's middleware.
  /// - Returns: A response that is a success.
  /// - Throws: ``CommerceLayerError``; `CancellationError`; what a middleware throws.
  func response() async throws -> ReceivedResponse {
    let attempt = try await throughMiddleware()
    guard outcome(attempt.result) == .response, let response = attempt.response else {
      throw error(attempt)
    }
    return response
  }

  private func throughMiddleware() async throws -> Attempt {
    guard !configuration.callMiddleware.isEmpty else {
      return try await attempts(request, call.body)
    }
    var context = context
    do {
      let response = try await MiddlewareChain.run(
        configuration.callMiddleware[...], request, call.body, context
      ) { request, body in
        let attempt = try await attempts(request, body)
        guard let response = attempt.response, attempt.failure == nil else { throw error(attempt) }
        return TransportResponse(
          head: HTTPResponse(
            status: .init(code: response.status), headerFields: response.headers),
          body: ResponseBody(response.bytes))
      }
      // What the middleware made of the response counts.
      context.attempt = record.attempts
      let attempt = try await receive(response, context)
      if attempt.failure != nil { try Task.checkCancellation() }
      return attempt
    } catch let error as TransportError {
      context.attempt = record.attempts
      return Attempt(.failed(error.kind), failure: failure(error, context))
    }
  }

  /// Reads a response that is a success.
  /// - Throws: What `read` throws; for a write, an error of kind `ambiguousWrite`.
  func reading<T>(
    _ response: ReceivedResponse, _ read: (ReceivedResponse) throws -> T
  ) throws -> T {
    do {
      return try read(response)
    } catch let failure as CommerceLayerError {
      throw error(Attempt(.unreadable, response: response, failure: failure))
    }
  }

  // MARK: - Attempts

  /// What one attempt came to.
  struct Attempt: Sendable {
    let result: AttemptResult
    /// The response as far as it was received.
    let response: ReceivedResponse?
    /// What went wrong, unless the response says it.
    let failure: CommerceLayerError?
    /// Why there was no retry that the policy allows.
    var obstacle: String?

    init(
      _ result: AttemptResult, response: ReceivedResponse? = nil,
      failure: CommerceLayerError? = nil
    ) {
      self.result = result
      self.response = response
      self.failure = failure
    }
  }

  /// Makes attempts until one is the last.
  ///
  /// An access token that the service calls invalid is renewed once, whatever the method: the request
  /// was not processed. A missing permission stays missing.
  func attempts(_ request: HTTPRequest, _ body: RequestBody?) async throws -> Attempt {
    var context = context
    var spent = 0
    var rejected: (token: Secret, attempt: Attempt)?
    while true {
      let admission: Admission
      do {
        // A token of the caller's own, or one that was handed out again, is still invalid.
        guard let new = try await admit(context, rejected: rejected?.token) else {
          return rejected?.attempt ?? Attempt(.notAdmitted)
        }
        admission = new
      } catch let error as CommerceLayerError {
        return Attempt(.notAdmitted, failure: error)
      }
      context.attempt += 1
      var attempt = try await exchange(request, body, context, admission)
      if rejected == nil, case .accessToken(let core) = authorization,
        let token = admission.token, attempt.response?.isInvalidToken == true
      {
        rejected = (token, attempt)
        await core.tokens.reject(token)
        if options.isSentOnce { return attempt }
        continue
      }
      let decision = policy.decide(
        attempt.result, outcome(attempt.result), attempt: context.attempt,
        isIdempotent: call.isIdempotent,
        random: attempt.result.mayPass ? configuration.random() : 0)
      var isPaused = false
      if case .status(429, let after) = attempt.result {
        isPaused = true
        await services.limiter.pause(
          admission.rate, for: after ?? decision.delay ?? policy.throttledBase)
      }
      guard let delay = decision.delay else {
        if attempt.result.isOfWorkingService { services.budget.giveBack(spent: spent) }
        return attempt
      }
      if let deadline, time.now() + delay >= deadline {
        attempt.obstacle = "another attempt would come after the call's deadline"
        return attempt
      }
      guard let cost = services.budget.take(throttled: decision.isThrottled) else {
        attempt.obstacle = "too many calls of this client fail: its retry budget is used up"
        return attempt
      }
      spent += cost
      services.reporter.tell(.retrying, context) {
        ($0.delay, $0.reason) = (delay, decision.reason)
      }
      // After a 429 the whole class is paused, so the next attempt waits at the limiter.
      if !isPaused { try await time.sleep(delay) }
    }
  }

  // MARK: - Authorize and wait for the rate limit

  /// What an attempt needs before it is made.
  struct Admission: Sendable {
    /// nil for the request for an access token.
    let token: Secret?
    /// Which limit the request counts against.
    let rate: RateLimitRequest
  }

  /// Gets an access token and waits for the rate limit.
  /// - Returns: nil when the token is the rejected one.
  /// - Throws: What the token store throws; an error of kind `timeout` when the call's deadline passes
  ///   first.
  private func admit(_ context: CallContext, rejected: Secret?) async throws -> Admission? {
    try await withinDeadline(context) { [services, time] () async throws -> Admission? in
      // The token comes first: it tells the mode, which the limit depends on.
      var token = try await accessToken()
      if token != nil, token == rejected { return nil }
      let rate = rateLimit
      let asked = time.now()
      try await services.limiter.acquire(rate) { delay, reason in
        var next = context
        next.attempt += 1
        services.reporter.tell(.rateLimited, next) {
          ($0.delay, $0.reason) = (delay, reason.rawValue)
        }
      }
      // It may have ended while the call waited.
      if time.now() > asked {
        do {
          token = try await accessToken()
        } catch {
          await services.limiter.complete(rate)
          throw error
        }
      }
      return Admission(token: token, rate: rate)
    }
  }

  private func accessToken() async throws -> Secret? {
    guard case .accessToken(let core) = authorization else { return nil }
    return try await core.tokens.token()
  }

  private var rateLimit: RateLimitRequest {
    guard case .accessToken(let core) = authorization else { return .token }
    return .classify(call.method, path: call.path, service: core.service, mode: core.mode)
  }

  private func withinDeadline<T: Sendable>(
    _ context: CallContext, _ work: @escaping @Sendable () async throws -> T
  ) async throws -> T {
    guard let deadline else { return try await work() }
    let left = deadline - time.now()
    do {
      guard left > .zero else { throw TransportError(.timeout, "") }
      return try await time.limit(left, work)
    } catch is TransportError {
      var error = CommerceLayerError(
        .timeout,
        "the call's deadline passed before it could be sent"
          + (context.attempt > 0 ? " again" : ""),
        request: context.label, attempts: context.attempt)
      error.callID = context.id
      throw error
    }
  }

  // MARK: - One attempt

  /// Makes one attempt and tells what it came to.
  private func exchange(
    _ request: HTTPRequest, _ body: RequestBody?, _ context: CallContext, _ admission: Admission
  ) async throws -> Attempt {
    record.begin(context.attempt, secrets: secrets(admission.token))
    let began = time.now()
    let attempt: Attempt
    do {
      attempt = try await received(request, body, context, admission.token)
    } catch {
      await services.limiter.complete(admission.rate)
      throw error
    }
    await services.limiter.complete(admission.rate)
    let duration = time.now() - began
    services.reporter.tell(.attemptEnded, context) {
      ($0.status, $0.duration) = (attempt.response?.status, duration)
      $0.reason = attempt.failure?.message
    }
    guard let response = attempt.response else { return attempt }
    services.reporter.trace(context, response)
    let limit = response.rateLimit
    if limit.limit != nil || limit.remaining != nil {
      await services.limiter.correct(
        admission.rate, limit: limit.limit, interval: limit.interval, remaining: limit.remaining)
    }
    return attempt
  }

  private func received(
    _ request: HTTPRequest, _ body: RequestBody?, _ context: CallContext, _ token: Secret?
  ) async throws -> Attempt {
    var limit =
      options.timeout
      ?? (call.isBulk ? configuration.timeouts.bulk : configuration.timeouts.total)
    if let deadline { limit = min(limit, max(deadline - time.now(), .milliseconds(1))) }
    // A call's own time limit must not be cut short by the transport's.
    var timeouts = configuration.timeouts
    (timeouts.total, timeouts.bulk) = (limit, limit)
    do {
      let attempt = try await time.limit(limit) { [timeouts] in
        guard case .accessToken(let core) = authorization else {
          return try await receive(send(request, body, context, timeouts), context)
        }
        let response = try await MiddlewareChain.run(
          configuration.attemptMiddleware[...], request, body, context
        ) { request, body in
          var request = request
          request.headerFields.set(context.id, for: "X-Client-Request-Id")
          request.headerFields.set(String(context.attempt - 1), for: "X-Client-Retry-Count")
          if let token { request = try core.authorize(request, with: token) }
          return try await send(request, body, context, timeouts)
        }
        return try await receive(response, context)
      }
      if attempt.failure != nil { try Task.checkCancellation() }
      return attempt
    } catch let error as TransportError {
      return Attempt(.failed(error.kind), failure: failure(error, context))
    }
  }

  /// Hands a request to the transport, and remembers whether it may have been processed.
  private func send(
    _ request: HTTPRequest, _ body: RequestBody?, _ context: CallContext, _ timeouts: Timeouts
  ) async throws -> TransportResponse {
    do {
      let response = try await configuration.transport.send(
        request, body: body, timeouts: timeouts)
      let head = ReceivedResponse(response.head, [], context)
      record.reach(CallOutcome(head.result).reach)
      return response
    } catch {
      let kind = (error as? TransportError)?.kind ?? .broken
      record.reach(kind == .tooLarge ? .confirmed : CallOutcome(.failed(kind)).reach)
      throw try Self.transportError(error)
    }
  }

  /// Reads a response as far as it comes: what there is of it may hold the id of what was written.
  private func receive(
    _ response: TransportResponse, _ context: CallContext
  ) async throws -> Attempt {
    var bytes: [UInt8] = []
    var failed: TransportError?
    do {
      for try await part in response.body {
        guard bytes.count + part.count <= maximumBytes else {
          bytes += part.prefix(maximumBytes - bytes.count)
          throw TransportError(.tooLarge, "the response is larger than \(maximumBytes) bytes")
        }
        bytes += part
      }
      // A stream ends early, and without an error, in a task that is cancelled.
      try Task.checkCancellation()
    } catch is CancellationError {
      failed = TransportError(.timeout, "the response did not come to its end in time")
    } catch {
      failed = try Self.transportError(error)
    }
    let response = ReceivedResponse(response.head, bytes, context, secrets: record.secrets)
    // The status of an error says what became of the request; its text is a detail.
    guard let failed, case .response = CallOutcome(response.result) else {
      return Attempt(response.result, response: response)
    }
    var failure = self.failure(failed, context)
    failure.requestID = response.requestID
    return Attempt(
      .failed(failed.kind), response: response, failure: failure.hiding(record.secrets))
  }

  /// What is sent that no error may show.
  private func secrets(_ token: Secret?) -> [Secret] {
    switch authorization {
    case .accessToken(let core): [token].compactMap(\.self) + core.secrets
    case .none(let secrets): secrets
    }
  }

  /// A transport that breaks its contract, or gave up by itself, still gives a ``TransportError``.
  /// The text of its own error is not shown: Foundation's hold the URL with its query.
  private static func transportError(_ error: any Error) throws -> TransportError {
    if let error = error as? TransportError { return error }
    try Task.checkCancellation()
    return TransportError(.broken, "the transport failed with \(type(of: error))")
  }

  // MARK: - Classify

  /// What became of the call, now that its last attempt came to `result`.
  func outcome(_ result: AttemptResult) -> CallOutcome {
    CallOutcome(
      result, method: call.method, isIdempotent: call.isIdempotent,
      pullsTrigger: call.pullsTrigger, reach: record.reach)
  }

  /// The error for a call that ends with this attempt.
  private func error(_ attempt: Attempt) -> CommerceLayerError {
    let outcome = self.outcome(attempt.result)
    var error = plainError(attempt)
    guard
      outcome.isAmbiguous(
        attempt.result, isWrite: call.isWrite, isIdempotent: call.isIdempotent, reach: record.reach),
      case .accessToken(let core) = authorization
    else { return error }
    let isConfirmed = record.reach == .confirmed
    error.status = error.status ?? attempt.response?.status
    return error.ambiguousWrite(
      isConfirmed
        ? "the response cannot be read, but the request may have been processed"
        : "it is unknown whether the request was processed",
      UnconfirmedWrite(call, service: core.service, response: attempt.response))
  }

  /// The error that an attempt came to, whatever that means for the call.
  func plainError(_ attempt: Attempt) -> CommerceLayerError {
    var error =
      attempt.failure ?? attempt.response?.error(label: call.label)
      ?? CommerceLayerError(.transport, "the request was not sent", request: call.label)
    error.underlying = error.underlying ?? attempt.obstacle
    return error
  }

  private func failure(_ failure: TransportError, _ context: CallContext) -> CommerceLayerError {
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
    return error
  }
}

/// What is known of a call as a whole, however often its middleware sends it.
private final class CallRecord: Sendable {
  private struct State {
    var attempts = 0
    var secrets: [Secret] = []
    var reach = CallReach.none
  }
  private let state = Mutex(State())

  var attempts: Int { state.withLock { $0.attempts } }
  /// What was sent that no error may show.
  var secrets: [Secret] { state.withLock { $0.secrets } }
  /// How far the call's requests have come.
  var reach: CallReach { state.withLock { $0.reach } }

  func begin(_ attempt: Int, secrets: [Secret]) {
    state.withLock { state in
      state.attempts = attempt
      state.secrets += secrets.filter { !state.secrets.contains($0) }
    }
  }

  func reach(_ reach: CallReach) { state.withLock { $0.reach = max($0.reach, reach) } }
}

extension CommerceLayerError {
  /// This failure, for a write that may have been processed.
  fileprivate func ambiguousWrite(
    _ message: String, _ write: UnconfirmedWrite
  ) -> CommerceLayerError {
    var error = self
    error.underlying = [self.message, underlying].compactMap(\.self).joined(separator: ": ")
    error.kind = .ambiguousWrite
    error.message = message
    error.write = write
    return error
  }
}
