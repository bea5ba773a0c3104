import Spec
import Testing

@testable import Distiller

/// Newer pages win; older ones add only what no newer one can speak of.
@Suite struct MergeTests {
  /// An update page of 2019 to 2020: old host, broken request, numbers as strings.
  static let oldUpdate = """
    ---
    description: x
    ---

    # Update a widget

    {% page-ref page="../x.md" %}

    ## Request

    **PATCH** https://<i></i>host.example**/api/widgets/:id**

    ### Arguments

    | Body Parameter | Type | Required |
    | :--- | :--- | :--- |
    | **type** | `string` | Required |
    | **id** | `string` | Required |
    | attributes.**size_code** | `string` | Optional |

    ### Example

    {% tabs %}
    {% tab title="Request" %}
    ```javascript
    curl -X PATCH \\
      https://host.example/api/widgets/abc \\
      -d '{
      "data": {
        "type": "widgets",
        "attributes": {
          "size_code": "XL"
        },
      }
    }'
    ```
    {% endtab %}

    {% tab title="Response" %}
    Now a `200 OK`:

    ```javascript
    {
      "data": {
        "id": "abc",
        "type": "widgets",
        "attributes": {
          "size_code": "XL",
          "parts_count": "3",
          "colour": "red"
        }
      }
    }
    ```
    {% endtab %}
    {% endtabs %}
    """

  @Test func olderPageAddsItsOperationAlone() throws {
    let result = Fixtures.distil(Fixtures.create, Self.oldUpdate)
    let widgets = try #require(result.widgets)
    #expect(widgets.operations[.update]?.path == "/api/widgets/:id")
    #expect(widgets.attributes["size_code"]?.update == .optional)
    #expect(widgets.attributes["parts_count"]?.type == .integer)
    #expect(widgets.attributes["colour"] == nil)
    #expect(widgets.attributes["id"] == .init(type: .string))
  }

