import HTTPTypes
import Synchronization

/// One call on its way: the call's middleware, then attempts, with the token renewed once.
struct CallDelivery: Sendable {
  let core: ClientCore
  let call: APICall
  let context: CallContext
  let options: RequestOptions
  /// When the call began.
  let start: Duration

  private var configuration: ClientConfiguration { core.configuration }

  /// - Returns: an answer of success.
  func deliver() async throws -> APIAnswer {
    let request = call.request(
      to: core.endpoint, userAgent: core.userAgent, headers: options.headers)
    let body = call.body
    let answer: APIAnswer
    do {
      answer = try await throughMiddleware(request, body)
    } catch let error as CommerceLayerError
      where error.isOutcomeUnknown && error.request == call.label
    {
      throw unknownOutcome(error)
    }
    if (200..<300).contains(answer.status) {
      core.learnMode(from: answer)
      return answer
    }
    // What an earlier attempt of this call deleted is not there any more.
    if answer.status == 404, call.method == .delete, answer.earlierMayHaveHappened {
      return answer
    }
    let error = answer.error(label: call.label)
    throw answer.isOutcomeUnknown ? unknownOutcome(error) : error
  }

  private func throughMiddleware(_ request: HTTPRequest, _ body: RequestBody?) async throws
    -> APIAnswer
  {
    guard !configuration.callMiddleware.isEmpty else { return try await attempts(request, body) }
    let last = AnswerRecorder()
    let response = try await MiddlewareChain.run(
      configuration.callMiddleware[...], request, body, context
    ) { request, body in
      let answer = try await attempts(request, body)
      last.record(answer)
      var head = HTTPResponse(status: .init(code: answer.status))
      head.headerFields = answer.headers
      return TransportResponse(head: head, body: ResponseBody(answer.bytes))
    }
    let bytes = try await response.body.collect(upTo: configuration.maximumResponseBytes)
    // What the middleware made of the answer counts; how it came about is remembered.
    let inner = last.answer
    return APIAnswer(
      status: response.head.status.code, headers: response.head.headerFields, bytes: bytes,
      attempts: inner?.attempts ?? 0, callID: context.id, secrets: inner?.secrets ?? [],
      earlierMayHaveHappened: inner?.earlierMayHaveHappened ?? false,
      isOutcomeUnknown: inner?.isOutcomeUnknown ?? false)
  }

  /// All attempts. An invalid token is renewed once, whatever the method: the request was not
  /// processed. A missing permission stays missing.
  private func attempts(_ request: HTTPRequest, _ body: RequestBody?) async throws -> APIAnswer {
    let core = self.core
    let sent = SentToken()
    var policy = options.retry ?? configuration.retry
    policy.maximumRetries = options.maximumRetries ?? policy.maximumRetries
    var refused: (token: Secret, error: CommerceLayerError)?
    var mayHaveHappened = false
    var made = 0
    while true {
      var context = context
      context.attempt = made
      var job = AttemptSender.Job(
        request: request, body: body, context: context,
        rate: { [method = call.method, path = call.path] in
          .classify(method, path: path, service: core.service, mode: core.mode)
        }, policy: policy,
        timeout: options.timeout
          ?? (call.isBulk ? configuration.timeouts.bulk : configuration.timeouts.total),
        deadline: options.deadline.map { start + $0 }, limit: configuration.maximumResponseBytes,
        middleware: configuration.attemptMiddleware)
      job.prepare = { [refused] in
        let token = try await core.tokens.token()
        // A token of one's own, or one the service hands out again, does not get better.
        if let refused, refused.token == token { throw refused.error }
      }
      job.authorize = { request in
        let token = try await core.tokens.token()
        sent.secret = token
        return try core.authorize(request, with: token)
      }
      job.secrets = { [sent.secret].compactMap(\.self) + core.secrets }
      var answer = try await core.sender.send(job)
      mayHaveHappened = mayHaveHappened || answer.earlierMayHaveHappened
      answer.earlierMayHaveHappened = mayHaveHappened
      made = answer.attempts
      guard answer.status == 401, refused == nil, let token = sent.secret else {
        return answer
      }
      let error = answer.error(label: call.label)
      if error.errors.contains(where: { $0.code == "UNAUTHORIZED" }) { return answer }
      refused = (token, error)
      await core.tokens.reject(token)
      if options.isSentOnce { return answer }
    }
  }

  private func unknownOutcome(_ cause: CommerceLayerError) -> CommerceLayerError {
    cause.unknownOutcome(
      "it is unknown whether the request was processed",
      write: UnconfirmedWrite(call, service: core.service))
  }
}

/// The token that the last attempt was sent with.
private final class SentToken: Sendable {
  private let last = Mutex<Secret?>(nil)
  var secret: Secret? {
    get { last.withLock { $0 } }
    set { last.withLock { $0 = newValue } }
  }
}

extension CommerceLayerError {
  /// This failure, for a request that may have been processed and must not be repeated.
  func unknownOutcome(_ message: String, write: UnconfirmedWrite) -> CommerceLayerError {
    var error = self
    error.underlying = [self.message, underlying].compactMap(\.self).joined(separator: ": ")
    error.kind = .ambiguousWrite
    error.message = message
    error.write = write
    error.isOutcomeUnknown = false
    return error
  }
}
