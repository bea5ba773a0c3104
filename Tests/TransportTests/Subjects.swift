import CommerceLayerAsyncHTTPClient
import CommerceLayerRuntime
import CommerceLayerTransportLaws

/// The transports of this package, with what each of them is known not to keep.
enum Subjects {
  static let all = [urlSession, asyncHTTPClient, inProcess]

  static let urlSession = TransportSubject("URLSession", exceptions: [:]) { _ in
    URLSessionTransport()
  }

  static let asyncHTTPClient = TransportSubject("AsyncHTTPClient", exceptions: [:]) {
    AsyncHTTPClientTransport(timeouts: $0, proxies: .none)
  }

  static let inProcess = TransportSubject(inProcess: "in-process") { InProcessTransport($0) }
}
