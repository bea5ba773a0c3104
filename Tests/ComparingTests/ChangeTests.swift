import Comparing
import Foundation
import Spec
import Testing

/// What a change of the spec breaks, whom, and why.
@Suite struct ChangeTests {
  static let gadgets = ResourceSpec(
    resource: "gadgets", singular: "gadget",
    operations: [
      .create: .init(method: "POST", path: "/api/gadgets", success: 201),
      .list: .init(method: "GET", path: "/api/gadgets", success: 200),
      .update: .init(method: "PATCH", path: "/api/gadgets/:id", success: 200),
    ],
    attributes: [
      "code": .init(type: .string, create: .required, filter: true, sort: true),
      "note": .init(type: .string, create: .optional, update: .optional),
      "size": .init(
        type: .integer, create: .conditional, createCondition: .init(text: "if boxed"), sort: true),
      "state": .init(type: .string, values: ["new", "used"]),
      "_polish": .init(type: .boolean, update: .optional, trigger: true),
    ],
    relationships: [
      "maker": .init(cardinality: .one, polymorphic: true, targets: ["firms", "people"]),
      "parts": .init(cardinality: .many, resource: "parts", filter: true, include: true),
    ])

  func changes(
    importable: Set<String> = [], _ edit: (inout ResourceSpec) -> Void
  ) -> [SpecChange] {
    var new = Self.gadgets
    edit(&new)
    return SpecDiff.changes(from: [Self.gadgets], to: [new], importable: importable)
  }

  private func only(
    importable: Set<String> = [], _ edit: (inout ResourceSpec) -> Void
  ) throws -> SpecChange {
    let all = changes(importable: importable, edit)
    #expect(all.count == 1, "\(all)")
    return try #require(all.first)
  }

