import Spec
import Testing

@testable import Distiller

@Suite struct ExampleTests {
  private func parse(_ text: String) -> (ExampleNode?, [ExampleDiagnostic]) {
    var parser = ExampleParser(text, lines: CodeLines(first: 10))
    let node = parser.parse()
    return (node, parser.diagnostics)
  }

  @Test func validJSONHasNoDiagnostics() {
    let (node, diagnostics) = parse(Fixtures.response)
    #expect(node?["data"]?["attributes"]?.members.count == 6)
    #expect(diagnostics.isEmpty)
  }

  @Test(arguments: [
    ("{\n\"a\": {\n\"b\": 1\n},\n}", 13), ("{\n\"a\": 1\n\"b\": 2\n}", 12),
    ("{\n\"a\": [1,\n],\n\"b\": 1}", 12),
    ("{\n// why\n\"a\": 1 }", 11), ("{\n\"a\": {...}\n}", 11),
    ("{\n\"a\": [1,, 2]\n}", 11), ("{\n\"a\": {{id}}\n}", 11), ("{\n\"a\": <id>\n}", 11),
    ("{\n\"a\": ...\n}", 11), ("{\n\"a\": [ 1, ... ]\n}", 11), ("{\n\"a\": 1,\n…\n}", 12),
    ("{\na: 1\n}", 11), ("{\n“a”: 1\n}", 11), ("{\n\"a\": “x”\n}", 11),
    ("{\n# why\n\"a\": 1 }", 11),
    ("{\n/* why\n*/ \"a\": 1 }", 11), ("{\n\"a\": nil\n}", 11), ("{\n\"a\" => 1\n}", 11),
    ("{\n\"a\": \"{:foo=>\"bar\"}\",\n\"b\": 1\n}", 11), ("{\n\"a\": \"x\ny\"\n}", 11),
  ])
  func repairs(text: String, line: Int) {
    let (node, diagnostics) = parse(text)
    #expect(node?["a"] != nil)
    #expect(diagnostics.map(\.code) == [.repairedJSON])
    #expect(diagnostics.first?.line == line)
  }

  @Test(arguments: ["{\"a\": resource_hashids.sample}", "nothing"])
  func beyondRepair(text: String) {
    let (node, diagnostics) = parse(text)
    #expect(node == nil)
    #expect(diagnostics.last?.code == .invalidJSON)
  }

  @Test(arguments: [
    "{", "{\"a\"", "{\"a\": 1", "{\"a\": 1,\n\"b\": \"x", "{\"a\": {\"b\": [1,",
    "{\"a\": 1, \"b\":\n\n",
  ])
  func whatStandsBeforeTheEndIsRead(text: String) {
    let (node, diagnostics) = parse(text)
    #expect(node?.isPartial == true)
    #expect((node?["a"] != nil) == text.contains("\"a\":"))
    #expect(diagnostics.map(\.code) == [.invalidJSON])
    let lines = text.split(separator: "\n").count
    #expect(diagnostics.first?.line == 10 + lines - 1)
  }

  @Test func duplicateKeysAreReported() {
    let (node, diagnostics) = parse("{\"a\": 1,\n\"a\": \"x\"}")
    #expect(node?["a"]?.string == "x")
    #expect(diagnostics == [.init(code: .duplicateKey, line: 11, message: "'a' occurs twice")])
  }

  @Test(arguments: [
    ("\"2018-01-01T12:00:00.000Z\"", AttributeType.datetime),
    ("\"2018-01-01T12:00:00Z\"", .datetime), ("\"2018-01-01\"", .string), ("\"10013\"", .string),
    ("10.0", .float), ("10", .integer), ("true", .boolean), ("{}", .object), ("[]", .array),
  ])
  func types(text: String, type: AttributeType) throws {
    let node = try #require(parse(text).0)
    #expect(ExampleCode.type(of: node) == type)
  }

  @Test func nullSaysNothing() throws {
    let node = try #require(parse("null").0)
    #expect(ExampleCode.type(of: node) == nil)
  }

  @Test func placeholderElementIsSkipped() {
    let widgets = Fixtures.distil(Fixtures.list).widgets
    #expect(widgets?.attributes["size_code"] == .init(type: .string, sort: true))
    #expect(widgets?.attributes["parts_count"] == .init(type: .integer, sort: true))
    #expect(widgets?.attributes["other"] == nil)
  }

  @Test func anInvalidRequestCostsNothingElse() throws {
    let broken = Fixtures.create.replacing("\"weight\": 2.5", with: "\"weight\": sample(")
    let result = Fixtures.distil(broken)
    #expect(result.codes.contains(.invalidJSON))
    let whole = try #require(Fixtures.distil(Fixtures.create).widgets)
    let widgets = try #require(result.widgets)
    #expect(widgets.attributes == whole.attributes)
    #expect(widgets.operations == whole.operations)
  }

  @Test func theWholeCreatePage() throws {
    let result = Fixtures.distil(Fixtures.create)
    let widgets = try #require(result.widgets)
    #expect(
      widgets.attributes["weight"]
        == .init(
          type: .float, create: .conditional, createCondition: .init(text: "unless in scope")))
    #expect(widgets.attributes["sealed"] == .init(type: .boolean, create: .optional))
    #expect(
      widgets.attributes["_polish"] == .init(type: .boolean, create: .optional, trigger: true))
    #expect(widgets.attributes["made_at"] == .init(type: .datetime))
    #expect(widgets.attributes["id"] == .init(type: .string))
    #expect(widgets.attributes["type"] == nil)
    #expect(
      widgets.relationships["gadget"]
        == .init(cardinality: .one, resource: "gadgets", create: .required))
    #expect(
      widgets.relationships["sprockets"]
        == .init(cardinality: .many, resource: "sprockets", create: .optional))
  }
}
