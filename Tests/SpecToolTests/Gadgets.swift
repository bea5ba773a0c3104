/// Reference pages of a resource that nobody has.
enum Gadgets {
  static let create = """
    ---
    description: Making a gadget
    ---

    # Create a gadget

    ## Request

    **POST** https://yourdomain.commercelayer.io**/api/gadgets**

    ### Arguments

    | Body Parameter | Type | Required |
    | :--- | :--- | :--- |
    | **type** | `string` | Required |
    | attributes.**name** | `string` | Required |
    | attributes.**max\\_size** | `integer` | Optional |

    ### Example

    {% tabs %}
    {% tab title="Response" %}
    It answers with `201 Created`:

    ```javascript
    {
      "data": {
        "id": "aBcDeFgHiJ",
        "type": "gadgets",
        "attributes": { "name": "One", "max_size": 3, "created_at": "2018-01-01T12:00:00.000Z" },
        "relationships": {}
      }
    }
    ```
    {% endtab %}
    {% endtabs %}

    """

  static let delete = """
    # Delete a gadget

    ## Request

    **DELETE** https://yourdomain.commercelayer.io**/api/gadgets/:id**

    The answer is `204 No Content`.

    """

  static let overview = "# Gadgets\n\nWhat a gadget is.\n"

  /// A sitemap of paths.
  static func sitemap(_ origin: String, _ paths: String...) -> String {
    "<?xml version=\"1.0\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n"
      + paths.map { "<url><loc>\(origin)\($0)</loc></url>\n" }.joined() + "</urlset>\n"
  }
}
