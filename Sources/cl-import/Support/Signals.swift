import Dispatch
import Foundation
import Synchronization

/// SIGINT and SIGTERM: the first asks to stop, the second ends at once. SIGPIPE is ignored, so that
/// a reader that goes away does not end a run.
final class Signals: Sendable {
  private let received = Mutex<Int32?>(nil)
  private let sources = Mutex<[any DispatchSourceSignal]>([])

  /// The signal that asked to stop.
  var first: Int32? { received.withLock { $0 } }

  /// Starts to listen.
  init(onStop: @escaping @Sendable (Int32) -> Void) {
    signal(SIGPIPE, SIG_IGN)
    let queue = DispatchQueue(label: "signals")
    for number in [SIGINT, SIGTERM] {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler { [weak self] in
        let isFirst = self?.received.withLock { received in
          if received != nil { return false }
          received = number
          return true
        }
        guard isFirst == true else { _exit(128 + number) }
        onStop(number)
      }
      source.resume()
      sources.withLock { $0.append(source) }
    }
  }

  deinit {
    for source in sources.withLock({ $0 }) { source.cancel() }
  }
}
