/// Which headers a caller may add, and what may stand in them. The header type turns bytes that are
/// not allowed into blanks, silently; here they are rejected.
enum HeaderRules {
  /// Headers the client sets by itself, or that would change how the message is read.
  static let reserved: Set<String> = [
    "accept", "accept-encoding", "authorization", "connection", "content-encoding",
    "content-length", "content-type", "cookie", "expect", "host", "keep-alive",
    "proxy-authorization", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
    "user-agent", "x-client-request-id", "x-client-retry-count",
  ]
  /// The largest value.
  static let maximumBytes = 8 << 10

  /// - Throws: an error of kind `invalidInput`.
  static func check(name: String, value: String) throws(CommerceLayerError) {
    let shown = TerminalSafe.text(name, limit: 80)
    guard !name.isEmpty, name.utf8.count <= 255, name.utf8.allSatisfy(isTokenByte) else {
      throw CommerceLayerError(.invalidInput, "'\(shown)' is not a valid header name")
    }
    guard !reserved.contains(name.lowercased()) else {
      throw CommerceLayerError(.invalidInput, "the client sets the header '\(shown)' by itself")
    }
    let bytes = value.utf8
    let isBlank: (UInt8?) -> Bool = { $0 == 0x20 || $0 == 0x09 }
    guard bytes.count <= maximumBytes,
      bytes.allSatisfy({ ($0 >= 0x20 && $0 < 0x7F) || $0 == 0x09 }),
      !isBlank(bytes.first), !isBlank(bytes.last)
    else {
      throw CommerceLayerError(
        .invalidInput,
        "the value of the header '\(shown)' holds more than visible ASCII, or is too long")
    }
  }

  /// A byte of a token (RFC 9110 §5.6.2).
  static func isTokenByte(_ byte: UInt8) -> Bool {
    isWordByte(byte) || "!#$%&'*+^`|~".utf8.contains(byte)
  }

  /// A letter, a digit, or one of `-`, `_`, `.`.
  static func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
      UInt8(ascii: "_"):
      true
    default: false
    }
  }
}
