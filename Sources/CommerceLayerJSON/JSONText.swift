/// Decoding of string and number texts.
package enum JSONText {
  static func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }

  /// The text of a string node, escapes resolved. The scanner has checked it.
  static func decode(_ bytes: [UInt8], _ node: JSONIndexNode) -> String {
    bytes.withUnsafeBufferPointer { decode($0, node) }
  }

  /// The text of a string node, escapes resolved. The scanner has checked it.
  static func decode(_ bytes: UnsafeBufferPointer<UInt8>, _ node: JSONIndexNode) -> String {
    let content = bytes[Int(node.start) + 1..<Int(node.end) - 1]
    guard node.kind == .escapedString else {
      return String(decoding: UnsafeBufferPointer(rebasing: content), as: UTF8.self)
    }
    return String(decoding: unescape(content), as: UTF8.self)
  }

  static func unescape(_ content: Slice<UnsafeBufferPointer<UInt8>>) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(content.count)
    var index = content.startIndex
    func unit(at start: Int) -> UInt32 {
      content[start..<start + 4].reduce(0) { $0 << 4 | UInt32(hexDigit($1) ?? 0) }
    }
    while index < content.endIndex {
      guard content[index] == UInt8(ascii: "\\") else {
        out.append(content[index])
        index += 1
        continue
      }
      index += 2
      switch content[index - 1] {
      case UInt8(ascii: "b"): out.append(0x08)
      case UInt8(ascii: "f"): out.append(0x0C)
      case UInt8(ascii: "n"): out.append(0x0A)
      case UInt8(ascii: "r"): out.append(0x0D)
      case UInt8(ascii: "t"): out.append(0x09)
      case UInt8(ascii: "u"):
        var code = unit(at: index)
        index += 4
        if code & 0xFC00 == 0xD800 {
          code = 0x10000 + (code & 0x3FF) << 10 + unit(at: index + 2) & 0x3FF
          index += 6
        }
        let scalar = Unicode.Scalar(code) ?? "\u{FFFD}"
        out.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
      case let other: out.append(other)
      }
    }
    return out
  }

  /// One token of a JSON pointer, RFC 6901 §3. By code points: a slash with a combining mark is one
  /// `Character`, and no slash.
  package static func pointerToken(_ key: String) -> String {
    var token = ""
    for scalar in key.unicodeScalars {
      switch scalar {
      case "~": token += "~0"
      case "/": token += "~1"
      default: token.unicodeScalars.append(scalar)
      }
    }
    return token
  }
}

// Strings as JSON writes them: quoted, with escapes for quotes, backslashes and control characters.
// U+2028 and U+2029 stay as they are: JSON allows them.
extension JSONText {
  /// The bits of the bytes that must be escaped; the lowest one set is exact.
  @inline(__always)
  private static func needsEscape(_ littleEndian: UInt64) -> UInt64 {
    let word = UInt64(littleEndian: littleEndian)
    let ones: UInt64 = 0x0101_0101_0101_0101
    let quotes = word ^ (ones &* 0x22)
    let slashes = word ^ (ones &* 0x5C)
    let hits =
      ((word &- ones &* 0x20) & ~word) | ((quotes &- ones) & ~quotes)
      | ((slashes &- ones) & ~slashes)
    return hits & 0x8080_8080_8080_8080
  }

  private static func needsEscape(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
  }

  /// Quotes a text into memory with room for six times its bytes and sixteen more.
  /// - Returns: how many bytes it took.
  @inline(__always)
  static func quote(
    _ utf8: UnsafeBufferPointer<UInt8>, into out: UnsafeMutablePointer<UInt8>
  ) -> Int {
    var target = out
    target[0] = UInt8(ascii: "\"")
    target += 1
    var index = 0
    if let source = utf8.baseAddress {
      while index + 8 <= utf8.count {
        let word = UnsafeRawPointer(source + index).loadUnaligned(as: UInt64.self)
        UnsafeMutableRawPointer(target).storeBytes(of: word, as: UInt64.self)
        let hits = needsEscape(word)
        if hits == 0 {
          index += 8
          target += 8
        } else {
          let plain = hits.trailingZeroBitCount >> 3
          index += plain + 1
          target += plain
          target += escape(source[index - 1], to: target)
        }
      }
      while index < utf8.count {
        let byte = source[index]
        index += 1
        if needsEscape(byte) {
          target += escape(byte, to: target)
        } else {
          target[0] = byte
          target += 1
        }
      }
    }
    target[0] = UInt8(ascii: "\"")
    return target - out + 1
  }

  /// Quotes a text of any length.
  static func quote(_ utf8: UnsafeBufferPointer<UInt8>, appendingTo text: inout [UInt8]) {
    text.append(UInt8(ascii: "\""))
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 6) { escaped in
      var start = 0
      for index in 0..<utf8.count where needsEscape(utf8[index]) {
        text.append(contentsOf: utf8[start..<index])
        if let base = escaped.baseAddress {
          text.append(contentsOf: escaped.prefix(escape(utf8[index], to: base)))
        }
        start = index + 1
      }
      text.append(contentsOf: utf8[start...])
    }
    text.append(UInt8(ascii: "\""))
  }

  /// - Returns: how many bytes the escape takes, two or six.
  private static func escape(_ byte: UInt8, to target: UnsafeMutablePointer<UInt8>) -> Int {
    target[0] = UInt8(ascii: "\\")
    let short: UInt8? =
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): byte
      case 0x0A: UInt8(ascii: "n")
      case 0x0D: UInt8(ascii: "r")
      case 0x09: UInt8(ascii: "t")
      default: nil
      }
    if let short {
      target[1] = short
      return 2
    }
    target[1] = UInt8(ascii: "u")
    target[2] = UInt8(ascii: "0")
    target[3] = UInt8(ascii: "0")
    target[4] = UInt8(ascii: "0") + byte >> 4
    let low = byte & 0xF
    target[5] = low < 10 ? UInt8(ascii: "0") + low : UInt8(ascii: "a") + low - 10
    return 6
  }
}
