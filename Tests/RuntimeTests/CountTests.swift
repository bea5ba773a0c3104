import Foundation
import Testing

@_spi(Generated) @testable import CommerceLayerRuntime

/// Counting takes one small request, and every call takes a resource or its id.
@Suite struct CountTests {
  private func page(_ count: Int?, items: Int = 1) -> Stage.Reply {
    let data = Array(repeating: #"{"type":"widgets","id":"w1"}"#, count: items).joined(
      separator: ",")
    let meta = count.map { #","meta":{"record_count":\#($0),"page_count":1}"# } ?? ""
    return .respond(200, #"{"data":[\#(data)]\#(meta)}"#)
  }

  @Test func oneResourceWithOneFieldIsAskedFor() async throws {
    let stage = Stage([page(4_321), page(0, items: 0), page(7)])
    let widgets = try stage.widgets()
    #expect(try await widgets.count { $0.filter(.size.predicate("gt", 3)) } == 4_321)
    #expect(try await widgets.count() == 0)
    let parts = RelatedList<Widget, Widget>(widgets, wire: "parts")
    #expect(try await parts.count(of: "w9", where: .size.predicate("gt", 3)) == 7)
    #expect(
      stage.exchanges.map(\.target) == [
        "GET /api/widgets?filter%5Bq%5D%5Bsize_gt%5D=3&fields%5Bwidgets%5D=active&page%5Bsize%5D=1",
        "GET /api/widgets?fields%5Bwidgets%5D=active&page%5Bsize%5D=1",
        "GET /api/widgets/w9/parts?filter%5Bq%5D%5Bsize_gt%5D=3"
          + "&fields%5Bwidgets%5D=active&page%5Bsize%5D=1",
      ])
  }

  /// What makes a page larger or another one does not count.
  @Test func onlyConditionsCount() async throws {
    let stage = Stage([page(1)])
    _ = try await stage.widgets().count {
      $0.page(7, size: 25)
      $0.include(.parts)
      $0.fields(.name)
      $0.sort(.name)
      $0.filter(.size.predicate("gt", 3))
    }
    #expect(
      stage.exchanges.first?.target
        == "GET /api/widgets?filter%5Bq%5D%5Bsize_gt%5D=3&fields%5Bwidgets%5D=active&page%5Bsize%5D=1"
    )
  }

  @Test func aCountThatIsNotToldIsAnError() async throws {
    let widgets = try Stage([page(nil)]).widgets()
    let error = await failure { _ = try await widgets.count() }
    #expect(error?.kind == .protocolViolation && error?.pointer == "/meta/record_count")
  }

  @Test func existenceIsWhetherAnythingComes() async throws {
    let stage = Stage([page(nil), page(nil, items: 0), page(nil)])
    let widgets = try stage.widgets()
    #expect(try await widgets.exists(where: .name.predicate("eq", "a")))
    #expect(try await !widgets.exists())
    #expect(try await RelatedList<Widget, Widget>(widgets, wire: "parts").exists(of: "w9"))
  }

  @Test func everyCallTakesAResource() async throws {
    let stage = Stage([.respond(200, widget(id: "w7"))])
    let widgets = try stage.widgets()
    let one = try await widgets.retrieve("w7")
    let parts = RelatedList<Widget, Widget>(widgets, wire: "parts")
    let owner = RelatedOne<Widget, Widget>(widgets, wire: "owner")
    let stop = Trigger(widgets, wire: "_stop")
    let give = ValueTrigger<Widget, Int>(widgets, wire: "_give")
    for _ in 0..<5 { stage.add(.respond(200, widget(id: "w7"))) }
    for _ in 0..<4 { stage.add(page(1)) }
    stage.add(.respond(204, ""))
    _ = try await widgets.retrieve(one)
    _ = try await widgets.update(one, .init(name: "b"))
    _ = try await stop(one)
    _ = try await give(one, 3)
    _ = try await owner(of: one)
    _ = try await parts(of: one)
    _ = try await parts.count(of: one)
    _ = try await parts.exists(of: one)
    for try await _ in parts.all(of: one) {}
    try await widgets.delete(one)
    let paths = stage.exchanges.dropFirst().map { $0.target.prefix { $0 != "?" } }
    #expect(
      paths == [
        "GET /api/widgets/w7", "PATCH /api/widgets/w7", "PATCH /api/widgets/w7",
        "PATCH /api/widgets/w7", "GET /api/widgets/w7/owner", "GET /api/widgets/w7/parts",
        "GET /api/widgets/w7/parts", "GET /api/widgets/w7/parts", "GET /api/widgets/w7/parts",
        "DELETE /api/widgets/w7",
      ])
  }

  @Test func triggersTakeFieldsAndIncludes() async throws {
    let stage = Stage([.respond(200, widget()), .respond(200, widget())])
    let widgets = try stage.widgets()
    _ = try await Trigger(widgets, wire: "_stop")("w1") {
      $0.fields(.name)
      $0.include(.parts)
    }
    _ = try await ValueTrigger<Widget, Int>(widgets, wire: "_give")("w1", 3) { $0.fields(.size) }
    #expect(
      stage.exchanges.map(\.target) == [
        "PATCH /api/widgets/w1?fields%5Bwidgets%5D=name&include=parts",
        "PATCH /api/widgets/w1?fields%5Bwidgets%5D=size",
      ])
  }

  /// The largest page is the service's, not this package's.
  @Test func theLargestPageIsTheServices() async throws {
    let stage = Stage([page(1), page(1), page(1)])
    let client = { (table: String) in
      var configuration = ClientConfiguration(transport: stage.transport)
      configuration.time = stage.time
      return ResourceClient<Widget>(
        api: try APIClient(
          organization: "acme", credentials: .token("hushcanaryt"), configuration: configuration,
          service: ServiceDescription(table: table)))
    }
    let large = try client(#"{"page":{"maximum_size":100}}"#)
    for try await _ in large.all() {}
    _ = try await large.list { $0.page(size: 100) }
    let error = await failure { _ = try await large.list { $0.page(size: 101) } }
    #expect(error?.message == "a page holds 1 to 100 resources, not 101")
    // A service that is not known says itself what is too much.
    for try await _ in try client("{}").all() {}
    #expect(
      stage.exchanges.map(\.target) == [
        "GET /api/widgets?page%5Bnumber%5D=1&page%5Bsize%5D=100",
        "GET /api/widgets?page%5Bsize%5D=100", "GET /api/widgets?page%5Bnumber%5D=1",
      ])
  }

  @Test func anIDIsAStringToCoders() throws {
    let id: Widget.ID = "w1"
    #expect(String(decoding: try JSONEncoder().encode([id]), as: UTF8.self) == #"["w1"]"#)
    #expect(try JSONDecoder().decode([ID<Widget>].self, from: Data(#"["w1"]"#.utf8)) == [id])
    #expect("\(id)" == "w1" && ID<Widget>("w\(1)") == id && Set([id, "w1"]).count == 1)
  }

  @Test func aValueAndNullContradict() async throws {
    let stage = Stage()
    let widgets = try stage.widgets()
    let error = await failure {
      _ = try await widgets.update("w1", .init(name: "a", null: [.name]))
    }
    #expect(error?.kind == .invalidInput && error?.message.contains("'name'") == true)
    #expect(stage.exchanges.isEmpty)
  }
}
