import NIOCore
import NIOHTTP1

/// Tells the server and the client which connections end after their response: those of HTTP/1.0 clients that
/// do not ask for more, and those whose client says `close` in any spelling. An HTTP/1.0 client need not name a
/// host: it gets the one it is connected to. Browsers, from which the names of hosts protect, always do.
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
    let is10 = head.version == .http1_0
    if is10, !head.headers.contains(name: "host") {
      let port = context.channel.localAddress?.port.map { ":\($0)" } ?? ""
      head.headers.add(name: "host", value: "localhost\(port)")
    }
    if head.isKeepAlive {
      pending.append(is10 ? .persistentlyTo10 : .persistently)
    } else {
      pending.append(.finally)
      head.headers.replaceOrAdd(name: "connection", value: "close")
    }
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
