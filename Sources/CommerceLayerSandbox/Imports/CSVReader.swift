/// Reads CSV by RFC 4180: commas, quotes doubled inside quotes, line ends CR LF or LF, quoted cells
/// with line breaks. Empty lines are skipped; a byte order mark at the start too.
enum CSVReader {
  /// Why a text is no CSV.
  struct Failure: Error, Sendable, Hashable {
    /// The record, from 1 with the header.
    let record: Int
    let message: String
  }

  static func records(_ text: String) throws(Failure) -> [[String]] {
    var reader = Reader(bytes: Array(text.utf8))
    if reader.bytes.starts(with: [0xEF, 0xBB, 0xBF]) { reader.index = 3 }
    var records: [[String]] = []
    while reader.index < reader.bytes.count {
      let record = try reader.record(number: records.count + 1)
      if record != [""] { records.append(record) }
    }
    return records
  }

  private struct Reader {
    let bytes: [UInt8]
    var index = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func record(number: Int) throws(Failure) -> [String] {
      var cells: [String] = []
      while true {
        cells.append(try cell(number: number))
        guard index < bytes.count else { return cells }
        if bytes[index] == UInt8(ascii: ",") {
          index += 1
          continue
        }
        if bytes[index] == UInt8(ascii: "\r") { index += 1 }
        if index < bytes.count, bytes[index] == UInt8(ascii: "\n") { index += 1 }
        return cells
      }
    }

    private mutating func cell(number: Int) throws(Failure) -> String {
      guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else {
        let start = index
        while index < bytes.count, !Self.endsCell(bytes[index]) { index += 1 }
        return String(decoding: bytes[start..<index], as: UTF8.self)
      }
      index += 1
      var content: [UInt8] = []
      while true {
        guard index < bytes.count else {
          throw Failure(record: number, message: "a quote is not closed")
        }
        if bytes[index] != UInt8(ascii: "\"") {
          content.append(bytes[index])
          index += 1
        } else if index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: "\"") {
          content.append(UInt8(ascii: "\""))
          index += 2
        } else {
          index += 1
          break
        }
      }
      guard index == bytes.count || Self.endsCell(bytes[index]) else {
        throw Failure(record: number, message: "text follows a closed quote")
      }
      return String(decoding: content, as: UTF8.self)
    }

    private static func endsCell(_ byte: UInt8) -> Bool {
      byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
    }
  }
}
