public import HTTPTypes

/// Carries one request to a server and brings the answer back. Nothing else: no retry, no
/// authentication, no redirects.
///
/// What every transport keeps:
/// - It never follows a redirect and keeps no cookies and no cache.
/// - It throws ``TransportError`` and tells whether the request may have reached the server.
/// - Cancelling the task that calls ``send(_:body:timeouts:)`` or reads the body ends the exchange.
/// - It refuses header values with control characters instead of mending them.
public protocol ClientTransport: Sendable {
  /// Sends a request and returns as soon as the head of the answer is there.
  /// - Throws: ``TransportError``.
  func send(
    _ request: HTTPRequest, body: RequestBody?, timeouts: Timeouts
  ) async throws -> TransportResponse
}

/// The head of an answer and its body, still to be read.
public struct TransportResponse: Sendable {
  /// Status and headers.
  public let head: HTTPResponse
  /// The body, to be read once.
  public let body: ResponseBody

  /// Creates an answer.
  public init(head: HTTPResponse, body: ResponseBody) {
    self.head = head
    self.body = body
  }
}

/// The content of a request.
public struct RequestBody: Sendable {
  /// How many bytes there are; nil when unknown.
  public let length: Int?
  /// The bytes when all are in memory.
  public let bytes: [UInt8]?
  /// Makes the content anew, so that an attempt can be repeated.
  public let makeStream: @Sendable () -> AsyncThrowingStream<[UInt8], any Error>

  /// Content in memory.
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

  /// Content that is made while it is sent.
  public init(
    length: Int?, stream: @escaping @Sendable () -> AsyncThrowingStream<[UInt8], any Error>
  ) {
    self.length = length
    bytes = nil
    makeStream = stream
  }

  /// All of the content, for transports that cannot stream it.
  public func collect() async throws -> [UInt8] {
    if let bytes { return bytes }
    var all: [UInt8] = []
    for try await part in makeStream() { all += part }
    return all
  }
}

/// The content of an answer, in the parts it came in. To be read once.
public struct ResponseBody: AsyncSequence, Sendable {
  /// What is walked.
  public typealias Element = [UInt8]
  private let make: @Sendable () -> Iterator

  /// Wraps a sequence of parts.
  public init<Parts: AsyncSequence & Sendable>(_ parts: Parts) where Parts.Element == [UInt8] {
    make = {
      var iterator = parts.makeAsyncIterator()
      return Iterator { try await iterator.next() }
    }
  }

  /// Content in memory.
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
        throw TransportError(.tooLarge, "the answer is larger than \(limit) bytes")
      }
      all += part
    }
    // A stream ends early, and without an error, in a task that is cancelled: what was read until
    // then is no answer.
    try Task.checkCancellation()
    return all
  }
}

/// Time limits of one exchange.
public struct Timeouts: Sendable, Hashable {
  /// To open a connection: 5 s. URLSession has no such limit; there ``idle`` counts instead.
  public var connect: Duration = .seconds(5)
  /// Without a byte either way: 30 s.
  public var idle: Duration = .seconds(30)
  /// For one attempt as a whole: 60 s.
  public var total: Duration = .seconds(60)
  /// For one attempt that carries rows of an import: 10 min.
  public var bulk: Duration = .seconds(600)

  /// The default limits.
  public init() {}
}

/// Why an exchange failed.
public struct TransportError: Error, Sendable, CustomStringConvertible {
  /// What kind of failure it was.
  public enum Kind: String, Sendable, Hashable {
    /// No connection could be made: nothing reached the server.
    case connect
    /// The request was not fit to be sent.
    case invalidRequest
    /// A time limit passed.
    case timeout
    /// The connection broke.
    case broken
    /// The answer was larger than allowed.
    case tooLarge
  }

  /// What kind of failure it was.
  public let kind: Kind
  /// What happened.
  public let message: String

  /// Creates an error.
  public init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }

  /// Whether it is certain that the server did not process the request.
  public var isCertainlyUnsent: Bool {
    switch kind {
    case .connect, .invalidRequest: true
    case .timeout, .broken, .tooLarge: false
    }
  }

  /// The value as text.
  public var description: String { message }
}

extension TransportError {
  /// Refuses what would let a header smuggle another one in: control characters, and blanks at the
  /// ends, which servers trim.
  public static func checkHeaders(_ fields: HTTPFields) throws(TransportError) {
    for field in fields {
      let value = field.value.utf8
      let isClean = value.allSatisfy { ($0 >= 0x20 && $0 != 0x7F) || $0 == 0x09 }
      let blank: (UInt8?) -> Bool = { $0 == 0x20 || $0 == 0x09 }
      guard isClean, !blank(value.first), !blank(value.last) else {
        throw TransportError(
          .invalidRequest, "the header \(field.name) has a control character or blanks at its ends")
      }
    }
  }
}
