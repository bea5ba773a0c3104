import CommerceLayerRuntime
import HTTPTypes

extension TransportRequirement {
  static let compression = [
    TransportRequirement("decompressesBodies", CompressionRequirements.decompressesBodies),
    TransportRequirement(
      "asksOnlyForWhatItBounds", CompressionRequirements.asksOnlyForWhatItBounds),
    TransportRequirement("aBombIsTooLarge", CompressionRequirements.aBombIsTooLarge),
    TransportRequirement(
      "aBombThatIsReadIsTooLarge", CompressionRequirements.aBombThatIsReadIsTooLarge),
    TransportRequirement("aSmallBombIsTooLarge", CompressionRequirements.aSmallBombIsTooLarge),
    TransportRequirement("rejectsOtherEncodings", CompressionRequirements.rejectsOtherEncodings),
    TransportRequirement(
      "rejectsBrokenCompression", CompressionRequirements.rejectsBrokenCompression),
    TransportRequirement(
      "rejectsTruncatedCompression", CompressionRequirements.rejectsTruncatedCompression),
    TransportRequirement(
      "severalMembersAreNotCutShort", CompressionRequirements.severalMembersAreNotCutShort),
  ]
}

/// Compressed bodies.
enum CompressionRequirements {
  private static let text = "{\"data\":[\"a text that is compressed\"]}"

  private static func response(_ encoding: String, _ body: [UInt8]) -> [UInt8] {
    Array(
      "HTTP/1.1 200 OK\r\nContent-Encoding: \(encoding)\r\nContent-Length: \(body.count)\r\n\r\n"
        .utf8)
      + body
  }

  /// A body compressed with gzip or deflate is decompressed.
  static func decompressesBodies(_ bench: RequirementBench) async throws {
    let plain = Array(text.utf8)
    for (encoding, compressed) in [
      ("gzip", Gzip.member(plain)), ("deflate", Gzip.zlib(plain)), ("identity", plain),
    ] {
      let outcome = try await bench.outcome(responding: response(encoding, compressed))
      guard case .response(_, let bytes) = outcome else {
        throw ConformanceFailure("\(encoding) ended with \(outcome)")
      }
      try require(bytes == plain, "\(encoding) came as \(bytes.count) other bytes")
    }
  }

  /// A request asks for gzip, deflate or no packing at all.
  static func asksOnlyForWhatItBounds(_ bench: RequirementBench) async throws {
    let server = try await bench.serve(responding: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    _ = await bench.outcome(try bench.transport(), .to(server.port))
    for line in server.requests.first?.lines ?? []
    where line.lowercased().hasPrefix("accept-encoding:") {
      let asked = line.split(separator: ":")[1].split { ", ".contains($0) }
      try require(
        asked.allSatisfy { ["gzip", "deflate", "identity"].contains($0) }, "it asks '\(line)'")
    }
  }

  private static func bomb(_ bench: RequirementBench) async throws -> LoopbackServer {
    try await bench.serve { connection in
      _ = try await connection.readRequest()
      try await connection.send("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n")
      try await connection.send(Gzip.bomb.header)
      let part = [[UInt8]](repeating: Gzip.bomb.blanks, count: 1000).flatMap(\.self)
      while true { try await connection.send(part) }
    }
  }

  /// A body that grows to 158 times its size, without end and without an announced length: too
  /// large.
  static func aBombIsTooLarge(_ bench: RequirementBench) async throws {
    let server = try await bomb(bench)
    let outcome = await bench.outcome(try bench.transport(), .to(server.port), upTo: 4 << 20)
    try require(outcome.kind == .tooLarge, "it ended with \(outcome)")
  }

  /// The same for a reader who takes it as it comes and has no limit: too large by its growth alone.
  static func aBombThatIsReadIsTooLarge(_ bench: RequirementBench) async throws {
    let server = try await bomb(bench)
    let response = try await bench.transport().send(.to(server.port), body: nil, timeouts: .init())
    var bytes = 0
    do {
      for try await part in response.body {
        bytes += part.count
        try require(bytes < 256 << 20, "\(bytes) bytes came out")
      }
    } catch let error as TransportError {
      try require(error.kind == .tooLarge, "it ended with \(error.kind): \(error)")
    }
  }

  /// A body of announced length that grows to more than 25 times of it: too large.
  static func aSmallBombIsTooLarge(_ bench: RequirementBench) async throws {
    let compressed =
      Gzip.bomb.header + [[UInt8]](repeating: Gzip.bomb.blanks, count: 100).flatMap(\.self)
    let outcome = try await bench.outcome(responding: response("gzip", compressed), upTo: 64 << 20)
    try require(outcome.kind == .tooLarge, "it ended with \(outcome)")
  }

  /// A body that is compressed twice, or in a way that was not asked for, is an error: it is neither
  /// decompressed without bounds nor handed over as it is.
  static func rejectsOtherEncodings(_ bench: RequirementBench) async throws {
    let once = Gzip.member(Array(text.utf8))
    for (encoding, body) in [
      ("gzip, gzip", Gzip.member(once)), ("gzip\r\nContent-Encoding: gzip", Gzip.member(once)),
      ("deflate, gzip", once), ("br", [0x0B, 2, 0x80, 0x61, 0x62, 0x63, 3]), ("zstd", once),
      ("compress", once), ("x-own", once),
    ] {
      let outcome = try await bench.outcome(responding: response(encoding, body))
      try require(outcome.kind == .broken, "'\(encoding)' ended with \(outcome)")
    }
  }

  /// A body that says it is compressed and is not is an error.
  static func rejectsBrokenCompression(_ bench: RequirementBench) async throws {
    var flipped = Gzip.member(Array(text.utf8))
    flipped[10] = 0xFF
    for (encoding, body) in [
      ("gzip", Array(text.utf8)), ("deflate", Array(text.utf8)), ("gzip", flipped),
    ] {
      let outcome = try await bench.outcome(responding: response(encoding, body))
      try require(outcome.kind == .broken, "\(encoding) ended with \(outcome)")
    }
  }

  /// A compressed body that is whole for HTTP but lacks some of what was compressed is an error.
  static func rejectsTruncatedCompression(_ bench: RequirementBench) async throws {
    let compressed = Gzip.member(Array(text.utf8))
    for cut in [9, 20, 40] {
      let outcome = try await bench.outcome(
        responding: response("gzip", Array(compressed.dropLast(cut))))
      try require(outcome.kind == .broken, "without its last \(cut) bytes it ended with \(outcome)")
    }
  }

  /// Of a body that is compressed in several members either all comes, or the response is an error.
  static func severalMembersAreNotCutShort(_ bench: RequirementBench) async throws {
    let compressed = Gzip.member(Array("one".utf8)) + Gzip.member(Array("two".utf8))
    let outcome = try await bench.outcome(responding: response("gzip", compressed))
    if case .response(_, let bytes) = outcome {
      let text = String(decoding: bytes, as: UTF8.self)
      try require(text == "onetwo", "it came as '\(text)'")
    } else {
      try require(outcome.kind == .broken, "it ended with \(outcome)")
    }
  }
}
