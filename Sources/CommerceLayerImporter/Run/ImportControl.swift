import Synchronization

/// Stops a run from outside: from a signal handler, for one.
public final class ImportControl: Sendable {
  private struct State {
    var isStopped = false
    var handler: (@Sendable () -> Void)?
  }

  private let state = Mutex(State())

  /// A control for one run.
  public init() {}

  /// No further import is created, and nothing is waited for. Imports that run go on in the
  /// service.
  public func stop() {
    let handler = state.withLock { state in
      state.isStopped = true
      return state.handler
    }
    handler?()
  }

  /// Whether somebody asked to stop.
  public var isStopped: Bool { state.withLock { $0.isStopped } }

  func onStop(_ handler: @escaping @Sendable () -> Void) {
    let stopped = state.withLock { state in
      state.handler = handler
      return state.isStopped
    }
    if stopped { handler() }
  }
}
