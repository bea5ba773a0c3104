public import HTTPTypes

/// What every transport checks before it writes a request and before it hands over a response,
/// whatever carries the bytes. Pure.
public enum TransportRules {
  /// The head of a response may be this large: 64 KiB, names, values and separators together.
  public static let maximumHeadBytes = 64 << 10
  /// A compressed response that grows more than this is taken for an attack; JSON compresses by five
  /// to fifteen.
  public static let maximumDecompressionRatio = 25
  /// What may pile up of a response that nobody reads, where the sender cannot be held back: 64 MiB.
  public static let maximumUnreadBytes = 64 << 20

  /// Rejects a request that would not arrive as it is: headers that smuggle others in, a target that
  /// URL parsers read differently, a plain connection to another machine.
  /// - Throws: ``TransportError`` of kind `invalidRequest`; nothing was sent.
  public static func check(_ request: HTTPRequest) throws(TransportError) {
    try TransportError.checkHeaders(request.headerFields)
    for field in request.headerFields where isFraming(field.name) {
      throw TransportError(
        .invalidRequest, "the header \(field.name) is for the transport to write")
    }
    guard let authority = request.authority, let host = host(of: authority) else {
      throw TransportError(.invalidRequest, "the request names no valid host")
    }
    switch request.scheme {
    case "https": break
    case "http" where isLoopback(host): break
    case "http":
      throw TransportError(.invalidRequest, "plain HTTP is for this machine only, use HTTPS")
    default: throw TransportError(.invalidRequest, "the request has no valid URL")
    }
    guard let path = request.path, isPath(path) else {
      throw TransportError(.invalidRequest, "the request has no valid path")
    }
  }

  /// Rejects a response whose head is too large or whose body is compressed in a way nobody here
  /// decompresses: what is handed over compressed would be taken for the body.
  /// - Throws: ``TransportError`` of kind `tooLarge` or `broken`.
  public static func check(_ head: HTTPResponse) throws(TransportError) {
    var bytes = 0
    for field in head.headerFields {
      bytes += field.name.rawName.utf8.count + field.value.utf8.count + 4
    }
    guard bytes <= maximumHeadBytes else {
      throw TransportError(
        .tooLarge, "the head of the response is larger than \(maximumHeadBytes) bytes")
    }
    switch head.headerFields[.contentEncoding] {
    case nil, "", "identity", "gzip", "deflate": break
    case _?:
      throw TransportError(.broken, "the response is compressed in a way that was not asked for")
    }
  }

  /// Whether a header says where a request goes or how long it is.
  private static func isFraming(_ name: HTTPField.Name) -> Bool {
    ["host", "content-length", "transfer-encoding"].contains(name.canonicalName)
  }

  /// The host of `host`, `host:port` or `[address]:port`; nil for anything else, user names above all.
  static func host(of authority: String) -> String? {
    let bytes = Array(authority.utf8)
    var end = bytes.firstIndex(of: UInt8(ascii: ":")) ?? bytes.count
    var isHostByte = isNameByte
    if bytes.first == UInt8(ascii: "[") {
      guard let close = bytes.firstIndex(of: UInt8(ascii: "]")), close > 1 else { return nil }
      end = close + 1
      isHostByte = { isHexDigit($0) || "[]:.".utf8.contains($0) }
    }
    let host = bytes[..<end]
    guard !host.isEmpty, host.count <= 255, host.allSatisfy(isHostByte) else { return nil }
    if end < bytes.count {
      let digits = bytes[(end + 1)...]
      guard bytes[end] == UInt8(ascii: ":"), digits.allSatisfy(isDigit),
        let port = Int(String(decoding: digits, as: UTF8.self)), (1...65_535).contains(port)
      else { return nil }
    }
    return String(decoding: host, as: UTF8.self)
  }

  /// Whether a host is this machine by its very name: no resolver is asked.
  public static func isLoopback(_ host: String) -> Bool {
    if host == "localhost" || host == "[::1]" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127"
      && parts.allSatisfy { $0.utf8.allSatisfy(isDigit) && UInt8($0) != nil }
  }

  /// Whether a path, with its query, is written as it is: it begins with a slash and holds only
  /// characters that no URL parser encodes, cuts off or walks up by.
  private static func isPath(_ path: String) -> Bool {
    let bytes = Array(path.utf8)
    guard bytes.first == UInt8(ascii: "/"), !bytes.starts(with: "//".utf8) else { return false }
    for (index, byte) in bytes.enumerated() {
      guard byte > 0x20, byte < 0x7F, !"\"#<>\\^`{|}".utf8.contains(byte) else { return false }
      if byte == UInt8(ascii: "%") {
        let digits = bytes[(index + 1)...].prefix(2)
        guard digits.count == 2, digits.allSatisfy(isHexDigit) else { return false }
      }
    }
    let segments = path.prefix { $0 != "?" }.split(separator: "/")
    return !segments.contains { segment in
      let plain = segment.lowercased().replacing("%2e", with: ".")
      return plain == "." || plain == ".."
    }
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private static func isHexDigit(_ byte: UInt8) -> Bool {
    isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20)
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
      || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_")
  }
}

extension TransportError {
  /// Rejects what would let a header smuggle another one in, or be read differently by the server:
  /// control characters, anything but ASCII, and blanks at the ends, which servers trim.
  public static func checkHeaders(_ fields: HTTPFields) throws(TransportError) {
    for field in fields {
      // Bytes that are not UTF-8 are replaced in `value` by a character that is not ASCII.
      let value = field.value.utf8
      let isBlank: (UInt8?) -> Bool = { $0 == 0x20 || $0 == 0x09 }
      let isClean = value.allSatisfy { ($0 >= 0x20 && $0 < 0x7F) || $0 == 0x09 }
      guard isClean, !isBlank(value.first), !isBlank(value.last) else {
        throw TransportError(
          .invalidRequest,
          "the header \(field.name) holds a control character, a letter that is not ASCII, or "
            + "blanks at its ends")
      }
    }
  }
}
