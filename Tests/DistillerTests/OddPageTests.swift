import Spec
import Testing

@testable import Distiller

/// Pages written by hand in ways that no renderer of ours produces.
@Suite struct OddPageTests {
  private func distil(_ text: String, named name: String = "w.html") -> DistillResult {
    Distiller.distil([SourceFile(name: name, text: text)])
  }

  private static let start = """
    <html><body><main><h1>Create a widget</h1>
    <p><strong>POST</strong> https://host.example/api/widgets</p>
    <h3>Arguments</h3>
    """

  @Test(arguments: [
    "<pre><code><span>{</span><span>\"data\"</span>: {\"attributes\": {<span>\"n\"</span>: <span>1</span>}}}</code></pre>",
    "<pre><code>{</code><code>\"data\": {\"attributes\": {\"n\": 1</code><code>}}}</code></pre>",
    "<pre><div>1{</div><div>2\"data\": {\"attributes\": {</div><div>3\"n\": 1}}}</div></pre>",
    "<pre>{<br>\"data\": {<br>\"attributes\": {\"n\": 1}}}</pre>",
    "<div><code>{\n\"data\": {\"attributes\": {\"n\": 1}}\n}</code></div>",
    "<div>{</div><div>\"data\": {</div><div>\"attributes\": {\"n\": 1}</div><div>}</div><div>}</div>",
  ])
  func codeInEveryNesting(html: String) {
    let page = """
      <html><body><main><h1>Retrieve a widget</h1><h2>Request</h2>
      <div><span>GET</span></div><div>https://host.example/api/widgets/:id</div>
      <h3>Example</h3><p>It says <code>200 OK</code>:</p>\(html)</main></body></html>
      """
    let result = distil(page)
    #expect(result.widgets?.attributes["n"]?.type == .integer, "\(result.diagnostics)")
    #expect(result.widgets?.operations[.retrieve]?.path == "/api/widgets/:id")
  }

