import Spec
import Testing

@testable import Distiller

/// One page, whatever it is written in, gives the same facts: invented pages in every form.
@Suite struct EveryFormTests {
  /// The pages of an invented resource as they were in 2022, with all kinds of rows.
  private static let pages = [
    Fixtures.page(
      rows: """
        | **type** | `string` | Required |
        | attributes.**size_code** | `string` | Required |
        | attributes.**weight** | `float` | Required, unless in scope |
        | attributes.**sealed** | `boolean` | Optional, default is 'false' |
        | attributes.**\\_polish** | `boolean, value is 'true'` | Optional |
        | attributes.**shade** | `string` | Required, if not set through the `hue_code` attribute |
        | relationships.**gadget** | `object` | Required |
        | relationships.**sprockets** | `array` | Optional |
        """
    ).replacing("```javascript\n{", with: "It gives `201 Created`:\n\n```javascript\n{"),
    Fixtures.list.replacing("Sortable attributes", with: "Sortable fields")
      .replacing("\"parts_count\": 3 }", with: allAttributes)
      + "\n\n### Filterable fields\n\nOf these:\n\n#### Attributes\n\n* `id`\n* `weight`\n\n#### Relationships\n\n* `sprockets`\n",
    """
    ---
    description: x
    ---

    # The widget object

    ## Fields

    | Field | Type | Description |
    | ----- | ---- | ----------- |
    | **type** | `string` | `widgets` |
    | **id** | `string` | What it is known by |
    | attributes.**motto** | `string` | What it says |
    | relationships.**gadget** | `object` | Its gadget |
    | meta.**mode** | `string` | Where |
    """,
  ]

  private static let allAttributes =
    "\"weight\": 10.0, \"sealed\": true, \"parts_count\": 3, "
    + "\"made_at\": \"2020-02-02T02:02:02.000Z\", \"metadata\": {} }"

  private static func spec(_ files: [SourceFile]) throws -> (ResourceSpec, [PageDiagnostic]) {
    let result = Distiller.distil(files)
    return (
      try #require(result.widgets, "\(result.diagnostics)"),
      result.diagnostics.filter { $0.severity > .note }
    )
  }

  @Test(arguments: PageForm.all)
  func factsAreTheSame(form: PageForm) throws {
    let originals = Self.pages.enumerated().map {
      SourceFile(name: "\($0.offset).md", text: $0.element)
    }
    let expected = try Self.spec(originals).0
    #expect(expected.attributes["weight"]?.createCondition?.text == "unless in scope")
    #expect(expected.attributes["motto"] != nil)
    let rendered = try originals.map { file in
      let page = try MarkdownReader.read(
        String(decoding: file.bytes, as: UTF8.self), file: file.name)
      return SourceFile(name: file.name + "." + form.ending, text: form.render(page))
    }
    let (found, warnings) = try Self.spec(rendered)
    #expect(found == expected)
    #expect(warnings == [])
  }
}
