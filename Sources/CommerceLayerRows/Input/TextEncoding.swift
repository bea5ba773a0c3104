import Foundation

/// The encodings that inputs can have. UTF-8 is read as it is; everything else is converted to UTF-8
/// once, when the input is opened.
public enum TextEncoding: String, Sendable, Hashable, CaseIterable {
  /// UTF-8, with or without a byte order mark.
  case utf8 = "utf-8"
  /// UTF-16 whose byte order mark says which order; little-endian without one.
  case utf16 = "utf-16"
  /// UTF-16, little-endian.
  case utf16LE = "utf-16le"
  /// UTF-16, big-endian.
  case utf16BE = "utf-16be"
  /// What Windows programs of western Europe and America write.
  case windows1252 = "windows-1252"
  /// What Windows programs of central Europe write.
  case windows1250 = "windows-1250"
  /// What Windows programs of Cyrillic scripts write.
  case windows1251 = "windows-1251"
  /// ISO 8859-1.
  case latin1 = "iso-8859-1"
  /// ISO 8859-2.
  case latin2 = "iso-8859-2"
  /// ISO 8859-15: Latin-1 with the euro sign.
  case latin9 = "iso-8859-15"
  /// What old Macintosh programs write.
  case macRoman = "macintosh"

  /// Other names people know an encoding by, in lower case.
  private static let aliases: [String: TextEncoding] = [
    "utf8": .utf8, "utf16": .utf16, "utf16le": .utf16LE, "utf16be": .utf16BE,
    "cp1252": .windows1252,
    "ansi": .windows1252, "windows1252": .windows1252, "cp1250": .windows1250,
    "windows1250": .windows1250, "cp1251": .windows1251, "windows1251": .windows1251,
    "latin1": .latin1, "latin-1": .latin1, "iso8859-1": .latin1, "latin2": .latin2,
    "latin-2": .latin2, "iso8859-2": .latin2, "latin9": .latin9, "latin-9": .latin9,
    "iso8859-15": .latin9, "macroman": .macRoman, "mac-roman": .macRoman, "mac": .macRoman,
  ]

  /// The encoding of this name, in any case: `Windows-1252`, `cp1252`, `latin1`.
  public init?(name: String) {
    let lower = name.lowercased()
    guard let found = TextEncoding(rawValue: lower) ?? Self.aliases[lower] else { return nil }
    self = found
  }

  /// Foundation's name of an encoding with one byte for each character; nil for the others.
  private var singleByte: String.Encoding? {
    switch self {
    case .utf8, .utf16, .utf16LE, .utf16BE: nil
    case .windows1252: .windowsCP1252
    case .windows1250: .windowsCP1250
    case .windows1251: .windowsCP1251
    case .latin1, .latin9: .isoLatin1
    case .latin2: .isoLatin2
    case .macRoman: .macOSRoman
    }
  }

  /// Where ISO 8859-15 differs from ISO 8859-1.
  private static let latin9Differences: [UInt8: Unicode.Scalar] = [
    0xA4: "€", 0xA6: "Š", 0xA8: "š", 0xB4: "Ž", 0xB8: "ž", 0xBC: "Œ", 0xBD: "œ", 0xBE: "Ÿ",
  ]

  /// What the bytes from 0x80 on stand for in Mac OS Roman. Foundation on Linux (6.3.1) has another
  /// table for it, in which 0x8E is "±" instead of "é".
  private static let macRomanCharacters = Array(
    ("ÄÅÇÉÑÖÜáàâäãåçéèêëíìîïñóòôöõúùûü†°¢£§•¶ß®©™´¨≠ÆØ∞±≤≥¥µ∂∑∏π∫ªºΩæø"
      + "¿¡¬√ƒ≈∆«»…\u{A0}ÀÃÕŒœ–—“”‘’÷◊ÿŸ⁄€‹›ﬁﬂ‡·‚„‰ÂÊÁËÈÍÎÏÌÓÔ\u{F8FF}ÒÚÛÙıˆ˜¯˘˙˚¸˝˛ˇ")
      .unicodeScalars)

