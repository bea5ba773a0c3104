/// A strict reader that counts lines. Depth is bounded; all else is linear in the size.
struct LocatedParser {
  private let bytes: [UInt8]
  private var position = 0
  private var line = 1
  private(set) var repeated: [LocatedJSON.Repeated] = []

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
  }

  mutating func document() throws(LocatedJSON.Failure) -> LocatedJSON {
    skipBlank()
    let root = try value(depth: 0)
    skipBlank()
    guard position == bytes.count else { throw failure("something follows the end") }
    return root
  }

  private func failure(_ message: String) -> LocatedJSON.Failure {
    .init(message: message, line: line)
  }

  private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipBlank() {
    while let byte = current {
      switch byte {
      case UInt8(ascii: "\n"):
        line += 1
        position += 1
      case UInt8(ascii: "\r"):
        // A carriage return ends a line when no line feed does it for it.
        if position + 1 >= bytes.count || bytes[position + 1] != UInt8(ascii: "\n") { line += 1 }
        position += 1
      case UInt8(ascii: " "), UInt8(ascii: "\t"): position += 1
      default: return
      }
    }
  }

  private mutating func expect(_ byte: UInt8) throws(LocatedJSON.Failure) {
    skipBlank()
    guard current == byte else {
      throw failure("expected '\(Character(Unicode.Scalar(byte)))'")
    }
    position += 1
  }

  private mutating func value(depth: Int) throws(LocatedJSON.Failure) -> LocatedJSON {
    guard depth < Limits.maximumJSONDepth else { throw failure("it nests too deeply") }
    let start = line
    switch current {
    case UInt8(ascii: "{"): return .init(value: .object(try object(depth: depth)), line: start)
    case UInt8(ascii: "["): return .init(value: .array(try array(depth: depth)), line: start)
    case UInt8(ascii: "\""): return .init(value: .string(try string()), line: start)
    case UInt8(ascii: "t"): return .init(value: try word("true", .bool(true)), line: start)
    case UInt8(ascii: "f"): return .init(value: try word("false", .bool(false)), line: start)
    case UInt8(ascii: "n"): return .init(value: try word("null", .null), line: start)
    case .some(let byte) where byte == UInt8(ascii: "-") || Self.isDigit(byte):
      return .init(value: try number(), line: start)
    case .some: throw failure("no value starts here")
    case nil: throw failure("it ends too early")
    }
  }

  private mutating func object(depth: Int) throws(LocatedJSON.Failure) -> [LocatedJSON.Member] {
    var members: [LocatedJSON.Member] = []
    var indexes: [String: Int] = [:]
    position += 1
    skipBlank()
    if current == UInt8(ascii: "}") {
      position += 1
      return members
    }
    while true {
      skipBlank()
      let start = line
      guard current == UInt8(ascii: "\"") else { throw failure("expected a name") }
      let name = try string()
      try expect(UInt8(ascii: ":"))
      skipBlank()
      let member = LocatedJSON.Member(name: name, line: start, value: try value(depth: depth + 1))
      if let index = indexes[name] {
        members[index] = member
        if repeated.count < Limits.maximumRepairs {
          repeated.append(.init(name: name, line: start))
        }
      } else {
        indexes[name] = members.count
        members.append(member)
      }
      skipBlank()
      if current == UInt8(ascii: "}") {
        position += 1
        return members
      }
      try expect(UInt8(ascii: ","))
    }
  }

  private mutating func array(depth: Int) throws(LocatedJSON.Failure) -> [LocatedJSON] {
    var elements: [LocatedJSON] = []
    position += 1
    skipBlank()
    if current == UInt8(ascii: "]") {
      position += 1
      return elements
    }
    while true {
      skipBlank()
      elements.append(try value(depth: depth + 1))
      skipBlank()
      if current == UInt8(ascii: "]") {
        position += 1
        return elements
      }
      try expect(UInt8(ascii: ","))
    }
  }

  private mutating func word(
    _ text: StaticString, _ value: LocatedJSON.Value
  ) throws(LocatedJSON.Failure) -> LocatedJSON.Value {
    let wanted = text.withUTF8Buffer(Array.init)
    guard bytes[position...].starts(with: wanted) else { throw failure("no value starts here") }
    position += wanted.count
    return value
  }

  private mutating func number() throws(LocatedJSON.Failure) -> LocatedJSON.Value {
    let start = position
    while let byte = current, Self.isDigit(byte) || Self.numberMarks.contains(byte) {
      position += 1
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    guard Double(text) != nil else { throw failure("'\(text.prefix(20))' is no number") }
    return .number(text)
  }

  private static let numberMarks = Array("+-.eE".utf8)

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  private mutating func string() throws(LocatedJSON.Failure) -> String {
    position += 1
    var start = position
    var out: [UInt8] = []
    while let byte = current {
      switch byte {
      case UInt8(ascii: "\""):
        let end = position
        position += 1
        if out.isEmpty { return String(decoding: bytes[start..<end], as: UTF8.self) }
        out += bytes[start..<end]
        return String(decoding: out, as: UTF8.self)
      case UInt8(ascii: "\\"):
        out += bytes[start..<position]
        position += 1
        out += try escape().utf8
        start = position
      case 0..<0x20: throw failure("a string is not closed on its line")
      default: position += 1
      }
    }
    throw failure("a string is not closed")
  }

  private mutating func escape() throws(LocatedJSON.Failure) -> String {
    guard let byte = current else { throw failure("a string is not closed") }
    position += 1
    switch byte {
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"):
      return String(Unicode.Scalar(byte))
    case UInt8(ascii: "u"):
      let first = try unit()
      guard (0xD800..<0xDC00).contains(first) else {
        return Unicode.Scalar(first).map { String($0) } ?? "\u{FFFD}"
      }
      guard bytes[position...].starts(with: Array("\\u".utf8)) else { return "\u{FFFD}" }
      position += 2
      let second = try unit()
      guard (0xDC00..<0xE000).contains(second) else { return "\u{FFFD}" }
      let scalar = 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00)
      return Unicode.Scalar(scalar).map { String($0) } ?? "\u{FFFD}"
    default: throw failure("an unknown escape")
    }
  }

  private mutating func unit() throws(LocatedJSON.Failure) -> UInt32 {
    let digits = bytes[position...].prefix(4)
    guard digits.count == 4, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
      let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw failure("an escape needs four hexadecimal digits") }
    position += 4
    return value
  }
}
