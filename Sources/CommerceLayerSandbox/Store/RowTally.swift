import Synchronization

/// What a batch of rows counts for itself instead of asking the database with each row: the number of the
/// next record, and how many records of each type were added.
///
/// It lasts for one part of a transaction, and ``RecordTable/settle(_:)`` ends it.
final class RowTally: Sendable {
  private struct State {
    var last: Int64?
    var added: [String: Int] = [:]
  }

  private let state = Mutex(State())

  /// The greatest number that a record has, read when it is not known yet.
  func last(_ read: () throws -> Int64) rethrows -> Int64 {
    try state.withLock { state in
      if let last = state.last { return last }
      let last = try read()
      state.last = last
      return last
    }
  }

  /// Notes a record that was stored; those of the history are numbered apart.
  func note(_ sequence: Int64) {
    state.withLock { state in
      if let last = state.last, sequence > last { state.last = sequence }
    }
  }

  func add(_ type: String, _ change: Int) {
    state.withLock { $0.added[type, default: 0] += change }
  }

  /// How many records of each type were added since it was last asked.
  func added() -> [String: Int] {
    state.withLock { state in
      defer { state.added = [:] }
      return state.added
    }
  }
}
