/// What makes an HTML document one that is not even given to the parser.
///
/// Entities and internal subsets are how documents reach for files and multiply; tags with very
/// many attributes cost the parser time by their square. No page of the documentation has any.
struct HTMLRejection: Equatable {
  var reason: String
  var line: Int

  /// Looks a document over; nil when there is nothing against it.
  static func of(_ html: String) -> HTMLRejection? {
    let bytes = Array(html.utf8)
    var line = 1
    for index in bytes.indices {
      if bytes[index] == newline { line += 1 }
      guard bytes[index] == UInt8(ascii: "<"), index + 1 < bytes.count else { continue }
      if bytes[index + 1] == UInt8(ascii: "!") {
        if let reason = declaration(bytes[index...]) { return .init(reason: reason, line: line) }
      } else if isLetter(bytes[index + 1]), hasTooManyAttributes(bytes[(index + 1)...]) {
        return .init(reason: "has a tag with too many attributes", line: line)
      }
    }
    return nil
  }

  private static let newline = UInt8(ascii: "\n")

  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }

  private static func declaration(_ bytes: ArraySlice<UInt8>) -> String? {
    let head = String(decoding: bytes.prefix(12), as: UTF8.self).lowercased()
    if head.hasPrefix("<!entity") { return "declares entities" }
    guard head.hasPrefix("<!doctype") else { return nil }
    let declaration = bytes.prefix { $0 != UInt8(ascii: ">") }
    return declaration.contains(UInt8(ascii: "[")) ? "declares an internal subset" : nil
  }

  /// Counts the words of a tag outside quoted values. A quote opens a value only behind `=`.
  private static func hasTooManyAttributes(_ bytes: ArraySlice<UInt8>) -> Bool {
    var count = 0
    var quote: UInt8?
    var previous = UInt8(ascii: " ")
    var wasBlank = false
    for byte in bytes {
      if let open = quote {
        if byte == open { (quote, wasBlank) = (nil, true) }
        continue
      }
      switch byte {
      // The next tag is looked at for itself, so that the whole takes one pass.
      case UInt8(ascii: ">"), UInt8(ascii: "<"): return false
      case UInt8(ascii: "\""), UInt8(ascii: "'"):
        if previous == UInt8(ascii: "=") { quote = byte }
        wasBlank = false
      case UInt8(ascii: " "), UInt8(ascii: "\t"), newline, UInt8(ascii: "/"):
        wasBlank = true
        continue
      default:
        if wasBlank { count += 1 }
        wasBlank = false
      }
      if count > Limits.maximumTagAttributes { return true }
      previous = byte
    }
    return false
  }
}
