import Foundation
import Testing

@_spi(Generated) @testable import CommerceLayerRuntime

/// Properties of reading, over documents that are made up from a seed.
@Suite struct DocumentPropertyTests {
  private static let seeds = 0..<UInt64(60)

  /// A list of widgets with parts, some of them included, some in circles.
  private static func document(_ random: inout SeededGenerator) -> JSONValue {
    func text() -> JSONValue {
      .string(["n", "é\"\\", "", "😀", "a b"].randomElement(using: &random) ?? "")
    }
    func pick(_ range: Range<Int>) -> String { String(Int.random(in: range, using: &random)) }
    let data = (0..<4).map { index -> JSONValue in
      var attributes: JSONObject = ["name": text(), "size": .number(JSONNumber(index))]
      if Bool.random(using: &random) { attributes["metadata"] = ["k": [text(), nil, ["d": 1.50]]] }
      let parts = (0..<Int.random(in: 0...3, using: &random)).map { _ -> JSONValue in
        ["type": "parts", "id": .string(pick(0..<5))]
      }
      let owner: JSONValue =
        Bool.random(using: &random) ? nil : ["type": "widgets", "id": .string("w" + pick(0..<4))]
      return [
        "type": "widgets", "id": .string("w\(index)"), "attributes": .object(attributes),
        "relationships": [
          "parts": ["data": .array(parts), "links": ["self": "/x", "related": nil]],
          "owner": ["data": owner], "other": ["links": ["self": ["href": "/y"]]],
        ],
        "links": ["self": "/api/widgets"], "meta": ["mode": "test"],
      ]
    }
    let included = (0..<3).map { index -> JSONValue in
      [
        "type": "parts", "id": .string("\(index)"), "attributes": ["code": text()],
        "relationships": [
          "widget": ["data": ["type": "widgets", "id": .string("w" + pick(0..<4))]]
        ],
      ]
    }
    return [
      "data": .array(data), "included": .array(included), "meta": ["record_count": 4],
      "links": ["next": nil, "self": "/api/widgets"], "jsonapi": ["version": "1.1"],
    ]
  }

  /// Everything a program sees of a document through known names, in an order of its own.
  private static func graph(_ document: JSONValue) throws -> JSONValue {
    let page = try Page<Widget>(Document(parsing: document.bytes, context: .init()))
    func widget(_ one: Widget, _ depth: Int) -> JSONValue {
      [
        "id": .string(one.id.rawValue), "name": one.name.map(JSONValue.string) ?? nil,
        "size": one.size.map { .number(JSONNumber($0)) } ?? nil, "metadata": one.metadata ?? nil,
        "parts": one.parts.map { .array($0.map { part($0, depth) }) } ?? "not included",
        "owner": one.storage.resource("owner", as: Widget.self).map {
          depth == 0 ? .string($0.id.rawValue) : widget($0, depth - 1)
        } ?? nil,
        "other": .bool(one.linkage("other") == .notIncluded), "mode": one.meta?["mode"] ?? nil,
        "self": one.storage.link("self").map { .string($0.href) } ?? nil,
      ]
    }
    func part(_ one: AnyResource, _ depth: Int) -> JSONValue {
      [
        "id": .string(one.id.rawValue), "code": one["code"] ?? nil,
        "bare": .bool(one.storage.isIdentifier),
        "widget": one.linkage("widget").resources?.first?.as(Widget.self).map {
          depth == 0 ? .string($0.id.rawValue) : widget($0, depth - 1)
        } ?? nil,
      ]
    }
    return [
      "items": .array(page.items.map { widget($0, 3) }),
      "included": .array(page.included.map { part($0, 1) }.sorted { $0.text < $1.text }),
      "count": page.recordCount.map { .number(JSONNumber($0)) } ?? nil, "next": .bool(page.hasNext),
    ]
  }

  /// The document with a member that nobody knows in every object but those of `metadata`.
  private static func extended(_ value: JSONValue, key: String = "") -> JSONValue {
    switch value {
    case .array(let elements): return .array(elements.map { extended($0) })
    case .object(let object):
      if key == "metadata" { return value }
      var members = object.map { ($0.key, extended($0.value, key: $0.key)) }
      members.insert(("@unknown", ["deep": [1, ["id": 7]]]), at: 0)
      // In these, a name without '@' is a relationship or a link.
      if key != "relationships", key != "links" { members.append(("unknown-too", 7)) }
      return .object(JSONObject(members))
    case .null, .bool, .number, .string: return value
    }
  }

  /// The document with its members and its included resources in another order.
  private static func shuffled(
    _ value: JSONValue, key: String = "", _ random: inout SeededGenerator
  ) -> JSONValue {
    switch value {
    case .array(let elements):
      var changed: [JSONValue] = []
      for element in elements { changed.append(shuffled(element, &random)) }
      return .array(key == "included" ? changed.shuffled(using: &random) : changed)
    case .object(let object):
      var members: [(String, JSONValue)] = []
      for (key, value) in object { members.append((key, shuffled(value, key: key, &random))) }
      return .object(JSONObject(members.shuffled(using: &random)))
    case .null, .bool, .number, .string: return value
    }
  }

  @Test(arguments: seeds) func unknownMembersChangeNothing(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let document = Self.document(&random)
    let extended = Self.extended(document)
    #expect(extended != document)
    #expect(try Self.graph(extended) == Self.graph(document))
  }

  @Test(arguments: seeds) func orderMeansNothing(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let document = Self.document(&random)
    let graph = try Self.graph(document)
    for _ in 0..<5 { #expect(try Self.graph(Self.shuffled(document, &random)) == graph) }
  }

  @Test(arguments: seeds) func encodingAndDecodingChangesNothing(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let document = Self.document(&random)
    #expect(try JSONValue(parsing: document.text) == document)
    let page = try Page<Widget>(Document(parsing: document.bytes, context: .init()))
    for one in page.items {
      let copy = try JSONDecoder().decode(Widget.self, from: JSONEncoder().encode(one))
      #expect(try JSONValue(parsing: copy.jsonText) == JSONValue(parsing: one.jsonText))
    }
  }

  @Test func memberNamesAreCaseSensitive() throws {
    let text = #"{"data":{"type":"widgets","id":"1","Id":7,"attributes":{"Name":"n","SIZE":[]}}}"#
    let one = try #require(
      try Document(parsing: Array(text.utf8), context: .init()).one(Widget.self))
    #expect(one.id == "1" && one.name == nil && one.size == nil && one["Name"] == "n")
  }

  @Test func whatAServerSaysOfExtensionsIsIgnored() throws {
    let text = #"{"jsonapi":{"version":"1.1","ext":["x"],"profile":7},"data":null}"#
    #expect(try Document(parsing: Array(text.utf8), context: .init()).one(Widget.self) == nil)
  }
}
