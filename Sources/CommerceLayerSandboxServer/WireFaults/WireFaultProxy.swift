public import CommerceLayerRuntime
import NIOCore
import NIOPosix
import Synchronization

/// A proxy on a port of this machine that does to connections what networks, load balancers and dying servers
/// do, in front of any HTTP/1 server without TLS: ``WireFault``.
///
///     let proxy = try await WireFaultProxy.start(
///       to: server.port, rules: [.init([.resetAfterRequest], method: "POST", path: "/api/imports", times: 1)])
///
/// Each client connection's requests are handled in turn, each one on a connection to the server of its own,
/// so that a fault of one request never becomes another one's.
public final class WireFaultProxy: Sendable {
  /// What became of one request.
  public struct Exchange: Sendable, Hashable {
    /// The number of the request, from 1, in the order in which they came.
    public let number: Int
    /// The HTTP method.
    public let method: String
    /// The path with its query.
    public let path: String
    /// What it got, in the order of the rules; empty for a request that passed.
    public let faults: [WireFault]
    /// Whether the request reaches the server.
    public var reach: WireFault.Reach { faults.reach }
    /// Whether the client got no complete response, so that it cannot know what became of a write.
    public var losesResponse: Bool { faults.contains(where: \.losesResponse) }
  }

  private struct State {
    var plan: WireFaultPlan
    var requests = 0
    var exchanges: [Exchange] = []
    var counts: [WireFault: Int] = [:]
  }

  typealias Connection = NIOAsyncChannel<ByteBuffer, ByteBuffer>
  /// Exchanges that are kept: the latest 1 000.
  private static let keptExchanges = 1000

  /// The port it listens on.
  public let port: Int
  private let host: String
  private let upstream: Int
  private let seed: UInt64
  private let time: TimeSource
  private let observe: (@Sendable (Exchange) -> Void)?
  private let state: Mutex<State>
  private let task = Mutex<Task<Void, Never>?>(nil)

  private init(
    port: Int, host: String, upstream: Int, rules: [WireFaultRule], seed: UInt64, time: TimeSource,
    observe: (@Sendable (Exchange) -> Void)?
  ) {
    self.port = port
    self.host = host
    self.upstream = upstream
    self.seed = seed
    self.time = time
    self.observe = observe
    state = Mutex(State(plan: WireFaultPlan(rules, seed: seed)))
  }

  /// Listens on 127.0.0.1; returns once connections are accepted.
  /// - Parameters:
  ///   - upstream: The port of the server.
  ///   - host: The host of the server.
  ///   - port: The port to listen on, or 0 for any free one.
  ///   - rules: Which requests get which faults.
  ///   - seed: What decides about rules with a probability: the same requests in the same order get the same
  ///     faults.
  ///   - time: What delays go by.
  ///   - observe: Told of each request as it has come in.
  /// - Throws: An error of the system when the port cannot be had.
  public static func start(
    to upstream: Int, host: String = "127.0.0.1", port: Int = 0, rules: [WireFaultRule] = [],
    seed: UInt64 = 1, time: TimeSource = .continuous,
    observe: (@Sendable (Exchange) -> Void)? = nil
  ) async throws -> WireFaultProxy {
    let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .bind(host: "127.0.0.1", port: port) { channel in
        channel.eventLoop.makeCompletedFuture {
          try Connection(wrappingChannelSynchronously: channel)
        }
      }
    let proxy = WireFaultProxy(
      port: listener.channel.localAddress?.port ?? port, host: host, upstream: upstream,
      rules: rules, seed: seed, time: time, observe: observe)
    let task = Task { [weak proxy] in
      _ = try? await withThrowingDiscardingTaskGroup { group in
        try await listener.executeThenClose { inbound in
          for try await client in inbound {
            guard let proxy else { return }
            group.addTask { await proxy.serve(client) }
          }
        }
        group.cancelAll()
      }
    }
    proxy.task.withLock { $0 = task }
    return proxy
  }

  deinit { task.withLock { $0 }?.cancel() }

  /// Ends it and its connections. Requests that were to reach the server later do not.
  public func stop() async {
    let task = task.withLock { $0 }
    task?.cancel()
    await task?.value
  }

