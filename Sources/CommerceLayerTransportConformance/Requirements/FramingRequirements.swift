import CommerceLayerRuntime
import HTTPTypes

extension TransportRequirement {
  static let framing = [
    TransportRequirement("readsChunks", FramingRequirements.readsChunks),
    TransportRequirement("dropsTrailers", FramingRequirements.dropsTrailers),
    TransportRequirement(
      "readsToTheEndOfTheConnection", FramingRequirements.readsToTheEndOfTheConnection),
    TransportRequirement(
      "knowsResponsesWithoutBody", FramingRequirements.knowsResponsesWithoutBody),
    TransportRequirement("skipsInterimResponses", FramingRequirements.skipsInterimResponses),
    TransportRequirement("keepsRepeatedHeaders", FramingRequirements.keepsRepeatedHeaders),
    TransportRequirement("rejectsWhatIsNotHTTP", FramingRequirements.rejectsWhatIsNotHTTP),
    TransportRequirement(
      "rejectsStatusesOutOfRange", FramingRequirements.rejectsStatusesOutOfRange),
    TransportRequirement("rejectsTruncatedBodies", FramingRequirements.rejectsTruncatedBodies),
    TransportRequirement("rejectsBrokenChunks", FramingRequirements.rejectsBrokenChunks),
    TransportRequirement(
      "rejectsContradictingLengths", FramingRequirements.rejectsContradictingLengths),
    TransportRequirement(
      "rejectsLengthsThatAreNoNumbers", FramingRequirements.rejectsLengthsThatAreNoNumbers),
  ]
}

/// Where responses begin and end.
enum FramingRequirements {
  /// A body in chunks is put together; what a chunk says of itself is not part of it.
  static func readsChunks(_ bench: RequirementBench) async throws {
    let outcome = try await bench.outcome(
      responding: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        + "3;name=value;flag\r\nabc\r\n00A\r\n0123456789\r\n0\r\n\r\n")
    try expect(outcome, 200, "abc0123456789")
  }

  /// Headers behind a body in chunks, announced or not, are neither body nor headers.
  static func dropsTrailers(_ bench: RequirementBench) async throws {
    for announcement in ["Trailer: X-Sum\r\n", ""] {
      let outcome = try await bench.outcome(
        responding: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\(announcement)\r\n"
          + "3\r\nabc\r\n0\r\nX-Sum: 1\r\n\r\n")
      try expect(outcome, 200, "abc")
    }
  }

  /// Content without a length ends with the connection: HTTP/1.0 knows no other way.
  static func readsToTheEndOfTheConnection(_ bench: RequirementBench) async throws {
    for version in ["1.0", "1.1"] {
      let outcome = try await bench.outcome(
        responding: "HTTP/\(version) 200 OK\r\nContent-Type: text/plain\r\n\r\nall of it")
      try expect(outcome, 200, "all of it")
    }
  }

  /// 204, 304 and the response to HEAD have no body, whatever length they announce.
  static func knowsResponsesWithoutBody(_ bench: RequirementBench) async throws {
    let transport = try bench.transport()
    for (status, method) in [
      (204, HTTPRequest.Method.get), (304, .get), (200, .head), (204, .delete),
    ] {
      let one = try await bench.serve { connection in
        guard try await connection.readRequest() != nil else { return }
        let length = status == 204 ? "" : "Content-Length: 5\r\n"
        try await connection.send("HTTP/1.1 \(status) Something\r\n\(length)\r\n")
        // Kept open: who waits for a body waits in vain.
        try await connection.waitForClose()
      }
      try expect(await bench.outcome(transport, .to(one.port, method)), status, "")
    }
  }

