import HTTPTypes
import Testing

@_spi(Generated) @testable import CommerceLayerRuntime

@Suite struct PagingTests {
  private func page(_ ids: [String], next: Bool) -> Stage.Reply {
    let data = ids.map { #"{"type":"widgets","id":"\#($0)"}"# }.joined(separator: ",")
    let links = next ? #"{"next":"https://evil.example/api/widgets?page=2"}"# : "{}"
    return .respond(
      200, #"{"data":[\#(data)],"links":\#(links),"meta":{"record_count":3,"page_count":2}}"#)
  }

  @Test func walksPageByPageAndNeverFollowsLinks() async throws {
    let stage = Stage([page(["a", "b"], next: true), page(["c"], next: false)])
    var ids: [String] = []
    for try await item in try stage.widgets().all() { ids.append(item.id.rawValue) }
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

  @Test func endsAfterSoManyPages() async throws {
    let stage = Stage((0..<9).map { page(["\($0)"], next: true) })
    let widgets = try stage.widgets()
    var ids: [String] = []
    for try await item in widgets.all().limited(toPages: 3) { ids.append(item.id.rawValue) }
    for try await _ in widgets.all().limited(toPages: 0) { ids.append("none") }
    #expect(ids == ["0", "1", "2"] && stage.exchanges.count == 3)
  }

  @Test func isTakenUpWhereItBrokeOff() async throws {
    let stage = Stage([
      page(["a"], next: true), .respond(400, "{}"), page(["b"], next: true),
      page(["c"], next: false),
    ])
    let widgets = try stage.widgets()
    var walk = widgets.all { $0.page(5, size: 1) }.pages.makeAsyncIterator()
    #expect(try await walk.next()?.items.first?.id == "a" && walk.position?.number == 6)
    await #expect(throws: CommerceLayerError.self) { try await walk.next() }
    #expect(try await walk.next()?.items.first?.id == "b" && walk.position?.number == 7)
    let rest = walk.position?.number
    var again = widgets.all { $0.page(rest, size: 1) }.pages.makeAsyncIterator()
    #expect(try await again.next()?.items.first?.id == "c")
    #expect(try await again.next() == nil && again.position == nil)
    #expect(stage.exchanges.last?.target == "GET /api/widgets?page%5Bnumber%5D=7&page%5Bsize%5D=1")
  }

  @Test func asksForOnePageAheadAndNoMore() async throws {
    let stage = Stage((0..<9).map { page(["\($0)"], next: true) })
    var walk = try stage.widgets().all().prefetching().pages.makeAsyncIterator()
    for expected in 1...3 {
      _ = try await walk.next()
      await until { stage.exchanges.count == expected + 1 }
      for _ in 0..<100 { await Task.yield() }
      #expect(stage.exchanges.count == expected + 1)
    }
  }

  @Test func whoStopsReadingEndsTheRequestAhead() async throws {
    let ended = Notes<Bool>()
    let load: @Sendable (PagePosition) async throws -> Page<Widget> = { _ in
      let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
      defer { continuation.finish() }
      for await _ in stream {}
      ended.add(Task.isCancelled)
      throw CancellationError()
    }
    var ahead: PageAhead<Widget>? = PageAhead { try await load(PagePosition(place: .number(1))) }
    _ = ahead
    ahead = nil
    await until { ended.all == [true] }
  }

  @Test func aFailureAheadIsToldWhenItsPageIsAskedFor() async throws {
    let stage = Stage([page(["a"], next: true), .respond(400, "{}"), page(["b"], next: false)])
    var walk = try stage.widgets().all().prefetching().pages.makeAsyncIterator()
    #expect(try await walk.next()?.items.first?.id == "a")
    await #expect(throws: CommerceLayerError.self) { try await walk.next() }
    #expect(try await walk.next()?.items.first?.id == "b")
  }

  @Test func walksByIDWhereNothingShifts() async throws {
    let stage = Stage([
      page(["a", "b"], next: true), page(["c"], next: true), page([], next: false),
    ])
    let widgets = try stage.widgets()
    var ids: [String] = []
    for try await item in widgets.all(where: .unchecked("x", "1"), paging: .keyset) {
      ids.append(item.id.rawValue)
    }
    #expect(ids == ["a", "b", "c"])
    #expect(
      stage.exchanges.map(\.target) == [
        "GET /api/widgets?filter%5Bq%5D%5Bx%5D=1&sort=id&page%5Bsize%5D=25",
        "GET /api/widgets?filter%5Bq%5D%5Bx%5D=1&filter%5Bq%5D%5Bid_gt%5D=b&sort=id&page%5Bsize%5D=25",
        "GET /api/widgets?filter%5Bq%5D%5Bx%5D=1&filter%5Bq%5D%5Bid_gt%5D=c&sort=id&page%5Bsize%5D=25",
      ])
  }

  @Test func aWalkByIDIsTakenUpAfterAnID() async throws {
    let stage = Stage([page(["c"], next: false)])
    for try await _ in try stage.widgets().all(paging: .keyset(after: "b")) {}
    #expect(stage.exchanges.first?.target.contains("id_gt%5D=b") == true)
  }

  @Test func aServiceThatIgnoresTheFilterByIDIsNoticed() async throws {
    let stage = Stage(Array(repeating: page(["a", "b"], next: true), count: 5))
    let widgets = try stage.widgets()
    let error = await failure { for try await _ in widgets.all(paging: .keyset) {} }
    #expect(error?.kind == .protocolViolation && stage.exchanges.count == 2)
  }

  /// Without a filter by id the same page would come for ever.
  @Test(arguments: [#""sort":true"#, #""filter":true"#, #""filter":false,"sort":false"#])
  func walkingByIDNeedsAListThatCanBe(id: String) async throws {
    let stage = Stage()
    let schema = ResourceSchema(
      table: """
        {"resource":"plain","singular":"plain",
         "operations":{"list":{"method":"GET","path":"/api/plain","success":200}},
         "attributes":{"id":{"type":"string",\(id)}},"relationships":{}}
        """)
    #expect(!(schema.filtersByID && schema.sortsByID))
    struct Plain: Resource, ListableResource {
      let storage: ResourceStorage
      init(storage: ResourceStorage) { self.storage = storage }
      static let schema = ResourceSchema(
        table: """
          {"resource":"plain","singular":"plain",
           "operations":{"list":{"method":"GET","path":"/api/plain","success":200}},
           "attributes":{"id":{"type":"string"}},"relationships":{}}
          """)
    }
    let plain = ResourceClient<Plain>(api: try stage.client())
    let error = await failure { for try await _ in plain.all(paging: .keyset) {} }
    #expect(error?.kind == .invalidInput && error?.message.contains("use numbered pages") == true)
    #expect(stage.exchanges.isEmpty && stage.tokenRequests == 0)
  }

  @Test func walkingByIDAllowsNoOtherOrder() async throws {
    let stage = Stage()
    let widgets = try stage.widgets()
    for change: @Sendable (inout ListQuery<Widget>) -> Void in [
      { $0.sort(.name) }, { $0.page(2) }, { $0.page(size: 26) },
    ] {
      let error = await failure { for try await _ in widgets.all(paging: .keyset, change) {} }
      #expect(error?.kind == .invalidInput && stage.exchanges.isEmpty)
    }
    let bad = await failure {
      for try await _ in widgets.all(paging: .keyset(after: "../x")) {}
    }
    #expect(bad?.kind == .invalidInput && stage.exchanges.isEmpty)
  }
}
