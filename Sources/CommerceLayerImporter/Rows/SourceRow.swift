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
  /// The row as it stands in the input; cut when it is oversized.
  let bytes: [UInt8]
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