  /// The character of each byte, for an encoding with one byte for each character; nil for the
  /// bytes it does not define.
  var characters: [Unicode.Scalar?]? {
    guard let encoding = singleByte else { return nil }
    return (0...255).map { value in
      let byte = UInt8(value)
      if byte < 0x80 { return Unicode.Scalar(byte) }
      if self == .latin9, let scalar = Self.latin9Differences[byte] { return scalar }
      if self == .macRoman { return Self.macRomanCharacters[value - 0x80] }
      let text = String(bytes: [byte], encoding: encoding)
      return text?.unicodeScalars.count == 1 ? text?.unicodeScalars.first : nil
    }
  }

  /// The bytes of a text in this encoding; a question mark stands for what it cannot hold.
  package func encode(_ text: String) -> [UInt8] {
    switch self {
    case .utf8: return Array(text.utf8)
    case .utf16, .utf16LE: return text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    case .utf16BE: return text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
    default:
      let bytes = Dictionary(
        (characters ?? []).enumerated().compactMap { index, scalar in
          scalar.map { ($0, UInt8(index)) }
        }, uniquingKeysWith: { first, _ in first })
      return text.unicodeScalars.map { bytes[$0] ?? UInt8(ascii: "?") }
    }
  }

  /// The bytes a file in this encoding begins with.
  package var mark: [UInt8] {
    switch self {
    case .utf16, .utf16LE: [0xFF, 0xFE]
    case .utf16BE: [0xFE, 0xFF]
    default: []
    }
  }
}

/// Recognizes what a file holds by its first bytes. Pure.
enum FileSignature {
  /// What the first bytes are those of.
  enum Finding: Equatable {
    case text(TextEncoding)
    case gzip
    /// A format that cannot be read, and what to do about it.
    case unsupported(String, advice: String)
  }

  /// Bytes that are enough to tell.
  static let length = 512

  static func find(_ head: ArraySlice<UInt8>) -> Finding {
    func starts(_ bytes: UInt8...) -> Bool { head.starts(with: bytes) }
    if starts(0x1F, 0x8B) { return .gzip }
    if starts(0x50, 0x4B, 0x03, 0x04) || starts(0x50, 0x4B, 0x05, 0x06) { return zip(head) }
    if starts(0xD0, 0xCF, 0x11, 0xE0) {
      return .unsupported(
        "an old Excel workbook (.xls)", advice: "open it and save the sheet as CSV UTF-8")
    }
    if starts(0x25, 0x50, 0x44, 0x46) {
      return .unsupported("a PDF document", advice: "export the data as CSV or JSON")
    }
    if starts(0x28, 0xB5, 0x2F, 0xFD) {
      return .unsupported("compressed with Zstandard", advice: "zstd -dc FILE | cl-import … -")
    }
    if starts(0x42, 0x5A, 0x68) {
      return .unsupported("compressed with bzip2", advice: "bzip2 -dc FILE | cl-import … -")
    }
    if starts(0xFD, 0x37, 0x7A, 0x58, 0x5A) {
      return .unsupported("compressed with xz", advice: "xz -dc FILE | cl-import … -")
    }
    if starts(0x1F, 0x9D) {
      return .unsupported("compressed with compress (.Z)", advice: "gzip -dc FILE | cl-import … -")
    }
    if starts(0x37, 0x7A, 0xBC, 0xAF) || head.starts(with: "Rar!".utf8) {
      return .unsupported("an archive", advice: "unpack it and name the file inside")
    }
    if head.starts(with: "PAR1".utf8) {
      return .unsupported("a Parquet file", advice: "export the data as CSV or JSON")
    }
    if head.starts(with: "SQLite format 3".utf8) {
      return .unsupported(
        "an SQLite database", advice: "sqlite3 -csv -header FILE 'select …' | cl-import … -")
    }
    if let markup = Markup.name(head) { return markup }
    if starts(0xFF, 0xFE, 0, 0) || starts(0, 0, 0xFE, 0xFF) {
      return .unsupported("UTF-32 text", advice: "save it as UTF-8")
    }
    if starts(0xFF, 0xFE) { return .text(.utf16LE) }
    if starts(0xFE, 0xFF) { return .text(.utf16BE) }
    // Latin text without a mark: every other byte is NUL.
    let pairs = head.prefix(64)
    if pairs.count >= 4 {
      let even = pairs.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
      let odd = pairs.enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
      if odd.allSatisfy({ $0 == 0 }), even.allSatisfy({ $0 != 0 }) { return .text(.utf16LE) }
      if even.allSatisfy({ $0 == 0 }), odd.allSatisfy({ $0 != 0 }) { return .text(.utf16BE) }
    }
    return .text(.utf8)
  }

