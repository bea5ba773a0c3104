package import CommerceLayer
package import CommerceLayerImporter
import Foundation
import Synchronization

/// What a command prints on standard output.
package enum OutputForm: String, Sendable, CaseIterable {
  /// A summary for people.
  case text
  /// One JSON document.
  case json
  /// One JSON object a line, as things happen.
  case ndjson
}

/// Takes the rows of one input that were not imported: keeps the first ones for the summary, writes
/// all of them to the report file and, for JSON, into the document as it grows.
package final class RunOutput: Sendable {
  private struct State {
    /// Rows that were told, for the JSON document.
    var count = 0
    var rows = ListedRows()
  }

  private let state = Mutex(State())
  private let form: OutputForm
  private let report: ReportFile?
  /// What the input is called where several are; nil for the only one.
  private let name: String?
  /// Holds the input's part of the document where rows of several inputs are told in turns; nil for
  /// standard output.
  private let part: FileDescription?

  /// - Throws: ``InputError`` when there is no room for a part of the document.
  package init(form: OutputForm, report: ReportFile?, name: String? = nil) throws(InputError) {
    self.form = form
    self.report = report
    self.name = name
    part = form == .json && name != nil ? try TemporaryFile.make() : nil
  }

  private func write(_ bytes: [UInt8]) {
    guard let part else { return Console.outRaw(bytes) }
    if !part.write(bytes[...]) { Console.fail(errno) }
  }

  package func add(_ entry: RowEntry) {
    state.withLock { state in
      report?.add(entry)
      switch form {
      case .text: break
      case .json: write((state.count == 0 ? start : Array(",".utf8)) + entry.json)
      case .ndjson:
        // The entry is an object: its members follow those that every event has.
        Console.outRaw(Array((head("row").dropLast() + ",").utf8) + entry.json.dropFirst() + [0x0A])
      }
      state.rows.add(entry)
      state.count += 1
    }
  }

  /// Takes rows that were never sent and are not told one by one.
  package func addUnsent(_ count: Int, reason: String) {
    state.withLock { $0.rows.addUnsent(count, reason: reason) }
  }

  /// Tells a plan and its warnings; nothing but with NDJSON.
  package func tell(_ plan: ImportPlan, runID: String? = nil) {
    var members: JSONObject = [:]
    if let runID { members["run"] = .string(runID) }
    members["plan"] = .object(plan.json)
    tell("planned", members)
    for warning in plan.warnings.all { tell("warning", warning.json) }
  }

  /// Tells an event; nothing but with NDJSON.
  package func tell(_ event: String, _ members: JSONObject = [:]) {
    guard form == .ndjson else { return }
    state.withLock { _ in
      let text = JSONValue.object(members).text.dropFirst()
      Console.out(head(event).dropLast() + (text == "}" ? "" : ",") + text)
    }
  }

  /// `{"event":"row","file":"skus.csv"}`
  private func head(_ event: String) -> String {
    var members: JSONObject = ["event": .string(event)]
    if let name { members["file"] = .string(name) }
    return JSONValue.object(members).text
  }

  private var start: [UInt8] {
    let file = name.map { "\"file\":\(JSONValue.string($0).text)," } ?? ""
    return Array("{\(file)\"rows\":[".utf8)
  }

  /// Ends what JSON there is of the input, with these members.
  package func finish(_ members: JSONObject) {
    switch form {
    case .text: break
    case .ndjson: tell("finished", members)
    case .json:
      state.withLock { state in
        var text = "]"
        for (key, value) in members { text += ",\(JSONValue.string(key).text):\(value.text)" }
        write((state.count == 0 ? start : []) + Array((text + "}").utf8))
        if part == nil { Console.out("") }
      }
    }
  }

  /// Copies the input's part of the document to standard output.
  package func copyPart() {
    guard let part else { return }
    var (offset, buffer) = (0, [UInt8](repeating: 0, count: 1 << 16))
    while true {
      let count = buffer.withUnsafeMutableBytes {
        pread(part.number, $0.baseAddress, $0.count, off_t(offset))
      }
      if count < 0 { Console.fail(errno) }
      guard count > 0 else { return }
      Console.outRaw(Array(buffer[..<count]))
      offset += count
    }
  }

  /// Ends the output of an input that could not be read to its end: what was told of its rows so
  /// far stays told.
  package func fail(_ error: InputError) {
    finish(["ending": "input_failed", "error": .string(error.description)])
    if form == .text { listedRows(reportPath: nil).forEach(Console.out) }
  }

  /// The summary's lines.
  package func summary(_ report: ImportReport, reportPath: String?) -> [String] {
    state.withLock {
      SummaryText.lines(report, rows: $0.rows, reportPath: reportPath)
    }
  }

  /// The rows kept, as lines.
  package func listedRows(reportPath: String?) -> [String] {
    state.withLock {
      $0.rows.isEmpty ? [] : [""] + SummaryText.rows($0.rows, reportPath: reportPath)
    }
  }
}

/// Several inputs as one JSON document: `{"files":[…],"totals":{…}}`.
package enum FilesDocument {
  package static func write(_ outputs: [RunOutput], totals: JSONObject? = nil) {
    Console.outRaw(Array("{\"files\":[".utf8))
    for (index, output) in outputs.enumerated() {
      if index > 0 { Console.outRaw([UInt8(ascii: ",")]) }
      output.copyPart()
    }
    Console.out("]" + (totals.map { ",\"totals\":\(JSONValue.object($0).text)" } ?? "") + "}")
  }
}
