/// What is made of the values that a ``JSONParser`` reads.
package protocol JSONBuilder {
  /// What a value becomes.
  associatedtype Value
  /// What the members of an object are collected in.
  associatedtype Members

  /// Whether half of a surrogate pair and bytes that are not UTF-8 become U+FFFD; otherwise they are
  /// errors.
  static var repairsText: Bool { get }

  /// The value of `null`, `true`, `false` or a string.
  /// - Parameter line: the line the value starts on.
  mutating func value(_ scalar: JSONScalar, line: Int) -> Value
  /// The value of a number, written as JSON writes numbers; nil for one that cannot be held.
  mutating func number(_ text: String, isInteger: Bool, line: Int) -> Value?
  /// The value of an array.
  mutating func array(_ elements: [Value], line: Int) -> Value
  /// The members of an object that has none yet.
  mutating func members() -> Members
  /// Adds a member.
  /// - Parameter line: the line the name starts on.
  /// - Returns: false where the object has the name and must not have it twice.
  mutating func add(
    _ value: Value, named name: String, line: Int, to members: inout Members
  ) -> Bool
  /// The value of an object.
  mutating func object(_ members: Members, line: Int) -> Value
}

/// A JSON value without parts that is not a number.
package enum JSONScalar: Sendable, Hashable {
  case null
  case bool(Bool)
  case string(String)
}

/// Why a text is not JSON.
package struct JSONSyntaxError: Error, Sendable, Hashable {
  /// What is wrong there.
  package let message: String
  /// The line, from 1.
  package let line: Int
  /// The byte within the line, from 1.
  package let column: Int
}

/// Reads one JSON text (RFC 8259); a byte order mark before it is passed over.
///
/// Foundation's decoder reads a file of the spec ten times slower in a debug build, in which SwiftPM
/// builds tools, takes the first of two equal keys, and tells no lines. Here whatever RFC 8259 does not
/// allow is an error with its place; what a value becomes, and whether a key may be there twice, is the
/// builder's decision.
package struct JSONParser<Builder: JSONBuilder> {
  private var text: JSONLexer
  private var builder: Builder

  /// Reads a text.
  /// - Returns: the value, and the builder with what it has collected.
  package static func parse(
    _ bytes: [UInt8], with builder: Builder
  ) throws(JSONSyntaxError) -> (value: Builder.Value, builder: Builder) {
    try bytes.withUnsafeBufferPointer { buffer throws(JSONSyntaxError) in
      var parser = JSONParser(text: JSONLexer(buffer), builder: builder)
      parser.text.skipBlanks()
      let value = try parser.value(depth: 0)
      parser.text.skipBlanks()
      guard parser.text.next == nil else { throw parser.text.failure("text follows the value") }
      return (value, parser.builder)
    }
  }

  private mutating func value(depth: Int) throws(JSONSyntaxError) -> Builder.Value {
    guard depth <= JSONLexer.maximumDepth else { throw text.failure("is nested too deeply") }
    let line = text.line
    switch text.next {
    case UInt8(ascii: "{"): return builder.object(try members(depth: depth), line: line)
    case UInt8(ascii: "["): return builder.array(try elements(depth: depth), line: line)
    case UInt8(ascii: "\""):
      return builder.value(.string(try text.string(repairing: Builder.repairsText)), line: line)
    case UInt8(ascii: "t"): return builder.value(try text.word("true", .bool(true)), line: line)
    case UInt8(ascii: "f"): return builder.value(try text.word("false", .bool(false)), line: line)
    case UInt8(ascii: "n"): return builder.value(try text.word("null", .null), line: line)
    case let byte? where byte == UInt8(ascii: "-") || byte.isDigit:
      let (number, isInteger) = try text.number()
      guard let value = builder.number(number, isInteger: isInteger, line: line) else {
        throw text.failure("the number is too large")
      }
      return value
    case nil: throw text.failure("the text ends where a value was expected")
    default: throw text.failure("a value was expected")
    }
  }

  private mutating func members(depth: Int) throws(JSONSyntaxError) -> Builder.Members {
    var members = builder.members()
    guard !text.isEmptyList(closedBy: UInt8(ascii: "}")) else { return members }
    while true {
      text.skipBlanks()
      let key = text
      guard text.next == UInt8(ascii: "\"") else { throw text.failure("a key was expected") }
      let name = try text.string(repairing: Builder.repairsText)
      text.skipBlanks()
      guard text.take(UInt8(ascii: ":")) else { throw text.failure("':' was expected") }
      text.skipBlanks()
      let value = try value(depth: depth + 1)
      guard builder.add(value, named: name, line: key.line, to: &members) else {
        throw key.failure("the key '\(name.prefix(JSONLexer.shownKeyLength))' is there twice")
      }
      if try text.listEnds(closedBy: UInt8(ascii: "}"), "'}'") { return members }
    }
  }

  private mutating func elements(depth: Int) throws(JSONSyntaxError) -> [Builder.Value] {
    var elements: [Builder.Value] = []
    guard !text.isEmptyList(closedBy: UInt8(ascii: "]")) else { return elements }
    while true {
      text.skipBlanks()
      elements.append(try value(depth: depth + 1))
      if try text.listEnds(closedBy: UInt8(ascii: "]"), "']'") { return elements }
    }
  }
}

