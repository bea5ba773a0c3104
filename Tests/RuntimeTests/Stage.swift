import HTTPTypes
import Synchronization

@testable import CommerceLayerRuntime

/// The time limits of attempts: each runs until its attempt has ended, or something hangs.
final class TimeLimits: Sendable {
  private struct State {
    var running: [Int: AsyncStream<Void>.Continuation] = [:]
    var next = 0
    /// Attempts that hang and whose time limit does not run yet.
    var hanging = 0
  }
  private let state = Mutex(State())

  /// Lasts as long as a time limit does.
  func run() async throws {
    let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
    let number = state.withLock { state in
      state.next += 1
      if state.hanging > 0 {
        state.hanging -= 1
        continuation.finish()
      } else {
        state.running[state.next] = continuation
      }
      return state.next
    }
    for await _ in stream {}
    _ = state.withLock { $0.running.removeValue(forKey: number) }
    try Task.checkCancellation()
  }

  /// Ends the limits that run, or else the next one.
  func expire() {
    let limits = state.withLock { state in
      if state.running.isEmpty { state.hanging += 1 }
      return state.running.values
    }
    for limit in limits { limit.finish() }
  }
}

/// A scripted service behind the in-process transport, with a clock that only sleeping moves.
final class Stage: Sendable {
  struct Exchange: Sendable {
    let request: HTTPRequest
    let body: String
    var target: String { "\(request.method.rawValue) \(request.path ?? "")" }
  }
  enum Reply: Sendable {
    case respond(Int, String, [String: String] = [:])
    case fail(TransportError)
    /// Never responds; ends when the task is cancelled.
    case hang
  }
  private struct State {
    var replies: [Reply] = []
    var exchanges: [Exchange] = []
    var tokens = 0
    var now: Duration = .zero
    var naps: [Duration] = []
  }
  private let state = Mutex(State())
  private let limits = TimeLimits()
  let tokenReply: @Sendable (Int) -> Reply

  init(
    _ replies: [Reply] = [],
    tokenReply: @escaping @Sendable (Int) -> Reply = {
      .respond(200, #"{"access_token":"hushcanary-token-\#($0)","expires_in":7200}"#)
    }
  ) {
    self.tokenReply = tokenReply
    state.withLock { $0.replies = replies }
  }

  /// Calls to the API, tokens left out.
  var exchanges: [Exchange] { state.withLock { $0.exchanges } }
  var tokenRequests: Int { state.withLock { $0.tokens } }
  var naps: [Duration] { state.withLock { $0.naps } }
  func advance(_ by: Duration) { state.withLock { $0.now += by } }
  func add(_ reply: Reply) { state.withLock { $0.replies.append(reply) } }

  var time: TimeSource {
    TimeSource(
      now: { [self] in state.withLock { $0.now } },
      sleep: { [self] nap in
        try Task.checkCancellation()
        // The time limit of an attempt is the only long sleep: it ends when the attempt ends, or hangs.
        if nap >= .seconds(60) { return try await limits.run() }
        state.withLock {
          $0.now += nap
          $0.naps.append(nap)
        }
      })
  }

  var transport: InProcessTransport {
    InProcessTransport { [self] request, body in
      let exchange = Exchange(request: request, body: String(decoding: body, as: UTF8.self))
      if request.path == "/oauth/token" {
        let count = state.withLock {
          $0.tokens += 1
          return $0.tokens
        }
        return try await play(tokenReply(count))
      }
      let reply = state.withLock { state in
        state.exchanges.append(exchange)
        if case .hang? = state.replies.first { return Reply.hang }
        return state.replies.isEmpty
          ? .fail(TransportError(.broken, "no reply was scripted")) : state.replies.removeFirst()
      }
      return try await play(reply)
    }
  }

  private func play(_ reply: Reply) async throws -> (HTTPResponse, [UInt8]) {
    switch reply {
    case .respond(let status, let body, let headers):
      var head = HTTPResponse(status: .init(code: status))
      head.headerFields[.contentType] = "application/vnd.api+json; charset=utf-8"
      for (name, value) in headers {
        if let name = HTTPField.Name(name) { head.headerFields[name] = value }
      }
      return (head, Array(body.utf8))
    case .fail(let error): throw error
    case .hang:
      limits.expire()
      let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
      defer { continuation.finish() }
      for await _ in stream {}
      throw CancellationError()
    }
  }

  func client(_ change: (inout ClientConfiguration) -> Void = { _ in }) throws -> APIClient {
    var configuration = ClientConfiguration(transport: transport)
    configuration.time = time
    configuration.random = { 0 }
    change(&configuration)
    return try APIClient(
      organization: "acme",
      credentials: .clientCredentials(id: "id", secret: "hushcanary-client-secret"),
      configuration: configuration, service: Self.service)
  }

  /// Page limits and nothing else.
  private static let service = ServiceDescription(
    table: #"{"page":{"default_size":10,"maximum_size":25}}"#)

  func widgets(
    _ change: (inout ClientConfiguration) -> Void = { _ in }
  ) throws -> ResourceClient<Widget> {
    ResourceClient(api: try client(change))
  }
}

/// A document with one widget.
func widget(_ attributes: String = "", id: String = "w1") -> String {
  #"{"data":{"type":"widgets","id":"\#(id)","attributes":{\#(attributes)}}}"#
}

/// Runs `work` and gives the client's error.
func failure(_ work: () async throws -> Void) async -> CommerceLayerError? {
  do {
    try await work()
    return nil
  } catch let error as CommerceLayerError {
    return error
  } catch {
    return CommerceLayerError(.init(rawValue: "foreign"), "\(error)")
  }
}