  /// Takes the place of all rules; their counts begin anew.
  public func setRules(_ rules: [WireFaultRule]) {
    state.withLock { $0.plan = WireFaultPlan(rules, seed: seed) }
  }

  /// The latest 1 000 requests, oldest first.
  public var exchanges: [Exchange] { state.withLock { $0.exchanges } }

  /// How often each fault was given.
  public var counts: [WireFault: Int] { state.withLock { $0.counts } }

  // MARK: - One connection of a client

  private func serve(_ client: Connection) async {
    try? await client.executeThenClose { inbound, _ in
      var messages = MessageReader(inbound.makeAsyncIterator())
      while let request = try await messages.request(sayContinue: { try await client.send($0) }) {
        let exchange = begin(request)
        guard try await carryOut(exchange, request, client, &messages) else { return }
      }
    }
  }

  private func begin(_ request: MessageReader.Message) -> Exchange {
    let words = (request.framing.lines.first ?? "").split(separator: " ").map(String.init)
    let method = words.first ?? ""
    let path = words.count > 1 ? words[1] : ""
    let exchange = state.withLock { state in
      state.requests += 1
      let exchange = Exchange(
        number: state.requests, method: method, path: path,
        faults: state.plan.faults(method, path))
      state.exchanges.append(exchange)
      if state.exchanges.count > Self.keptExchanges { state.exchanges.removeFirst() }
      for fault in exchange.faults { state.counts[fault, default: 0] += 1 }
      return exchange
    }
    observe?(exchange)
    return exchange
  }

  /// - Returns: Whether the connection goes on.
  private func carryOut(
    _ exchange: Exchange, _ request: MessageReader.Message, _ client: Connection,
    _ messages: inout MessageReader
  ) async throws -> Bool {
    let faults = exchange.faults
    let isHead = exchange.method == "HEAD"
    switch exchange.reach {
    case .never:
      try await client.reset()
      return false
    case .later:
      // The client's connection ends now; what is left of this one's task is its request.
      try await client.reset()
      for case .lateRequest(let delay) in faults { try await time.sleep(delay) }
      _ = try await response(to: request.bytes, isHead: isHead)
      return false
    case .always: break
    }
    if faults.isEmpty { return try await pass(request.bytes, isHead: isHead, client) }
    guard let response = try await response(to: request.bytes, isHead: isHead, for: client) else {
      // The server gave none, or the client has left.
      return false
    }
    return try await misbehave(faults, response, client, &messages)
  }

  /// Sends a request on and its response back as it comes.
  private func pass(
    _ request: [UInt8], isHead: Bool, _ client: Connection
  ) async throws -> Bool {
    try await withUpstream(for: client) { server, iterator in
      try await server.send(request)
      var messages = MessageReader(iterator)
      return try await messages.passResponse(toHead: isHead) { try await client.send($0) }
    } ?? false
  }

  /// The whole response to a request; nil when the server gives none that is complete.
  private func response(
    to request: [UInt8], isHead: Bool, for client: Connection? = nil
  ) async throws -> MessageReader.Message? {
    try await withUpstream(for: client) { server, iterator in
      try await server.send(request)
      var messages = MessageReader(iterator)
      return try await messages.response(toHead: isHead)
    } ?? nil
  }

  /// A connection to the server, which is closed when the client has left. Nil when there is no server.
  private func withUpstream<T: Sendable>(
    for client: Connection?,
    _ body: (Connection, NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator) async throws -> T
  ) async throws -> T? {
    let server: Connection
    do {
      server = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
        .connect(host: host, port: upstream) { channel in
          channel.eventLoop.makeCompletedFuture {
            try Connection(wrappingChannelSynchronously: channel)
          }
        }
    } catch {
      try await client?.reset()
      return nil
    }
    return try await server.executeThenClose { inbound, _ in
      client?.channel.closeFuture.whenComplete { [channel = server.channel] _ in
        channel.close(promise: nil)
      }
      return try await body(server, inbound.makeAsyncIterator())
    }
  }

  // MARK: - Faults of a response

