import CommerceLayerRuntime
import Synchronization

/// Who changes something, as versions tell it.
struct ChangeAuthor: Sendable, Hashable {
  let applicationID: String
  let applicationKind: String
  /// Whether the application needs no secret, as those in browsers.
  let isPublic: Bool
  /// The customer or user that the token is for.
  var owner: Owner?

  struct Owner: Sendable, Hashable {
    let id: String
    /// `Customer` or `User`, as tokens spell it.
    let type: String
  }

  /// `who` of a version: the form of the example in the published schema of 2026.
  var json: JSONValue {
    var who: JSONObject = [
      "application": [
        "id": .string(applicationID), "kind": .string(applicationKind), "public": .bool(isPublic),
      ]
    ]
    if let owner { who["owner"] = ["id": .string(owner.id), "type": .string(owner.type)] }
    return .object(who)
  }
}

/// What one transaction changes, record by record, from its first state to its last one: what is written
/// twice within a request is one version.
final class ChangeLog: Sendable {
  /// What happened to one record.
  struct Change: Sendable {
    /// Nil when it is new.
    let before: StoredRecord?
    /// Nil when it was deleted.
    var after: StoredRecord?

    var record: StoredRecord? { after ?? before }
  }

  private struct State {
    var order: [Int64] = []
    var changes: [Int64: Change] = [:]
  }

  private let state = Mutex(State())

  func note(_ before: StoredRecord?, _ after: StoredRecord?) {
    guard let record = after ?? before else { return }
    state.withLock { state in
      if state.changes[record.sequence] == nil {
        state.order.append(record.sequence)
        state.changes[record.sequence] = Change(before: before, after: after)
      } else {
        state.changes[record.sequence]?.after = after
      }
    }
  }

  /// What was noted, in the order in which records were first touched.
  func changes() -> [Change] {
    state.withLock { state in
      // A record that came and went within the transaction was never there.
      state.order.compactMap { state.changes[$0] }.filter { $0.record != nil }
    }
  }
}
