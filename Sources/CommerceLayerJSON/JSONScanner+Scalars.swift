// Strings, numbers and words. Each takes a position and gives the one behind what it read.
extension JSONScanner {
  @inline(__always)
  static func skipBlanks(_ base: UnsafePointer<UInt8>, _ position: Int, _ count: Int) -> Int {
    var position = position
    while position < count, base[position] <= 0x20 {
      switch base[position] {
      case 0x20, 0x0A, 0x0D, 0x09: position += 1
      default: return position
      }
    }
    return position
  }

  static func word(
    _ base: UnsafePointer<UInt8>, _ start: Int, _ count: Int, _ text: StaticString
  ) throws(Failure) -> Int {
    var position = start
    for offset in 0..<text.utf8CodeUnitCount {
      guard position < count, base[position] == text.utf8Start[offset] else {
        throw Failure(reason: .word, offset: position)
      }
      position += 1
    }
    return position
  }

  @inline(__always)
  private static func isDigit(_ base: UnsafePointer<UInt8>, _ position: Int, _ count: Int) -> Bool {
    position < count && base[position] &- UInt8(ascii: "0") < 10
  }

  @inline(__always)
  private static func digits(
    _ base: UnsafePointer<UInt8>, _ start: Int, _ count: Int
  ) throws(Failure) -> Int {
    var position = start
    while isDigit(base, position, count) { position += 1 }
    if position == start { throw Failure(reason: .noDigit, offset: position) }
    return position
  }

  @inline(__always)
  static func number(
    _ base: UnsafePointer<UInt8>, _ start: Int, _ count: Int
  ) throws(Failure) -> Int {
    var position = start
    if base[position] == UInt8(ascii: "-") { position += 1 }
    if position < count, base[position] == UInt8(ascii: "0") {
      position += 1
      if isDigit(base, position, count) { throw Failure(reason: .leadingZero, offset: position) }
    } else {
      position = try digits(base, position, count)
    }
    guard position < count else { return position }
    if base[position] == UInt8(ascii: ".") { position = try digits(base, position + 1, count) }
    if position < count, base[position] | 0x20 == UInt8(ascii: "e") {
      position += 1
      if position < count,
        base[position] == UInt8(ascii: "+") || base[position] == UInt8(ascii: "-")
      {
        position += 1
      }
      position = try digits(base, position, count)
    }
    return position
  }

  /// Reads a string from its opening quote to behind its closing one.
  @inline(__always)
  static func string(
    _ base: UnsafePointer<UInt8>, _ position: inout Int, _ count: Int
  ) throws(Failure) -> JSONIndexNode.Kind {
    var index = position + 1
    while index + 8 <= count {
      let hits = awkward(UnsafeRawPointer(base + index).loadUnaligned(as: UInt64.self))
      if hits == 0 {
        index += 8
        continue
      }
      index += hits.trailingZeroBitCount >> 3
      guard base[index] == UInt8(ascii: "\"") else { break }
      position = index + 1
      return .string
    }
    return try unusualString(base, &position, from: index, count)
  }

  /// The bits of the bytes that are a quote, a backslash, a control character or not ASCII. The
  /// lowest bit set is exact; those above it may be false, because the subtractions borrow.
  @inline(__always)
  private static func awkward(_ littleEndian: UInt64) -> UInt64 {
    let word = UInt64(littleEndian: littleEndian)
    let ones: UInt64 = 0x0101_0101_0101_0101
    let quotes = word ^ (ones &* 0x22)
    let slashes = word ^ (ones &* 0x5C)
    let hits =
      (word &- ones &* 0x20) | word | ((quotes &- ones) & ~quotes)
      | ((slashes &- ones) & ~slashes)
    return hits & 0x8080_8080_8080_8080
  }

