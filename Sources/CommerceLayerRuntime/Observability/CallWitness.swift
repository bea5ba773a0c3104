package import Logging
import Synchronization

/// Sees the calls of every client of this process, also of those that were given no logger.
///
/// Only code of this package can set one. Its tests do, so that one run of all of them at `trace` shows
/// whether anything that is ever logged, told or thrown holds a secret: see `scripts/check-secrets`.
package struct CallWitness: Sendable {
  /// Takes the place of a logger that was not given.
  package let logger: Logger
  /// Told what happens, before ``ClientConfiguration/onEvent`` is.
  package let onEvent: @Sendable (ClientEvent) -> Void

  package init(logger: Logger, onEvent: @escaping @Sendable (ClientEvent) -> Void) {
    self.logger = logger
    self.onEvent = onEvent
  }

  private static let state = Mutex<CallWitness?>(nil)

  /// Who sees the calls of clients made from now on; nobody unless set.
  package static var current: CallWitness? {
    get { state.withLock { $0 } }
    set { state.withLock { $0 = newValue } }
  }
}
