import Spec
import Testing

@testable import Distiller

/// Which files of a folder are pages, and which of them their table of contents removes.
@Suite struct PageSelectionTests {
  private func files(_ summary: String, _ others: SourceFile...) -> [SourceFile] {
    [
      SourceFile(name: "docs/SUMMARY.md", text: summary),
      SourceFile(name: "docs/widgets/create.md", text: Fixtures.create),
    ] + others
  }

  @Test(arguments: [
    #"* [New](widgets/create.md "Making one")"#, "* [New](widgets/create.md 'Making one')",
    "* [New](widgets/create.md (Making one))", "* [New](<widgets/create.md> \"x\")",
    "* [New]( widgets/create.md )", "* [New](./widgets/create.md#arguments)",
    "* [New](/widgets/create.md)", "* [New](gadgets/../widgets/create.md)",
    "* [New](widgets%2Fcreate.md)", "* [New](widgets/create)", "* [New](widgets/create.html)",
    "* [New][1]\n\n[1]: widgets/create.md \"x\"", "* <a href='widgets/create.md'>New</a>",
    "* [New `[x](y)`](widgets/create.md)", "* [New](widgets\\/create.md?x=1)",
  ])
  func everyWayToLinkAPageCounts(summary: String) {
    let result = Distiller.distil(files(summary))
    #expect(result.first(.orphanPage) == nil)
    #expect(result.first(.noIndex) == nil)
    #expect(result.widgets?.operations[.create] != nil)
  }

  @Test func aLinkInACommentIsNone() {
    let list = SourceFile(name: "docs/widgets/list.md", text: Fixtures.list)
    let result = Distiller.distil(
      files("* [All](widgets/list.md)\n<!-- * [New](widgets/create.md) -->\n", list))
    #expect(result.first(.orphanPage)?.file == "docs/widgets/create.md")
    #expect(result.widgets?.operations.keys.map(\.rawValue) == ["list"])
  }

  @Test func blanksThatNothingEscapes() {
    #expect(MarkdownLinks.targets(in: "[a](my page.md) [b](c(d).md)") == ["my page.md", "c(d).md"])
    #expect(MarkdownLinks.targets(in: "[a](x.md \"un\nclosed) [b](y.md)").last == "y.md")
    #expect(MarkdownLinks.targets(in: "[^1]: a note") == [])
  }

  @Test
  func hostileLinksTakeNoTime() {
    for piece in ["](", "](<", "[a](b \"", "<!--", "[x]:", "href=\"", "](a(", "\\"] {
      let text = String(repeating: piece, count: 50_000)
      #expect(MarkdownLinks.targets(in: text).count <= MarkdownLinks.maximum)
    }
  }

  @Test func thePublishedSchemaBesideATableOfContentsIsRead() {
    let schema = SourceFile(
      name: "docs/resources.json",
      text: """
        [{ "id": "gadgets", "type": "resources", "attributes": {
          "singleton": false, "deprecated": false, "actions": ["list"], "fields": {},
          "relationships": {} } }]
        """)
    let result = Distiller.distil(files("* [New](widgets/create.md)", schema))
    #expect(
      !result.diagnostics.contains { $0.file == "docs/resources.json" && $0.code == .orphanPage })
    #expect(result.resources.contains { $0.resource != "widgets" } || result.hasErrors)
  }

  @Test func theNearestTableOfContentsSpeaks() {
    let result = Distiller.distil([
      SourceFile(name: "docs/SUMMARY.md", text: "* [Guide](guide.md)"),
      SourceFile(name: "docs/guide.md", text: "# Guide\n\nHello."),
      SourceFile(name: "docs/api/SUMMARY.md", text: "* [New](widgets/create.md)"),
      SourceFile(name: "docs/api/widgets/create.md", text: Fixtures.create),
    ])
    #expect(result.first(.orphanPage) == nil && result.widgets != nil)
  }

  @Test func aTableOfContentsThatLinksNothingRetiresNothing() {
    let result = Distiller.distil(files("# Contents\n\nComing soon.\n"))
    #expect(result.widgets != nil && result.first(.orphanPage) == nil)
    #expect(result.first(.noIndex)?.severity == .warning)
  }

  @Test func proseThatNothingLinksIsOnlyNoted() {
    let note = SourceFile(name: "docs/notes.md", text: "# Notes\n\nOf no use.")
    let result = Distiller.distil(files("* [New](widgets/create.md)", note))
    #expect(result.first(.orphanPage)?.severity == .note)
  }

  // MARK: What a run depends on

  private static let withGadget = Fixtures.page(
    rows: "| relationships.**gadget** | `object` | Required |",
    response: "{ \"data\": { \"id\": \"a\", \"type\": \"widgets\", \"attributes\": { \"a\": 1 } } }"
  )

  @Test func aTargetIsKnownFromThePagesOrByName() {
    let files = [SourceFile(name: "w/create.md", text: Self.withGadget)]
    #expect(Distiller.distil(files).widgets?.relationships["gadget"]?.resource == nil)
    let known = Distiller.distil(files, known: ["gadgets"])
    #expect(known.widgets?.relationships["gadget"]?.resource == "gadgets")
    var provenance = Fixtures.provenance(known, files)
    #expect(provenance.assumedTargets(known.resources) == ["gadgets"])
    provenance.resources = [:]
    #expect(provenance.assumedTargets(known.resources) == [])
  }

  @Test func aResourceThatVanishedIsNamed() {
    let widgets = SourceFile(name: "docs/widgets/create.md", text: Fixtures.create)
    let gadgets = SourceFile(
      name: "docs/gadgets/create.md", text: Fixtures.create.replacing("widgets", with: "gadgets"))
    let provenance = Fixtures.provenance(Distiller.distil([widgets, gadgets]), [widgets, gadgets])
    let result = Distiller.distil([widgets])
    #expect(provenance.vanished(from: result) { $0.hasPrefix("docs/") } == ["gadgets"])
    #expect(
      provenance.vanished(from: result, covers: { $0.hasPrefix("docs/") }, only: ["widgets"]) == [])
    // Pages that the run was not given may still describe it.
    #expect(provenance.vanished(from: result) { $0 == "docs/widgets/create.md" } == [])
  }
}

extension Fixtures {
  static func provenance(_ result: DistillResult, _ files: [SourceFile]) -> Provenance {
    var provenance = Provenance.none
    provenance.record(result, files: files) { _ in "00" }
    return provenance
  }
}
