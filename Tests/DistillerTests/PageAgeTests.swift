import Foundation
import Spec
import Testing

@testable import Distiller

/// How old a page is: its date where the pull, the sitemap or a commit tells one, its form otherwise.
@Suite struct PageAgeTests {
  @Test(
    arguments: [
      ("2024-05-03", "2024-05-03"), ("2024-05-03T10:00:00Z", "2024-05-03"),
      ("2024-02-29", "2024-02-29"),
      ("2023-02-29", nil), ("2024-13-01", nil), ("2024-5-3", nil), ("yesterday", nil), ("", nil),
      ("2024-05-033", nil), ("0000-01-01", nil),
    ] as [(String, String?)])
  func daysAreRead(text: String, day: String?) {
    #expect(PageDate(text)?.description == day)
  }

  @Test(
    arguments: [
      ("Fri, 03 May 2024 10:00:00 GMT", "2024-05-03"),
      ("Friday, 03-May-24 10:00:00 GMT", "2024-05-03"),
      ("Fri May  3 10:00:00 2024", "2024-05-03"), ("Fri, 99 May 2024 10:00:00 GMT", nil),
      ("0", nil),
      ("", nil), ("May", nil), ("x May", nil),
    ] as [(String, String?)])
  func datesOfHTTPAreRead(text: String, day: String?) {
    #expect(PageDate(http: text)?.description == day)
  }

  @Test func secondsAreDays() {
    #expect(PageDate(secondsSince1970: 1_714_730_400)?.description == "2024-05-03")
    #expect(PageDate(secondsSince1970: 951_782_400)?.description == "2000-02-29")
    #expect(PageDate(secondsSince1970: -1) == nil)
    #expect(PageDate(secondsSince1970: .max) == nil)
  }

  private func dated(_ name: String, _ text: String, _ day: String?) -> SourceFile {
    SourceFile(
      name: name, text: text,
      dates: day.map {
        PageDates(modified: PageDate($0), source: .lastModified, verified: PageDate("2026-01-02"))
      })
  }

  private static func create(_ type: String) -> String {
    Fixtures.page(rows: "| attributes.**size_code** | `\(type)` | Required |")
  }

  /// A page in the newest form that was last changed long before the other.
  @Test func aDateOverrulesTheForm() throws {
    let newForm = Self.create("integer").replacing(
      "**POST** https://host.example<b>/api/widgets</b>",
      with: "**POST** <https://host.example/api/widgets>")
    let oldForm = Self.create("string")
    let byForm = Distiller.distil([dated("a.md", newForm, nil), dated("b.md", oldForm, nil)])
    #expect(byForm.widgets?.attributes["size_code"]?.type == .integer)
    let byDate = Distiller.distil(
      [dated("a.md", newForm, "2021-03-01"), dated("b.md", oldForm, "2025-03-01")])
    #expect(byDate.widgets?.attributes["size_code"]?.type == .string)
    let claims = try #require(
      byDate.contradictions["widgets"]?.first { $0.fact == "/attributes/size_code/type" }?.claims)
    #expect(claims.first?.vintage == "2025-03" && claims.last?.vintage == "2021-03")
    #expect(Set(claims.map(\.vintage)).count == 2)
  }

  @Test func aDateAndAFormCompare() {
    let result = Distiller.distil(
      [
        dated("a.md", Self.create("integer"), "2021-03-01"),
        dated("b.md", Self.create("string"), nil),
      ])
    #expect(result.widgets?.attributes["size_code"]?.type == .string)
  }

  @Test func provenanceKeepsTheDates() throws {
    let files = [dated("w/a.md", Self.create("string"), "2024-05-03")]
    let result = Distiller.distil(files)
    var provenance = try Provenance(nil)
    provenance.record(result, files: files) { _ in "00" }
    let text = provenance.tree.canonicalText
    for piece in [
      #""modified": "2024-05-03""#, #""modified_by": "last-modified""#,
      #""verified": "2026-01-02""#,
      #""vintage": "2024-05""#,
    ] { #expect(text.contains(piece), "\(text)") }
    let again = try Provenance(try JSONTree.parse(Data(text.utf8), file: "provenance.json"))
    #expect(again == provenance)
    #expect(again.dates(of: "w/a.md") == files[0].dates)
  }

  // MARK: What is never returned

  private func page(_ rows: String, _ attributes: String, _ day: String) -> SourceFile {
    dated(
      "w/\(day).md",
      Fixtures.page(
        rows: rows,
        response:
          "{ \"data\": { \"id\": \"a\", \"type\": \"widgets\", \"attributes\": { \(attributes) } } }"
      ),
      day)
  }

  private static let secret = "| attributes.**secret** | `string` | Optional |"

  @Test func anOlderResponseSaysNothingOfANewArgument() {
    let new = dated(
      "w/new.md", Fixtures.page(rows: Self.secret, response: "not JSON"), "2025-01-01")
    let result = Distiller.distil([new, page("", #""name": "x""#, "2020-01-01")])
    #expect(result.widgets?.attributes["secret"]?.create == .optional)
    #expect(result.widgets?.attributes["secret"]?.writeOnly == nil)
  }

  @Test func whatWasReturnedOnceMayBeReturnedNoMore() {
    let result = Distiller.distil([
      page(Self.secret, #""name": "x", "secret": "s""#, "2020-01-01"),
      page(Self.secret, #""name": "x""#, "2025-01-01"),
    ])
    #expect(result.widgets?.attributes["secret"]?.writeOnly == true)
  }

  @Test func whatIsReturnedNowIsNotWriteOnly() {
    let result = Distiller.distil([
      page(Self.secret, #""name": "x""#, "2020-01-01"),
      page(Self.secret, #""name": "x", "secret": "s""#, "2025-01-01"),
    ])
    #expect(result.widgets?.attributes["secret"]?.writeOnly == nil)
  }
}
