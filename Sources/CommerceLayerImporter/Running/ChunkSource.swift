import CommerceLayer

/// The second pass over an input: its rows in chunks.
struct ChunkSource {
  private var stream: RowStream
  private var limiter: ChunkLimiter
  private var open: PreparedChunk
  private let file: InputFile
  private(set) var rejected = 0

  init(_ planner: ImportPlanner) throws(InputError) {
    stream = try RowStream(planner.file, format: planner.format, rules: planner.rules)
    limiter = ChunkLimiter(
      rows: planner.settings.chunkRows, bytes: planner.settings.chunkBytes)
    open = PreparedChunk(form: stream.form)
    file = planner.file
  }

  /// The next chunk; nil at the end. Rows that cannot be sent were told of in the first pass.
  /// - Throws: ``InputError`` when the input changed since the first pass.
  mutating func next() throws(InputError) -> PreparedChunk? {
    while let result = try stream.next() {
      guard case .row(let row) = result else {
        rejected += 1
        continue
      }
      let full = limiter.add(bytes: row.bytes.count, group: row.group)
      var chunk: PreparedChunk?
      if let full { chunk = open.cut(first: full) }
      open.append(row)
      if let chunk {
        try file.checkUnchanged()
        return chunk
      }
    }
    try file.checkUnchanged()
    guard !open.rows.isEmpty else { return nil }
    defer { open = PreparedChunk(form: stream.form) }
    return open
  }
}
