/// The body of a request.
public struct RequestBody: Sendable {
  /// How many bytes there are; nil when unknown.
  public let length: Int?
  /// The bytes when all are in memory.
  public let bytes: [UInt8]?
  /// Makes the body anew for each attempt.
  public let makeStream: @Sendable () -> AsyncThrowingStream<[UInt8], any Error>

  /// A body in memory.
  public init(_ bytes: [UInt8]) {
    length = bytes.count
    self.bytes = bytes
    makeStream = {
      AsyncThrowingStream { continuation in
        continuation.yield(bytes)
        continuation.finish()
      }
    }
  }

  /// A body that is streamed.
  public init(
    length: Int?, stream: @escaping @Sendable () -> AsyncThrowingStream<[UInt8], any Error>
  ) {
    self.length = length
    bytes = nil
    makeStream = stream
  }

  /// All of the body, for transports that cannot stream it.
  /// - Throws: ``TransportError`` of kind `broken` when it is not as long as announced; what its maker
  ///   throws; `CancellationError` when the task is cancelled.
  public func collect() async throws -> [UInt8] {
    if let bytes { return bytes }
    var all: [UInt8] = []
    for try await part in makeStream() {
      all += part
      if let length, all.count > length { break }
    }
    // A stream ends early, and without an error, in a task that is cancelled.
    try Task.checkCancellation()
    if let length, all.count != length {
      throw TransportError(
        .broken, "the body of the request is not \(length) bytes long as announced")
    }
    return all
  }
}

/// The body of a response, in the parts it came in. To be read once.
public struct ResponseBody: AsyncSequence, Sendable {
  /// What is walked.
  public typealias Element = [UInt8]
  private let make: @Sendable () -> Iterator

  /// Creates a body from its parts.
  public init<Parts: AsyncSequence & Sendable>(_ parts: Parts) where Parts.Element == [UInt8] {
    make = {
      var iterator = parts.makeAsyncIterator()
      return Iterator { try await iterator.next() }
    }
  }

  /// A body in memory.
  public init(_ bytes: [UInt8]) {
    self.init(
      AsyncThrowingStream { continuation in
        if !bytes.isEmpty { continuation.yield(bytes) }
        continuation.finish()
      })
  }

  /// Reads the parts.
  public func makeAsyncIterator() -> Iterator { make() }

  /// Reads the parts.
  public struct Iterator: AsyncIteratorProtocol {
    let produce: () async throws -> [UInt8]?

    /// The next part, or nil at the end.
    public mutating func next() async throws -> [UInt8]? { try await produce() }
  }

  /// Reads everything.
  /// - Throws: ``TransportError`` of kind `tooLarge` once there are more than `limit` bytes;
  ///   `CancellationError` when the task is cancelled.
  public func collect(upTo limit: Int) async throws -> [UInt8] {
    var all: [UInt8] = []
    for try await part in self {
      guard all.count + part.count <= limit else {
        throw TransportError(.tooLarge, "the response is larger than \(limit) bytes")
      }
      all += part
    }
    // A stream ends early, and without an error, in a task that is cancelled: what was read until
    // then is not a response.
    try Task.checkCancellation()
    return all
  }
}
