import HTTPTypes
import Synchronization
import Testing

@testable import CommerceLayerRuntime

@Suite struct WaitingTests {
  private func poll(_ status: String, _ size: Int) -> Stage.Reply {
    .respond(200, widget(#""status":"\#(status)","size":\#(size)"#))
  }

  @Test func pollsSparselyAndReturnsTheWhole() async throws {
    let stage = Stage([
      poll("pending", 0), poll("pending", 5), poll("done", 9),
      .respond(200, widget(#""status":"done","size":9,"name":"n""#)),
    ])
    let seen = Mutex<[Int?]>([])
    let done = try await stage.widgets().wait(for: "w1") { widget in
      seen.withLock { $0.append(widget.size) }
    }
    #expect(done.name == "n")
    #expect(seen.withLock { $0 } == [0, 5, 9])
    #expect(stage.naps == [.milliseconds(1800), .milliseconds(2700)])
    #expect(
      stage.exchanges.prefix(3).allSatisfy {
        $0.target == "GET /api/widgets/w1?fields%5Bwidgets%5D=status%2Csize"
      })
    #expect(stage.exchanges.last?.target.contains("rows") == false)
  }

  @Test func givesUpAtTheDeadline() async throws {
    let stage = Stage((0..<100).map { poll("pending", $0) })
    let widgets = try stage.widgets()
    var options = WaitOptions()
    options.deadline = .seconds(20)
    let error = await failure { _ = try await widgets.wait(for: "w1", options: options) }
    #expect(error?.kind == .timeout)
    #expect(stage.naps.reduce(.zero, +) == .seconds(20))
  }

  @Test func noticesThatNothingHappens() async throws {
    let stage = Stage((0..<200).map { _ in poll("pending", 1) })
    let widgets = try stage.widgets()
    let error = await failure { _ = try await widgets.wait(for: "w1") }
    #expect(error?.kind == .timeout && error?.message.contains("nothing has changed") == true)
  }

  @Test func intervalsGrowToTheLongest() {
    let options = WaitOptions()
    let delays = (0..<8).map { options.delay(poll: $0, random: 0.5) }
    #expect(delays.first == .seconds(2))
    #expect(zip(delays, delays.dropFirst()).allSatisfy { $0 <= $1 })
    #expect(delays.last == .seconds(15))
  }

  private func list(_ polls: (String, String, Int)...) -> Stage.Reply {
    let data = polls.map {
      #"{"type":"widgets","id":"\#($0.0)","attributes":{"status":"\#($0.1)","size":\#($0.2)}}"#
    }
    return .respond(200, #"{"data":[\#(data.joined(separator: ","))]}"#)
  }

  @Test func manyAreLookedAtWithOneRequest() async throws {
    let stage = Stage([
      list(("a", "pending", 0), ("b", "pending", 0), ("stranger", "done", 1)),
      list(("b", "pending", 1), ("a", "done", 5)), list(("b", "done", 9)),
      .respond(200, widget(#""name":"A""#, id: "a")),
      .respond(200, widget(#""name":"B""#, id: "b")),
    ])
    let seen = Notes<[String]>()
    let done = try await stage.widgets().wait(for: ["a", "b"]) {
      seen.add($0.map(\.id.rawValue))
    }
    #expect(done.map(\.name) == ["A", "B"])
    #expect(seen.all == [["a", "b"], ["a", "b"], ["b"]])
    #expect(
      stage.exchanges.prefix(3).map(\.target) == [
        "GET /api/widgets?filter%5Bq%5D%5Bid_in%5D=a%2Cb&fields%5Bwidgets%5D=status%2Csize&page%5Bsize%5D=25",
        "GET /api/widgets?filter%5Bq%5D%5Bid_in%5D=a%2Cb&fields%5Bwidgets%5D=status%2Csize&page%5Bsize%5D=25",
        "GET /api/widgets?filter%5Bq%5D%5Bid_in%5D=b&fields%5Bwidgets%5D=status%2Csize&page%5Bsize%5D=25",
      ])
  }

  @Test func moreThanAPageFullTakeSeveralRequests() async throws {
    let ids = (0..<30).map { "w\($0)" }
    func many(_ ids: ArraySlice<String>) -> Stage.Reply {
      let data = ids.map {
        #"{"type":"widgets","id":"\#($0)","attributes":{"status":"done"}}"#
      }
      return .respond(200, #"{"data":[\#(data.joined(separator: ","))]}"#)
    }
    let stage = Stage([many(ids.prefix(25)), many(ids.suffix(5))])
    var polls = 0
    for try await seen in try stage.widgets().updates(for: ids.map { ID($0) }) {
      #expect(seen.map(\.id.rawValue) == ids)
      polls += 1
    }
    #expect(polls == 1 && stage.exchanges.count == 2)
  }

  @Test func oneThatIsGoneIsAskedForByItself() async throws {
    let stage = Stage([
      list(("a", "pending", 0)), list(("a", "pending", 0)),
      .respond(404, #"{"errors":[{"code":"RECORD_NOT_FOUND"}]}"#),
    ])
    let widgets = try stage.widgets()
    let error = await failure { _ = try await widgets.wait(for: ["a", "gone"]) }
    #expect(error?.kind == .notFound && error?.request == "GET /api/widgets/gone")
  }

  @Test func aLookThatFailsIsMadeAgainAfterOneThatDidNot() async throws {
    let stage = Stage([
      poll("pending", 0), .respond(503, "", ["Retry-After": "40"]), poll("done", 1),
      .respond(200, widget(#""status":"done""#)),
    ])
    _ = try await stage.widgets { $0.retry = .never }.wait(for: "w1")
    #expect(stage.naps == [.milliseconds(1800), .seconds(40)])
    let other = Stage([.respond(503, "")])
    let widgets = try other.widgets { $0.retry = .never }
    let error = await failure { _ = try await widgets.wait(for: "w1") }
    #expect(error?.kind == .server && other.naps.isEmpty)
  }

  @Test func anOutageEndsTheWaitAtLast() async throws {
    let stage = Stage([poll("pending", 0)] + Array(repeating: .respond(500, ""), count: 99))
    let widgets = try stage.widgets { $0.retry = .never }
    let error = await failure { _ = try await widgets.wait(for: "w1") }
    #expect(error?.kind == .timeout && error?.underlying?.contains("the service failed") == true)
  }

  /// Cancelling the wait sends nothing: the work goes on.
  @Test(.timeLimit(.minutes(10))) func cancellingTheWaitLeavesTheWork() async throws {
    let time = ManualTime()
    let stage = Stage([poll("pending", 0), poll("pending", 0)])
    let widgets = try stage.widgets { $0.time = time.source }
    let task = Task { try await widgets.wait(for: "w1") }
    await until { stage.exchanges.count == 1 && time.naps == [.milliseconds(1800)] }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(stage.exchanges.map(\.request.method) == [.get])
  }

  @Test func updatesAreLazyAndEnd() async throws {
    let stage = Stage([poll("pending", 0), poll("done", 3)])
    let updates = try stage.widgets().updates(for: "w1")
    var walk = updates.makeAsyncIterator()
    #expect(stage.exchanges.isEmpty)
    #expect(try await walk.next()?.first?.size == 0)
    #expect(stage.exchanges.count == 1 && stage.naps.isEmpty)
    #expect(try await walk.next()?.first?.size == 3)
    #expect(try await walk.next() == nil)
    #expect(stage.exchanges.count == 2)
  }

  @Test(arguments: [
    \WaitOptions.interval, \.maximumInterval, \.minimumInterval, \.deadline, \.stall,
  ])
  func optionsThatMakeNoSenseAreRejected(
    path: any WritableKeyPath<WaitOptions, Duration> & Sendable
  )
    async throws
  {
    let stage = Stage()
    let widgets = try stage.widgets()
    for value in [Duration.zero, .seconds(-1), .seconds(Int.max)] {
      var options = WaitOptions()
      options[keyPath: path] = value
      let error = await failure { [options] in
        _ = try await widgets.wait(for: "w1", options: options)
      }
      #expect(error?.kind == .invalidInput, "\(value)")
    }
    for growth in [0.5, 0, -1, .nan, .infinity, 101] {
      var options = WaitOptions()
      options.growth = growth
      #expect(throws: CommerceLayerError.self) { try options.validate() }
    }
    #expect(stage.exchanges.isEmpty)
  }

  @Test func noIntervalIsShorterThanTheFloor() {
    var options = WaitOptions()
    options.interval = .milliseconds(1)
    #expect(options.delay(poll: 0, random: 0) == .seconds(1))
    #expect(WaitOptions().delay(poll: 0, random: 0) == .milliseconds(1800))
    #expect(WaitOptions().delay(poll: 99, random: 0.5) == .seconds(15))
    #expect(WaitOptions().delay(poll: 99, random: 1) < .milliseconds(16_501))
  }

  @Test func aTokenCarriesTheWaitElsewhere() async throws {
    let stage = Stage([
      list(("a", "done", 1), ("b", "done", 1)), .respond(200, widget(id: "a")),
      .respond(200, widget(id: "b")),
    ])
    let widgets = try stage.widgets()
    let text = widgets.waitToken(for: ["a", "b"]).description
    #expect(text.hasPrefix("cl1.") && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F })
    let token = try WaitToken(text)
    #expect(token.ids == ["a", "b"] && token.type == "widgets")
    #expect(try await widgets.wait(resuming: token).map(\.id) == ["a", "b"])
    let foreign = WaitToken(host: "other.commercelayer.io", type: "widgets", ids: ["a"])
    let error = await failure { _ = try await widgets.wait(resuming: foreign) }
    #expect(error?.kind == .invalidInput)
  }

  @Test(arguments: [
    "", "cl1.", "cl2.e30", "cl1.e30", "cl1.!!!", "x", "cl1.W10",
    "cl1." + String(repeating: "A", count: 99_999),
    // {"host":"h","type":"t","ids":[7]}: waiting for nothing would look like being done.
    "cl1.eyJob3N0IjoiaCIsInR5cGUiOiJ0IiwiaWRzIjpbN119",
    // {"host":"h","type":"t","ids":["../x"]}
    "cl1.eyJob3N0IjoiaCIsInR5cGUiOiJ0IiwiaWRzIjpbIi4uL3giXX0",
  ])
  func whatIsNoTokenIsRejected(text: String) {
    #expect(throws: CommerceLayerError.self) { try WaitToken(text) }
  }
}
