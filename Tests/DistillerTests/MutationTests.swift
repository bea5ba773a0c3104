import Spec
import Testing

@testable import Distiller

/// Damage costs what is damaged and nothing else, and is reported where it is.
@Suite struct MutationTests {
  /// One way to damage the page of Fixtures.create.
  struct Mutation: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var piece: String
    var replacement: String
    var code: DiagnosticCode
    /// What stands on the line the diagnostic names, in the damaged page.
    var place: String
    /// What the damage costs.
    var loss: @Sendable (inout ResourceSpec) -> Void = { _ in }
  }

  private static let noResponse: @Sendable (inout ResourceSpec) -> Void = { spec in
    for name in ["parts_count", "made_at", "id"] { spec.attributes[name] = nil }
  }

  static let mutations: [Mutation] = [
    .init(
      testDescription: "a cell is missing",
      piece: "| attributes.**weight** | `float` | Required, unless in scope |",
      replacement: "| attributes.**weight** | Required, unless in scope |", code: .shortRow,
      place: "attributes.**weight**"),
    .init(
      testDescription: "a cell too many",
      piece: "| attributes.**metadata** | `object` | Optional |",
      replacement: "| attributes.**metadata** | `object` | Optional | more |", code: .cellCount,
      place: "| more |"),
    .init(
      testDescription: "the headings are swapped",
      piece: "| Body Parameter | Type     | Required |",
      replacement: "| Body Parameter | Required | Type |", code: .noRequiredColumn,
      place: "| Required | Type |"),
    .init(
      testDescription: "a column has another name",
      piece: "| Body Parameter | Type     | Required |",
      replacement: "| Body Parameter | Kind | Required |", code: .noRequiredColumn,
      place: "| Kind |"),
    .init(
      testDescription: "a delimiter is missing",
      piece: "| -------------- | -------- | -------- |",
      replacement: "| -------------- | -------- |", code: .cellCount,
      place: "| -------------- | -------- |"),
    .init(
      testDescription: "all delimiters are missing",
      piece: "| -------------- | -------- | -------- |\n", replacement: "", code: .otherTable,
      place: "| **type**"),
    .init(
      testDescription: "the request's fence is not closed",
      piece: "}'\n```\n{% endtab %}", replacement: "}'\n{% endtab %}", code: .unclosedFence,
      place: "```javascript"),
    .init(
      testDescription: "the request's fence is not closed, with a blank line",
      piece: "}'\n```\n{% endtab %}", replacement: "}'\n\n{% endtab %}", code: .unclosedFence,
      place: "```javascript"),
    .init(
      testDescription: "the request's fence is not opened",
      piece: "```javascript\ncurl", replacement: "curl", code: .unclosedFence, place: "curl -g"),
    .init(
      testDescription: "the request's fence has two marks",
      piece: "```javascript\ncurl", replacement: "``javascript\ncurl", code: .unclosedFence,
      place: "``javascript"),
    .init(
      testDescription: "a tab is not closed",
      piece: "```\n{% endtab %}\n\n{% tab", replacement: "```\n\n{% tab", code: .conditional,
      place: "unless in scope"),
    .init(
      testDescription: "the title is in another grammar",
      piece: "# Create a widget", replacement: "# Widgets, and how they are made",
      code: .kindMismatch, place: "# Widgets, and"),
    .init(
      testDescription: "the title is of another level",
      piece: "# Create a widget", replacement: "## Create a widget", code: .titleGuess,
      place: "## Create"),
    .init(
      testDescription: "the request line stands in a fence",
      piece: "**POST** https://host.example<b>/api/widgets</b>",
      replacement: "```text\nPOST https://host.example/api/widgets\n```", code: .otherCode,
      place: "POST https"),
    .init(
      testDescription: "an unknown type",
      piece: "`float`", replacement: "`decimal`", code: .unknownType, place: "`decimal`"),
    .init(
      testDescription: "a missing comma in the response",
      piece: "\"weight\": 10.0,", replacement: "\"weight\": 10.0", code: .repairedJSON,
      place: "\"sealed\": true"),
    .init(
      testDescription: "an ellipsis in the response",
      piece: "\"metadata\": {\n        \"foo\": \"bar\"\n      }",
      replacement: "\"metadata\": {...}", code: .repairedJSON, place: "{...}"),
    .init(
      testDescription: "a placeholder in the response",
      piece: "\"id\": \"abc\",\n    \"type\"", replacement: "\"id\": {{id}},\n    \"type\"",
      code: .repairedJSON, place: "{{id}}"),
    .init(
      testDescription: "a name without quotes", piece: "\"sealed\": true",
      replacement: "sealed: true", code: .repairedJSON, place: "sealed: true"),
    .init(
      testDescription: "the response is cut short",
      piece: "        \"foo\": \"bar\"\n", replacement: "        \"foo\": sample(\n",
      code: .invalidJSON, place: "sample(", loss: noResponse),
    .init(
      testDescription: "two values in one block",
      piece: "}\n```\n{% endtab %}\n{% endtabs %}",
      replacement: "}\n{ \"data\": {} }\n```\n{% endtab %}\n{% endtabs %}", code: .otherCode,
      place: "{ \"data\": {} }"),
    .init(
      testDescription: "a duplicated row",
      piece: "| attributes.**metadata** | `object` | Optional |",
      replacement:
        "| attributes.**metadata** | `object` | Optional |\n| attributes.**metadata** | `string` | Required |",
      code: .duplicateRow, place: "`string` | Required |\n"),
  ]

  @Test(arguments: mutations)
  func onlyTheDamageIsLost(mutation: Mutation) throws {
    let page = Fixtures.create.replacing(mutation.piece, with: mutation.replacement)
    try #require(page != Fixtures.create)
    let result = Fixtures.distil(page)
    var expected = try #require(Fixtures.distil(Fixtures.create).widgets)
    mutation.loss(&expected)
    #expect(result.widgets == expected)
    let lines = page.split(separator: "\n", omittingEmptySubsequences: false)
    let diagnostics = result.diagnostics.filter { $0.code == mutation.code }
    let place = mutation.place.filter { $0 != "\n" }
    #expect(
      diagnostics.contains {
        lines.indices.contains($0.line - 1) && lines[$0.line - 1].contains(place)
      },
      "\(result.diagnostics)")
  }

  @Test func lostResponsesLoseOnlyTheirLines() throws {
    let text = PageForm.text[0].render(
      try MarkdownReader.read(Fixtures.list, file: "l.md"))
    let cut = text.replacing("}\n]\n}", with: "}\n]")
    try #require(cut != text)
    let result = Distiller.distil([SourceFile(name: "l.txt", text: cut)])
    #expect(result.codes.contains(.invalidJSON))
    #expect(result.widgets?.attributes["size_code"]?.sort == true)
  }
}

