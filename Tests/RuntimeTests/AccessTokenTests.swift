import HTTPTypes
import Synchronization
import Testing

@_spi(Generated) @testable import CommerceLayerRuntime

/// A source of tokens that a test opens and closes.
private final class TokenDesk: TokenProvider {
  private struct State {
    var asked = 0
    var rejected: [Secret?] = []
    var isOpen = true
    /// Requests up to this one get a response although the desk is closed.
    var lastServed = 0
    var failures = 0
    var lifetime: Duration? = .seconds(7200)
  }
  private let state = Mutex(State())

  var asked: Int { state.withLock { $0.asked } }
  var rejected: [Secret?] { state.withLock { $0.rejected } }
  func close() { state.withLock { $0.isOpen = false } }
  func open() { state.withLock { $0.isOpen = true } }
  func open(upTo number: Int) { state.withLock { $0.lastServed = number } }
  func fail(times: Int) { state.withLock { $0.failures = times } }
  func live(_ lifetime: Duration?) { state.withLock { $0.lifetime = lifetime } }

  func accessToken(rejected: Secret?) async throws -> AccessToken {
    let number = state.withLock { state in
      state.asked += 1
      state.rejected.append(rejected)
      return state.asked
    }
    await until { state.withLock { $0.isOpen || number <= $0.lastServed } }
    return try state.withLock { state in
      if state.failures > 0 {
        state.failures -= 1
        throw CommerceLayerError(.server, "the desk is on fire")
      }
      return AccessToken(Secret("hushcanary-token-\(number)"), lifetime: state.lifetime)
    }
  }
}

