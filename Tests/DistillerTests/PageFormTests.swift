import Distiller
import Spec
import Testing

/// The same facts in four forms of page give the same spec.
@Suite struct PageFormTests {
  private static let expected = ResourceSpec(
    resource: "widgets", singular: "widget",
    operations: [.create: OperationSpec(method: "POST", path: "/api/widgets", success: 201)],
    attributes: [
      "id": .init(type: .string),
      "size_code": .init(type: .string, create: .required),
      "weight": .init(
        type: .float, create: .conditional, createCondition: .init(text: "unless in scope")),
      "parts_count": .init(type: .integer),
    ],
    relationships: ["gadget": .init(cardinality: .one, create: .required)])

  private static let code = """
    {
    "data": {
    "id": "abc",
    "type": "widgets",
    "attributes": {
    "size_code": "XL",
    "weight": 2.0,
    "parts_count": 3
    },
    "relationships": {
    }
    }
    }
    """

  private static let markdown = """
    # Create a widget

    ## Request

    **POST** <https://host.example/api/widgets>

    ### Arguments

    | Body Parameter | Type | Required |
    | --- | --- | --- |
    | **type** | `string` | Required |
    | attributes.**size\\_code** | `string` | Required |
    | attributes.<b>weight</b> | `float` | Required, unless in scope |
    | relationships.**gadget** | `object` | Required |

    ### Example

    {% tabs %}
    {% tab title="Response" %}
    It says `201 Created`:

    ```json
    \(code)
    ```
    {% endtab %}
    {% endtabs %}
    """

  private static let tableHTML = """
    <!DOCTYPE html>
    <html><head><title>x</title><script>var fake = "<table><tr><td>attributes.fake</td></tr></table>";</script></head>
    <body><header><h1>Site</h1></header><nav><a>Create an import</a></nav>
    <main><header><h1>Create a widget</h1><p>Making widgets</p></header>
    <h2 id="request"><div><a href="#request" aria-label="Direct link to heading"><svg></svg></a></div><div>Request</div></h2>
    <p><strong>POST</strong> <a href="x">https://host.example</a><strong>/api/widgets</strong></p>
    <h3>Arguments</h3>
    <table><thead><tr><th>Body Parameter</th><th>Type</th><th>Required</th></tr></thead><tbody>
    <tr><td><div><div><p><strong>type</strong></p></div></div></td><td><code>string</code></td><td>Required</td></tr>
    <tr><td><div><p>attributes.<strong>size_code</strong></p></div></td><td><p><code>string</code></p></td><td>Required</td></tr>
    <tr><td>attributes.<strong>weight</strong></td><td><code>float</code></td><td>Required, unless in scope</td></tr>
    <tr><td>relationships.<strong>gadget</strong></td><td><code>object</code></td><td>Required</td></tr>
    </tbody></table>
    <h3>Example</h3>
    <div><div role="tablist"><button role="tab" id="tab-a" aria-controls="a">Request</button><button role="tab" id="tab-b" aria-controls="b">Response</button></div>
    <div role="tabpanel" id="a"><p>Like this</p></div>
    <div role="tabpanel" id="b" class="hidden"><p>It says <code>201 Created</code>:</p>
    <div><button aria-label="Copy">Copy</button><pre><code>\(lines(code))</code></pre></div></div></div>
    </main><footer>Last updated</footer></body></html>
    """

  private static let roleHTML = """
    <!doctype html>
    <html><body><main><h1>Create a widget</h1>
    <h2>Request</h2>
    <p><strong>POST</strong> <code>https://host.example/api/widgets</code></p>
    <h3>Arguments</h3>
    <div role="table"><div role="rowgroup"><div role="row">
      <div role="columnheader">Body Parameter</div><div role="columnheader">Type</div><div role="columnheader">Required</div></div></div>
     <div role="rowgroup"><div role="row"><div role="cell"><div><p><strong>type</strong></p></div></div><div role="cell"><code>string</code></div><div role="cell">Required</div></div>
     <div role="row"><div role="cell"><div><p>attributes.<strong>size_code</strong></p></div></div><div role="cell"><p><code>string</code></p></div><div role="cell"><p>Required</p></div></div>
     <div role="row"><div role="cell">attributes.<code><strong>weight</strong></code></div><div role="cell"><code>float</code></div><div role="cell">Required, unless in scope</div></div>
     <div role="row"><div role="cell">relationships.<strong>gadget</strong></div><div role="cell"><code>object</code></div><div role="cell">Required</div></div>
    </div></div>
    <h3>Example</h3>
    <p>It says <code>201 Created</code>:</p>
    <pre><code>\(divs(code))</code></pre>
    </main></body></html>
    """

