import Spec
import Testing

@testable import Distiller

/// Ways of writing that no page at hand has and pages elsewhere may.
@Suite struct UnseenPageTests {
  /// The resource of a page with one table of arguments.
  private func created(_ table: String) throws -> (ResourceSpec, DistillResult) {
    let page = """
      # Create a kite

      **POST** https://host.example/api/kites

      ### Arguments

      \(table)
      """
    let result = Distiller.distil([SourceFile(name: "kites/create.md", text: page)])
    return (try #require(result.resources.first), result)
  }

  @Test func columnsInAnotherOrder() throws {
    let (kites, _) = try created(
      """
      Type | Required? | Parameter
      :---: | :--- | ---:
      `string` | Required | attributes.**tail\\_color**
      `object` | No | relationships.**reel**
      """)
    #expect(kites.attributes["tail_color"] == .init(type: .string, create: .required))
    #expect(kites.relationships["reel"]?.create == .optional)
  }

  @Test(
    arguments: [
      ("✅", Requirement.required, nil), ("✔️", .required, nil), ("Yes", .required, nil),
      ("Mandatory", .required, nil), ("❌", .optional, nil), ("-", .optional, nil),
      ("Not required", .optional, nil), ("Optional - `false` by default", .optional, nil),
      ("Yes, when placed", .conditional, "when placed"),
      ("optional (required for big ones)", .conditional, "required for big ones"),
      ("Depends on `a`", .conditional, "depends on a"),
      ("Optional, not required any more", .optional, nil),
    ] as [(String, Requirement, String?)])
  func requirementsInOtherWords(text: String, requirement: Requirement, condition: String?) {
    let read = RequiredText.read(text)
    #expect(read.requirement == requirement)
    #expect(read.condition == condition)
  }

  @Test func aFootnoteOfARequirementIsToldOf() throws {
    let (kites, result) = try created(
      """
      | Body Parameter | Type | Required |
      |---|---|---|
      | attributes.**cord** | `string` | Required[^1] |
      | attributes.**knot** | `string` | Optional<sup>2</sup> |
      """)
    #expect(kites.attributes["cord"]?.create == .required)
    #expect(kites.attributes["knot"]?.create == .optional)
    #expect(result.codes.count { $0 == .badRequired } == 2)
  }

  @Test func namesAsTheDocumentHasThem() throws {
    let (kites, _) = try created(
      """
      | Body Parameter | Type | Required |
      |---|---|---|
      | data.attributes.**cord** | `string` | Required |
      | relationships.**reel**.data | `object` | Required |
      | relationships.**ribbons**.data | `array` | Optional |
      """)
    #expect(kites.attributes["cord"]?.create == .required)
    #expect(kites.relationships["reel"]?.create == .required)
    #expect(kites.relationships["ribbons"]?.cardinality == .many)
  }

  @Test func aHeadingInsideTheArgumentsGivesTheNamespace() throws {
    let (kites, _) = try created(
      """
      #### Attributes

      | Name | Type | Required |
      |---|---|---|
      | `cord` | `string` | Required |

      #### Relationships

      | Name | Type | Required |
      |---|---|---|
      | `reel` | `object` | Optional |
      """)
    #expect(kites.attributes["cord"]?.create == .required)
    #expect(kites.relationships["reel"]?.create == .optional)
  }

  @Test func argumentsInAList() throws {
    let (kites, result) = try created(
      """
      * `attributes.cord` (integer, required): how long
      * `relationships.reel` (object, optional)
      * whatever else
      """)
    #expect(kites.attributes["cord"] == .init(type: .integer, create: .required))
    #expect(kites.relationships["reel"]?.create == .optional)
    #expect(result.first(.badName)?.line == 9)
  }

  /// A word behind a name was once joined to it.
  @Test func aRequirementBehindTheName() throws {
    let (kites, _) = try created(
      """
      | Body Parameter | Type |
      |---|---|
      | attributes.**cord** <mark>required</mark> | `string` |
      | attributes.**knot** | `string` |
      """)
    #expect(Set(kites.attributes.keys) == ["cord", "knot"])
    #expect(kites.attributes["cord"]?.create == .required)
    #expect(kites.attributes["knot"]?.create == .optional)
  }

  @Test func starsMarkWhatIsRequired() throws {
    let (kites, _) = try created(
      """
      | Body Parameter | Type |
      |---|---|
      | attributes.**cord** \\* | `string` |
      | attributes.**knot** | `string` |
      """)
    #expect(kites.attributes["cord"]?.create == .required)
    #expect(kites.attributes["knot"]?.create == .optional)
  }

  @Test(arguments: [
    ("int", AttributeType.integer), ("bool", .boolean), ("number", .float),
    ("date-time", .datetime), ("timestamp", .datetime), ("string[]", .array), ("hash", .object),
    ("`Boolean`", .boolean), ("string (max. 255)", .string),
  ])
  func typesInOtherWords(text: String, type: AttributeType) throws {
    let (kites, _) = try created(
      """
      | Body Parameter | Type | Required |
      |---|---|---|
      | attributes.**cord** | \(text) | Optional |
      """)
    #expect(kites.attributes["cord"]?.type == type)
  }

  @Test func valuesAndTargetsInDescriptions() throws {
    let page = """
      # The kite object

      ## Fields

      | Field | Type | Description |
      |---|---|---|
      | **type** | `string` | `kites` |
      | attributes.**shape** | `string` | The shape, one of 'delta', "box", or `sled`. |
      | attributes.**mood** | `string` | Possible values: <br>- `calm`<br>- `wild` (default) |
      | attributes.**open** | `string` | One of `a`, `b`, etc. |
      | attributes.**other** | `string` | Can be used when `shape` is `delta` or `box`. |
      | attributes.**old** | `string` | A cord (deprecated). |
      | relationships.**owner** | `object` | Can be a: `person` or `club`. |
      """
    let result = Distiller.distil([SourceFile(name: "o.md", text: page)])
    let kites = try #require(result.resources.first)
    #expect(kites.attributes["shape"]?.values == ["delta", "box", "sled"])
    #expect(kites.attributes["mood"]?.values == ["calm", "wild"])
    #expect(kites.attributes["open"]?.values == nil)
    #expect(kites.attributes["other"]?.values == nil)
    #expect(kites.attributes["old"]?.deprecated == true)
    #expect(kites.relationships["owner"]?.targets == ["clubs", "persons"])
    #expect(kites.relationships["owner"]?.polymorphic == true)
    #expect(result.facts["kites"]?["/attributes/shape/values"]?.line == 8)
  }

  @Test func valuesOfOtherArgumentsInAConditionAreNotItsOwn() throws {
    let (kites, _) = try created(
      """
      | Body Parameter | Type | Required |
      |---|---|---|
      | attributes.**cord** | `string` | Required if either 'knot' or 'reel' is set |
      | attributes.**knot** | `string` | Optional, one of 'flat' or 'round' |
      """)
    #expect(kites.attributes["cord"]?.values == nil)
    #expect(kites.attributes["cord"]?.create == .conditional)
    #expect(kites.attributes["knot"]?.values == ["flat", "round"])
  }

  @Test(arguments: [
    "You can sort by", "Sorting", "Sort by", "Attributes you can sort by", "Sort fields",
  ])
  func listsBelowHeadingsInOtherWords(heading: String) throws {
    let page = "# List all kites\n\n**GET** https://host.example/api/kites\n\n"
    let list = "### \(heading)\n\n* `cord`\n* attributes.**knot**\n"
    let result = Distiller.distil([SourceFile(name: "l.md", text: page + list)])
    let kites = try #require(result.resources.first)
    #expect(kites.attributes["cord"]?.sort == true)
    #expect(kites.attributes["knot"]?.sort == true)
  }

  @Test func aListOfNamesBelowAHeadingOfAnotherMeaningIsToldOf() throws {
    let page = "# List all kites\n\n**GET** https://host.example/api/kites\n\n"
    let list = "### Searchable\n\n* `cord` (string)\n* `knot`\n"
    let result = Distiller.distil([SourceFile(name: "l.md", text: page + list)])
    #expect(result.first(.badListItem)?.line == 7)
  }

  @Test func invisibleCharactersAreNoPartOfNames() throws {
    let text = """
      Create a kite
      How to create a kite via API
      Request
      POST https://host.example/api/kites
      Arguments
      Body Parameter
      Type
      Required
      attributes.tail\u{200B}_size
      integer
      Required
      relationships.reel\u{200D}
      object
      Required
      """
    let result = Distiller.distil([SourceFile(name: "k.txt", text: text)])
    let kites = try #require(result.resources.first)
    #expect(kites.attributes["tail_size"]?.create == .required)
    #expect(kites.relationships["reel"]?.create == .required)
  }

  @Test func predicatesAreNoFields() throws {
    let page =
      "# List all kites\n\n**GET** https://host.example/api/kites\n\n### Filters\n\n* `eq`\n* `cord`\n"
    let result = Distiller.distil([SourceFile(name: "l.md", text: page)])
    #expect(result.resources.first?.attributes.isEmpty == true)
    #expect(result.first(.badListItem)?.line == 7)
  }

  @Test func oneHeadingForBothLists() throws {
    let page = "# List all kites\n\n**GET** https://host.example/api/kites\n\n"
    let list = "### Sortable and filterable attributes\n\n* `cord`\n"
    let result = Distiller.distil([SourceFile(name: "l.md", text: page + list)])
    let cord = try #require(result.resources.first?.attributes["cord"])
    #expect(cord.sort == true && cord.filter == true)
  }

  @Test func ticksInATableOfFields() throws {
    let page = """
      # The kite object

      | Field | Type | Sortable | Filterable |
      |---|---|---|---|
      | **type** | `string` | | |
      | attributes.**cord** | `string` | ✅ | ❌ |
      | relationships.**reel** | `object` | | ✅ |
      """
    let result = Distiller.distil([SourceFile(name: "kites/object.md", text: page)])
    let kites = try #require(result.resources.first)
    #expect(kites.attributes["cord"] == .init(type: .string, sort: true))
    #expect(kites.relationships["reel"]?.filter == true)
  }

  /// A list without halves: the example tells that a name is a relationship's.
  @Test func aRelationshipAmongFilterableFields() throws {
    let list = Fixtures.list + "\n\n### Filterable fields\n\n* `size_code`\n* `gadget`\n"
    let widgets = try #require(Fixtures.distil(list, Fixtures.create).widgets)
    #expect(widgets.attributes["gadget"] == nil)
    #expect(widgets.relationships["gadget"]?.filter == true)
  }

  @Test func severalOperationsOnOnePage() throws {
    let page = """
      # Kites

      ## Create a kite

      **POST** https://host.example/api/kites

      ### Arguments

      | Body Parameter | Type | Required |
      |---|---|---|
      | attributes.**cord** | `string` | Required |

      ## List kites

      **GET** https://host.example/api/kites

      ### Sortable fields

      * `cord`

      ## Update

      **PATCH** https://host.example/api/kites/:id

      ### Arguments

      | Body Parameter | Type | Required |
      |---|---|---|
      | attributes.**cord** | `string` | Optional |

      ## Create a reel

      **POST** https://host.example/api/reels

      ### Arguments

      | Body Parameter | Type | Required |
      |---|---|---|
      | attributes.**size** | `integer` | Required |
      """
    let result = Distiller.distil([SourceFile(name: "all.md", text: page)])
    #expect(result.resources.map(\.resource) == ["kites", "reels"])
    let kites = try #require(result.resources.first)
    #expect(Set(kites.operations.keys) == [.create, .list, .update])
    #expect(
      kites.attributes == [
        "cord": .init(type: .string, create: .required, update: .optional, sort: true)
      ])
    #expect(Set(result.resources[1].attributes.keys) == ["size"])
    #expect(result.facts["kites"]?["/attributes/cord/update"]?.line == 29)
  }

