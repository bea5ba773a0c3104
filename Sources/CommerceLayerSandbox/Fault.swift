public import HTTPTypes

/// A response other than the one the sandbox would give, for tests of clients.
public enum Fault: Sendable {
  /// Responds with this and does nothing.
  case respond(HTTPResponse, [UInt8])
  /// Does what was asked for, then responds with this: what a client sees when a gateway loses the response.
  case commitThenRespond(HTTPResponse, [UInt8])
}