  @Test func everyDecisionIsADiagnosticAtTheOlderPage() throws {
    let result = Fixtures.distil(Fixtures.create, Self.oldUpdate)
    let conflict = try #require(
      result.diagnostics.first { $0.message.contains("parts_count/type") })
    #expect(conflict.code == .contradiction)
    #expect(conflict.file == "b.md")
    #expect(conflict.line == Fixtures.line(of: "\"parts_count\": \"3\"", in: Self.oldUpdate))
    let winner = Fixtures.line(of: "\"parts_count\": 3", in: Fixtures.create)
    #expect(conflict.message.contains("a.md:\(winner)"))
    #expect(conflict.message.contains("newer-wins"))
    let gone = try #require(result.diagnostics.first { $0.message.contains("/attributes/colour") })
    #expect(gone.code == .contradiction)
    #expect(gone.file == "b.md")
    #expect(gone.line == Fixtures.line(of: "colour", in: Self.oldUpdate))
    #expect(result.first(.repairedJSON)?.line == 33)
  }

  @Test func vintagesComeFromTheForm() {
    func vintage(_ text: String) -> String? {
      Fixtures.distil(text).sources["widgets"]?.first?.vintage
    }
    #expect(vintage(Self.oldUpdate) == "2019-07..2020-03")
    #expect(
      vintage(Self.oldUpdate.replacing("    },\n  }\n}'", with: "    }\n  }\n}'"))
        == "2020-05..2021-07")
    #expect(vintage(Fixtures.create) == "2022-07")
    #expect(
      vintage(Fixtures.create.replacing("<b>/api/widgets</b>", with: "**/api/widgets**"))
        == "2021-11")
    #expect(
      vintage(Fixtures.create.replacing("<b>/api/widgets</b>", with: "/api/widgets")) == "2021-10")
    #expect(
      vintage(
        Fixtures.create.replacing(
          "https://host.example<b>/api/widgets</b>", with: "<https://host.example/api/widgets>"))
        == "2024-12..")
  }

  @Test func orderDoesNotMatter() {
    let files = [Fixtures.create, Fixtures.list, Self.oldUpdate].enumerated().map {
      SourceFile(name: "\($0.offset).md", text: $0.element)
    }
    let expected = Distiller.distil(files)
    for order in [[0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
      let result = Distiller.distil(order.map { files[$0] })
      #expect(result.resources == expected.resources)
      #expect(result.diagnostics == expected.diagnostics)
      #expect(result.sources == expected.sources)
      #expect(result.facts == expected.facts)
      #expect(result.contradictions == expected.contradictions)
    }
  }

  @Test func tablesRefineWhatExamplesCannotTell() throws {
    let page = Fixtures.page(
      rows: """
        | attributes.**parts_count** | `float` | Optional |
        | attributes.**size_code** | `integer` | Optional |
        """)
    let result = Fixtures.distil(page)
    #expect(result.widgets?.attributes["parts_count"]?.type == .float)
    #expect(result.widgets?.attributes["size_code"]?.type == .integer)
    let found = try #require(result.contradictions["widgets"])
    #expect(found.map(\.fact) == ["/attributes/size_code/type"])
    #expect(found.map(\.rule) == [.tableOverExample])
  }

  @Test func singletonTakesItsJSONTypeAsName() throws {
    let page = """
      ---
      description: x
      ---

      # Retrieve the shop

      ## Request

      **GET** https://host.example<b>/api/shop</b>

      ```javascript
      { "data": { "id": "a", "type": "shops", "attributes": { "name": "X" } } }
      ```
      """
    let object = """
      ---
      description: x
      ---

      # The shop object

      ## Fields

      | Field | Type | Description |
      | ----- | ---- | ----------- |
      | **type** | `string` | `shop` |
      | attributes.**motto** | `string` | What it says |
      """
    let result = Fixtures.distil(page, object)
    #expect(result.resources.map(\.resource) == ["shops"])
    let shop = try #require(result.resources.first)
    #expect(shop.singleton == true)
    #expect(shop.operations[.retrieve]?.path == "/api/shop")
    #expect(shop.attributes.keys.sorted() == ["id", "motto", "name"])
  }

  @Test func pagesThatNoIndexLinksAreLeftOut() {
    let files = [
      SourceFile(
        name: "docs/SUMMARY.md", text: "* [Widgets](widgets/)\n* [New](widgets/create\\_it.md)"),
      SourceFile(name: "docs/widgets/create_it.md", text: Fixtures.create),
      SourceFile(name: "docs/widgets/update.md", text: Self.oldUpdate),
      SourceFile(name: "docs/widgets/README.md", text: "# Widgets\n\nThings."),
    ]
    let result = Distiller.distil(files)
    #expect(result.first(.orphanPage)?.file == "docs/widgets/update.md")
    #expect(result.widgets?.operations.keys.contains(.update) == false)
    // The index and what it removes are heard too: the contradiction rests on them.
    #expect(
      result.sources["widgets"]?.map(\.page) == [
        "docs/SUMMARY.md", "docs/widgets/README.md", "docs/widgets/create_it.md",
        "docs/widgets/update.md",
      ])
  }

  @Test func hyphenAndUnderscoreFoldersAreTwins() {
    let files = [
      SourceFile(
        name: "small-widgets/README.md", text: "# All about them\n\n`size_code` is deprecated."),
      SourceFile(
        name: "small_widgets/create.md",
        text: Fixtures.create.replacing("/api/widgets", with: "/api/small_widgets")
          .replacing("\"widgets\"", with: "\"small_widgets\"")),
    ]
    let result = Distiller.distil(files)
    #expect(result.resources.map(\.resource) == ["small_widgets"])
    #expect(result.resources.first?.attributes["size_code"]?.deprecated == true)
  }

  @Test func unknownResourceIsAnError() {
    let result = Fixtures.distil(Fixtures.create, only: ["gizmos"])
    #expect(result.hasErrors)
    #expect(result.first(.noSuchResource)?.message.contains("gizmos") == true)
  }
}
