/// Why a call failed, as far as the engine decides on it.
struct CallFailure: Error, Sendable, Hashable {
  enum Kind: Sendable, Hashable {
    /// The organization's queue of imports is full: come back later.
    case noRoom
    /// Too many requests: come back later.
    case throttled(after: Duration?)
    /// Nothing was processed, or doing it again is harmless.
    case transient
    /// A create that may have happened.
    case ambiguous
    /// The request's body is larger than the service takes.
    case tooLarge
    /// The service refuses the content.
    case refused
    case notFound
    /// The credentials are refused, or may not do this.
    case denied
    /// What answers is not the service: it speaks no JSON:API.
    case foreign
    /// What answers does not keep the protocol: a redirect, an answer without end.
    case violation
    /// This program gave the call up.
    case cancelled
  }

  let kind: Kind
  /// What happened, for people.
  let message: String
  /// The row of the import a refusal points at, from 0.
  var row: Int?

  /// How a run ends whose first call fails so.
  var ending: ImportEnding {
    switch kind {
    case .denied: .denied(message)
    case .violation, .refused, .tooLarge: .violation(message)
    case .foreign, .notFound, .transient, .ambiguous: .unreachable(message)
    case .throttled, .noRoom: .gaveUp(message)
    case .cancelled: .stopped
    }
  }
}
