/// A text that never prints: not in descriptions, mirrors, dumps or encoded values.
public struct Secret: Sendable, Hashable, ExpressibleByStringLiteral, CustomStringConvertible,
  CustomDebugStringConvertible, CustomReflectable, Encodable
{
  /// The text itself. Where this is read, secrets leave their wrapping: keep such places few.
  public let exposed: String

  /// Wraps a text.
  public init(_ text: String) { exposed = text }
  /// Wraps a literal.
  public init(stringLiteral value: String) { exposed = value }

  /// Visible ASCII only. The header type would turn anything else into blanks, silently.
  var isFitForHeader: Bool {
    !exposed.isEmpty && exposed.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
  }

  /// The value as text.
  public var description: String { "***" }
  /// The value as text, fit for debugging.
  public var debugDescription: String { "***" }
  /// Nothing to look into.
  public var customMirror: Mirror { Mirror(self, children: []) }
  /// Writes `***`: a secret that must be stored has to be taken out by hand.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

extension String {
  /// The text without the given secrets, wherever a server may have repeated them.
  func hiding(_ secrets: [Secret]) -> String {
    secrets.reduce(self) { text, secret in
      secret.exposed.utf8.count < Secret.shortestHidden
        ? text : text.replacing(secret.exposed, with: secret.description)
    }
  }
}

extension Secret {
  /// Shorter texts are not searched for in what servers say: they would be found everywhere.
  static let shortestHidden = 8
}