  @Test func theSentenceStandsInForTheRequestLine() throws {
    let page = Fixtures.create
      .replacing("**POST** https://host.example<b>/api/widgets</b>", with: "")
      .replacing(
        "Send it and see.", with: "Send a `POST` request to the `/api/widgets` endpoint.")
    let result = Fixtures.distil(page)
    #expect(result.widgets?.operations[.create]?.path == "/api/widgets")
    #expect(result.first(.noEndpoint)?.line == Fixtures.line(of: "Send a", in: page))
  }

  @Test func cellsThatReachDown() throws {
    let page = """
      <html><body><main><h1>Create a kite</h1>
      <p><b>POST</b> https://host.example/api/kites</p>
      <table><tr><th>Body Parameter</th><th>Type</th><th>Required</th></tr>
      <tr><td>attributes.<b>cord</b></td><td>string</td><td rowspan="2">Required</td></tr>
      <tr><td>attributes.<b>knot</b></td><td>integer</td></tr>
      <tr><td>attributes.<b>tail</b></td><td>float</td><td>Optional</td></tr></table>
      </main></body></html>
      """
    let result = Distiller.distil([SourceFile(name: "k.html", text: page)])
    let kites = try #require(result.resources.first)
    #expect(kites.attributes["knot"] == .init(type: .integer, create: .required))
    #expect(kites.attributes["tail"]?.create == .optional)
  }

