import Foundation
import Testing

@_spi(Generated) @testable import CommerceLayerRuntime

@Suite struct CompoundDocumentTests {
  private static let parts = ResourceSchema(
    table: #"""
      {"resource":"parts","attributes":{"id":{"type":"string"},"count":{"type":"integer"}},
       "relationships":{"widget":{"cardinality":"one","resource":"widgets"}}}
      """#)

  private func document(
    _ text: String, schemas: [ResourceSchema] = [Widget.schema, parts],
    reading: ResponseReading = .lenient
  ) throws -> Document {
    var context = Document.Context(reading: reading)
    context.schemas = SchemaCatalog { schemas }
    return try Document(parsing: Array(text.utf8), context: context)
  }

  private func rejection(_ text: String) -> CommerceLayerError? {
    do {
      _ = try document(text, reading: .strict).one(Widget.self)
      return nil
    } catch {
      return error as? CommerceLayerError
    }
  }

  private func widget(_ relationships: String, included: String = "") -> String {
    #"{"data":{"type":"widgets","id":"1","relationships":{\#(relationships)}},"included":[\#(included)]}"#
  }

  @Test func circlesAreWalkedStepByStep() throws {
    let text = widget(
      #""parts":{"data":[{"type":"parts","id":"p"}]}"#,
      included: #"""
        {"type":"parts","id":"p","attributes":{"count":2},
         "relationships":{"widget":{"data":{"type":"widgets","id":"1"}}}}
        """#)
    var one = try #require(try document(text).one(Widget.self))
    for _ in 0..<10_000 {
      let part = try #require(one.parts?.first)
      #expect(part["count"] == 2)
      // Back to the primary resource, whole: it is in the document, though not in 'included'.
      one = try #require(part.storage.resource("widget", as: Widget.self))
      #expect(!one.storage.isIdentifier)
    }
    #expect(one.jsonText.contains(#""parts""#))
    #expect(try JSONDecoder().decode(Widget.self, from: JSONEncoder().encode(one)).id == "1")
  }

  @Test func aResourceOfTheSameListIsResolved() throws {
    let text = #"""
      {"data":[{"type":"widgets","id":"1","relationships":{"owner":{"data":{"type":"widgets","id":"2"}}}},
               {"type":"widgets","id":"2","attributes":{"name":"two"}}]}
      """#
    let first = try #require(try document(text).many(AnyResource.self).first)
    #expect(first.linkage("owner").resources?.first?["name"] == "two")
  }

  @Test func notIncludedAndEmptyAreThreeThings() throws {
    let one = try #require(
      try document(
        widget(
          #""parts":{"links":{"self":"/x"}},"owner":{"data":null},"a":{"data":[]},"b":{"meta":{}}"#)
      ).one(Widget.self))
    #expect(one.linkage("parts") == .notIncluded && one.parts == nil)
    #expect(one.linkage("owner") == .none && one.owner == nil)
    #expect(one.linkage("a") == .many([]))
    #expect(one.linkage("b") == .notIncluded && one.linkage("nowhere") == .notIncluded)
    #expect(one.linkage("b").resources == nil && one.linkage("owner").resources == [])
  }

  @Test func unknownTypesStayReachable() throws {
    let page = try Page<Widget>(
      try document(
        #"""
        {"data":[{"type":"widgets","id":"1","relationships":{"news":{"data":{"type":"gizmos","id":"g"}}}}],
         "included":[{"type":"gizmos","id":"g","attributes":{"x":[1]}},{"type":"odd","id":"o"}]}
        """#))
    let gizmo = try #require(page.items.first?.linkage("news").resources?.first)
    #expect(gizmo.type == "gizmos" && gizmo["x"] == [1] && !gizmo.storage.isIdentifier)
    // One that no relationship leads to, as with sparse fieldsets.
    #expect(page.included.map(\.type) == ["gizmos", "odd"])
    #expect(gizmo.as(Widget.self) == nil)
  }

  @Test func whatIsNotInTheDocumentHasTypeAndIdOnly() throws {
    let one = try #require(
      try document(widget(#""parts":{"data":[{"type":"parts","id":"p","meta":{"m":1}}]}"#))
        .one(Widget.self))
    let part = try #require(one.parts?.first)
    #expect(part.id == "p" && part.storage.isIdentifier && part["count"] == nil)
    #expect(part.meta == ["m": 1])
  }

  @Test func includedResourcesAreHeldToTheirSchemas() throws {
    func text(_ count: String) -> String {
      widget("", included: #"{"type":"parts","id":"p","attributes":{"count":\#(count)}}"#)
    }
    let error = try #require(rejection(text("[]")))
    #expect(error.kind == .protocolViolation)
    #expect(error.pointer == "/included/0/attributes/count")
    let lenient = try #require(try document(text(#""7""#)).includedResources.first)
    #expect(lenient.storage.coercions.map(\.pointer) == ["/included/0/attributes/count"])
    #expect(lenient.storage.integer("count") == 7)
  }

  @Test func resourcesOfAnyTypeAreHeldToTheirSchemas() throws {
    let text = #"{"data":[{"type":"parts","id":"1","attributes":{"count":true}}]}"#
    #expect(throws: CommerceLayerError.self) {
      try document(text, reading: .strict).many(AnyResource.self)
    }
  }

  @Test func schemasAreMadeOnlyWhenSomethingIsIncluded() throws {
    var context = Document.Context()
    context.schemas = SchemaCatalog {
      Issue.record("nobody asked")
      return []
    }
    let text = #"{"data":{"type":"widgets","id":"1"}}"#
    #expect(try Document(parsing: Array(text.utf8), context: context).one(Widget.self)?.id == "1")
  }

  @Test func anotherTypeThanTheSchemasIsRecordedAndNotMistaken() throws {
    let document = try document(
      widget(#""parts":{"data":[{"type":"nuts","id":"n"}]},"owner":{"data":[]}"#))
    let one = try #require(try document.one(Widget.self))
    #expect(one.storage.resources("parts", as: Widget.self) == nil)
    #expect(one.linkage("parts").resources?.map(\.type) == ["nuts"])
    #expect(document.diagnostics.map(\.kind) == [.unexpectedType, .cardinality])
    #expect(
      document.diagnostics.map(\.pointer) == [
        "/data/relationships/parts/data", "/data/relationships/owner/data",
      ])
  }

  @Test(arguments: [
    (#""parts":{"data":[{"type":"parts","id":7}]}"#, "/data/relationships/parts/data/0/id"),
    (#""a/b":{"data":{"id":"7"}}"#, "/data/relationships/a~1b/data/type"),
    (#""parts":{"data":7}"#, "/data/relationships/parts/data"),
    (#""parts":{"links":{"self":[]}}"#, "/data/relationships/parts/links/self"),
    (#""parts":{"links":{},"meta":[]}"#, "/data/relationships/parts/meta"),
    (#""parts":[]"#, "/data/relationships/parts"),
  ])
  func brokenRelationshipsNameTheirPlace(relationships: String, pointer: String) throws {
    let error = try #require(rejection(widget(relationships)))
    #expect(error.kind == .protocolViolation && error.pointer == pointer)
  }
}
