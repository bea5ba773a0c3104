import CommerceLayerRuntime
import HTTPTypes

extension TransportLaw {
  static let reuse = [
    TransportLaw("usesAConnectionAgain", ReuseLaws.usesAConnectionAgain),
    TransportLaw("aClosedConnectionIsReplaced", ReuseLaws.aClosedConnectionIsReplaced),
    TransportLaw("neverSendsAWriteTwice", ReuseLaws.neverSendsAWriteTwice),
    TransportLaw("anAnswerTooManyIsNobodys", ReuseLaws.anAnswerTooManyIsNobodys),
  ]
}

/// Connections that serve more than one request.
enum ReuseLaws {
  private static let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

  /// Reads one after the other go over one connection.
  static func usesAConnectionAgain(_ bench: LawBench) async throws {
    let server = try await bench.serve { connection in
      while try await connection.readRequest() != nil { try await connection.send(ok) }
    }
    let transport = try bench.transport()
    for _ in 0..<5 {
      let outcome = await bench.outcome(transport, .to(server.port))
      guard case .answer = outcome else { throw LawViolation("it ended with \(outcome)") }
    }
    try require(server.accepted == 1, "5 reads took \(server.accepted) connections")
  }

  /// A server closes connections that it kept for a while. The next request gets a new one, or fails
  /// as broken when the end had not been noticed yet; it is on the wire at most once.
  static func aClosedConnectionIsReplaced(_ bench: LawBench) async throws {
    for method in [HTTPRequest.Method.get, .post] {
      let server = try await bench.serve { connection in
        guard try await connection.readRequest() != nil else { return }
        try await connection.send(ok)
        if connection.number > 1 { try await connection.waitForClose() }
      }
      let transport = try bench.transport()
      func once() async -> LawBench.Outcome {
        await bench.outcome(
          transport, .to(server.port, method), body: method == .post ? RequestBody([1]) : nil)
      }
      guard case .answer = await once() else { throw LawViolation("the first request failed") }
      await server.connectionEnded()
      let outcome = await once()
      if case .answer = outcome {
        try require(server.requests.count == 2, "\(server.requests.count) requests were sent")
      } else {
        try require(outcome.kind == .broken, "it ended with \(outcome)")
        try require(server.requests.count == 1, "a request that failed was sent after all")
      }
    }
  }

  /// A write whose connection breaks without an answer may have been processed. It is never sent
  /// again by the transport itself, also not over a connection that had been kept.
  static func neverSendsAWriteTwice(_ bench: LawBench) async throws {
    for method in [HTTPRequest.Method.post, .patch, .delete] {
      for isReset in [false, true] {
        let server = try await bench.serve { connection in
          while let request = try await connection.readRequest() {
            guard request.method == "GET" else { break }
            try await connection.send(ok)
          }
          if isReset { try await connection.reset() }
        }
        let transport = try bench.transport()
        guard case .answer = await bench.outcome(transport, .to(server.port)) else {
          throw LawViolation("the read before failed")
        }
        let outcome = await bench.outcome(
          transport, .to(server.port, method),
          body: method == .delete ? nil : RequestBody([0x7B, 0x7D]))
        try require(outcome.kind == .broken, "\(method) ended with \(outcome)")
        let writes = server.requests.filter { $0.method == method.rawValue }
        try require(writes.count == 1, "\(method) was sent \(writes.count) times")
      }
    }
  }

  /// What a server sends beyond its answer is not taken for the answer to the next request.
  static func anAnswerTooManyIsNobodys(_ bench: LawBench) async throws {
    let evil = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"
    let server = try await bench.serve { connection in
      while let request = try await connection.readRequest() {
        let isFirst = request.lines[0].contains("/first")
        try await connection.send(isFirst ? ok + evil : ok)
      }
    }
    let transport = try bench.transport()
    for path in ["/first", "/second"] {
      let outcome = await bench.outcome(transport, .to(server.port, .get, path))
      if case .answer(_, let bytes) = outcome {
        let text = String(decoding: bytes, as: UTF8.self)
        try require(text == "ok", "\(path) got '\(text)'")
      } else {
        try require(outcome.kind == .broken, "\(path) ended with \(outcome)")
      }
    }
  }
}