  /// 100 and 103 are not the response but announce it.
  static func skipsInterimResponses(_ bench: RequirementBench) async throws {
    for interim in ["100 Continue\r\n", "103 Early Hints\r\nLink: </x>\r\n"] {
      let server = try await bench.serve { connection in
        guard try await connection.readRequest() != nil else { return }
        try await connection.send(
          "HTTP/1.1 \(interim)\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        try await connection.waitForClose()
      }
      let outcome = await bench.outcome(
        try bench.transport(), .to(server.port, .post), body: RequestBody([0x7B, 0x7D]))
      try expect(outcome, 200, "ok")
    }
  }

  /// Headers that come twice, written alike, are both there, in their order: as two fields or joined
  /// by a comma.
  static func keepsRepeatedHeaders(_ bench: RequirementBench) async throws {
    let outcome = try await bench.outcome(
      responding:
        "HTTP/1.1 200 OK\r\nX-Request-Id: one\r\nContent-Length: 0\r\nX-Request-Id: two\r\n\r\n")
    guard case .response(let head, _) = outcome else {
      throw ConformanceFailure("it ended with \(outcome)")
    }
    let all = head.headerFields[values: .xRequestID].joined(separator: ", ")
    try require(all == "one, two", "they came as '\(all)'")
  }

  /// What is not HTTP is an error, not a response: no status line, a broken one, a broken header.
  static func rejectsWhatIsNotHTTP(_ bench: RequirementBench) async throws {
    let rubbish = [
      "this is not HTTP\r\n\r\n", "\r\n\r\n\r\n", "SSH-2.0-OpenSSH_9.2\r\n",
      "<html>502</html>\r\n\r\n",
      "HTTP/1.1 OK\r\n\r\n", "HTTP/1.1\r\n\r\n", "HTTP/9.9 200 OK\r\nContent-Length: 0\r\n\r\n",
      "\u{0}\u{1}\u{2}\r\n\r\n", "HTTP/1.1 2x0 OK\r\nContent-Length: 0\r\n\r\n",
    ]
    for text in rubbish {
      let outcome = try await bench.outcome(responding: text)
      try require(outcome.kind == .broken, "'\(text.debugDescription)' ended with \(outcome)")
    }
  }

  /// A status is a number from 100 to 999.
  static func rejectsStatusesOutOfRange(_ bench: RequirementBench) async throws {
    for status in ["1000", "99999", "0", "99"] {
      let outcome = try await bench.outcome(
        responding: "HTTP/1.1 \(status) Odd\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
      try require(outcome.kind == .broken, "the status \(status) ended with \(outcome)")
    }
  }

  /// A body that ends before its announced length, or without its last chunk, is an error: half a
  /// document is not a response.
  static func rejectsTruncatedBodies(_ bench: RequirementBench) async throws {
    let texts = [
      "Content-Length: 1000\r\n\r\n{\"data\":", "Content-Length: 1000\r\n\r\n",
      "Transfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n",
      "Transfer-Encoding: chunked\r\n\r\nFF\r\nabc",
      "Transfer-Encoding: chunked\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n",
    ]
    for text in texts {
      let outcome = try await bench.outcome(responding: "HTTP/1.1 200 OK\r\n\(text)")
      try require(outcome.kind == .broken, "'\(text.debugDescription)' ended with \(outcome)")
    }
  }

  /// A chunk whose size is not a number, or is not what comes, is an error.
  static func rejectsBrokenChunks(_ bench: RequirementBench) async throws {
    for chunks in [
      "xyz\r\nabc\r\n0\r\n\r\n", "-3\r\nabc\r\n0\r\n\r\n", "3\r\nabcdef\r\n0\r\n\r\n",
      "FFFFFFFFFFFFFFFFF\r\nabc\r\n",
    ] {
      let outcome = try await bench.outcome(
        responding: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\(chunks)")
      try require(outcome.kind == .broken, "'\(chunks.debugDescription)' ended with \(outcome)")
    }
  }

  /// A response that says two different things of its length could be split into two: an error.
  static func rejectsContradictingLengths(_ bench: RequirementBench) async throws {
    try await rejects(bench, ["Content-Length: 2\r\nContent-Length: 4\r\n"])
  }

  /// A length that is not a number is an error.
  static func rejectsLengthsThatAreNoNumbers(_ bench: RequirementBench) async throws {
    try await rejects(
      bench,
      ["2x", "-2", "0x2", "two", "99999999999999999999"].map { "Content-Length: \($0)\r\n" })
  }

  private static func rejects(_ bench: RequirementBench, _ lengths: [String]) async throws {
    for text in lengths {
      let outcome = try await bench.outcome(responding: "HTTP/1.1 200 OK\r\n\(text)\r\nabcd")
      try require(outcome.kind == .broken, "'\(text.debugDescription)' ended with \(outcome)")
    }
  }

  private static func expect(_ outcome: RequirementBench.Outcome, _ status: Int, _ text: String)
    throws
  {
    guard case .response(let head, let bytes) = outcome else {
      throw ConformanceFailure("it ended with \(outcome)")
    }
    try require(head.status.code == status, "it came back with \(head.status.code)")
    let came = String(decoding: bytes, as: UTF8.self)
    try require(came == text, "the body came as '\(came)'")
  }
}
