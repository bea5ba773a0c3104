import Foundation
import Synchronization

/// Standard output and standard error, written whole and without buffering in between. What cannot be
/// written because nobody reads any more is dropped; any other failure of standard output, a full disk
/// for one, is kept in ``failure``.
package enum Console {
  /// Data.
  package static func out(_ text: String) { write(text + "\n", to: STDOUT_FILENO) }

  /// Data without a line end.
  package static func outRaw(_ bytes: [UInt8]) { write(bytes, to: STDOUT_FILENO) }

  /// Everything else.
  package static func err(_ text: String) { write(text + "\n", to: STDERR_FILENO) }

  /// Without a line end.
  package static func errRaw(_ text: String) { write(text, to: STDERR_FILENO) }

  /// A line of a log, wherever that goes.
  package static func line(_ text: String, to descriptor: Int32) {
    write(text + "\n", to: descriptor)
  }

  private static let failed = Mutex<Int32?>(nil)

  /// Why standard output is not complete; nil when it is, or when its reader went away.
  package static var failure: String? {
    failed.withLock { $0 }.map { String(cString: strerror($0)) }
  }

  /// Keeps why standard output is not complete.
  package static func fail(_ code: Int32) { failed.withLock { $0 = $0 ?? code } }

  private static func write(_ text: String, to descriptor: Int32) {
    write(Array(text.utf8), to: descriptor)
  }

  private static func write(_ bytes: [UInt8], to descriptor: Int32) {
    var start = 0
    while start < bytes.count {
      let count = bytes[start...].withUnsafeBytes {
        Foundation.write(descriptor, $0.baseAddress, $0.count)
      }
      if count < 0, errno == EINTR || errno == EAGAIN { continue }
      guard count > 0 else {
        let code = errno
        if descriptor == STDOUT_FILENO, code != EPIPE { fail(code) }
        return
      }
      start += count
    }
  }
}
