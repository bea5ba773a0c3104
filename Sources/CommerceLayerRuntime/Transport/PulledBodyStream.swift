#if canImport(FoundationNetworking)
  import Dispatch
  import Foundation
  import Synchronization

  /// A request body as the stream Foundation on Linux reads it by: on a thread of the session, as
  /// fast as the connection takes it. Apple's Foundation does not take subclasses of streams.
  final class PulledBodyStream: InputStream {
    let pipe = BodyPipe()

    /// - Parameter onFailure: what is to happen when the content cannot be made, or is not as long
    ///   as announced. The reader is told the same by an error.
    init(_ body: RequestBody, onFailure: @escaping @Sendable (any Error) -> Void) {
      super.init(data: Data())
      let producer = Task { [pipe] in
        do {
          var count = 0
          for try await part in body.makeStream() {
            count += part.count
            if let length = body.length, count > length { break }
            guard await pipe.put(part) else { return }
          }
          try Task.checkCancellation()
          if let length = body.length, count != length {
            throw TransportError(
              .broken, "the content of the request is not \(length) bytes long as announced")
          }
          pipe.finish()
        } catch {
          pipe.abort()
          onFailure(error)
        }
      }
      pipe.whenAborted { producer.cancel() }
    }

    override func open() {}
    override func close() {}
    override var streamStatus: Stream.Status { .open }
    override var streamError: (any Error)? { nil }
    override var hasBytesAvailable: Bool { true }

    override func read(_ buffer: UnsafeMutablePointer<UInt8>, maxLength: Int) -> Int {
      pipe.read(into: UnsafeMutableBufferPointer(start: buffer, count: maxLength))
    }
  }

  /// One part at a time from a task that makes content to a thread that reads it.
  final class BodyPipe: Sendable {
    private struct State {
      var part: ArraySlice<UInt8> = []
      var producer: CheckedContinuation<Bool, Never>?
      var isFinished = false
      var isAborted = false
      var cleanup: [@Sendable () -> Void] = []
    }
    private let state = Mutex(State())
    private let somethingNew = DispatchSemaphore(value: 0)

    /// Hands a part over and waits until it was read.
    /// - Returns: false when nobody reads any more.
    func put(_ part: [UInt8]) async -> Bool {
      if part.isEmpty { return true }
      return await withCheckedContinuation { continuation in
        let isAborted = state.withLock { state in
          if !state.isAborted {
            state.part = part[...]
            state.producer = continuation
          }
          return state.isAborted
        }
        if isAborted { continuation.resume(returning: false) } else { somethingNew.signal() }
      }
    }

    /// There is nothing more to come.
    func finish() {
      state.withLock { $0.isFinished = true }
      somethingNew.signal()
    }

    /// Ends both sides: the reader with an error.
    func abort() {
      let (producer, cleanup) = state.withLock { state in
        let hadFinished = state.isFinished && state.part.isEmpty
        state.isAborted = state.isAborted || !hadFinished
        defer { (state.producer, state.cleanup) = (nil, []) }
        return (state.producer, state.cleanup)
      }
      producer?.resume(returning: false)
      for work in cleanup { work() }
      somethingNew.signal()
    }

    func whenAborted(_ work: @escaping @Sendable () -> Void) {
      let isAborted = state.withLock { state in
        if !state.isAborted { state.cleanup.append(work) }
        return state.isAborted
      }
      if isAborted { work() }
    }

    /// Waits for bytes.
    /// - Returns: how many; 0 at the end; -1 when there will be no end.
    func read(into buffer: UnsafeMutableBufferPointer<UInt8>) -> Int {
      while true {
        let (count, producer) = state.withLock {
          state -> (Int?, CheckedContinuation<Bool, Never>?) in
          if state.isAborted { return (-1, nil) }
          if !state.part.isEmpty {
            let count = min(buffer.count, state.part.count)
            _ = buffer.update(fromContentsOf: state.part.prefix(count))
            state.part = state.part.dropFirst(count)
            guard state.part.isEmpty else { return (count, nil) }
            defer { state.producer = nil }
            return (count, state.producer)
          }
          return (state.isFinished ? 0 : nil, nil)
        }
        producer?.resume(returning: true)
        if let count { return count }
        somethingNew.wait()
      }
    }
  }
#endif
