import Foundation
import HTTPTypes
import Synchronization

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// One exchange: turns the callbacks of one task into a head and parts of the body.
final class URLSessionExchange: Sendable {
  private typealias HeadWaiter = CheckedContinuation<HTTPResponse, any Error>
  private typealias PartWaiter = CheckedContinuation<[UInt8]?, any Error>

  private struct State {
    var headWaiter: HeadWaiter?
    var head: Result<HTTPResponse, any Error>?
    /// Parts that came and were not asked for yet.
    var unread: [[UInt8]] = []
    var unreadBytes = 0
    var partWaiter: PartWaiter?
    /// How the body ended, once it has.
    var end: Result<Void, any Error>?
    /// How large the body may become, by what the head said; nil when it said nothing.
    var limit: Int?
    var bytes = 0
    var cleanup: [@Sendable () -> Void] = []
    var hasEnded = false
  }
  private let state = Mutex(State())
  private let isCancelled = Mutex(false)

  /// Cancels the task of this exchange.
  func cancel(_ task: URLSessionTask) {
    isCancelled.withLock { $0 = true }
    task.cancel()
  }

  /// Rejects a redirect, unless the task was cancelled: Foundation on Linux stops the process when it
  /// hears of a redirect of a task that is over. Both only queue what they ask for, in their order.
  func rejectRedirect(_ respond: (URLRequest?) -> Void) {
    isCancelled.withLock { if !$0 { respond(nil) } }
  }

  /// Starts the task and waits for the head of the response.
  func head(start: () -> Void) async throws -> HTTPResponse {
    try await withCheckedThrowingContinuation { continuation in
      let known = state.withLock { state in
        if state.head == nil { state.headWaiter = continuation }
        return state.head
      }
      if let known { continuation.resume(with: known) } else { start() }
    }
  }

