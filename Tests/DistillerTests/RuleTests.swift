import Spec
import Testing

@testable import Distiller

@Suite struct RuleTests {
  @Test(arguments: [
    ("**GET** https://<i></i>host.example**/api/widgets/:id**", "GET", "/api/widgets/:id"),
    ("GET https://host.example**/api/widgets**", "GET", "/api/widgets"),
    ("POST https://host.example/api/widgets/", "POST", "/api/widgets"),
    ("PATCH https://host.example/api/widgets/{{id}}", "PATCH", "/api/widgets/:id"),
    ("DELETE <https://host.example/api/widgets/:id>", "DELETE", "/api/widgets/:id"),
    ("DELETE https://host.example/api/widgets/{id}.", "DELETE", "/api/widgets/:id"),
    ("GET https://host.example/api/widgets/{{ widget_id }}", "GET", "/api/widgets/:id"),
    ("Get https://host.example/api/widgets?page=1", "GET", "/api/widgets"),
    ("`POST` `/api/widgets`", "POST", "/api/widgets"),
    ("GEThttps://host.example/api/widgets", "GET", "/api/widgets"),
    ("post HTTPS://HOST.EXAMPLE/api/widgets", "POST", "/api/widgets"),
  ])
  func requestLines(text: String, method: String, path: String) {
    let plain = text.replacing("<i></i>", with: "")
    #expect(RequestLine.read(plain) == RequestLine(method: method, path: path))
  }

  @Test(arguments: [
    "GET started", "To POST something, see https://host.example/api/widgets", "",
    "GET https://host.example/other/widgets", "GET https://host.example/api/../secret",
  ])
  func otherLines(text: String) {
    #expect(RequestLine.read(text) == nil)
  }

  @Test(arguments: [
    "**POST** https\\://host.example**/api/widgets**",
    "**POST** https://host&#46;example**/api/widgets**",
    "**POST** https://host.example<b>/api/widgets</b>",
    "**POST** <https://host.example/api/widgets>",
    "**POST** https://<i></i>host.example**/api/widgets**",
    "**POST** https://host.example/api/widgets",
  ])
  func requestLinesInMarkdown(line: String) {
    let page = Fixtures.page(rows: "| attributes.**a** | `string` | Required |", request: line)
    let created = Fixtures.distil(page).widgets?.operations[.create]
    #expect(created == .init(method: "POST", path: "/api/widgets", success: 201))
  }

  @Test(arguments: [
    ("Required", Requirement.required, nil),
    ("required", .required, nil),
    ("Optional", .optional, nil),
    ("", .optional, nil),
    ("Optional, default is 'false'", .optional, nil),
    ("Optional, deafult is 'true'", .optional, nil),
    ("Optional, default to \"hook", .optional, nil),
    ("Required, default to 'flat'", .optional, nil),
    ("Required, auto generated if missing", .optional, nil),
    ("Optional, set by scope", .optional, nil),
    ("Optional, or set by tax calculator", .optional, nil),
    ("Optional, default to numeric id", .optional, nil),
    ("required, created if null", .optional, nil),
    ("required, unless computed", .conditional, "unless computed"),
    ("Required (only if hollow).", .conditional, "only if hollow"),
    ("Required - unless in scope", .conditional, "unless in scope"),
    ("Required, unless inherited by box", .conditional, "unless inherited by box"),
    ("Required if 'solid' is 'true'", .conditional, "if solid is true"),
    ("Required, but for some shelves", .conditional, "but for some shelves"),
    ("Optional, unless min or max are specified", .conditional, "if min or max are specified"),
    ("Not required if hollow", .conditional, "unless hollow"),
    ("Not required, if hollow", .conditional, "unless hollow"),
    ("Optional if hollow", .conditional, "unless hollow"),
    ("Optional when hollow", .conditional, "unless hollow"),
    ("Optional (when hollow)", .conditional, "unless hollow"),
    ("No, if hollow", .conditional, "unless hollow"),
    ("❌ unless hollow", .conditional, "if hollow"),
    ("Not mandatory unless hollow", .conditional, "if hollow"),
    ("Optional, except when hollow", .conditional, "when hollow"),
    ("Optional only if hollow", .conditional, "unless hollow"),
    ("Optional for guests", .conditional, "except for guests"),
    (
      "Not required for guests, required for others", .conditional,
      "except for guests, required for others"
    ),
    ("Optional, but required when hollow", .conditional, "required when hollow"),
    (
      "Optional if the maker is required elsewhere", .conditional,
      "unless the maker is required elsewhere"
    ),
    ("Required unless hollow", .conditional, "unless hollow"),
    ("Required when hollow", .conditional, "when hollow"),
    ("Required, except if hollow", .conditional, "except if hollow"),
    ("Mandatory for members", .conditional, "for members"),
    ("Optional, but recommended", .optional, nil),
    ("Configurable", .conditional, "configurable"),
  ])
  func requiredTexts(text: String, requirement: Requirement, condition: String?) {
    let read = RequiredText.read(text)
    #expect(read.requirement == requirement)
    #expect(read.condition == condition)
  }

