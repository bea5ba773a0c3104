import CommerceLayer
package import CommerceLayerRows
import Dispatch
import Synchronization

/// The rows of one import, as the first pass cut them: where they are in the input, and what tells that
/// they are still the same. Nothing else of them is in memory.
package struct ChunkCut: Sendable, Hashable {
  /// From 1 in the order of the input; parts of chunks have numbers above ``ImportPlan/chunks``.
  package var number: Int
  /// Where its rows are in the text of the input. Between them may be lines that are not sent.
  package var range: Range<Int>
  /// The line its first row starts on.
  package var firstLine: Int
  /// The line its last row starts on.
  package var lastRowLine: Int
  /// The line its last row ends on.
  package var lastLine: Int
  /// Its rows.
  package var rows: Int
  /// The records they make: fewer where one goes over several lines.
  package var records: Int
  /// Whether it is part of the trial, which is sent before everything else.
  package var isTrial: Bool
  /// The exact size of the rows in a request: a JSON array, or a JSON string of CSV text.
  package var byteCount: Int
  /// Tells these rows, sent in this way, from others: of the input's bytes and of everything
  /// that decides how they are written. Equal digests mean that the same bytes are sent.
  package var digest: InputDigest
}

/// Cuts a stream of rows into chunks by rows and bytes. Pure.
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

/// What stands around and between the rows of a chunk in a request.
struct ChunkFraming: Sendable {
  let opening: [UInt8]
  let separator: [UInt8]
  let closing: [UInt8]
  /// Whether rows are characters of a JSON string.
  let isCSV: Bool

  init(_ form: RowForm) {
    switch form {
    case .json:
      (opening, separator, closing) = (Array("[".utf8), Array(",".utf8), Array("]".utf8))
      isCSV = false
    case .csv(let header):
      var buffer = RowBuffer()
      buffer.append(header)
      buffer.append(UInt8(ascii: "\n"))
      buffer.escapeJSON(from: 0)
      opening = Array("\"".utf8) + buffer.bytes
      (separator, closing) = (Array("\\n".utf8), Array("\"".utf8))
      isCSV = true
    }
  }

  /// The size of a chunk's rows in a request.
  /// - Parameter bytes: The sum of the rows' sizes.
  func byteCount(rows: Int, bytes: Int) -> Int {
    opening.count + bytes + max(0, rows - 1) * separator.count + closing.count
  }
}

/// Rows that follow each other in an input.
private struct RowSpan {
  var rows = 0
  var records = 0
  /// What the rows take in a request, without what stands between them.
  var bytes = 0
  var range = 0..<0
  var firstLine = 0
  var lastRowLine = 0
  var lastLine = 0

  /// - Parameter size: What the row takes in a request.
  @inline(__always)
  mutating func add(_ row: Row, size: Int) {
    if rows == 0 {
      range = row.source
      firstLine = row.line
      records = 1
    } else {
      range = range.lowerBound..<row.source.upperBound
      if !row.continuesRecord { records += 1 }
    }
    rows += 1
    bytes += size
    lastRowLine = row.line
    lastLine = row.lastLine
  }

  @inline(__always)
  mutating func add(_ other: RowSpan) {
    guard rows > 0 else {
      self = other
      return
    }
    guard other.rows > 0 else { return }
    rows += other.rows
    records += other.records
    bytes += other.bytes
    range = range.lowerBound..<other.range.upperBound
    lastRowLine = other.lastRowLine
    lastLine = other.lastLine
  }

  func cut(_ number: Int, isTrial: Bool, _ framing: ChunkFraming) -> ChunkCut {
    ChunkCut(
      number: number, range: range, firstLine: firstLine, lastRowLine: lastRowLine,
      lastLine: lastLine, rows: rows, records: records, isTrial: isTrial,
      byteCount: framing.byteCount(rows: rows, bytes: bytes), digest: InputDigest([]))
  }
}

