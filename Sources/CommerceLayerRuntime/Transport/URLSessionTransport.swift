import Foundation
public import HTTPTypes
import Synchronization

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// The default transport: Foundation's URLSession, no dependency.
///
/// Redirects are refused on every platform. (On Linux, Foundation would send the `Authorization`
/// header along to whatever host a redirect names.) Cookies, caches and stored credentials are off.
/// Request bodies are sent from memory.
public final class URLSessionTransport: ClientTransport {
  private let session: URLSession
  private let exchanges = URLSessionExchanges()

  /// A transport with a session of its own.
  public init() {
    let configuration = URLSessionConfiguration.ephemeral
    configuration.httpCookieStorage = nil
    configuration.httpShouldSetCookies = false
    configuration.httpCookieAcceptPolicy = .never
    configuration.urlCache = nil
    configuration.urlCredentialStorage = nil
    configuration.requestCachePolicy = .reloadIgnoringLocalCacheData
    configuration.httpMaximumConnectionsPerHost = 16
    session = URLSession(configuration: configuration, delegate: exchanges, delegateQueue: nil)
  }

  deinit { session.finishTasksAndInvalidate() }

  /// Sends a request and returns as soon as the head of the answer is there.
  public func send(
    _ request: HTTPRequest, body: RequestBody?, timeouts: Timeouts
  ) async throws -> TransportResponse {
    try TransportError.checkHeaders(request.headerFields)
    var urlRequest = try Self.urlRequest(request)
    urlRequest.timeoutInterval = timeouts.idle.seconds
    urlRequest.httpShouldHandleCookies = false
    if let body { urlRequest.httpBody = Data(try await body.collect()) }
    let task = session.dataTask(with: urlRequest)
    let exchange = URLSessionExchange(cancel: { task.cancel() })
    exchanges.add(exchange, for: task)
    return try await withTaskCancellationHandler {
      let head = try await exchange.head { task.resume() }
      return TransportResponse(head: head, body: ResponseBody(exchange.body))
    } onCancel: {
      // Foundation need not say anything of a task that is cancelled before it has started.
      task.cancel()
      exchange.complete(CancellationError())
    }
  }

  private static func urlRequest(_ request: HTTPRequest) throws(TransportError) -> URLRequest {
    guard let scheme = request.scheme, let authority = request.authority, let path = request.path,
      let url = URL(string: "\(scheme)://\(authority)\(path)")
    else { throw TransportError(.invalidRequest, "the request has no valid URL") }
    var urlRequest = URLRequest(url: url)
    urlRequest.httpMethod = request.method.rawValue
    for field in request.headerFields {
      urlRequest.addValue(field.value, forHTTPHeaderField: field.name.canonicalName)
    }
    return urlRequest
  }
}

extension Duration {
  var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) / 1e18
  }
}

/// One exchange: turns the callbacks of one task into a head and a stream.
final class URLSessionExchange: Sendable {
  private typealias Waiter = CheckedContinuation<HTTPResponse, any Error>
  private struct State {
    var waiter: Waiter?
    var outcome: Result<HTTPResponse, any Error>?
  }
  private let state = Mutex(State())
  private let parts: AsyncThrowingStream<[UInt8], any Error>.Continuation
  let body: AsyncThrowingStream<[UInt8], any Error>

  init(cancel: @escaping @Sendable () -> Void) {
    (body, parts) = AsyncThrowingStream.makeStream(of: [UInt8].self)
    parts.onTermination = { if case .cancelled = $0 { cancel() } }
  }

  /// Starts the task and waits for the head of the answer.
  func head(start: () -> Void) async throws -> HTTPResponse {
    try await withCheckedThrowingContinuation { continuation in
      let outcome = state.withLock { state in
        if state.outcome == nil { state.waiter = continuation }
        return state.outcome
      }
      if let outcome {
        continuation.resume(with: outcome)
      } else {
        start()
      }
    }
  }

  func settle(_ outcome: Result<HTTPResponse, any Error>) {
    let waiter = state.withLock { state in
      guard state.outcome == nil else { return Waiter?.none }
      state.outcome = outcome
      defer { state.waiter = nil }
      return state.waiter
    }
    waiter?.resume(with: outcome)
  }

  func receive(_ data: Data) { parts.yield(Array(data)) }

  func complete(_ error: (any Error)?) {
    guard let error else {
      settle(.failure(TransportError(.broken, "the connection closed without an answer")))
      parts.finish()
      return
    }
    let translated = Self.translate(error)
    settle(.failure(translated))
    parts.finish(throwing: translated)
  }

  private static func translate(_ error: any Error) -> any Error {
    if error is CancellationError { return error }
    guard let error = error as? URLError else {
      return TransportError(.broken, error.localizedDescription)
    }
    let text = error.localizedDescription
    switch error.code {
    case .cancelled: return CancellationError()
    case .cannotConnectToHost, .cannotFindHost, .dnsLookupFailed, .secureConnectionFailed,
      .serverCertificateUntrusted, .serverCertificateHasBadDate,
      .serverCertificateHasUnknownRoot, .serverCertificateNotYetValid, .notConnectedToInternet:
      return TransportError(.connect, text)
    case .badURL: return TransportError(.invalidRequest, text)
    case .timedOut: return TransportError(.timeout, text)
    default: return TransportError(.broken, text)
    }
  }
}

extension HTTPResponse {
  /// nil when the status is no number of three digits, which the type would not survive.
  init?(_ response: HTTPURLResponse) {
    guard (100...999).contains(response.statusCode) else { return nil }
    self.init(status: .init(code: response.statusCode))
    for (name, value) in response.allHeaderFields {
      guard let name = (name as? String).flatMap({ HTTPField.Name($0) }),
        let value = value as? String
      else { continue }
      headerFields.append(HTTPField(name: name, value: value))
    }
  }
}
