import Spec
import Testing

@testable import GeneratorCore

/// Families, listed sets, named filters and what else a relationship or a query may be.
@Suite struct FamilyPlanTests {
  private func base(
    _ members: String = #"["fast_gateways", "slow_gateways"]"#, attributes: String = "{}"
  ) throws -> ResourceSpec {
    try resource(
      "gateways", singular: "gateway", attributes: attributes, more: #"{"members": \#(members)}"#)
  }

  private func spec(_ relationship: String) throws -> ResourceSpec {
    try resource(
      "methods", singular: "method", operations: [.create],
      relationships: #"{"gateway": \#(relationship)}"#)
  }

  @Test func theBaseTypeHasKindsAndItsMembersConform() throws {
    let fast = try resource("fast_gateways", singular: "fast_gateway")
    let text = try generate(
      base(attributes: #"{"type": {"type": "string", "filter": true, "sort": true}}"#), fast)
    expect(
      text,
      contains: """
        extension Gateway: FamilyResource {
        /// The types of the members; others may join.
        public struct MemberKind: OpenEnum {
        """)
    expect(text, contains: #"public static let fastGateways = Self(rawValue: "fast_gateways")"#)
    expect(text, contains: #"public static let slowGateways = Self(rawValue: "slow_gateways")"#)
    expect(
      text,
      contains: """
        extension FastGateway: FamilyMember {
        /// The base type.
        public typealias Family = Gateway
        }
        """)
    #expect(!text.contains("SlowGateway"), "it is not generated")
    expect(
      text,
      contains:
        #"public static var type: FilterField<Gateway, Gateway.MemberKind> { .init(wire: "type") }"#
    )
    #expect(try !generate(fast, base()).contains("FamilyMember"), "a member's file is its own")
  }

  @Test func aRelationshipToAFamilyIsTypedByItsBase() throws {
    let text = try generate(
      spec(
        #"{"cardinality": "one", "resource": "gateways", "create": "required", "filter": true, "include": true}"#
      ), base())
    expect(
      text,
      contains:
        #"public var gateway: Gateway? { storage.resource("gateway", as: Gateway.self) }"#)
    expect(
      text,
      contains:
        #"public static var gateway: RelationshipPath<Method, Gateway> { .init(wire: "gateway") }"#)
    #expect(text.contains("public init(gateway: Gateway.ID"), "the base type's id")
    #expect(!text.contains("MemberReference"))
  }

  @Test func aLinkageThatNamesMembersTakesAReferenceToOne() throws {
    let relationship =
      #"{"cardinality": "one", "resource": "gateways", "create": "required", "names_members": true}"#
    expect(
      try generate(spec(relationship), base()),
      contains: "public init(gateway: MemberReference<Gateway>")
    // Without the family the base type is a type like another.
    let plain = try resource("gateways", singular: "gateway")
    #expect(try !generate(spec(relationship), plain).contains("MemberReference"))
    #expect(try generate(spec(relationship)).contains("AnyResourceReference"))
  }

  @Test func aTypeIsAMemberOfOneFamily() throws {
    let error = #expect(throws: SpecError.self) {
      try generate(
        base(),
        resource("other_gateways", singular: "other", more: #"{"members": ["fast_gateways"]}"#))
    }
    #expect(error?.file == "other_gateways.json" && error?.pointer == "/members/0")
    #expect(throws: SpecError.self) { try base(#"["gateways"]"#) }
    #expect(throws: SpecError.self) { try base(#"["a", "a"]"#) }
  }

  @Test func hostileMembersAreOrdinaryValues() throws {
    let text = try generate(base(#"["self", "rawValue", "Type", "in", "a_b"]"#))
    expect(text, contains: #"public static let rawValueValue"#)
    expect(text, contains: #"Self(rawValue: "self")"#)
  }

  @Test func scopesAreFunctionsBesideFieldsOfTheSameName() throws {
    let text = try generate(
      resource(
        attributes: """
          {"active": {"type": "boolean", "filter": true}, "info": {"type": "object"},
           "status": {"type": "string", "filter": true, "values": ["a"]}}
          """,
        more: """
          {"scopes": {"active": {"argument": "flag"}, "all": {"argument": "flag"},
            "with_info": {"argument": "value", "attribute": "info"},
            "with_status": {"argument": "value", "attribute": "status"},
            "sku_code_in": {"argument": "texts"}, "about": {"argument": "object"}}}
          """))
    expect(
      text,
      contains:
        #"public static var active: FilterField<Thing, Bool> { .init(wire: "active") }"#)
    expect(
      text,
      contains: """
        public static func about(_ object: JSONObject) -> Filter<Thing> {
        .scope("about", object: object)
        }
        public static func active(_ flag: Bool = true) -> Filter<Thing> { .scope("active", flag: flag) }
        public static func allScope(_ flag: Bool = true) -> Filter<Thing> { .scope("all", flag: flag) }
        public static func skuCodeIn(_ texts: [String]) -> Filter<Thing> { .scope("sku_code_in", texts) }
        public static func withInfo(_ value: String) -> Filter<Thing> { .scope("with_info", value) }
        public static func withStatus(_ value: Thing.Status) -> Filter<Thing> {
        .scope("with_status", value)
        }
        """)
  }

  @Test func limitedPredicatesAreTheOnlyOnes() throws {
    let things = try resource(
      attributes: #"{"kind_of": {"type": "string", "predicates": ["in", "eq"]}}"#)
    let predicates = try service([
      #"{"name": "eq", "argument": "value", "types": ["string"]}"#,
      #"{"name": "in", "argument": "values", "types": ["string"]}"#,
      #"{"name": "cont", "argument": "text", "types": ["string"]}"#,
    ]).predicates
    let plans = try Generator.plans(for: [things], predicates: predicates)
    let text = ResourcePrinter.print(try #require(plans.first))
    expect(
      text,
      contains: """
        public struct KindOfPredicates: Sendable {
        private var field: FilterField<Thing, String> { .init(wire: "kind_of") }
        /// `eq`
        public func eq(_ value: String) -> Filter<Thing> { field.eq(value) }
        /// `in`
        public func `in`(_ values: [String]) -> Filter<Thing> { field.`in`(values) }
        }
        """)
    expect(text, contains: "public static var kindOf: Thing.KindOfPredicates { .init() }")
    let error = #expect(throws: SpecError.self) {
      try Generator.plans(for: [things], predicates: Array(predicates.prefix(1)))
    }
    #expect(error?.pointer == "/attributes/kind_of/predicates")
  }

  @Test func relationshipsAreSortKeysWhereTheSpecSaysSo() throws {
    let text = try generate(
      resource(
        relationships: """
          {"a": {"cardinality": "one", "resource": "as", "sort": true},
           "b": {"cardinality": "one", "resource": "bs", "sort": true, "include": true}}
          """))
    expect(
      text,
      contains: """
        extension Thing.Sorts {
        public static var a: Self { .init(wire: "a") }
        }
        """)
    expect(
      text,
      contains: """
        extension Thing.SortOnly {
        public static var b: Self { .init(wire: "b") }
        }
        """)
  }

  @Test func arraysHaveTheTypesOfTheirElements() throws {
    let text = try generate(
      resource(
        operations: [.create],
        attributes: """
          {"s": {"type": "array", "items": "string", "create": "optional", "filter": true},
           "i": {"type": "array", "items": "integer"}, "f": {"type": "array", "items": "float"},
           "b": {"type": "array", "items": "boolean"}, "o": {"type": "array", "items": "object"},
           "d": {"type": "array", "items": "datetime"}}
          """))
    expect(
      text,
      contains: """
        /// `b`: array of boolean values.
        public var b: [Bool]? { storage.booleans("b") }
        /// `d`: array of datetime values.
        public var d: [JSONValue]? { storage.array("d") }
        /// `f`: array of float values.
        public var f: [Double]? { storage.doubles("f") }
        /// `i`: array of integer values.
        public var i: [Int]? { storage.integers("i") }
        /// `o`: array of object values.
        public var o: [JSONObject]? { storage.objects("o") }
        /// `s`: array of string values. Optional on create. Filterable.
        public var s: [String]? { storage.strings("s") }
        """)
    expect(text, contains: "public init(s: [String]? = nil")
    expect(text, contains: "public static var s: FilterField<Thing, [JSONValue]>")
  }

  @Test func singletonsGoByTheirEndpoint() throws {
    let one = try resource(
      "shops", singular: "shop", more: #"{"singleton": true}"#)
    #expect(try generate(one).contains("public var shops: "), "it cannot be retrieved")
    var retrievable = one
    retrievable.operations = [
      .retrieve: OperationSpec(method: "GET", path: "/api/shop", success: 200)
    ]
    #expect(try generate(retrievable).contains("public var shop: ResourceClient<Shop>"))
    #expect(throws: SpecError.self) {
      try generate(retrievable, resource("shop", singular: "shopping"))
    }
  }
}
