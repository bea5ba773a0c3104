/// One row that may be sent.
struct SourceRow: Sendable {
  /// The line of the input it starts on.
  let line: Int
  /// What is sent: one checked JSON object, or one CSV record.
  let bytes: [UInt8]
  let identity: RowIdentity
  /// Consecutive rows of one group are one record and stay together; nil when every row stands for
  /// itself.
  var group: String?
}

/// One row that may not be sent.
struct RejectedRow: Sendable, Hashable {
  /// The line of the input it starts on.
  let line: Int
  let reasons: [String]
  /// What it is recognised by, when that much can be read.
  var key: String?
  /// The row as it stands in the input; cut when it is oversized.
  let bytes: [UInt8]

  /// The same row, with its place in an array: the lines of an array may hold many.
  func numbered(_ number: Int) -> RejectedRow {
    RejectedRow(
      line: line, reasons: reasons.enumerated().map { $0 == 0 ? "element \(number): \($1)" : $1 },
      key: key, bytes: bytes)
  }
}

/// What reading one row gives.
enum RowResult: Sendable {
  case row(SourceRow)
  case rejected(RejectedRow)
}

/// How rows are sent.
enum RowForm: Sendable, Hashable {
  /// As JSON objects.
  case json
  /// As CSV text below this header.
  case csv(header: String)
}
