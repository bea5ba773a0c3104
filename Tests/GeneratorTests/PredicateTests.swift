import Spec
import Testing

@testable import GeneratorCore

@Suite struct PredicateTests {
  static let scalar = #""string", "integer", "float", "boolean", "datetime""#

  @Test func groups() throws {
    let text = try print(
      #"{"name": "eq", "argument": "value", "types": [\#(Self.scalar)], "id": true}"#,
      #"{"name": "in", "argument": "values", "types": [\#(Self.scalar)], "id": true}"#,
      #"{"name": "cont_any", "argument": "texts", "types": ["string"]}"#,
      #"{"name": "gt", "argument": "value", "types": ["integer", "float", "datetime"], "id": true}"#,
      #"{"name": "null", "argument": "flag", "id": true, "types": [\#(Self.scalar), "object", "array"]}"#,
      #"{"name": "true", "argument": "flag", "types": ["boolean"]}"#,
      #"{"name": "jcont", "argument": "object", "types": ["object"]}"#)
    expect(
      text,
      contains: """
        extension FilterField where Value: ScalarFilterValue {
          /// `eq`
          public func eq(_ value: Value) -> Filter<Root> { predicate("eq", value) }

          /// `in`
          public func `in`(_ values: [Value]) -> Filter<Root> { predicate("in", values) }
        }
        """)
    expect(
      text,
      contains: """
        extension FilterField where Value: TextFilterValue {
          /// `cont_any`
          public func contAny(_ texts: [String]) -> Filter<Root> { predicate("cont_any", texts: texts) }
        }
        """)
    expect(text, contains: "extension FilterField where Value: ComparableFilterValue {")
    expect(
      text,
      contains: """
        extension FilterField {
          /// `null`
          public func null(_ flag: Bool = true) -> Filter<Root> { predicate("null", flag: flag) }
        """)
    expect(text, contains: "public func isTrue(_ flag: Bool = true) -> Filter<Root> {")
    expect(
      text,
      contains: """
        extension FilterField where Value == JSONObject {
          /// `jcont`
          public func jcont(_ object: JSONObject) -> Filter<Root> {
        """)
  }

  @Test func typesWithoutAMarkerAreNamedOneByOne() throws {
    let text = try print(
      #"{"name": "lt_any", "argument": "values", "types": ["integer", "float", "datetime"]}"#)
    for type in ["Int", "Double", "Date"] {
      expect(text, contains: "extension FilterField where Value == \(type) {")
    }
    #expect(!text.contains("ComparableFilterValue"))
    #expect(text.contains("import struct Foundation.Date"))
  }

  @Test func whatCannotBeExpressedIsRejected() throws {
    func error(_ predicates: String...) throws -> SpecError? {
      let service = try service(predicates)
      return #expect(throws: SpecError.self) {
        try Generator.files(for: SpecFolder(resources: [], service: service))
      }
    }
    let misfit = try error(
      #"{"name": "eq", "argument": "value", "types": ["string", "object"]}"#)
    #expect(misfit?.file == "service.json")
    #expect(misfit?.pointer == "/predicates/0/types")
    let empty = try error(#"{"name": "eq", "argument": "value", "types": []}"#)
    #expect(empty?.message == "a predicate fits at least one type")
    let twice = try error(
      #"{"name": "eq", "argument": "text", "types": ["string"]}"#,
      #"{"name": "eq", "argument": "text", "types": ["string"]}"#)
    #expect(twice?.pointer == "/predicates/1")
  }

  private func print(_ predicates: String...) throws -> String {
    VocabularyPrinter.print(try ServicePlanner(service: service(predicates)).plan(schemas: []))
  }
}
