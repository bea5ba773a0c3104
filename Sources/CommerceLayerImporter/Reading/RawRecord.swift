/// One record as it stands in the input, before anybody looks into it.
struct RawRecord {
  /// More than this is no row: 1 MiB. What is above is skipped, not kept.
  static let maximumBytes = 1 << 20

  /// The line it starts on.
  let line: Int
  /// Where it starts in the file.
  let offset: Int
  /// Its bytes; cut when it is oversized.
  var bytes: [UInt8]
  /// Whether it was larger than ``maximumBytes``.
  var isOversized = false
}
