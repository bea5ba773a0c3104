import CommerceLayer
import Foundation
import Testing

@testable import CommerceLayerImporter
@testable import CommerceLayerRows

/// A report is written as its input is, and comes back.
@Suite struct ReportReadingTests {
  private struct Run {
    var report: [UInt8] = []
    var path = ""
    var text: String { String(decoding: report, as: UTF8.self) }
  }

  /// Plans an input and reports all its rows, the sent ones with an outcome.
  private func report(
    _ bytes: [UInt8], _ format: InputFormat = .csv, type: String = "skus",
    outcome: RowEntry.Outcome = .failed, encoding: TextEncoding? = nil
  ) throws -> Run {
    let source = try InputOnDisk(bytes)
    let input = try InputFile(path: source.path, encoding: encoding)
    let planner = ImportPlanner(
      file: input, format: format, rules: try rules(type),
      settings: ImportSettings(service: CommerceLayerService.description))
    let path = NSTemporaryDirectory() + "report-\(UUID().uuidString).csv"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let report = try ReportFile(path: path, replacing: false, runID: "run", planner: planner)
    var reader = try planner.reader(for: .sending)
    var sink = RowBuffer()
    while let result = try reader.next(into: &sink) {
      switch result {
      case .rejected(let row): report.add(RowEntry(rejected: row))
      case .row(let row):
        report.add(
          RowEntry(
            line: row.line, lastLine: row.lastLine, key: nil, outcome: outcome,
            reasons: ["first", "second"], source: row.source))
      }
    }
    #expect(!FileManager.default.fileExists(atPath: path), "it has no place before it is published")
    try report.publish()
    try report.finish()
    let folder = try FileManager.default.contentsOfDirectory(atPath: NSTemporaryDirectory())
    #expect(!folder.contains { $0.hasSuffix(".part") && path.contains($0.dropFirst().prefix(20)) })
    return Run(report: Array(try Data(contentsOf: URL(fileURLWithPath: path))), path: path)
  }

  private func report(_ text: String, _ format: InputFormat = .csv, type: String = "skus") throws
    -> Run
  { try report(Array(text.utf8), format, type: type) }

