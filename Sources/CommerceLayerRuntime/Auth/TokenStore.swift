/// Holds the access token and gets a new one when needed.
///
/// - A token is used until ``TokenStore/margin`` before its end, by the monotonic clock and the
///   `expires_in` of the answer, so a wrong wall clock harms nothing.
/// - However many callers wait, there is one request. It belongs to none of them: a caller that is
///   cancelled leaves the others their token.
/// - A failure is told to those who waited and forgotten; the next caller tries again.
actor TokenStore {
  /// A token this close to its end is renewed first. The service hands out a new token from 15
  /// minutes before the end on, so one minute is safe.
  static let margin: Duration = .seconds(60)

  struct Token: Sendable {
    let secret: Secret
    /// On the time source's scale; nil when it does not expire as far as we know.
    let expiresAt: Duration?
  }

  private let time: TimeSource
  private let request: @Sendable () async throws -> Token
  private var current: Token?
  private var refresh: Task<Token, any Error>?

  init(time: TimeSource, request: @escaping @Sendable () async throws -> Token) {
    self.time = time
    self.request = request
  }

  /// A token that is good now.
  func token() async throws -> Secret {
    if let current, isFresh(current) { return current.secret }
    let task = refresh ?? startRefresh()
    // Waiting through a value of the unstructured task: cancellation of this caller does not reach
    // it, and must not.
    return try await withCancellation(of: task).secret
  }

  /// Forgets a token the service called invalid, unless a newer one is here already.
  func invalidate(_ secret: Secret) {
    if current?.secret == secret { current = nil }
  }

  private func isFresh(_ token: Token) -> Bool {
    token.expiresAt.map { $0 - time.now() > Self.margin } ?? true
  }

  private func startRefresh() -> Task<Token, any Error> {
    let request = self.request
    let task = Task {
      do {
        let token = try await request()
        finish(token)
        return token
      } catch {
        finish(nil)
        throw error
      }
    }
    refresh = task
    return task
  }

  private func finish(_ token: Token?) {
    current = token ?? current
    refresh = nil
  }

  /// The task's value, or a cancellation error as soon as this caller is cancelled.
  private nonisolated func withCancellation(of task: Task<Token, any Error>) async throws -> Token {
    let (stream, continuation) = AsyncThrowingStream.makeStream(of: Token.self)
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
