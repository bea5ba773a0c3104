import NIOCore
import NIOPosix
import Synchronization

/// A server on a real loopback socket that answers with the bytes it is given, so that tests can
/// break the protocol at any place.
final class RawServer: Sendable {
  enum Reply: Sendable {
    /// These bytes, then the connection is closed.
    case bytes([UInt8])
    /// These bytes, then nothing more until the client goes away.
    case stall([UInt8])

    static func text(_ text: String) -> Reply { .bytes(Array(text.utf8)) }
  }

  private let channel: any Channel
  private let sink: Sink
  private let departures: AsyncStream<Void>

  /// What each connection sent, complete requests only.
  var requests: [String] {
    sink.requests.withLock { $0.map { String(decoding: $0, as: UTF8.self) } }
  }
  let port: Int

  init(_ reply: Reply) async throws {
    let (stream, left) = AsyncStream.makeStream(of: Void.self)
    departures = stream
    let sink = Sink()
    channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(
            Handler(reply: reply, sink: sink, left: left))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    port = channel.localAddress?.port ?? 0
    self.sink = sink
  }

  /// Waits until a client has closed its connection.
  func clientLeft() async {
    for await _ in departures { return }
  }

  func stop() async throws { try await channel.close() }

  /// A port on which nothing listens.
  static func closedPort() async throws -> Int {
    let server = try await RawServer(.text(""))
    try await server.stop()
    return server.port
  }

  private final class Sink: Sendable {
    let requests = Mutex<[[UInt8]]>([])
  }

  private final class Handler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer
    private let reply: Reply
    private let sink: Sink
    private let left: AsyncStream<Void>.Continuation
    private var bytes: [UInt8] = []

    init(reply: Reply, sink: Sink, left: AsyncStream<Void>.Continuation) {
      self.reply = reply
      self.sink = sink
      self.left = left
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      bytes += Array(unwrapInboundIn(data).readableBytesView)
      guard isComplete else { return }
      sink.requests.withLock { $0.append(bytes) }
      bytes = []
      switch reply {
      case .bytes(let answer):
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: answer)), promise: nil)
        context.close(mode: .all, promise: nil)
      case .stall(let answer):
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: answer)), promise: nil)
      }
    }

    func channelInactive(context: ChannelHandlerContext) {
      left.yield()
      context.fireChannelInactive()
    }

    /// Whether the head and as much body as it announces are here.
    private var isComplete: Bool {
      let text = String(decoding: bytes, as: UTF8.self)
      guard let end = text.firstRange(of: "\r\n\r\n") else { return false }
      let head = text[..<end.lowerBound].lowercased()
      guard let field = head.firstRange(of: "content-length: ") else { return true }
      let length = Int(head[field.upperBound...].prefix { $0.isNumber }) ?? 0
      return text[end.upperBound...].utf8.count >= length
    }
  }
}