/// Cuts the rows of the first pass into chunks. Pure.
struct ChunkCutter {
  private(set) var cuts: [ChunkCut] = []
  private var limiter: ChunkLimiter
  private let framing: ChunkFraming
  /// The rows of the open chunk that are in it for sure.
  private var open = RowSpan()
  /// The last record, which is not cut in two.
  private var record = RowSpan()
  private var isTrial: Bool

  init(_ limiter: ChunkLimiter, _ framing: ChunkFraming) {
    self.limiter = limiter
    self.framing = framing
    isTrial = limiter.trialRows > 0
  }

  /// Adds a row.
  /// - Parameter size: What it takes in a request.
  @inline(__always)
  mutating func add(_ row: Row, size: Int) {
    if !row.continuesRecord {
      open.add(record)
      record = RowSpan()
    }
    if limiter.add(bytes: row.size, continues: row.continuesRecord) != nil { cut() }
    record.add(row, size: size)
  }

  /// Ends the last chunk.
  mutating func finish() {
    open.add(record)
    record = RowSpan()
    if open.rows > 0 { cut() }
  }

  private mutating func cut() {
    cuts.append(open.cut(cuts.count + 1, isTrial: isTrial, framing))
    open = RowSpan()
    isTrial = limiter.trialRows > 0
  }
}

/// Reads the rows of chunks again, each from its own place in the input.
///
/// What is read is compared with what the first pass saw before anything is made of it, so that a changed
/// input is never sent as the one that was checked.
struct ChunkRows: Sendable {
  let file: InputFile
  let framing: ChunkFraming
  private let parts: RowParts
  private let conversion: ChunkConversion

  /// - Throws: `InputError` when the start of the input cannot be read as in the first pass.
  init(_ planner: ImportPlanner, _ plan: ImportPlan) throws(InputError) {
    file = planner.file
    parts = try RowParts(
      planner.file, format: planner.format, rules: planner.rules, options: planner.settings.rows,
      blocks: plan.blocks)
    framing = ChunkFraming(parts.form)
    conversion = ChunkConversion(planner, parts.form, plan.blocks)
  }

  /// Starts to read what is sent for a chunk.
  func body(_ cut: ChunkCut) throws(InputError) -> ChunkBody {
    try file.checkUnchanged()
    return ChunkBody(
      cut, try parts.reader(cut.range, line: cut.firstLine), framing, file: file)
  }

  /// The rows of a chunk, as far as their outcomes need them.
  /// - Throws: `InputError` when they are not any more what they were.
  func rows(_ cut: ChunkCut) throws(InputError) -> [SentRow] {
    var rows: [SentRow] = []
    rows.reserveCapacity(cut.rows)
    try forEachRow(cut) { row, reader, _ in
      let unit = rows.last.map { row.continuesRecord ? $0.unit : $0.unit + 1 } ?? 0
      var identity = reader.identity
      // The only part of a key is the key.
      if identity.parts.count == 1 { identity.parts = [] }
      rows.append(
        SentRow(
          line: row.line, lastLine: row.lastLine, identity: identity, unit: unit,
          source: row.source))
    }
    return rows
  }

  /// Two halves of a chunk; a record is never in both. nil when there is only one.
  func halves(_ cut: ChunkCut, first: Int, second: Int) throws(InputError) -> [ChunkCut]? {
    let half = cut.records / 2
    guard half > 0 else { return nil }
    return try split(cut, first: first, second: second) { _, record in record >= half }
  }

  /// Cuts a chunk in two.
  /// - Parameters:
  ///   - first: The number of the first part.
  ///   - second: The number of the second part.
  ///   - isSecond: Whether a row, by its index and the index of its record, is in the second part.
  /// - Returns: nil when all rows are in one part.
  func split(
    _ cut: ChunkCut, first: Int, second: Int, isSecond: (_ row: Int, _ record: Int) -> Bool
  ) throws(InputError) -> [ChunkCut]? {
    var (head, tail) = (RowSpan(), RowSpan())
    try forEachRow(cut) { row, _, size in
      if tail.rows > 0
        || isSecond(head.rows, row.continuesRecord ? head.records - 1 : head.records)
      {
        tail.add(row, size: size)
      } else {
        head.add(row, size: size)
      }
    }
    guard head.rows > 0, tail.rows > 0 else { return nil }
    return [
      try conversion.digested(head.cut(first, isTrial: cut.isTrial, framing)),
      try conversion.digested(tail.cut(second, isTrial: cut.isTrial, framing)),
    ]
  }

