import AsyncHTTPClient
import CommerceLayerRuntime
import NIOCore
import Synchronization

/// The body of a request, in parts: written as a whole, a large one could not be stopped by an
/// early response or a time limit.
///
/// AsyncHTTPClient asks for the next part as soon as it has put one into its event loop's queue; while
/// the loop is busy nothing stops it, and all of a large body is in memory, where an early response
/// that closes the connection is lost with it. So each part waits until the loop has dealt with the
/// one before: then the connection has said whether it takes more.
struct OutgoingParts: AsyncSequence, Sendable {
  /// The most bytes of a part: 256 KiB. Each costs several changes of threads, and what is on its way when
  /// an exchange ends early is lost.
  static let maximumPartBytes = 256 << 10

  /// What the stream of the body threw, so that it is not taken for a failure of the connection.
  struct MakingFailed: Error {
    let underlying: any Error
  }

  let body: RequestBody
  let progress: UploadProgress
  let loop: any EventLoop

  func makeAsyncIterator() -> Iterator {
    Iterator(
      made: body.bytes == nil ? body.makeStream().makeAsyncIterator() : nil,
      rest: (body.bytes ?? [])[...], progress: progress, loop: loop)
  }

  struct Iterator: AsyncIteratorProtocol {
    var made: AsyncThrowingStream<[UInt8], any Error>.AsyncIterator?
    var rest: ArraySlice<UInt8>
    let progress: UploadProgress
    let loop: any EventLoop

    mutating func next() async throws -> ByteBuffer? {
      try await loop.submit {}.get()
      progress.ask()
      let part = try await make()
      progress.hand(isLast: part == nil)
      return part
    }

    private mutating func make() async throws -> ByteBuffer? {
      while rest.isEmpty {
        do {
          guard let part = try await made?.next() else { return nil }
          rest = part[...]
        } catch {
          throw MakingFailed(underlying: error)
        }
      }
      let part = rest.prefix(OutgoingParts.maximumPartBytes)
      rest = rest.dropFirst(part.count)
      return ByteBuffer(bytes: part)
    }
  }
}

/// Whether the body of a request is being taken.
final class UploadProgress: Sendable {
  private enum Holder { case maker, server, nobody }
  private struct State {
    var handed = 0
    var holder = Holder.nobody
    var hasStalled = false
  }
  private let state = Mutex(State())

  var hasStalled: Bool { state.withLock { $0.hasStalled } }

  /// A part is asked for: what was handed over is taken.
  func ask() { state.withLock { $0.holder = .maker } }

  func hand(isLast: Bool) {
    state.withLock { state in
      state.handed += 1
      state.holder = isLast ? .nobody : .server
    }
  }

  /// Waits until one part has not been taken for as long as `idle`, which is noticed after twice the
  /// time at the latest.
  func stalls(for idle: Duration) async throws -> Bool {
    while true {
      let before = state.withLock { $0.handed }
      try await Task.sleep(for: idle)
      let hasStalled = state.withLock { state in
        state.hasStalled = state.holder == .server && state.handed == before
        return state.hasStalled
      }
      if hasStalled { return true }
    }
  }
}

/// The parts of a response's body, read only as fast as they are asked for.
struct Parts: AsyncSequence, Sendable {
  let body: HTTPClientResponse.Body
  /// AsyncHTTPClient's own deadline ends with the head.
  let deadline: NIODeadline
  /// Keeps the connections open until the body is read.
  let owner: AsyncHTTPClientTransport

  func makeAsyncIterator() -> Iterator {
    Iterator(base: body.makeAsyncIterator(), deadline: deadline, owner: owner)
  }

  struct Iterator: AsyncIteratorProtocol {
    var base: HTTPClientResponse.Body.AsyncIterator
    let deadline: NIODeadline
    let owner: AsyncHTTPClientTransport

    mutating func next() async throws -> [UInt8]? {
      // Looked at with each part: what sends too slowly for the deadline sends parts, or runs into
      // the idle limit.
      guard NIODeadline.now() < deadline else {
        throw TransportError(.timeout, "no complete response in time")
      }
      do {
        return try await base.next().map { Array($0.readableBytesView) }
      } catch {
        throw TransportErrors.translate(error)
      }
    }
  }
}
