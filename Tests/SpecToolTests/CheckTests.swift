import Foundation
import Testing

@testable import Spec
@testable import cl_spec

/// What `cl-spec check` finds beyond the form of files.
@Suite struct CheckTests {
  private static let types = ["gadgets", "parts", "imports"]

  /// A small spec in which all is well.
  private static func sound() throws -> SpecFolder {
    var service = try Repository.spec().service
    service.cacheable = ["gadgets"]
    service.imports.types = ["gadgets": .init(key: ["code", "part_id"], parent: "part")]
    let gadgets = ResourceSpec(
      resource: "gadgets", singular: "gadget",
      operations: [
        .list: .init(method: "GET", path: "/api/gadgets", success: 200),
        .retrieve: .init(method: "GET", path: "/api/gadgets/:id", success: 200),
      ],
      attributes: [
        "code": .init(type: .string, create: .required),
        "status": .init(type: .string, values: ["new", "done"]),
        "done_count": .init(type: .integer), "made_at": .init(type: .datetime),
      ],
      relationships: [
        "part": .init(cardinality: .one, resource: "parts"),
        "any": .init(cardinality: .one, polymorphic: true, targets: ["parts"]),
      ],
      lifecycle: .init(attribute: "status", terminal: ["done"], progress: ["done_count"]))
    let parts = ResourceSpec(
      resource: "parts", singular: "part",
      operations: [.list: .init(method: "GET", path: "/api/parts", success: 200)])
    return SpecFolder(resources: [gadgets, parts], service: service)
  }

  private func problems(
    unpublished: Set<String> = [], _ edit: (inout ResourceSpec) -> Void
  ) throws -> [String] {
    var spec = try Self.sound()
    edit(&spec.resources[0])
    return SpecAudit.problems(in: spec, unpublished: unpublished).map(\.description)
  }

  private func service(_ edit: (inout ServiceSpec) -> Void) throws -> [String] {
    var spec = try Self.sound()
    edit(&spec.service)
    return SpecAudit.problems(in: spec).map(\.description)
  }

  @Test func aSoundSpecIsSound() throws {
    #expect(try problems { _ in } == [])
    #expect(SpecAudit.problems(in: try Repository.spec()) == [])
  }

