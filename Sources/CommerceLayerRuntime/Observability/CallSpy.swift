package import Logging
import Synchronization

#if DEBUG
  /// Sees the calls of every client of this process, also of those that were given no logger.
  ///
  /// Debug builds only, and only code of this package can set one. Its tests do, so that one run of all
  /// of them at `trace` shows whether anything that is ever logged, reported or thrown holds a secret: see
  /// `scripts/check-secrets`.
  package struct CallSpy: Sendable {
    /// Takes the place of a logger that was not given.
    package let logger: Logger
    /// Told what happens, before ``ClientConfiguration/onEvent`` is.
    package let onEvent: @Sendable (ClientEvent) -> Void

    package init(logger: Logger, onEvent: @escaping @Sendable (ClientEvent) -> Void) {
      self.logger = logger
      self.onEvent = onEvent
    }

    private static let state = Mutex<CallSpy?>(nil)

    /// Who sees the calls of clients made from now on; nobody unless set.
    package static var current: CallSpy? {
      get { state.withLock { $0 } }
      set { state.withLock { $0 = newValue } }
    }
  }
#endif

/// What stands in for settings that were not given.
package enum CallDefaults {
  /// A logger for whoever was given none; nil unless the tests of this package watch.
  package static var logger: Logger? {
    #if DEBUG
      CallSpy.current?.logger
    #else
      nil
    #endif
  }

  /// Told what happens, before a client's own ``ClientConfiguration/onEvent``.
  static var onEvent: (@Sendable (ClientEvent) -> Void)? {
    #if DEBUG
      CallSpy.current?.onEvent
    #else
      nil
    #endif
  }
}
