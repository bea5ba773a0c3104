/// Something in an answer that JSON:API does not allow but that has one sensible reading: recorded,
/// not refused.
public struct Diagnostic: Sendable, Hashable, CustomStringConvertible {
  /// What was noticed.
  public struct Kind: RawRepresentable, Sendable, Hashable {
    /// A stable name.
    public let rawValue: String
    /// Creates a kind from its name.
    public init(rawValue: String) { self.rawValue = rawValue }
    /// A type and an id that are there twice. Among included resources the first one counts; in a
    /// list both stay.
    public static let duplicate = Kind(rawValue: "duplicate")
    /// Included resources in a document without primary data: they are ignored.
    public static let includedAlone = Kind(rawValue: "included_alone")
    /// A relationship that leads to another type than the schema says. Typed accessors give nothing;
    /// ``Resource/linkage(_:)`` gives the resource.
    public static let unexpectedType = Kind(rawValue: "unexpected_type")
    /// One identifier where the schema says many, or a list where it says one.
    public static let cardinality = Kind(rawValue: "cardinality")
  }

  /// What was noticed.
  public let kind: Kind
  /// The JSON pointer of the place in the answer.
  public let pointer: String
  /// What was noticed, in words.
  public let message: String

  /// The value as text.
  public var description: String { "\(pointer): \(TerminalSafe.text(message, limit: 200))" }
}
