import HTTPTypes
import Synchronization

/// The requests a closure was asked to handle.
final class Seen: Sendable {
  private let requests = Mutex<[(HTTPRequest, [UInt8])]>([])
  var last: (HTTPRequest, [UInt8])? { requests.withLock { $0.last } }
  func add(_ request: HTTPRequest, _ body: [UInt8]) {
    requests.withLock { $0.append((request, body)) }
  }
}

extension HTTPField.Name {
  // A name of this form always exists; the other branch is there for the compiler.
  static let xRequestID = HTTPField.Name("X-Request-Id") ?? .eTag
  static let hostName = HTTPField.Name("Host") ?? .eTag
}
