import Spec
import Testing

@testable import Distiller

/// Pages as common tools turn them into text, and tables in forms of other editors.
@Suite struct ExtractedTextTests {
  /// The resource of a page that a create page's rows come out as.
  private func created(_ table: String, isMarkdown: Bool) throws -> ResourceSpec {
    let lines = [
      "Create a kite", "How to create a kite via API", "Request",
      "POST https://host.example/api/kites", "Arguments", table,
    ]
    let marks = ["# ", "", "## ", "", "### ", ""]
    let page =
      isMarkdown
      ? zip(marks, lines).map { $0 + $1 }.joined(separator: "\n\n")
      : lines.joined(separator: "\n")
    let result = Distiller.distil([SourceFile(name: "kites/create.txt", text: page)])
    return try #require(result.resources.first, "\(result.diagnostics)")
  }

  /// Name and need of every argument stand on the page, its type does not.
  private static let expected: [String: Requirement] = [
    "tail_color": .required, "cord": .optional, "knots": .optional, "spare": .conditional,
  ]

  @Test(arguments: [
    """
    Body Parameter |
    Type |
    Required |
    type |
    | Required |
    attributes.tail_color |
    | Required |
    attributes.cord |
    | Optional |
    attributes.knots |
    | Optional, default is '1' |
    attributes.spare |
    | Required, unless in scope |
    """,
    """
    | Body Parameter | Type | Required |
    |---|---|---|
    | type | | Required |
    | attributes.tail_color | | Required |
    | attributes.cord | | Optional |
    | attributes.knots | | Optional, default is '1' |
    | attributes.spare | | Required, unless in scope |
    """,
    """
    attributes.tail_color |  | Required
    attributes.cord |  | Optional
    attributes.knots |  | Optional, default is '1'
    attributes.spare |  | Required, unless in scope
    """,
    """
    Body Parameter
    Required
    attributes.tail_color
    Required
    attributes.cord
    Optional
    attributes.knots
    Optional, default is '1'
    attributes.spare
    Required, unless in scope
    On success, the API responds with a 201 Created status code.
    """,
    """
    attributes.tail_color |
    string
    | Required |
    attributes.cord |

    | Optional |

    attributes.knots |
    integer
    | Optional, default is '1' |
    attributes.spare |
    string |
    Required, unless in scope |
    """,
  ])
  func noNeedIsLostWithTheTypes(table: String) throws {
    let kites = try created(table, isMarkdown: false)
    #expect(kites.attributes.compactMapValues(\.create) == Self.expected, "\(table)")
  }

  @Test(arguments: [
    """
    | Body Parameter | Type | Required |
    |---|---|---|
    attributes.tail_color |
    | Required |
    attributes.cord |
    | Optional |
    attributes.knots |
    | Optional, default is '1' |
    attributes.spare |
    | Required, unless in scope |
    """,
    """
    | Body Parameter | Type | Required |
    |---|---|---|
    | attributes.tail_color | | Required |
    | attributes.cord | | Optional |
    | attributes.knots | | Optional, default is '1' |
    | attributes.spare | | Required, unless in scope |
    """,
    """
    **attributes.tail_color**

    Required

    **attributes.cord**

    Optional

    **attributes.knots**

    Optional, default is '1'

    **attributes.spare**

    Required, unless in scope
    """,
  ])
  func noNeedIsLostInMarkdown(table: String) throws {
    let kites = try created(table, isMarkdown: true)
    #expect(kites.attributes.compactMapValues(\.create) == Self.expected, "\(table)")
  }

  @Test func rowsWhoseHeadingWasLost() throws {
    let text = """
      Create a kite
      How to create a kite via API
      POST https://host.example/api/kites
      | Body Parameter | Type | Required |
      |---|---|---|
      | attributes.tail_color | string | Required |
      """
    let result = Distiller.distil([SourceFile(name: "k.txt", text: text)])
    #expect(result.resources.first?.attributes["tail_color"]?.create == .required)
  }

  @Test func aSentenceIsOneHoweverItIsWrapped() {
    let text = """
      The kite object
      How it looks
      A kite object is returned as part of the response body of each successful list,
      retrieve or update API call to the /api/kites endpoint.
      Fields
      Field
      Type
      Description
      attributes.name
      string
      What it is called
      """
    let facts = PageDistiller.distil(TextReader.read(text, file: "k.txt")).facts
    #expect(facts?.returning == [.list, .retrieve, .update])
  }

