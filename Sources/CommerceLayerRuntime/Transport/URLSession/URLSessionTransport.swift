import Foundation
public import HTTPTypes

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// The default transport: Foundation's URLSession, no dependency.
///
/// Redirects are rejected on every platform. (On Linux, Foundation would send the `Authorization`
/// header along to whatever host a redirect names.) Cookies, caches and stored credentials are off.
///
/// What is different from AsyncHTTPClient's transport, see also `docs/transports.md`:
/// - There is no limit for opening a connection but the idle one.
/// - A server cannot be held back: what nobody reads piles up, to
///   ``TransportRules/maximumUnreadBytes`` at most, then the exchange fails.
/// - A request body that could be streamed is buffered first, then sent from memory. On Linux
///   Foundation would read it on the one queue that all sessions of the process share: a body that
///   waits for its maker would stop every other request, and those its maker needs with them.
/// - On Linux every request that is not GET or HEAD has a connection of its own: libcurl sends a
///   request again by itself when a connection that was used before breaks.
/// - Proxies are the system's on Apple platforms. On Linux a request that would go by a proxy of the
///   environment is rejected: Foundation there takes the proxy's word for the response.
public final class URLSessionTransport: ClientTransport {
  private let shared = URLSessionLane()

  /// A transport with a session of its own.
  public init() {}

  /// Sends a request and returns as soon as the head of the response is there.
  public func send(
    _ request: HTTPRequest, body: RequestBody?, timeouts: Timeouts
  ) async throws -> TransportResponse {
    try TransportRules.check(request)
    #if canImport(FoundationNetworking)
      try SystemProxy.check(request, ProcessInfo.processInfo.environment)
    #endif
    try Task.checkCancellation()
    var urlRequest = try Self.urlRequest(request)
    urlRequest.timeoutInterval = timeouts.idle.seconds
    urlRequest.httpShouldHandleCookies = false
    let exchange = URLSessionExchange()
    let lane = lane(for: request.method)
    if let body {
      urlRequest.httpBody = Data(try await body.collect())
    }
    let task = lane.task(for: urlRequest, exchange: exchange)
    if lane !== shared { lane.finish() }
    // Foundation on Linux waits for a busy session before it cancels; nobody here has to.
    exchange.whenEnded { DispatchQueue.global().async { exchange.cancel(task) } }
    let limit = Task {
      try await Task.sleep(for: min(timeouts.exchange, Self.longest))
      exchange.fail(TransportError(.timeout, "no complete response in time"))
    }
    exchange.whenEnded { limit.cancel() }
    return try await withTaskCancellationHandler {
      let head = try await exchange.head { task.resume() }
      return TransportResponse(
        head: head, body: ResponseBody(URLSessionParts(reader: .init(exchange))))
    } onCancel: {
      exchange.fail(CancellationError())
    }
  }

  /// Longer than anybody waits, and short enough for every clock.
  private static let longest = Duration.seconds(1 << 30)

  private func lane(for method: HTTPRequest.Method) -> URLSessionLane {
    #if canImport(FoundationNetworking)
      method == .get || method == .head ? shared : URLSessionLane()
    #else
      shared
    #endif
  }

  private static func urlRequest(_ request: HTTPRequest) throws(TransportError) -> URLRequest {
    guard let scheme = request.scheme, let authority = request.authority, let path = request.path,
      let url = URL(string: "\(scheme)://\(authority)\(path)")
    else { throw TransportError(.invalidRequest, "the request has no valid URL") }
    var urlRequest = URLRequest(url: url)
    urlRequest.httpMethod = request.method.rawValue
    #if canImport(FoundationNetworking)
      // libcurl would ask for encodings whose growth nobody bounds.
      urlRequest.setValue("gzip, deflate", forHTTPHeaderField: "Accept-Encoding")
    #endif
    for field in request.headerFields {
      urlRequest.addValue(field.value, forHTTPHeaderField: field.name.canonicalName)
    }
    return urlRequest
  }
}

/// One session and its connections.
final class URLSessionLane: Sendable {
  private let session: URLSession
  private let exchanges = URLSessionExchanges()

  init() {
    let configuration = URLSessionConfiguration.ephemeral
    configuration.httpCookieStorage = nil
    configuration.httpShouldSetCookies = false
    configuration.httpCookieAcceptPolicy = .never
    configuration.urlCache = nil
    configuration.urlCredentialStorage = nil
    configuration.requestCachePolicy = .reloadIgnoringLocalCacheData
    configuration.httpMaximumConnectionsPerHost = 16
    #if !canImport(FoundationNetworking)
      configuration.tlsMinimumSupportedProtocolVersion = .TLSv12
    #endif
    session = URLSession(configuration: configuration, delegate: exchanges, delegateQueue: nil)
  }

  deinit { finish() }

  /// Lets what runs come to its end, then closes the session.
  func finish() { session.finishTasksAndInvalidate() }

  func task(for request: URLRequest, exchange: URLSessionExchange) -> URLSessionDataTask {
    let task = session.dataTask(with: request)
    exchanges.add(exchange, for: task)
    return task
  }
}
