/// Keeps requests under the service's rate limits. Who must wait is served in the order of arrival.
///
/// Limits count for an IP address: clients of one process that talk to the service should share one
/// limiter through ``ClientConfiguration/rateLimiter``. Copies of a client always do.
///
///     let limiter = RateLimiter(CommerceLayerService.description)
///     configuration.rateLimiter = limiter
public actor RateLimiter {
  private struct Waiter {
    let number: UInt64
    let request: RateLimitRequest
    let continuation: CheckedContinuation<Void, any Error>
  }

  private let time: TimeSource
  private var state: RateLimitState
  private var waiters: [Waiter] = []
  private var lastNumber: UInt64 = 0
  private var timer: Task<Void, Never>?
  private var timerEnd: Duration?

  /// A limiter with the numbers of a service; without one it only pauses after an HTTP 429.
  public init(_ service: ServiceDescription?, time: TimeSource = .continuous) {
    self.time = time
    state = RateLimitState(limits: service?.rateLimits ?? [:])
  }

  /// Does not limit anything; an HTTP 429 still pauses the class it belongs to.
  public static func unlimited(time: TimeSource = .continuous) -> RateLimiter {
    RateLimiter(nil, time: time)
  }

  /// How many requests wait.
  public var waiting: Int { waiters.count }

  /// Waits until a request may be sent, and counts it. Every call that returns must be followed by
  /// one of ``complete(_:)``.
  /// - Parameter onWait: called once, when there is a wait, with how long it will take at least: nil
  ///   when that depends on a response that is still to come.
  /// - Throws: `CancellationError` when the task is cancelled; nothing is counted then.
  func acquire(
    _ request: RateLimitRequest,
    onWait: @Sendable (Duration?, RateLimitState.Reason) -> Void = { _, _ in }
  ) async throws {
    try Task.checkCancellation()
    serve()
    switch state.decide(request, at: time.now()) {
    case .go:
      state.send(request)
      return
    case .wait(let duration, let reason): onWait(duration, reason)
    case .waitForResponse(let reason): onWait(nil, reason)
    }
    lastNumber += 1
    let number = lastNumber
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation {
        (continuation: CheckedContinuation<Void, any Error>) in
        // Cancelled before: the handler below has found nobody to wake.
        if Task.isCancelled {
          continuation.resume(throwing: CancellationError())
        } else {
          waiters.append(Waiter(number: number, request: request, continuation: continuation))
          serve()
        }
      }
    } onCancel: {
      Task { await self.leave(number) }
    }
  }

  /// A request that was let through has its response, or was given up.
  func complete(_ request: RateLimitRequest) {
    state.complete(request, at: time.now())
    serve()
  }

  /// What the service says of its own count.
  func correct(_ request: RateLimitRequest, limit: Int?, interval: Int?, remaining: Int?) {
    state.correct(
      request, limit: limit, interval: interval, remaining: remaining, at: time.now())
  }

  /// The service had too many requests of this class.
  func pause(_ request: RateLimitRequest, for pause: Duration) {
    state.pause(request, for: pause, at: time.now())
  }

  private func leave(_ number: UInt64) {
    guard let place = waiters.firstIndex(where: { $0.number == number }) else { return }
    waiters.remove(at: place).continuation.resume(throwing: CancellationError())
    serve()
  }

  /// Lets through who may go, in order. Somebody may be overtaken only by requests that wait for
  /// something else: another class, or another endpoint's burst.
  private func serve() {
    let now = time.now()
    var stuck: Set<RateLimitRequest> = []
    var next: Duration?
    var staying: [Waiter] = []
    for waiter in waiters {
      if stuck.contains(waiter.request) {
        staying.append(waiter)
        continue
      }
      switch state.decide(waiter.request, at: now) {
      case .go:
        state.send(waiter.request)
        waiter.continuation.resume()
        continue
      case .wait(let duration, _): next = min(next ?? now + duration, now + duration)
      case .waitForResponse: break
      }
      stuck.insert(waiter.request)
      staying.append(waiter)
    }
    waiters = staying
    setTimer(next)
  }

  private func setTimer(_ end: Duration?) {
    if timer != nil, timerEnd == end { return }
    timer?.cancel()
    timer = nil
    timerEnd = end
    guard let end else { return }
    let (time, nap) = (time, max(end - time.now(), .zero))
    timer = Task { [weak self] in
      guard (try? await time.sleep(nap)) != nil else { return }
      await self?.wake(end)
    }
  }

  private func wake(_ end: Duration) {
    guard timerEnd == end else { return }
    (timer, timerEnd) = (nil, nil)
    serve()
  }
}
