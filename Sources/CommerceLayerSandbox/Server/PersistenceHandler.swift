import NIOCore
import NIOHTTP1

/// Tells the server and the client which connections end after their response: those of HTTP/1.0 clients that
/// do not ask for more, and those whose client says `close` in any spelling.
///
/// It stands between the decoder and what turns requests into HTTP types, which have no version.
final class PersistenceHandler: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart
  typealias OutboundIn = HTTPServerResponsePart
  typealias OutboundOut = HTTPServerResponsePart

  private enum Ending { case persistently, finally, persistentlyTo10 }
  /// How the responses to come end, oldest first: requests may come before the last response is out.
  private var pending = CircularBuffer<Ending>()

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard case .head(var head) = unwrapInboundIn(data) else { return context.fireChannelRead(data) }
    if head.isKeepAlive {
      pending.append(head.version.minor == 0 ? .persistentlyTo10 : .persistently)
      return context.fireChannelRead(data)
    }
    pending.append(.finally)
    head.headers.replaceOrAdd(name: "connection", value: "close")
    context.fireChannelRead(wrapInboundOut(.head(head)))
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    switch unwrapOutboundIn(data) {
    case .head(var head) where head.status.code >= 200:
      switch pending.popFirst() {
      case .finally: head.headers.replaceOrAdd(name: "connection", value: "close")
      case .persistentlyTo10: head.headers.replaceOrAdd(name: "connection", value: "keep-alive")
      case .persistently, nil: break
      }
      context.write(wrapOutboundOut(.head(head)), promise: promise)
    default: context.write(data, promise: promise)
    }
  }
}
