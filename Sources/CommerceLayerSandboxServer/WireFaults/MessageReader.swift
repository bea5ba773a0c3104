import NIOCore

/// Reads the messages of one side of an HTTP/1 connection.
struct MessageReader {
  /// A message as it came.
  struct Message: Sendable {
    var bytes: [UInt8]
    /// How many of the bytes are its head, with the empty line.
    var headBytes = 0
    var framing: MessageFraming
  }

  /// The largest request, and the largest response that a fault changes: 256 MiB.
  private static let limit = 256 << 20
  private static let goOn = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)
  private var iterator: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
  /// What was read and belongs to the next message.
  private var rest: [UInt8] = []

  init(_ iterator: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator) {
    self.iterator = iterator
  }

  /// The next request; nil when the client has closed between two.
  /// - Parameter sayContinue: Sends what a client waits for before it sends a body.
  mutating func request(
    sayContinue: ([UInt8]) async throws -> Void
  ) async throws -> Message? {
    try await message(MessageFraming(isResponse: false)) { framing in
      if framing.header("expect")?.lowercased() == "100-continue" {
        try await sayContinue(Self.goOn)
      }
    }
  }

  /// The final response; nil when the connection ends before its end.
  mutating func response(toHead: Bool) async throws -> Message? {
    while true {
      let framing = MessageFraming(isResponse: true, toHead: toHead)
      guard let message = try await message(framing, didReadHead: { _ in }) else { return nil }
      if !Self.isInterim(message.framing) { return message }
    }
  }

  /// Hands on a response as it comes.
  /// - Returns: Whether the connection to the client can go on.
  mutating func passResponse(
    toHead: Bool, to send: ([UInt8]) async throws -> Void
  ) async throws -> Bool {
    while true {
      var framing = MessageFraming(isResponse: true, toHead: toHead)
      var held: [UInt8] = []
      while !framing.isDone {
        guard let bytes = try await next() else { return false }
        let count = try framing.consume(bytes[...])
        rest = Array(bytes.dropFirst(count))
        held += bytes.prefix(count)
        guard framing.hasHead, !Self.isInterim(framing) else { continue }
        try await send(held)
        held = []
      }
      if Self.isInterim(framing) { continue }
      return framing.header("connection")?.lowercased() != "close"
    }
  }

  /// Waits until the other side closes.
  mutating func waitForEnd() async throws {
    while try await iterator.next() != nil {}
  }

  private static func isInterim(_ framing: MessageFraming) -> Bool {
    framing.status.map { (100..<200).contains($0) } ?? false
  }

  private mutating func message(
    _ framing: MessageFraming, didReadHead: (MessageFraming) async throws -> Void
  ) async throws -> Message? {
    var message = Message(bytes: [], framing: framing)
    while !message.framing.isDone {
      guard let bytes = try await next() else {
        return message.framing.endsWithConnection ? message : nil
      }
      // Byte by byte where the head ends, so that its length is known.
      var read = 0
      if !message.framing.hasHead {
        while read < bytes.count, !message.framing.hasHead {
          let end = bytes[read...].firstIndex(of: 10).map { $0 + 1 } ?? bytes.count
          read += try message.framing.consume(bytes[read..<end])
        }
        if message.framing.hasHead {
          message.headBytes = message.bytes.count + read
          if !message.framing.isDone { try await didReadHead(message.framing) }
        }
      }
      read += try message.framing.consume(bytes[read...])
      message.bytes += bytes.prefix(read)
      rest = Array(bytes.dropFirst(read))
      guard message.bytes.count <= Self.limit else {
        throw MessageFraming.Failure(description: "a message is larger than \(Self.limit) bytes")
      }
    }
    return message
  }

  private mutating func next() async throws -> [UInt8]? {
    if !rest.isEmpty {
      defer { rest = [] }
      return rest
    }
    return try await iterator.next().map { Array($0.readableBytesView) }
  }
}
