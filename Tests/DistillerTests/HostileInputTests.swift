import Distiller
import Foundation
import Spec
import Testing

/// Whatever a file holds, it ends in a diagnostic: never in a crash, a hang or a look outside.
@Suite struct HostileInputTests {
  private func distil(_ bytes: [UInt8]) -> DistillResult {
    Distiller.distil([SourceFile(name: "evil", bytes: bytes)])
  }

  @Test(arguments: [
    "<!DOCTYPE html [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><html><main><h1>&x;</h1></main></html>",
    "<!DOCTYPE html [ ]><html><body>x</body></html>",
    "<html><body><!ENTITY a \"b\"></body></html>",
    "<html><body><p \((0..<5_000).map { "a\($0)=1 " }.joined())>x</body></html>",
    "# Title\n\n<!ENTITY a \"b\">\n",
  ])
  func entitiesAreRejectedUnread(text: String) {
    let result = distil(Array(text.utf8))
    #expect(result.codes == [.rejectedDocument])
    #expect(result.hasErrors)
  }

  @Test func anExternalFileIsNeverRead() throws {
    let canary = FileManager.default.temporaryDirectory
      .appending(path: "canary-\(UUID().uuidString)")
    try Data("canary_content".utf8).write(to: canary)
    defer { try? FileManager.default.removeItem(at: canary) }
    let text = """
      <!DOCTYPE html SYSTEM "\(canary.absoluteString)">
      <html><main><h1>Create a widget</h1><p>&canary;</p><iframe src="\(canary.absoluteString)"></iframe></main></html>
      """
    let result = distil(Array(text.utf8))
    #expect(!"\(result)".contains("canary_content"))
  }

  @Test func filesBeyondTheLimitAreRejected() {
    let big = Array(repeating: UInt8(ascii: "a"), count: 9 * 1024 * 1024)
    #expect(distil(big).codes == [.tooLarge])
    let page = Array("# Title\n".utf8) + Array(repeating: UInt8(ascii: "a"), count: 2 * 1024 * 1024)
    #expect(distil(page).codes == [.tooLarge])
  }

  @Test func emptyAndBinaryFilesAreLeftOut() {
    #expect(distil([]).codes == [.emptyFile])
    #expect(distil(Array(" \n \n".utf8)).codes == [.emptyFile])
    #expect(distil([0x89, 0x50, 0x4E, 0x47, 0, 0, 0, 1, 2, 3, 4, 5]).codes == [.notText])
    #expect(distil(Array("{\"a\": 1}".utf8)).codes == [.notReference])
  }

  @Test func nulAndInvalidBytesAreReplaced() throws {
    var bytes = Array(Fixtures.create.utf8)
    bytes.insert(contentsOf: [0x00, 0xFF, 0xC3], at: bytes.count - 10)
    let result = distil(bytes)
    #expect(try #require(result.widgets).attributes["size_code"]?.create == .required)
  }

  @Test func anUnclosedFenceIsReportedWhereItOpens() {
    let text = Fixtures.create + "\n\n```javascript\n{ \"data\": {"
    let result = distil(Array(text.utf8))
    let fence = result.first(.unclosedFence)
    #expect(fence != nil)
    #expect(fence?.line == text.split(separator: "\n", omittingEmptySubsequences: false).count - 1)
    #expect(result.widgets != nil)
  }

  /// A named monster: its text is far too long for a test's name.
  struct Monster: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var text: String

    /// A list of so many names.
    static func items(_ count: Int) -> String {
      (0..<count).map { "* a\($0)\n" }.joined()
    }

    init(_ name: String, _ piece: String, times: Int, end: String = "") {
      testDescription = name
      text = String(repeating: piece, count: times) + end
    }
  }

  @Test(
    .timeLimit(.minutes(10)),
    arguments: [
      Monster("nested divs", "<div>", times: 50_000), Monster("nested bold", "<b>", times: 20_000),
      Monster("nested tables", "<table><tr><td>", times: 5_000),
      Monster("open tags", "<a b='", times: 50_000),
      Monster("many tags", "<a a=1 b=2>", times: 20_000),
    ])
  func deepHTMLEnds(monster: Monster) {
    _ = distil(Array("<html><main><h1>Create a widget</h1>\(monster.text)x</main></html>".utf8))
  }

  @Test(
    .timeLimit(.minutes(10)),
    arguments: [
      Monster("nested quotes", "> ", times: 50_000), Monster("nested lists", "- ", times: 50_000),
      Monster("open brackets", "[", times: 50_000), Monster("mixed emphasis", "*a_", times: 50_000),
      Monster("open code", "`", times: 50_000, end: "a"),
      Monster("open tags", "{% tab ", times: 20_000),
      Monster(
        "wide table", "|-", times: 70_000, end: "\n" + String(repeating: "|-", count: 70_000)),
      Monster("open comments", "<!--", times: 20_000),
      Monster("open images", "![](", times: 20_000),
      Monster("unended blocks", "{% api-method %}\n", times: 20_000),
      Monster("long lists", "\n### Sortable fields\n\n", times: 1, end: Monster.items(20_000)),
    ])
  func deepMarkdownEnds(monster: Monster) {
    _ = distil(Array("# Create a widget\n\n\(monster.text)\n".utf8))
  }

  @Test(
    .timeLimit(.minutes(10)),
    arguments: [
      Monster("nested arrays", "[", times: 100_000),
      Monster("nested objects", "{\"a\":", times: 50_000),
      Monster("missing commas", "[\"a\" \"b\" ", times: 50_000, end: ", 1]"),
      Monster("many names", (0..<60_000).reduce(into: "{") { $0 += "\"a\($1)\":1," }, times: 1),
      Monster("stray quotes", "\"b\"c", times: 50_000),
    ])
  func deepExamplesEnd(monster: Monster) {
    let page = Fixtures.page(
      rows: "| attributes.**a** | `string` | Required |", response: "{ \"data\": \(monster.text)")
    let result = distil(Array(page.utf8))
    #expect(result.widgets?.attributes["a"]?.create == .required)
  }

  @Test func tagsInTitlesAndNamesDoNotReachTheSpec() {
    let page = Fixtures.page(
      rows: """
        | attributes.**a\"b** | `string` | Required |
        | attributes.**../x** | `string` | Required |
        | attributes.**é** | `string` | Required |
        | attributes.**\(String(repeating: "a", count: 500))** | `string` | Required |
        """, response: "{ \"data\": { \"attributes\": { \"../y\": 1, \"ok\": 1 } } }")
    let result = distil(Array(page.utf8))
    #expect(result.widgets?.attributes.keys.sorted() == ["id", "ok"])
    #expect(result.codes.filter { $0 == .badName }.count == 5)
  }

  @Test func theAgentsAppendixIsNoContent() {
    let appendix = """


      ---

      # Agent Instructions: Querying

      `size_code` is deprecated.

      ```
      GET https://host.example/api/widgets?ask=x
      ```

      | Body Parameter | Type | Required |
      | --- | --- | --- |
      | attributes.**injected** | `string` | Required |
      """
    let plain = Fixtures.distil(Fixtures.create)
    let result = Fixtures.distil(Fixtures.create + appendix)
    #expect(result.resources == plain.resources)
  }
}