  /// Office documents are zip archives whose entries tell which.
  private static func zip(_ head: ArraySlice<UInt8>) -> Finding {
    let text = String(decoding: head, as: UTF8.self)
    if text.contains("[Content_Types].xml") || text.contains("xl/") {
      return .unsupported(
        "an Excel workbook (.xlsx), whatever its name says",
        advice: "open it and save the sheet as CSV UTF-8")
    }
    if text.contains("mimetypeapplication/vnd.oasis.opendocument") {
      return .unsupported(
        "an OpenDocument spreadsheet (.ods), whatever its name says",
        advice: "open it and save the sheet as CSV, character set UTF-8")
    }
    if text.contains("Index/") && text.contains(".iwa") {
      return .unsupported("a Numbers spreadsheet", advice: "open it and export it as CSV, UTF-8")
    }
    return .unsupported("a zip archive", advice: "unzip it and name the file inside")
  }

  /// Text that is markup and not rows.
  private enum Markup {
    static func name(_ head: ArraySlice<UInt8>) -> Finding? {
      let text = String(decoding: head, as: UTF8.self).lowercased()
        .drop { $0.isWhitespace || $0 == "\u{FEFF}" }
      if text.hasPrefix("{\\rtf") {
        return .unsupported("a document in RTF", advice: "save it as text, or export CSV")
      }
      guard text.hasPrefix("<") else { return nil }
      // What programs write that call HTML or XML an Excel file.
      if text.hasPrefix("<table") || text.contains("office:excel")
        || text.contains("schemas-microsoft-com:office")
      {
        return .unsupported(
          "a spreadsheet as HTML or XML, whatever its name says",
          advice: "open it and save the sheet as CSV UTF-8")
      }
      if text.hasPrefix("<!doctype html") || text.hasPrefix("<html") {
        return .unsupported(
          "a page in HTML", advice: "it may tell of a login or an error: open it in a browser")
      }
      guard text.hasPrefix("<?xml") else { return nil }
      return .unsupported("an XML document", advice: "export the data as CSV or JSON")
    }
  }
}

/// Guesses the encoding of text that is not UTF-8. Pure.
enum EncodingGuess {
  /// The likely encoding of a text whose byte at `bad` is not UTF-8, from the bytes around it.
  ///
  /// Old Macintosh files end lines with CR alone. Bytes from 80 to 9F are printable in Windows code
  /// pages and controls in the ISO ones, so that they tell the two apart.
  static func guess(_ bytes: ArraySlice<UInt8>) -> TextEncoding? {
    let high = bytes.filter { $0 >= 0x80 }
    guard !high.isEmpty else { return nil }
    if wellFormedShare(bytes) > 0.5 { return .utf8 }
    let hasCR = bytes.contains(UInt8(ascii: "\r"))
    if hasCR, !bytes.contains(UInt8(ascii: "\n")) { return .macRoman }
    if high.contains(where: { (0x80...0x9F).contains($0) }) { return .windows1252 }
    return .latin1
  }

  /// How much of what is not ASCII is well-formed UTF-8: mostly UTF-8 with a damaged place is not
  /// another encoding.
  private static func wellFormedShare(_ bytes: ArraySlice<UInt8>) -> Double {
    var decoder = UTF8()
    var iterator = bytes.makeIterator()
    var (good, bad) = (0, 0)
    while true {
      switch decoder.decode(&iterator) {
      case .scalarValue(let scalar): if scalar.value >= 0x80 { good += 1 }
      case .emptyInput: return good + bad == 0 ? 1 : Double(good) / Double(good + bad)
      case .error: bad += 1
      }
    }
  }

