/// Tells texts that are not UTF-8, early and with a way out.
enum TextEncoding {
  /// - Throws: ``InputError`` when the first bytes of a file are those of UTF-16 or UTF-32.
  static func check(head: [UInt8]) throws(InputError) {
    let name: String
    switch (head.first, head.dropFirst().first) {
    case (0xFF, 0xFE): name = head.dropFirst(2).elementsEqual([0, 0]) ? "UTF-32LE" : "UTF-16LE"
    case (0xFE, 0xFF): name = "UTF-16BE"
    // Latin text without a mark: every other byte is NUL.
    case (0, let second?) where second != 0: name = "UTF-16BE"
    case (let first?, 0) where first != 0: name = "UTF-16LE"
    default: return
    }
    throw InputError(
      .encoding, "the text is \(name), not UTF-8", line: 1, offset: 0,
      advice: "iconv -f \(name) -t UTF-8 FILE > NEW")
  }

  static func nul(line: Int, offset: Int) -> InputError {
    InputError(
      .encoding, "a NUL byte (00): this is no text, or not UTF-8", line: line, offset: offset,
      advice: "if it is UTF-16: iconv -f UTF-16 -t UTF-8 FILE > NEW")
  }

  /// - Parameters:
  ///   - line: the line the bytes start on.
  ///   - offset: where they start in the file.
  /// - Throws: ``InputError`` that names the first byte that is not UTF-8.
  static func check(_ bytes: [UInt8], line: Int, offset: Int) throws(InputError) {
    guard String(validating: bytes, as: UTF8.self) == nil else { return }
    let bad = firstInvalid(bytes) ?? 0
    throw invalid(bytes, at: bad, line: line, offset: offset)
  }

  static func invalid(_ bytes: [UInt8], at bad: Int, line: Int, offset: Int) -> InputError {
    let lines = bytes[..<bad].count { $0 == UInt8(ascii: "\n") }
    let sequence = bytes[bad..<min(bad + 4, bytes.count)].map(hex).joined(separator: " ")
    return InputError(
      .encoding, "the bytes \(sequence) are not UTF-8", line: line + lines, offset: offset + bad,
      advice: "if it is Latin-1: iconv -f ISO-8859-1 -t UTF-8 FILE > NEW")
  }

  private static func hex(_ byte: UInt8) -> String {
    (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
  }

  /// The offset of the first byte that is not part of well-formed UTF-8.
  static func firstInvalid(_ bytes: [UInt8]) -> Int? {
    var decoder = UTF8()
    var iterator = bytes.makeIterator()
    var offset = 0
    while true {
      switch decoder.decode(&iterator) {
      case .scalarValue(let scalar): offset += UTF8.width(scalar)
      case .emptyInput: return nil
      case .error: return offset
      }
    }
  }
}
