import CommerceLayerRows

/// A row of a chunk, as far as its outcome needs it. Rows are read again when their outcomes are known and
/// differ; of a chunk whose rows all succeeded nothing but their count is needed.
struct SentRow: Sendable {
  let line: Int
  let lastLine: Int
  /// What it is recognized by.
  let identity: RowIdentity
  /// The number of the record it is part of, within the chunk: the lines of one record share it.
  let unit: Int
  /// Where its bytes are in the input.
  let source: Range<Int>
}
