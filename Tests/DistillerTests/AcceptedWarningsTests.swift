import Spec
import Testing

@testable import Distiller

/// The warnings that were looked at and accepted.
@Suite struct AcceptedWarningsTests {
  private static let page = Fixtures.page(
    rows: """
      | attributes.**size_code** | `word` | Required |
      | attributes.**weight** | `number` | Maybe |
      """)

  private let result = Fixtures.distil(Self.page)

  private func judge(_ text: String, files: Set<String> = ["a.md"]) throws
    -> AcceptedWarnings.Verdict
  {
    try AcceptedWarnings(text, file: "accepted.txt").judge(result.diagnostics, files: files)
  }

  @Test func everyWarningIsUnexpectedWithoutEntries() throws {
    let warnings = result.diagnostics.filter { $0.severity > .note }
    #expect(!warnings.isEmpty)
    #expect(try judge("").unexpected == warnings)
    #expect(AcceptedWarnings().judge(result.diagnostics, files: ["a.md"]).unexpected == warnings)
  }

  @Test func anEntryAcceptsItsWarningAndNoOther() throws {
    let keys = Set(
      result.diagnostics.filter { $0.severity > .note }.map { AcceptedWarnings.Key($0).description }
    )
    let text = "# why\n\n" + keys.sorted().map { "\($0) | looked at\n" }.joined()
    #expect(try judge(text) == .init(unexpected: [], stale: []))
    let typed = try judge("a.md | unknown-type | - | size_code | a slip")
    #expect(
      !typed.unexpected.contains { $0.code == .unknownType && $0.message.contains("size_code") })
    #expect(typed.unexpected.contains { $0.code == .badRequired })
  }

  @Test func whatOccursNoMoreIsStaleWhereItsFileWasRead() throws {
    let text = "a.md | typo | - | gone | was so\nb.md | typo | - | x | elsewhere\n"
    #expect(try judge(text).stale.map(\.line) == [1])
    #expect(try judge(text, files: ["a.md", "b.md"]).stale.map(\.line) == [1, 2])
  }

  @Test(arguments: [
    ("a.md | typo | - | x", "an entry is"), ("a.md | typos | - | x | y", "not a kind of warning"),
    ("a.md | typo | - | x | ", "needs a reason"),
    ("a.md | typo | - | x | y\na.md | typo | - | x | z", "listed twice"),
  ])
  func anEntryThatIsNoneSaysWhere(text: String, message: String) throws {
    let error = #expect(throws: SpecError.self) { try AcceptedWarnings(text, file: "accepted.txt") }
    #expect(error?.description.contains(message) == true)
    #expect(error?.description.contains("accepted.txt:") == true)
  }

  @Test func aContradictionIsKnownByItsFact() throws {
    let other = Self.page.replacing("`word`", with: "`integer`")
    let result = Fixtures.distil(other, Self.page.replacing("`word`", with: "`string`"))
    let found = try #require(result.first(.contradiction))
    #expect(AcceptedWarnings.Key(found).fact == "/attributes/size_code/type")
    #expect(AcceptedWarnings.Key(found).resource == "widgets")
  }
}
