import CommerceLayerRuntime
import HTTPTypes

extension TransportLaw {
  static let framing = [
    TransportLaw("readsChunks", FramingLaws.readsChunks),
    TransportLaw("dropsTrailers", FramingLaws.dropsTrailers),
    TransportLaw("readsToTheEndOfTheConnection", FramingLaws.readsToTheEndOfTheConnection),
    TransportLaw("knowsAnswersWithoutContent", FramingLaws.knowsAnswersWithoutContent),
    TransportLaw("skipsInterimAnswers", FramingLaws.skipsInterimAnswers),
    TransportLaw("keepsRepeatedHeaders", FramingLaws.keepsRepeatedHeaders),
    TransportLaw("refusesWhatIsNotHTTP", FramingLaws.refusesWhatIsNotHTTP),
    TransportLaw("refusesStatusesOutOfRange", FramingLaws.refusesStatusesOutOfRange),
    TransportLaw("refusesTruncatedContent", FramingLaws.refusesTruncatedContent),
    TransportLaw("refusesBrokenChunks", FramingLaws.refusesBrokenChunks),
    TransportLaw("refusesContradictingLengths", FramingLaws.refusesContradictingLengths),
  ]
}

/// Where answers begin and end.
enum FramingLaws {
  /// Content in chunks is put together; what a chunk says of itself is no part of it.
  static func readsChunks(_ bench: LawBench) async throws {
    let outcome = try await bench.outcome(
      answering: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        + "3;name=value;flag\r\nabc\r\n00A\r\n0123456789\r\n0\r\n\r\n")
    try expect(outcome, 200, "abc0123456789")
  }

  /// Headers behind content in chunks, announced or not, are neither content nor headers.
  static func dropsTrailers(_ bench: LawBench) async throws {
    for announcement in ["Trailer: X-Sum\r\n", ""] {
      let outcome = try await bench.outcome(
        answering: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\(announcement)\r\n"
          + "3\r\nabc\r\n0\r\nX-Sum: 1\r\n\r\n")
      try expect(outcome, 200, "abc")
    }
  }

  /// Content without a length ends with the connection: HTTP/1.0 knows no other way.
  static func readsToTheEndOfTheConnection(_ bench: LawBench) async throws {
    for version in ["1.0", "1.1"] {
      let outcome = try await bench.outcome(
        answering: "HTTP/\(version) 200 OK\r\nContent-Type: text/plain\r\n\r\nall of it")
      try expect(outcome, 200, "all of it")
    }
  }

  /// 204, 304 and the answer to HEAD have no content, whatever length they announce.
  static func knowsAnswersWithoutContent(_ bench: LawBench) async throws {
    let transport = try bench.transport()
    for (status, method) in [
      (204, HTTPRequest.Method.get), (304, .get), (200, .head), (204, .delete),
    ] {
      let one = try await bench.serve { connection in
        guard try await connection.readRequest() != nil else { return }
        let length = status == 204 ? "" : "Content-Length: 5\r\n"
        try await connection.send("HTTP/1.1 \(status) Something\r\n\(length)\r\n")
        // Kept open: who waits for content waits in vain.
        try await connection.waitForClose()
      }
      try expect(await bench.outcome(transport, .to(one.port, method)), status, "")
    }
  }

  /// 100 and 103 are not the answer but announce it.
  static func skipsInterimAnswers(_ bench: LawBench) async throws {
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

  /// Headers that come twice are both there, in their order: as two fields or joined by a comma.
  static func keepsRepeatedHeaders(_ bench: LawBench) async throws {
    let outcome = try await bench.outcome(
      answering:
        "HTTP/1.1 200 OK\r\nX-Request-Id: one\r\nContent-Length: 0\r\nx-request-id: two\r\n\r\n")
    guard case .answer(let head, _) = outcome else {
      throw LawViolation("it ended with \(outcome)")
    }
    let all = head.headerFields[values: .xRequestID].joined(separator: ", ")
    try require(all == "one, two", "they came as '\(all)'")
  }

  /// What is not HTTP is an error, not an answer: no status line, a broken one, a broken header.
  static func refusesWhatIsNotHTTP(_ bench: LawBench) async throws {
    let rubbish = [
      "this is not HTTP\r\n\r\n", "\r\n\r\n\r\n", "SSH-2.0-OpenSSH_9.2\r\n",
      "<html>502</html>\r\n\r\n",
      "HTTP/1.1 OK\r\n\r\n", "HTTP/1.1\r\n\r\n", "HTTP/9.9 200 OK\r\nContent-Length: 0\r\n\r\n",
      "\u{0}\u{1}\u{2}\r\n\r\n", "HTTP/1.1 2x0 OK\r\nContent-Length: 0\r\n\r\n",
    ]
    for text in rubbish {
      let outcome = try await bench.outcome(answering: text)
      try require(outcome.kind == .broken, "'\(text.debugDescription)' ended with \(outcome)")
    }
  }

  /// A status is a number from 100 to 999.
  static func refusesStatusesOutOfRange(_ bench: LawBench) async throws {
    for status in ["1000", "99999", "0", "99"] {
      let outcome = try await bench.outcome(
        answering: "HTTP/1.1 \(status) Odd\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
      try require(outcome.kind == .broken, "the status \(status) ended with \(outcome)")
    }
  }

  /// Content that ends before its announced length, or without its last chunk, is an error: half a
  /// document is no answer.
  static func refusesTruncatedContent(_ bench: LawBench) async throws {
    let texts = [
      "Content-Length: 1000\r\n\r\n{\"data\":", "Content-Length: 1000\r\n\r\n",
      "Transfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n",
      "Transfer-Encoding: chunked\r\n\r\nFF\r\nabc",
      "Transfer-Encoding: chunked\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n",
    ]
    for text in texts {
      let outcome = try await bench.outcome(answering: "HTTP/1.1 200 OK\r\n\(text)")
      try require(outcome.kind == .broken, "'\(text.debugDescription)' ended with \(outcome)")
    }
  }

  /// A chunk whose size is no number, or is not what comes, is an error.
  static func refusesBrokenChunks(_ bench: LawBench) async throws {
    for chunks in [
      "xyz\r\nabc\r\n0\r\n\r\n", "-3\r\nabc\r\n0\r\n\r\n", "3\r\nabcdef\r\n0\r\n\r\n",
      "FFFFFFFFFFFFFFFFF\r\nabc\r\n",
    ] {
      let outcome = try await bench.outcome(
        answering: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\(chunks)")
      try require(outcome.kind == .broken, "'\(chunks.debugDescription)' ended with \(outcome)")
    }
  }

  /// An answer that says of its length two different things could be split into two: an error. A
  /// length that is no number is one too.
  static func refusesContradictingLengths(_ bench: LawBench) async throws {
    for lengths in [
      "Content-Length: 2\r\nContent-Length: 4\r\n", "Content-Length: 2x\r\n",
      "Content-Length: -2\r\n", "Content-Length: 99999999999999999999\r\n",
    ] {
      let outcome = try await bench.outcome(answering: "HTTP/1.1 200 OK\r\n\(lengths)\r\nabcd")
      try require(outcome.kind == .broken, "'\(lengths.debugDescription)' ended with \(outcome)")
    }
  }

  private static func expect(_ outcome: LawBench.Outcome, _ status: Int, _ text: String) throws {
    guard case .answer(let head, let bytes) = outcome else {
      throw LawViolation("it ended with \(outcome)")
    }
    try require(head.status.code == status, "it came back with \(head.status.code)")
    let came = String(decoding: bytes, as: UTF8.self)
    try require(came == text, "the content came as '\(came)'")
  }
}
