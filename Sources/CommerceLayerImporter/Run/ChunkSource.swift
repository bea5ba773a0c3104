import CommerceLayer
import CommerceLayerRows

/// The second pass over an input: its rows in chunks.
struct ChunkSource {
  private var reader: RowReader
  private var limiter: ChunkLimiter
  private var open: PreparedChunk
  private let file: InputFile
  private(set) var rejected = 0

  init(_ planner: ImportPlanner) throws(InputError) {
    reader = try planner.reader(for: .sending)
    limiter = planner.settings.limiter
    open = PreparedChunk(form: reader.form)
    open.isTrial = limiter.trialRows > 0
    file = planner.file
  }

  /// The next chunk; nil at the end. Rows that cannot be sent were told of in the first pass.
  /// - Throws: ``InputError`` when the input changed since the first pass.
  mutating func next() throws(InputError) -> PreparedChunk? {
    while let outcome = try reader.next(into: &open.payload) {
      guard case .row(let row) = outcome else {
        rejected += 1
        continue
      }
      let full = limiter.add(bytes: row.size, continues: row.continuesRecord)
      open.close(row)
      if let full {
        let next = open.splitting(at: full)
        let chunk = open
        open = next
        open.isTrial = limiter.trialRows > 0
        try file.checkUnchanged()
        return chunk
      }
    }
    try file.checkUnchanged()
    guard !open.rows.isEmpty else { return nil }
    let chunk = open
    open = PreparedChunk(form: reader.form)
    return chunk
  }
}

/// The rows of one import, in memory from being read until they are accounted for.
struct PreparedChunk: Sendable {
  let form: RowForm
  private(set) var rows: [SentRow] = []
  /// Whether it is part of the trial, which is sent before everything else.
  var isTrial = false
  /// The rows as the import takes them, but for what closes them; empty once it is not needed any
  /// more. A reader writes into it.
  var payload = RowBuffer()

  init(form: RowForm) {
    self.form = form
    switch form {
    case .json: payload.append(UInt8(ascii: "["))
    case .csv(let header):
      payload.append(header)
      payload.append(UInt8(ascii: "\n"))
    }
  }

  /// How many records the rows make.
  var units: Int { (rows.last?.unit ?? -1) + 1 }

  /// What stands behind each row.
  private var separator: UInt8 { form == .json ? UInt8(ascii: ",") : UInt8(ascii: "\n") }

  /// Takes the row that was written last.
  mutating func close(_ row: Row) {
    let end = payload.count
    payload.append(separator)
    let continues = row.continuesRecord && !rows.isEmpty
    rows.append(
      SentRow(
        line: row.line, lastLine: row.lastLine, identity: row.identity ?? RowIdentity(),
        unit: continues ? units - 1 : units, range: (end - row.size)..<end, source: row.source))
  }

  /// Keeps the first `count` rows.
  /// - Returns: The others, as a chunk of their own.
  mutating func splitting(at count: Int) -> PreparedChunk {
    var tail = PreparedChunk(form: form)
    tail.isTrial = isTrial
    let firstUnit = rows.indices.contains(count) ? rows[count].unit : 0
    for row in rows[count...] {
      let start = tail.payload.count
      tail.payload.append(payload.bytes[row.range])
      let end = tail.payload.count
      tail.payload.append(separator)
      tail.rows.append(
        SentRow(
          line: row.line, lastLine: row.lastLine, identity: row.identity,
          unit: row.unit - firstUnit, range: start..<end, source: row.source))
    }
    if let last = rows[..<count].last { payload.truncate(to: last.range.upperBound + 1) }
    rows.removeLast(rows.count - count)
    return tail
  }

  /// Two halves; a record is never split. nil when there is only one.
  func halves() -> (PreparedChunk, PreparedChunk)? {
    guard units > 1, let middle = rows.firstIndex(where: { $0.unit >= units / 2 }), middle > 0
    else {
      return nil
    }
    var head = self
    let tail = head.splitting(at: middle)
    return (head, tail)
  }

  /// The rows as an import takes them.
  var inputs: BulkInputs {
    switch form {
    case .json: .json(open: payload.bytes, count: rows.count)
    case .csv: .csv(utf8: payload.bytes.dropLast())
    }
  }

  mutating func forgetPayload() { payload = RowBuffer() }
}