  @Test func relationshipsLeadToWhatThereIs() throws {
    #expect(
      try problems { $0.relationships["part"]?.resource = "part" } == [
        "gadgets.json: error: at /relationships/part/resource: there is no resource 'part'; "
          + "did you mean parts?"
      ])
    #expect(try problems { $0.relationships["any"]?.targets = ["ghosts"] }.count == 1)
    #expect(try problems { $0.relationships["part"]?.resource = nil }.count == 1)
    #expect(
      try problems(unpublished: ["ghosts"]) { $0.relationships["any"]?.targets = ["ghosts"] } == [])
    #expect(try problems(unpublished: ["parts"]) { _ in }.count == 1, "it need not be excused")
  }

  @Test func operationsFitTheirKind() throws {
    #expect(try problems { $0.operations[.list]?.method = "POST" }.count == 1)
    #expect(try problems { $0.operations[.retrieve]?.path = "/api/gadget" }.count == 1)
    #expect(try problems { $0.operations[.list]?.path = "/api/gadgets/:id" }.count == 2)
    #expect(try problems { $0.operations = [:] }.count == 1)
    #expect(try problems { $0.singleton = true }.count == 2)
    #expect(
      try problems { $0.operations[.list]?.path = "/api/parts" } == [
        "parts.json: error: at /operations/list: GET /api/parts is gadgets.list already"
      ])
  }

  @Test func attributesDoNotContradictThemselves() throws {
    #expect(try problems { $0.attributes["made_at"]?.type = .string }.count == 1)
    #expect(try problems { $0.attributes["x"] = .init(type: .string, values: []) }.count == 1)
    #expect(
      try problems { $0.attributes["x"] = .init(type: .string, values: ["a", "a"]) }.count == 1)
    #expect(try problems { $0.attributes["x"] = .init(type: .integer, values: ["1"]) }.count == 1)
    #expect(try problems { $0.attributes["x"] = .init(type: .string, writeOnly: true) }.count == 1)
    let effect = EffectSpec(unknown: true, source: "a test")
    #expect(
      try problems {
        $0.attributes["_x"] = .init(type: .boolean, trigger: true, effect: effect)
      }.count == 1)
  }

  @Test func everyTriggerSaysWhatItChangesOrThatNothingTells() throws {
    let trigger = AttributeSpec(type: .boolean, update: .optional, trigger: true)
    #expect(try problems { $0.attributes["_x"] = trigger }.count == 1)
    #expect(
      try problems {
        $0.attributes["_x"] = trigger
        $0.attributes["_x"]?.effect = .init(unknown: true, source: "s")
      } == [])
  }

  @Test(arguments: [
    AttributeSpec(type: .integer, defaultValue: .string("1")),
    AttributeSpec(type: .boolean, defaultValue: .integer(1)),
    AttributeSpec(type: .string, defaultValue: .string("c"), values: ["a", "b"]),
    AttributeSpec(type: .integer, example: .string("1")),
    AttributeSpec(type: .string, example: .string("x"), confidential: true),
    AttributeSpec(type: .string, predicates: ["eq", "resembles"]),
    AttributeSpec(type: .integer, isID: true),
    AttributeSpec(type: .float, monetizable: true),
    AttributeSpec(
      type: .string, create: .conditional,
      createCondition: .init(text: "t", when: ["status": [.string("old")]])),
    AttributeSpec(
      type: .string, create: .conditional,
      createCondition: .init(text: "t", when: ["part": [.string("x")]])),
    AttributeSpec(
      type: .string, create: .conditional,
      createCondition: .init(text: "t", when: ["done_count": [.string("1")]])),
  ])
  func valuesAreThoseOfTheirAttribute(attribute: AttributeSpec) throws {
    #expect(try problems { $0.attributes["cost_float"] = attribute }.count == 1)
  }

  @Test func familiesHaveMembersThatAreResources() throws {
    #expect(try problems { $0.members = ["parts"] } == [])
    #expect(try problems { $0.members = ["ghosts"] }.count == 1)
    #expect(try problems { $0.members = [] }.count == 1)
    #expect(try problems { $0.members = ["gadgets"] }.count == 1)
    #expect(try problems { $0.members = ["parts", "parts"] }.count == 1)
  }

  @Test func alternativesCanBeSentAndAreNotRequiredByThemselves() throws {
    func problems(_ edit: (inout ResourceSpec) -> Void) throws -> Int {
      try self.problems { resource in
        resource.attributes["part_code"] = .init(type: .string, create: .optional)
        resource.relationships["part"]?.create = .optional
        resource.alternatives = ["part": .init(members: ["part", "part_code"], create: .required)]
        edit(&resource)
      }.count
    }
    #expect(try problems { _ in } == 0)
    #expect(try problems { $0.relationships["part"]?.create = .required } == 1)
    #expect(try problems { $0.relationships["part"]?.create = nil } == 1)
    #expect(try problems { $0.alternatives?["part"]?.update = .optional } == 2)
    #expect(try problems { $0.alternatives?["part"]?.create = nil } == 1)
    #expect(try problems { $0.alternatives?["part"]?.create = .conditional } == 1)
  }

  @Test func scopesSayWhatTheyTake() throws {
    #expect(try problems { $0.scopes = ["new": .init(argument: .flag)] } == [])
    #expect(try problems { $0.scopes = ["new": .init(argument: .value)] }.count == 1)
    #expect(
      try problems { $0.scopes = ["new": .init(argument: .flag, attribute: "status")] }.count == 1)
    #expect(
      try problems { $0.scopes = ["new": .init(argument: .value, attribute: "gone")] }.count == 1)
  }

  @Test func waitingEnds() throws {
    #expect(try problems { $0.lifecycle?.terminal = ["finished"] }.count == 1)
    #expect(try problems { $0.lifecycle?.terminal = [] }.count == 1)
    #expect(try problems { $0.lifecycle?.progress = ["code"] }.count == 1)
  }

  @Test func importableTypesHaveTheirKeysAndParents() throws {
    #expect(
      try service { $0.imports.types["gadgets"]?.key = ["codes"] } == [
        "service.json: error: at /imports/types/gadgets/key: 'codes' is not an attribute of gadgets, "
          + "nor the id of a relationship"
      ])
    #expect(try service { $0.imports.types["gadgets"]?.parent = "code" }.count == 1)
    #expect(try service { $0.imports.types["gizmos"] = .init(key: []) }.count == 1)
    #expect(try service { $0.cacheable = ["gizmos"] }.count == 1)
  }

  @Test func limitsMakeSense() throws {
    #expect(try service { $0.page.defaultSize = 26 }.count == 1)
    #expect(try service { $0.page.maximumSize = 0 }.count == 1)
    #expect(try service { $0.imports.errorThresholdPercent = 101 }.count == 1)
    #expect(try service { $0.imports.maximumInputs = 0 }.count == 1)
    #expect(try service { $0.errorCodes["200"] = ["FINE"] }.count == 1)
  }

  @Test func theTypesOfImportsAreTheImportableOnes() throws {
    var spec = try Repository.spec()
    spec.service.imports.types["tags"] = nil
    #expect(
      SpecAudit.problems(in: spec).map(\.description) == [
        "service.json: error: at /imports/types: and the values of imports.resource_type differ by "
          + "tags"
      ])
  }
}
