/// What became of one row that was not imported.
public struct RowEntry: Sendable, Hashable {
  /// How a row ended.
  public enum Outcome: String, Sendable, Hashable {
    /// The service took it.
    case succeeded
    /// The service refused it.
    case failed
    /// The service never came to it, or it is unknown whether it did.
    case unprocessed
    /// It was not fit to be sent.
    case rejected
  }

  /// The row as text, so that it can be run again.
  public enum Row: Sendable, Hashable {
    /// The JSON object that was or would be sent.
    case json([UInt8])
    /// The CSV record that was or would be sent.
    case csv([UInt8])
    /// What stands in the input.
    case source([UInt8])
  }

  /// The line of the input the row starts on.
  public let line: Int
  /// What it is recognised by, when it has a key or an id.
  public let key: String?
  /// How it ended.
  public let outcome: Outcome
  /// Why.
  public let reasons: [String]
  /// The import it was part of.
  public let importID: String?
  /// Whether it may have been imported all the same.
  public let isUncertain: Bool
  /// The row itself, when the run was told to keep rows.
  public let row: Row?

  init(
    line: Int, key: String?, outcome: Outcome, reasons: [String], importID: String? = nil,
    isUncertain: Bool = false, row: Row? = nil
  ) {
    self.line = line
    self.key = key
    self.outcome = outcome
    self.reasons = reasons
    self.importID = importID
    self.isUncertain = isUncertain
    self.row = row
  }

  init(rejected row: RejectedRow, keepsRow: Bool) {
    self.init(
      line: row.line, key: row.key, outcome: .rejected, reasons: row.reasons,
      row: keepsRow ? .source(row.bytes) : nil)
  }
}

extension RowEntry {
  /// The entry without the row itself.
  public var bare: RowEntry {
    RowEntry(
      line: line, key: key, outcome: outcome, reasons: reasons, importID: importID,
      isUncertain: isUncertain)
  }
}