  @Test func whatAnExampleLeavesOutIsNotTakenForSecret() throws {
    let response =
      "{ \"data\": { \"id\": \"a\", \"type\": \"widgets\", \"attributes\": { \"a\": 1, ... } } }"
    let rows =
      "| attributes.**a** | `integer` | Required |\n| attributes.**b** | `string` | Optional |"
    let part = Fixtures.distil(Fixtures.page(rows: rows, response: response)).widgets
    #expect(part?.attributes["b"]?.writeOnly == nil)
    let whole = response.replacing(", ...", with: "")
    let shown = Fixtures.distil(Fixtures.page(rows: rows, response: whole)).widgets
    #expect(shown?.attributes["b"]?.writeOnly == true)
  }

  @Test func aPageThatBreaksOff() throws {
    let page = Fixtures.create.replacing("# Create a widget", with: "# Retrieve a widget")
      .replacing(
        "**POST** https://host.example<b>/api/widgets</b>",
        with: "**GET** https://host.example/api/widgets/:id")
    let cut = try #require(page.firstRange(of: "\"parts_count\""))
    let result = Fixtures.distil(String(page[..<cut.upperBound]))
    #expect(result.widgets?.attributes["weight"]?.type == .float)
    #expect(result.first(.invalidJSON)?.line == Fixtures.line(of: "\"parts_count\"", in: page))
  }

  @Test func verbsAreKnownWithoutAnExample() throws {
    let (kites, _) = try created(
      """
      | Body Parameter | Type | Required |
      |---|---|---|
      | attributes.**\\_fly** | `boolean` | Optional |
      """)
    #expect(kites.attributes["_fly"]?.trigger == true)
  }
}