  /// The rest of a string that has escapes, characters beyond ASCII or the end of the text near.
  @inline(never)
  private static func unusualString(
    _ base: UnsafePointer<UInt8>, _ position: inout Int, from start: Int, _ count: Int
  ) throws(Failure) -> JSONIndexNode.Kind {
    var index = start
    var kind = JSONIndexNode.Kind.string
    while true {
      while index + 8 <= count {
        let hits = awkward(UnsafeRawPointer(base + index).loadUnaligned(as: UInt64.self))
        index += hits == 0 ? 8 : hits.trailingZeroBitCount >> 3
        if hits != 0 { break }
      }
      guard index < count else { throw Failure(reason: .end, offset: index) }
      let byte = base[index]
      if byte == UInt8(ascii: "\"") {
        position = index + 1
        return kind
      } else if byte == UInt8(ascii: "\\") {
        kind = .escapedString
        index = try escape(base, index, count)
      } else if byte < 0x20 {
        throw Failure(reason: .control, offset: index)
      } else if byte < 0x80 {
        index += 1
      } else {
        index = try multibyte(base, index, count)
      }
    }
  }

  @inline(__always)
  private static func escape(
    _ base: UnsafePointer<UInt8>, _ start: Int, _ count: Int
  ) throws(Failure) -> Int {
    guard start + 1 < count else { throw Failure(reason: .end, offset: count) }
    switch base[start + 1] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
      UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      return start + 2
    case UInt8(ascii: "u"):
      let unit = try hexadecimal(base, start + 2, count)
      if unit & 0xF800 != 0xD800 { return start + 6 }
      guard unit & 0xFC00 == 0xD800 else { throw Failure(reason: .surrogate, offset: start) }
      guard start + 7 < count, base[start + 6] == UInt8(ascii: "\\"),
        base[start + 7] == UInt8(ascii: "u")
      else { throw Failure(reason: start + 7 < count ? .surrogate : .end, offset: start) }
      guard try hexadecimal(base, start + 8, count) & 0xFC00 == 0xDC00 else {
        throw Failure(reason: .surrogate, offset: start)
      }
      return start + 12
    default:
      throw Failure(reason: .escape, offset: start + 1)
    }
  }

  private static func hexadecimal(
    _ base: UnsafePointer<UInt8>, _ start: Int, _ count: Int
  ) throws(Failure) -> UInt16 {
    var unit: UInt16 = 0
    for position in start..<start + 4 {
      guard position < count else { throw Failure(reason: .end, offset: position) }
      guard let digit = JSONText.hexDigit(base[position]) else {
        throw Failure(reason: .hexadecimal, offset: position)
      }
      unit = unit << 4 | UInt16(digit)
    }
    return unit
  }

  /// One multi-byte UTF-8 sequence.
  @inline(__always)
  private static func multibyte(
    _ base: UnsafePointer<UInt8>, _ start: Int, _ count: Int
  ) throws(Failure) -> Int {
    switch UTF8Sequence(base, start, count) {
    case .whole(let length): return start + length
    case .cutOff: throw Failure(reason: .end, offset: count)
    case .malformed: throw Failure(reason: .encoding, offset: start)
    }
  }
}

/// What a multi-byte sequence of UTF-8 is, by the table of well-formed sequences in Unicode §3.9 and
/// RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
package enum UTF8Sequence: Sendable, Hashable {
  /// A character of this many bytes.
  case whole(Int)
  /// The text ends within it.
  case cutOff
  /// Its first byte does not begin a character.
  case malformed

  /// Reads the sequence that begins at an index with a byte beyond ASCII.
  @inline(__always)
  package init(_ base: UnsafePointer<UInt8>, _ start: Int, _ count: Int) {
    let length: Int
    var low: UInt8 = 0x80
    var high: UInt8 = 0xBF
    switch base[start] {
    case 0xC2...0xDF: length = 2
    case 0xE0: (length, low) = (3, 0xA0)
    case 0xED: (length, high) = (3, 0x9F)
    case 0xE1...0xEF: length = 3
    case 0xF0: (length, low) = (4, 0x90)
    case 0xF4: (length, high) = (4, 0x8F)
    case 0xF1...0xF3: length = 4
    default:
      self = .malformed
      return
    }
    guard start + length <= count else {
      self = .cutOff
      return
    }
    guard (low...high).contains(base[start + 1]) else {
      self = .malformed
      return
    }
    for offset in 2..<max(length, 2) where base[start + offset] & 0xC0 != 0x80 {
      self = .malformed
      return
    }
    self = .whole(length)
  }
}