  private static let text = """
    API reference
    Search
    ⌃K

    Create a widget

    How to make a widget
    Send a POST request to /api/widgets.

    Request

    POST https://host.example/api/widgets

    Arguments

    Body Parameter
    Type
    Required
    type
    string
    Required
    attributes.size_code
    string
    Required
    attributes.weight
    float
    Required, unless in scope
    relationships.gadget
    object
    Required

    Example

    Request
    Response
    Like this:
    curl -g -X POST \\
    'https://host.example/api/widgets' \\
    -d '{
    "data": {
    "type": "widgets",
    "attributes": {
    "size_code": "XL"
    }
    }
    }'
    It says 201 Created here:
    \(code)
    Last updated 3 months ago
    """

  private static func lines(_ code: String) -> String {
    code.split(separator: "\n").map {
      "<span class=\"l\"><span>\($0.replacing("\"", with: "&quot;"))\n</span></span>"
    }.joined()
  }

  private static func divs(_ code: String) -> String {
    code.split(separator: "\n").map { "<div>\($0.replacing("\"", with: "&quot;"))</div>" }.joined()
  }

  @Test(arguments: [
    ("Markdown", markdown), ("HTML with tables", tableHTML), ("HTML with roles", roleHTML),
    ("copied text", text),
  ])
  func formsAgree(form: String, page: String) throws {
    let result = Distiller.distil([SourceFile(name: "page.txt", text: page)])
    let widgets = try #require(result.widgets, "\(form): \(result.diagnostics)")
    #expect(widgets == Self.expected, "\(form)")
    #expect(result.diagnostics.allSatisfy { $0.severity < .warning }, "\(result.diagnostics)")
  }

  @Test func textWithoutEndOfLineKeepsItsLastItem() throws {
    let page = """
      List all widgets

      How to list widgets

      Request

      GET https://host.example/api/widgets

      Sortable fields

        • id
        • size_code

      Filterable fields

      Attributes

        • id

      Relationships

        • sprockets
      """
    let widgets = try #require(Distiller.distil([SourceFile(name: "l", text: page)]).widgets)
    #expect(widgets.attributes["size_code"]?.sort == true)
    #expect(widgets.attributes["id"] == .init(type: .string, filter: true, sort: true))
    #expect(
      widgets.relationships["sprockets"]
        == .init(cardinality: .many, resource: "sprockets", filter: true))
  }

  @Test func textWithLineNumbersAndNoiseIsRead() throws {
    let page = """
      Update a widget
      How to update a widget
      Request
      PATCH https://host.example/api/widgets/:id
      Arguments
      Body ParameterTypeRequired
      id
      string
      Required
      attributes.size_code
      string
      Optional
      Example
      Response
      It answers with a 200 OK here
      1
      {
      2
      "data": { "id": "a", "type": "widgets",
      3
      "attributes": { "size_code": "XL" } } }
      Copied!
      """
    let widgets = try #require(Distiller.distil([SourceFile(name: "u", text: page)]).widgets)
    #expect(widgets.operations[.update]?.path == "/api/widgets/:id")
    #expect(widgets.attributes["size_code"] == .init(type: .string, update: .optional))
  }

  @Test func gluedAndBrokenLinesAreTakenApart() throws {
    let page = """
      Create a widget
      How to make a widget
      Request

      POST

      https://host.example

      /api/widgets

      Arguments
      Body Parameter
      Type
      Required
      attributes.size_code
      string
      Required
      Example
      Like this:curl -g -X POST \\
      'https://host.example/api/widgets' \\
      -d '{
      "data": { "type": "widgets", "attributes": { "size_code": "XL" } }
      }'On success it says
      201 Created
      and gives:
      {
      "data": { "id": "a", "type": "widgets", "attributes": { "size_code": "X}L", "n": 1 } }
      }Next
      """
    let result = Distiller.distil([SourceFile(name: "c", text: page)])
    let widgets = try #require(result.widgets)
    #expect(
      widgets.operations[.create] == .init(method: "POST", path: "/api/widgets", success: 201))
    #expect(widgets.attributes["n"]?.type == .integer)
    #expect(result.diagnostics.allSatisfy { $0.severity < .warning }, "\(result.diagnostics)")
  }
}
