import CommerceLayer
import CommerceLayerRows

/// What became of one row that was not imported.
public struct RowEntry: Sendable, Hashable {
  /// How a row ended.
  public enum Outcome: String, Sendable, Hashable, CaseIterable {
    /// The service imported it.
    case succeeded
    /// The service could not import it, and says why.
    case failed
    /// The service never came to it, or it was never sent.
    case notProcessed = "not_processed"
    /// It was not fit to be sent.
    case rejected
    /// It may have been imported or not: nothing the service says tells.
    case unknown
  }

  /// The line of the input the row starts on.
  public let line: Int
  /// The line it ends on.
  public let lastLine: Int
  /// What it is recognized by, when it has a key or an id.
  public let key: String?
  /// How it ended.
  public let outcome: Outcome
  /// Why.
  public let reasons: [String]
  /// The import it was part of.
  public let importID: String?
  /// Where its bytes are in the text of the input.
  let source: Range<Int>?

  init(
    line: Int, lastLine: Int? = nil, key: String?, outcome: Outcome, reasons: [String],
    importID: String? = nil, source: Range<Int>? = nil
  ) {
    self.line = line
    self.lastLine = lastLine ?? line
    self.key = key
    self.outcome = outcome
    self.reasons = reasons
    self.importID = importID
    self.source = source
  }

  init(rejected row: RejectedRow) {
    self.init(
      line: row.line, lastLine: row.lastLine, key: row.key, outcome: .rejected,
      reasons: row.reasons, source: row.source)
  }

  /// The entry as one JSON object, without the row itself.
  public var json: [UInt8] {
    var object: JSONObject = ["line": .number(JSONNumber(line))]
    if lastLine != line { object["last_line"] = .number(JSONNumber(lastLine)) }
    object["outcome"] = .string(outcome.rawValue)
    if let key { object["key"] = .string(key) }
    if let importID { object["import"] = .string(importID) }
    object["reasons"] = .array(reasons.map(JSONValue.string))
    return JSONValue.object(object).bytes
  }
}
