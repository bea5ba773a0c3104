import Foundation
import HTTPTypes
import Testing

@_spi(Generated) @testable import CommerceLayerRuntime

/// A condition that the service would drop returns everything: deleting what it returns deletes
/// everything. So it is never sent.
@Suite struct FilterValueTests {
  typealias Call = @Sendable (ResourceClient<Widget>, Filter<Widget>) async throws -> Void

  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let filter: Filter<Widget>
    /// What the message says; nil for a condition that can be sent.
    let says: String?
    var testDescription: String { "\(name) \(filter.text)" }

    init(_ name: String, _ filter: Filter<Widget>, _ says: String?) {
      (self.name, self.filter, self.says) = (name, filter, says)
    }
  }

  private static let name = FilterField<Widget, String>(wire: "name")
  private static let price = FilterField<Widget, Double>(wire: "price")
  private static let made = FilterField<Widget, Date>(wire: "made_at")
  private static let id = FilterField<Widget, Widget.ID>(wire: "id")
  private static let data = FilterField<Widget, JSONObject>(wire: "metadata")
  private static let owner = RelationshipPath<Widget, Widget>(wire: "owner")

  static let cases: [Case] = [
    .init("name_eq", name.predicate("eq", ""), "'blank'"),
    .init("name_eq", name.predicate("eq", " \n\u{a0}"), "'blank'"),
    .init("name_eq", name.predicate("eq", "a,b"), nil),
    .init("name_eq", name.predicate("eq", " a "), nil),
    .init("name_in", name.predicate("in", []), "the list of values is empty"),
    .init("name_in", name.predicate("in", [""]), "'blank'"),
    .init("name_in", name.predicate("in", ["a", ""]), "value 2 of 2 is empty"),
    .init("name_in", name.predicate("in", ["a", "b,c"]), "value 2 of 2 contains a comma"),
    .init("name_in", name.predicate("in", ["a,b"]), "value 1 of 1 contains a comma"),
    .init("name_in", name.predicate("in", ["a", "b c"]), nil),
    .init("name_cont", name.predicate("cont", text: ""), "'blank'"),
    .init("name_cont", name.predicate("cont", text: "a,b"), nil),
    .init("name_cont_any", name.predicate("cont_any", texts: []), "the list of values is empty"),
    .init("name_cont_any", name.predicate("cont_any", texts: ["a", ","]), "comma"),
    .init("name_null", name.predicate("null", flag: false), nil),
    .init("price_gt", price.predicate("gt", .nan), "not a finite number"),
    .init("price_gt", price.predicate("gt", -.infinity), "not a finite number"),
    .init("price_in", price.predicate("in", [1, .infinity]), "not a finite number"),
    .init("price_gt", price.predicate("gt", 0), nil),
    .init("made_at_gt", made.predicate("gt", Date(timeIntervalSince1970: .nan)), "finite"),
    .init("made_at_gt", made.predicate("gt", .distantFuture), nil),
    .init("id_eq", id.predicate("eq", ""), "'blank'"),
    .init("id_in", id.predicate("in", ["a,b"]), "comma"),
    .init("metadata_jcont", data.predicate("jcont", object: [:]), "the object is empty"),
    .init("metadata_jcont", data.predicate("jcont", object: ["a": 1]), nil),
    .init("owner_id_in", owner.id.predicate("in", []), "the list of values is empty"),
    .init("name_or_title_eq", name.or(.init(wire: "title")).predicate("eq", ""), "'blank'"),
    .init("shape_fits", .unchecked("shape_fits", ""), "'blank'"),
    .init("shape_fits", .unchecked("shape_fits", "a,,b"), nil),
  ]

  /// Every call that takes conditions.
  static let calls: [(String, Call)] = [
    ("list", { widgets, filter in _ = try await widgets.list { $0.filter(filter) } }),
    ("all", { for try await _ in $0.all(where: $1) {} }),
    ("all, keyset", { for try await _ in $0.all(where: $1, paging: .keyset) {} }),
    ("count", { _ = try await $0.count(where: $1) }),
    ("exists", { widgets, filter in _ = try await widgets.exists { $0.filter(filter) } }),
    (
      "related list",
      { widgets, filter in
        _ = try await RelatedList<Widget, Widget>(widgets, wire: "parts")(of: "w1") {
          $0.filter(filter)
        }
      }
    ),
    (
      "all of a related list",
      {
        for try await _ in RelatedList<Widget, Widget>($0, wire: "parts").all(of: "w1", where: $1) {
        }
      }
    ),
    (
      "count of a related list",
      { _ = try await RelatedList<Widget, Widget>($0, wire: "parts").count(of: "w1", where: $1) }
    ),
    (
      "raw request",
      { widgets, filter in
        var query = ListQuery<Widget>()
        query.filter(filter)
        _ = try await widgets.api.send(
          RawRequest(.get, "/api/widgets", query: query.parameters))
      }
    ),
  ]

  private static let page =
    #"{"data":[{"type":"widgets","id":"w1"}],"meta":{"record_count":1,"page_count":1}}"#

  @Test(arguments: cases, calls.indices)
  func nothingIsSentThatTheServiceWouldDrop(test: Case, call: Int) async throws {
    let stage = Stage([.respond(200, Self.page)])
    let widgets = try stage.widgets()
    let error = await failure { try await Self.calls[call].1(widgets, test.filter) }
    guard let says = test.says else {
      #expect(error == nil && stage.exchanges.count == 1, "\(Self.calls[call].0)")
      return
    }
    #expect(error?.kind == .invalidInput, "\(Self.calls[call].0)")
    #expect(stage.exchanges.isEmpty && stage.tokenRequests == 0)
    let message = try #require(error?.message)
    #expect(message.contains("'filter[q][\(test.name)]'") && message.contains(says), "\(message)")
  }

  /// Values are customers' data: an error, which is logged, does not show them.
  @Test func theMessageDoesNotShowTheValue() async throws {
    let widgets = try Stage().widgets()
    let error = await failure {
      _ = try await widgets.count(where: Self.name.predicate("in", ["jane,doe@example.com"]))
    }
    #expect(error.map { "\($0)".contains("jane") } == false)
  }

  @Test func aParameterThatIsMendedCanBeSent() {
    var parameter = QueryParameter(filter: "name_eq", value: "", problem: "empty")
    #expect(throws: CommerceLayerError.self) { try parameter.validate() }
    parameter.value = "a"
    #expect(throws: Never.self) { try parameter.validate() }
  }
}
