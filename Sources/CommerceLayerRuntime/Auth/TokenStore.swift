/// Holds the access token and gets a new one when needed.
///
/// - More than 120 s before its end a token is used as it is. Between 120 s and 30 s it is used and
///   renewed in the background; after a renewal that failed there is none for 5 s. In its last 30 s
///   callers wait for the new one. (The service hands out a new token from 15 minutes before the end
///   on, and both work.)
/// - The monotonic clock and the response's lifetime count, so a wrong wall clock harms nothing.
/// - However many callers wait, there is one request. It belongs to none of them: a caller that is
///   cancelled leaves the others their token.
/// - A failure is told to those who waited and forgotten; the next caller tries again.
/// - After the service called a token invalid, a request that began before is not waited for: it may
///   bring that token again.
actor TokenStore {
  /// A token this close to its end is renewed in the background.
  static let renewAhead: Duration = .seconds(120)
  /// A token this close to its end is not used any more.
  static let blockBelow: Duration = .seconds(30)
  /// How long there is no background renewal after one that failed.
  static let renewalBackoff: Duration = .seconds(5)

  private struct Held {
    let token: AccessToken
    let receivedAt: Duration

    /// How long it is still good; nil when it does not expire as far as we know.
    func remaining(at now: Duration) -> Duration? {
      // A time source that went back makes no token younger than it was.
      token.lifetime.map { min($0, receivedAt + $0 - now) }
    }

    /// Tokens that live for a few minutes only are renewed later in their life, or every call would.
    func limit(_ full: Duration) -> Duration { token.lifetime.map { min(full, $0 / 4) } ?? full }
  }

  private struct Renewal {
    let number: Int
    let epoch: Int
    let task: Task<AccessToken, any Error>
  }

  private let time: TimeSource
  private let provider: any TokenProvider
  private let report: @Sendable (Result<AccessToken, any Error>) -> Void
  private var held: Held?
  private var rejected: Secret?
  private var renewal: Renewal?
  private var renewals = 0
  /// Counts rejected tokens.
  private var epoch = 0
  private var failedAt: Duration?

  /// - Parameter report: told of every token that comes, and every failure.
  init(
    time: TimeSource, provider: any TokenProvider,
    report: @escaping @Sendable (Result<AccessToken, any Error>) -> Void = { _ in }
  ) {
    self.time = time
    self.provider = provider
    self.report = report
  }

  /// A token that is good now.
  func token() async throws -> Secret {
    if let held {
      let now = time.now()
      guard let remaining = held.remaining(at: now), remaining <= held.limit(Self.renewAhead) else {
        return held.token.secret
      }
      if remaining > held.limit(Self.blockBelow) {
        if renewal == nil, mayRenew(at: now) { _ = startRenewal() }
        return held.token.secret
      }
    }
    let current = renewal.flatMap { $0.epoch == epoch ? $0 : nil } ?? startRenewal()
    // Waiting through a value of the unstructured task: cancellation of this caller does not reach
    // it, and must not.
    return try await Self.value(of: current.task).secret
  }

  /// Forgets a token the service called invalid, unless a newer one is here already.
  func reject(_ secret: Secret) {
    guard held?.token.secret == secret else { return }
    held = nil
    rejected = secret
    epoch += 1
  }

  private func mayRenew(at now: Duration) -> Bool {
    failedAt.map { now < $0 || now - $0 >= Self.renewalBackoff } ?? true
  }

  private func startRenewal() -> Renewal {
    renewals += 1
    let (provider, rejected, previous) = (self.provider, self.rejected, renewal?.task)
    let (number, epoch) = (renewals, self.epoch)
    let task = Task {
      // Exchanges follow one another: a refresh token may be good only once.
      _ = await previous?.result
      do {
        let token = try await provider.accessToken(rejected: rejected)
        finish(.success(token), number: number, epoch: epoch)
        return token
      } catch {
        finish(.failure(error), number: number, epoch: epoch)
        throw error
      }
    }
    let renewal = Renewal(number: number, epoch: epoch, task: task)
    self.renewal = renewal
    return renewal
  }

  private func finish(_ result: Result<AccessToken, any Error>, number: Int, epoch: Int) {
    if renewal?.number == number { renewal = nil }
    let now = time.now()
    switch result {
    case .success(let token) where epoch == self.epoch:
      // The same token again, about to end, is not a renewal.
      failedAt = held?.token.secret == token.secret ? now : nil
      held = Held(token: token, receivedAt: now)
      rejected = nil
    case .success: break
    case .failure: failedAt = now
    }
    report(result)
  }

  /// The task's value, or a cancellation error as soon as this caller is cancelled.
  private static func value(of task: Task<AccessToken, any Error>) async throws -> AccessToken {
    let (stream, continuation) = AsyncThrowingStream.makeStream(of: AccessToken.self)
    let waiting = Task {
      do {
        continuation.yield(try await task.value)
        continuation.finish()
      } catch {
        continuation.finish(throwing: error)
      }
    }
    defer { waiting.cancel() }
    for try await token in stream { return token }
    throw CancellationError()
  }
}
