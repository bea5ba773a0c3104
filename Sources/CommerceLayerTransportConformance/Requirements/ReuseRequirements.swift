import CommerceLayerRuntime
import HTTPTypes

extension TransportRequirement {
  static let reuse = [
    TransportRequirement("usesAConnectionAgain", ReuseRequirements.usesAConnectionAgain),
    TransportRequirement(
      "aClosedConnectionIsReplaced", ReuseRequirements.aClosedConnectionIsReplaced),
    TransportRequirement("neverSendsAWriteTwice", ReuseRequirements.neverSendsAWriteTwice),
    TransportRequirement(
      "aResponseTooManyIsNobodys", ReuseRequirements.aResponseTooManyIsNobodys),
  ]
}

/// Connections that serve more than one request.
enum ReuseRequirements {
  private static let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

  /// Reads one after the other go over one connection.
  static func usesAConnectionAgain(_ bench: RequirementBench) async throws {
    let server = try await bench.serve { connection in
      while try await connection.readRequest() != nil { try await connection.send(ok) }
    }
    let transport = try bench.transport()
    for _ in 0..<5 {
      let outcome = await bench.outcome(transport, .to(server.port))
      guard case .response = outcome else { throw ConformanceFailure("it ended with \(outcome)") }
    }
    try require(server.accepted == 1, "5 reads took \(server.accepted) connections")
  }

  /// A server closes connections that it kept for a while. The next request gets a new one, or fails
  /// as broken when the end had not been noticed yet; it is on the wire at most once.
  static func aClosedConnectionIsReplaced(_ bench: RequirementBench) async throws {
    for method in [HTTPRequest.Method.get, .post] {
      let server = try await bench.serve { connection in
        guard try await connection.readRequest() != nil else { return }
        try await connection.send(ok)
        if connection.number > 1 { try await connection.waitForClose() }
      }
      let transport = try bench.transport()
      func once() async -> RequirementBench.Outcome {
        await bench.outcome(
          transport, .to(server.port, method), body: method == .post ? RequestBody([1]) : nil)
      }
      guard case .response = await once() else {
        throw ConformanceFailure("the first request failed")
      }
      await server.connectionEnded()
      let outcome = await once()
      if case .response = outcome {
        try require(server.requests.count == 2, "\(server.requests.count) requests were sent")
      } else {
        try require(outcome.kind == .broken, "it ended with \(outcome)")
        try require(server.requests.count == 1, "a request that failed was sent after all")
      }
    }
  }

  /// A write whose connection breaks without a response may have been processed. It is never sent
  /// again by the transport itself, also not over a connection that had been kept.
  static func neverSendsAWriteTwice(_ bench: RequirementBench) async throws {
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
        guard case .response = await bench.outcome(transport, .to(server.port)) else {
          throw ConformanceFailure("the read before failed")
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

  /// What a server sends beyond its response is not taken for the response to the next request.
  static func aResponseTooManyIsNobodys(_ bench: RequirementBench) async throws {
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
      if case .response(_, let bytes) = outcome {
        let text = String(decoding: bytes, as: UTF8.self)
        try require(text == "ok", "\(path) got '\(text)'")
      } else {
        try require(outcome.kind == .broken, "\(path) ended with \(outcome)")
      }
    }
  }
}
