/// How many columns of a terminal text takes: ideographs and most emoji take two. A line that is taken
/// for shorter than it is breaks, and what is drawn in place goes astray. Pure.
enum TerminalColumns {
  /// Scalars that take two columns: Hangul, CJK with its punctuation, full-width forms, emoji.
  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97C,
    0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6,
    0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1FAFF, 0x20000...0x3FFFD,
  ]

  static func count(_ text: String) -> Int { text.reduce(0) { $0 + count($1) } }

  static func count(_ character: Character) -> Int {
    for scalar in character.unicodeScalars where scalar.value >= 0x1100 {
      if scalar.properties.isEmojiPresentation || scalar.value == 0xFE0F { return 2 }
      if wide.contains(where: { $0.contains(scalar.value) }) { return 2 }
    }
    return 1
  }

  /// The text where it takes fewer columns than a bound, else its start with an ellipsis.
  static func fit(_ text: String, below columns: Int) -> String {
    guard count(text) >= columns else { return text }
    var shown = ""
    var used = 0
    for character in text {
      used += count(character)
      if used > columns - 2 { break }
      shown.append(character)
    }
    return shown + "…"
  }
}
