/// Reads one JSON text (RFC 8259) into a ``JSONTree``.
///
/// Foundation's decoder reads a file of the spec ten times slower in a debug build, in which SwiftPM
/// builds tools, and takes the first of two equal keys. Here equal keys are an error, and so is
/// everything that RFC 8259 does not allow.
struct JSONTreeParser {
  /// Why a text is no JSON.
  struct Failure: Error {
    let line: Int
    let column: Int
    let message: String
  }

  /// The deepest nesting read.
  static let maximumDepth = 64

  private let bytes: UnsafeBufferPointer<UInt8>
  private var position = 0

  static func parse(_ bytes: UnsafeBufferPointer<UInt8>) throws(Failure) -> JSONTree {
    var parser = JSONTreeParser(bytes: bytes)
    parser.skipBlanks()
    let value = try parser.value(depth: 0)
    parser.skipBlanks()
    guard parser.position == bytes.count else { throw parser.failure("text follows the value") }
    return value
  }

  private init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private func failure(_ message: String) -> Failure {
    let before = bytes[..<min(position, bytes.count)]
    let start = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    return Failure(
      line: before.count { $0 == UInt8(ascii: "\n") } + 1, column: before.count - start + 1,
      message: message)
  }

  private mutating func skipBlanks() {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x0A, 0x0D, 0x09: position += 1
      default: return
      }
    }
  }

  private mutating func value(depth: Int) throws(Failure) -> JSONTree {
    guard depth <= Self.maximumDepth else { throw failure("is nested too deeply") }
    switch next {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case let byte? where byte == UInt8(ascii: "-") || byte.isDigit: return try number()
    case nil: throw failure("the text ends where a value was expected")
    default: throw failure("a value was expected")
    }
  }

  private mutating func object(depth: Int) throws(Failure) -> JSONTree {
    position += 1
    var members: [String: JSONTree] = [:]
    skipBlanks()
    if next == UInt8(ascii: "}") {
      position += 1
      return .object(members)
    }
    while true {
      skipBlanks()
      guard next == UInt8(ascii: "\"") else { throw failure("a key was expected") }
      let key = try string()
      skipBlanks()
      guard next == UInt8(ascii: ":") else { throw failure("':' was expected") }
      position += 1
      skipBlanks()
      guard members.updateValue(try value(depth: depth + 1), forKey: key) == nil else {
        throw failure("the key '\(key.prefix(72))' is there twice")
      }
      if try ends(with: UInt8(ascii: "}"), "'}'") { return .object(members) }
    }
  }

  private mutating func array(depth: Int) throws(Failure) -> JSONTree {
    position += 1
    var elements: [JSONTree] = []
    skipBlanks()
    if next == UInt8(ascii: "]") {
      position += 1
      return .array(elements)
    }
    while true {
      skipBlanks()
      elements.append(try value(depth: depth + 1))
      if try ends(with: UInt8(ascii: "]"), "']'") { return .array(elements) }
    }
  }

  /// Whether the list ends here; otherwise a comma is taken.
  private mutating func ends(with close: UInt8, _ name: String) throws(Failure) -> Bool {
    skipBlanks()
    guard next == close || next == UInt8(ascii: ",") else {
      throw failure("',' or \(name) was expected")
    }
    defer { position += 1 }
    return next == close
  }

  private mutating func word(_ text: StaticString, _ value: JSONTree) throws(Failure) -> JSONTree {
    for offset in 0..<text.utf8CodeUnitCount {
      guard next == text.utf8Start[offset] else { throw failure("'\(text)' was expected") }
      position += 1
    }
    return value
  }

  private mutating func number() throws(Failure) -> JSONTree {
    let start = position
    if next == UInt8(ascii: "-") { position += 1 }
    let zero = next == UInt8(ascii: "0")
    let whole = try digits()
    guard !zero || whole == 1 else { throw failure("a number does not begin with 0") }
    var isInteger = true
    if next == UInt8(ascii: ".") {
      position += 1
      isInteger = false
      _ = try digits()
    }
    if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      position += 1
      isInteger = false
      if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
      _ = try digits()
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if isInteger, let value = Int(text) { return .integer(value) }
    guard let value = Double(text), value.isFinite else { throw failure("the number is too large") }
    return .number(value)
  }

  private mutating func digits() throws(Failure) -> Int {
    let start = position
    while let byte = next, byte.isDigit { position += 1 }
    guard position > start else { throw failure("a digit was expected") }
    return position - start
  }

  private mutating func string() throws(Failure) -> String {
    position += 1
    let start = position
    while position < bytes.count {
      let byte = bytes[position]
      if byte == UInt8(ascii: "\"") {
        defer { position += 1 }
        return try text(bytes[start..<position])
      }
      if byte == UInt8(ascii: "\\") { return try escapedString(from: start) }
      guard byte >= 0x20 else { throw failure("a control character stands in a string") }
      position += 1
    }
    throw failure("a string does not end")
  }

  private func text(_ bytes: some Sequence<UInt8>) throws(Failure) -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw failure("a string is not UTF-8")
    }
    return text
  }

  private mutating func escapedString(from start: Int) throws(Failure) -> String {
    var out = Array(bytes[start..<position])
    while let byte = next {
      position += 1
      switch byte {
      case UInt8(ascii: "\""): return try text(out)
      case UInt8(ascii: "\\"): try escape(into: &out)
      case 0..<0x20: throw failure("a control character stands in a string")
      default: out.append(byte)
      }
    }
    throw failure("a string does not end")
  }

  private mutating func escape(into out: inout [UInt8]) throws(Failure) {
    guard let byte = next else { throw failure("a string does not end") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): out.append(byte)
    case UInt8(ascii: "b"): out.append(0x08)
    case UInt8(ascii: "f"): out.append(0x0C)
    case UInt8(ascii: "n"): out.append(0x0A)
    case UInt8(ascii: "r"): out.append(0x0D)
    case UInt8(ascii: "t"): out.append(0x09)
    case UInt8(ascii: "u"): out += Array(String(Character(try scalar())).utf8)
    default: throw failure("no such escape")
    }
  }

  private mutating func scalar() throws(Failure) -> Unicode.Scalar {
    let unit = try hexadecimal()
    guard (0xD800..<0xDC00).contains(unit) else {
      guard let scalar = Unicode.Scalar(unit) else { throw failure("half of a surrogate pair") }
      return scalar
    }
    guard next == UInt8(ascii: "\\") else { throw failure("half of a surrogate pair") }
    position += 1
    guard next == UInt8(ascii: "u") else { throw failure("half of a surrogate pair") }
    position += 1
    let low = try hexadecimal()
    guard (0xDC00..<0xE000).contains(low),
      let scalar = Unicode.Scalar(0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00))
    else { throw failure("half of a surrogate pair") }
    return scalar
  }

  private mutating func hexadecimal() throws(Failure) -> UInt32 {
    var unit: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw failure("four hexadecimal digits were expected")
      }
      unit = unit << 4 | UInt32(digit)
      position += 1
    }
    return unit
  }
}

extension UInt8 {
  fileprivate var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }
}
