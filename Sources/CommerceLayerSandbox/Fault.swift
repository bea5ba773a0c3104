public import HTTPTypes

/// An answer other than the one the sandbox would give, for tests of clients.
public enum Fault: Sendable {
  /// Answers this and does nothing.
  case answer(HTTPResponse, [UInt8])
  /// Does what was asked for, then answers this: what a client sees when a gateway loses the answer.
  case commitThenAnswer(HTTPResponse, [UInt8])
}