  /// Sends a response as the faults have it.
  /// - Returns: Whether the connection goes on.
  private func misbehave(
    _ faults: [WireFault], _ response: MessageReader.Message, _ client: Connection,
    _ messages: inout MessageReader
  ) async throws -> Bool {
    for case .slowFirstByte(let delay) in faults { try await time.sleep(delay) }
    if faults.contains(.noResponse) {
      try await messages.waitForEnd()
      return false
    }
    let broken = BrokenResponse(response, faults)
    if let broken {
      try await client.send(broken.head)
      try await send(broken.body, as: faults, client)
    }
    if faults.contains(.resetAfterRequest) {
      try await client.reset()
      return false
    }
    return broken?.goesOn ?? false
  }

  private func send(_ body: [UInt8], as faults: [WireFault], _ client: Connection) async throws {
    guard !body.isEmpty else { return }
    let rates = faults.compactMap { fault in
      if case .slowBody(let rate) = fault { max(1, rate) } else { nil as Int? }
    }
    guard let rate = rates.min() else { return try await client.send(body) }
    // Ten pieces a second, or one byte at a time.
    let size = max(1, rate / 10)
    for start in stride(from: 0, to: body.count, by: size) {
      let piece = body[start..<min(start + size, body.count)]
      try await time.sleep(.seconds(1) * piece.count / rate)
      try await client.send(Array(piece))
    }
  }
}

extension [WireFault] {
  /// Whether a request with all of these reaches the server.
  var reach: WireFault.Reach {
    if contains(where: { $0.reach == .never }) { return .never }
    return contains(where: { $0.reach == .later }) ? .later : .always
  }
}

/// The bytes that a client gets in place of a response.
struct BrokenResponse: Sendable {
  private(set) var head: [UInt8]
  private(set) var body: [UInt8]
  /// Whether the connection stays open.
  private(set) var goesOn: Bool

  private static let garbage = Array("HTPP/1.1 two hundred\r\n".utf8)
  /// Where a chunk's size belongs.
  private static let notASize = Array("xyz\r\n".utf8)

  /// - Returns: Nil when nothing of the response is sent.
  init?(_ response: MessageReader.Message, _ faults: [WireFault]) {
    let framing = response.framing
    head = Array(response.bytes.prefix(response.headBytes))
    body = Array(response.bytes.dropFirst(response.headBytes))
    goesOn = !framing.endsWithConnection && framing.header("connection")?.lowercased() != "close"
    let isTruncated = faults.contains { if case .truncatedBody = $0 { true } else { false } }
    if faults.contains(.resetAfterRequest), !isTruncated { return nil }
    if faults.contains(.duplicateResponse) { body += head + body }
    if faults.contains(.brokenChunk), !body.isEmpty {
      breakChunks(framing)
      goesOn = false
    }
    for case .truncatedBody(let bytes) in faults where !body.isEmpty {
      // The last byte is always missing.
      body = Array(body.prefix(min(bytes, body.count - 1)))
      goesOn = false
    }
    if faults.contains(.garbageStatusLine), let end = head.firstIndex(of: 10) {
      head = Self.garbage + head[(end + 1)...]
    }
    if faults.contains(.closedKeepAlive) { goesOn = false }
  }

  /// The first half as a chunk, then what is not one.
  private mutating func breakChunks(_ framing: MessageFraming) {
    let isChunked = framing.header("transfer-encoding") != nil
    if !isChunked {
      var lines = framing.lines.filter { !$0.lowercased().hasPrefix("content-length:") }
      lines.append("Transfer-Encoding: chunked")
      head = Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
      let half = body.prefix((body.count + 1) / 2)
      body = Array("\(String(half.count, radix: 16))\r\n".utf8) + half + Array("\r\n".utf8)
    } else {
      body = Array(body.prefix(body.count / 2))
    }
    body += Self.notASize
  }
}

extension WireFaultProxy.Connection {
  /// Writes, and waits until the system has taken it.
  func send(_ bytes: [UInt8]) async throws {
    try await channel.writeAndFlush(ByteBuffer(bytes: bytes)).get()
  }

  /// Closes the connection so that the client gets a reset.
  func reset() async throws {
    if let options = channel as? any SocketOptionProvider {
      try await options.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
    }
    try await channel.close().get()
  }
}
