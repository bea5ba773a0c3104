import GRDB

/// A pattern of the `matches` predicate: `%` is any text, `_` any character, `\` takes the meaning from
/// what follows. The case of ASCII letters does not matter.
///
/// SQLite's own `LIKE` tries every way to lay a pattern on a text, and cannot be interrupted: one with a
/// few `%` would hold a reader for hours. This one takes the first place for each part, which finds the
/// same and takes as long as text and pattern together at most multiplied.
struct LikePattern: Sendable {
  private enum Part {
    case anyText
    case anyCharacter
    case byte(UInt8)
  }

  static let function = DatabaseFunction(
    "matches_pattern", argumentCount: 2, pure: true
  ) { values in
    guard let text = String.fromDatabaseValue(values[0]),
      let pattern = String.fromDatabaseValue(values[1])
    else { return nil }
    return LikePattern(pattern).matches(text)
  }

  private let parts: [Part]

  init(_ pattern: String) {
    var parts: [Part] = []
    var isEscaped = false
    for byte in pattern.utf8 {
      if isEscaped {
        parts.append(.byte(Self.lowercased(byte)))
        isEscaped = false
        continue
      }
      switch byte {
      case UInt8(ascii: "\\"): isEscaped = true
      case UInt8(ascii: "%"): parts.append(.anyText)
      case UInt8(ascii: "_"): parts.append(.anyCharacter)
      default: parts.append(.byte(Self.lowercased(byte)))
      }
    }
    self.parts = parts
  }

  func matches(_ text: String) -> Bool {
    let text = Array(text.utf8)
    var position = 0
    var part = 0
    // Where to go on when what follows the last `%` does not fit: one character further on.
    var retry: (position: Int, part: Int)?
    while true {
      if part < parts.count, case .anyText = parts[part] {
        part += 1
        retry = (position, part)
        continue
      }
      if position == text.count {
        if part == parts.count { return true }
        return false
      }
      if part < parts.count, let next = step(parts[part], text, position) {
        position = next
        part += 1
      } else if let last = retry {
        position = Self.after(text, last.position)
        part = last.part
        retry = (position, part)
      } else {
        return false
      }
    }
  }

  /// The position behind what a part takes; nil when it does not fit.
  private func step(_ part: Part, _ text: [UInt8], _ position: Int) -> Int? {
    switch part {
    case .byte(let byte): Self.lowercased(text[position]) == byte ? position + 1 : nil
    case .anyCharacter: Self.after(text, position)
    case .anyText: nil
    }
  }

  /// The position of the character behind the one at a position.
  private static func after(_ text: [UInt8], _ position: Int) -> Int {
    var next = position + 1
    while next < text.count, text[next] & 0xC0 == 0x80 { next += 1 }
    return next
  }

  private static func lowercased(_ byte: UInt8) -> UInt8 {
    (0x41...0x5A).contains(byte) ? byte + 0x20 : byte
  }
}
