import CommerceLayer
import Foundation
import Testing

@testable import CommerceLayerImporter

@Suite struct ReportReadingTests {
  private func report(
    type: String, csvHeader: String? = nil, _ entries: [RowEntry]
  ) throws -> String {
    let path = NSTemporaryDirectory() + "report-\(UUID().uuidString).jsonl"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let file = try ReportFile(
      path: path, replacing: false, type: type, runID: "run", csvHeader: csvHeader)
    entries.forEach(file.write)
    try file.finish()
    return try String(contentsOfFile: path, encoding: .utf8)
  }

  private func entry(_ row: RowEntry.Row?, uncertain: Bool = false) -> RowEntry {
    RowEntry(
      line: 7, key: nil, outcome: .failed, reasons: ["why"], isUncertain: uncertain, row: row)
  }

  /// Running a report again with the same file for what fails this time.
  @Test func aReportNeverReplacesItsInput() throws {
    let source = try TemporaryFile("code,name\nA,a\n")
    let link = source.path + ".link"
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: source.path)
    defer { try? FileManager.default.removeItem(atPath: link) }
    for path in [source.path, link] {
      let error = #expect(throws: ReportFileError.self) {
        try ReportFile(
          path: path, replacing: true, type: "skus", runID: "run", input: source.file)
      }
      #expect(error?.message.contains("is the input itself") == true)
    }
    #expect(try String(contentsOfFile: source.path, encoding: .utf8) == "code,name\nA,a\n")
  }

  @Test func rowsComeBackAsTheyWere() throws {
    let text = try report(
      type: "skus", [entry(.json(Array("{\"code\":\"A\",\n \"weight\":1.0}".utf8)))])
    let reading = try read(text, .jsonLines)
    #expect(reading.texts == [#"{"code":"A","weight":1.0}"#])
    #expect(reading.rows.map(\.line) == [2])
  }

  @Test func recordsOfTheServicesFormComeBackUnderTheirHeader() throws {
    let record = "A,\"a\nb\",\"x,y\""
    let text = try report(
      type: "skus", csvHeader: "code,name,tags.name", [entry(.csv(Array(record.utf8)))])
    let reading = try read(text, .jsonLines)
    #expect(reading.form == .csv(header: "code,name,tags.name"))
    #expect(reading.texts == [record])
    #expect(reading.rows.first?.identity.key == "A")
  }

  @Test func rowsThatWereNeverFitToBeSentStayRejected() throws {
    let text = try report(type: "skus", [entry(.source(Array("A,\"".utf8))), entry(nil)])
    let reading = try read(text, .jsonLines)
    #expect(reading.rows.isEmpty)
    #expect(reading.reasons.allSatisfy { $0 == "line 7 of its source was rejected before: why" })
    #expect(reading.reasons.count == 2)
  }

  @Test func rowsThatMayHaveArrivedAreNotSentAgainWithoutAKey() throws {
    let tag = entry(.json(Array(#"{"name":"t"}"#.utf8)), uncertain: true)
    let unkeyed = try read(try report(type: "tags", [tag]), .jsonLines, type: "tags")
    #expect(unkeyed.rows.isEmpty)
    #expect(unkeyed.reasons.first?.contains("may have been imported already") == true)
    let sku = entry(.json(Array(#"{"code":"A"}"#.utf8)), uncertain: true)
    #expect(try read(try report(type: "skus", [sku]), .jsonLines).rows.count == 1)
  }
}
