/// Reads lines that are not blank, in constant memory.
struct JSONLinesReader {
  private var cursor: ByteCursor

  init(_ file: InputFile) throws(InputError) {
    cursor = try ByteCursor(file)
  }

  /// The next line without its line end; nil at the end.
  ///
  /// `isLast` tells that the file ends without a line end behind it: if it is no whole JSON, the
  /// file was cut off.
  mutating func next() throws(InputError) -> (record: RawRecord, isLast: Bool)? {
    while try cursor.peek() != nil {
      var record = RawRecord(line: cursor.line, offset: cursor.offset, bytes: [])
      var isLast = true
      while try cursor.peek() != nil {
        _ = try cursor.takeRun(into: &record.bytes, keeping: !record.isOversized) {
          $0 == UInt8(ascii: "\n") || $0 == 0
        }
        if record.bytes.count > RawRecord.maximumBytes {
          record.isOversized = true
          record.bytes.removeAll()
        }
        // What stopped the run: a line end, a NUL (which throws), or the window's end.
        let stop = try cursor.peek()
        guard stop == UInt8(ascii: "\n") || stop == 0 else { continue }
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
