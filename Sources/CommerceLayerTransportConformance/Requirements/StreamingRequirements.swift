import CommerceLayerRuntime
import HTTPTypes
import Synchronization

extension TransportRequirement {
  static let streaming = [
    TransportRequirement("bodyArrivesAsItIsSent", StreamingRequirements.bodyArrivesAsItIsSent),
    TransportRequirement("aSlowReaderBoundsMemory", StreamingRequirements.aSlowReaderBoundsMemory),
    TransportRequirement(
      "aSlowReaderHoldsTheServerBack", StreamingRequirements.aSlowReaderHoldsTheServerBack),
    TransportRequirement("bodyIsSentAsItIsMade", StreamingRequirements.bodyIsSentAsItIsMade),
    TransportRequirement(
      "aSlowServerHoldsBackTheBody", StreamingRequirements.aSlowServerHoldsBackTheBody),
    TransportRequirement(
      "bodyOfAWrongLengthIsBroken", StreamingRequirements.bodyOfAWrongLengthIsBroken),
    TransportRequirement(
      "bodyThatFailsIsNotSent", StreamingRequirements.bodyThatFailsIsNotSent),
    TransportRequirement(
      "anEarlyResponseIsDelivered", StreamingRequirements.anEarlyResponseIsDelivered),
  ]
}

/// Contents that are never in memory as a whole.
enum StreamingRequirements {
  /// The head is there before the body, and each part of the body before the next is sent.
  static func bodyArrivesAsItIsSent(_ bench: RequirementBench) async throws {
    let (head, first) = (Signal(), Signal())
    let server = try await bench.serve { connection in
      _ = try await connection.readRequest()
      try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n")
      await head.wait()
      try await connection.send("a")
      await first.wait()
      try await connection.send("b")
    }
    let response = try await bench.transport().send(.to(server.port), body: nil, timeouts: .init())
    head.fire()
    var text = ""
    for try await part in response.body {
      text += String(decoding: part, as: UTF8.self)
      first.fire()
    }
    try require(text == "ab", "the body came as '\(text)'")
  }

  private static let part = [UInt8](repeating: 0x78, count: 1 << 16)

  /// Sends without end to a client that reads the head alone.
  /// - Returns: how much went out, and how reading on ended; nil when it could be read on.
  private static func flood(_ bench: RequirementBench) async throws -> (Int, TransportError.Kind?) {
    let sent = Counter()
    let server = try await bench.serve { connection in
      _ = try await connection.readRequest()
      try await connection.send("HTTP/1.1 200 OK\r\n\r\n")
      while true {
        try await connection.send(part)
        sent.add(part.count)
      }
    }
    let response = try await bench.transport().send(.to(server.port), body: nil, timeouts: .init())
    let total = try await settled { sent.count }
    do {
      var iterator = response.body.makeAsyncIterator()
      _ = try await iterator.next()
      return (total, nil)
    } catch let error as TransportError {
      await server.connectionEnded()
      return (total, error.kind)
    }
  }

  /// Of an endless response that nobody reads, a bounded part is kept: at most 64 MiB. The exchange
  /// waits for its reader, or fails as too large and closes its connection.
  static func aSlowReaderBoundsMemory(_ bench: RequirementBench) async throws {
    let (sent, kind) = try await flood(bench)
    let limit = TransportRules.maximumUnreadBytes + (32 << 20)
    try require(
      kind == .tooLarge || kind == nil && sent < limit,
      "\(sent) bytes went out, then it ended as \(String(describing: kind))")
  }

  /// Of a response that nobody reads, no more is taken than fits into the buffers of both systems:
  /// below 48 MiB. The exchange goes on once it is read.
  static func aSlowReaderHoldsTheServerBack(_ bench: RequirementBench) async throws {
    let (sent, kind) = try await flood(bench)
    try require(kind == nil, "reading on ended as \(String(describing: kind))")
    try require(sent < 48 << 20, "\(sent) bytes were taken")
  }

