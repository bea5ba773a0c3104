import NIOCore
import NIOPosix
package import NIOSSL
import Synchronization

/// A server on a real loopback socket that does with each connection what a script says, so that
/// requirements can break the protocol at any place.
package final class LoopbackServer: Sendable {
  /// How much of what it has not read the system keeps for a connection, about: without a bound
  /// that is up to 32 MiB, as the system likes.
  static let receiveBufferBytes = 256 << 10

  package typealias Script = @Sendable (LoopbackConnection) async throws -> Void
  private typealias Connection = NIOAsyncChannel<ByteBuffer, ByteBuffer>

  private let listener: any Channel
  private let log: LoopbackLog
  private let ends: AsyncStream<Int>
  package let port: Int

  /// How many connections were made.
  package var accepted: Int { log.accepted.count }
  /// What was read as requests, in the order it came.
  package var requests: [LoopbackRequest] { log.requests.withLock { $0 } }

  /// - Parameter tls: speaks TLS with this from the first byte; plain when nil.
  package init(tls: NIOSSLContext? = nil, _ script: @escaping Script) async throws {
    let log = LoopbackLog()
    let (ends, ended) = AsyncStream.makeStream(of: Int.self)
    listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      // Connections have it from their listener.
      .serverChannelOption(
        .socketOption(.so_rcvbuf), value: .init(Self.receiveBufferBytes)
      )
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          if let tls {
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls))
          }
          let connection = try Connection(
            wrappingChannelSynchronously: channel,
            configuration: .init(isOutboundHalfClosureEnabled: true))
          // It has its owner at once: one that is dropped ends the process.
          log.own(channel) { number in
            try? await connection.executeThenClose { inbound, _ in
              try await script(
                LoopbackConnection(
                  number, inbound.makeAsyncIterator(), channel: channel, log: log))
            }
            ended.yield(number)
          }
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    port = listener.localAddress?.port ?? 0
    self.log = log
    self.ends = ends
  }

  /// Waits until a script has come to its end, and its connection with it.
  package func connectionEnded() async { for await _ in ends { return } }

  package func stop() async {
    try? await listener.close()
    await log.stop()
  }

  /// A port on which nothing listens.
  package static func closedPort() async throws -> Int {
    let server = try await LoopbackServer { _ in }
    await server.stop()
    return server.port
  }
}

/// A request as it came.
package struct LoopbackRequest: Sendable {
  /// Request line and headers, without the blank line.
  package let head: String
  /// The body, taken out of its chunks.
  package let body: [UInt8]

  package var method: String { String(head.prefix { $0 != " " }) }
  package var lines: [String] { head.split(separator: "\r\n").map(String.init) }
}

/// What a server knows of its connections.
final class LoopbackLog: Sendable {
  private struct Connections {
    var isStopped = false
    var running: [(channel: any Channel, script: Task<Void, Never>)] = []
  }

  let accepted = Counter()
  let requests = Mutex<[LoopbackRequest]>([])
  private let connections = Mutex(Connections())

  /// Runs what serves a connection until it ends or the server stops.
  func own(_ channel: any Channel, _ serve: @escaping @Sendable (Int) async -> Void) {
    let number = accepted.add()
    connections.withLock { connections in
      let script = Task { await serve(number) }
      connections.running.append((channel, script))
      // One that came while the server stopped.
      if connections.isStopped { Self.end(channel, script) }
    }
  }

  func stop() async {
    let running = connections.withLock { connections in
      connections.isStopped = true
      return connections.running
    }
    for connection in running { Self.end(connection.channel, connection.script) }
    for connection in running { await connection.script.value }
  }

  /// A script that writes to a client who does not read hears of nothing but the end of its channel.
  private static func end(_ channel: any Channel, _ script: Task<Void, Never>) {
    script.cancel()
    channel.close(promise: nil)
  }
}

/// Listens and never accepts. Once its queue is full the system accepts no further attempt to
/// connect, as a firewall that drops packets would.
final class DeafServer: Sendable {
  private let listener: any Channel
  let port: Int

  /// - Parameter isFull: whether the queue is filled up first.
  init(isFull: Bool) async throws {
    listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .serverChannelOption(.autoRead, value: false)
      .serverChannelOption(.backlog, value: 1)
      .bind(host: "127.0.0.1", port: 0).get()
    port = listener.localAddress?.port ?? 0
    guard isFull else { return }
    // The system queues one more than it was told to.
    for _ in 0..<2 {
      _ = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
        .connect(host: "127.0.0.1", port: port).get()
    }
  }

  /// Closes the queue: who waited in it is reset.
  func stop() async throws { try await listener.close() }
}
