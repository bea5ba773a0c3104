import Foundation
import Spec
import Testing

@testable import Distiller

/// Schemas of invented resources whose facts are unknown, contradict each other or are too large.
@Suite struct PublishedFactTests {
  /// A schema of widgets with these fields and relationships, beside other resources.
  private func distil(
    _ fields: String = "", relationships: String = "", scopes: String = "[]",
    beside other: String = ""
  ) -> DistillResult {
    let text = """
      [{"id": "widget", "attributes": {
        "actions": ["list"], "filter_scopes": \(scopes),
        "fields": {\(fields)},
        "relationships": {\(relationships)}
      }}\(other.isEmpty ? "" : ",\n" + other)]
      """
    return Distiller.distil([SourceFile(name: "s.json", text: text)])
  }

  private func resource(_ id: String, types: [String]? = nil) -> String {
    let values = types.map { $0.map { "\"\($0)\"" }.joined(separator: ",") }
    let type = values.map { "\"type\": {\"type\": \"string\", \"enum\": [\($0)]}" } ?? ""
    return """
      {"id": "\(id)", "attributes": {"actions": ["list"], "fields": {\(type)}, "relationships": {}}}
      """
  }

  /// The messages of the diagnostics that matter.
  private func complaints(_ result: DistillResult) -> [String] {
    result.diagnostics.filter { $0.severity > .note }.map(\.message)
  }

