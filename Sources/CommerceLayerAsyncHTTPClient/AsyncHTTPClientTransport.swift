import AsyncHTTPClient
public import CommerceLayerRuntime
import Foundation
public import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPCompression
import NIOPosix

/// The transport for servers and the command line: AsyncHTTPClient over SwiftNIO, bodies streamed
/// both ways.
///
/// Redirects are refused (AsyncHTTPClient's own default follows them), a connection that cannot be
/// made fails at once instead of being tried again, and compressed answers may grow to at most
/// ``maximumDecompressionRatio`` times their size.
public final class AsyncHTTPClientTransport: ClientTransport {
  /// A compressed answer that grows more than this is taken for an attack; JSON compresses by
  /// five to fifteen.
  public static let maximumDecompressionRatio = 25

  private let client: HTTPClient

  /// A transport with connections of its own.
  public init(timeouts: Timeouts = .init()) {
    var configuration = HTTPClient.Configuration(
      redirectConfiguration: .disallow,
      timeout: .init(
        connect: .nanoseconds(timeouts.connect.wholeNanoseconds),
        read: .nanoseconds(timeouts.idle.wholeNanoseconds)),
      decompression: .enabled(limit: .ratio(Self.maximumDecompressionRatio)))
    configuration.connectionPool.retryConnectionEstablishment = false
    configuration.httpVersion = .automatic
    client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
  }

  deinit {
    // Open connections are closed in the background; nobody is left to wait for them.
    client.shutdown { _ in }
  }

  /// Sends a request and returns as soon as the head of the answer is there.
  public func send(
    _ request: HTTPRequest, body: RequestBody?, timeouts: Timeouts
  ) async throws -> TransportResponse {
    try TransportError.checkHeaders(request.headerFields)
    // AsyncHTTPClient sends what a task asks for that is cancelled already.
    try Task.checkCancellation()
    let outgoing = try Self.clientRequest(request, body: body)
    let response: HTTPClientResponse
    do {
      response = try await client.execute(
        outgoing, timeout: .nanoseconds(max(timeouts.total, timeouts.bulk).wholeNanoseconds))
    } catch {
      throw Self.translate(error)
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
    return TransportResponse(
      head: head, body: ResponseBody(Parts(body: response.body, owner: self)))
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

  /// What a socket says when no connection comes about. A reset is not among them: it may come
  /// after the request was read.
  private static let unreachable: Set<CInt> = [
    ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, EHOSTDOWN, ENETDOWN, EADDRNOTAVAIL,
  ]

  static func translate(_ error: any Error) -> any Error {
    if error is CancellationError || error is TransportError { return error }
    if let error = error as? HTTPClientError {
      switch error {
      case .cancelled: return CancellationError()
      case .connectTimeout, .tlsHandshakeTimeout, .httpProxyHandshakeTimeout,
        .socksHandshakeTimeout, .getConnectionFromPoolTimeout:
        return TransportError(.connect, "no connection in time")
      case .readTimeout, .writeTimeout, .deadlineExceeded:
        return TransportError(.timeout, "no answer in time")
      case .invalidURL, .emptyHost, .emptyScheme:
        return TransportError(.invalidRequest, "\(error)")
      default: return TransportError(.broken, "\(error)")
      }
    }
    if case .limit? = error as? NIOHTTPDecompression.DecompressionError {
      return TransportError(
        .tooLarge, "the answer grows more than \(maximumDecompressionRatio) times when unpacked")
    }
    if let error = error as? NIOConnectionError {
      let first = error.connectionErrors.first?.error
      let text = (first as? IOError).map { String(cString: strerror($0.errnoCode)) }
      return TransportError(.connect, text ?? first.map { "\($0)" } ?? "no address answered")
    }
    if let error = error as? IOError, unreachable.contains(error.errnoCode) {
      return TransportError(.connect, String(cString: strerror(error.errnoCode)))
    }
    if case .connectTimeout? = error as? ChannelError {
      return TransportError(.connect, "no connection in time")
    }
    return TransportError(.broken, "\(error)")
  }
}

/// The parts of an answer's content, read only as fast as they are asked for.
private struct Parts: AsyncSequence, Sendable {
  let body: HTTPClientResponse.Body
  /// Keeps the connections open until the body is read.
  let owner: AsyncHTTPClientTransport

  func makeAsyncIterator() -> Iterator {
    Iterator(base: body.makeAsyncIterator(), owner: owner)
  }

  struct Iterator: AsyncIteratorProtocol {
    var base: HTTPClientResponse.Body.AsyncIterator
    let owner: AsyncHTTPClientTransport

    mutating func next() async throws -> [UInt8]? {
      do {
        return try await base.next().map { Array($0.readableBytesView) }
      } catch {
        throw AsyncHTTPClientTransport.translate(error)
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
