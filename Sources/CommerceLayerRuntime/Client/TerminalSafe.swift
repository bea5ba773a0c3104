/// Text from a server, made fit to be shown: control characters, escape sequences and characters
/// that reorder or hide text appear as `\u{…}`.
public enum TerminalSafe {
  /// At most `limit` characters of a text.
  public static func text(_ text: some StringProtocol, limit: Int = .max) -> String {
    var out = ""
    var count = 0
    for scalar in text.unicodeScalars {
      if count >= limit {
        out += "…"
        break
      }
      count += 1
      if isHarmless(scalar) {
        out.unicodeScalars.append(scalar)
      } else if scalar == "\n" || scalar == "\t" {
        out += " "
      } else {
        out += "\\u{\(String(scalar.value, radix: 16))}"
      }
    }
    return out
  }

  private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x2069, 0xFEFF,
      0xFFF9...0xFFFB, 0xE0000...0xE007F:
      false
    default: true
    }
  }
}
