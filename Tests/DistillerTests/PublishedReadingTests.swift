import Foundation
import Spec
import Testing

@testable import Distiller

/// The published schema in layouts and with contents that nobody promised.
@Suite struct PublishedReadingTests {
  private func distil(_ text: String) -> DistillResult {
    Distiller.distil([SourceFile(name: "s.json", text: text)])
  }

  /// A schema of one resource with these fields and relationships.
  private func schema(_ fields: String, relationships: String = "") -> String {
    """
    [
      {"id": "widget", "type": "resources", "attributes": {
        "actions": ["list"],
        "fields": {
          \(fields)
        },
        "relationships": {
          \(relationships)
        }
      }}
    ]
    """
  }

  private func warnings(_ result: DistillResult) -> [PageDiagnostic] {
    result.diagnostics.filter { $0.severity == .warning }
  }

  /// The order of names is the one fact that a layout with sorted names changes.
  private func withoutOrder(_ resource: ResourceSpec) -> ResourceSpec {
    var resource = resource
    resource.order = nil
    return resource
  }

  @Test func everyLayoutGivesTheSameSpec() throws {
    let text = PublishedFixtures.schema
    let tree = try JSONTree.parse(Data(text.utf8), file: "s.json")
    let expected = distil(text)
    for layout in [tree.compactText, tree.canonicalText, text.replacing("\n", with: "\r\n")] {
      let result = distil(layout)
      #expect(result.resources.map(withoutOrder) == expected.resources.map(withoutOrder))
      let codes = result.diagnostics.map(\.code.rawValue).sorted()
      #expect(codes == expected.diagnostics.map(\.code.rawValue).sorted())
    }
    #expect(distil(text.replacing("\n", with: "\r\n")).facts == expected.facts)
  }

  @Test func theArrayMayBeTheDataOfAnObject() throws {
    let wrapped = distil("\u{FEFF}{ \"data\": " + PublishedFixtures.schema + ", \"meta\": {} }")
    #expect(wrapped.resources == distil(PublishedFixtures.schema).resources)
    let fact = try #require(wrapped.facts["tax_widgets"]?["/attributes/code/values"])
    #expect(fact.pointer == "/data/0/attributes/fields/code/enum")
  }

  @Test func linesAreThoseOfTheMember() throws {
    let text = try JSONTree.parse(Data(PublishedFixtures.schema.utf8), file: "s").canonicalText
    let result = distil(text)
    let fact = try #require(result.facts["tax_widgets"]?["/attributes/code/values"])
    #expect(fact.line == Fixtures.line(of: "\"enum\": [", in: text))
    #expect(fact.pointer == "/0/attributes/fields/code/enum")
    let hidden = try #require(result.first(.unreachableField))
    #expect(hidden.line == Fixtures.line(of: "\"hidden\": {", in: text))
  }

