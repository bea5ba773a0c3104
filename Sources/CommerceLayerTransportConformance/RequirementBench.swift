import CommerceLayerRuntime
import HTTPTypes
import Synchronization

/// What a requirement works with: the transport to be checked and servers to check it against.
final class RequirementBench: Sendable {
  let subject: TransportSubject
  private let servers = Mutex<[LoopbackServer]>([])

  init(subject: TransportSubject) { self.subject = subject }

  /// A fresh transport.
  func transport(_ timeouts: Timeouts = .init()) throws -> any ClientTransport {
    guard case .socket(let make) = subject.wiring else {
      throw ConformanceFailure("the requirement needs a transport that speaks to sockets")
    }
    return make(timeouts)
  }

  /// A server whose every connection follows a script.
  func serve(_ script: @escaping LoopbackServer.Script) async throws -> LoopbackServer {
    let server = try await LoopbackServer(script)
    servers.withLock { $0.append(server) }
    return server
  }

  /// A server that reads one request of every connection, responds with these bytes and closes.
  func serve(responding bytes: [UInt8]) async throws -> LoopbackServer {
    try await serve { connection in
      guard try await connection.readRequest() != nil else { return }
      try await connection.send(bytes)
    }
  }

  func serve(responding text: String) async throws -> LoopbackServer {
    try await serve(responding: Array(text.utf8))
  }

  /// A transport and what handles its requests: a closure, whether there is a socket between or not.
  func responding(
    _ handler: @escaping InProcessTransport.Handler
  ) async throws -> (transport: any ClientTransport, port: Int) {
    switch subject.wiring {
    case .handler(let make): return (make(handler), 80)
    case .socket(let make):
      let server = try await serve { try await $0.serveHTTP(handler) }
      return (make(.init()), server.port)
    }
  }

  func close() async {
    for server in servers.withLock({ $0 }) { await server.stop() }
  }

  /// How an exchange ended.
  enum Outcome: Sendable {
    case response(HTTPResponse, [UInt8])
    case failure(any Error)

    /// The kind of failure; nil when there is a response or another error.
    var kind: TransportError.Kind? {
      if case .failure(let error as TransportError) = self { return error.kind }
      return nil
    }

    var isCancellation: Bool {
      if case .failure(let error) = self { return error is CancellationError }
      return false
    }
  }

  /// Sends a request and reads the response to its end.
  func outcome(
    _ transport: any ClientTransport, _ request: HTTPRequest, body: RequestBody? = nil,
    timeouts: Timeouts = .init(), upTo limit: Int = 1 << 20
  ) async -> Outcome {
    do {
      let response = try await transport.send(request, body: body, timeouts: timeouts)
      return .response(response.head, try await response.body.collect(upTo: limit))
    } catch {
      return .failure(error)
    }
  }

  /// How a fresh transport gets on with a server that responds with these bytes.
  func outcome(
    responding text: String, _ method: HTTPRequest.Method = .get, upTo limit: Int = 1 << 20
  ) async throws -> Outcome {
    try await outcome(responding: Array(text.utf8), method, upTo: limit)
  }

  func outcome(
    responding bytes: [UInt8], _ method: HTTPRequest.Method = .get, upTo limit: Int = 1 << 20
  ) async throws -> Outcome {
    let server = try await serve(responding: bytes)
    return await outcome(try transport(), .to(server.port, method), upTo: limit)
  }
}

extension HTTPRequest {
  /// A request to a port of this machine, with a token that must not go anywhere else.
  static func to(_ port: Int, _ method: Method = .get, _ path: String = "/x?a=%5B1%5D")
    -> HTTPRequest
  {
    var request = HTTPRequest(
      method: method, scheme: "http", authority: "127.0.0.1:\(port)", path: path)
    request.headerFields[.authorization] = "Bearer hushcanary"
    request.headerFields[.accept] = "application/vnd.api+json"
    return request
  }
}

func require(_ condition: Bool, _ otherwise: @autoclosure () -> String) throws {
  guard condition else { throw ConformanceFailure(otherwise()) }
}

/// Something that happens once and is waited for.
final class Signal: Sendable {
  private let stream: AsyncStream<Void>
  private let continuation: AsyncStream<Void>.Continuation

  init() { (stream, continuation) = AsyncStream.makeStream(of: Void.self) }

  func fire() { continuation.finish() }

  /// Comes back at once when it has happened, or when the task is cancelled.
  func wait() async { for await _ in stream {} }
}

/// Waits until a count has stopped growing: nothing is known of the other side but that it does not
/// move any more. A machine that is too slow for this makes a requirement weaker, never wrong.
func settled(_ count: @Sendable () -> Int) async throws -> Int {
  var last = count()
  var same = 0
  while same < 20 {
    try await Task.sleep(for: .milliseconds(10))
    let now = count()
    same = now == last ? same + 1 : 0
    last = now
  }
  return last
}

/// A number that several tasks add to.
final class Counter: Sendable {
  private let value = Mutex(0)
  var count: Int { value.withLock { $0 } }

  @discardableResult func add(_ amount: Int = 1) -> Int {
    value.withLock {
      $0 += amount
      return $0
    }
  }
}
