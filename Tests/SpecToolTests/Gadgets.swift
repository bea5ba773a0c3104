/// Reference pages of a resource that nobody has.
enum Gadgets {
  static let create = page(
    "Create a gadget", "**POST** https://yourdomain.commercelayer.io**/api/gadgets**",
    arguments: "attributes.**max_size** | `integer` | Optional", "`201 Created`", example)
  static let delete = page(
    "Delete a gadget", "**DELETE** https://yourdomain.commercelayer.io**/api/gadgets/:id**",
    "`204 No Content`", nil)
  static let retrieve = page(
    "Retrieve a gadget", "**GET** https://yourdomain.commercelayer.io**/api/gadgets/:id**",
    "`200 OK`", example)
  static let list = listPage(sortable: ["name", "created_at"], example)
  static let overview = "# Gadgets\n\nWhat a gadget is.\n"

  private static let example = """
    { "id": "aBcDeFgHiJ", "type": "gadgets", "attributes": { "name": "One", "state": "new", \
    "max_size": 3, "created_at": "2018-01-01T12:00:00.000Z" }, "relationships": {} }
    """

  private static func listPage(sortable: [String], _ example: String) -> String {
    page(
      "List all gadgets", "**GET** https://yourdomain.commercelayer.io**/api/gadgets**",
      lists: "### Sortable attributes\n\n" + sortable.map { "* `\($0)`\n" }.joined()
        + "\n### Filterable fields\n\n#### Attributes\n\n* `name`\n\n",
      "`200 OK`", "[ \(example) ]")
  }

  private static func page(
    _ title: String, _ request: String, arguments: String? = nil, lists: String = "",
    _ status: String, _ data: String?
  ) -> String {
    let table = arguments.map {
      """
      ### Arguments

      | Body Parameter | Type | Required |
      | :--- | :--- | :--- |
      | **type** | `string` | Required |
      | attributes.**name** | `string` | Required |
      | \($0) |


      """
    }
    let code = data.map { "\n```javascript\n{ \"data\": \($0) }\n```\n" }
    return "# \(title)\n\n## Request\n\n\(request)\n\n\(table ?? "")\(lists)## Response\n\n"
      + "It answers with \(status):\n\(code ?? "")"
  }

  /// A sitemap of paths.
  static func sitemap(_ origin: String, _ paths: String...) -> String {
    "<?xml version=\"1.0\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n"
      + paths.map { "<url><loc>\(origin)\($0)</loc></url>\n" }.joined() + "</urlset>\n"
  }

  /// A site with all of them.
  static func site() async throws -> Site {
    let site = try await Site([
      "/api/gadgets/create.md": .page(create), "/api/gadgets/list.md": .page(list),
      "/api/gadgets/retrieve.md": .page(retrieve), "/api/gadgets/delete.md": .page(delete),
    ])
    site["/api/sitemap.xml"] = [
      .page(
        sitemap(
          site.origin, "/api/gadgets/create", "/api/gadgets/list", "/api/gadgets/retrieve",
          "/api/gadgets/delete"))
    ]
    return site
  }

  /// The documentation changes: a page goes, a flag tightens, a sort goes, an attribute comes.
  static func change(_ site: Site) {
    let coloured = example.replacing(
      "\"state\": \"new\",", with: "\"state\": \"new\", \"color\": \"red\",")
    site["/api/sitemap.xml"] = [
      .page(
        sitemap(
          site.origin, "/api/gadgets/create", "/api/gadgets/list", "/api/gadgets/retrieve"))
    ]
    site["/api/gadgets/create.md"] = [.page(create.replacing("| Optional |", with: "| Required |"))]
    site["/api/gadgets/list.md"] = [.page(listPage(sortable: ["created_at"], coloured))]
  }
}
