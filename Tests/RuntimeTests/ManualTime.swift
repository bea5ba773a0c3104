import Synchronization

@testable import CommerceLayerRuntime

/// A clock that only a test moves.
final class ManualTime: Sendable {
  private struct Sleeper {
    let number: Int
    let end: Duration
    let continuation: CheckedContinuation<Void, any Error>
  }
  private struct State {
    var now: Duration = .seconds(1_000_000)
    var sleepers: [Sleeper] = []
    var last = 0
  }
  private let state = Mutex(State())

  var now: Duration { state.withLock { $0.now } }
  /// When the sleepers want to be woken, from now.
  var naps: [Duration] { state.withLock { state in state.sleepers.map { $0.end - state.now } } }

  var source: TimeSource {
    TimeSource(now: { [self] in now }, sleep: { [self] in try await sleep($0) })
  }

  /// Moves on, or back, and wakes whose time has come.
  func advance(by step: Duration) {
    let due = state.withLock { state in
      state.now += step
      let due = state.sleepers.filter { $0.end <= state.now }
      state.sleepers.removeAll { $0.end <= state.now }
      return due
    }
    for sleeper in due { sleeper.continuation.resume() }
  }

  private func sleep(_ nap: Duration) async throws {
    let number = state.withLock { state in
      state.last += 1
      return state.last
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation {
        (continuation: CheckedContinuation<Void, any Error>) in
        let isOver = state.withLock { state in
          if Task.isCancelled || nap <= .zero { return true }
          state.sleepers.append(
            Sleeper(number: number, end: state.now + nap, continuation: continuation))
          return false
        }
        if isOver { continuation.resume() }
      }
    } onCancel: {
      let sleeper = state.withLock { state in
        let index = state.sleepers.firstIndex { $0.number == number }
        return index.map { state.sleepers.remove(at: $0) }
      }
      sleeper?.continuation.resume()
    }
    try Task.checkCancellation()
  }
}

/// Lets other tasks run until something holds. What never comes true fails the test by its time limit
/// rather than by a sleep.
func until(_ holds: () async -> Bool) async {
  while !Task.isCancelled, !(await holds()) { await Task.yield() }
}

/// What happened, in order.
final class Notes<Note: Sendable>: Sendable {
  private let notes = Mutex<[Note]>([])
  var all: [Note] { notes.withLock { $0 } }
  func add(_ note: Note) { notes.withLock { $0.append(note) } }
}
