import Foundation
import Spec
import Testing

@testable import Distiller

/// Where sources disagree, each is listed with what it says, and the rule that decided has a name.
@Suite struct ContradictionTests {
  private func find(_ fact: String, _ result: DistillResult) -> Contradiction? {
    result.contradictions["widgets"]?.first { $0.fact == fact }
  }

  /// A page of 2021 that lists other arguments and sorts by another field.
  private static let older = Fixtures.create.replacing(
    "https://host.example<b>/api/widgets</b>", with: "https://host.example**/api/widgets**"
  ).replacing(
    "attributes.**weight** | `float` | Required, unless in scope",
    with: "attributes.**weight** | `string` | Optional"
  )
  .replacing("attributes.**metadata** | `object`", with: "attributes.**mood** | `object`")

  @Test func newestFirstWithWhatEachSays() throws {
    let result = Fixtures.distil(Self.older, Fixtures.create)
    let found = try #require(find("/attributes/weight/create", result))
    #expect(found.rule == .newerWins)
    #expect(
      found.claims == [
        .init(
          page: "b.md", line: Fixtures.line(of: "**weight**", in: Fixtures.create),
          vintage: "2022-07", says: "conditional", stands: true),
        .init(
          page: "a.md", line: Fixtures.line(of: "**weight**", in: Self.older), vintage: "2021-11",
          says: "optional", stands: false),
      ])
  }

  @Test func whatANewerTableDropsIsOneContradiction() throws {
    let result = Fixtures.distil(Self.older, Fixtures.create)
    let found = try #require(find("/attributes/mood", result))
    #expect(found.claims.map(\.says) == [nil, "an attribute"])
    #expect(found.claims.map(\.stands) == [true, false])
    #expect(result.widgets?.attributes["mood"] == nil)
    #expect(
      result.contradictions["widgets"]?.contains { $0.fact.hasPrefix("/attributes/mood/") } == false
    )
  }

  @Test func whatANewerSourceAddsIsNone() {
    let more = Fixtures.create.replacing(
      "| relationships.**gadget**",
      with: "| attributes.**tone** | `string` | Optional |\n| relationships.**gadget**")
    let result = Fixtures.distil(
      more, Fixtures.create.replacing("<b>/api/widgets</b>", with: "**/api/widgets**"))
    #expect(result.widgets?.attributes["tone"]?.create == .optional)
    #expect(result.contradictions["widgets"] == nil)
  }

  @Test func listsOfOneAge() throws {
    let other = Fixtures.list.replacing("* `size_code`", with: "* `weight`")
    let result = Fixtures.distil(Fixtures.create, Fixtures.list, other)
    let found = try #require(find("/attributes/weight/sort", result))
    #expect(found.rule == .firstOfOneAge)
    #expect(found.claims.map(\.says) == [nil, "true"])
    #expect(found.claims.map(\.page) == ["b.md", "c.md"])
  }

  @Test func aRelationshipIsNoAttribute() throws {
    let list =
      Fixtures.list + """

        ### Filterable fields

        #### Attributes

        * `gizmo`

        #### Relationships

        * `gizmo`
        """
    let result = Fixtures.distil(Fixtures.create, list)
    #expect(result.widgets?.relationships["gizmo"]?.filter == true)
    let found = try #require(find("/attributes/gizmo", result))
    #expect(found.rule == .relationshipOverAttribute)
    #expect(found.claims.map(\.says) == ["a relationship", "an attribute"])
  }

  @Test func aRemovedPageAgainstTheIndex() throws {
    let result = Distiller.distil([
      SourceFile(name: "d/SUMMARY.md", text: "* [x](widgets/list.md)"),
      SourceFile(name: "d/widgets/list.md", text: Fixtures.list),
      SourceFile(name: "d/widgets/create.md", text: Fixtures.create),
    ])
    let found = try #require(find("/operations/create", result))
    #expect(found.rule == .orphanRemoved)
    #expect(found.claims.map(\.page) == ["d/SUMMARY.md", "d/widgets/create.md"])
    #expect(found.claims.last?.says == "POST /api/widgets")
    #expect(result.widgets?.operations[.create] == nil)
  }

  @Test func aPageThatAnotherOneDenies() throws {
    let overview = """
      ---
      description: x
      ---

      # Widgets

      A widget object is returned as part of the response body of each successful list or retrieve API call.
      """
    let files = [
      SourceFile(name: "widgets/create.md", text: Fixtures.create),
      SourceFile(name: "widgets/list.md", text: Fixtures.list),
      SourceFile(name: "widgets/README.md", text: overview),
    ]
    let result = Distiller.distil(files)
    let found = try #require(find("/operations/create", result))
    #expect(found.rule == .removedByProse)
    #expect(found.claims.map(\.page) == ["widgets/README.md", "widgets/create.md"])
    #expect(found.claims.first?.line == Fixtures.line(of: "is returned", in: overview))
    #expect(result.widgets?.operations.keys.contains(.create) == false)
    // The pages that provenance names give the same again.
    let named = Set((result.sources["widgets"] ?? []).map(\.page))
    #expect(
      Distiller.distil(files.filter { named.contains($0.name) }).contradictions
        == result.contradictions)
  }

  @Test func thePublishedSchemaAgainstPages() throws {
    let schema = """
      [{"id": "widget", "type": "resources", "attributes": {
        "singleton": false, "deprecated": false, "actions": ["list", "create"],
        "fields": {
          "id": {"type": "string", "filterable": true, "sortable": true},
          "size_code": {"type": "integer", "required": "required",
            "creatable": true, "filterable": true, "sortable": false},
          "parts_count": {"type": "float", "sortable": true}
        },
        "relationships": {}
      }}]
      """
    let result = Distiller.distil([
      SourceFile(name: "a.json", text: schema), SourceFile(name: "b.md", text: Fixtures.create),
      SourceFile(name: "c.md", text: Fixtures.list),
    ])
    #expect(result.widgets?.attributes["size_code"]?.type == .integer)
    let type = try #require(find("/attributes/size_code/type", result))
    #expect(type.rule == .newerWins)
    #expect(type.claims.map(\.says) == ["integer", "string", "string", "string"])
    #expect(type.claims.first?.line == Fixtures.line(of: "\"size_code\"", in: schema))
    #expect(find("/attributes/size_code/sort", result)?.claims.map(\.says) == [nil, "true"])
    // JSON cannot tell a whole number from a float.
    #expect(find("/attributes/parts_count/type", result) == nil)
    #expect(find("/relationships/gadget", result)?.claims.first?.page == "a.json")
    #expect(result.diagnostics.allSatisfy { $0.severity == .note })
    let diagnostics = result.diagnostics.filter { $0.code == .contradiction }
    #expect(Set(diagnostics.map(\.file)) == ["b.md", "c.md"])
  }

  @Test func everyRuleHasWordsAndIsDocumented() throws {
    let document = try String(
      contentsOf: SharedPages.root.appending(path: "docs/decisions/spec.md"),
      encoding: .utf8)
    for rule in Rule.allCases {
      #expect(!rule.text.isEmpty)
      #expect(document.contains("`\(rule.rawValue)`"), "\(rule.rawValue)")
    }
  }
}
