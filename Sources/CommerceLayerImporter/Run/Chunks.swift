import CommerceLayer
import CommerceLayerRows
import Dispatch

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

/// The second pass over an input: its rows in chunks.
struct ChunkSource {
  /// Whether the bytes of rows are kept. Rows that are not sent any more are only told.
  var keepsBytes = true
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
    while let outcome = try reader.next(into: &open.bytes.buffer) {
      guard case .row(let row) = outcome else {
        rejected += 1
        continue
      }
      let full = limiter.add(bytes: row.size, continues: row.continuesRecord)
      let isKeyAlone = reader.appendKey(to: &open.rows.names)
      open.close(row, identity: isKeyAlone ? nil : reader.identity)
      if let full {
        let chunk = try cut(at: full)
        try file.checkUnchanged()
        return chunk
      }
      open.bytes.spill()
    }
    try file.checkUnchanged()
    guard !open.rows.isEmpty else { return nil }
    let last = open.rows.count
    return try cut(at: last)
  }

  /// Takes the first rows of the open chunk; the others begin the next one.
  private mutating func cut(at count: Int) throws(InputError) -> PreparedChunk {
    var next = PreparedChunk(form: reader.form, keepsBytes: keepsBytes)
    next.isTrial = limiter.trialRows > 0
    swap(&open, &next)
    // The next one is likely to be as large: an array that grows takes up to twice its size.
    if count < next.rows.count {
      open.rows.reserve(count + 1, like: next.rows)
      try open.take(next.rows.suffix(from: count), of: next, keepsBytes: keepsBytes)
      next.rows.keep(count)
    }
    next.bytes.finish()
    return next
  }
}

/// The rows of one import, from being read until they are accounted for.
struct PreparedChunk: Sendable {
  let form: RowForm
  fileprivate(set) var rows = SentRows()
  /// Whether it is part of the trial, which is sent before everything else.
  var isTrial = false
  /// The bytes of the rows as the import takes them, each with its separator behind it.
  var bytes: RowBytes

  init(form: RowForm, keepsBytes: Bool = true) {
    self.form = form
    bytes = RowBytes(keeps: keepsBytes)
  }

  /// How many records the rows make.
  var units: Int { rows.units }

  /// Takes the row that was written last. CSV is sent as a JSON string, so it is escaped here: from
  /// then on the size of what is sent is known.
  /// - Parameter identity: What it is recognized by; nil when that was appended to the names of the rows.
  mutating func close(_ row: Row, identity: RowIdentity?) {
    let isCSV = form != .json
    if isCSV { bytes.escapeLast(row.size) }
    let size = isCSV ? bytes.lastEscapedSize : row.size
    let end = bytes.count
    separate()
    rows.append(
      row, range: (end - size)..<end, continues: row.continuesRecord && !rows.isEmpty,
      identity: identity)
  }

  /// Ends a row.
  private mutating func separate() {
    if form == .json {
      bytes.buffer.append(UInt8(ascii: ","))
    } else {
      bytes.buffer.append(CSVInputs.lineEnd)
    }
  }

  /// The first `count` rows, and the others. Both read the same bytes.
  func split(at count: Int) -> (head: PreparedChunk, tail: PreparedChunk) {
    var (head, tail) = (self, self)
    head.rows.keep(count)
    tail.rows = rows.suffix(from: count)
    return (head, tail)
  }

  /// Copies the rows of another chunk, so that their bytes are its own.
  mutating func take(
    _ others: SentRows, of other: PreparedChunk, keepsBytes: Bool
  ) throws(InputError) {
    for row in others {
      var copy = row
      let start = bytes.count
      if keepsBytes { bytes.buffer.append(try other.bytes.read(row.range)) }
      let end = bytes.count
      separate()
      copy.range = start..<end
      rows.append(copy)
    }
  }

  /// Two halves; a record is never split. nil when there is only one.
  func halves() -> (PreparedChunk, PreparedChunk)? {
    guard units > 1, let middle = rows.indices.first(where: { rows.unit($0) >= units / 2 }),
      middle > 0
    else { return nil }
    return split(at: middle)
  }

  /// The rows as an import takes them, to be read while they are sent.
  var inputs: BulkInputs {
    let range = (rows.first?.range.lowerBound ?? 0)..<(rows.last?.range.upperBound ?? 0)
    let (opening, closing): ([UInt8], [UInt8]) =
      switch form {
      case .json: (Array("[".utf8), Array("]".utf8))
      case .csv(let header):
        (Array("\"".utf8) + CSVInputs.escaped(header) + CSVInputs.lineEnd, Array("\"".utf8))
      }
    let bytes = bytes
    return .streamed(
      StreamedRows(
        byteCount: opening.count + range.count + closing.count, isCSV: form != .json
      ) {
        let reader = RowBytesReader(opening, bytes, range, closing)
        return { try await reader.next() }
      }, count: rows.count)
  }

