import Dispatch
import Foundation
import Synchronization

/// SIGINT, SIGTERM and SIGHUP: the first asks to stop, the second ends at once. A terminal that is
/// closed sends SIGHUP, which is taken as SIGTERM. SIGPIPE is ignored, so that a reader that goes away
/// does not end a run.
package final class Signals {
  private final class Received: Sendable {
    let number = Mutex<Int32?>(nil)
  }

  private let received = Received()
  private var sources: [any DispatchSourceSignal] = []

  /// The signal that asked to stop.
  package var first: Int32? { received.number.withLock { $0 } }

  /// Starts to listen.
  package init(onStop: @escaping @Sendable (Int32) -> Void) {
    signal(SIGPIPE, SIG_IGN)
    let queue = DispatchQueue(label: "signals")
    let received = self.received
    for number in [SIGINT, SIGTERM, SIGHUP] {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler {
        let isFirst = received.number.withLock { first in
          if first != nil { return false }
          first = number
          return true
        }
        guard isFirst else {
          _exit((number == SIGINT ? ExitStatus.interrupted : .terminated).rawValue)
        }
        onStop(number)
      }
      source.resume()
      sources.append(source)
    }
  }

  deinit {
    for source in sources { source.cancel() }
  }
}
