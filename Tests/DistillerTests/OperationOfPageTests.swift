import Spec
import Testing

@testable import Distiller

/// Which operation a page describes: its title may fit two, its request line and response fit one.
@Suite struct OperationOfPageTests {
  private static let many =
    #"{ "data": [{ "id": "a", "type": "kites", "attributes": { "name": "X" } }] }"#
  private static let one =
    #"{ "data": { "id": "a", "type": "kites", "attributes": { "name": "X" } } }"#

  private func page(_ title: String, _ request: String, _ response: String?) -> String {
    """
    # \(title)

    **\(request.prefix { $0 != " " })** https://host.example\(request.drop { $0 != " " }.dropFirst())

    """ + (response.map { "\n### Example\n\n```javascript\n\($0)\n```\n" } ?? "")
  }

  private func distilled(_ pages: String...) -> DistillResult {
    Distiller.distil(
      pages.enumerated().map { SourceFile(name: "kites/\($0.offset).md", text: $0.element) })
  }

  @Test(arguments: [
    "Get kites", "Fetch kites", "Retrieve all kites", "List kites", "List all kites",
    "Get all kites",
    "Fetch the kites", "Kites — list", "Browse kites",
  ])
  func aCollectionIsListed(title: String) {
    for response in [Self.many, nil] {
      let result = distilled(page(title, "GET /api/kites", response))
      let kites = result.resources.first
      #expect(kites?.operations.keys.sorted { $0.rawValue < $1.rawValue } == [.list], "\(title)")
      #expect(kites?.singleton != true, "\(title)")
      #expect(
        result.first(.kindMismatch) != nil || title.hasSuffix("all kites")
          || title.hasPrefix("List"))
    }
  }

  @Test(arguments: ["Get a kite", "Fetch a kite", "Retrieve a kite", "Kites: show", "Read a kite"])
  func oneIsRetrieved(title: String) {
    let result = distilled(page(title, "GET /api/kites/:id", Self.one))
    #expect(result.resources.first?.operations.keys.map(\.rawValue) == ["retrieve"], "\(title)")
  }

  @Test(arguments: [
    ("Remove a kite", "DELETE /api/kites/:id", OperationKind.delete),
    ("Edit a kite", "PATCH /api/kites/:id", .update), ("Add a kite", "POST /api/kites", .create),
  ])
  func verbsThatNoRuleKnowsAreLeftToTheRequestLine(
    title: String, request: String, kind: OperationKind
  ) {
    let result = distilled(page(title, request, nil))
    #expect(result.resources.first?.operations.keys.map { $0 } == [kind])
    #expect(result.first(.kindMismatch)?.line == 1)
  }

  @Test func aThingThatBeginsWithListIsNoOperation() {
    let result = distilled("# List prices\n\nWhat things cost.\n")
    #expect(!result.codes.contains(.noEndpoint))
  }

  @Test func thereIsOneOfWhatAResponseShowsOneOf() {
    let result = distilled(
      page(
        "Retrieve the settings", "GET /api/settings", Self.one.replacing("kites", with: "settings"))
    )
    #expect(result.resources.first?.singleton == true)
    #expect(result.resources.first?.operations[.retrieve]?.path == "/api/settings")
  }

  @Test func aForgottenIDMakesNoSingleton() throws {
    let result = distilled(page("Update a kite", "PATCH /api/kites", nil))
    #expect(result.resources.first?.singleton != true)
    let warning = try #require(
      result.diagnostics.first { $0.code == .methodMismatch && $0.severity == .warning })
    #expect(warning.message.contains("takes no id") && warning.line == 3)
  }

  @Test func aPathThroughAnotherResourceIsNotItsList() {
    let result = distilled(
      page("List all kites", "GET /api/kites", Self.many),
      page("List the tails of a kite", "GET /api/kites/:id/tails", Self.many))
    #expect(result.resources.map(\.resource) == ["kites"])
    #expect(result.resources.first?.operations[.list]?.path == "/api/kites")
    #expect(result.first(.kindMismatch)?.message.contains("/api/kites/:id/tails") == true)
  }

  @Test func anEmptyListOfTheFrameOverrulesNoPage() {
    let list =
      page("List all kites", "GET /api/kites", Self.many) + "\n### Sortable fields\n\n* `name`\n"
    let create = page("Create a kite", "POST /api/kites", Self.one) + "\n### Sortable fields\n"
    #expect(distilled(create, list).resources.first?.attributes["name"]?.sort == true)
  }

  // MARK: Pages without a title

  private static let fields = """
    | Field | Type | Description |
    |---|---|---|
    | type | `string` | kites |
    | attributes.**name** | `string` | What it is called |
    """

  @Test(arguments: [
    "A kite object is returned as part of the response body of each successful list call.",
    "Kites fly. The kite object is returned by all calls.",
  ])
  func aSentenceNamesTheObjectOfATable(sentence: String) {
    for text in ["\(sentence)\n\n\(Self.fields)\n", "x\n\(sentence)\n\(Self.fields)\n"] {
      let result = Distiller.distil([SourceFile(name: "page.md", text: text)])
      #expect(result.resources.map(\.resource) == ["kites"], "\(result.diagnostics)")
      #expect(result.resources.first?.attributes["name"]?.type == .string)
    }
  }

  @Test func aRequestLineStandsForATitle() {
    let text = "Send it.\n\nPOST https://host.example/api/kites\n\nIt gives 201 Created.\n"
    let result = Distiller.distil([SourceFile(name: "page.txt", text: text)])
    #expect(result.resources.first?.operations[.create]?.path == "/api/kites")
  }
}