  @Test func theHeaderIsARowOfOrdinaryCells() {
    let result = distil(
      Self.start + """
        <table><tr><td>Body Parameter</td><td>Type</td><td>Required</td></tr>
        <tr><td><b>type</b></td><td>string</td><td>Required</td></tr>
        <tr><td>attributes.<code><b>size_code</b></code></td><td>string</td><td>Required<br>unless hidden</td></tr>
        </table></main></body></html>
        """)
    #expect(
      result.widgets?.attributes["size_code"]
        == .init(type: .string, create: .conditional, createCondition: .init(text: "unless hidden"))
    )
  }

  @Test func termsWithTypeAndRequirementInOne() {
    let result = distil(
      Self.start + """
        <dl><dt>attributes.size_code</dt><dd><code>string</code>, required</dd>
        <dt>attributes.weight</dt><dd><code>float</code> (optional)</dd></dl></main></body></html>
        """)
    #expect(result.widgets?.attributes["size_code"] == .init(type: .string, create: .required))
    #expect(result.widgets?.attributes["weight"] == .init(type: .float, create: .optional))
  }

  @Test func tabsAreJoinedByAnyId() {
    let page = """
      <html><body><main><h1>Create a widget</h1>
      <p>POST https://host.example/api/widgets</p><h3>Example</h3>
      <div role="tablist"><div><button role="tab" id="t1">Request</button><button role="tab" id="t2">Response</button></div></div>
      <div role="tabpanel" aria-labelledby="t1"><pre>{ "data": { "type": "widgets", "attributes": { "sent": 1 } } }</pre></div>
      <div role="tabpanel" aria-labelledby="t2" aria-hidden="true"><pre>{ "data": { "type": "widgets", "attributes": { "answered": 1 } } }</pre></div>
      </main></body></html>
      """
    for html in [page, page.replacing("aria-labelledby", with: "data-x")] {
      let names = distil(html).widgets?.attributes.keys.sorted()
      #expect(names == ["answered", "id"])
    }
  }

  @Test func listsInEveryNesting() {
    let page = """
      <html><body><main><h1>List all widgets</h1><p>GET https://host.example/api/widgets</p>
      <h3>Sortable fields</h3><table><tr><th>Name</th><th>What</th></tr><tr><td><code>id</code></td><td>x</td></tr></table>
      <details><summary>Filterable fields</summary>
      <ul><li>Attributes<ul><li><code>id</code>: the id</li><li>attributes.size_code</li></ul></li>
      <li>Relationships<ol><li>sprockets;</li></ol></li></ul></details>
      </main></body></html>
      """
    let widgets = distil(page).widgets
    #expect(widgets?.attributes["id"] == .init(type: .string, filter: true, sort: true))
    #expect(widgets?.attributes["size_code"]?.filter == true)
    #expect(widgets?.relationships["sprockets"]?.filter == true)
  }

  @Test func listsInMarkdown() {
    let page = """
      # List all widgets

      **GET** https://host.example/api/widgets

      ### Sortable by

      1. **id**
      2. [`size_code`](x.md) - its size

      ### Filterable fields

      **Attributes**

      - id

      **Relationships**

      - sprockets
      """
    let widgets = distil(page, named: "w.md").widgets
    #expect(widgets?.attributes["size_code"]?.sort == true)
    #expect(widgets?.relationships["sprockets"]?.filter == true)
  }

  @Test func aSecondPageInTheDocumentIsReported() throws {
    let page = """
      <html><body><main><h1>Create a widget</h1><p>POST https://host.example/api/widgets</p></main>
      <main><h1>Create a gadget</h1><p>POST https://host.example/api/gadgets</p></main></body></html>
      """
    let result = distil(page)
    #expect(result.resources.map(\.resource) == ["widgets"])
    #expect(try #require(result.first(.duplicatePage)).line == 2)
  }

  @Test func blocksOf2019AreLeftOutWhole() throws {
    let page = """
      # Widgets

      {% api-method method="get" host="https://host.example" path="/api/widgets" %}
      {% api-method-summary %}
      List all widgets
      {% endapi-method-summary %}
      {% api-method-response-example httpCode=200 %}
      ```javascript
      { "data": [ { "attributes": { "n": 1 } } ] }
      ```
      {% endapi-method-response-example %}
      {% endapi-method %}

      {% api-method method="post" host="https://host.example" path="/api/widgets" %}
      {% endapi-method %}
      """
    let result = distil(page, named: "w.md")
    let blocks = result.diagnostics.filter { $0.code == .apiMethodBlock }
    #expect(blocks.map(\.line) == [3, 14])
    #expect(blocks.allSatisfy { $0.severity == .warning && $0.expected != nil })
    #expect(result.resources.isEmpty)
  }

  @Test func tablesOfPostmanAreOutOfScope() throws {
    let page = """
      # Create a widget

      **POST** https://host.example/api/widgets

      ### Arguments

      | Key | Datatype | Required | Description |
      | --- | --- | --- | --- |
      | name | string | Required | x |
      """
    let diagnostic = try #require(distil(page, named: "w.md").first(.otherTable))
    #expect(diagnostic.line == 7)
    #expect(diagnostic.message.contains("Postman"))
  }

  @Test func textOf2019IsOutOfScope() throws {
    let page =
      "Widgets\n\nname\nstring\nIts name.\nExample:\nfoo\n\nsize\nstring\nIts size.\nExample:\nbar\n"
    let diagnostic = try #require(distil(page, named: "w.txt").diagnostics.first { $0.line == 6 })
    #expect(diagnostic.code == .notReference)
  }

  @Test func ignoredFoldersAreSaidOnce() {
    let files = ["abstracts/a.md", "abstracts/b.md", ".gitbook/c.md"].map {
      SourceFile(name: $0, text: "Things")
    }
    let result = Distiller.distil(files + [SourceFile(name: "w/create.md", text: Fixtures.create)])
    #expect(result.diagnostics.filter { $0.message.contains("left out") }.count == 2)
  }

  @Test func operationsThatProseDeniesAreRemoved() throws {
    let object = """
      # The widget object

      A widget object is returned as part of the response body of each successful list or retrieve API call.
      """
    let files = [
      SourceFile(name: "w/create.md", text: Fixtures.create),
      SourceFile(name: "w/list.md", text: Fixtures.list),
      SourceFile(name: "w/object.md", text: object),
    ]
    let result = Distiller.distil(files)
    #expect(result.widgets?.operations.keys.sorted { $0.rawValue < $1.rawValue } == [.list])
    let diagnostic = try #require(result.first(.orphanPage))
    #expect(diagnostic.file == "w/create.md")
    #expect(diagnostic.message.contains("w/object.md:3"))
  }

  @Test func aBranchOfTagsAndTextOnOneLine() {
    let overview = """
      # Widgets

      {% hint style="warning" %}The `size_code` attribute is deprecated.{% endhint %}
      """
    #expect(
      Fixtures.distil(Fixtures.create, overview).widgets?.attributes["size_code"]?.deprecated
        == true)
  }

  @Test func namesThatDisagreeAreReported() {
    let page = Fixtures.create.replacing("# Create a widget", with: "# Create a gizmo")
    let result = Distiller.distil([SourceFile(name: "w/update.md", text: page)])
    #expect(result.first(.nameMismatch)?.line == 5)
    #expect(result.first(.kindMismatch)?.line == 5)
    #expect(result.widgets?.operations[.create] != nil)
  }

  @Test(arguments: ["SKUs", "SKU list items", "Checkout.com gateways", "In-stock subscriptions"])
  func titlesWithAcronymsAndDots(title: String) {
    let name = Names.slug(title)
    let page = Fixtures.list.replacing("# List all widgets", with: "# List all \(title)")
      .replacing("api/widgets", with: "api/\(name)").replacing("\"widgets\"", with: "\"\(name)\"")
    let result = distil(page, named: "l.md")
    #expect(result.resources.map(\.resource) == [name])
    #expect(!result.codes.contains(.nameMismatch))
  }

  @Test func linesOfHTMLInMarkdownAreKnown() throws {
    let page = """
      # Create a widget

      **POST** https://host.example/api/widgets

      ### Arguments

      <table>
      <tr><th>Body Parameter</th><th>Type</th><th>Required</th></tr>
      <tr><td>attributes.a</td><td>string</td><td>Required</td></tr>
      <tr><td>attributes.b</td><td>decimal</td><td>Required</td></tr>
      </table>
      """
    let result = distil(page, named: "w.md")
    #expect(try #require(result.first(.unknownType)).line == 10)
    #expect(result.widgets?.attributes["a"]?.create == .required)
  }
}

