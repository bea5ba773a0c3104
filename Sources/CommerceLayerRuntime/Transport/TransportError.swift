/// Why an exchange failed.
public struct TransportError: Error, Sendable, CustomStringConvertible {
  /// What kind of failure it was.
  public enum Kind: String, Sendable, Hashable {
    /// No connection could be made: nothing reached the server.
    case connect
    /// The request was not fit to be sent.
    case invalidRequest
    /// A time limit passed.
    case timeout
    /// The connection broke.
    case broken
    /// The response was larger than allowed.
    case tooLarge
  }

  /// What kind of failure it was.
  public let kind: Kind
  /// What happened.
  public let message: String

  /// Creates an error.
  public init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }

  /// Whether it is certain that the server did not process the request.
  public var isCertainlyUnsent: Bool {
    switch kind {
    case .connect, .invalidRequest: true
    case .timeout, .broken, .tooLarge: false
    }
  }

  /// The value as text.
  public var description: String { message }
}
