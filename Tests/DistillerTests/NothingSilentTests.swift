import Spec
import Testing

@testable import Distiller

/// What a page says and no rule reads is a warning with its line, never silence.
@Suite struct NothingSilentTests {
  /// The warnings of a code about the page `text`, which stands beside the others.
  private func lines(
    _ code: DiagnosticCode, in text: String, beside other: String = Fixtures.create
  ) -> [Int] {
    Fixtures.distil(text, other).diagnostics
      .filter { $0.code == code && $0.file == "a.md" && $0.severity == .warning }.map(\.line)
  }

  private func line(of piece: String, in text: String) -> [Int] {
    [Fixtures.line(of: piece, in: text)]
  }

  @Test(arguments: ["Creating a widget", "New widget", "Widgets: create"])
  func anOperationWhoseTitleIsNotUnderstood(title: String) {
    let page = Fixtures.create.replacing("# Create a widget", with: "# \(title)")
    #expect(lines(.kindMismatch, in: page, beside: Fixtures.list) == line(of: title, in: page))
  }

  @Test func anOverviewIsNoOperation() {
    #expect(lines(.kindMismatch, in: "# Widgets\n\nWidgets are things.").isEmpty)
  }

  @Test(arguments: ["Sorting", "Deprecated attributes"])
  func aListOfNamesBelowAnotherHeading(heading: String) {
    let page = Fixtures.list + "\n\n### \(heading)\n\n* `id`\n* `weight`\n"
    #expect(lines(.badListItem, in: page) == line(of: "* `weight`", in: page).map { $0 - 1 })
  }

  @Test func otherListsAreProse() {
    let page = Fixtures.list + "\n\n### Ways\n\n* use `id`\n* wait\n"
    #expect(lines(.badListItem, in: page).isEmpty)
  }

  @Test(arguments: [
    "`size_code` and `weight`", "size_code, weight", "By these: `size_code`, `weight`.",
    "• size_code\n\n• weight",
  ])
  func aSentenceOfNamesAlone(sentence: String) {
    let page = Fixtures.list + "\n\n### Filterable fields\n\n\(sentence)\n"
    let widgets = Fixtures.distil(page, Fixtures.create).widgets
    #expect(widgets?.attributes["size_code"]?.filter == true)
    #expect(widgets?.attributes["weight"]?.filter == true)
    #expect(lines(.badListItem, in: page).isEmpty)
  }

  @Test(arguments: ["Only `size_code`.", "Everything but `size_code` counts."])
  func namesInASentence(sentence: String) {
    let page = Fixtures.list + "\n\n### Filterable fields\n\n\(sentence)\n"
    #expect(lines(.badListItem, in: page) == line(of: sentence, in: page))
    #expect(lines(.missingSection, in: page) == line(of: "# List", in: page))
  }

  @Test func aHeadingMayEndInAColon() {
    let page = Fixtures.list.replacing("Sortable attributes", with: "Sortable attributes:")
    #expect(Fixtures.distil(page, Fixtures.create).widgets?.attributes["size_code"]?.sort == true)
  }

  @Test func aTableOfArgumentsWithAnotherHeader() {
    let page = Fixtures.create.replacing("| Required |\n| -", with: "| Mandatory |\n| -")
    #expect(page != Fixtures.create)
    #expect(
      lines(.noRequiredColumn, in: page, beside: Fixtures.list) == line(of: "Mandatory", in: page))
    #expect(
      Fixtures.distil(page).widgets?.attributes
        == Fixtures.distil(Fixtures.create).widgets?.attributes)
  }

  @Test func aRowWithoutAName() {
    let page = Fixtures.page(rows: "| | `string` | Required |\n| | | |")
    #expect(lines(.badName, in: page, beside: Fixtures.list) == line(of: "| | `string`", in: page))
  }

  @Test func cellsBeyondTheHeader() {
    let page = Fixtures.page(rows: "| attributes.**a** | `string` | Required, x | y |")
    #expect(lines(.cellCount, in: page, beside: Fixtures.list) == line(of: "x | y", in: page))
    let html = """
      <html><main><h1>Create a widget</h1><p>POST https://host.example/api/widgets</p>
      <h3>Arguments</h3><table>
      <tr><th>Body Parameter</th><th>Type</th><th>Required</th></tr>
      <tr><td>attributes.a</td><td>string</td><td>Required</td><td>in part</td></tr>
      </table></main></html>
      """
    #expect(lines(.cellCount, in: html, beside: Fixtures.list) == line(of: "in part", in: html))
  }

  @Test func aHeadOfOrdinaryCellsIsAHeader() {
    let html = """
      <html><main><h1>Create a widget</h1><p>POST https://host.example/api/widgets</p>
      <h3>Arguments</h3><table>
      <thead><tr><td>Body Parameter</td><td>Type</td><td>Required</td></tr></thead>
      <tbody><tr><td>attributes.a</td><td>string</td><td>Required</td></tr></tbody>
      </table></main></html>
      """
    #expect(Fixtures.distil(html).widgets?.attributes["a"]?.create == .required)
  }

  @Test func barsThatAreEscapedAreText() {
    let rows = """
      | attributes.**a** | `string` | Optional, default is 'x\\|y' |
      attributes.**b** | `string` | Optional
      """
    #expect(lines(.cellCount, in: Fixtures.page(rows: rows)).isEmpty)
  }

  @Test func anOptionalCellThatGoesOn() {
    let page = Fixtures.page(rows: "| attributes.**a** | `string` | Optional, on Sundays |")
    #expect(lines(.badRequired, in: page, beside: Fixtures.list) == line(of: "Sundays", in: page))
  }

  @Test func aSecondRequestLine() {
    let page = Fixtures.create.replacing(
      "### Arguments", with: "**POST** https://host.example/api/gadgets\n\n### Arguments")
    #expect(
      lines(.methodMismatch, in: page, beside: Fixtures.list) == line(of: "/gadgets", in: page))
  }

  @Test func aSecondResponseThatSaysMore() {
    let response =
      #"{ "data": { "type": "widgets", "attributes": { "extra": 1, "weight": 1.0 } } }"#
    let page = Fixtures.create + "\n\n```javascript\n\(response)\n```\n"
    #expect(
      lines(.exampleMismatch, in: page, beside: Fixtures.list) == line(of: "extra", in: page))
  }

  @Test func whatIsNestedTooDeep() {
    let opening = String(repeating: "<div>", count: Limits.maximumElementDepth + 20)
    let html = "<html><main><h1>Create a widget</h1>\n\(opening)<p>lost</p></main></html>"
    #expect(lines(.deepNesting, in: html, beside: Fixtures.list) == [2])
    let page = Fixtures.create + "\n\n\(opening)\n\nlost\n"
    #expect(lines(.deepNesting, in: page, beside: Fixtures.list).count == 1)
  }
}
