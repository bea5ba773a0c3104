import AsyncHTTPClient
public import CommerceLayerRuntime
import Foundation
public import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPCompression
import NIOSSL

/// The transport for servers and the command line: AsyncHTTPClient over SwiftNIO, bodies streamed
/// both ways, each side held back by the other.
///
/// - Redirects are refused (AsyncHTTPClient's own default follows them).
/// - A connection that cannot be made fails at once instead of being tried again.
/// - HTTP/1.1 only, so that what the laws check is what runs.
/// - TLS 1.2 or newer; certificates are checked against the system's authorities, or against those of
///   a file.
/// - Compressed answers may grow to at most ``maximumDecompressionRatio`` times their size.
/// - Connections: at most `connectionsPerHost` to one host, kept for ``idleConnectionLife`` after
///   their last use. A request that finds none free within the connect limit fails as unsent.
/// - The event loops are SwiftNIO's own, shared by the process; this type starts no thread.
///
/// ```swift
/// let transport = AsyncHTTPClientTransport(proxies: .none)
/// defer { try? await transport.shutdown() }
/// ```
public final class AsyncHTTPClientTransport: ClientTransport {
  /// A compressed answer that grows more than this is taken for an attack.
  public static let maximumDecompressionRatio = TransportRules.maximumDecompressionRatio
  /// How long a connection is kept that nobody uses: 60 s.
  public static let idleConnectionLife = Duration.seconds(60)
  /// How many connections to one host there may be at once, unless said otherwise: 32.
  public static let defaultConnectionsPerHost = 32

  private let direct: HTTPClient
  private let proxied: HTTPClient?
  private let proxies: ProxySettings

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
    configuration.connectionPool.idleTimeout = .nanoseconds(
      Self.idleConnectionLife.wholeNanoseconds)
    configuration.httpVersion = .http1Only
    direct = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    if case .proxy(let proxy) = proxies.https {
      configuration.proxy = proxy.clientProxy
      proxied = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    } else {
      proxied = nil
    }
    self.proxies = proxies
  }

  deinit {
    // Open connections are closed in the background; nobody is left to wait for them.
    for client in [direct, proxied].compactMap(\.self) { client.shutdown { _ in } }
  }

  /// Closes all connections and waits until they are closed. Exchanges that run fail; later ones are
  /// refused. Not calling it loses nothing but the wait.
  public func shutdown() async throws {
    for client in [direct, proxied].compactMap(\.self) {
      do {
        try await client.shutdown()
      } catch let error as HTTPClientError where error == .alreadyShutdown {}
    }
  }

  /// Sends a request and returns as soon as the head of the answer is there.
  public func send(
    _ request: HTTPRequest, body: RequestBody?, timeouts: Timeouts
  ) async throws -> TransportResponse {
    try TransportRules.check(request)
    // AsyncHTTPClient sends what a task asks for that is cancelled already.
    try Task.checkCancellation()
    let outgoing = try Self.clientRequest(request, body: body)
    let client = try client(for: request)
    let deadline = NIODeadline.now() + .nanoseconds(timeouts.exchange.wholeNanoseconds)
    let response: HTTPClientResponse
    do {
      response = try await client.execute(outgoing, deadline: deadline)
    } catch {
      throw TransportErrors.translate(error)
    }
    guard (100...999).contains(response.status.code) else {
      throw TransportError(.broken, "the answer is not HTTP")
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

  private func client(for request: HTTPRequest) throws(TransportError) -> HTTPClient {
    // Plain HTTP goes to this machine only, and never by a proxy.
    guard request.scheme == "https", let authority = request.authority else { return direct }
    switch proxies.route(to: authority) {
    case .direct: return direct
    case .proxy: return proxied ?? direct
    case .unusable(let reason): throw TransportError(.invalidRequest, reason)
    }
  }

  private static func clientRequest(
    _ request: HTTPRequest, body: RequestBody?
  ) throws(TransportError) -> HTTPClientRequest {
    guard let scheme = request.scheme, let authority = request.authority, let path = request.path
    else { throw TransportError(.invalidRequest, "the request has no URL") }
    var outgoing = HTTPClientRequest(url: "\(scheme)://\(authority)\(path)")
    outgoing.method = HTTPMethod(rawValue: request.method.rawValue)
    for field in request.headerFields {
      outgoing.headers.add(name: field.name.canonicalName, value: field.value)
    }
    if let body {
      if let bytes = body.bytes {
        outgoing.body = .bytes(ByteBuffer(bytes: bytes))
      } else {
        let parts = body.makeStream().map { ByteBuffer(bytes: $0) }
        outgoing.body = .stream(parts, length: body.length.map { .known(Int64($0)) } ?? .unknown)
      }
    }
    return outgoing
  }
}

/// The parts of an answer's content, read only as fast as they are asked for.
private struct Parts: AsyncSequence, Sendable {
  let body: HTTPClientResponse.Body
  /// AsyncHTTPClient's own deadline ends with the head.
  let deadline: NIODeadline
  /// Keeps the connections open until the body is read.
  let owner: AsyncHTTPClientTransport

  func makeAsyncIterator() -> Iterator {
    Iterator(base: body.makeAsyncIterator(), deadline: deadline, owner: owner)
  }

  struct Iterator: AsyncIteratorProtocol {
    var base: HTTPClientResponse.Body.AsyncIterator
    let deadline: NIODeadline
    let owner: AsyncHTTPClientTransport

    mutating func next() async throws -> [UInt8]? {
      // Looked at with each part: what sends too slowly for the deadline sends parts, or runs into
      // the idle limit.
      guard NIODeadline.now() < deadline else {
        throw TransportError(.timeout, "no complete answer in time")
      }
      do {
        return try await base.next().map { Array($0.readableBytesView) }
      } catch {
        throw TransportErrors.translate(error)
      }
    }
  }
}

extension Duration {
  fileprivate var wholeNanoseconds: Int64 {
    let (seconds, attoseconds) = components
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    return overflow ? .max : product &+ attoseconds / 1_000_000_000
  }
}
