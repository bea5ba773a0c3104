import CommerceLayerRuntime
import HTTPTypes

extension TransportRequirement {
  static let cancellation = [
    TransportRequirement(
      "aCancelledCallSendsNothing", needsSocket: false,
      CancellationRequirements.aCancelledCallSendsNothing),
    TransportRequirement(
      "cancellingWhileWaitingEndsIt", needsSocket: false,
      CancellationRequirements.cancellingWhileWaitingEndsIt),
    TransportRequirement(
      "cancellingWhileConnectingEndsIt", CancellationRequirements.cancellingWhileConnectingEndsIt),
    TransportRequirement(
      "cancellingWhileSendingEndsIt", CancellationRequirements.cancellingWhileSendingEndsIt),
    TransportRequirement(
      "cancellingBeforeTheHeadCloses", CancellationRequirements.cancellingBeforeTheHeadCloses),
    TransportRequirement(
      "cancellingAmidBodyCloses", CancellationRequirements.cancellingAmidBodyCloses),
    TransportRequirement(
      "droppingTheBodyCloses", CancellationRequirements.droppingTheBodyCloses),
  ]
}

/// Cancelling ends an exchange at every stage, with `CancellationError`, and closes its connection.
enum CancellationRequirements {
  /// A call in a task that is cancelled already sends nothing.
  static func aCancelledCallSendsNothing(_ bench: RequirementBench) async throws {
    let seen = Seen()
    let (transport, port) = try await bench.responding { request, body in
      seen.add(request, body)
      return (HTTPResponse(status: .ok), [])
    }
    let call = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return await bench.outcome(transport, .to(port, .post), body: RequestBody([1]))
    }
    let outcome = await call.value
    try require(outcome.isCancellation, "it ended with \(outcome)")
    try require(seen.last == nil, "a request was sent")
  }

  /// A call that waits for its response ends when it is cancelled.
  static func cancellingWhileWaitingEndsIt(_ bench: RequirementBench) async throws {
    let arrived = Signal()
    let (transport, port) = try await bench.responding { _, _ in
      arrived.fire()
      try await Task.sleep(for: .seconds(3600))
      return (HTTPResponse(status: .ok), [])
    }
    let call = Task { await bench.outcome(transport, .to(port)) }
    await arrived.wait()
    call.cancel()
    let outcome = await call.value
    try require(outcome.isCancellation, "it ended with \(outcome)")
  }

  /// A call whose connection does not come about ends when it is cancelled.
  static func cancellingWhileConnectingEndsIt(_ bench: RequirementBench) async throws {
    let server = try await DeafServer(isFull: true)
    let transport = try bench.transport()
    let port = server.port
    let call = Task { await bench.outcome(transport, .to(port)) }
    try await Task.sleep(for: .milliseconds(50))
    call.cancel()
    let outcome = await call.value
    try await server.stop()
    try require(outcome.isCancellation, "it ended with \(outcome)")
  }

  /// A call whose body is not taken ends when it is cancelled, with its connection.
  static func cancellingWhileSendingEndsIt(_ bench: RequirementBench) async throws {
    let (begun, over) = (Signal(), Signal())
    let server = try await bench.serve { connection in
      _ = try await connection.readHead()
      begun.fire()
      await over.wait()
      try await connection.waitForClose()
    }
    let transport = try bench.transport()
    let call = Task {
      await bench.outcome(
        transport, .to(server.port, .post),
        body: RequestBody([UInt8](repeating: 0x20, count: 64 << 20)))
    }
    await begun.wait()
    call.cancel()
    let outcome = await call.value
    try require(outcome.isCancellation, "it ended with \(outcome)")
    over.fire()
    await server.connectionEnded()
  }

  /// A call that waits for the head of its response closes its connection when it is cancelled.
  static func cancellingBeforeTheHeadCloses(_ bench: RequirementBench) async throws {
    let arrived = Signal()
    let server = try await bench.serve { connection in
      _ = try await connection.readRequest()
      arrived.fire()
      try await connection.waitForClose()
    }
    let transport = try bench.transport()
    let call = Task { await bench.outcome(transport, .to(server.port)) }
    await arrived.wait()
    call.cancel()
    let outcome = await call.value
    try require(outcome.isCancellation, "it ended with \(outcome)")
    await server.connectionEnded()
  }

  /// A call that reads the body of its response closes its connection when it is cancelled.
  static func cancellingAmidBodyCloses(_ bench: RequirementBench) async throws {
    let server = try await bench.serve { connection in
      _ = try await connection.readRequest()
      try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
      try await connection.waitForClose()
    }
    let transport = try bench.transport()
    let begun = Signal()
    let call = Task { () -> RequirementBench.Outcome in
      do {
        let response = try await transport.send(.to(server.port), body: nil, timeouts: .init())
        for try await _ in response.body { begun.fire() }
        try Task.checkCancellation()
        return .response(response.head, [])
      } catch {
        return .failure(error)
      }
    }
    await begun.wait()
    call.cancel()
    let outcome = await call.value
    try require(outcome.isCancellation, "it ended with \(outcome)")
    await server.connectionEnded()
  }

  /// A response whose body is dropped, unread or half read, closes its connection.
  static func droppingTheBodyCloses(_ bench: RequirementBench) async throws {
    for reads in [false, true] {
      let server = try await bench.serve { connection in
        _ = try await connection.readRequest()
        try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
        try await connection.waitForClose()
      }
      let transport = try bench.transport()
      func use() async throws {
        let response = try await transport.send(.to(server.port), body: nil, timeouts: .init())
        if reads { for try await _ in response.body { break } }
      }
      try await use()
      await server.connectionEnded()
    }
  }
}