  @Test func aRemovedAttributeNamesWhoUsedIt() throws {
    let change = try only(importable: ["gadgets"]) { $0.attributes["code"] = nil }
    #expect(change.effect == .breaking)
    #expect(
      change.affected
        == "code that reads, creates with, filters by or sorts by `code` of `gadgets`; "
        + "rows of imports of `gadgets` with `code`")
    let trigger = try only { $0.attributes["_polish"] = nil }
    #expect(trigger.affected == "code that triggers `_polish` of `gadgets`")
  }

  @Test func aFlagThatBecomesRequiredNamesWhoLeavesItOut() throws {
    let all = changes(importable: ["gadgets"]) { $0.attributes["note"]?.create = .required }
    let change = try #require(all.first { $0.pointer == "/attributes/note/create" })
    #expect(change.effect == .breaking)
    #expect(change.change == "on create optional → required")
    #expect(
      change.affected == "code that creates `gadgets` without `note`; "
        + "rows of imports of `gadgets` without `note`")
  }

  @Test(arguments: [
    (
      Requirement.conditional, Requirement.required,
      [
        "breaking : in Swift: the argument `null` of `Gadget.Create` is gone",
        "breaking /attributes/size/create: on create conditional → required",
      ]
    ),
    (
      .optional, .conditional,
      ["breaking /attributes/size/create: on create optional → conditional"]
    ),
    (
      .conditional, .optional,
      ["compatible /attributes/size/create: on create conditional → optional"]
    ),
    (
      .required, .conditional,
      ["compatible /attributes/size/create: on create required → conditional"]
    ),
  ])
  func requirementsTightenAndLoosen(old: Requirement, new: Requirement, lines: [String]) {
    func gadget(_ requirement: Requirement) -> ResourceSpec {
      var gadget = Self.gadgets
      gadget.attributes = [
        "size": .init(
          type: .integer, create: requirement,
          createCondition: requirement == .conditional ? .init(text: "if boxed") : nil)
      ]
      return gadget
    }
    let found = SpecDiff.changes(from: [gadget(old)], to: [gadget(new)])
    // What can be null on create changes with it: the argument in Swift is a change of its own.
    #expect(found.map { "\($0.effect.rawValue) \($0.pointer): \($0.change)" } == lines)
  }

  @Test func anotherConditionIsForReadersOfTheComment() throws {
    let change = try only { $0.attributes["size"]?.createCondition = .init(text: "if `packed`") }
    #expect(change.effect == .docsOnly)
    #expect(change.change == "`if boxed` → `if \\u{60}packed\\u{60}`")
  }

  @Test func queriesAreNamedByWhatTheyDo() throws {
    #expect(
      try only { $0.attributes["code"]?.sort = nil }.affected
        == "queries that sort by `code` of `gadgets`")
    #expect(
      try only { $0.attributes["code"]?.filter = nil }.affected
        == "queries that filter by `code` of `gadgets`")
    #expect(
      try only { $0.relationships["parts"]?.include = nil }.affected
        == "queries that include `parts` of `gadgets`")
  }

  @Test func valuesNarrowAndWiden() throws {
    let narrowed = try only { $0.attributes["state"]?.values = ["new"] }
    #expect(narrowed.effect == .breaking && narrowed.change == "without `used`")
    let widened = try only { $0.attributes["state"]?.values = ["new", "used", "lost"] }
    #expect(widened.effect == .compatible)
    #expect(widened.affected.contains("exhaustive"))
  }

  @Test func targetsOfAPolymorphicRelationshipNarrowAndWiden() throws {
    let narrowed = try only { $0.relationships["maker"]?.targets = ["firms"] }
    #expect(narrowed.effect == .breaking && narrowed.change == "without `people`")
    let widened = try only { $0.relationships["maker"]?.targets = ["firms", "people", "pets"] }
    #expect(widened.effect == .compatible && widened.change == "with `pets`")
    let cardinality = try only { $0.relationships["maker"]?.cardinality = .many }
    #expect(cardinality.effect == .breaking && cardinality.change == "to one → to many")
    let typed = changes {
      $0.relationships["maker"] = .init(cardinality: .one, resource: "firms")
    }
    #expect(typed.contains { $0.pointer.hasSuffix("/polymorphic") && $0.effect == .breaking })
  }

  @Test func aVerbThatMayBeRepeatedOrNot() throws {
    let now = try only { $0.attributes["_polish"]?.idempotent = true }
    #expect(now.effect == .compatible && now.affected.contains("triggers"))
    let flipped = changes { $0.attributes["_polish"]?.trigger = nil }
    #expect(flipped.contains { $0.effect == .breaking && $0.pointer.hasSuffix("/trigger") })
  }

  @Test func anResponseWithoutContentBreaksWhoReadsIt() throws {
    #expect(try only { $0.operations[.create]?.success = 202 }.effect == .compatible)
    #expect(try only { $0.operations[.create]?.success = 204 }.effect == .breaking)
  }

  @Test func aSingletonIsCalledWithoutAnID() {
    #expect(changes { $0.singleton = true }.contains { $0.pointer == "/singleton" })
  }

  // MARK: - What is generated

  /// Names are made of their wire names alone, so that nothing that is added renames anything.
  @Test(arguments: [("_polish", "polish"), ("line_1", "line1")])
  func namesThatMeetAreLeftAsTheyWere(old: String, new: String) {
    var before = Self.gadgets
    if before.attributes[old] == nil { before.attributes[old] = .init(type: .string) }
    var after = before
    after.attributes[new] = .init(type: .string)
    let all = SpecDiff.changes(from: [before], to: [after])
    #expect(all.map(\.pointer) == ["/attributes/\(new)"])
    #expect(all.allSatisfy { $0.effect == .compatible })
    let back = SpecDiff.changes(from: [after], to: [before])
    #expect(back.allSatisfy { $0.pointer == "/attributes/\(new)" })
  }

  @Test func aResourceThatComesGivesItsTypeToThoseThatLeadToIt() throws {
    let parts = ResourceSpec(
      resource: "parts", singular: "part",
      operations: [.list: .init(method: "GET", path: "/api/parts", success: 200)])
    let all = SpecDiff.changes(from: [Self.gadgets], to: [Self.gadgets, parts])
    #expect(all.contains { $0.resource == "parts" && $0.effect == .compatible })
    let typed = all.filter { $0.resource == "gadgets" }
    #expect(typed.contains { $0.change == "in Swift: `[AnyResource]?` → `[Part]?`" }, "\(all)")
  }

  @Test func argumentsThatMoveAreTold() throws {
    var old = Self.gadgets
    old.attributes["amount"] = .init(type: .integer, create: .optional)
    var new = old
    new.attributes["code"]?.create = .optional
    let all = SpecDiff.changes(from: [old], to: [new])
    let moved = try #require(all.first { $0.change.contains("moves") })
    #expect(moved.effect == .breaking && moved.pointer == "/attributes/code")
    #expect(all.contains { $0.pointer == "/attributes/code/create" && $0.effect == .compatible })
    // A new optional argument moves nobody.
    #expect(
      changes { $0.attributes["aaa"] = .init(type: .string, create: .optional) }
        .allSatisfy { $0.effect == .compatible })
  }

  // MARK: - Resources

  @Test func aResourceThatMayHaveANewNameIsHintedAt() throws {
    var renamed = Self.gadgets
    renamed.resource = "gizmos"
    renamed.singular = "gizmo"
    let all = SpecDiff.changes(from: [Self.gadgets], to: [renamed])
    #expect(all.map(\.effect) == [.breaking, .compatible])
    #expect(all.first?.change.contains("perhaps a rename: `gizmos` has 100 %") == true)
    let other = ResourceSpec(
      resource: "gizmos", singular: "gizmo", attributes: ["code": .init(type: .float)])
    #expect(SpecDiff.changes(from: [Self.gadgets], to: [other]).first?.change == "removed")
  }

  @Test func anAttributeThatMayHaveANewNameIsHintedAt() {
    let all = changes {
      $0.attributes["notes"] = $0.attributes["note"]
      $0.attributes["note"] = nil
    }
    #expect(all.first?.change == "removed; perhaps a rename: `notes` is of the same type")
  }

  // MARK: - What all resources share

  private func service(_ edit: (inout ServiceSpec) -> Void) throws -> [SpecChange] {
    let folder = try CommittedSpec.folder()
    var new = folder
    edit(&new.service)
    return SpecDiff.changes(from: folder, to: new)
  }

  @Test func limitsThatShrinkAreBreaking() throws {
    let pages = try service { $0.page.maximumSize = 10 }
    #expect(pages.map(\.effect) == [.breaking])
    #expect(pages.first?.affected == "queries that ask for pages of more than 10")
    #expect(try service { $0.page.maximumSize = 50 }.map(\.effect) == [.compatible])
    let rows = try service { $0.imports.maximumInputs = 500 }
    #expect(rows.first?.affected == "code that creates imports of more than 500 rows")
  }

  @Test func importableTypesAndTheirKeys() throws {
    let gone = try service { $0.imports.types["tags"] = nil }
    #expect(gone.first?.effect == .breaking && gone.first?.affected == "imports of `tags`")
    let keyed = try service { $0.imports.types["tags"]?.key = ["name"] }
    #expect(keyed.first?.effect == .breaking)
    #expect(
      keyed.first?.affected == "rows of imports of `tags` without `name` and without an id")
    #expect(
      try service { $0.imports.types["prices"]?.key.reverse() }.isEmpty, "keys have no order")
  }

  @Test func predicatesThatGoOrFitLess() throws {
    let gone = try service { $0.predicates.removeAll { $0.name == "matches" } }
    #expect(gone.map(\.pointer) == ["/predicates/matches"] && gone.first?.effect == .breaking)
    let less = try service { service in
      service.predicates = service.predicates.map {
        var predicate = $0
        if predicate.name == "gt" { predicate.types.removeAll { $0 == .datetime } }
        return predicate
      }
    }
    #expect(less.first?.change == "no longer fits datetime")
  }
}
