import NIOCore
import NIOPosix
package import NIOSSL
import Synchronization

/// A server on a real loopback socket that does with each connection what a script says, so that
/// laws can break the protocol at any place.
package final class LoopbackServer: Sendable {
  package typealias Script = @Sendable (LoopbackConnection) async throws -> Void
  private typealias Connection = NIOAsyncChannel<ByteBuffer, ByteBuffer>

  private let listener: any Channel
  private let accepting: Task<Void, Never>
  private let log = LoopbackLog()
  private let ends: AsyncStream<Int>
  package let port: Int

  /// How many connections were made.
  package var accepted: Int { log.accepted.count }
  /// What was read as requests, in the order it came.
  package var requests: [LoopbackRequest] { log.requests.withLock { $0 } }

  /// - Parameter tls: speaks TLS with this from the first byte; plain when nil.
  package init(tls: NIOSSLContext? = nil, _ script: @escaping Script) async throws {
    let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .bind(host: "127.0.0.1", port: 0) { channel in
        channel.eventLoop.makeCompletedFuture {
          if let tls {
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls))
          }
          return try Connection(
            wrappingChannelSynchronously: channel,
            configuration: .init(isOutboundHalfClosureEnabled: true))
        }
      }
    listener = server.channel
    port = listener.localAddress?.port ?? 0
    let (ends, ended) = AsyncStream.makeStream(of: Int.self)
    self.ends = ends
    accepting = Task { [log] in
      try? await server.executeThenClose { connections in
        try await withThrowingDiscardingTaskGroup { group in
          for try await connection in connections {
            let number = log.accepted.add()
            group.addTask {
              try? await connection.executeThenClose { inbound, _ in
                try await script(
                  LoopbackConnection(
                    number, inbound.makeAsyncIterator(), channel: connection.channel, log: log))
              }
              ended.yield(number)
            }
          }
        }
      }
      ended.finish()
    }
  }

  /// Waits until a script has come to its end, and its connection with it.
  package func connectionEnded() async { for await _ in ends { return } }

  package func stop() async {
    accepting.cancel()
    await accepting.value
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
  /// The content, taken out of its chunks.
  package let body: [UInt8]

  package var method: String { String(head.prefix { $0 != " " }) }
  package var lines: [String] { head.split(separator: "\r\n").map(String.init) }
}

final class LoopbackLog: Sendable {
  let accepted = Counter()
  let requests = Mutex<[LoopbackRequest]>([])
}

/// Listens and never accepts. Once its queue is full the system answers no further attempt to
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
