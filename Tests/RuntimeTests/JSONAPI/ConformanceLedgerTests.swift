import Foundation
import Testing

@testable import CommerceLayerRuntime

/// Keeps `docs/json-api-conformance.md` complete and true to the tests there are.
@Suite struct ConformanceLedgerTests {
  private static let repository = FixtureFiles.folder.deletingLastPathComponent()
    .deletingLastPathComponent()

  private struct Row {
    let id: String
    let proof: String
    /// The tests it names: suite and function.
    var tests: [String] {
      proof.split(separator: "`").map(String.init)
        .filter { $0.wholeMatch(of: /\w+Tests\.\w+/) != nil }
    }
  }

  private static func rows() throws -> [Row] {
    let text = try String(
      contentsOf: repository.appending(path: "docs/json-api-conformance.md"), encoding: .utf8)
    return text.split(separator: "\n").compactMap { line in
      let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      guard cells.count == 3, cells[0].hasPrefix("`") else { return nil }
      return Row(id: cells[0].trimmingCharacters(in: ["`"]), proof: cells[2])
    }
  }

  /// The published list has a page's front matter before its JSON.
  private static func statementsForClients() throws -> Set<String> {
    let text = String(
      decoding: try FixtureFiles.bytes("jsonapi/normative-statements.json"), as: UTF8.self)
    let json = try #require(text.components(separatedBy: "---\n").last)
    let included = try JSONValue(parsing: json)["included"]?.array ?? []
    let own = included.filter { $0["type"]?.string == "normative-statements" }
    #expect(own.count == 184)
    return Set(
      own.filter { $0["attributes"]?.text.lowercased().contains("client") == true }
        .compactMap { $0["id"]?.string })
  }

  @Test func everyStatementForClientsIsThere() throws {
    let statements = try Self.statementsForClients()
    // 32 entries, one of them twice.
    #expect(statements.count == 31)
    let rows = try Self.rows().map(\.id)
    #expect(Set(rows).count == rows.count, "a row is there twice")
    #expect(statements.subtracting(rows).isEmpty)
    #expect(Set(rows.filter { !$0.hasPrefix("1.1-") }) == statements)
    #expect(rows.count { $0.hasPrefix("1.1-") } >= 15)
  }

  @Test func everyRowHasAProofOrAReason() throws {
    for row in try Self.rows() where row.tests.isEmpty {
      #expect(row.proof.wholeMatch(of: /not applicable: .{10,}/) != nil, "\(row.id)")
    }
  }

  @Test func everyTestThatIsNamedExists() throws {
    let folder = Self.repository.appending(path: "Tests/RuntimeTests")
    let files =
      FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
    var found: Set<String> = []
    for file in files where file.hasSuffix(".swift") {
      var suite = ""
      let text = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
      for line in text.split(separator: "\n") {
        if let match = line.firstMatch(of: /^@Suite.*struct (\w+)|^struct (\w+Tests)/) {
          suite = String(match.1 ?? match.2 ?? "")
        } else if let match = line.firstMatch(of: /^  (?:@Test.* )?func (\w+)\(/) {
          found.insert("\(suite).\(match.1)")
        }
      }
    }
    for row in try Self.rows() {
      for test in row.tests { #expect(found.contains(test), "\(row.id) names \(test)") }
    }
  }
}