/// Random damage to pages of every form: always a result, never a crash, within the time.
@Suite struct RandomDamageTests {
  /// A generator that gives the same numbers every time.
  struct Numbers: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var mixed = state
      mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
      return mixed ^ (mixed >> 31)
    }
  }

  private static let pieces = [
    "{", "}", "[", "\"", "|", "```", "{%", "%}", "<", ">", "</div>", "<table>", "\u{0}", "\\", "*",
    "\n", "\n\n", "# ", "- ", "<!--", "-->", "{{", "…", "\u{FFFD}", "\t", "1\n", "curl -", "&#",
    "“",
  ]

  @Test(.timeLimit(.minutes(10)), arguments: PageForm.all)
  func everyPageEnds(form: PageForm) throws {
    var numbers = Numbers(state: 42)
    for source in [Fixtures.create, Fixtures.list] {
      let whole = Array(form.render(try MarkdownReader.read(source, file: "w.md")).utf8)
      for _ in 0..<25 {
        var bytes = whole
        for _ in 0..<Int.random(in: 1...6, using: &numbers) {
          let place = Int.random(in: 0..<bytes.count, using: &numbers)
          switch Int.random(in: 0..<4, using: &numbers) {
          case 0: bytes.removeLast(min(bytes.count - 1, place / 4))
          case 1:
            let end = min(bytes.count, place + Int.random(in: 1...40, using: &numbers))
            if end - place < bytes.count { bytes.removeSubrange(place..<end) }
          case 2:
            let piece = Self.pieces.randomElement(using: &numbers) ?? "{"
            bytes.insert(contentsOf: Array(piece.utf8), at: place)
          default: bytes[place] = UInt8.random(in: 0...255, using: &numbers)
          }
        }
        let result = Distiller.distil([SourceFile(name: "w." + form.ending, bytes: bytes)])
        for spec in result.resources { _ = try spec.tree().canonicalText }
        #expect(result.diagnostics.allSatisfy { $0.line > 0 && $0.line <= bytes.count + 1 })
      }
    }
  }
}
