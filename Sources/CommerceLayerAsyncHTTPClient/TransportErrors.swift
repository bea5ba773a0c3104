import AsyncHTTPClient
import CommerceLayerRuntime
import Foundation
import NIOCore
import NIOHTTP1
import NIOHTTPCompression
import NIOPosix
import NIOSSL

/// What the layers below say, in the words of ``TransportError``. What matters most is which
/// failures prove that nothing reached the server.
enum TransportErrors {
  /// What a socket says when no connection comes about. A reset is not among them: it may come
  /// after the request was read.
  private static let unreachable: Set<CInt> = [
    ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, EHOSTDOWN, ENETDOWN, EADDRNOTAVAIL,
  ]

  static func translate(_ error: any Error) -> any Error {
    switch error {
    case is CancellationError, is TransportError: return error
    case let error as OutgoingParts.MakingFailed: return error.underlying
    case let error as HTTPClientError: return translate(client: error)
    case NIOHTTPDecompression.DecompressionError.limit:
      return TransportError(
        .tooLarge,
        "the response grows more than \(TransportRules.maximumDecompressionRatio) times when decompressed"
      )
    case HTTPParserError.headerOverflow:
      return TransportError(.tooLarge, "the head of the response is too large")
    case let error as NIOConnectionError:
      let first = error.connectionErrors.first?.error
      let text = (first as? IOError).map { String(cString: strerror($0.errnoCode)) }
      return TransportError(.connect, text ?? first.map { "\($0)" } ?? "no address responded")
    case let error as IOError where unreachable.contains(error.errnoCode):
      return TransportError(.connect, String(cString: strerror(error.errnoCode)))
    case ChannelError.connectTimeout:
      return TransportError(.connect, "no connection in time")
    // Both come before the first byte of a request.
    case NIOSSLError.handshakeFailed, is NIOSSLExtraError:
      return TransportError(.connect, "no trusted TLS connection: \(error)")
    default:
      return TransportError(.broken, "\(error)")
    }
  }

  private static func translate(client error: HTTPClientError) -> any Error {
    switch error {
    case .cancelled: CancellationError()
    case .connectTimeout, .tlsHandshakeTimeout, .httpProxyHandshakeTimeout,
      .socksHandshakeTimeout, .getConnectionFromPoolTimeout:
      TransportError(.connect, "no connection in time")
    case .invalidProxyResponse, .proxyAuthenticationRequired:
      TransportError(.connect, "the proxy refused the connection")
    case .readTimeout, .writeTimeout, .deadlineExceeded:
      TransportError(.timeout, "no response in time")
    case .invalidURL, .emptyHost, .emptyScheme, .traceRequestWithBody:
      TransportError(.invalidRequest, "\(error)")
    case .alreadyShutdown:
      TransportError(.invalidRequest, "the transport was shut down")
    case .bodyLengthMismatch:
      TransportError(.broken, "the body of the request is not as long as announced")
    default: TransportError(.broken, "\(error)")
    }
  }
}
