import Distiller
import Spec

/// Pages of an invented resource in the forms that documentation pages come in.
enum Fixtures {
  /// The page for creating a widget as it is in 2022.
  static let create = """
    ---
    description: Making widgets
    ---

    # Create a widget

    Send it and see.

    ## Request

    **POST** https://host.example<b>/api/widgets</b>

    ### Arguments

    | Body Parameter | Type     | Required |
    | -------------- | -------- | -------- |
    | **type**       | `string` | Required |
    | attributes.**size_code** | `string` | Required |
    | attributes.**weight** | `float` | Required, unless in scope |
    | attributes.**sealed** | `boolean` | Optional, default is 'false' |
    | attributes.**_polish** | `boolean, value is 'true'` | Optional |
    | attributes.**metadata** | `object` | Optional |
    | relationships.**gadget** | `object` | Required |
    | relationships.**sprockets** | `array` | Optional |

    ### Example

    {% tabs %}
    {% tab title="Request" %}
    Like this:

    ```javascript
    curl -g -X POST \\
      'https://host.example/api/widgets' \\
      -H 'Accept: application/vnd.api+json' \\
      -d '{
      "data": {
        "type": "widgets",
        "attributes": {
          "size_code": "XL",
          "weight": 2.5
        },
        "relationships": {
          "gadget": {
            "data": { "type": "gadgets", "id": "abc" }
          }
        }
      }
    }'
    ```
    {% endtab %}

    {% tab title="Response" %}
    It answers with `201 Created` then:

    ```javascript
    \(response)
    ```
    {% endtab %}
    {% endtabs %}
    """

  /// What every response of these pages shows.
  static let response = """
    {
      "data": {
        "id": "abc",
        "type": "widgets",
        "attributes": {
          "size_code": "XL",
          "weight": 10.0,
          "sealed": true,
          "parts_count": 3,
          "made_at": "2020-02-02T02:02:02.000Z",
          "metadata": {
            "foo": "bar"
          }
        },
        "relationships": {
          "gadget": {
            "links": {}
          },
          "sprockets": {
            "links": {}
          }
        }
      }
    }
    """

  /// The page for listing widgets, with a placeholder element.
  static let list = """
    ---
    description: Many widgets
    ---

    # List all widgets

    ## Request

    **GET** https://host.example<b>/api/widgets</b>

    ### **Example**

    {% tabs %}
    {% tab title="Response" %}
    A `200 OK` comes back:

    ```javascript
    {
      "data": [
        {
          "id": "abc",
          "type": "widgets",
          "attributes": { "size_code": "XL", "parts_count": 3 },
          "relationships": {}
        },
        {
          "other": "... 9 widgets (first page)"
        }
      ]
    }
    ```
    {% endtab %}
    {% endtabs %}

    ### Sortable attributes

    * `id`
    * `size_code`
    * parts\\_count
    """

  /// A page with one argument row, for tests of one rule.
  static func page(
    rows: String, request: String = "**POST** https://host.example<b>/api/widgets</b>",
    response: String = response
  ) -> String {
    """
    ---
    description: x
    ---

    # Create a widget

    ## Request

    \(request)

    ### Arguments

    | Body Parameter | Type     | Required |
    | -------------- | -------- | -------- |
    \(rows)

    ### Example

    ```javascript
    \(response)
    ```
    """
  }

  /// The line a piece of text first stands on.
  static func line(of piece: String, in text: String) -> Int {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    return (lines.firstIndex { $0.contains(piece) } ?? -1) + 1
  }

  /// Distils texts named `a.md`, `b.md`, …
  static func distil(_ texts: String..., only: Set<String> = []) -> DistillResult {
    let files = texts.enumerated().map { index, text in
      SourceFile(name: "\(Array("abcdefgh")[index]).md", text: text)
    }
    return Distiller.distil(files, only: only)
  }
}

extension DistillResult {
  /// The widgets, when there are any.
  var widgets: ResourceSpec? { resources.first { $0.resource == "widgets" } }

  /// The codes of the diagnostics, repeated as often as they occur.
  var codes: [DiagnosticCode] { diagnostics.map(\.code) }

  /// The first diagnostic of a code.
  func first(_ code: DiagnosticCode) -> PageDiagnostic? { diagnostics.first { $0.code == code } }
}
