import CommerceLayerRuntime
import HTTPTypes

extension TransportLaw {
  static let compression = [
    TransportLaw("unpacksContent", CompressionLaws.unpacksContent),
    TransportLaw("asksOnlyForWhatItBounds", CompressionLaws.asksOnlyForWhatItBounds),
    TransportLaw("aBombIsTooLarge", CompressionLaws.aBombIsTooLarge),
    TransportLaw("aBombThatIsReadIsTooLarge", CompressionLaws.aBombThatIsReadIsTooLarge),
    TransportLaw("aSmallBombIsTooLarge", CompressionLaws.aSmallBombIsTooLarge),
    TransportLaw("refusesOtherEncodings", CompressionLaws.refusesOtherEncodings),
    TransportLaw("refusesBrokenPacking", CompressionLaws.refusesBrokenPacking),
    TransportLaw("refusesTruncatedPacking", CompressionLaws.refusesTruncatedPacking),
    TransportLaw("severalMembersAreNotCutShort", CompressionLaws.severalMembersAreNotCutShort),
  ]
}

/// Packed contents.
enum CompressionLaws {
  private static let text = "{\"data\":[\"a text that is packed\"]}"

  private static func answer(_ encoding: String, _ content: [UInt8]) -> [UInt8] {
    Array(
      "HTTP/1.1 200 OK\r\nContent-Encoding: \(encoding)\r\nContent-Length: \(content.count)\r\n\r\n"
        .utf8)
      + content
  }

  /// Content packed with gzip or deflate comes unpacked.
  static func unpacksContent(_ bench: LawBench) async throws {
    let plain = Array(text.utf8)
    for (encoding, packed) in [
      ("gzip", Gzip.member(plain)), ("deflate", Gzip.zlib(plain)), ("identity", plain),
    ] {
      let outcome = try await bench.outcome(answering: answer(encoding, packed))
      guard case .answer(_, let bytes) = outcome else {
        throw LawViolation("\(encoding) ended with \(outcome)")
      }
      try require(bytes == plain, "\(encoding) came as \(bytes.count) other bytes")
    }
  }

  /// A request asks for gzip, deflate or no packing at all.
  static func asksOnlyForWhatItBounds(_ bench: LawBench) async throws {
    let server = try await bench.serve(answering: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    _ = await bench.outcome(try bench.transport(), .to(server.port))
    for line in server.requests.first?.lines ?? []
    where line.lowercased().hasPrefix("accept-encoding:") {
      let asked = line.split(separator: ":")[1].split { ", ".contains($0) }
      try require(
        asked.allSatisfy { ["gzip", "deflate", "identity"].contains($0) }, "it asks '\(line)'")
    }
  }

  private static func bomb(_ bench: LawBench) async throws -> LoopbackServer {
    try await bench.serve { connection in
      _ = try await connection.readRequest()
      try await connection.send("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n")
      try await connection.send(Gzip.bomb.header)
      let part = [[UInt8]](repeating: Gzip.bomb.blanks, count: 1000).flatMap(\.self)
      while true { try await connection.send(part) }
    }
  }

  /// Content that unpacks to 158 times its size, without end and without an announced length: too
  /// large, and its connection is closed.
  static func aBombIsTooLarge(_ bench: LawBench) async throws {
    let server = try await bomb(bench)
    let outcome = await bench.outcome(try bench.transport(), .to(server.port), upTo: 4 << 20)
    try require(outcome.kind == .tooLarge, "it ended with \(outcome)")
    await server.connectionEnded()
  }

  /// The same for a reader who takes it as it comes and has no limit: too large by its growth alone.
  static func aBombThatIsReadIsTooLarge(_ bench: LawBench) async throws {
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

  /// Content of announced length that unpacks to more than 25 times of it: too large.
  static func aSmallBombIsTooLarge(_ bench: LawBench) async throws {
    let packed =
      Gzip.bomb.header + [[UInt8]](repeating: Gzip.bomb.blanks, count: 100).flatMap(\.self)
    let outcome = try await bench.outcome(answering: answer("gzip", packed), upTo: 64 << 20)
    try require(outcome.kind == .tooLarge, "it ended with \(outcome)")
  }

  /// Content that is packed twice, or in a way that was not asked for, is an error: it is neither
  /// unpacked without bounds nor handed over as it is.
  static func refusesOtherEncodings(_ bench: LawBench) async throws {
    let once = Gzip.member(Array(text.utf8))
    for (encoding, content) in [
      ("gzip, gzip", Gzip.member(once)), ("gzip\r\nContent-Encoding: gzip", Gzip.member(once)),
      ("deflate, gzip", once), ("br", [0x0B, 2, 0x80, 0x61, 0x62, 0x63, 3]), ("zstd", once),
      ("compress", once), ("x-own", once),
    ] {
      let outcome = try await bench.outcome(answering: answer(encoding, content))
      try require(outcome.kind == .broken, "'\(encoding)' ended with \(outcome)")
    }
  }

  /// Content that says it is packed and is not is an error.
  static func refusesBrokenPacking(_ bench: LawBench) async throws {
    var flipped = Gzip.member(Array(text.utf8))
    flipped[10] = 0xFF
    for (encoding, content) in [
      ("gzip", Array(text.utf8)), ("deflate", Array(text.utf8)), ("gzip", flipped),
    ] {
      let outcome = try await bench.outcome(answering: answer(encoding, content))
      try require(outcome.kind == .broken, "\(encoding) ended with \(outcome)")
    }
  }

  /// Packed content that is whole for HTTP but lacks its own end is an error.
  static func refusesTruncatedPacking(_ bench: LawBench) async throws {
    let packed = Gzip.member(Array(text.utf8))
    for cut in [1, 8, 20] {
      let outcome = try await bench.outcome(answering: answer("gzip", Array(packed.dropLast(cut))))
      try require(outcome.kind == .broken, "without its last \(cut) bytes it ended with \(outcome)")
    }
  }

  /// Of content that is packed in several members either all comes, or the answer is an error.
  static func severalMembersAreNotCutShort(_ bench: LawBench) async throws {
    let packed = Gzip.member(Array("one".utf8)) + Gzip.member(Array("two".utf8))
    let outcome = try await bench.outcome(answering: answer("gzip", packed))
    if case .answer(_, let bytes) = outcome {
      let text = String(decoding: bytes, as: UTF8.self)
      try require(text == "onetwo", "it came as '\(text)'")
    } else {
      try require(outcome.kind == .broken, "it ended with \(outcome)")
    }
  }
}