  @Test func aMinifiedFileIsLocatedByPointers() throws {
    let text = try JSONTree.parse(Data(PublishedFixtures.schema.utf8), file: "s").compactText
    let result = distil(text)
    let fact = try #require(result.facts["tax_widgets"]?["/relationships/gadget/resource"])
    #expect(
      fact
        == Evidence(
          page: "s.json", line: 1, pointer: "/0/attributes/relationships/gadget/class_name"))
    let hidden = try #require(result.first(.unreachableField))
    #expect(hidden.line == 1)
    #expect(hidden.message.contains("/0/attributes/fields/hidden"))
  }

  @Test func anUnknownMemberIsReportedOnceWithItsPlace() throws {
    let text = schema(
      """
      "id": {"type": "string"},
      "a": {"type": "string", "colour": "red"},
      "b": {"type": "string", "colour": "blue"}
      """)
    let found = warnings(distil(text))
    #expect(found.map(\.code) == [.unknownMember])
    #expect(found.first?.line == Fixtures.line(of: "\"red\"", in: text))
    #expect(found.first?.message.contains("'colour'") == true)
    #expect(found.first?.message.contains("1 more") == true)
  }

  @Test func everyIgnoredMemberHasAReason() {
    for level in [PublishedMembers.Level.resource, .facts, .field, .property, .relationship] {
      for (name, treatment) in PublishedMembers.table(level) {
        if case .ignored(let reason) = treatment { #expect(reason.count > 10, "\(name)") }
      }
    }
    #expect(PublishedMembers.treatment(of: "delegate", in: .field) != .taken)
    #expect(PublishedMembers.treatment(of: "enum", in: .field) == .taken)
  }

  @Test(arguments: [
    (#""a": {"type": "string", "enum": ["x", 1, "y"]}"#, "1, not a text"),
    (#""a": {"type": "string", "enum": ["x", "y"], "filterable": "yes"}"#, "'yes', not a boolean"),
    (
      #""a": {"type": "string", "enum": ["x", "y"], "creatable": true, "required": 7}"#,
      "7, not a text"
    ),
    (
      #""a": {"type": "string", "enum": ["x", "y"], "creatable": true, "required": "maybe"}"#,
      "'maybe' is not a known phrase"
    ),
    (
      #""a": {"type": "string", "enum": ["x", "y"], "creatable": true, "required": ["r"]}"#,
      "an array, not a text"
    ),
  ])
  func oddMembersCostOnlyThemselves(field: String, message: String) throws {
    let text = schema("\"id\": {\"type\": \"string\"},\n\(field)")
    let result = distil(text)
    #expect(result.widgets?.attributes["a"]?.values == ["x", "y"])
    let found = result.diagnostics.filter { $0.severity > .note }
    #expect(found.count == 1)
    #expect(found.first?.line == Fixtures.line(of: "\"a\"", in: text))
    #expect(found.first?.message.contains(message) == true, "\(found)")
  }

  @Test func aBooleanRequiredIsUnderstood() {
    let result = distil(
      schema(#""a": {"type": "string", "creatable": true, "required": true}"#))
    #expect(result.widgets?.attributes["a"]?.create == .required)
    #expect(warnings(result).isEmpty)
  }

  @Test(arguments: [
    #""a": {"type": "blob"}"#, #""a": {}"#, #""a": 1"#, #""../a": {"type": "string"}"#,
    #""a": {"type": ["string"]}"#, #""A b": {"type": "string"}"#,
  ])
  func aDamagedFieldCostsOnlyItself(field: String) {
    let result = distil(schema("\(field),\n\"b\": {\"type\": \"integer\"}"))
    #expect(result.widgets?.attributes == ["b": .init(type: .integer)])
    #expect(warnings(result).count == 1)
  }

  @Test func aDamagedRelationshipCostsOnlyItself() {
    let result = distil(
      schema(
        #""id": {"type": "string"}, "both": {"type": "string"}"#,
        relationships: """
          "one": {"type": "has_three", "class_name": "Widget"},
          "both": {"type": "has_one", "class_name": "Widget"},
          "self": {"type": "has_one", "class_name": "Widget"}
          """))
    #expect(result.widgets?.relationships.keys.sorted() == ["self"])
    #expect(result.widgets?.relationships["self"]?.resource == "widgets")
    #expect(warnings(result).count == 2)
  }

  @Test(arguments: [
    #"{"id": 1}"#, #"{"id": "gadget"}"#, #"{"id": "gadget", "attributes": []}"#, "7", "null",
    #"{"id": "../../etc/passwd", "attributes": {"fields": {}}}"#,
  ])
  func aDamagedResourceCostsOnlyItself(other: String) {
    let good = schema("\"id\": {\"type\": \"string\"}").dropLast(2)
    let result = distil("\(good),\n\(other)\n]")
    #expect(result.resources.map(\.resource) == ["widgets"])
    #expect(result.hasErrors)
    #expect(result.diagnostics.allSatisfy { $0.line > 1 })
  }

  @Test func oneResourceTwiceIsReported() {
    let one = schema("\"id\": {\"type\": \"string\"}").dropFirst(1).dropLast(2)
    let result = distil("[\(one),\n\(one)]")
    #expect(result.resources.count == 1)
    #expect(result.codes == [.duplicatePage])
  }

  @Test func aRepeatedNameIsReportedAtItsLine() {
    let text = schema(
      "\"a\": {\"type\": \"string\"},\n\"a\": {\"type\": \"integer\"}")
    let result = distil(text)
    #expect(result.widgets?.attributes["a"]?.type == .integer)
    #expect(result.first(.duplicateKey)?.line == Fixtures.line(of: "\"integer\"", in: text))
  }

  @Test(
    .timeLimit(.minutes(10)),
    arguments: [
      HostileInputTests.Monster("nested", "[{\"a\":", times: 100_000),
      HostileInputTests.Monster(
        "open", "[{\"id\": \"x\", \"attributes\": {\"fields\": {", times: 1),
      HostileInputTests.Monster(
        "repeated", (0..<200_000).reduce(into: "[{") { $0 += "\"a\($1 % 50_000)\":1," }, times: 1,
        end: "\"b\":1}]"),
      HostileInputTests.Monster(
        "bad fields",
        (0..<100_000).reduce(into: "[{\"id\":\"x\",\"attributes\":{\"fields\":{") {
          $0 += "\"a\($1)\":1,"
        }, times: 1, end: "\"b\":1}}}]"),
      HostileInputTests.Monster(
        "resources",
        (0..<50_000).reduce(into: "[") { $0 += "{\"id\":\"r\($1)\",\"attributes\":{}}," },
        times: 1, end: "1]"),
    ])
  func monstersEnd(monster: HostileInputTests.Monster) {
    let result = distil(monster.text)
    #expect(!result.diagnostics.isEmpty)
    #expect(result.diagnostics.count <= 3 * Limits.maximumPublishedDiagnostics)
  }

  @Test func valuesAreBounded() {
    let many = (0..<2000).map { "\"v\($0)\"" }.joined(separator: ",")
    let long = String(repeating: "x", count: 10_000)
    let result = distil(schema("\"a\": {\"type\": \"string\", \"enum\": [\"\(long)\",\(many)]}"))
    #expect(result.widgets?.attributes["a"]?.values?.count == Limits.maximumPublishedValues)
    #expect(result.widgets?.attributes["a"]?.values?.first == "v0")
    #expect(warnings(result).map(\.code).contains(.tooLarge))
  }

  @Test(arguments: [
    (#""a\u0041\n\"\\\/""#, "aA\n\"\\/"), (#""\ud83d\ude00""#, "😀"), (#""\ud83d""#, "\u{FFFD}"),
    ("\"é\"", "é"), (#""\ud83d\u0041""#, "\u{FFFD}A"), (#""\udc00b""#, "\u{FFFD}b"),
  ])
  func stringsAreUnescaped(text: String, expected: String) throws {
    guard case .string(let value) = try LocatedJSON.read(Array(text.utf8)).root.value else {
      Issue.record("no string")
      return
    }
    #expect(value == expected)
  }

  @Test func bytesThatAreNotUTF8AreRepaired() throws {
    guard case .string(let value) = try LocatedJSON.read([0x22, 0x61, 0xFF, 0x22]).root.value else {
      Issue.record("not a string")
      return
    }
    #expect(value == "a\u{FFFD}")
  }

  /// What a number is worth is decided where it is used.
  @Test(arguments: ["1e999", "-123456789012345678901234567890", "0.10"])
  func numbersKeepTheirText(text: String) throws {
    guard case .number(let value) = try LocatedJSON.read(Array(text.utf8)).root.value else {
      Issue.record("not a number")
      return
    }
    #expect(value == text)
  }

  @Test func theLastOfEqualNamesCountsAndTheOthersAreTold() throws {
    let (root, repeated) = try LocatedJSON.read(
      Array("{\"a\": 1,\r\"b\": 2,\r\n\"a\": 3,\n\"a\": 4}".utf8))
    guard case .object(let members) = root.value else {
      Issue.record("not an object")
      return
    }
    #expect(members.map(\.name) == ["a", "b"])
    #expect(members.map(\.line) == [4, 2])
    #expect(repeated.map(\.line) == [3, 4])
  }

  @Test(arguments: [
    "", "[", "{\"a\"}", "[1,]", "{,}", "\"a", "\"\\x\"", "\"\\u12\"", "tru", "1 2", "-", "[1}",
    "\"a\nb\"", "{\"a\":1 \"b\":2}", "nul", "+1", "01", String(repeating: "[", count: 1_000_000),
  ])
  func whatIsNoJSONHasALine(text: String) {
    #expect(throws: JSONSyntaxError.self) { try LocatedJSON.read(Array("\n\(text)".utf8)) }
    do throws(JSONSyntaxError) {
      _ = try LocatedJSON.read(Array("\n\(text)".utf8))
    } catch {
      #expect(error.line >= 2)
    }
  }
}
