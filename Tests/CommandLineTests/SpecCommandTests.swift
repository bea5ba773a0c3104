import Foundation
import Testing

/// The real cl-spec, as a process.
@Suite struct SpecCommandTests {
  private let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "cl-spec-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  private static let repository = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  private static let createPage = """
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

  private func write(_ name: String, _ text: String) throws -> String {
    let url = folder.appending(path: name)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: url)
    return url.path
  }

  private func run(_ arguments: String...) async throws -> Program.Outcome {
    try await Program.Running(arguments, environment: [:], input: nil, tool: "cl-spec").outcome()
  }

  @Test func distilsAPageIntoTheCanonicalForm() async throws {
    _ = try write("pages/create.md", Self.createPage)
    let output = folder.appending(path: "out")
    let outcome = try await run(
      "distill", folder.appending(path: "pages").path, "--output", output.path)
    #expect(outcome.status == 0, "\(outcome.err)")
    let text = try String(
      contentsOf: output.appending(path: "resources/gadgets.json"), encoding: .utf8)
    #expect(
      text == """
        {
          "attributes": {
            "created_at": {
              "type": "datetime"
            },
            "id": {
              "type": "string"
            },
            "max_size": {
              "create": "optional",
              "type": "integer"
            },
            "name": {
              "create": "required",
              "type": "string"
            }
          },
          "operations": {
            "create": {
              "method": "POST",
              "path": "/api/gadgets",
              "success": 201
            }
          },
          "relationships": {},
          "resource": "gadgets",
          "singular": "gadget"
        }

        """)
  }

  @Test func saysWhichLineItDoesNotUnderstand() async throws {
    let page = Self.createPage.replacing("| `integer` | Optional |", with: "| `blob` | Optional |")
    let path = try write("create.md", page)
    let outcome = try await run("distill", path, "--output", folder.appending(path: "out").path)
    let line = page.split(separator: "\n", omittingEmptySubsequences: false)
      .firstIndex { $0.contains("`blob`") }.map { $0 + 1 }
    #expect(outcome.err.contains("create.md:\(try #require(line)): warning: "), "\(outcome.err)")
    #expect(outcome.err.contains("[unknown-type]"))
  }

  @Test func aPathThatIsNotThereIsAnError() async throws {
    let outcome = try await run(
      "distill", folder.appending(path: "nothing").path, "--output", folder.path)
    #expect(outcome.status != 0)
    #expect(outcome.err.contains("nothing"))
  }

  @Test func thisRepositorysSpecIsGood() async throws {
    let outcome = try await run("check", "--spec", Self.repository.appending(path: "Spec").path)
    #expect(outcome.status == 0, "\(outcome.err)")
  }

  @Test func aCorrectionThatChangesNothingFailsTheCheck() async throws {
    let spec = folder.appending(path: "Spec")
    try FileManager.default.copyItem(at: Self.repository.appending(path: "Spec"), to: spec)
    let file = spec.appending(path: "corrections/tags.json")
    let text = """
      {"corrections": [{"path": "/attributes/name/type", "reason": "r", "source": "s",
        "value": "string"}], "resource": "tags"}
      """
    try Data(text.utf8).write(to: file)
    let outcome = try await run("check", "--spec", spec.path)
    #expect(outcome.status == 1)
    #expect(outcome.err.contains("tags.json") && outcome.err.contains("/attributes/name/type"))
  }

  @Test func twoResourcesOfOneNameFailTheCheck() async throws {
    let spec = folder.appending(path: "Spec")
    try FileManager.default.copyItem(at: Self.repository.appending(path: "Spec"), to: spec)
    let text = try String(
      contentsOf: spec.appending(path: "resources/tags.json"), encoding: .utf8)
    let twin = text.replacing("\"resource\": \"tags\"", with: "\"resource\": \"labels\"")
      .replacing("/api/tags", with: "/api/labels")
    try Data(twin.utf8).write(to: spec.appending(path: "resources/labels.json"))
    let outcome = try await run("check", "--spec", spec.path)
    #expect(outcome.status == 1)
    #expect(outcome.err.contains("labels.json") || outcome.err.contains("tags.json"))
  }

  @Test func tellsWhatAChangeBreaks() async throws {
    let old = folder.appending(path: "old")
    let new = folder.appending(path: "new")
    for spec in [old, new] {
      try FileManager.default.copyItem(at: Self.repository.appending(path: "Spec"), to: spec)
    }
    let file = new.appending(path: "resources/tags.json")
    let text = try String(contentsOf: file, encoding: .utf8)
    let changed = text.replacing(
      "\"sort\": true,\n", with: "", maxReplacements: 1)
    #expect(changed != text)
    try Data(changed.utf8).write(to: file)
    let forward = try await run("diff", old.path, new.path, "--fail-on", "breaking")
    #expect(forward.status == 1)
    #expect(forward.out.contains("breaking") && forward.out.contains("tags"))
    let backward = try await run("diff", new.path, old.path, "--fail-on", "breaking")
    #expect(backward.status == 0, "\(backward.out)")
  }

  @Test func anUnknownResourceGetsASuggestion() async throws {
    let spec = Self.repository.appending(path: "Spec").path
    let outcome = try await run("show", "import", "--spec", spec)
    #expect(outcome.status != 0)
    #expect(outcome.err.contains("imports"))
  }
}
