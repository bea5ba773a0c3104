import AsyncHTTPClient
public import CommerceLayerRuntime
import Foundation
public import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPCompression
import NIOPosix
import NIOSSL

/// The transport for servers and the command line: AsyncHTTPClient over SwiftNIO, bodies streamed
/// both ways, each side held back by the other.
///
/// - Redirects are rejected (AsyncHTTPClient's own default follows them).
/// - A connection that cannot be made fails at once instead of being tried again.
/// - HTTP/1.1 only, so that what the conformance tests check is what runs.
/// - TLS 1.2 or newer; certificates are checked against the system's authorities, or against those of
///   a file.
/// - Compressed responses may grow to at most ``maximumDecompressionRatio`` times their size.
/// - Connections: at most `connectionsPerHost` to one host for reads, kept for ``idleConnectionLife`` after
///   their last use, and as many for writes, kept for ``idleWriteConnectionLife``: a write on a connection
///   that the other side has just closed leaves open whether it was processed. A request that finds none free within the connect limit fails as unsent.
/// - A transport runs on one of SwiftNIO's own event loops, shared by the process; this type starts no
///   thread. That one loop makes the order of writes known, so that the stream of the body can be
///   suspended until they are done (see `Parts.swift`).
///
/// ```swift
/// let transport = AsyncHTTPClientTransport(proxies: .none)
/// defer { try? await transport.shutdown() }
/// ```
public final class AsyncHTTPClientTransport: ClientTransport {
  /// A compressed response that grows more than this is taken for an attack.
  public static let maximumDecompressionRatio = TransportRules.maximumDecompressionRatio
  /// How long a connection for reads is kept that nobody uses: 45 s, less than the 60 s after which common
  /// load balancers close it.
  public static let idleConnectionLife = Duration.seconds(45)
  /// How long a connection for writes is kept that nobody uses: 1 s, so that a write goes out on a new
  /// connection or on one that worked a moment ago.
  public static let idleWriteConnectionLife = Duration.seconds(1)
  /// How many connections to one host there may be at once, unless said otherwise: 32.
  public static let defaultConnectionsPerHost = 32

  /// The clients of one way to the server: each has its own connections.
  private struct Clients {
    let reads: HTTPClient
    let writes: HTTPClient

    init(_ loop: any EventLoop, _ configuration: HTTPClient.Configuration) {
      func make(_ life: Duration) -> HTTPClient {
        var configuration = configuration
        configuration.connectionPool.idleTimeout = .nanoseconds(life.wholeNanoseconds)
        return HTTPClient(eventLoopGroupProvider: .shared(loop), configuration: configuration)
      }
      reads = make(AsyncHTTPClientTransport.idleConnectionLife)
      writes = make(AsyncHTTPClientTransport.idleWriteConnectionLife)
    }

    func client(for method: HTTPRequest.Method) -> HTTPClient {
      [.get, .head].contains(method) ? reads : writes
    }
  }

  private let direct: Clients
  private let proxied: Clients?
  private var clients: [HTTPClient] {
    [direct, proxied].compactMap(\.self).flatMap { [$0.reads, $0.writes] }
  }
  private let proxies: ProxySettings
  private let idle: Duration
  private let loop: any EventLoop

  /// A transport with connections of its own.
  /// - Parameters:
  ///   - timeouts: of these, `connect` and `idle` count for every request of the transport; what a
  ///     request says of them is not used.
  ///   - proxies: the proxy for HTTPS; by default what the environment says. ``ProxySettings/none``
  ///     opts out.
  ///   - certificateAuthorities: path of a PEM file; its certificates are trusted instead of the
  ///     system's.
  ///   - connectionsPerHost: at least 1.
  public init(
    timeouts: Timeouts = .init(), proxies: ProxySettings = .fromEnvironment(),
    certificateAuthorities: String? = nil,
    connectionsPerHost: Int = AsyncHTTPClientTransport.defaultConnectionsPerHost
  ) {
    var tls = TLSConfiguration.makeClientConfiguration()
    tls.minimumTLSVersion = .tlsv12
    if let certificateAuthorities { tls.trustRoots = .file(certificateAuthorities) }
    let idle = TimeAmount.nanoseconds(timeouts.idle.wholeNanoseconds)
    var configuration = HTTPClient.Configuration(
      tlsConfiguration: tls,
      redirectConfiguration: .disallow,
      timeout: .init(
        connect: .nanoseconds(timeouts.connect.wholeNanoseconds), read: idle, write: idle),
      decompression: .enabled(limit: .ratio(Self.maximumDecompressionRatio)))
    configuration.connectionPool.retryConnectionEstablishment = false
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = max(
      1, connectionsPerHost)
    configuration.httpVersion = .http1Only
    loop = MultiThreadedEventLoopGroup.singleton.next()
    direct = Clients(loop, configuration)
    if case .proxy(let proxy) = proxies.https {
      configuration.proxy = proxy.clientProxy
      proxied = Clients(loop, configuration)
    } else {
      proxied = nil
    }
    self.proxies = proxies
    self.idle = timeouts.idle
  }

