import HTTPTypes
import Testing

@testable import CommerceLayerRuntime

@Suite struct RetryBudgetTests {
  @Test func costsAndGivesBack() {
    var budget = RetryBudget()
    #expect(budget.take(throttled: false) == 14 && budget.tokens == 486)
    #expect(budget.take(throttled: true) == 5 && budget.tokens == 481)
    budget.giveBack(spent: 19)
    budget.giveBack(spent: 0)
    #expect(budget.tokens == 500)
    for _ in 0..<35 { #expect(budget.take(throttled: false) == 14) }
    #expect(budget.tokens == 10 && budget.take(throttled: false) == nil && budget.tokens == 10)
    #expect(budget.take(throttled: true) == 5)
    budget.giveBack(spent: 0)
    #expect(budget.tokens == 6)
  }

  /// 35 retries of 14 tokens: then failures are final, also for copies, until something succeeds.
  @Test func aStormEndsForAllCopies() async throws {
    let stage = Stage(Array(repeating: .respond(500, "{}"), count: 200))
    let widgets = try stage.widgets { $0.retry.maximumRetries = 4 }
    let copy = widgets.with { $0.tags["copy"] = "yes" }
    var errors: [CommerceLayerError?] = []
    for index in 0..<20 {
      let one = index.isMultiple(of: 2) ? widgets : copy
      errors.append(await failure { _ = try await one.retrieve("w1") })
    }
    #expect(stage.exchanges.count == 20 + 35)
    #expect(errors.allSatisfy { $0?.kind == .server })
    #expect(errors.first??.attempts == 5 && errors.last??.attempts == 1)
  }

  @Test func successGivesBackWhatItsRetriesCost() async throws {
    let stage = Stage([
      .respond(500, "{}"), .respond(429, "{}"), .respond(200, widget()), .respond(200, widget()),
    ])
    let widgets = try stage.widgets()
    let budget = widgets.api.core.services.budget
    _ = try await widgets.retrieve("w1")
    #expect(budget.tokens == 500)
    _ = budget.take(throttled: false)
    _ = try await widgets.retrieve("w1")
    #expect(budget.tokens == 487)
  }

  @Test func a429PausesTheWholeClass() async throws {
    let events = Notes<ClientEvent>()
    let stage = Stage([
      .respond(429, "{}", ["Retry-After": "7"]), .respond(200, widget()), .respond(200, widget()),
    ])
    let widgets = try stage.widgets { $0.onEvent = { events.add($0) } }
    _ = try await widgets.retrieve("w1")
    #expect(stage.naps == [.seconds(7)])
    let waits = events.all.filter { $0.kind == .rateLimited }
    #expect(waits.map(\.delay) == [.seconds(7)])
    #expect(waits.first?.description.hasPrefix("rate-limited, 7.0 s: GET /api/widgets/w1") == true)
    let retry = try #require(events.all.first { $0.kind == .retrying })
    #expect(retry.reason == "the service asks to wait 7.0 seconds" && retry.call.attempt == 1)
  }

  /// A 503 is an outage, not a limit: the call waits as asked, and others are not held up.
  @Test(.timeLimit(.minutes(10))) func a503WithRetryAfterMakesItsCallWaitAndNoOther() async throws {
    let stage = Stage([
      .respond(503, "", ["Retry-After": "7"]), .respond(201, widget()), .respond(200, widget()),
    ])
    let widgets = try stage.widgets()
    _ = try await widgets.create(.init(name: "a"))
    try #require(stage.naps == [.seconds(7)] && stage.exchanges.count == 2)
    #expect(widgets.api.core.services.budget.tokens == RetryBudget.capacity)
    let time = ManualTime()
    let other = Stage([.respond(503, "", ["Retry-After": "7"]), .respond(200, widget())])
    let shared = try other.widgets { $0.time = time.source }
    let waiting = Task { try await shared.retrieve("w1") }
    await until { time.naps == [.seconds(7)] }
    other.add(.respond(200, widget()))
    _ = try await shared.retrieve("w2")
    #expect(time.naps == [.seconds(7)])
    time.advance(by: .seconds(7))
    _ = try await waiting.value
    #expect(other.exchanges.count == 3)
  }

  @Test func aRetryAfterThatIsTooLongFailsAtOnceAndIsTold() async throws {
    let stage = Stage([.respond(429, "{}", ["Retry-After": "3600"])])
    let widgets = try stage.widgets()
    let error = await failure { _ = try await widgets.retrieve("w1") }
    #expect(error?.kind == .rateLimited && error?.retryAfter == .seconds(3600))
    #expect(stage.exchanges.count == 1 && stage.naps.isEmpty)
    #expect(error?.advice == "wait 3600.0 s and try again")
  }

  @Test func readsDatesInAllThreeForms() {
    for text in [
      "Sun, 06 Nov 1994 08:50:07 GMT", "Sunday, 06-Nov-94 08:50:07 GMT", "Sun Nov  6 08:50:07 1994",
    ] {
      #expect(
        RetryAfter.read(
          seconds: text, milliseconds: nil, date: "Sun, 06 Nov 1994 08:49:37 GMT") == .seconds(30),
        "\(text)")
    }
    // Without a `Date` of the same response a date says nothing: our clock may be wrong.
    #expect(
      RetryAfter.read(
        seconds: "Sun, 06 Nov 1994 08:50:07 GMT", milliseconds: nil, date: nil) == nil)
    for text in [
      "Sun, 99 Nov 1994 08:50:07 GMT", "Sun, 06-Nov-9x 08:50:07 GMT", "a b c d e", "- - - -",
    ] {
      #expect(HTTPDate.seconds(text) == nil, "\(text)")
    }
  }
}
