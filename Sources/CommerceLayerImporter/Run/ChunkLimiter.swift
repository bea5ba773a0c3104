/// Cuts a stream of rows into chunks by rows and bytes. Pure; the plan and the run use the same.
struct ChunkLimiter: Sendable {
  /// The most rows of one chunk.
  let rows: Int
  /// The most bytes of one chunk's rows.
  let bytes: Int
  /// What the chunk being filled holds.
  private(set) var rowCount = 0
  private(set) var byteCount = 0
  /// The part of it that belongs to the last record.
  private var groupRows = 0
  private var groupBytes = 0
  /// Rows of the trial that are in no full chunk yet; 0 once it is complete.
  private(set) var trialRows: Int

  /// - Parameter trial: The rows to be sent first, in chunks of their own.
  init(rows: Int, bytes: Int, trial: Int = 0) {
    self.rows = max(1, rows)
    self.bytes = max(1, bytes)
    trialRows = max(0, trial)
  }

  /// Adds a row.
  /// - Parameter continues: Whether it is a further line of the record before it. The lines of a
  ///   record stay together; one larger than a chunk gets a chunk of its own, over the bounds.
  /// - Returns: how many rows, from the oldest, are a full chunk now; what is left, the new row
  ///   included, begins the next one. nil while there is room.
  mutating func add(bytes size: Int, continues: Bool) -> Int? {
    if !continues { (groupRows, groupBytes) = (0, 0) }
    var full: Int?
    let before = rowCount - groupRows
    let rows = trialRows > 0 ? min(self.rows, trialRows) : self.rows
    if rowCount + 1 > rows || byteCount + size > bytes, before > 0 {
      full = before
      trialRows = max(0, trialRows - before)
      (rowCount, byteCount) = (groupRows, groupBytes)
    }
    rowCount += 1
    byteCount += size
    groupRows += 1
    groupBytes += size
    return full
  }
}
