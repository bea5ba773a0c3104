/// Why a text is not acceptable JSON, and where.
public struct JSONError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong.
  public struct Kind: RawRepresentable, Sendable, Hashable {
    /// A stable name.
    public let rawValue: String
    /// Creates a kind from its name.
    public init(rawValue: String) { self.rawValue = rawValue }
    /// The text ends too early.
    public static let unexpectedEnd = Kind(rawValue: "unexpected_end")
    /// A byte that cannot stand there.
    public static let unexpectedByte = Kind(rawValue: "unexpected_byte")
    /// A number that does not follow RFC 8259.
    public static let invalidNumber = Kind(rawValue: "invalid_number")
    /// An escape that does not exist, or half a surrogate pair.
    public static let invalidEscape = Kind(rawValue: "invalid_escape")
    /// An unescaped control character in a string.
    public static let controlCharacter = Kind(rawValue: "control_character")
    /// Bytes that are not UTF-8.
    public static let invalidUTF8 = Kind(rawValue: "invalid_utf8")
    /// Deeper than allowed.
    public static let tooDeep = Kind(rawValue: "too_deep")
    /// Larger than allowed.
    public static let tooLarge = Kind(rawValue: "too_large")
    /// Something after the value.
    public static let trailingContent = Kind(rawValue: "trailing_content")
    /// A value of another type than was expected.
    public static let typeMismatch = Kind(rawValue: "type_mismatch")
  }

  /// What is wrong.
  public let kind: Kind
  /// The offset of the offending byte from the start.
  public let offset: Int
  /// Its line, from 1.
  public let line: Int
  /// Its column in bytes, from 1.
  public let column: Int
  /// A JSON pointer (RFC 6901) to the value being read.
  public let pointer: String
  /// What was found and what was expected.
  public let message: String

  /// The value as text.
  public var description: String {
    "line \(line), column \(column)\(pointer.isEmpty ? "" : " at \(pointer)"): \(message)"
  }
}

/// What can be wrong with a text.
enum JSONFailureReason: UInt8 {
  case end, noValue, noKey, noColon, noMemberEnd, noElementEnd, word, noDigit, leadingZero, control
  case escape, hexadecimal, surrogate, encoding, depth, values, trailing

  var kind: JSONError.Kind {
    switch self {
    case .end: .unexpectedEnd
    case .noValue, .noKey, .noColon, .noMemberEnd, .noElementEnd, .word: .unexpectedByte
    case .noDigit, .leadingZero: .invalidNumber
    case .control: .controlCharacter
    case .escape, .hexadecimal, .surrogate: .invalidEscape
    case .encoding: .invalidUTF8
    case .depth: .tooDeep
    case .values: .tooLarge
    case .trailing: .trailingContent
    }
  }

  func message(found: String, limits: JSONLimits) -> String {
    switch self {
    case .end: "the text ends too early"
    case .noValue: "a value was expected, not \(found)"
    case .noKey: "a quoted key was expected, not \(found)"
    case .noColon: "':' was expected, not \(found)"
    case .noMemberEnd: "',' or '}' was expected, not \(found)"
    case .noElementEnd: "',' or ']' was expected, not \(found)"
    case .word: "'true', 'false' or 'null' was expected, not \(found)"
    case .noDigit: "a digit was expected, not \(found)"
    case .leadingZero: "a number has no leading zero"
    case .control: "a control character must be escaped"
    case .escape: "there is no such escape"
    case .hexadecimal: "four hexadecimal digits were expected"
    case .surrogate: "half a surrogate pair"
    case .encoding: "not UTF-8"
    case .depth: "nested deeper than \(limits.depth)"
    case .values: "more than \(limits.values) values"
    case .trailing: "something follows the value"
    }
  }
}

extension JSONError {
  /// Adds line, column and pointer; paid only when a text fails.
  /// - Parameters:
  ///   - nodes: what was read before the failure.
  ///   - trail: the nodes of the containers that were open.
  init(
    _ failure: JSONScanner.Failure, in bytes: UnsafeBufferPointer<UInt8>, nodes: [JSONIndexNode],
    trail: [Int],
    limits: JSONLimits
  ) {
    // Whatever was expected: where there is nothing more, the text has ended.
    let isAtEnd = failure.offset >= bytes.count
    let reason = isAtEnd ? .end : failure.reason
    let offset = min(failure.offset, bytes.count)
    var line = 1
    var lineStart = 0
    for index in 0..<offset where bytes[index] == UInt8(ascii: "\n") {
      line += 1
      lineStart = index + 1
    }
    self.init(
      kind: reason.kind, offset: offset, line: line, column: offset - lineStart + 1,
      pointer: reason == .trailing ? "" : Self.pointer(in: bytes, nodes: nodes, trail: trail),
      message: reason.message(
        found: isAtEnd ? "the end" : Self.name(of: bytes[offset]), limits: limits))
  }

  private static func name(of byte: UInt8) -> String {
    if byte >= 0x20, byte < 0x7F { return "'\(Character(Unicode.Scalar(byte)))'" }
    let hex = String(byte, radix: 16, uppercase: true)
    return "byte 0x\(hex.count < 2 ? "0" + hex : hex)"
  }

  /// The pointer to the value that was being read.
  private static func pointer(
    in bytes: UnsafeBufferPointer<UInt8>, nodes: [JSONIndexNode], trail: [Int]
  ) -> String {
    var pointer = ""
    for (depth, container) in trail.enumerated() {
      let isObject = nodes[container].kind == .object
      // The child being read is the next open container, or what follows the last complete one.
      let stop = depth + 1 < trail.count ? trail[depth + 1] : nodes.count
      var child = container + 1
      var position = 0
      var key: JSONIndexNode?
      while child < stop {
        if isObject, position.isMultiple(of: 2) { key = nodes[child] }
        position += 1
        child = Int(nodes[child].next)
      }
      if isObject {
        guard !position.isMultiple(of: 2), let key else { break }
        pointer += "/" + JSONText.pointerToken(JSONText.decode(bytes, key))
      } else {
        pointer += "/\(position)"
      }
    }
    return pointer
  }
}

/// Bounds that keep a hostile text from exhausting memory or stack.
public struct JSONLimits: Sendable, Hashable {
  /// Nesting of arrays and objects. 64 is far above what JSON:API needs (8) and far below what
  /// any stack bears; the reader itself does not recurse.
  /// More than ``maximumDepth`` is never read.
  public var depth = 64
  /// Bytes of one text: 64 MiB. At most `UInt32.max`, the reader's offset type.
  public var bytes = 64 << 20
  /// Values of one text; each costs 16 bytes of index.
  public var values = 16 << 20

  /// The deepest nesting any bounds allow: 512, Foundation's own. Trees of values are walked
  /// recursively, and half a megabyte of stack must bear it.
  public static let maximumDepth = 512

  /// The default bounds.
  public init() {}

  /// Bounds of one's own.
  public init(depth: Int, bytes: Int, values: Int) {
    self.depth = depth
    self.bytes = min(bytes, Int(UInt32.max))
    self.values = min(values, Int(UInt32.max))
  }
}
