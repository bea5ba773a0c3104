/// RFC 8259's grammar word for word, with none of the reader's tricks: what the reader is compared
/// with. It recurses, so it is for small texts.
struct ReferenceJSON {
  private let text: [Unicode.Scalar]
  private var next = 0
  private let depth: Int

  /// Whether `bytes` are a JSON text that is nested at most `depth` deep.
  static func accepts(_ bytes: [UInt8], depth: Int) -> Bool {
    var bytes = bytes[...]
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
    guard let string = String(validating: bytes, as: UTF8.self) else { return false }
    var reader = ReferenceJSON(text: Array(string.unicodeScalars), depth: depth)
    reader.blanks()
    guard reader.value(0) else { return false }
    reader.blanks()
    return reader.next == reader.text.count
  }

  private init(text: [Unicode.Scalar], depth: Int) {
    self.text = text
    self.depth = depth
  }

  private var current: Unicode.Scalar? { next < text.count ? text[next] : nil }

  private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard current == scalar else { return false }
    next += 1
    return true
  }

  private mutating func blanks() {
    while let scalar = current, " \n\r\t".unicodeScalars.contains(scalar) { next += 1 }
  }

  private mutating func value(_ level: Int) -> Bool {
    switch current {
    case "{": object(level + 1)
    case "[": array(level + 1)
    case "\"": string()
    case "t": word("true")
    case "f": word("false")
    case "n": word("null")
    default: number()
    }
  }

  private mutating func word(_ word: String) -> Bool {
    for scalar in word.unicodeScalars where !take(scalar) { return false }
    return true
  }

  private mutating func array(_ level: Int) -> Bool {
    guard level <= depth, take("[") else { return false }
    blanks()
    if take("]") { return true }
    repeat {
      blanks()
      guard value(level) else { return false }
      blanks()
    } while take(",")
    return take("]")
  }

  private mutating func object(_ level: Int) -> Bool {
    guard level <= depth, take("{") else { return false }
    blanks()
    if take("}") { return true }
    repeat {
      blanks()
      guard string() else { return false }
      blanks()
      guard take(":") else { return false }
      blanks()
      guard value(level) else { return false }
      blanks()
    } while take(",")
    return take("}")
  }

  private mutating func digits() -> Bool {
    let start = next
    while let scalar = current, ("0"..."9").contains(scalar) { next += 1 }
    return next > start
  }

  private mutating func number() -> Bool {
    _ = take("-")
    if !take("0") {
      guard digits() else { return false }
    }
    if take(".") {
      guard digits() else { return false }
    }
    if take("e") || take("E") {
      if !take("+") { _ = take("-") }
      guard digits() else { return false }
    }
    return true
  }

  private mutating func string() -> Bool {
    guard take("\"") else { return false }
    while let scalar = current {
      next += 1
      switch scalar {
      case "\"": return true
      case "\\":
        guard escape() else { return false }
      default:
        if scalar.value < 0x20 { return false }
      }
    }
    return false
  }

  private mutating func unit() -> UInt32? {
    guard next + 4 <= text.count else { return nil }
    var unit: UInt32 = 0
    for _ in 0..<4 {
      guard let digit = Character(text[next]).hexDigitValue, text[next].isASCII else { return nil }
      unit = unit * 16 + UInt32(digit)
      next += 1
    }
    return unit
  }

  private mutating func escape() -> Bool {
    guard let scalar = current else { return false }
    next += 1
    if "\"\\/bfnrt".unicodeScalars.contains(scalar) { return true }
    guard scalar == "u", let first = unit() else { return false }
    if (0xDC00...0xDFFF).contains(first) { return false }
    guard (0xD800...0xDBFF).contains(first) else { return true }
    guard take("\\"), take("u"), let second = unit() else { return false }
    return (0xDC00...0xDFFF).contains(second)
  }
}
