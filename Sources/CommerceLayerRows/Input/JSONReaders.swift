/// One record of a JSON input as it stands there, before anybody looks into it.
struct RawRecord {
  /// A larger record is skipped, not kept: 1 MiB.
  static let maximumBytes = CSVReader.maximumBytes

  /// The line it starts on.
  let line: Int
  /// Where it starts in the input.
  let offset: Int
  /// Its bytes; empty when it is oversized.
  var bytes: [UInt8]
  /// Whether it was larger than ``maximumBytes``.
  var isOversized = false
}

/// Reads a JSON array element by element, in constant memory. Elements are only cut out here; the
/// strict reader checks them.
struct JSONArrayReader {
  private enum Place {
    case start, first, afterElement, end
  }

  private var cursor: ByteSource
  private var place = Place.start
  /// The elements read so far.
  private(set) var count = 0
  /// Whether elements alone are read, which end where the bytes do.
  private let isPart: Bool

  init(_ source: ByteSource) {
    cursor = source
    isPart = false
  }

  /// Reads some elements, without the array around them.
  init(part source: ByteSource) {
    cursor = source
    isPart = true
    place = .first
  }

  /// Reads text in memory.
  init(bytes: [UInt8]) throws(InputError) {
    cursor = try ByteSource(bytes: bytes)
    isPart = false
  }

  /// The digests of what was read; nil when nobody asked for them.
  var blocks: InputBlocks? { cursor.blocks }

  /// The next element; nil behind the array's end.
  /// - Throws: ``InputError`` when this is not an array, or not a whole one.
  mutating func next() throws(InputError) -> RawRecord? {
    while true {
      let (line, offset) = (cursor.line, cursor.nextOffset)
      guard let byte = try cursor.peek() else {
        if place == .end || (isPart && place == .afterElement) { return nil }
        throw cut(inElementFrom: nil)
      }
      if byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D {
        _ = try cursor.next()
        continue
      }
      switch (place, byte) {
      case (.start, UInt8(ascii: "[")):
        _ = try cursor.next()
        place = .first
      case (.start, _):
        throw InputError(
          .malformed, "a JSON array was expected", line: line, offset: offset,
          advice: "put the rows into [ ], or name the format with --format")
      case (.first, UInt8(ascii: "]")), (.afterElement, UInt8(ascii: "]")):
        _ = try cursor.next()
        place = .end
      case (.afterElement, UInt8(ascii: ",")):
        _ = try cursor.next()
        place = .first
        return try element()
      case (.first, _):
        return try element()
      case (.afterElement, _):
        throw InputError(
          .malformed, "a comma or the array's end was expected behind element \(count)",
          line: line, offset: offset)
      case (.end, _):
        throw InputError(
          .malformed, "something follows the array's end", line: line, offset: offset)
      }
    }
  }

  private func cut(inElementFrom start: Int?) -> InputError {
    let inside = start.map { ", inside element \(count + 1), which starts on line \($0)" } ?? ""
    return InputError(
      .malformed,
      place == .start
        ? "the file is empty; a JSON array was expected"
        : "the file ends before its array does\(inside): it was cut off after \(count) whole elements",
      line: cursor.line, offset: cursor.nextOffset, advice: "get the whole file and run again")
  }

  private mutating func element() throws(InputError) -> RawRecord {
    while let blank = try cursor.peek(), blank == 0x20 || (0x09...0x0D).contains(blank) {
      _ = try cursor.next()
    }
    var record = RawRecord(line: cursor.line, offset: cursor.nextOffset, bytes: [])
    var depth = 0
    while true {
      guard let byte = try cursor.peek() else { throw cut(inElementFrom: record.line) }
      switch byte {
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        if depth == 0 { return try scalarEnd(record) }
        depth -= 1
      case UInt8(ascii: "\""):
        try string(&record)
        if depth == 0 { return done(record) }
        continue
      case UInt8(ascii: ","), 0x20, 0x09, 0x0A, 0x0D:
        if depth == 0 { return try scalarEnd(record) }
      default:
        break
      }
      try take(&record)
      if depth == 0, byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") { return done(record) }
    }
  }

  /// A number or word ends at the first byte that is not part of it; there must be one.
  private mutating func scalarEnd(_ record: RawRecord) throws(InputError) -> RawRecord {
    guard !record.bytes.isEmpty else {
      throw InputError(
        .malformed, "an element was expected behind the comma", line: cursor.line,
        offset: cursor.nextOffset, advice: "JSON allows no comma behind the last element")
    }
    return done(record)
  }

  private mutating func done(_ record: RawRecord) -> RawRecord {
    count += 1
    place = .afterElement
    return record
  }

  private mutating func string(_ record: inout RawRecord) throws(InputError) {
    try take(&record)
    while true {
      try takeRun(&record) { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }
      guard let byte = try cursor.peek() else { throw cut(inElementFrom: record.line) }
      try take(&record)
      if byte == UInt8(ascii: "\"") { return }
      if byte == UInt8(ascii: "\\"), try cursor.peek() != nil { try take(&record) }
    }
  }

  private mutating func takeRun(
    _ record: inout RawRecord, until stop: (UInt8) -> Bool
  ) throws(InputError) {
    _ = try cursor.takeRun(into: &record.bytes, keeping: !record.isOversized) {
      $0 == UInt8(ascii: "\n") || stop($0)
    }
    bound(&record)
  }

  private mutating func take(_ record: inout RawRecord) throws(InputError) {
    guard let byte = try cursor.next() else { return }
    if !record.isOversized { record.bytes.append(byte) }
    bound(&record)
  }

  private func bound(_ record: inout RawRecord) {
    guard record.bytes.count > RawRecord.maximumBytes else { return }
    record.isOversized = true
    record.bytes.removeAll()
  }
}

/// Reads lines that are not blank, in constant memory.
struct JSONLinesReader {
  private var cursor: ByteSource

  init(_ source: ByteSource) { cursor = source }

  /// The digests of what was read; nil when nobody asked for them.
  var blocks: InputBlocks? { cursor.blocks }

  /// The next line without its line end; nil at the end.
  ///
  /// `isLast` tells that the file ends without a line end behind it: if it is not whole JSON, the
  /// file was cut off.
  mutating func next() throws(InputError) -> (record: RawRecord, isLast: Bool)? {
    while try cursor.peek() != nil {
      var record = RawRecord(line: cursor.line, offset: cursor.nextOffset, bytes: [])
      var isLast = true
      while try cursor.peek() != nil {
        _ = try cursor.takeRun(into: &record.bytes, keeping: !record.isOversized) {
          $0 == UInt8(ascii: "\n")
        }
        if record.bytes.count > RawRecord.maximumBytes {
          record.isOversized = true
          record.bytes.removeAll()
        }
        // What stopped the run: a line end or the window's end.
        guard try cursor.peek() == UInt8(ascii: "\n") else { continue }
        _ = try cursor.next()
        isLast = false
        break
      }
      if record.bytes.last == UInt8(ascii: "\r") { record.bytes.removeLast() }
      let isBlank = record.bytes.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
      if record.isOversized || !isBlank { return (record, isLast) }
    }
    return nil
  }
}