  @Test func aCSVReportHasTheColumnsOfItsInput() throws {
    let run = try report("code;name;weight\r\nA;\"a;\nb\";1.5\r\nB;b;x\r\nC;12\"\r\n")
    let stray =
      #""column 2: a quote inside a cell that does not start with one; put the cell in quotes "#
      + #"and double the quotes inside it, as in ""12"""" monitor""""#
    #expect(
      run.text
        == [
          "_type;_line;_outcome;_reason;code;name;weight",
          "skus;2;failed;\"first; second\";A;\"a;", "b\";1.5",
          "skus;4;rejected;column 'weight': 'x' is not a number;B;b;x",
          "skus;5;rejected;\(stray);C;12\"", "",
        ].joined(separator: "\n"))
    let again = try read(run.report)
    #expect(again.keys == ["A"])
    #expect(again.rejected.count == 2)
    #expect(again.warnings.count == 0, "its own columns are nobody's business")
    let corrected = try read(
      run.text.replacing(";B;b;x", with: ";B;b;2").replacing("C;12\"", with: "C;12"))
    #expect(corrected.keys == ["A", "B", "C"])
    #expect(corrected.texts[1] == #"{"code":"B","name":"b","weight":2}"#)
  }

  @Test func aReportOfAReportHasItsColumnsOnce() throws {
    let first = try report("code,name\nA,a\nB,\"b,c\"\n")
    let second = try report(first.report)
    #expect(
      second.text == """
        _type,_line,_outcome,_reason,code,name
        skus,2,failed,first; second,A,a
        skus,3,failed,first; second,B,"b,c"

        """)
  }

  @Test func aReportHasTheEncodingOfItsInput() throws {
    let cp1252 = Array("code,name\nA,caf".utf8) + [0xE9, 0x20, 0x80] + Array("\n".utf8)
    let run = try report(cp1252, encoding: .windows1252)
    #expect(
      run.report.suffix(7) == [0x66, 0xE9, 0x20, 0x80, 0x0A].suffix(7)[...]
        || run.report.contains(0xE9))
    let again = try read(run.report, encoding: .windows1252)
    #expect(again.texts == [#"{"code":"A","name":"café €"}"#])
    let utf16: [UInt8] = [0xFF, 0xFE] + TextEncoding.utf16LE.encode("code,name\nA,ü\n")
    let wide = try report(utf16)
    #expect(wide.report.starts(with: [0xFF, 0xFE]))
    #expect(try read(wide.report).texts == [#"{"code":"A","name":"ü"}"#])
  }

  @Test func aJSONReportIsJSONLinesWhateverItsName() throws {
    let run = try report(
      "[{\"code\":\"A\",\n\"metadata\":{\"n\":\n1.0}}, {\"code\":7}, nonsense]", .json)
    let lines = run.text.split(separator: "\n")
    #expect(lines.count == 3)
    #expect(
      lines.first
        == #"{"_type":"skus","_line":1,"_outcome":"failed","_reason":"first; second","code":"A","metadata":{"n":1.0}}"#
    )
    #expect(lines[1].hasSuffix(#","code":7}"#))
    #expect(lines[2].contains(#""_source":"nonsense""#))
    let file = try InputOnDisk(run.report, suffix: ".csv")
    #expect(try InputFormat.detect(file.file) == .jsonLines)
    let again = try read(run.report, .jsonLines)
    #expect(again.texts == [#"{"code":"A","metadata":{"n":1.0}}"#])
    #expect(again.rejected.map(\.line) == [2, 3])
    #expect(again.reasons.last?.contains("replace '_source'") == true)
  }

  /// SKU lists and tags have both a name and nothing else that must be given.
  @Test func aReportOfAnotherTypeIsNoticedWhateverItsColumns() throws {
    for (text, format) in [
      ("name\nred\nblue\n", InputFormat.csv), ("[{\"name\":\"red\"},{\"name\":\"blue\"}]", .json),
    ] {
      let tags = try report(text, format, type: "tags")
      let again: InputFormat = format == .csv ? .csv : .jsonLines
      let error = inputError { try read(tags.report, again, type: "sku_lists") }
      #expect(error?.description.contains("the row is of tags by its '_type'") == true)
      #expect(error?.advice == "--type tags" && error?.line == (format == .csv ? 2 : 1))
      #expect(try read(tags.report, again, type: "tags").rows.count == 2)
      #expect(try InputOnDisk(tags.report, suffix: ".txt").file.reportedType == "tags")
    }
    let skus = try report("code,name\nA,a\n")
    let asPrices = inputError { try read(skus.report, type: "prices") }
    #expect(asPrices?.message.contains("the row is of skus") == true, "not what its columns are")
    let earlier = try read("_line,_outcome,_reason,name\n2,failed,x,red\n", type: "tags")
    #expect(earlier.rows.count == 1, "reports without the column are read as before")
    for text in ["", "name\nred\n", "{\"name\":\"_type\"}\n", "[1]", "\u{0}", "_type\n"] {
      #expect(try InputOnDisk(text).file.reportedType == nil, "\(text)")
    }
    let joined =
      "_type,_line,_outcome,_reason,code\nskus,2,failed,x,A\n_type,_line,_outcome,_reason,code\n,3,failed,x,B\n"
    #expect(try read(joined).keys == ["A", "B"])
  }

  @Test func rowsOfUnknownOutcomeAreNotSentAgainWithoutAKey() throws {
    let tags = try report(Array("name\nred\n".utf8), type: "tags", outcome: .unknown)
    let unkeyed = try read(tags.report, type: "tags")
    #expect(unkeyed.rows.isEmpty)
    #expect(unkeyed.reasons.first?.contains("may have been imported already") == true)
    #expect(unkeyed.reasons.first?.contains("--allow-duplicates") == true)
    #expect(try read(tags.report, type: "tags") { $0.allowsDuplicates = true }.rows.count == 1)
    let skus = try report(Array("code\nA\n".utf8), outcome: .unknown)
    #expect(try read(skus.report).keys == ["A"])
  }

  // MARK: - Its place

  private func planner(_ path: String) throws -> ImportPlanner {
    ImportPlanner(
      file: try InputFile(path: path), format: .csv, rules: try rules(),
      settings: ImportSettings(service: CommerceLayerService.description))
  }

  @Test func aReportNeverReplacesItsInput() throws {
    let source = try InputOnDisk("code,name\nA,a\n")
    let link = source.path + ".link"
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: source.path)
    defer { try? FileManager.default.removeItem(atPath: link) }
    for path in [source.path, link] {
      let error = #expect(throws: ReportFileError.self) {
        try ReportFile(path: path, replacing: true, runID: "run", planner: planner(source.path))
      }
      #expect(error?.message.contains("is the input itself") == true)
    }
    #expect(try String(contentsOfFile: source.path, encoding: .utf8) == "code,name\nA,a\n")
  }

  @Test func theLastReportStaysUntilARunBegins() throws {
    let source = try InputOnDisk("code,name\nA,a\n")
    let last = try InputOnDisk("the last report")
    let draft = try ReportFile(
      path: last.path, replacing: true, runID: "run", planner: planner(source.path))
    #expect(try String(contentsOfFile: last.path, encoding: .utf8) == "the last report")
    draft.discard()
    #expect(try String(contentsOfFile: last.path, encoding: .utf8) == "the last report")
    let error = #expect(throws: ReportFileError.self) {
      try ReportFile(path: last.path, replacing: false, runID: "run", planner: planner(source.path))
    }
    #expect(error?.advice?.contains("--force") == true)
  }

  @Test func whatALinkLeadsToIsLeftAlone() throws {
    let source = try InputOnDisk("code,name\nA,a\n")
    let target = try InputOnDisk("somebody's file")
    let link = target.path + ".link"
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: target.path)
    defer { try? FileManager.default.removeItem(atPath: link) }
    let report = try ReportFile(
      path: link, replacing: true, runID: "run", planner: planner(source.path))
    try report.publish()
    try report.finish()
    #expect(try String(contentsOfFile: target.path, encoding: .utf8) == "somebody's file")
    #expect(try String(contentsOfFile: link, encoding: .utf8).hasPrefix("_type,_line,"))
  }

  @Test func aDeviceIsNotAReport() throws {
    let source = try InputOnDisk("code,name\nA,a\n")
    for path in ["/dev/null", NSTemporaryDirectory()] {
      let error = #expect(throws: ReportFileError.self) {
        try ReportFile(path: path, replacing: true, runID: "run", planner: planner(source.path))
      }
      #expect(error?.message.contains("is not a file") == true)
    }
    #expect(FileManager.default.fileExists(atPath: "/dev/null"))
  }
}
