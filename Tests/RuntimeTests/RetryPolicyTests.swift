import Testing

@testable import CommerceLayerRuntime

@Suite struct RetryPolicyTests {
  private let policy = RetryPolicy()

  private func delay(
    _ failure: AttemptResult, attempt: Int = 1, idempotent: Bool = true, random: Double = 1
  ) -> Duration? {
    policy.decide(failure, attempt: attempt, isIdempotent: idempotent, random: random).delay
  }

  @Test func growsAndIsCapped() {
    var patient = policy
    patient.maximumRetries = 100
    let delays = (1...7).map {
      patient.decide(.failed(.broken), attempt: $0, isIdempotent: true, random: 1).delay
    }
    #expect(
      delays == [
        .milliseconds(500), .seconds(1), .seconds(2), .seconds(4), .seconds(8), .seconds(8),
        .seconds(8),
      ])
    #expect(delay(.failed(.broken), random: 0) == .milliseconds(375))
    #expect(
      patient.decide(.failed(.broken), attempt: 90, isIdempotent: true, random: 1).delay
        == .seconds(8))
  }

  @Test func endsAfterTwoRetries() {
    #expect(delay(.failed(.broken), attempt: 2) != nil)
    #expect(delay(.failed(.broken), attempt: 3) == nil)
  }

  @Test(arguments: [
    AttemptResult.failed(.broken), .failed(.timeout), .status(500, retryAfter: nil),
    .status(502, retryAfter: nil),
    .status(503, retryAfter: nil), .status(504, retryAfter: nil), .status(408, retryAfter: nil),
  ])
  func neverRepeatsACreateThatMayHaveHappened(failure: AttemptResult) {
    let decision = policy.decide(failure, attempt: 1, isIdempotent: false, random: 1)
    #expect(decision.delay == nil)
    #expect(delay(failure) != nil)
  }

  @Test(arguments: [
    AttemptResult.failed(.connect), .status(429, retryAfter: nil),
    .status(503, retryAfter: .seconds(1)),
  ])
  func repeatsACreateThatCertainlyDidNotHappen(failure: AttemptResult) {
    #expect(delay(failure, idempotent: false) != nil)
  }

  /// A server that does not implement a request did nothing, and will not the next time.
  @Test func notImplementedIsDefinite() {
    for isIdempotent in [true, false] {
      let decision = policy.decide(
        .status(501, retryAfter: nil), attempt: 1, isIdempotent: isIdempotent, random: 1)
      #expect(decision.delay == nil)
    }
    #expect(CallOutcome(.status(501, retryAfter: nil)).reach == .none)
  }

  @Test func obeysRetryAfterUpToTwoMinutes() {
    #expect(delay(.status(429, retryAfter: .seconds(120))) == .seconds(120))
    #expect(delay(.status(429, retryAfter: .seconds(121))) == nil)
  }

  @Test func doesNotRepeatRejections() {
    for status in [400, 401, 403, 404, 409, 415, 422, 423] {
      #expect(delay(.status(status, retryAfter: nil)) == nil)
    }
  }

  @Test func readsRetryAfterInThreeForms() {
    #expect(RetryAfter.read(seconds: "2.5", milliseconds: nil, date: nil) == .milliseconds(2500))
    #expect(RetryAfter.read(seconds: "9", milliseconds: "150", date: nil) == .milliseconds(150))
    #expect(
      RetryAfter.read(
        seconds: "Sun, 06 Nov 1994 08:50:07 GMT", milliseconds: nil,
        date: "Sun, 06 Nov 1994 08:49:37 GMT") == .seconds(30))
    // A date that has passed is now, not before.
    #expect(
      RetryAfter.read(
        seconds: "Sun, 06 Nov 1994 08:49:07 GMT", milliseconds: nil,
        date: "Sun, 06 Nov 1994 08:49:37 GMT") == .zero)
    for text in ["-1", "soon", "", "1e99", "nan"] {
      #expect(RetryAfter.read(seconds: text, milliseconds: nil, date: nil) == nil, "\(text)")
    }
  }
}
