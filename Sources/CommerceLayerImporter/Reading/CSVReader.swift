/// Reads CSV by RFC 4180, a record at a time.
///
/// Lines end with LF or CRLF. A cell in quotes may hold commas, line ends and doubled quotes, kept
/// byte for byte. What the standard leaves open is decided so: a blank line is skipped; a lone CR
/// as a line end is refused; a quote inside an unquoted cell, or text behind a closing quote, makes
/// the record a rejected one, because guessing could shift its columns.
struct CSVReader {
  /// How far an open quote is followed before it is taken for a mistake.
  static let maximumQuoted = 4 * RawRecord.maximumBytes

  /// One record.
  struct Record {
    var raw: RawRecord
    var cells: [String] = []
    /// Why it cannot be read as a record.
    var problem: String?
  }

  private var cursor: ByteCursor
  private var raw = RawRecord(line: 1, offset: 0, bytes: [])
  private var cell: [UInt8] = []
  private var skipped = 0
  private var column = 1

  init(_ file: InputFile) throws(InputError) {
    cursor = try ByteCursor(file)
  }

  /// Reads text in memory.
  init(bytes: [UInt8]) {
    cursor = ByteCursor(bytes: bytes)
  }

  /// The next record; nil at the end.
  /// - Throws: ``InputError`` for what makes the rest unreadable: an open quote, a lone CR, bytes
  ///   that are not UTF-8.
  mutating func next() throws(InputError) -> Record? {
    while try cursor.peek() != nil {
      let record = try read()
      if !record.raw.bytes.isEmpty || record.raw.isOversized { return record }
    }
    return nil
  }

  private mutating func read() throws(InputError) -> Record {
    raw = RawRecord(line: cursor.line, offset: cursor.offset, bytes: [])
    raw.bytes.reserveCapacity(256)
    (skipped, column) = (0, 1)
    var cells: [[UInt8]] = []
    var problem: String?
    var ended = false
    while !ended {
      cell.removeAll(keepingCapacity: true)
      let isQuoted = try cursor.peek() == UInt8(ascii: "\"")
      if isQuoted { try quoted() }
      ended = try unquoted(afterQuote: isQuoted, &problem)
      if !raw.isOversized { cells.append(cell) }
    }
    var record = Record(raw: raw, problem: problem)
    if raw.isOversized {
      record.problem = "the record is larger than \(RawRecord.maximumBytes) bytes"
      return record
    }
    try TextEncoding.check(raw.bytes, line: raw.line, offset: raw.offset)
    record.cells = cells.map { String(decoding: $0, as: UTF8.self) }
    return record
  }

  /// Reads from an opening quote to behind its closing one.
  private mutating func quoted() throws(InputError) {
    let (line, offset) = (cursor.line, cursor.offset)
    try keepNext()
    while true {
      let count = try cursor.takeRun(into: &cell, keeping: !raw.isOversized) {
        $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\n") || $0 == 0
      }
      if count > 0 { grow(by: count, from: cell.suffix(raw.isOversized ? 0 : count)) }
      guard skipped <= Self.maximumQuoted, let byte = try cursor.next() else {
        throw InputError(
          .malformed, "the quote opened here is never closed", line: line, offset: offset,
          advice: "close the quote, or double it where it is part of the text")
      }
      grow(by: 1, from: [byte])
      if byte == UInt8(ascii: "\"") {
        guard try cursor.peek() == UInt8(ascii: "\"") else { return }
        try keepNext()
      }
      if !raw.isOversized { cell.append(byte) }
    }
  }

  /// Reads to behind the next comma or line end. True at a line end or at the end.
  private mutating func unquoted(
    afterQuote: Bool, _ problem: inout String?
  ) throws(InputError) -> Bool {
    while true {
      let count = try cursor.takeRun(into: &cell, keeping: !raw.isOversized) {
        switch $0 {
        case UInt8(ascii: ","), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\""), 0: true
        default: false
        }
      }
      if count > 0 { grow(by: count, from: cell.suffix(raw.isOversized ? 0 : count)) }
      if count > 0, afterQuote {
        problem = problem ?? "column \(column): text follows a closing quote"
      }
      let (line, offset) = (cursor.line, cursor.offset)
      switch try cursor.next() {
      case nil, UInt8(ascii: "\n"):
        return true
      case UInt8(ascii: "\r"):
        switch try cursor.peek() {
        case nil: return true
        case UInt8(ascii: "\n"):
          _ = try cursor.next()
          return true
        default:
          throw InputError(
            .malformed, "a line ends with CR alone", line: line, offset: offset,
            advice: "tr '\\r' '\\n' < FILE > NEW")
        }
      case UInt8(ascii: ","):
        column += 1
        grow(by: 1, from: [UInt8(ascii: ",")])
        return false
      case let byte?:
        // A quote, or whatever comes first in the next window.
        if byte == UInt8(ascii: "\"") {
          problem =
            problem ?? "column \(column): a quote inside a cell that does not start with one"
        } else if afterQuote {
          problem = problem ?? "column \(column): text follows a closing quote"
        }
        grow(by: 1, from: [byte])
        if !raw.isOversized { cell.append(byte) }
      }
    }
  }

  private mutating func keepNext() throws(InputError) {
    if let byte = try cursor.next() { grow(by: 1, from: [byte]) }
  }

  @inline(__always)
  private mutating func grow(by count: Int, from bytes: ArraySlice<UInt8>) {
    skipped += count
    guard !raw.isOversized else { return }
    if raw.bytes.count + count > RawRecord.maximumBytes {
      raw.isOversized = true
      raw.bytes.removeAll()
      cell.removeAll()
    } else {
      raw.bytes.append(contentsOf: bytes)
    }
  }
}
