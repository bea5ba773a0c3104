/// A text that never prints: not in descriptions, mirrors, dumps or encoded values.
public struct Secret: Sendable, Hashable, ExpressibleByStringLiteral, CustomStringConvertible,
  CustomDebugStringConvertible, CustomReflectable
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
}

/// How the client proves who it is.
public struct Credentials: Sendable {
  enum Kind: Sendable {
    case clientCredentials(id: String, secret: Secret, scope: String?)
    case token(Secret)
  }
  let kind: Kind

  /// An application's id and secret. Imports need an integration; its scope may stay nil.
  public static func clientCredentials(
    id: String, secret: Secret, scope: String? = nil
  ) -> Credentials {
    Credentials(kind: .clientCredentials(id: id, secret: secret, scope: scope))
  }

  /// An application's id and secret. Imports need an integration; its scope may stay nil.
  public static func clientCredentials(
    id: String, secret: String, scope: String? = nil
  ) -> Credentials {
    .clientCredentials(id: id, secret: Secret(secret), scope: scope)
  }

  /// An access token from elsewhere. When it expires, calls fail.
  public static func token(_ token: Secret) -> Credentials { Credentials(kind: .token(token)) }
}