  deinit {
    // Open connections are closed in the background; nobody is left to wait for them.
    for client in clients { client.shutdown { _ in } }
  }

  /// Closes all connections and waits until they are closed. Exchanges that run fail; later ones are
  /// rejected. Not calling it loses nothing but the wait.
  public func shutdown() async throws {
    for client in clients {
      do {
        try await client.shutdown()
      } catch let error as HTTPClientError where error == .alreadyShutdown {}
    }
  }

  /// Sends a request and returns as soon as the head of the response is there.
  public func send(
    _ request: HTTPRequest, body: RequestBody?, timeouts: Timeouts
  ) async throws -> TransportResponse {
    try TransportRules.check(request)
    // AsyncHTTPClient sends what a task asks for that is cancelled already.
    try Task.checkCancellation()
    var outgoing = try Self.clientRequest(request)
    let client = try client(for: request)
    let deadline = NIODeadline.now() + .nanoseconds(timeouts.exchange.wholeNanoseconds)
    let progress = UploadProgress()
    outgoing.body = body.map { outgoingBody($0, progress) }
    let response = try await execute(outgoing, with: client, deadline: deadline, progress)
    guard (100...999).contains(response.status.code) else {
      throw TransportError(.broken, "the response is not HTTP")
    }
    var head = HTTPResponse(status: .init(code: Int(response.status.code)))
    for header in response.headers {
      if let name = HTTPField.Name(header.name) {
        head.headerFields.append(HTTPField(name: name, value: header.value))
      }
    }
    try TransportRules.check(head)
    return TransportResponse(
      head: head,
      body: ResponseBody(Parts(body: response.body, deadline: deadline, owner: self)))
  }

  /// AsyncHTTPClient's own limits do not count while a server takes nothing of a request's body.
  private func execute(
    _ request: HTTPClientRequest, with client: HTTPClient, deadline: NIODeadline,
    _ progress: UploadProgress
  ) async throws -> HTTPClientResponse {
    let call = Task { try await client.execute(request, deadline: deadline) }
    let watch =
      request.body == nil
      ? nil : Task { [idle] in if try await progress.stalls(for: idle) { call.cancel() } }
    defer { watch?.cancel() }
    do {
      return try await withTaskCancellationHandler {
        try await call.value
      } onCancel: {
        call.cancel()
      }
    } catch {
      try Task.checkCancellation()
      if progress.hasStalled {
        throw TransportError(.timeout, "the body of the request was not taken in time")
      }
      throw TransportErrors.translate(error)
    }
  }

  private func outgoingBody(
    _ body: RequestBody, _ progress: UploadProgress
  ) -> HTTPClientRequest.Body {
    .stream(
      OutgoingParts(body: body, progress: progress, loop: loop),
      length: body.length.map { .known(Int64($0)) } ?? .unknown)
  }

  private func client(for request: HTTPRequest) throws(TransportError) -> HTTPClient {
    // Plain HTTP goes to this machine only, and never by a proxy.
    guard request.scheme == "https", let authority = request.authority else {
      return direct.client(for: request.method)
    }
    switch proxies.route(to: authority) {
    case .direct: return direct.client(for: request.method)
    case .proxy: return (proxied ?? direct).client(for: request.method)
    case .unusable(let reason): throw TransportError(.invalidRequest, reason)
    }
  }

  private static func clientRequest(
    _ request: HTTPRequest
  ) throws(TransportError) -> HTTPClientRequest {
    guard let scheme = request.scheme, let authority = request.authority, let path = request.path
    else { throw TransportError(.invalidRequest, "the request has no URL") }
    var outgoing = HTTPClientRequest(url: "\(scheme)://\(authority)\(path)")
    outgoing.method = HTTPMethod(rawValue: request.method.rawValue)
    for field in request.headerFields {
      outgoing.headers.add(name: field.name.canonicalName, value: field.value)
    }
    return outgoing
  }
}

extension Duration {
  fileprivate var wholeNanoseconds: Int64 {
    let (seconds, attoseconds) = components
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    return overflow ? .max : product &+ attoseconds / 1_000_000_000
  }
}
