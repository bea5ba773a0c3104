import CommerceLayer
import Foundation
import Testing

@testable import CommerceLayerImporter
@testable import CommerceLayerRows

/// The importing guide; nil where it is not there.
private enum ImportingGuide {
  static let text = try? String(
    contentsOf: URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "shared/docs/guides/importing-resources-2021.md"), encoding: .utf8)
}

/// The examples of the service's own importing guide are the first thing its users type. They are
/// not in this repository: `../shared` has them where this project is developed.
@Suite(
  .enabled(
    if: ImportingGuide.text != nil,
    "the importing guide is in ../shared/docs/guides, which is not here"))
struct GuideExampleTests {
  struct Example: Sendable, CustomTestStringConvertible {
    let type: String
    let parent: String?
    let rows: String
    var testDescription: String { type }
  }

  /// The requests of the guide: what they import, and their inputs without the placeholder that
  /// stands for more.
  static let examples: [Example] = (ImportingGuide.text ?? "").components(
    separatedBy: "curl -X POST"
  )
  .dropFirst().compactMap { block in
    guard let type = block.firstMatch(of: /"resource_type":\s*"([a-z_]+)"/)?.output.1,
      let start = block.range(of: "\"inputs\":"),
      let end = block[start.upperBound...].range(of: "]\n\t  }")
        ?? block[start.upperBound...].range(of: "]\n\t}")
        ?? block[start.upperBound...].range(of: "\n}")
    else { return nil }
    var rows = String(block[start.upperBound..<end.upperBound])
    rows = rows.replacing(/,\s*\{\.\.\.\}/, with: "")
    // Some of the guide's JSON has a comma behind a last member.
    rows = rows.replacing(/,(\s*[}\]])/) { String($0.output.1) }
    guard let close = rows.lastIndex(of: "]") else { return nil }
    let parent = block.firstMatch(of: /"parent_resource_id":\s*"([A-Za-z]+)"/)?.output.1
    return Example(
      type: String(type), parent: parent.map(String.init), rows: String(rows[...close]))
  }

  @Test func thereAreNine() { #expect(Set(Self.examples.map(\.type)).count == 9) }

  @Test(arguments: examples) func importsAsItIs(example: Example) throws {
    let reading = try read(example.rows, .json, type: example.type, parent: example.parent)
    #expect(reading.reasons == [])
    #expect(reading.rows.count >= 1)
    #expect(reading.warnings.all.filter { !$0.kind.isNote } == [])
  }

  /// The columns of the dashboard's import templates, each with a row.
  @Test(
    arguments: [
      (
        "customer_addresses", nil, "customer.email,address.line_1,address.city\na@example.com,x,y\n"
      ),
      ("sku_lists", nil, "name,sku_list_items.sku_code\nL,A\nL,B\n"),
      (
        "prices", "pl",
        "sku_code,amount_cents,price_tiers.name,price_tiers.up_to,price_tiers.price_amount_cents\n"
          + "A,100,six,6,90\nA,100,twelve,12,80\n"
      ),
      ("tax_categories", "tc", "sku_code,reference,reference_origin\nA,r,o\n"),
      ("customer_subscriptions", nil, "customer_email,reference\na@example.com,News\n"),
    ] as [(String, String?, String)])
  func templatesImportAsTheyAre(type: String, parent: String?, text: String) throws {
    let reading = try read(text, type: type, parent: parent)
    #expect(reading.reasons == [])
    #expect(reading.rows.count == text.split(separator: "\n").count - 1)
  }
}