  @Test func linksAtTheEndAreNoFields() {
    let list = """
      List all kites
      How to list kites via API
      Request
      GET https://host.example/api/kites
      Sortable fields
      The list can be sorted by:
         * name
      References
         1. https://host.example/api
      """
    let result = Distiller.distil([SourceFile(name: "k.txt", text: list)])
    #expect(
      result.resources.first?.attributes.filter { $0.value.sort == true }.keys.sorted() == ["name"])
  }

  // MARK: Ticks

  private func table(_ rows: String, header: String = "| Body Parameter | Type | Required |") throws
    -> ResourceSpec
  {
    let page = "# Create a kite\n\n**POST** https://host.example/api/kites\n\n### Arguments\n\n"
    let result = Distiller.distil(
      [SourceFile(name: "k.md", text: page + header + "\n|---|---|---|\n" + rows + "\n")])
    return try #require(result.resources.first, "\(result.diagnostics)")
  }

  @Test(arguments: [
    ("true", "false"), ("True", "False"), ("`true`", "`false`"), ("[x]", "[ ]"),
    ("<input type=\"checkbox\" checked>", "<input type=\"checkbox\">"), ("☑", "☐"),
    (
      "<span role=\"checkbox\" aria-checked=\"true\"></span>",
      "<span role=\"checkbox\" aria-checked=\"false\"></span>"
    ),
  ])
  func boxesBelowRequired(ticked: String, empty: String) throws {
    let kites = try table(
      "| attributes.**a** | `string` | \(ticked) |\n| attributes.**b** | `string` | \(empty) |")
    #expect(kites.attributes["a"]?.create == .required)
    #expect(kites.attributes["b"]?.create == .optional)
  }

  @Test func trueBelowAnotherHeaderIsNoRequirement() throws {
    let kites = try table(
      "| attributes.**a** | `string` | true |\n| attributes.**b** | `string` | true |",
      header: "| Body Parameter | Type | Nullable |")
    #expect(kites.attributes["a"]?.create == .optional)
  }

  @Test func twoRowsOfHeaders() throws {
    let html = """
      <html><body><main><h1>Create a kite</h1><p>POST https://host.example/api/kites</p>
      <h3>Arguments</h3><table><thead><tr><th colspan="3">What to send</th></tr>
      <tr><th>Body Parameter</th><th>Type</th><th>Required</th></tr></thead><tbody>
      <tr><td>attributes.<b>a</b></td><td>string</td><td>Required</td></tr>
      <tr><th>Body Parameter</th><th>Type</th><th>Required</th></tr>
      <tr><td>attributes.<b>b</b></td><td>integer</td><td>Optional</td></tr>
      </tbody></table></main></body></html>
      """
    let result = Distiller.distil([SourceFile(name: "k.html", text: html)])
    let kites = try #require(result.resources.first)
    #expect(kites.attributes["a"] == .init(type: .string, create: .required))
    #expect(kites.attributes["b"] == .init(type: .integer, create: .optional))
    #expect(result.first(.badName) == nil)
  }

  @Test func tablesInsideTables() throws {
    let inner =
      "<table><tr><th>Body Parameter</th><th>Type</th><th>Required</th></tr>"
      + "<tr><td>attributes.<b>a</b></td><td>string<table><tr><td>long</td></tr></table></td>"
      + "<td>Required</td></tr></table>"
    let html =
      "<html><body><table><tr><td><h1>Create a kite</h1><p>POST https://host.example/api/kites</p>"
      + "<h3>Arguments</h3>\(inner)</td></tr></table></body></html>"
    let result = Distiller.distil([SourceFile(name: "k.html", text: html)])
    #expect(
      result.resources.first?.attributes["a"] == .init(type: .string, create: .required),
      "\(result.diagnostics)")
  }

  // MARK: Values of others

  @Test(arguments: [
    "Present when `status` is one of `a` or `b`.", "Why. Set if `status` can be `a` or `b`.",
    "The reason, when status is one of 'a', 'b'.", "As `status`, one of `a` or `b`.",
    "Depends on payment_status, which can be 'a' or 'b'.", "Can be `a` or `b` if `status` is `c`.",
  ])
  func valuesOfAnotherAttributeAreNotBorrowed(text: String) throws {
    let kites = try object(text)
    #expect(kites.attributes["cancel_reason"]?.values == nil)
  }

  @Test(arguments: [
    "One of `a` or `b`.", "Present when `status` is set. One of `a` or `b`.",
    "The `cancel_reason`, one of 'a', 'b'.", "If set, one of `a`, `b`.", "Why; can be `a` or `b`.",
  ])
  func valuesOfItsOwnAreRead(text: String) throws {
    #expect(try object(text).attributes["cancel_reason"]?.values == ["a", "b"])
  }

  private func object(_ text: String) throws -> ResourceSpec {
    let page = """
      # The kite object

      | Field | Type | Description |
      |---|---|---|
      | type | `string` | `kites` |
      | attributes.**status** | `string` | How it is |
      | attributes.**cancel_reason** | `string` | \(text) |
      """
    return try #require(
      Distiller.distil([SourceFile(name: "k.md", text: page)]).resources.first)
  }
}

/// The sample pages without their Type cells, as extractors that drop marked code leave them.
@Suite(
  .enabled(
    if: SharedPages.isThere("resources-2022") && SharedPages.isThere("api-2021"),
    "the pages of 2021 and 2022 are not beside the package"))
struct ExtractedCorpusTests {
  @Test(arguments: ["resources-2022", "api-2021"], [ExtractStyle.Tables.untyped, .untypedBars])
  func noNameAndNoNeedIsLost(folder: String, tables: ExtractStyle.Tables) throws {
    let files = try SharedPages.files(folder).filter {
      $0.name.hasSuffix(".md") && !$0.name.hasSuffix("README.md")
    }
    let expected = Distiller.distil(files)
    let result = Distiller.distil(
      try files.map { file in
        let page = try MarkdownReader.read(
          String(decoding: file.bytes, as: UTF8.self), file: file.name)
        return SourceFile(name: file.name, text: ExtractStyle(tables: tables).render(page))
      })
    var lost: [String] = []
    for one in expected.resources {
      let found =
        try result.resources.first { $0.resource == one.resource }
        .map { try Fact.all(of: $0) } ?? [:]
      for (fact, value) in try Fact.all(of: one) where found[fact] != value {
        // Types, and how many a relationship leads to, stood in the cell that is gone.
        if fact.hasSuffix("/type") || fact.hasSuffix("/cardinality") || fact.hasSuffix("/resource")
        {
          continue
        }
        lost.append("\(one.resource)\(fact)")
      }
    }
    #expect(lost.sorted() == [])
  }
}
