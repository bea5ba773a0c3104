import CommerceLayer
import CommerceLayerImporter
import Synchronization

/// Takes the rows that were not imported: keeps the first ones for the summary, writes all of them
/// to the report file and, with `--json`, into the document on standard output as it grows.
final class RunOutput: Sendable {
  private struct State {
    /// Rows that were told, for the JSON document.
    var count = 0
    var rows = ListedRows()
  }

  private let state = Mutex(State())
  private let isJSON: Bool
  private let report: ReportFile?

  init(isJSON: Bool, report: ReportFile?) {
    self.isJSON = isJSON
    self.report = report
  }

  func add(_ entry: RowEntry) {
    state.withLock { state in
      report?.add(entry)
      if isJSON {
        Console.outRaw(Array((state.count == 0 ? "{\"rows\":[" : ",").utf8) + entry.json)
      }
      state.rows.add(entry)
      state.count += 1
    }
  }

  /// Takes rows that were never sent and are not told one by one.
  func addUnsent(_ count: Int, reason: String) {
    state.withLock { $0.rows.addUnsent(count, reason: reason) }
  }

  /// Ends the JSON document with these members.
  func finish(_ members: JSONObject) {
    state.withLock { state in
      var text = state.count == 0 ? "{\"rows\":[" : ""
      text += "]"
      for (key, value) in members { text += ",\(JSONValue.string(key).text):\(value.text)" }
      Console.out(text + "}")
    }
  }

  /// Ends the output of an input that could not be read to its end: what was told of its rows so
  /// far stays told.
  func fail(_ error: InputError) {
    if isJSON {
      finish(["ending": "input_failed", "error": .string(error.description)])
    } else {
      listedRows(reportPath: nil).forEach(Console.out)
    }
  }

  /// The summary's lines.
  func summary(_ report: ImportReport, reportPath: String?) -> [String] {
    state.withLock {
      SummaryText.lines(report, rows: $0.rows, reportPath: reportPath)
    }
  }

  /// The rows kept, as lines.
  func listedRows(reportPath: String?) -> [String] {
    state.withLock {
      $0.rows.isEmpty ? [] : [""] + SummaryText.rows($0.rows, reportPath: reportPath)
    }
  }
}
