import Distiller
import Foundation
import Spec

/// A small JSON:API of an invented service that is unlike Commerce Layer wherever a profile can say so:
/// another base path, bare names in its tables, other words for what is required, other predicates, no
/// triggers, an acronym of its own.
enum LendingLibrary {
  static let profile = """
    {
      "name": "Lending Library",
      "base_path": "/v2/",
      "server": "https://library.example",
      "code": {"client": "LibraryClient", "service": "Library", "tables": "LibraryTables"},
      "acronyms": ["ddc"],
      "pages": {"required": ["must be sent"], "optional": ["may be sent"],
                "ignored_folders": ["drafts"]},
      "stand_ins": {"in_examples": ["holders"], "in_targets": ["parties"]}
    }
    """

  static let service = """
    {
      "media_type": "application/vnd.api+json",
      "page": {"default_size": 20, "maximum_size": 50},
      "predicates": [
        {"name": "is", "argument": "value", "types": ["string", "integer", "boolean", "float"]},
        {"name": "above", "argument": "value", "types": ["integer", "float"]},
        {"name": "among", "argument": "values", "types": ["string"]}
      ]
    }
    """

  static var pages: [SourceFile] {
    [
      SourceFile(name: "books/create.md", text: create),
      SourceFile(name: "books/list.md", text: list),
      SourceFile(name: "drafts/create.md", text: create.replacing("shelf", with: "attic")),
      SourceFile(name: "loans/create.md", text: loan),
    ]
  }

  private static let create = """
    # Create a book

    ## Request

    **POST** https://library.example/v2/books

    ### Arguments

    | Argument | Type | Required |
    | -------- | ---- | -------- |
    | type | string | Must be sent |
    | title | string | Must be sent |
    | main_ddc | string | May be sent |
    | pages_count | integer | May be sent |
    | _draft | boolean | May be sent |
    | shelf | has_one | Must be sent |
    | holder | has_one | May be sent |

    ### Example

    ```javascript
    curl -X POST 'https://library.example/v2/books' -d '{
      "data": {
        "type": "books",
        "attributes": {"title": "Moby", "main_ddc": "813", "pages_count": 12},
        "relationships": {
          "shelf": {"data": {"type": "shelves", "id": "a"}},
          "holder": {"data": {"type": "holders", "id": "b"}}
        }
      }
    }'
    ```

    `201 Created`

    ```javascript
    {"data": {"id": "1", "type": "books",
      "attributes": {"title": "Moby", "main_ddc": "813", "pages_count": 12,
                     "added_at": "2024-01-01T00:00:00Z"},
      "relationships": {"shelf": {"links": {}}, "holder": {"links": {}}}}}
    ```
    """

  private static let list = """
    # List all books

    ## Request

    **GET** https://library.example/v2/books

    ## Filterable attributes

    * `title`
    * `main_ddc`
    * `pages_count`

    ## Sortable attributes

    * `title`
    """

  private static let loan = """
    # Create a loan

    ## Request

    **POST** https://library.example/v2/loans

    ### Arguments

    | Argument | Type | Required |
    | -------- | ---- | -------- |
    | type | string | Must be sent |
    | days | integer | Must be sent |
    | book | has_one | Must be sent |
    """
}
