import CommerceLayerRuntime
import HTTPTypes

extension TransportRequirement {
  static let limits = [
    TransportRequirement(
      "collectingStopsAtItsLimit", needsSocket: false, LimitRequirements.collectingStopsAtItsLimit),
    TransportRequirement("anEndlessResponseIsCutOff", LimitRequirements.anEndlessResponseIsCutOff),
    TransportRequirement("aLargeHeadIsRejected", LimitRequirements.aLargeHeadIsRejected),
    TransportRequirement("anEndlessHeadIsRejected", LimitRequirements.anEndlessHeadIsRejected),
  ]
}

/// How large responses may be.
enum LimitRequirements {
  /// Reading up to a limit ends there: too large.
  static func collectingStopsAtItsLimit(_ bench: RequirementBench) async throws {
    let (transport, port) = try await bench.responding { _, _ in
      (HTTPResponse(status: .ok), [UInt8](repeating: 0x78, count: 1 << 20))
    }
    let outcome = await bench.outcome(transport, .to(port), upTo: 1000)
    try require(outcome.kind == .tooLarge, "it ended with \(outcome)")
    let whole = await bench.outcome(transport, .to(port), upTo: 1 << 20)
    guard case .response = whole else {
      throw ConformanceFailure("at the limit it ended with \(whole)")
    }
  }

  /// A response without end is read up to the limit, then its connection is closed.
  static func anEndlessResponseIsCutOff(_ bench: RequirementBench) async throws {
    for framing in ["\r\n", "Transfer-Encoding: chunked\r\n\r\n"] {
      let part = [UInt8](repeating: 0x78, count: 0x1000)
      let isChunked = framing != "\r\n"
      let server = try await bench.serve { connection in
        _ = try await connection.readRequest()
        try await connection.send("HTTP/1.1 200 OK\r\n\(framing)")
        while true {
          try await connection.send(
            isChunked ? Array("1000\r\n".utf8) + part + Array("\r\n".utf8) : part)
        }
      }
      let outcome = await bench.outcome(try bench.transport(), .to(server.port), upTo: 1 << 20)
      try require(outcome.kind == .tooLarge, "it ended with \(outcome)")
      await server.connectionEnded()
    }
  }

  /// A head of more than 64 KiB is rejected, be it one header or many; one of half that is not.
  static func aLargeHeadIsRejected(_ bench: RequirementBench) async throws {
    func head(_ count: Int, _ size: Int) -> String {
      let value = String(repeating: "v", count: size)
      let fields = (0..<count).map { "X-Field-\($0): \(value)\r\n" }.joined()
      return "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\(fields)\r\nok"
    }
    for (count, size) in [(1, 70_000), (100, 1000)] {
      let outcome = try await bench.outcome(responding: head(count, size))
      try require(outcome.kind == .tooLarge, "\(count) headers of \(size) bytes: \(outcome)")
    }
    for (count, size) in [(1, 32_000), (100, 300)] {
      let outcome = try await bench.outcome(responding: head(count, size))
      guard case .response = outcome else {
        throw ConformanceFailure("\(count) headers of \(size) bytes: \(outcome)")
      }
    }
  }

  /// A head without end is given up, as too large or broken, and its connection closed.
  static func anEndlessHeadIsRejected(_ bench: RequirementBench) async throws {
    for line in [
      "X-Field: \(String(repeating: "v", count: 1000))\r\n", String(repeating: "v", count: 1000),
    ] {
      let server = try await bench.serve { connection in
        _ = try await connection.readRequest()
        try await connection.send("HTTP/1.1 200 OK\r\n")
        while true { try await connection.send(line) }
      }
      let outcome = await bench.outcome(try bench.transport(), .to(server.port))
      try require(
        outcome.kind == .tooLarge || outcome.kind == .broken, "it ended with \(outcome)")
      await server.connectionEnded()
    }
  }
}
