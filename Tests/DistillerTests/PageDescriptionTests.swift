import Foundation
import Spec
import Testing

@testable import Distiller

/// Sentences are kept apart from facts.
@Suite struct PageDescriptionTests {
  private static let object = """
    # The widget object

    Its parts.

    ## Fields

    | Field | Type | Description |
    | --- | --- | --- |
    | attributes.**size_code** | `string` | How  large `it` is |
    | relationships.**gadget** | `object` | What it belongs to |
    | attributes.**weight** | `float` | |
    """

  @Test func theNewestSourceSpeaksFirst() throws {
    let overview = "# Widgets\n\nThings that *turn*.\n\nMore."
    let older = Self.object.replacing("How  large `it` is", with: "Old words")
    let files = [
      SourceFile(name: "widgets/create.md", text: Fixtures.create),
      SourceFile(name: "widgets/object.md", text: Self.object),
      SourceFile(name: "widgets/README.md", text: overview),
      SourceFile(name: "widgets/z.md", text: older),
    ]
    let result = Distiller.distil(files)
    #expect(
      result.descriptions["widgets"]
        == ResourceDescriptions(
          resource: "widgets", description: "Things that turn.",
          attributes: ["size_code": "How large it is"],
          relationships: ["gadget": "What it belongs to"]))
  }

  @Test func thePublishedSchemaDescribesItsMembers() {
    let schema = PublishedFixtures.schema.replacing(
      "\"made_at\": {", with: "\"made_at\": {\"desc\": \" When\\nmade. \", ")
    let result = Distiller.distil([SourceFile(name: "s.json", text: schema)])
    #expect(result.descriptions["tax_widgets"]?.attributes == ["made_at": "When made."])
    #expect(result.diagnostics.allSatisfy { $0.code != .unknownMember })
  }

  @Test func factsDoNotDependOnSentences() throws {
    let other = Self.object.replacing("How  large `it` is", with: "No word of `it`")
    let one = Fixtures.distil(Fixtures.create, Self.object)
    let two = Fixtures.distil(Fixtures.create, other)
    #expect(one.resources == two.resources)
    #expect(one.descriptions != two.descriptions)
  }

  @Test func longOnesAreCut() {
    let text = PageDescriptions.clean(String(repeating: "ab ", count: 100_000))
    #expect(text?.count == PageDescriptions.maximumLength + 1)
    #expect(PageDescriptions.clean(" \n\t ") == nil)
  }
}
