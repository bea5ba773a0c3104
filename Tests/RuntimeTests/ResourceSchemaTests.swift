import Testing

@testable import CommerceLayerRuntime

/// The table of a resource says at run time what the spec says.
@Suite struct ResourceSchemaTests {
  private static let full = ResourceSchema(
    table: """
      {"resource":"gifts","singular":"gift","members":["big_gifts"],
       "scopes":{"active":{"argument":"flag"},"with_status":{"argument":"value","attribute":"status"},
         "odd":{"argument":"unheard of"}},
       "alternatives":{"a":{"members":["a","b"],"create":"required","update":"optional"}},
       "attributes":{
         "fields":{"type":"array","items":"string","exportable":true},
         "info":{"type":"object","properties":{"at":{"nested":true},"on":"datetime","what":"no type"}},
         "kind":{"type":"string","predicates":["eq","in"],"default":"small","never_null":true},
         "zero":{"type":"integer","default":null},
         "price_cents":{"type":"integer","monetizable":true,"prohibited":true},
         "secret":{"type":"string","confidential":true,"id":true},
         "name":{"type":"string","create":"conditional","update":"conditional",
           "create_condition":{"text":"if x","when":{"kind":["small",null]},"when_given":["info"]},
           "update_condition":{"text":"sometimes"}},
         "_archive":{"type":"boolean","trigger":true,"effect":{"sets":{"at":"$now","by":"$value","status":"old"},
           "clears":["zero"],"adds_to":"tags","removes_from":"labels"}},
         "_odd":{"type":"boolean","trigger":true,"effect":{"unknown":true}},
         "_told_nothing":{"type":"boolean","trigger":true}},
       "relationships":{
         "one":{"cardinality":"one","resource":"gifts","sort":true,"never_null":true,"prohibited":true,
           "exportable":true,"deprecated":true,"names_members":true}}}
      """)

  @Test func attributesSayAllTheTableSays() throws {
    let schema = Self.full
    let fields = try #require(schema.attribute("fields"))
    #expect(fields.items == .string && fields.isExportable && fields.defaultValue == nil)
    #expect(schema.attribute("info")?.properties == ["on": .datetime])
    let kind = try #require(schema.attribute("kind"))
    #expect(kind.predicates == ["eq", "in"] && kind.isFilterable && kind.isNeverNull)
    #expect(kind.defaultValue == "small" && kind.createCondition == nil)
    #expect(schema.attribute("zero")?.defaultValue == .null)
    let price = try #require(schema.attribute("price_cents"))
    #expect(price.isMonetizable && price.isProhibited && !price.isNeverNull && !price.isFilterable)
    #expect(schema.attribute("secret").map { $0.isConfidential && $0.isID } == true)
  }

  @Test func conditionsSayWhatCanBeChecked() throws {
    let name = try #require(Self.full.attribute("name"))
    let create = try #require(name.createCondition)
    #expect(create.when == ["kind": ["small", .null]] && create.whenGiven == ["info"])
    #expect(create.isCheckable && create.text == "if x")
    #expect(name.updateCondition?.isCheckable == false)
  }

  @Test func effectsSayWhatTriggersChange() throws {
    let effect = try #require(Self.full.attribute("_archive")?.effect)
    #expect(
      effect.sets == ["at": .now, "by": .argument, "status": .constant("old")]
        && effect.clears == ["zero"] && effect.addsTo == "tags" && effect.removesFrom == "labels"
        && !effect.isUnknown)
    #expect(Self.full.attribute("_odd")?.effect?.isUnknown == true)
    #expect(Self.full.attribute("_told_nothing")?.effect?.isUnknown == true)
    #expect(Self.full.attribute("name")?.effect == nil)
  }

  @Test func familiesScopesAndAlternativesAreThere() throws {
    let schema = Self.full
    #expect(schema.isFamily && schema.members == ["big_gifts"])
    #expect(schema.scopes.map(\.name) == ["active", "with_status"])
    #expect(schema.scopes.last?.attribute == "status" && schema.scopes.first?.argument == .flag)
    #expect(schema.alternatives(to: "b").map(\.members) == [["a", "b"]])
    #expect(schema.alternatives(to: "c").isEmpty)
    let one = try #require(schema.relationship("one"))
    #expect(
      one.isSortable && one.isNeverNull && one.isProhibited && one.isExportable && one.isDeprecated
        && one.namesMembers && one.target == "gifts")
  }

  @Test func aTableThatDoesNotParseHasNothing() {
    let schema = ResourceSchema(table: "{")
    #expect(schema.name.isEmpty && schema.attributes.isEmpty && !schema.isFamily)
    #expect(schema.scopes.isEmpty && schema.alternatives.isEmpty)
  }
}
