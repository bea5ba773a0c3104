import Comparing
import Spec
import Testing

@Suite struct EffectTests {
  private static let base = ResourceSpec(
    resource: "widgets", singular: "widget",
    operations: [.list: .init(method: "GET", path: "/api/widgets", success: 200)],
    attributes: [
      "code": .init(type: .string, create: .optional, filter: true),
      "state": .init(type: .string, values: ["new", "used"]),
    ],
    relationships: ["gadget": .init(cardinality: .one, resource: "gadgets", include: true)])

  private func changes(_ edit: (inout ResourceSpec) -> Void) -> [SpecChange] {
    var new = Self.base
    edit(&new)
    return SpecDiff.changes(from: [Self.base], to: [new])
  }

  private func effects(_ edit: (inout ResourceSpec) -> Void) -> [SpecChange.Effect] {
    changes(edit).map(\.effect)
  }

  @Test func nothingChanged() {
    #expect(changes { _ in }.isEmpty)
  }

  @Test func whatTakesAwayIsBreaking() {
    #expect(effects { $0.attributes["code"] = nil } == [.breaking])
    #expect(effects { $0.attributes["code"]?.type = .integer } == [.breaking])
    #expect(effects { $0.attributes["code"]?.create = .required } == [.breaking])
    #expect(effects { $0.attributes["code"]?.create = nil } == [.breaking])
    #expect(effects { $0.attributes["code"]?.filter = nil } == [.breaking])
    #expect(effects { $0.attributes["code"]?.writeOnly = true } == [.breaking])
    #expect(effects { $0.attributes["state"]?.values = ["new"] } == [.breaking])
    #expect(effects { $0.attributes["code"]?.values = ["a"] } == [.breaking])
    #expect(effects { $0.operations[.list] = nil } == [.breaking])
    #expect(effects { $0.operations[.list]?.path = "/api/gizmos" } == [.breaking])
    #expect(effects { $0.relationships["gadget"]?.include = nil } == [.breaking])
    #expect(effects { $0.relationships["gadget"]?.cardinality = .many } == [.breaking])
    #expect(effects { $0.singular = "gizmo" } == [.breaking])
    #expect(
      effects { $0.attributes["new"] = .init(type: .string, create: .required) } == [.breaking])
  }

  @Test func whatAddsIsCompatible() {
    #expect(
      effects { $0.attributes["new"] = .init(type: .string, create: .optional) } == [.compatible])
    #expect(effects { $0.attributes["code"]?.sort = true } == [.compatible])
    #expect(effects { $0.attributes["state"]?.values = ["new", "used", "lost"] } == [.compatible])
    #expect(
      effects {
        $0.operations[.delete] = .init(method: "DELETE", path: "/api/widgets/:id", success: 204)
      } == [.compatible])
    #expect(effects { $0.relationships["x"] = .init(cardinality: .one) } == [.compatible])
  }

  @Test func aDeprecationIsAWarning() {
    #expect(effects { $0.attributes["code"]?.deprecated = true } == [.compatible])
    #expect(effects { $0.deprecated = true } == [.compatible])
  }

  @Test func whatOnlyTheCommentsShow() {
    #expect(effects { $0.attributes["state"]?.values = ["used", "new"] } == [.docsOnly])
  }

  @Test func wholeResourcesComeAndGo() {
    #expect(SpecDiff.changes(from: [], to: [Self.base]).map(\.effect) == [.compatible])
    #expect(SpecDiff.changes(from: [Self.base], to: []).map(\.effect) == [.breaking])
  }

  @Test func theWorstComesFirst() {
    let all = changes {
      $0.attributes["state"]?.values = ["used", "new"]
      $0.attributes["a"] = .init(type: .string)
      $0.attributes["code"] = nil
    }
    #expect(all.map(\.effect) == [.breaking, .compatible, .docsOnly])
    #expect(all.first?.pointer == "/attributes/code")
  }

  @Test func differencesHaveReasons() throws {
    let distilled = try Self.base.tree()
    var other = Self.base
    other.attributes["code"]?.sort = true
    other.attributes["late"] = .init(type: .integer)
    let correction = Correction(
      path: "/attributes/late", value: .object(["type": .string("integer")]),
      reason: "newer than the pages", source: "a test")
    let comparison = try SourceComparison(
      distilled: distilled, corrections: [correction], other: try other.tree(), file: "w.json")
    #expect(
      comparison.differences.map(\.pointer) == ["/attributes/code/sort", "/attributes/late/type"])
    #expect(comparison.unexplained.map(\.pointer) == ["/attributes/code/sort"])
    #expect(comparison.differences.last?.reason == "newer than the pages (a test)")
  }
}
