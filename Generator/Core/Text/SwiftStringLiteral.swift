/// The source of a string literal on one line whose value is exactly the given text.
///
/// Text with quotes or backslashes becomes a raw literal with as many `#` as it needs; every scalar
/// that is not printable ASCII is escaped, so that no newline, control or bidirectional character
/// reaches the source.
struct SwiftStringLiteral: Sendable, Hashable {
  /// The literal with its delimiters.
  let source: String

  init(_ value: String) {
    let pounds = String(repeating: "#", count: Self.delimiterLength(for: value))
    var out = pounds + "\""
    for scalar in value.unicodeScalars {
      if (0x20...0x7E).contains(scalar.value) {
        out.unicodeScalars.append(scalar)
      } else {
        out += "\\\(pounds)u{\(String(scalar.value, radix: 16, uppercase: true))}"
      }
    }
    source = out + "\"" + pounds
  }

  /// The smallest number of `#` such that no quote or backslash of the text, followed by as many
  /// `#`, could end the literal or start an escape.
  private static func delimiterLength(for value: String) -> Int {
    var needed = 0
    var run: Int?
    for byte in value.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): run = 0
      case UInt8(ascii: "#"): run = run.map { $0 + 1 }
      default: run = nil
      }
      if let run { needed = max(needed, run + 1) }
    }
    return needed
  }
}
