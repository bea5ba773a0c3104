import CommerceLayerRuntime
import HTTPTypes

extension TransportRequirement {
  static let breakage = [
    TransportRequirement("nobodyListensIsUnsent", BreakageRequirements.nobodyListensIsUnsent),
    TransportRequirement(
      "aBrokenExchangeIsNotUnsent", BreakageRequirements.aBrokenExchangeIsNotUnsent),
    TransportRequirement(
      "aResetBeforeAcceptingIsNotAResponse",
      BreakageRequirements.aResetBeforeAcceptingIsNotAResponse),
    TransportRequirement("anEndAmidTheHeadIsBroken", BreakageRequirements.anEndAmidTheHeadIsBroken),
    TransportRequirement(
      "aResetAmidTheHeadIsBroken", BreakageRequirements.aResetAmidTheHeadIsBroken),
    TransportRequirement(
      "anEndAfterAnInterimResponseIsBroken",
      BreakageRequirements.anEndAfterAnInterimResponseIsBroken),
    TransportRequirement(
      "aResponseThatBreaksOffIsBroken", BreakageRequirements.aResponseThatBreaksOffIsBroken),
  ]
}

/// Connections that break, at every stage. What counts is what the caller may conclude: a request
/// that is certainly unsent may be repeated, any other only when twice is harmless.
enum BreakageRequirements {
  /// Where nobody listens, the request is known to be unsent.
  static func nobodyListensIsUnsent(_ bench: RequirementBench) async throws {
    let port = try await LoopbackServer.closedPort()
    let outcome = await bench.outcome(
      try bench.transport(), .to(port, .post), body: RequestBody([0x7B, 0x7D]))
    try require(outcome.kind == .connect, "it ended with \(outcome)")
  }

  /// A connection that was made and then ends or is reset before a response, before or after the
  /// request was read, in its middle or behind it: broken, and never said to be unsent.
  static func aBrokenExchangeIsNotUnsent(_ bench: RequirementBench) async throws {
    typealias Stage = @Sendable (LoopbackConnection) async throws -> Void
    let stages: [(String, Stage)] = [
      ("before reading", { _ in }),
      ("after the head", { _ = try await $0.readHead() }),
      (
        "amid the body",
        {
          _ = try await $0.readHead(); _ = try await $0.readSome()
        }
      ),
      ("after the request", { _ = try await $0.readRequest() }),
    ]
    for (name, stage) in stages {
      for isReset in [false, true] {
        for size in [2, 1 << 20] {
          let server = try await bench.serve { connection in
            try await stage(connection)
            if isReset { try await connection.reset() }
          }
          let outcome = await bench.outcome(
            try bench.transport(), .to(server.port, .post),
            body: RequestBody([UInt8](repeating: 0x20, count: size)))
          try require(
            outcome.kind == .broken,
            "\(isReset ? "a reset" : "an end") \(name) with \(size) bytes of body: \(outcome)")
        }
      }
    }
  }

  /// A response that ends amid its status line or its headers is broken.
  static func anEndAmidTheHeadIsBroken(_ bench: RequirementBench) async throws {
    for text in [
      "HTTP/1.1 20", "HTTP/1.1 200 OK\r\nX-Re", "HTTP/1.1 200 OK\r\nX-Request-Id: r\r\n",
    ] {
      let outcome = try await bench.outcome(responding: text, .post)
      try require(outcome.kind == .broken, "'\(text.debugDescription)' ended with \(outcome)")
    }
  }

  /// A response that is reset amid its status line or its headers is broken.
  static func aResetAmidTheHeadIsBroken(_ bench: RequirementBench) async throws {
    for text in ["HTTP/1.1 20", "HTTP/1.1 200 OK\r\nX-Re"] {
      let server = try await bench.serve { connection in
        guard try await connection.readRequest() != nil else { return }
        try await connection.send(text)
        try await connection.reset()
      }
      let outcome = await bench.outcome(try bench.transport(), .to(server.port, .post))
      try require(outcome.kind == .broken, "'\(text.debugDescription)' ended with \(outcome)")
    }
  }

  /// A connection that ends after `100 Continue` is broken like any other.
  static func anEndAfterAnInterimResponseIsBroken(_ bench: RequirementBench) async throws {
    let outcome = try await bench.outcome(responding: "HTTP/1.1 100 Continue\r\n\r\n", .post)
    try require(outcome.kind == .broken, "it ended with \(outcome)")
  }

  /// A connection that waits to be accepted and is reset instead: an error; nobody read the request.
  static func aResetBeforeAcceptingIsNotAResponse(_ bench: RequirementBench) async throws {
    let server = try await DeafServer(isFull: false)
    let transport = try bench.transport()
    let port = server.port
    let exchange = Task { await bench.outcome(transport, .to(port)) }
    try await Task.sleep(for: .milliseconds(50))
    try await server.stop()
    let outcome = await exchange.value
    try require(
      outcome.kind == .broken || outcome.kind == .connect, "it ended with \(outcome)")
  }

  /// A response that ends or is reset amid its body is broken: what came until then is handed
  /// over part by part, but its end is an error.
  static func aResponseThatBreaksOffIsBroken(_ bench: RequirementBench) async throws {
    for framing in [
      "Content-Length: 100\r\n\r\nabc", "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
    ] {
      for isReset in [false, true] {
        let came = Signal()
        let server = try await bench.serve { connection in
          _ = try await connection.readRequest()
          try await connection.send("HTTP/1.1 200 OK\r\n\(framing)")
          await came.wait()
          if isReset { try await connection.reset() }
        }
        var bytes: [UInt8] = []
        do {
          let response = try await bench.transport().send(
            .to(server.port), body: nil, timeouts: .init())
          for try await part in response.body {
            bytes += part
            if bytes.count == 3 { came.fire() }
          }
          throw ConformanceFailure("half a response was taken for a whole one")
        } catch let error as TransportError {
          came.fire()
          try require(error.kind == .broken, "it ended with \(error.kind): \(error)")
        }
        try require(bytes == Array("abc".utf8), "what came before the end is lost")
      }
    }
  }
}
