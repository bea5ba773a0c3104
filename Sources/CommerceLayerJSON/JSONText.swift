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
