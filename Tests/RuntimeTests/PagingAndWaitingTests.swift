import HTTPTypes
import Synchronization
import Testing

@testable import CommerceLayerRuntime

@Suite struct PagingTests {
  private func page(_ ids: [String], next: Bool) -> Stage.Reply {
    let data = ids.map { #"{"type":"widgets","id":"\#($0)"}"# }.joined(separator: ",")
    let links = next ? #"{"next":"https://evil.example/api/widgets?page=2"}"# : "{}"
    return .answer(
      200, #"{"data":[\#(data)],"links":\#(links),"meta":{"record_count":3,"page_count":2}}"#)
  }

  @Test func walksPageByPageAndNeverFollowsLinks() async throws {
    let stage = Stage([page(["a", "b"], next: true), page(["c"], next: false)])
    var ids: [String] = []
    for try await item in try stage.widgets().all() { ids.append(item.id) }
    #expect(ids == ["a", "b", "c"])
    #expect(
      stage.exchanges.map(\.target) == [
        "GET /api/widgets?page%5Bnumber%5D=1&page%5Bsize%5D=25",
        "GET /api/widgets?page%5Bnumber%5D=2&page%5Bsize%5D=25",
      ])
    #expect(stage.exchanges.allSatisfy { $0.request.authority == "acme.commercelayer.io" })
  }

  @Test func isLazy() async throws {
    let stage = Stage([page(["a", "b"], next: true)])
    for try await item in try stage.widgets().all() where item.id == "b" { break }
    #expect(stage.exchanges.count == 1)
  }

  @Test func noticesAServiceThatRepeatsItself() async throws {
    let stage = Stage([page(["a"], next: true), page(["a"], next: true)])
    let widgets = try stage.widgets()
    let error = await failure { for try await _ in widgets.all() {} }
    #expect(error?.kind == .protocolViolation)
  }

  @Test func noticesAServiceThatGoesInCircles() async throws {
    let circle = [page(["a"], next: true), page(["b"], next: true)]
    let stage = Stage(circle + circle)
    let widgets = try stage.widgets()
    let error = await failure { for try await _ in widgets.all() {} }
    #expect(error?.kind == .protocolViolation && stage.exchanges.count == 3)
  }

  @Test func pagesTellTheirCounts() async throws {
    let stage = Stage([page(["a"], next: false)])
    let page = try await stage.widgets().list()
    #expect(page.recordCount == 3 && page.pageCount == 2 && !page.hasNext)
    #expect(page.map(\.id) == ["a"])
  }
}

@Suite struct WaitingTests {
  private func look(_ status: String, _ size: Int) -> Stage.Reply {
    .answer(200, widget(#""status":"\#(status)","size":\#(size)"#))
  }

  @Test func looksSparselyAndReturnsTheWhole() async throws {
    let stage = Stage([
      look("pending", 0), look("pending", 5), look("done", 9),
      .answer(200, widget(#""status":"done","size":9,"name":"n""#)),
    ])
    let seen = Mutex<[Int?]>([])
    let done = try await stage.widgets().wait(forID: "w1") { widget in
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
    let stage = Stage((0..<100).map { look("pending", $0) })
    let widgets = try stage.widgets()
    var options = WaitOptions()
    options.deadline = .seconds(20)
    let error = await failure { _ = try await widgets.wait(forID: "w1", options: options) }
    #expect(error?.kind == .timeout)
    #expect(stage.naps.reduce(.zero, +) == .seconds(20))
  }

  @Test func noticesThatNothingHappens() async throws {
    let stage = Stage((0..<200).map { _ in look("pending", 1) })
    let widgets = try stage.widgets()
    let error = await failure { _ = try await widgets.wait(forID: "w1") }
    #expect(error?.kind == .timeout && error?.message.contains("nothing has changed") == true)
  }

  @Test func intervalsGrowToTheLongest() {
    let options = WaitOptions()
    let delays = (0..<8).map { options.delay(look: $0, random: 0.5) }
    #expect(delays.first == .seconds(2))
    #expect(zip(delays, delays.dropFirst()).allSatisfy { $0 <= $1 })
    #expect(delays.last == .seconds(15))
  }
}
