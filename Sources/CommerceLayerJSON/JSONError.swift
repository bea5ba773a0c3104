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
