import Foundation
import Testing

/// What `cl-spec show` tells of where facts come from.
@Suite struct ProvenanceCommandTests {
  private let folder: URL
  private static let spec = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Spec")

  private static let page = """
    # Create a gadget

    **POST** https://yourdomain.commercelayer.io<b>/api/gadgets</b>

    ### Arguments

    | Body Parameter | Type | Required |
    | --- | --- | --- |
    | attributes.**name** | `string` | Required |

    Answers with `201 Created`.

    ```javascript
    {"data": {"id": "x", "type": "gadgets", "attributes": {"name": "One"}}}
    ```
    """

  /// The folder with pages and a spec distilled from them, with one correction.
  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "cl-spec-\(UUID().uuidString)")
    try write("pages/new.md", Self.page)
    try write(
      "pages/old.md",
      Self.page.replacing("<b>/api/gadgets</b>", with: "**/api/gadgets**")
        .replacing("| Required |\n\n", with: "| Optional |\n\n"))
    try write(
      "Spec/corrections/gadgets.json",
      """
      {
        "corrections": [
          {
            "path": "/attributes/name/filter", "reason": "the list page is missing",
            "source": "a letter", "value": true
          }
        ],
        "resource": "gadgets"
      }
      """)
    try FileManager.default.copyItem(
      at: Self.spec.appending(path: "service.json"),
      to: folder.appending(path: "Spec/service.json"))
  }

  private func write(_ name: String, _ text: String) throws {
    let url = folder.appending(path: name)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: url)
  }

  private func run(_ arguments: String...) async throws -> Program.Outcome {
    try await Program.Running(arguments, environment: [:], input: nil, tool: "cl-spec").outcome()
  }

  private func distil() async throws {
    let outcome = try await run(
      "distill", folder.appending(path: "pages").path, "--output", specPath)
    #expect(outcome.status == 0, "\(outcome.err)")
  }

  private var specPath: String { folder.appending(path: "Spec").path }

  @Test func jsonNamesPageAndLineOfEveryFact() async throws {
    try await distil()
    let outcome = try await run(
      "show", "gadgets", "--spec", specPath, "--json", "--provenance", "--contradictions")
    #expect(outcome.status == 0, "\(outcome.err)")
    let root = try #require(
      JSONSerialization.jsonObject(with: Data(outcome.out.utf8)) as? [String: Any])
    let facts = try #require(root["provenance"] as? [String: [String: Any]])
    #expect(facts["/attributes/name/create"]?["page"] as? String == "pages/new.md")
    #expect(facts["/attributes/name/create"]?["line"] as? Int == 9)
    let corrected = try #require(facts["/attributes/name/filter"])
    #expect(corrected["correction"] as? String == "corrections/gadgets.json")
    #expect(corrected["line"] as? Int == 3)
    #expect(corrected["reason"] as? String == "the list page is missing")
    #expect(corrected["source"] as? String == "a letter")
    #expect(!facts.values.contains { $0["unknown"] != nil })
    let contradictions = try #require(root["contradictions"] as? [[String: Any]])
    #expect(contradictions.map { $0["fact"] as? String } == ["/attributes/name/create"])
    #expect(contradictions.first?["rule"] as? String == "newer-wins")
  }

  @Test func textHasOneAlignedLineAFact() async throws {
    try await distil()
    let outcome = try await run("show", "gadgets", "--spec", specPath, "--provenance")
    let lines = outcome.out.split(separator: "\n")
    let row = try #require(lines.first { $0.hasPrefix("/attributes/name/create ") })
    #expect(row.contains("required") && row.hasSuffix("pages/new.md:9"))
    let value = try #require(row.firstRange(of: "required")).lowerBound
    let column = row.distance(from: row.startIndex, to: value)
    #expect(lines.first?.dropFirst(column).hasPrefix("value") == true)
    #expect(outcome.out.contains("the list page is missing (a letter)"))
  }

  @Test func pagesAtHandAreReadAnew() async throws {
    try await distil()
    try write("pages/new.md", "\n\n" + Self.page)
    let outcome = try await run(
      "show", "gadgets", "--spec", specPath, "--provenance", "--pages", folder.path)
    #expect(outcome.out.contains("pages/new.md:11"))
    #expect(outcome.err.contains("has changed"))
    let check = try await run("check", "--spec", specPath, "--pages", folder.path)
    #expect(check.status == 1)
    #expect(check.err.contains("gadgets/attributes/name/create is not read from pages/new.md:9"))
    let missing = try await run(
      "show", "gadgets", "--spec", specPath, "--provenance", "--pages", specPath)
    #expect(missing.status == 1)
    #expect(missing.err.contains("pages/new.md is not in"))
  }

  @Test func aFactWithoutAPlaceFailsTheCheck() async throws {
    try await distil()
    #expect(try await !run("check", "--spec", specPath).err.contains("no page and line"))
    let file = folder.appending(path: "Spec/provenance.json")
    let text = try String(contentsOf: file, encoding: .utf8)
    let damaged = text.replacing("create,type 0:9", with: "type 0:9")
    try #require(damaged != text)
    try Data(damaged.utf8).write(to: file)
    let outcome = try await run("check", "--spec", specPath)
    #expect(outcome.status == 1)
    #expect(outcome.err.contains("tells no page and line for gadgets/attributes/name/create"))
  }

  @Test func sentencesAreWrittenOnRequestAndRejectedInASpec() async throws {
    try await distil()
    let descriptions = folder.appending(path: "Spec/descriptions/gadgets.json")
    #expect(!FileManager.default.fileExists(atPath: descriptions.path))
    try write(
      "pages/object.md",
      """
      # The gadget object

      ## Fields

      | Field | Type | Description |
      | --- | --- | --- |
      | attributes.**name** | `string` | What it is called. |
      """)
    let before = try Data(contentsOf: folder.appending(path: "Spec/resources/gadgets.json"))
    let outcome = try await run(
      "distill", folder.appending(path: "pages").path, "--output", specPath, "--descriptions")
    #expect(outcome.status == 0, "\(outcome.err)")
    #expect(try String(contentsOf: descriptions, encoding: .utf8).contains("What it is called."))
    let after = try Data(contentsOf: folder.appending(path: "Spec/resources/gadgets.json"))
    #expect(after == before)
    let check = try await run("check", "--spec", specPath)
    #expect(check.status == 1)
    #expect(check.err.contains("descriptions: error"))
    let allowed = try await run("check", "--spec", specPath, "--allow-descriptions")
    #expect(!allowed.err.contains("descriptions: error"))
    let client = folder.appending(path: "client")
    let generated = try await Program.Running(
      ["--spec", specPath, "--output", client.path], environment: [:], input: nil,
      tool: "cl-generate"
    ).outcome()
    #expect(generated.status == 0, "\(generated.err)")
    let source = try String(
      contentsOf: client.appending(path: "gadgets.generated.swift"), encoding: .utf8)
    #expect(source.replacing("\u{A0}", with: " ").contains("`What it is called.`"))
  }

  @Test func theWholeSpecOfThisRepositoryIsTraced() async throws {
    for resource in ["skus", "imports", "organizations"] {
      let outcome = try await run(
        "show", resource, "--spec", Self.spec.path, "--json", "--provenance")
      #expect(outcome.status == 0, "\(outcome.err)")
      #expect(!outcome.out.contains("\"unknown\""))
    }
  }
}