/// What copying may leave out or add.
@Suite struct OddTextTests {
  private func distil(_ text: String) -> DistillResult {
    Distiller.distil([SourceFile(name: "w.txt", text: text)])
  }

  @Test func onlyTheFirstTabWasCopied() throws {
    let page = """
      Create a widget
      How to create a widget via API
      Request
      POST https://host.example/api/widgets
      Arguments
      Body ParameterTypeRequired
      attributes.
      size_code
      string
      Required, if not set through the
      hue_code
      attribute
      attributes.weightfloatOptional
      Weights are rounded.
      Example
      RequestResponse
      1
      2
      curl -g -X POST 'https://host.example/api/widgets' -d '{ "data": { "type": "widgets",
      "attributes": { "size_code": "X" } } }'
      Last updated 2 months ago
      """
    let result = distil(page)
    let widgets = try #require(result.widgets)
    #expect(
      widgets.attributes["size_code"]
        == .init(
          type: .string, create: .conditional,
          createCondition: .init(text: "if not set through the hue_code attribute")))
    #expect(widgets.attributes["weight"] == .init(type: .float, create: .optional))
    #expect(result.diagnostics.filter { $0.severity > .note }.map(\.code) == [.missingSection])
  }

  @Test func aTableOfContentsIsNoSection() throws {
    let page = """
      List all widgets
      On this page
      Request
      Example
      Sortable fields
      How to list widgets
      Request
      GET https://host.example/api/widgets
      Sortable fields
      The list can be
      sorted
      by the following fields:
      •
      id
      1. size_code
      """
    let widgets = try #require(distil(page).widgets)
    #expect(widgets.operations[.list]?.path == "/api/widgets")
    #expect(widgets.attributes.keys.sorted() == ["id", "size_code"])
  }

  @Test func anOverviewIsFoundByItsDescription() {
    let overview = """
      API reference
      Widgets
      The widget object and the allowed CRUD operations on the related resource endpoint
      The size_code and parts_count attributes are deprecated.
      """
    let result = Distiller.distil([
      SourceFile(name: "a.md", text: Fixtures.create), SourceFile(name: "b.txt", text: overview),
    ])
    #expect(result.widgets?.attributes["size_code"]?.deprecated == true)
    #expect(result.widgets?.attributes["parts_count"]?.deprecated == true)
  }
}