  /// A body that is made while it is sent: each part arrives before the next is made. A length that
  /// is known is announced, or the body goes out in chunks.
  static func bodyIsSentAsItIsMade(_ bench: RequirementBench) async throws {
    for length in [2, nil] {
      let arrived = Signal()
      let server = try await bench.serve { connection in
        guard let head = try await connection.readHead() else { return }
        if head.lowercased().contains("transfer-encoding: chunked") {
          let first = try await connection.readChunk()
          arrived.fire()
          let second = try await connection.readChunk()
          let third = try await connection.readChunk()
          guard first == [0x61], second == [0x62], third == [] else { return }
        } else {
          guard try await connection.readSome() == [0x61] else { return }
          arrived.fire()
          guard try await connection.readSome() == [0x62] else { return }
        }
        try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        try await connection.waitForClose()
      }
      let next = Counter()
      let body = RequestBody(length: length) {
        AsyncThrowingStream {
          switch next.add() {
          case 1: return [0x61]
          case 2:
            await arrived.wait()
            return [0x62]
          default: return nil
          }
        }
      }
      let outcome = await bench.outcome(
        try bench.transport(), .to(server.port, .post), body: body)
      guard case .response(let head, _) = outcome, head.status.code == 200 else {
        throw ConformanceFailure(
          "a body of length \(length.map(String.init) ?? "unknown"): \(outcome)")
      }
    }
  }

  /// A server that does not take the body holds back whoever makes it: below 16 MiB are made ahead.
  static func aSlowServerHoldsBackTheBody(_ bench: RequirementBench) async throws {
    let (made, over) = (Counter(), Signal())
    let server = try await bench.serve { connection in
      _ = try await connection.readHead()
      await over.wait()
    }
    let body = RequestBody(length: nil) {
      AsyncThrowingStream {
        made.add(part.count)
        return part
      }
    }
    let transport = try bench.transport()
    let call = Task { await bench.outcome(transport, .to(server.port, .post), body: body) }
    while made.count == 0 { await Task.yield() }
    let total = try await settled { made.count }
    call.cancel()
    over.fire()
    let outcome = await call.value
    try require(total < 16 << 20, "\(total) bytes were made")
    try require(outcome.isCancellation, "cancelling ended with \(outcome)")
  }

  /// A body that is shorter or longer than announced is an error, and the server does not see a
  /// whole request.
  static func bodyOfAWrongLengthIsBroken(_ bench: RequirementBench) async throws {
    for length in [1, 5] {
      let server = try await bench.serve { connection in
        guard let request = try await connection.readRequest() else { return }
        // Too long and cut to its length is a request all the same.
        if request.body.count != length { try await connection.send("HTTP/1.1 200 OK\r\n\r\n") }
        try await connection.waitForClose()
      }
      let body = RequestBody(length: length) {
        AsyncThrowingStream { continuation in
          continuation.yield([1, 2, 3])
          continuation.finish()
        }
      }
      let outcome = await bench.outcome(
        try bench.transport(), .to(server.port, .post), body: body)
      try require(outcome.kind == .broken, "3 bytes announced as \(length): \(outcome)")
    }
  }

  /// When the body cannot be made, the call ends with that error, and the server does not see a
  /// whole request.
  static func bodyThatFailsIsNotSent(_ bench: RequirementBench) async throws {
    struct NoMore: Error {}
    let server = try await bench.serve { connection in
      guard try await connection.readRequest() != nil else { return }
      try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    }
    let body = RequestBody(length: nil) {
      AsyncThrowingStream { continuation in
        continuation.yield([1, 2, 3])
        continuation.finish(throwing: NoMore())
      }
    }
    let outcome = await bench.outcome(try bench.transport(), .to(server.port, .post), body: body)
    guard case .failure(let error) = outcome else {
      throw ConformanceFailure("it ended with \(outcome)")
    }
    try require(error is NoMore, "the call ended with \(type(of: error))")
    // A transport that makes the body first has not even connected.
    if server.accepted > 0 { await server.connectionEnded() }
    try require(server.requests.isEmpty, "a whole request arrived")
  }

  /// A server that rejects a request before it has all of it: its response is delivered, be the
  /// connection then closed or kept.
  static func anEarlyResponseIsDelivered(_ bench: RequirementBench) async throws {
    let response = "HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nno!"
    for isStreamed in [false, true] {
      let server = try await bench.serve { connection in
        _ = try await connection.readHead()
        try await connection.send(response)
        try await connection.finishAndDrain()
      }
      let size = 32 << 20
      let sent = Counter()
      let stream = RequestBody(length: size) {
        AsyncThrowingStream { sent.add(part.count) <= size ? part : nil }
      }
      let outcome = await bench.outcome(
        try bench.transport(), .to(server.port, .post),
        body: isStreamed ? stream : RequestBody([UInt8](repeating: 0x20, count: size)))
      guard case .response(let head, let bytes) = outcome else {
        throw ConformanceFailure("it ended with \(outcome)")
      }
      try require(head.status.code == 413, "it came back with \(head.status.code)")
      try require(bytes == Array("no!".utf8), "its body is lost")
    }
  }
}
