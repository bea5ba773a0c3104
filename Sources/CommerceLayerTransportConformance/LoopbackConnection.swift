import CommerceLayerRuntime
import HTTPTypes
import NIOCore
import NIOPosix
package import NIOSSL
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// One connection of a ``LoopbackServer``, for the script that serves it.
package final class LoopbackConnection {
  /// Which connection of the server this is, from 1.
  package let number: Int
  private var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
  private let channel: any Channel
  private let log: LoopbackLog
  private var buffer: [UInt8] = []

  init(
    _ number: Int, _ inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator,
    channel: any Channel, log: LoopbackLog
  ) {
    self.number = number
    self.inbound = inbound
    self.channel = channel
    self.log = log
  }

  /// Takes what comes next; false at the end.
  private func fill() async throws -> Bool {
    guard let part = try await inbound.next() else { return false }
    buffer += Array(part.readableBytesView)
    return true
  }

  /// Takes one byte or more.
  func readSome() async throws -> [UInt8] {
    if buffer.isEmpty { _ = try await fill() }
    defer { buffer = [] }
    return buffer
  }

  /// Reads up to a text and takes it.
  private func read(through mark: String) async throws -> [UInt8]? {
    let mark = Array(mark.utf8)
    var searched = 0
    while true {
      if let range = buffer[searched...].firstRange(of: mark) {
        defer { buffer.removeFirst(range.upperBound) }
        return Array(buffer[..<range.lowerBound])
      }
      searched = max(0, buffer.count - mark.count)
      guard try await fill() else { return nil }
    }
  }

  private func read(count: Int) async throws -> [UInt8]? {
    while buffer.count < count { guard try await fill() else { return nil } }
    defer { buffer.removeFirst(count) }
    return Array(buffer.prefix(count))
  }

  /// The head of a request; nil when the client went away.
  package func readHead() async throws -> String? {
    try await read(through: "\r\n\r\n").map { String(decoding: $0, as: UTF8.self) }
  }

  /// A whole request; nil when the client went away before its end.
  package func readRequest() async throws -> LoopbackRequest? {
    guard let head = try await readHead() else { return nil }
    let lower = head.lowercased()
    var body: [UInt8]? = []
    if let field = lower.firstRange(of: "content-length: ") {
      body = try await read(count: Int(lower[field.upperBound...].prefix { $0.isNumber }) ?? 0)
    } else if lower.contains("transfer-encoding: chunked") {
      body = try await readChunks()
    }
    guard let body else { return nil }
    let request = LoopbackRequest(head: head, body: body)
    log.requests.withLock { $0.append(request) }
    return request
  }

  /// One chunk; empty at the last one, nil when the client went away.
  func readChunk() async throws -> [UInt8]? {
    guard let line = try await read(through: "\r\n"),
      let size = Int(String(decoding: line, as: UTF8.self), radix: 16),
      let chunk = try await read(count: size), try await read(through: "\r\n") != nil
    else { return nil }
    return chunk
  }

  private func readChunks() async throws -> [UInt8]? {
    var body: [UInt8] = []
    while true {
      guard let chunk = try await readChunk() else { return nil }
      if chunk.isEmpty { return body }
      body += chunk
    }
  }

  /// Writes, and waits until the system has taken it.
  package func send(_ bytes: [UInt8]) async throws {
    try await channel.writeAndFlush(ByteBuffer(bytes: bytes)).get()
  }

  package func send(_ text: String) async throws { try await send(Array(text.utf8)) }

  /// Says that nothing more will be written, then takes what comes until the client closes.
  package func finishAndDrain() async throws {
    try await channel.close(mode: .output).get()
    try await waitForClose()
  }

  /// Takes and drops what comes until the client closes.
  package func waitForClose() async throws {
    do {
      while try await inbound.next() != nil {}
    } catch is CancellationError {
      throw CancellationError()
    } catch {
      // Reset: closed all the same.
    }
  }

  /// Breaks the connection off: the client gets a reset instead of an end.
  package func reset() async throws {
    if let options = channel as? any SocketOptionProvider {
      try await options.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
    }
    try await channel.close().get()
  }

  /// Writes, then speaks TLS on the same connection, as a proxy does that has opened a tunnel.
  package func send(_ text: String, thenSpeak tls: NIOSSLContext) async throws {
    let channel = self.channel
    try await channel.eventLoop.submit {
      channel.writeAndFlush(ByteBuffer(string: text), promise: nil)
      try channel.pipeline.syncOperations.addHandler(
        NIOSSLServerHandler(context: tls), position: .first)
    }.get()
  }

  /// Handles requests until the client goes away.
  func serveHTTP(_ handler: InProcessTransport.Handler) async throws {
    while let request = try await readRequest() {
      let parts = request.lines[0].split(separator: " ")
      guard parts.count == 3, let method = HTTPRequest.Method(String(parts[0])) else { return }
      var received = HTTPRequest(
        method: method, scheme: "http", authority: nil, path: String(parts[1]))
      for line in request.lines.dropFirst() {
        let pair = line.split(separator: ":", maxSplits: 1)
        guard pair.count == 2, let name = HTTPField.Name(String(pair[0])) else { return }
        received.headerFields.append(
          HTTPField(name: name, value: String(pair[1].drop { $0 == " " })))
      }
      let (head, body) = try await handler(received, request.body)
      var text = "HTTP/1.1 \(head.status.code) Something\r\nContent-Length: \(body.count)\r\n"
      for field in head.headerFields { text += "\(field.name.rawName): \(field.value)\r\n" }
      try await send(Array("\(text)\r\n".utf8) + body)
    }
  }
}