  @Test func unknownRequiredTextIsReported() throws {
    let page = Fixtures.page(rows: "| attributes.**a** | `string` | Maybe |")
    let diagnostic = try #require(Fixtures.distil(page).first(.badRequired))
    #expect(diagnostic.line == 15)
    #expect(diagnostic.expected == "Required or Optional")
  }

  @Test(arguments: [
    ("tax_category", "tax_categories"), ("address", "addresses"), ("sku", "skus"),
    ("price_list", "price_lists"), ("day", "days"), ("box", "boxes"), ("branch", "branches"),
    ("order_copy", "order_copies"), ("status", "statuses"),
    ("in_stock_subscription", "in_stock_subscriptions"),
  ])
  func plurals(singular: String, plural: String) {
    #expect(Inflection.pluralize(singular) == plural)
    #expect(Inflection.singularize(plural) == singular)
    #expect(Inflection.isPlural(plural))
    #expect(!Inflection.isPlural(singular))
  }

  @Test func classNames() {
    #expect(Inflection.camelize("tax_category") == "TaxCategory")
    #expect(Inflection.underscore("TaxCategory") == "tax_category")
    #expect(Inflection.underscore("SKUOption") == "sku_option")
  }

  @Test(arguments: [
    ("Create a widget", PageKind.operation(.create), "widget"),
    ("Create  widget", .operation(.create), "widget"),
    ("List all the SKUs", .operation(.list), "SKUs"),
    ("Retrieve the organization", .operation(.retrieve), "organization"),
    ("Delete an in-stock subscription", .operation(.delete), "in-stock subscription"),
    ("The widget object", .object, "widget"),
    ("Widgets", .overview, "Widgets"),
    ("Checkout.com gateways", .overview, "Checkout.com gateways"),
  ])
  func titles(text: String, kind: PageKind, subject: String) {
    #expect(PageTitle.read(text) == PageTitle(kind: kind, subject: subject))
  }

  @Test func slugs() {
    #expect(Names.slug("Checkout.com gateways") == "checkout_com_gateways")
    #expect(Names.slug("In-stock subscriptions") == "in_stock_subscriptions")
  }

  @Test func leadingUnderscoresBelongToTheName() {
    let page = Fixtures.page(
      rows: """
        | attributes.**_polish_amount_cents** | `integer` | Optional |
        | attributes.**\\_polish** | `boolean` | Optional |
        """)
    let widgets = Fixtures.distil(page).widgets
    #expect(widgets?.attributes["_polish_amount_cents"]?.trigger == true)
    #expect(widgets?.attributes["_polish"]?.trigger == true)
  }

  @Test func brokenRowsAreReportedWithTheirLines() {
    let page = Fixtures.page(
      rows: """
        | attributes.**a** | `string` | Required |
        | attributes.**a** | `string` | Optional |
        | nonsense | `string` | Optional |
        | attributes.**b** | `decimal` | Optional |
        | attributes.**c** | `` | Optional |
        | realtionships.**d** | `object` | Optional |
        | attributes.**parts** | `has_many` | Optional |
        """)
    let result = Fixtures.distil(page)
    let lines = { (code: DiagnosticCode) in result.first(code)?.line }
    #expect(lines(.duplicateRow) == 16)
    #expect(lines(.badName) == 17)
    #expect(lines(.unknownType) == 18)
    #expect(result.diagnostics.contains { $0.code == .typeMissing && $0.line == 19 })
    #expect(lines(.typo) == 20)
    #expect(lines(.relationshipAsAttribute) == 21)
    #expect(result.widgets?.attributes["a"]?.create == .required)
    #expect(result.widgets?.relationships["d"]?.cardinality == .one)
    #expect(result.widgets?.relationships["parts"]?.cardinality == .many)
  }

  @Test func deprecationsAreTheNamesBeforeTheWord() {
    let overview = """
      # Widgets

      {% hint style="warning" %}
      Still sent, `size_code` and `parts_count` attributes are deprecated. Use `weight` instead.
      {% endhint %}
      """
    let widgets = Fixtures.distil(Fixtures.create, overview).widgets
    #expect(widgets?.attributes["size_code"]?.deprecated == true)
    #expect(widgets?.attributes["parts_count"]?.deprecated == true)
    #expect(widgets?.attributes["weight"]?.deprecated == nil)
    #expect(widgets?.attributes["size_code"]?.replacedBy == "weight")
    #expect(widgets?.attributes["parts_count"]?.replacedBy == "weight")
  }

  @Test func replacementsAreNotDeprecated() {
    let text = Inline([
      .init(text: "Deprecated: "), .init(text: "old", isCode: true), .init(text: ", now "),
      .init(text: "new", isCode: true),
    ])
    #expect(Deprecations.read(text) == ["old"])
  }

  @Test func namesLeadToMany() {
    #expect(ResourceAssembly.cardinality(of: "events") == .many)
    #expect(ResourceAssembly.cardinality(of: "skus") == .many)
    #expect(ResourceAssembly.cardinality(of: "address") == .one)
    #expect(ResourceAssembly.cardinality(of: "shipping_category") == .one)
    #expect(ResourceAssembly.cardinality(of: "status") == .one)
  }
}