/// The bytes of a text with a position among them. Not generic, since a debug build does not
/// specialize: what runs for each byte is here.
private struct JSONLexer {
  /// The deepest nesting read.
  static let maximumDepth = 64
  /// How much of a key an error shows, in characters.
  static let shownKeyLength = 72
  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  private let bytes: UnsafeBufferPointer<UInt8>
  private let start: Int
  private var position: Int
  /// The line of the position, from 1.
  private(set) var line = 1

  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = bytes
    start = bytes.starts(with: Self.byteOrderMark) ? Self.byteOrderMark.count : 0
    position = start
  }

  var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  func failure(_ message: String) -> JSONSyntaxError {
    let before = bytes[start..<position]
    let end = before.lastIndex { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
    return JSONSyntaxError(
      message: message, line: line, column: position - (end.map { $0 + 1 } ?? start) + 1)
  }

  mutating func take(_ byte: UInt8) -> Bool {
    guard next == byte else { return false }
    position += 1
    return true
  }

  mutating func skipBlanks() {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x09: position += 1
      case 0x0A:
        line += 1
        position += 1
      case 0x0D:
        // A carriage return ends a line where no line feed does it for it.
        position += 1
        if next != 0x0A { line += 1 }
      default: return
      }
    }
  }

  /// Takes what opens a list, and what closes it where it is empty.
  mutating func isEmptyList(closedBy close: UInt8) -> Bool {
    position += 1
    skipBlanks()
    return take(close)
  }

  /// Takes what closes a list, or a comma.
  mutating func listEnds(closedBy close: UInt8, _ name: String) throws(JSONSyntaxError) -> Bool {
    skipBlanks()
    if take(close) { return true }
    guard take(UInt8(ascii: ",")) else { throw failure("',' or \(name) was expected") }
    return false
  }

  mutating func word(
    _ text: StaticString, _ value: JSONScalar
  ) throws(JSONSyntaxError) -> JSONScalar {
    for offset in 0..<text.utf8CodeUnitCount {
      guard take(text.utf8Start[offset]) else { throw failure("'\(text)' was expected") }
    }
    return value
  }

  // MARK: - Numbers

  mutating func number() throws(JSONSyntaxError) -> (text: String, isInteger: Bool) {
    let start = position
    _ = take(UInt8(ascii: "-"))
    let zero = next == UInt8(ascii: "0")
    let whole = try digits()
    guard !zero || whole == 1 else { throw failure("a number does not begin with 0") }
    var isInteger = true
    if take(UInt8(ascii: ".")) {
      isInteger = false
      _ = try digits()
    }
    if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
      isInteger = false
      if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
      _ = try digits()
    }
    return (String(decoding: bytes[start..<position], as: UTF8.self), isInteger)
  }

  private mutating func digits() throws(JSONSyntaxError) -> Int {
    let start = position
    while let byte = next, byte.isDigit { position += 1 }
    guard position > start else { throw failure("a digit was expected") }
    return position - start
  }

  // MARK: - Strings

  mutating func string(repairing: Bool) throws(JSONSyntaxError) -> String {
    position += 1
    let start = position
    while position < bytes.count {
      let byte = bytes[position]
      if byte == UInt8(ascii: "\"") {
        defer { position += 1 }
        return try text(bytes[start..<position], repairing: repairing)
      }
      if byte == UInt8(ascii: "\\") {
        return try escapedString(from: start, repairing: repairing)
      }
      guard byte >= 0x20 else { throw controlCharacter(byte) }
      position += 1
    }
    throw failure("a string is not closed")
  }

  private func controlCharacter(_ byte: UInt8) -> JSONSyntaxError {
    byte == 0x0A || byte == 0x0D
      ? failure("a string is not closed on its line")
      : failure("a control character stands in a string")
  }

  private func text(
    _ bytes: some Collection<UInt8>, repairing: Bool
  ) throws(JSONSyntaxError) -> String {
    if repairing { return String(decoding: bytes, as: UTF8.self) }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw failure("a string is not UTF-8")
    }
    return text
  }

  private mutating func escapedString(
    from start: Int, repairing: Bool
  ) throws(JSONSyntaxError) -> String {
    var out = Array(bytes[start..<position])
    while let byte = next {
      switch byte {
      case UInt8(ascii: "\""):
        defer { position += 1 }
        return try text(out, repairing: repairing)
      case UInt8(ascii: "\\"):
        position += 1
        try escape(into: &out, repairing: repairing)
      case 0..<0x20: throw controlCharacter(byte)
      default:
        position += 1
        out.append(byte)
      }
    }
    throw failure("a string is not closed")
  }

  private mutating func escape(
    into out: inout [UInt8], repairing: Bool
  ) throws(JSONSyntaxError) {
    guard let byte = next else { throw failure("a string is not closed") }
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): out.append(byte)
    case UInt8(ascii: "b"): out.append(0x08)
    case UInt8(ascii: "f"): out.append(0x0C)
    case UInt8(ascii: "n"): out.append(0x0A)
    case UInt8(ascii: "r"): out.append(0x0D)
    case UInt8(ascii: "t"): out.append(0x09)
    case UInt8(ascii: "u"):
      position += 1
      if let scalar = try scalar() {
        out += Array(String(Character(scalar)).utf8)
      } else if repairing {
        out += Array("\u{FFFD}".utf8)
      } else {
        throw failure("half of a surrogate pair")
      }
      return
    default: throw failure("a backslash begins an escape that JSON does not have")
    }
    position += 1
  }

  /// The scalar of one escape, or of two that are a surrogate pair; nil for half of one, which alone is
  /// taken.
  private mutating func scalar() throws(JSONSyntaxError) -> Unicode.Scalar? {
    let unit = try hexadecimal()
    guard (0xD800..<0xDC00).contains(unit) else { return Unicode.Scalar(unit) }
    let end = position
    guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else {
      position = end
      return nil
    }
    let low = try hexadecimal()
    guard (0xDC00..<0xE000).contains(low) else {
      position = end
      return nil
    }
    return Unicode.Scalar(0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00))
  }

  private mutating func hexadecimal() throws(JSONSyntaxError) -> UInt32 {
    var unit: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw failure("an escape needs four hexadecimal digits")
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