  /// Reads the rows of a chunk that are sent.
  /// - Parameter body: Takes a row, the reader it comes from, and its size in a request.
  private func forEachRow(
    _ cut: ChunkCut, _ body: (Row, RowReader, Int) -> Void
  ) throws(InputError) {
    var reader = try parts.reader(cut.range, line: cut.firstLine)
    var sink = RowBuffer(keeps: framing.isCSV)
    var count = 0
    while let outcome = try reader.next(into: &sink) {
      guard case .row(let row) = outcome else { continue }
      sink.escapeJSON(from: 0)
      count += 1
      body(row, reader, framing.isCSV ? sink.count : row.size)
      sink.removeAll()
    }
    guard count == cut.rows else { throw file.changed }
  }
}

/// Everything that decides how rows are written, for the digests of chunks.
struct ChunkConversion: Sendable {
  private let settings: InputDigest
  private let blocks: InputBlocks
  private let file: InputFile

  init(_ planner: ImportPlanner, _ form: RowForm, _ blocks: InputBlocks) {
    self.blocks = blocks
    file = planner.file
    var texts = [
      planner.rules.type, planner.rules.parentID ?? "", planner.format.rawValue,
      planner.file.encoding.rawValue,
    ]
    if case .csv(let header) = form { texts.append(String(decoding: header, as: UTF8.self)) }
    texts += planner.settings.rows.texts
    settings = InputDigest(texts.flatMap { Array("\($0.utf8.count):\($0)".utf8) })
  }

  /// Returns a cut with its digest.
  func digested(_ cut: ChunkCut) throws(InputError) -> ChunkCut {
    var cut = cut
    let rows = try blocks.digest(of: cut.range, in: file)
    let size = "\(cut.range.lowerBound) \(cut.rows) \(cut.byteCount)"
    cut.digest = InputDigest(settings.bytes + rows.bytes + Array(size.utf8))
    return cut
  }
}

/// What is sent for a chunk, part by part.
struct ChunkBody {
  /// A part is handed over once it has so many bytes: 192 KiB.
  static let window = 3 << 16

  private let cut: ChunkCut
  private let framing: ChunkFraming
  private let file: InputFile
  private var reader: RowReader
  private var buffer = RowBuffer()
  private var rows = 0
  /// Bytes that were handed over.
  private var sent = 0
  private var isOver = false

  fileprivate init(
    _ cut: ChunkCut, _ reader: RowReader, _ framing: ChunkFraming, file: InputFile
  ) {
    self.cut = cut
    self.reader = reader
    self.framing = framing
    self.file = file
  }

  /// The next part; nil at the end.
  /// - Throws: `InputError` when the rows are not any more what they were. The parts are not a whole
  ///   body then: nobody can take them for one.
  mutating func next() throws(InputError) -> [UInt8]? {
    if isOver { return nil }
    if sent == 0 { buffer.append(framing.opening) }
    while buffer.count < Self.window {
      let end = buffer.count
      if rows > 0 { buffer.append(framing.separator) }
      let start = buffer.count
      guard let outcome = try reader.next(into: &buffer) else {
        buffer.truncate(to: end)
        buffer.append(framing.closing)
        isOver = true
        break
      }
      guard case .row = outcome else {
        buffer.truncate(to: end)
        continue
      }
      if framing.isCSV { buffer.escapeJSON(from: start) }
      rows += 1
    }
    sent += buffer.count
    if isOver {
      guard rows == cut.rows, sent == cut.byteCount else { throw file.changed }
      try file.checkUnchanged()
    }
    guard sent <= cut.byteCount else { throw file.changed }
    defer { buffer.removeAll() }
    return buffer.bytes
  }
}