@Suite(.timeLimit(.minutes(10))) struct AccessTokenTests {
  private let time = ManualTime()
  private let desk = TokenDesk()
  private var store: TokenStore { TokenStore(time: time.source, provider: desk) }

  @Test func manyCallersShareOneRequest() async throws {
    let stage = Stage(Array(repeating: .respond(200, widget()), count: 50))
    let widgets = try stage.widgets()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<50 { group.addTask { _ = try await widgets.retrieve("w1") } }
      try await group.waitForAll()
    }
    #expect(stage.tokenRequests == 1)
  }

  @Test func aTokenWithTimeLeftIsUsedAsItIs() async throws {
    let store = store
    #expect(try await store.token() == "hushcanary-token-1")
    time.advance(by: .seconds(7200 - 121))
    #expect(try await store.token() == "hushcanary-token-1" && desk.asked == 1)
  }

  @Test func nearItsEndItIsUsedAndRenewedInTheBackground() async throws {
    let store = store
    _ = try await store.token()
    desk.close()
    time.advance(by: .seconds(7200 - 119))
    for _ in 0..<10 { #expect(try await store.token() == "hushcanary-token-1") }
    await until { desk.asked == 2 }
    desk.open()
    await until { (try? await store.token()) == "hushcanary-token-2" }
    #expect(desk.asked == 2)
  }

  @Test func inItsLastSecondsCallersWait() async throws {
    let store = store
    _ = try await store.token()
    time.advance(by: .seconds(7200 - 29))
    #expect(try await store.token() == "hushcanary-token-2" && desk.asked == 2)
  }

  @Test func afterAFailedRenewalThereIsNoneForFiveSeconds() async throws {
    let told = Mutex(0)
    let store = TokenStore(time: time.source, provider: desk) {
      if case .failure = $0 { told.withLock { $0 += 1 } }
    }
    _ = try await store.token()
    desk.fail(times: 1)
    time.advance(by: .seconds(7200 - 100))
    #expect(try await store.token() == "hushcanary-token-1")
    await until { told.withLock { $0 } == 1 }
    time.advance(by: .milliseconds(4_900))
    for _ in 0..<10 { #expect(try await store.token() == "hushcanary-token-1") }
    #expect(desk.asked == 2)
    time.advance(by: .milliseconds(100))
    #expect(try await store.token() == "hushcanary-token-1")
    await until { desk.asked == 3 }
  }

  @Test func aFailureIsNotRemembered() async throws {
    let stage = Stage([.respond(200, widget())]) { count in
      count == 1
        ? .respond(401, #"{"error":"invalid_client","error_description":"no such client"}"#)
        : .respond(200, #"{"access_token":"hushcanary"}"#)
    }
    let widgets = try stage.widgets()
    let error = await failure { _ = try await widgets.retrieve("w1") }
    #expect(error?.kind == .authentication)
    #expect(error?.description.contains("no such client") == true)
    #expect(error?.description.contains("hush-hush") == false)
    _ = try await widgets.retrieve("w1")
  }

  @Test func oneOfAHundredCancelledCallersHarmsNobody() async throws {
    let store = store
    desk.close()
    let callers = (0..<100).map { _ in Task { try await store.token() } }
    await until { desk.asked == 1 }
    callers[0].cancel()
    await #expect(throws: CancellationError.self) { try await callers[0].value }
    desk.open()
    for caller in callers.dropFirst() { #expect(try await caller.value == "hushcanary-token-1") }
    #expect(desk.asked == 1)
  }

  @Test(arguments: [Duration.seconds(3600), .seconds(-3600)])
  func aClockThatJumpsAnHourHarmsNobody(jump: Duration) async throws {
    let store = store
    #expect(try await store.token() == "hushcanary-token-1")
    time.advance(by: jump)
    #expect(try await store.token() == "hushcanary-token-1")
    time.advance(by: .seconds(7200))
    let expected: Secret = jump > .zero ? "hushcanary-token-2" : "hushcanary-token-1"
    #expect(try await store.token() == expected)
  }

  /// A renewal that failed just before the clock went back does not stop renewals for an hour.
  @Test func aFailureOfTheFutureIsForgotten() async throws {
    let store = store
    desk.live(.seconds(400))
    _ = try await store.token()
    desk.fail(times: 1)
    time.advance(by: .seconds(320))
    _ = try await store.token()
    await until { desk.asked == 2 }
    time.advance(by: .seconds(-3))
    await until {
      _ = try? await store.token()
      return desk.asked == 3
    }
  }

  @Test func withoutALifetimeATokenIsKept() async throws {
    let store = store
    desk.live(nil)
    _ = try await store.token()
    time.advance(by: .seconds(1_000_000))
    #expect(try await store.token() == "hushcanary-token-1" && desk.asked == 1)
  }

  @Test func shortLivedTokensAreNotRenewedAllTheTime() async throws {
    let store = store
    desk.live(.seconds(60))
    _ = try await store.token()
    time.advance(by: .seconds(40))
    #expect(try await store.token() == "hushcanary-token-1" && desk.asked == 1)
    time.advance(by: .seconds(10))
    #expect(try await store.token() == "hushcanary-token-2")
  }

  /// The first token is rejected while a renewal in the background is under way.
  private func storeThatRejectsWhileItRenews() async throws -> TokenStore {
    let store = store
    _ = try await store.token()
    time.advance(by: .seconds(7200 - 100))
    desk.close()
    _ = try await store.token()
    await until { desk.asked == 2 }
    await store.reject("hushcanary-token-1")
    return store
  }

  /// The rejected token may be on its way already: that request is not waited for.
  @Test func afterARejectionARequestFromBeforeDoesNotCount() async throws {
    let store = try await storeThatRejectsWhileItRenews()
    let callers = (0..<5).map { _ in Task { try await store.token() } }
    await Task.yield()
    desk.open()
    for caller in callers { #expect(try await caller.value == "hushcanary-token-3") }
    #expect(desk.asked == 3 && desk.rejected.last == .some("hushcanary-token-1"))
    // A rejection that comes late does not touch the new token.
    await store.reject("hushcanary-token-1")
    #expect(try await store.token() == "hushcanary-token-3" && desk.asked == 3)
  }

  /// Nor is what it brought handed to those who come later.
  @Test func afterARejectionTheResponseToARequestFromBeforeIsNotKept() async throws {
    let store = try await storeThatRejectsWhileItRenews()
    let first = Task { try await store.token() }
    desk.open(upTo: 2)
    // The third request begins once the second one is over.
    await until { desk.asked == 3 }
    let late = Task { try await store.token() }
    for _ in 0..<100 { await Task.yield() }
    desk.open()
    #expect(try await first.value == "hushcanary-token-3")
    #expect(try await late.value == "hushcanary-token-3")
  }

  @Test func aProviderOfOnesOwnIsUsed() async throws {
    let stage = Stage([
      .respond(401, #"{"errors":[{"code":"INVALID_TOKEN"}]}"#), .respond(200, widget()),
    ])
    var configuration = ClientConfiguration(transport: stage.transport)
    configuration.time = stage.time
    let client = try APIClient(
      organization: "acme", credentials: .provider(desk), configuration: configuration)
    _ = try await ResourceClient<Widget>(api: client).retrieve("w1")
    #expect(desk.rejected == [nil, "hushcanary-token-1"] && stage.tokenRequests == 0)
    #expect(
      stage.exchanges.last?.request.headerFields[.authorization] == "Bearer hushcanary-token-2")
  }
}
