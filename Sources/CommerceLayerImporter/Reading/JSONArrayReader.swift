/// Reads a JSON array element by element, in constant memory. Elements are only cut out here; the
/// strict reader checks them.
struct JSONArrayReader {
  private enum Place {
    case start, first, afterElement, end
  }

  private var cursor: ByteCursor
  private var place = Place.start
  /// The elements read so far.
  private(set) var count = 0

  init(_ file: InputFile) throws(InputError) {
    cursor = try ByteCursor(file)
  }

  /// The next element; nil behind the array's end.
  /// - Throws: ``InputError`` when this is no array, or not a whole one.
  mutating func next() throws(InputError) -> RawRecord? {
    while true {
      let (line, offset) = (cursor.line, cursor.offset)
      guard let byte = try cursor.peek() else {
        if place == .end { return nil }
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
        throw InputError(.malformed, "something follows the array", line: line, offset: offset)
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
      line: cursor.line, offset: cursor.offset, advice: "get the whole file and run again")
  }

  private mutating func element() throws(InputError) -> RawRecord {
    while let blank = try cursor.peek(), blank == 0x20 || (0x09...0x0D).contains(blank) {
      _ = try cursor.next()
    }
    var record = RawRecord(line: cursor.line, offset: cursor.offset, bytes: [])
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
        offset: cursor.offset, advice: "JSON allows no comma behind the last element")
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
      $0 == 0 || $0 == UInt8(ascii: "\n") || stop($0)
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