/// The rows of a chunk on their way into requests: each attempt reads them anew.
final class ChunkUpload: Sendable {
  /// What the request takes.
  var inputs: BulkInputs {
    .streamed(
      StreamedRows(byteCount: cut.byteCount, isCSV: isCSV) { [self] in
        state.withLock { $0 = nil }
        let reader = ChunkBodyReader(input, cut)
        return { [self] in
          do throws(InputError) {
            return try await reader.next()
          } catch {
            state.withLock { $0 = error }
            throw error
          }
        }
      }, count: cut.rows)
  }

  private let input: InputReader
  private let cut: ChunkCut
  private let isCSV: Bool
  private let state = Mutex<InputError?>(nil)

  init(_ input: InputReader, _ cut: ChunkCut, isCSV: Bool) {
    self.input = input
    self.cut = cut
    self.isCSV = isCSV
  }

  /// Why the last attempt's body ended before its last byte, so that the service cannot have taken it;
  /// nil when it did not.
  var failure: InputError? { state.withLock { $0 } }
}

/// Reads the body of one attempt, on the queue of its input.
private actor ChunkBodyReader {
  private let input: InputReader
  private let cut: ChunkCut
  private var body: ChunkBody?

  nonisolated var unownedExecutor: UnownedSerialExecutor { input.unownedExecutor }

  init(_ input: InputReader, _ cut: ChunkCut) {
    self.input = input
    self.cut = cut
  }

  func next() async throws(InputError) -> [UInt8]? {
    if body == nil { body = try await input.chunks().body(cut) }
    return try body?.next()
  }
}

/// Runs what it is given on a queue of its own, one after the other: work that waits for a disk would
/// hold a thread of the cooperative pool, of which there are as many as processors.
final class InputExecutor: SerialExecutor {
  private let queue = DispatchQueue(label: "commercelayer.importer.input")

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
  }
}

/// Reads an input for a run, away from the cooperative pool: all of it to check it, then the rows of
/// chunks. All uploads read in turns: a thread for each would cost more memory than what it reads.
actor InputReader {
  private let executor = InputExecutor()
  private let planner: ImportPlanner
  private let found: ImportPlan
  private var opened: ChunkRows?

  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  /// - Parameter plan: What the first pass found, when it was made already.
  init(_ planner: ImportPlanner, _ plan: ImportPlan = .init()) {
    self.planner = planner
    found = plan
  }

  /// Makes the first pass.
  func plan(
    observer: ImportObserver, isStopped: @Sendable () -> Bool
  ) throws(InputError) -> ImportPlan {
    try planner.plan(
      rejected: observer.entry, checked: observer.checked,
      isStopped: { isStopped() || Task.isCancelled })
  }

  /// What reads chunks.
  func chunks() throws(InputError) -> ChunkRows {
    if let opened { return opened }
    let chunks = try ChunkRows(planner, found)
    opened = chunks
    return chunks
  }

  /// Reads the rows of a chunk again, as far as their outcomes need them.
  func rows(of cut: ChunkCut) throws(InputError) -> [SentRow] { try chunks().rows(cut) }

  /// The same; nil when they cannot be read any more.
  func rows(ofTold cut: ChunkCut?) -> [SentRow]? { cut.flatMap { try? rows(of: $0) } }

  /// Two halves of a chunk; nil when it is one record.
  func halves(of cut: ChunkCut, first: Int, second: Int) throws(InputError) -> [ChunkCut]? {
    try chunks().halves(cut, first: first, second: second)
  }

  /// A chunk up to a row, with its own number, and the rows from there on.
  /// - Returns: nil when either has no rows.
  func split(_ cut: ChunkCut, at row: Int, second: Int) throws(InputError) -> [ChunkCut]? {
    try chunks().split(cut, first: cut.number, second: second) { index, _ in index >= row }
  }

  /// The rows of a chunk on their way into requests.
  nonisolated func upload(_ cut: ChunkCut) -> ChunkUpload {
    ChunkUpload(self, cut, isCSV: found.isSentAsCSV)
  }
}