  /// The next part of the body; nil at its end.
  func next() async throws -> [UInt8]? {
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let known: Result<[UInt8]?, any Error>? = state.withLock { state in
          if !state.unread.isEmpty {
            let part = state.unread.removeFirst()
            state.unreadBytes -= part.count
            return .success(part)
          }
          if let end = state.end { return end.map { nil } }
          state.partWaiter = continuation
          return nil
        }
        if let known { continuation.resume(with: known) }
      }
    } onCancel: {
      fail(CancellationError())
    }
  }

  /// Does something once the exchange is over, however it ends; at once when it is over already.
  func whenEnded(_ work: @escaping @Sendable () -> Void) {
    let isOver = state.withLock { state in
      if !state.hasEnded { state.cleanup.append(work) }
      return state.hasEnded
    }
    if isOver { work() }
  }

  /// The head came, or is known not to come.
  func settle(_ head: Result<HTTPResponse, any Error>) {
    let checked = head.flatMap { head in
      Result { () throws(any Error) in
        try TransportRules.check(head)
        return head
      }
    }
    let waiter = state.withLock { state in
      guard state.head == nil else { return HeadWaiter?.none }
      state.head = checked
      if case .success(let head) = checked { state.limit = Self.limit(head) }
      defer { state.headWaiter = nil }
      return state.headWaiter
    }
    waiter?.resume(with: checked)
    if case .failure(let error) = checked { fail(error) }
  }

  /// A part of the body came, decompressed.
  func receive(_ data: Data) {
    var tooLarge: TransportError?
    let waiter = state.withLock { state -> PartWaiter? in
      guard state.end == nil, !data.isEmpty else { return nil }
      state.bytes += data.count
      if let limit = state.limit, state.bytes > limit {
        tooLarge = TransportError(
          .tooLarge,
          "the response grows more than \(TransportRules.maximumDecompressionRatio) times when decompressed"
        )
        return nil
      }
      if let waiter = state.partWaiter {
        state.partWaiter = nil
        return waiter
      }
      state.unread.append(Array(data))
      state.unreadBytes += data.count
      if state.unreadBytes > TransportRules.maximumUnreadBytes {
        tooLarge = TransportError(
          .tooLarge, "more than \(TransportRules.maximumUnreadBytes) bytes came that nobody read")
      }
      return nil
    }
    waiter?.resume(returning: Array(data))
    if let tooLarge { fail(tooLarge) }
  }

  /// The task is over. What came before is still there to be read.
  func complete(_ error: (any Error)?) {
    if let error {
      end(.failure(Self.translate(error)), keepingUnread: true)
    } else {
      end(.success(()), keepingUnread: true)
    }
  }

  /// Gives the exchange up and the connection with it.
  func fail(_ error: any Error) { end(.failure(error), keepingUnread: false) }

  private func end(_ end: Result<Void, any Error>, keepingUnread: Bool) {
    let (headWaiter, partWaiter, cleanup) = state.withLock { state in
      guard !state.hasEnded else {
        return (HeadWaiter?.none, PartWaiter?.none, [@Sendable () -> Void]())
      }
      state.hasEnded = true
      state.end = end
      if state.head == nil { state.head = .failure(Self.headless(end)) }
      if !keepingUnread { (state.unread, state.unreadBytes) = ([], 0) }
      defer { (state.headWaiter, state.partWaiter, state.cleanup) = (nil, nil, []) }
      return (state.headWaiter, state.partWaiter, state.cleanup)
    }
    headWaiter?.resume(throwing: Self.headless(end))
    partWaiter?.resume(with: end.map { nil })
    for work in cleanup { work() }
  }

  private static func headless(_ end: Result<Void, any Error>) -> any Error {
    switch end {
    case .success: TransportError(.broken, "the connection closed without a response")
    case .failure(let error): error
    }
  }

  /// Foundation decompresses by itself and does not say how much came, so only a response that announces
  /// its length can be held to the ratio.
  private static func limit(_ head: HTTPResponse) -> Int? {
    guard ["gzip", "deflate"].contains(head.headerFields[.contentEncoding] ?? ""),
      let length = head.headerFields[.contentLength].flatMap({ Int($0) }), length >= 0
    else { return nil }
    let (limit, overflow) = length.multipliedReportingOverflow(
      by: TransportRules.maximumDecompressionRatio)
    return overflow ? nil : limit
  }

  /// What Foundation says when no connection comes about: nothing reached the server.
  private static let unsent: Set<URLError.Code> = [
    .cannotConnectToHost, .cannotFindHost, .dnsLookupFailed, .secureConnectionFailed,
    .serverCertificateUntrusted, .serverCertificateHasBadDate, .serverCertificateHasUnknownRoot,
    .serverCertificateNotYetValid, .notConnectedToInternet,
  ]

  private static func translate(_ error: any Error) -> any Error {
    guard let error = error as? URLError else {
      return TransportError(.broken, "the connection failed with \(type(of: error))")
    }
    let text = error.localizedDescription
    switch error.code {
    case .cancelled: return CancellationError()
    case .badURL: return TransportError(.invalidRequest, text)
    case .timedOut: return TransportError(.timeout, "no response in time")
    case let code where unsent.contains(code): return TransportError(.connect, text)
    default: return TransportError(.broken, text)
    }
  }
}

/// The parts of a response body. Dropping it unread ends the exchange.
struct URLSessionParts: AsyncSequence, Sendable {
  let reader: Reader

  final class Reader: Sendable {
    let exchange: URLSessionExchange
    init(_ exchange: URLSessionExchange) { self.exchange = exchange }
    deinit { exchange.fail(CancellationError()) }
  }

  struct Iterator: AsyncIteratorProtocol {
    let reader: Reader
    mutating func next() async throws -> [UInt8]? { try await reader.exchange.next() }
  }

  func makeAsyncIterator() -> Iterator { Iterator(reader: reader) }
}

extension HTTPResponse {
  /// nil when the status is not a number of three digits, which the type would not survive.
  init?(_ response: HTTPURLResponse) {
    guard (100...999).contains(response.statusCode) else { return nil }
    self.init(status: .init(code: response.statusCode))
    for (name, value) in response.allHeaderFields {
      guard let name = (name as? String).flatMap({ HTTPField.Name($0) }),
        let value = value as? String
      else { continue }
      headerFields.append(HTTPField(name: name, value: value))
    }
  }
}
