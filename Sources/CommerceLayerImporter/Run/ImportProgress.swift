/// How far the check of an input is.
public struct CheckProgress: Sendable, Hashable {
  /// Rows between two calls: a power of two.
  static let interval = 1 << 13

  /// Rows that were read.
  public let rows: Int
  /// Bytes that were read.
  public let bytes: Int
  /// The bytes of the input.
  public let size: Int

  init(rows: Int, bytes: Int, size: Int) {
    self.rows = rows
    self.bytes = min(bytes, size)
    self.size = size
  }
}

/// How far a run is.
public struct ImportProgress: Sendable, Hashable {
  /// One import that is pending or in progress.
  public struct Running: Sendable, Hashable {
    /// The chunk's number, from 1.
    public let chunk: Int
    /// The import's id.
    public let id: String
    /// Its status.
    public let status: String
    /// The rows it was given.
    public let rows: Int
    /// Rows the service has taken or refused so far.
    public let consumed: Int
  }

  /// Rows to be imported.
  public var rows = 0
  /// Imports to be created, as planned.
  public var chunks = 0
  /// Imports that are over.
  public var chunksOver = 0
  /// Rows the service took, in imports that are over.
  public var succeeded = 0
  /// Rows it refused, in imports that are over.
  public var failed = 0
  /// Rows it never came to, in imports that are over.
  public var unprocessed = 0
  /// The imports under way, by number.
  public var running: [Running] = []

  /// Rows that are done with, those of imports under way included.
  public var consumed: Int {
    succeeded + failed + unprocessed + running.reduce(0) { $0 + $1.consumed }
  }
}