  /// The error of a byte that is not UTF-8.
  /// - Parameters:
  ///   - bytes: A stretch of the input around it.
  ///   - bad: The index of the byte in it.
  static func error(
    _ bytes: ArraySlice<UInt8>, at bad: Int, line: Int, column: Int?, offset: Int
  ) -> InputError {
    let sequence = bytes[bad..<min(bad + 4, bytes.endIndex)].prefix {
      $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r")
    }.map(hex).joined(separator: " ")
    let place = column.map { "column \($0): " } ?? ""
    let said = "\(place)the bytes \(sequence) are not UTF-8"
    switch guess(bytes) {
    case .utf8, nil:
      return InputError(
        .encoding, said + ", though the text around them is: they are damaged", line: line,
        offset: offset, advice: "correct this place in the file, or export it again as UTF-8")
    case let encoding?:
      return InputError(
        .encoding, said + "; the file looks like \(encoding.rawValue)", line: line, offset: offset,
        advice: "add --encoding \(encoding.rawValue), or save the file as UTF-8")
    }
  }

  private static func hex(_ byte: UInt8) -> String {
    (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
  }
}

/// Converts text of another encoding to UTF-8, in pieces.
struct TextDecoder {
  private let encoding: TextEncoding
  private let characters: [[UInt8]?]
  private var pending: [UInt8] = []
  private var highSurrogate: UInt16?
  private var line = 1
  private var offset = 0
  private var isFirst = true
  private var isLittle: Bool

  init(_ encoding: TextEncoding) {
    self.encoding = encoding
    isLittle = encoding != .utf16BE
    characters = (encoding.characters ?? []).map { $0.map { Array(String($0).utf8) } }
  }

  /// Converts the next bytes.
  /// - Throws: ``InputError`` of kind `encoding` for what the encoding does not define.
  mutating func decode(_ bytes: ArraySlice<UInt8>, into text: inout [UInt8]) throws(InputError) {
    if characters.isEmpty {
      try decodeUTF16(bytes, into: &text)
      return
    }
    for byte in bytes {
      if byte == UInt8(ascii: "\n") { line += 1 }
      guard let character = characters[Int(byte)] else {
        throw InputError(
          .encoding,
          "the byte \(String(byte, radix: 16, uppercase: true)) is not defined in "
            + "\(encoding.rawValue)", line: line, offset: offset,
          advice: "name another encoding with --encoding")
      }
      text.append(contentsOf: character)
      offset += 1
    }
  }

  private mutating func decodeUTF16(
    _ bytes: ArraySlice<UInt8>, into text: inout [UInt8]
  ) throws(InputError) {
    for byte in bytes {
      pending.append(byte)
      guard pending.count == 2 else { continue }
      var unit = UInt16(pending[0]) | UInt16(pending[1]) << 8
      if !isLittle { unit = unit.byteSwapped }
      pending.removeAll(keepingCapacity: true)
      defer {
        isFirst = false
        offset += 2
      }
      if isFirst, unit == 0xFEFF { continue }
      if isFirst, unit == 0xFFFE {
        isLittle.toggle()
        continue
      }
      if let high = highSurrogate {
        guard UTF16.isTrailSurrogate(unit) else { throw lone() }
        highSurrogate = nil
        let scalar = UTF16.decode(UTF16.EncodedScalar([high, unit]))
        text.append(contentsOf: String(scalar).utf8)
      } else if UTF16.isLeadSurrogate(unit) {
        highSurrogate = unit
      } else if let scalar = Unicode.Scalar(unit) {
        if unit == 0x0A { line += 1 }
        text.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
      } else {
        throw lone()
      }
    }
  }

  private func lone() -> InputError {
    InputError(
      .encoding, "half of a character: this is not \(encoding.rawValue)", line: line,
      offset: offset, advice: "name the encoding with --encoding, or export the file again")
  }

  /// - Throws: ``InputError`` when the text ends inside a character.
  func finish() throws(InputError) {
    if !pending.isEmpty || highSurrogate != nil { throw lone() }
  }
}
