import Comparing
import Foundation
import Spec
import Testing

/// Changes that no fact shows to break anybody, and that stop code from compiling all the same.
@Suite struct SourceBreakTests {
  private func spec(_ edit: (inout ResourceSpec) -> Void = { _ in }) -> [ResourceSpec] {
    var gadgets = ResourceSpec(
      resource: "gadgets", singular: "gadget",
      operations: [
        .create: .init(method: "POST", path: "/api/gadgets", success: 201),
        .list: .init(method: "GET", path: "/api/gadgets", success: 200),
        .update: .init(method: "PATCH", path: "/api/gadgets/:id", success: 200),
      ],
      attributes: [
        "name": .init(
          type: .string, create: .required, update: .optional, filter: true, sort: true),
        "weight": .init(type: .float, create: .optional, update: .required),
        "code": .init(type: .string, create: .optional),
      ],
      relationships: [
        "parts": .init(cardinality: .many, resource: "parts", filter: true)
      ])
    edit(&gadgets)
    let parts = ResourceSpec(
      resource: "parts", singular: "part",
      operations: [.list: .init(method: "GET", path: "/api/parts", success: 200)],
      attributes: ["code": .init(type: .string, filter: true)])
    return [gadgets, parts]
  }

  private func changes(_ edit: @escaping (inout ResourceSpec) -> Void) -> [SpecChange] {
    SpecDiff.changes(from: spec(), to: spec(edit))
  }

  @Test func aLostTraitIsBreaking() throws {
    // Required or not: the service accepts more than before.
    let named = TraitSpec(
      name: "Named",
      attributes: [
        "name": .init(type: .string, create: .required, update: .optional, filter: true, sort: true)
      ])
    func folder(_ resources: [ResourceSpec]) -> SpecFolder {
      SpecFolder(resources: resources, service: .commerceLayer, traits: [named])
    }
    let all = SpecDiff.changes(
      from: folder(spec()),
      to: folder(spec { $0.attributes["name"]?.create = .optional }))
    let lost = try #require(all.first { $0.change == "in Swift: no longer a `Common.Named`" })
    #expect(lost.effect == .breaking && lost.resource == "gadgets")
    #expect(lost.affected == "generic code that takes a `Common.Named`")
    #expect(
      all.contains {
        $0.pointer == "/attributes/name/create" && $0.effect == .compatible
      })
  }

  @Test func requiredToOptionalOnUpdateIsBreaking() {
    let all = changes { $0.attributes["weight"]?.update = .optional }
    // It moves behind `name`, and where a value is no longer promoted its type changes, too.
    let told = all.filter { $0.change.hasPrefix("in Swift: the argument `weight` of update") }
    #expect(!told.isEmpty, "\(all)")
    #expect(told.allSatisfy { $0.effect == .breaking && $0.pointer == "/attributes/weight" })
    // On create the value is promoted.
    #expect(
      changes { $0.attributes["name"]?.update = .required }.contains { $0.effect == .breaking })
  }

  @Test func optionalOnCreateIsPromoted() {
    let old = spec { $0.attributes["code"]?.create = .required }
    let all = SpecDiff.changes(from: old, to: spec())
    #expect(all.allSatisfy { !$0.change.contains("the argument `code` of create: ") }, "\(all)")
  }

  @Test func aFilterOnlyRelationshipThatBecomesIncludableIsBreaking() throws {
    let all = changes { $0.relationships["parts"]?.include = true }
    let change = try #require(all.first { $0.effect == .breaking }, "\(all)")
    #expect(change.pointer == "/relationships/parts/include")
    #expect(change.affected == "paths through `parts` of `gadgets` in code that states no type")
  }

  @Test func whatCannotBecomeSwiftNeverPasses() {
    // Two resources of one singular.
    let unnameable = spec() + [ResourceSpec(resource: "widgets", singular: "gadget")]
    for (old, new, which) in [
      (spec(), unnameable, "new"), (unnameable, spec(), "old"),
    ] {
      let all = SpecDiff.changes(from: old, to: new)
      #expect(
        all.contains {
          $0.effect == .breaking && $0.change.hasPrefix("the \(which) spec cannot become Swift: ")
        }, "\(all)")
    }
    #expect(!SpecDiff.changes(from: unnameable, to: unnameable).isEmpty)
  }

  @Test func whereANameIsDeclaredIsNobodysBusiness() {
    // A field that becomes a sort key moves to another protocol; a resource that gains a trait has its
    // members from there.
    let sorted = changes { $0.attributes["code"]?.sort = true }
    #expect(sorted.map(\.effect) == [.compatible], "\(sorted)")
    let old = spec { $0.attributes["name"]?.sort = nil }
    let gained = SpecDiff.changes(from: old, to: spec())
    #expect(gained.allSatisfy { $0.effect == .compatible }, "\(gained)")
  }

  @Test func aDeprecationIsTold() {
    let all = changes { $0.attributes["code"]?.deprecated = true }
    #expect(all.map(\.effect) == [.compatible])
    #expect(all.first?.reason.contains("warning") == true)
  }
}