  private func attribute(_ field: String) throws -> (AttributeSpec, complaints: [String]) {
    let result = distil("\"a\": {\(field)}")
    return (try #require(result.widgets?.attributes["a"]), complaints(result))
  }

  // MARK: Families

  /// A family that is marked and lists exactly its members, without its base type, is set with a member.
  @Test(arguments: [
    (#""sti": true, "polymorphic": true, "enum": ["b_makers", "a_makers"]"#, true),
    (#""sti": true, "enum": ["a_makers", "b_makers"]"#, nil),
    (#""polymorphic": true, "enum": ["a_makers", "b_makers"]"#, nil),
    (#""sti": true, "polymorphic": true"#, nil),
    (#""sti": true, "polymorphic": true, "enum": ["a_makers"]"#, nil),
    (#""sti": true, "polymorphic": true, "enum": ["a_makers", "b_makers", "makers"]"#, nil),
  ]) func aListOfMembersNamesThem(facts: String, names: Bool?) throws {
    let result = distil(
      relationships:
        #""maker": {"type": "has_one", "class_name": "Maker", "creatable": true, \#(facts)}"#,
      beside: [
        resource("maker", types: ["a_makers", "b_makers"]), resource("a_maker"),
        resource("b_maker"),
      ].joined(separator: ",\n"))
    let maker = try #require(result.widgets?.relationships["maker"])
    #expect(maker.resource == "makers" && maker.namesMembers == names)
    let fact = result.facts["widgets"]?["/relationships/maker/names_members"]
    #expect(fact?.rule == (names == true ? .listOfMembers : nil))
    #expect(fact.map { $0.pointer?.hasSuffix("/maker/enum") == true } ?? true)
  }

  // MARK: Replacements

  @Test(arguments: [
    ("The old size. Use `mass` instead.", "mass"), ("Use the mass attribute instead.", "mass"),
    ("Deprecated, replaced by 'mass'.", "mass"), ("Superseded by the makers resource.", "makers"),
    ("Deprecated in favor of mass", "mass"), ("Instead, use mass.", "mass"),
    // Nothing plain.
    ("Use `mass`.", nil), ("Instead of using mass, weigh it.", nil), ("Use `colour` instead.", nil),
    ("Use `mass` or use `depth` instead.", nil), ("Use `size` instead.", nil),
    ("Use `older` instead.", nil), ("", nil), ("use instead", nil), ("replaced by", nil),
  ]) func aSentenceNamesTheReplacement(text: String, replacement: String?) throws {
    let result = distil(
      """
      "size": {"type": "string", "deprecated": true, "desc": "\(text)"},
      "older": {"type": "string", "deprecated": true},
      "mass": {"type": "string", "desc": "Not deprecated: use depth instead."},
      "depth": {"type": "string"}
      """, beside: resource("maker"))
    let attributes = try #require(result.widgets?.attributes)
    #expect(attributes["size"]?.replacedBy == replacement)
    #expect(attributes["mass"]?.replacedBy == nil)
    let fact = result.facts["widgets"]?["/attributes/size/replaced_by"]
    #expect(fact?.rule == (replacement == nil ? nil : .replacementFromProse))
  }

  // MARK: Phrases

  @Test(arguments: [
    "required, on Sundays", "Required", "required ", "optional, default is '8'", "", "no",
    "required, unless inherited by box",
  ])
  func anUnknownPhraseIsAnError(phrase: String) {
    let result = distil(#""a": {"type": "string", "creatable": true, "required": "\#(phrase)"}"#)
    #expect(result.hasErrors)
    #expect(result.first(.badRequired)?.severity == .error)
    #expect(result.first(.badRequired)?.message.contains("PublishedPhrases") == true)
    #expect(result.widgets?.attributes["a"] != nil, "the field itself stays")
  }

  @Test func anUnknownPhraseIsAnErrorWhereNothingCanBeSetToo() {
    #expect(distil(#""a": {"type": "string", "required": "perhaps"}"#).hasErrors)
  }

  @Test func conditionsBecomeData() throws {
    let result = distil(
      """
      "kind": {"type": "string", "enum": ["cloud", "own", "rented"], "creatable": true},
      "business": {"type": "boolean", "creatable": true},
      "min_weight": {"type": "float", "creatable": true},
      "base": {"type": "string", "creatable": true, "updatable": true, "required": "optional, if cloud"},
      "first": {"type": "string", "creatable": true, "required": "required if 'business' is 'false'"},
      "unit": {"type": "string", "creatable": true,
               "required": "optional, unless min or max weight are specified"},
      "mood": {"type": "string", "creatable": true, "required": "required, if external scheme"}
      """)
    let attributes = try #require(result.widgets?.attributes)
    #expect(
      attributes["base"]?.createCondition
        == .init(
          text: "unless kind is cloud", when: ["kind": [.string("own"), .string("rented")]]))
    #expect(attributes["base"]?.update == .optional)
    #expect(attributes["base"]?.updateCondition == nil, "an update may leave out anything")
    #expect(
      attributes["first"]?.createCondition
        == .init(text: "if business is false", when: ["business": [.bool(false)]]))
    #expect(attributes["unit"]?.createCondition?.whenGiven == ["min_weight"])
    #expect(
      attributes["mood"]?.createCondition == .init(text: "if scheme is external"),
      "there is no scheme here to check")
    _ = try ResourceSpec(validating: try #require(result.widgets).tree(), file: "widgets.json")
  }

  @Test func anAttributeCanStandForARelationship() throws {
    let relationship = """
      "sku": {"type": "has_one", "class_name": "Sku", "creatable": true, "updatable": true,
              "required": "required, if not set through the sku_code attribute"}
      """
    let good = distil(
      #""sku_code": {"type": "string", "creatable": true, "updatable": true}"#,
      relationships: relationship, beside: resource("sku"))
    let widgets = try #require(good.widgets)
    #expect(
      widgets.alternatives
        == ["sku": .init(members: ["sku", "sku_code"], create: .required, update: .optional)])
    #expect(widgets.relationships["sku"]?.create == .optional)
    #expect(complaints(good).isEmpty)
    let alone = distil(
      #""sku_code": {"type": "string"}"#, relationships: relationship, beside: resource("sku"))
    #expect(alone.widgets?.alternatives == nil)
    #expect(alone.widgets?.relationships["sku"]?.create == .required)
    #expect(complaints(alone).count == 1)
  }

  // MARK: Targets

  private func target(
    _ relationship: String, beside other: String
  ) throws -> (RelationshipSpec, complaints: [String]) {
    let result = distil(
      relationships: "\"r\": {\"type\": \"has_one\", \(relationship)}", beside: other)
    return (try #require(result.widgets?.relationships["r"]), complaints(result))
  }

  @Test func oneClassIsOneTargetHoweverItIsStored() throws {
    let (one, complaints) = try target(
      #""class_name": "Sku", "polymorphic": true"#, beside: resource("sku"))
    #expect(one.resource == "skus")
    #expect(one.polymorphic == nil)
    #expect(complaints.isEmpty)
  }

  @Test func aBaseTypeStandsForItsFamily() throws {
    let family = [
      resource("tier", types: ["big_tiers", "small_tiers"]),
      resource("big_tier", types: ["big_tiers", "small_tiers"]), resource("small_tier"),
    ].joined(separator: ",")
    let (tier, complaints) = try target(
      #""class_name": "Tier", "polymorphic": true, "sti": true"#, beside: family)
    #expect(tier.resource == "tiers")
    #expect(complaints.isEmpty)
    let result = distil(beside: family)
    #expect(
      result.resources.first { $0.resource == "tiers" }?.members == ["big_tiers", "small_tiers"])
    #expect(result.facts["tiers"]?["/members"]?.rule == .membersFromType)
    #expect(
      result.resources.first { $0.resource == "big_tiers" }?.members == nil,
      "it lists itself: a member")
  }

  @Test func aFamilyWithoutABaseIsReported() throws {
    let (listed, said) = try target(
      #""class_name": "Tier", "sti": true, "enum": ["skus"]"#, beside: resource("sku"))
    #expect(listed.targets == ["skus"])
    #expect(said.count == 1)
    let (any, alsoSaid) = try target(#""class_name": "Tier", "sti": true"#, beside: resource("sku"))
    #expect(any.polymorphic == true)
    #expect(any.targets == nil)
    #expect(alsoSaid.count == 1)
  }

  @Test func aBaseWithoutTypesIsReported() throws {
    let (one, complaints) = try target(
      #""class_name": "Sku", "sti": true"#, beside: resource("sku"))
    #expect(one.resource == "skus")
    #expect(complaints.contains { $0.contains("does not list the types of its family") })
  }

  @Test func aListThatContradictsTheFamilyOrTheClassIsReported() throws {
    let family = resource("tier", types: ["skus"]) + "," + resource("sku")
    let (base, said) = try target(
      #""class_name": "Tier", "sti": true, "enum": ["skus", "tiers"]"#, beside: family)
    #expect(base.resource == "tiers")
    #expect(said.count == 1)
    let (listed, alsoSaid) = try target(
      #""class_name": "Sku", "polymorphic": true, "enum": ["skus", "tiers"]"#, beside: family)
    #expect(listed.targets == ["skus", "tiers"])
    #expect(listed.resource == nil)
    #expect(alsoSaid.count == 1)
  }

  @Test func aSetIsListed() throws {
    let (listed, complaints) = try target(
      #""class_name": "Source", "abstract": true, "polymorphic": true, "enum": ["skus", "boxes"]"#,
      beside: resource("sku"))
    #expect(listed.targets == ["boxes", "skus"])
    #expect(complaints.isEmpty)
  }

  @Test func membersThatNothingDescribesAreReported() {
    let result = distil(
      beside: resource("tier", types: ["skus", "ghosts"]) + "," + resource("sku"))
    #expect(result.resources.first { $0.resource == "tiers" }?.members == ["skus"])
    #expect(complaints(result).contains { $0.contains("'ghosts'") })
  }

  // MARK: Defaults

  @Test(arguments: [
    (#""type": "boolean", "default": false"#, JSONTree.bool(false)),
    (#""type": "float", "default": 0"#, .integer(0)),
    (#""type": "integer", "required": "optional, default is '1'""#, .integer(1)),
    (#""type": "float", "default": 0.5"#, .number(0.5)),
    (#""type": "object", "required": "optional, default to {}""#, .object([:])),
    (#""type": "integer", "default": 0, "required": "optional, default is \"0\"""#, .integer(0)),
    (#""type": "string", "enum": ["en"], "required": "optional, default is 'en'""#, .string("en")),
  ])
  func defaultsAreValues(field: String, value: JSONTree) throws {
    let (attribute, complaints) = try attribute(field)
    #expect(attribute.defaultValue == value)
    #expect(complaints.isEmpty)
  }

  @Test(arguments: [
    #""type": "integer", "default": false"#, #""type": "boolean", "default": "false""#,
    #""type": "integer", "required": "optional, default is 'true'""#,
    #""type": "datetime", "default": "soon""#,
    #""type": "string", "enum": ["a", "b"], "default": "c""#,
    #""type": "integer", "default": 1e999"#,
    "\"type\": \"string\", \"default\": \"\(String(repeating: "x", count: 10_000))\"",
    "\"type\": \"array\", \"default\": [\(String(repeating: "1,", count: 5_000))1]",
  ])
  func aDefaultThatCannotBeOneIsReported(field: String) throws {
    let (attribute, complaints) = try attribute(field)
    #expect(attribute.defaultValue == nil)
    #expect(complaints.count == 1)
  }

  @Test func defaultsThatContradictEachOtherAreReported() throws {
    let (attribute, complaints) = try attribute(
      #""type": "integer", "default": 72, "required": "optional, default is '71'""#)
    #expect(attribute.defaultValue == .integer(72))
    #expect(complaints.count == 1)
    #expect(complaints.first?.contains("71") == true)
  }

  @Test(arguments: [
    "optional, default is 'null'", "optional, default to current time",
    "optional, default is 'false' or set by tax calculator", "required, created if null",
  ])
  func whatTheServiceWorksOutIsNoDefault(phrase: String) throws {
    let (attribute, complaints) = try attribute(
      #""type": "string", "creatable": true, "required": "\#(phrase)""#)
    #expect(attribute.create == .optional)
    #expect(attribute.defaultValue == nil)
    #expect(complaints.isEmpty)
  }

  // MARK: Examples and elements

  @Test(arguments: [
    ("string", "\"EUR\"", JSONTree.string("EUR")), ("integer", "\"300\"", .integer(300)),
    ("integer", "300", .integer(300)), ("float", "\"20.5\"", .number(20.5)),
    ("datetime", "\"2018-01-01T12:00:00.000Z\"", .string("2018-01-01T12:00:00.000Z")),
    ("datetime", "\"2018-01-01\"", .string("2018-01-01")),
    ("string", "\"john@example.com\"", .string("john@example.com")),
  ])
  func examplesAreNumbersDatesAndCodes(type: String, example: String, value: JSONTree) throws {
    let (attribute, complaints) = try attribute("\"type\": \"\(type)\", \"example\": \(example)")
    #expect(attribute.example == value)
    #expect(complaints.isEmpty)
  }

  @Test(arguments: [
    ("string", "\"Please ring the bell twice.\""), ("string", "\"two words\""),
    ("string", "\"a\\u00a0b\""), ("string", "\"line\\nline\""), ("string", "\"\""),
    ("string", "\"caf\\u00e9\""), ("string", "\"https://host.example/x\""),
    ("string", "\"-----BEGIN PUBLIC KEY-----\""),
    ("string", "\"\(String(repeating: "x", count: 41))\""),
    ("integer", "\"many\""), ("float", "\"nan\""), ("float", "\"1e999\""), ("datetime", "\"soon\""),
    ("datetime", "\"2018-01-01 is a Monday\""), ("boolean", "\"true\""), ("object", "{\"a\": 1}"),
    ("string", "[\"a\"]"), ("string", "null"),
  ])
  func sentencesAndOddThingsAreNoExamples(type: String, example: String) throws {
    let (attribute, complaints) = try attribute("\"type\": \"\(type)\", \"example\": \(example)")
    #expect(attribute.example == nil)
    #expect(complaints.isEmpty)
  }

  @Test(arguments: [#""confidential": true"#, #""fetchable": false, "creatable": true"#])
  func secretsHaveNoExample(flags: String) throws {
    let (attribute, _) = try attribute(#""type": "string", "example": "hunter2", \#(flags)"#)
    #expect(attribute.example == nil)
  }

  @Test(arguments: [
    ("[\"a\", \"b\"]", AttributeType.string), ("[1, 2]", .integer), ("[{\"a\": 1}]", .object),
    ("[[1]]", .array), ("[true]", .boolean), ("[0.5]", .float), ("[]", nil), ("[1, \"a\"]", nil),
    ("[null]", nil), ("\"a\"", nil),
  ])
  func arraysHoldWhatTheirExampleHolds(example: String, type: AttributeType?) throws {
    let (attribute, complaints) = try attribute("\"type\": \"array\", \"example\": \(example)")
    #expect(attribute.items == type)
    #expect(complaints.isEmpty)
  }

  // MARK: Other members

  @Test func propertiesAreNamedThroughObjects() throws {
    let (attribute, complaints) = try attribute(
      """
      "type": "object", "properties": {
        "at": {"type": "datetime", "desc": "d"},
        "by": {"type": "object", "properties": {"email": {"type": "string"}}}}
      """)
    #expect(
      attribute.properties == ["at": .datetime, "by": .object, "by.email": .string])
    #expect(complaints.isEmpty)
  }

  @Test(arguments: [
    #""type": "string", "properties": {"at": {"type": "datetime"}}"#,
    #""type": "object", "properties": {"a b": {"type": "string"}, "ok": {"type": "string"}}"#,
    #""type": "object", "properties": {"at": {"type": "moment"}, "ok": {"type": "string"}}"#,
    #""type": "object", "properties": {"at": {"type": "string", "colour": 1}}"#,
    #""type": "string", "format": "uuid""#, #""type": "string", "monetizable": "yes""#,
    #""type": "string", "exportable": 1"#, #""type": "string", "filter_operators": "eq""#,
  ])
  func oddMembersAreReported(field: String) throws {
    #expect(try attribute(field).complaints.count == 1)
  }

  @Test func flagsOfWhoAndWhatAreRead() throws {
    let (attribute, complaints) = try attribute(
      """
      "type": "string", "format": "id", "creatable": true, "prohibited": true,
      "monetizable": true, "confidential": true, "exportable": false, "filterable": true,
      "filter_operators": ["eq", "in"]
      """)
    #expect(
      attribute
        == AttributeSpec(
          type: .string, create: .optional, filter: true, predicates: ["eq", "in"], isID: true,
          monetizable: true, prohibited: true, confidential: true, exportable: false))
    #expect(complaints.isEmpty)
  }

  @Test func scopesTakeWhatTheTableSays() {
    let result = distil(
      #""status": {"type": "string", "enum": ["a"]}"#,
      scopes: #"["active", "with_status", "sku_code_in", "on_fire", 7]"#)
    #expect(
      result.widgets?.scopes == [
        "active": .init(argument: .flag), "sku_code_in": .init(argument: .texts),
        "with_status": .init(argument: .value, attribute: "status"),
      ])
    #expect(complaints(result).count == 2)
    #expect(complaints(distil(scopes: #"["with_status"]"#)).count == 1, "there is no status")
    #expect(complaints(distil(scopes: "\"active\"")).count == 1)
  }

  @Test func theOrderIsThatOfTheSource() {
    let result = distil(
      #""zeta": {"type": "string"}, "alpha": {"type": "string"}, "bad": {"type": "blob"}"#,
      relationships: #""self": {"type": "has_one", "class_name": "Widget"}"#)
    #expect(result.widgets?.order == ["zeta", "alpha", "self"])
  }

  @Test func everyFactHasItsPlace() throws {
    let result = distil(
      """
      "sku_code": {"type": "string", "creatable": true, "example": "ABC"},
      "status": {"type": "string", "enum": ["a"], "required": "optional, default to {}"},
      "body": {"type": "object", "required": "optional, default to {}",
               "properties": {"by": {"type": "object", "properties": {"a": {"type": "string"}}}}},
      "list": {"type": "array", "example": ["a"]}
      """,
      relationships: """
        "sku": {"type": "has_one", "class_name": "Sku", "creatable": true, "exportable": false,
                "required": "required, if not set through the sku_code attribute"}
        """,
      scopes: #"["with_status", "active"]"#,
      beside: resource("sku", types: ["widgets"]))
    for resource in result.resources {
      let facts = Set(try Fact.all(of: resource).keys)
      let placed = Set((result.facts[resource.resource] ?? [:]).keys)
      #expect(facts.subtracting(placed) == [], "without a place")
      #expect(placed.subtracting(facts) == [], "places of nothing")
    }
    var provenance = try Provenance(nil)
    provenance.record(result, files: []) { _ in "0" }
    #expect(try Provenance(provenance.tree).resources == provenance.resources)
  }

  @Test
  func monstersOfFactsEnd() {
    let names = (0..<20_000).map { "\"n\($0)\": {\"type\": \"string\"}" }.joined(separator: ",")
    let nested =
      String(repeating: "\"properties\": {\"p\": {\"type\": \"object\",", count: 40)
      + "\"x\": 1" + String(repeating: "}}", count: 40)
    let types = (0..<20_000).map { "t\($0)" }
    let results = [
      distil("\"a\": {\"type\": \"object\", \"properties\": {\(names)}}"),
      distil("\"a\": {\"type\": \"object\", \(nested)}"),
      distil(scopes: "[" + types.map { "\"\($0)\"" }.joined(separator: ",") + "]"),
      distil(beside: resource("tier", types: types)),
    ]
    for result in results {
      #expect(!result.diagnostics.isEmpty)
      #expect(result.diagnostics.count <= 3 * Limits.maximumPublishedDiagnostics)
    }
    #expect(results[0].widgets?.attributes["a"]?.properties == nil)
  }
}
