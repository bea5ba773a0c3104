import Spec
import Testing

@testable import GeneratorCore

/// A few lines of spec in, a few lines of Swift out: one feature each.
@Suite struct SnippetTests {
  @Test func accessorsByType() throws {
    let text = try generate(
      resource(
        attributes: """
          {"a": {"type": "string"}, "b": {"type": "integer"}, "c": {"type": "float"},
           "d": {"type": "boolean"}, "e": {"type": "datetime"}, "f": {"type": "object"},
           "g": {"type": "array"}}
          """))
    expect(
      text,
      contains: """
        /// `a`: string.
        public var a: String? { storage.string("a") }
        /// `b`: integer.
        public var b: Int? { storage.integer("b") }
        /// `c`: float.
        public var c: Double? { storage.double("c") }
        /// `d`: boolean.
        public var d: Bool? { storage.boolean("d") }
        /// `e`: datetime.
        public var e: Date? { storage.date("e") }
        /// `f`: object.
        public var f: JSONValue? { storage.value("f") }
        /// `g`: array.
        public var g: [JSONValue]? { storage.array("g") }
        """)
  }

  @Test func dateIsImportedOnlyWhereItIsUsed() throws {
    let without = try generate(resource(attributes: #"{"a": {"type": "string"}}"#))
    #expect(!without.contains("Foundation"))
    let with = try generate(resource(attributes: #"{"a": {"type": "datetime"}}"#))
    #expect(with.contains("public import struct Foundation.Date"))
  }

  @Test func openEnumeration() throws {
    let text = try generate(
      resource(
        attributes: """
          {"status": {"type": "string", "filter": true, "sort": true,
                      "values": ["pending", "in_progress", "in"]}}
          """))
    expect(
      text,
      contains: """
        /// `status`: string, one of `in`, `in_progress`, `pending`. Filterable, sortable.
        public var status: Status? { storage.string("status").map(Status.init(rawValue:)) }
        """)
    expect(
      text,
      contains: """
        /// What `status` may be; other values are kept as they come.
        public struct Status: OpenEnum {
        """)
    expect(text, contains: #"public static let `in` = Self(rawValue: "in")"#)
    expect(text, contains: #"public static let inProgress = Self(rawValue: "in_progress")"#)
    expect(
      text,
      contains: """
        public static var status: FilterField<Thing, Thing.Status> { .init(wire: "status") }
        """)
  }

  @Test func writeOnlyAttributesAndTriggersAreNotRead() throws {
    let text = try generate(
      resource(
        operations: [.update],
        attributes: """
          {"password": {"type": "string", "create": "required", "write_only": true},
           "_place": {"type": "boolean", "update": "optional", "trigger": true}}
          """))
    #expect(!text.contains("var password"))
    #expect(!text.contains("var place: Bool"))
    expect(
      text,
      contains: """
        /// Sends the trigger `_place`. The documentation does not say what it changes.
        public var place: Trigger<Thing> { .init(self, wire: "_place") }
        """)
    expect(text, contains: "public init(_place: Bool? = nil) {")
  }

  @Test func triggersOfUpdatesAreCallsAndMayTakeAValue() throws {
    let text = try generate(
      resource(
        operations: [.create, .update],
        attributes: """
          {"_capture_amount": {"type": "integer", "update": "optional", "trigger": true,
                               "idempotent": true},
           "_compute": {"type": "boolean", "create": "optional", "trigger": true}}
          """))
    expect(
      text,
      contains: """
        /// Sends the trigger `_capture_amount`. The documentation does not say what it changes. Sending
        /// it again changes nothing more.
        public var captureAmount: ValueTrigger<Thing, Int> { .init(self, wire: "_capture_amount") }
        """)
    #expect(!text.contains("var compute"))
    expect(text, contains: "public init(_captureAmount: Int? = nil) {")
    expect(text, contains: "public init(_compute: Bool? = nil) {")
  }

  @Test func createOrdersArguments() throws {
    let text = try generate(
      resource(
        operations: [.create],
        attributes: """
          {"z": {"type": "string", "create": "required"},
           "a": {"type": "object", "create": "required"},
           "b": {"type": "string", "create": "optional"},
           "rows": {"type": "array", "create": "required", "rows": true}}
          """,
        relationships: """
          {"m": {"cardinality": "one", "resource": "things", "create": "required"},
           "n": {"cardinality": "many", "resource": "things", "create": "optional"},
           "o": {"cardinality": "one", "polymorphic": true, "create": "optional"}}
          """))
    expect(
      text,
      contains: """
        /// Required: `z`, `a`, `rows`, `m`.
        @_alwaysEmitIntoClient
        public init(
          z: String, a: JSONObject, rows: BulkInputs, m: Thing.ID, b: String? = nil,
          n: [Thing.ID]? = nil, o: AnyResourceReference? = nil, null: [CreateNull<Thing>] = []
        ) {
          storage = RequestStorage(type: "things")
          storage.set("z", z)
          storage.set("a", a)
          storage.set("rows", rows)
          storage.relate("m", m)
          storage.set("b", b)
          storage.relate("n", n)
          storage.relate("o", o)
          storage.setNull(null)
        }
        """)
    // Only what may be left out may be null, and neither rows nor lists of resources.
    expect(
      text,
      contains: """
        extension Thing.CreateNulls {
          public static var b: Self { .init(wire: "b") }
          public static var o: Self { .init(wire: "o") }
        }
        """)
  }

  @Test func updateTellsAbsentFromNull() throws {
    let text = try generate(
      resource(
        operations: [.create, .update],
        attributes: """
          {"a": {"type": "datetime", "create": "optional", "update": "optional"},
           "_go": {"type": "boolean", "update": "optional", "trigger": true},
           "j": {"type": "string", "update": "optional", "never_null": true},
           "k": {"type": "string", "values": ["x"], "update": "optional"}}
          """,
        relationships: """
          {"l": {"cardinality": "one", "update": "optional", "never_null": true},
           "m": {"cardinality": "one", "resource": "things", "update": "optional"},
           "n": {"cardinality": "many", "update": "optional"}}
          """))
    expect(
      text,
      contains: """
        public init(
          _go: Bool? = nil, a: Date? = nil, j: String? = nil, k: K? = nil,
          l: AnyResourceReference? = nil, m: Thing.ID? = nil, n: [AnyResourceReference]? = nil,
          null: [UpdateNull<Thing>] = []
        ) {
        """)
    // What is never null cannot be cleared.
    expect(
      text,
      contains: """
        extension Thing.Nulls {
          public static var a: Self { .init(wire: "a") }
        }

        extension Thing.UpdateNulls {
          public static var k: Self { .init(wire: "k") }
          public static var m: Self { .init(wire: "m") }
        }
        """)
    expect(
      text,
      contains: """
        extension CreateNull: Thing.Nulls where Root == Thing {}
        extension UpdateNull: Thing.Nulls, Thing.UpdateNulls where Root == Thing {}
        """)
  }

  @Test func conditionsAreDocumented() throws {
    let text = try generate(
      resource(
        operations: [.create],
        attributes: """
          {"a": {"type": "string", "create": "conditional",
           "create_condition": {"text": "if business is false"}}}
          """))
    expect(text, contains: "/// `a`: string. Required on create `if business is false`.")
    expect(text, contains: "/// Required under a condition: `a` `if business is false`.")
    expect(text, contains: "public init(a: String? = nil, null: [CreateNull<Thing>] = []) {")
  }

  @Test func relationships() throws {
    let text = try generate(
      resource(
        relationships: """
          {"market": {"cardinality": "one", "resource": "markets", "include": true},
           "events": {"cardinality": "many", "resource": "events", "filter": true},
           "source": {"cardinality": "one", "polymorphic": true}}
          """), resource("markets", singular: "market"))
    expect(
      text,
      contains: #"public var market: Market? { storage.resource("market", as: Market.self) }"#)
    expect(text, contains: #"public var events: [AnyResource]? { storage.resources("events") }"#)
    expect(text, contains: #"public var source: AnyResource? { storage.resource("source") }"#)
    expect(
      text,
      contains: """
        public static var events: RelationshipPath<Thing, AnyResource> { .init(wire: "events") }
        """)
    expect(
      text,
      contains: """
        extension Include: Thing.Includes, Thing.Steps where Root == Thing {}
        """)
    expect(
      text,
      contains: """
        extension Thing.Includes {
          public static var market: Self { .init(wire: "market") }
        }
        """)
    expect(
      text,
      contains: """
        extension Thing.Steps {
          public static var market: RelationshipPath<Thing, Market> { .init(wire: "market") }
        }
        """)
    expect(
      text,
      contains: """
        /// Retrieves the related `market`.
        public var market: RelatedOne<Thing, Market> { .init(self, wire: "market") }
        """)
  }

  @Test func operationsBecomeConformances() throws {
    let none = try generate(resource())
    #expect(!none.contains("extension Thing:"))
    let some = try generate(
      resource(
        operations: [.list, .retrieve], attributes: #"{"status": {"type": "string"}}"#,
        more: #"{"lifecycle": {"attribute": "status", "terminal": ["done"], "progress": []}}"#))
    expect(
      some,
      contains: """
        extension Thing: ListableResource, RetrievableResource, LifecycleResource {}
        """)
    expect(some, contains: "/// It has ended when `status` is one of `done`.")
    #expect(!some.contains("struct Create"))
  }

  @Test func singletons() throws {
    let text = try generate(
      resource(
        "organization", singular: "organization", operations: [.retrieve],
        relationships: #"{"markets": {"cardinality": "many"}}"#, more: #"{"singleton": true}"#))
    expect(text, contains: "extension Organization: SingletonResource {}")
    expect(text, contains: "public var organization: ResourceClient<Organization> {")
    expect(text, contains: "public var markets: RelatedList<Organization, AnyResource> {")
  }

  @Test func idIsAFilterAndASortKeyOnly() throws {
    let text = try generate(
      resource(attributes: #"{"id": {"type": "string", "filter": true, "sort": true}}"#))
    #expect(!text.contains("public var id"))
    expect(
      text,
      contains: #"public static var id: FilterField<Thing, Thing.ID> { .init(wire: "id") }"#)
    expect(
      text,
      contains: """
        extension Thing.SortOnly {
          public static var id: Self { .init(wire: "id") }
        }
        """)
  }

  @Test func traitsAreWrittenOnce() throws {
    let plain = #"{"filter": true, "sort": true, "type": "datetime"}"#
    func thing(_ createdAt: String) throws -> ResourceSpec {
      try resource(
        attributes: """
          {"id": {"type": "string", "filter": true, "sort": true},
           "created_at": \(createdAt), "updated_at": \(plain)}
          """)
    }
    let traits = [
      TraitSpec(
        name: "Recorded",
        attributes: [
          "created_at": AttributeSpec(type: .datetime, filter: true, sort: true),
          "updated_at": AttributeSpec(type: .datetime, filter: true, sort: true),
        ])
    ]
    func print(_ spec: ResourceSpec) throws -> String {
      let plan = try #require(try Generator.plans(for: [spec], traits: traits).first)
      return ResourcePrinter.print(plan)
    }
    let with = try print(thing(plain))
    expect(with, contains: "extension Thing: Common.Recorded {}")
    #expect(!with.contains("var createdAt"))
    let without = try print(thing(#"{"type": "datetime"}"#))
    #expect(!without.contains("Common."))
    expect(without, contains: #"public var createdAt: Date? { storage.date("created_at") }"#)
    expect(without, contains: #"public var updatedAt: Date? { storage.date("updated_at") }"#)
    let files = try Generator.files(
      for: SpecFolder(resources: [], service: service(), traits: traits), module: .vocabulary)
    let shared = try #require(files.first { $0.name == "vocabulary.generated.swift" }).text
    expect(shared, contains: "public protocol Recorded: Resource {}")
    expect(
      shared,
      contains: """
        extension Common.Recorded {
          /// `created_at`: datetime. Filterable, sortable.
          public var createdAt: Date? { storage.date("created_at") }
        """)
  }

  @Test func filtersByType() throws {
    let text = try generate(
      resource(
        attributes: """
          {"a": {"type": "object", "filter": true}, "b": {"type": "array", "filter": true},
           "c": {"type": "float", "filter": true}}
          """))
    expect(text, contains: "public static var a: FilterField<Thing, JSONObject>")
    expect(text, contains: "public static var b: FilterField<Thing, [JSONValue]>")
    expect(text, contains: "public static var c: FilterField<Thing, Double>")
  }

  @Test func theTableIsTheSpecOnOneLine() throws {
    let spec = try resource(operations: [.list], attributes: #"{"a": {"type": "string"}}"#)
    let text = try generate(spec)
    let tree = try spec.tree()
    #expect(text.contains(SwiftStringLiteral(tree.compactText).source))
    #expect(!tree.compactText.contains("\n"))
  }
}