  mutating func forgetBytes() { bytes = RowBytes() }
}

/// CSV text as the characters of a JSON string.
private enum CSVInputs {
  static let lineEnd = Array("\\n".utf8)

  static func escaped(_ text: some Collection<UInt8>) -> [UInt8] {
    let quoted = JSONValue.string(String(decoding: text, as: UTF8.self)).bytes
    return Array(quoted.dropFirst().dropLast())
  }
}

/// The bytes of a chunk's rows: a few in memory, more in a temporary file, so that the size of a chunk
/// does not matter.
struct RowBytes: Sendable {
  /// Bytes that are held in memory before they are written to the file: 64 KiB.
  static let window = 1 << 16

  /// What is in memory; readers write into it.
  var buffer: RowBuffer
  /// How many bytes the row that was escaped last has.
  private(set) var lastEscapedSize = 0
  private var file: FileDescription?
  private var spilled = 0
  private var hasRoom = true

  init(keeps: Bool = true) { buffer = RowBuffer(keeps: keeps) }

  var count: Int { spilled + buffer.count }

  /// Writes what is in memory to the file once it is enough. Where there is no room for it, it stays in
  /// memory: a run does not end for that.
  mutating func spill() {
    if buffer.slice.count >= Self.window { write() }
  }

  /// Writes the rest where there is a file: what waits for its import to end takes no memory.
  mutating func finish() {
    guard file != nil else { return }
    write()
    if buffer.count == 0 { buffer = RowBuffer() }
  }

  private mutating func write() {
    guard hasRoom else { return }
    if file == nil { file = try? TemporaryFile.make() }
    guard file?.write(buffer.slice) == true else {
      hasRoom = false
      return
    }
    spilled += buffer.count
    buffer.removeAll()
  }

  /// Escapes the last bytes for a JSON string.
  mutating func escapeLast(_ size: Int) {
    let escaped = CSVInputs.escaped(buffer.slice.suffix(size))
    buffer.truncate(to: buffer.count - size)
    buffer.append(escaped)
    lastEscapedSize = escaped.count
  }

  /// Reads a part of the bytes.
  func read(_ range: Range<Int>) throws(InputError) -> [UInt8] {
    var part: [UInt8] = []
    let onDisk = range.clamped(to: 0..<spilled)
    if let file, !onDisk.isEmpty {
      try file.read(
        at: onDisk.lowerBound, into: &part, count: onDisk.count, name: "the rows to be sent")
    }
    if range.upperBound > spilled {
      let inMemory = max(0, range.lowerBound - spilled)..<(range.upperBound - spilled)
      part += buffer.slice[inMemory]
    }
    return part
  }
}

/// Reads the bytes of a chunk while they are sent, away from the cooperative pool.
actor RowBytesReader {
  /// Bytes that are read together: fewer would cost more in changes of threads than in reading.
  static let window = 1 << 18
  /// All uploads read in turns: a thread for each would cost more memory than what it reads.
  private static let executor = InputExecutor()

  private let bytes: RowBytes
  private let end: Int
  private let closing: [UInt8]
  private var opening: [UInt8]?
  private var position: Int
  private var isClosed = false

  nonisolated var unownedExecutor: UnownedSerialExecutor {
    Self.executor.asUnownedSerialExecutor()
  }

  init(_ opening: [UInt8], _ bytes: RowBytes, _ range: Range<Int>, _ closing: [UInt8]) {
    self.opening = opening
    self.bytes = bytes
    self.closing = closing
    (position, end) = (range.lowerBound, range.upperBound)
  }

  /// The next part; nil at the end.
  func next() throws(InputError) -> [UInt8]? {
    if let opening {
      self.opening = nil
      return opening
    }
    guard position < end else {
      if isClosed { return nil }
      isClosed = true
      return closing
    }
    let part = try bytes.read(position..<min(end, position + Self.window))
    position += part.count
    return part
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

/// Reads an input for a run, away from the cooperative pool: both passes over its rows.
actor InputReader {
  private let executor = InputExecutor()
  private let planner: ImportPlanner
  private var source: ChunkSource?

  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  init(_ planner: ImportPlanner) { self.planner = planner }

  /// Makes the first pass.
  func plan(
    observer: ImportObserver, isStopped: @Sendable () -> Bool
  ) throws(InputError) -> ImportPlan {
    try planner.plan(
      rejected: observer.entry, checked: observer.checked,
      isStopped: { isStopped() || Task.isCancelled })
  }

  /// The next chunk of the second pass; nil at the end.
  /// - Parameter isSent: Whether its rows are going to be sent.
  func next(isSent: Bool = true) throws(InputError) -> PreparedChunk? {
    if source == nil { source = try ChunkSource(planner) }
    source?.keepsBytes = isSent
    return try source?.next()
  }
}
