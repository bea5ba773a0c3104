import CommerceLayerRuntime
import HTTPTypes

extension TransportRequirement {
  static let exchange = [
    TransportRequirement(
      "carriesARequestAndItsResponse", needsSocket: false,
      ExchangeRequirements.carriesARequestAndItsResponse),
    TransportRequirement(
      "everyStatusIsAResponse", needsSocket: false, ExchangeRequirements.everyStatusIsAResponse),
    TransportRequirement("redirectsAreNotFollowed", ExchangeRequirements.redirectsAreNotFollowed),
    TransportRequirement(
      "aRedirectThatNobodyReadsHarmsNothing",
      ExchangeRequirements.aRedirectThatNobodyReadsHarmsNothing),
    TransportRequirement(
      "rejectsHeadersThatSmuggle", needsSocket: false,
      ExchangeRequirements.rejectsHeadersThatSmuggle),
    TransportRequirement(
      "rejectsTargetsThatSmuggle", needsSocket: false,
      ExchangeRequirements.rejectsTargetsThatSmuggle),
    TransportRequirement(
      "rejectsPlainHTTPToOtherMachines", needsSocket: false,
      ExchangeRequirements.rejectsPlainHTTPToOtherMachines),
    TransportRequirement("carriesMegabytes", ExchangeRequirements.carriesMegabytes),
  ]
}

/// One request, one response.
enum ExchangeRequirements {
  /// Method, path with query, headers and body arrive as they were given; status, headers and
  /// body of the response come back as they were sent. No parameter is added to a media type.
  static func carriesARequestAndItsResponse(_ bench: RequirementBench) async throws {
    let seen = Seen()
    let (transport, port) = try await bench.responding { request, body in
      seen.add(request, body)
      var head = HTTPResponse(status: .created)
      head.headerFields[.contentType] = "application/vnd.api+json"
      head.headerFields[.xRequestID] = "r1"
      return (head, Array("hello".utf8))
    }
    for method in [HTTPRequest.Method.get, .post, .patch, .delete] {
      var request = HTTPRequest.to(port, method)
      let body = method == .get || method == .delete ? nil : Array("{\"a\":\"ü\"}".utf8)
      if body != nil { request.headerFields[.contentType] = "application/vnd.api+json" }
      let outcome = await bench.outcome(transport, request, body: body.map { RequestBody($0) })
      guard case .response(let head, let bytes) = outcome else {
        throw ConformanceFailure("\(method) ended with \(outcome)")
      }
      try require(head.status.code == 201, "\(method) came back with \(head.status)")
      try require(head.headerFields[.xRequestID] == "r1", "a header of the response is lost")
      try require(bytes == Array("hello".utf8), "the body of the response changed")
      guard let (request, sent) = seen.last else { throw ConformanceFailure("nothing arrived") }
      try require(request.method == method, "\(method) arrived as \(request.method)")
      try require(request.path == "/x?a=%5B1%5D", "the path arrived as \(request.path ?? "none")")
      try require(
        request.headerFields[.authorization] == "Bearer hushcanary", "no authorization arrived")
      try require(sent == body ?? [], "\(method) arrived with \(sent.count) bytes")
      if body != nil {
        try require(
          request.headerFields[.contentType] == "application/vnd.api+json",
          "the media type arrived as \(request.headerFields[.contentType] ?? "none")")
      }
    }
  }

  /// A rejection is a response, not an error: the status and the body that explains it are handed
  /// over, also where the response asks for other credentials.
  static func everyStatusIsAResponse(_ bench: RequirementBench) async throws {
    let (transport, port) = try await bench.responding { request, _ in
      let status = Int(request.path?.dropFirst() ?? "") ?? 0
      var head = HTTPResponse(status: .init(code: status))
      if status == 401 { head.headerFields[.wwwAuthenticate] = "Basic realm=\"x\"" }
      return (head, Array("why".utf8))
    }
    for status in [
      200, 202, 299, 400, 401, 403, 404, 406, 409, 415, 422, 423, 429, 500, 502, 503, 599,
    ] {
      let outcome = await bench.outcome(transport, .to(port, .get, "/\(status)"))
      guard case .response(let head, let bytes) = outcome else {
        throw ConformanceFailure("\(status) ended with \(outcome)")
      }
      try require(head.status.code == status, "\(status) came back as \(head.status.code)")
      try require(bytes == Array("why".utf8), "the body of a \(status) changed")
    }
  }

  /// A redirect is a response like others. Where it points to is never asked, so no token leaves for
  /// it; whatever the status, and whether it points to another host, a path or nowhere.
  static func redirectsAreNotFollowed(_ bench: RequirementBench) async throws {
    let target = try await bench.serve(responding: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    for status in [300, 301, 302, 303, 307, 308] {
      for location in [
        "http://127.0.0.1:\(target.port)/stolen", "/elsewhere", "//127.0.0.1:\(target.port)/", "",
      ] {
        for method in [HTTPRequest.Method.get, .post] {
          let server = try await bench.serve(
            responding: "HTTP/1.1 \(status) Elsewhere\r\nLocation: \(location)\r\n"
              + "Content-Length: 0\r\nConnection: close\r\n\r\n")
          let outcome = await bench.outcome(
            try bench.transport(), .to(server.port, method),
            body: method == .post ? RequestBody([0x7B, 0x7D]) : nil)
          guard case .response(let head, _) = outcome else {
            throw ConformanceFailure("\(status) to '\(location)' ended with \(outcome)")
          }
          try require(head.status.code == status, "\(status) came back as \(head.status.code)")
          try require(server.requests.count == 1, "\(status) to '\(location)' was followed")
        }
      }
    }
    try require(target.accepted == 0, "the target of a redirect was contacted")
  }

  /// A redirect of which only the head is taken ends its exchange, and nothing else: those that run
  /// beside it go on.
  static func aRedirectThatNobodyReadsHarmsNothing(_ bench: RequirementBench) async throws {
    let server = try await bench.serve(
      responding: "HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nConnection: close\r\n\r\nwhy")
    let transport = try bench.transport()
    try await withThrowingTaskGroup { group in
      for _ in 0..<8 {
        group.addTask {
          for _ in 0..<25 {
            let response = try await transport.send(
              .to(server.port), body: nil, timeouts: .init())
            try require(
              response.head.status.code == 302, "302 came back as \(response.head.status.code)")
          }
        }
      }
      try await group.waitForAll()
    }
  }

  /// A header value with a control character, a character that is not ASCII or blanks at its ends is
  /// rejected before anything is written, and so are headers that say how long the body is or which
  /// host is meant. No header that was not given ever arrives.
  static func rejectsHeadersThatSmuggle(_ bench: RequirementBench) async throws {
    let seen = Seen()
    let (transport, port) = try await bench.responding { request, body in
      seen.add(request, body)
      return (HTTPResponse(status: .ok), [])
    }
    var hostile: [HTTPField] = [
      HTTPField(name: .contentLength, value: "5"),
      HTTPField(name: .hostName, value: "evil.example"),
      HTTPField(name: .transferEncoding, value: "chunked"),
    ]
    for value in ["\u{1}x", "x\u{1B}[2J", "x\u{7F}", "ünï", "x\u{85}", " x", "x ", "\tx", "x\t"] {
      hostile.append(HTTPField(name: .xRequestID, lenientValue: Array(value.utf8)))
    }
    for field in hostile {
      var request = HTTPRequest.to(port)
      request.headerFields.append(field)
      let outcome = await bench.outcome(transport, request)
      try require(outcome.kind == .invalidRequest, "'\(field)' ended with \(outcome)")
    }
    try require(seen.last == nil, "a request with a rejected header arrived")
    // The type that holds headers turns these into blanks itself.
    for value in [
      "a\r\nX-Injected: 1", "a\nX-Injected: 1", "a\r\n X-Injected: 1", "a\0b",
      "\r\n\r\nGET / HTTP/1.1",
    ] {
      var request = HTTPRequest.to(port)
      request.headerFields.append(HTTPField(name: .xRequestID, value: value))
      let outcome = await bench.outcome(transport, request)
      if case .response = outcome {
        let names = seen.last?.0.headerFields.map { $0.name.canonicalName } ?? []
        try require(!names.contains("x-injected"), "a header was smuggled in")
      } else {
        try require(outcome.kind == .invalidRequest, "a header value ended with \(outcome)")
      }
    }
  }

  /// A path or an authority that URL parsers read differently, cut off or encode is rejected before
  /// anything is written.
  static func rejectsTargetsThatSmuggle(_ bench: RequirementBench) async throws {
    let seen = Seen()
    let (transport, port) = try await bench.responding { request, body in
      seen.add(request, body)
      return (HTTPResponse(status: .ok), [])
    }
    let paths: [String?] = [
      nil, "", "x", "*", "//evil.example/x", "/x y", "/x\r\nX-Injected: 1", "/x\u{0}y", "/ü",
      "/x#f",
      "/a/../b", "/a/./b", "/..", "/a/%2e%2E/b", "/x%", "/x%2", "/x%zz", "/x\\y", "/x?a=<b>",
      "/x?a=\"",
      "/\u{202E}x",
    ]
    for path in paths {
      var request = HTTPRequest.to(port)
      request.path = path
      let outcome = await bench.outcome(transport, request)
      try require(
        outcome.kind == .invalidRequest, "the path '\(path ?? "nil")' ended with \(outcome)")
    }
    let authorities: [String?] = [
      nil, "", "a@127.0.0.1:\(port)", "127.0.0.1:\(port)/x", "127.0.0.1:\(port)@evil.example",
      "127.0.0.1:",
      "127.0.0.1:0", "127.0.0.1:65536", "127.0.0.1:+80", "127.0.0.1:\(port)#",
      "127.0.0.1\\@evil.example", "[::1",
      "127.0.0.1:\(port)\r\nX-Injected: 1", "127。0。0。1", "evil.example?.127.0.0.1",
    ]
    for authority in authorities {
      var request = HTTPRequest.to(port)
      request.authority = authority
      let outcome = await bench.outcome(transport, request)
      try require(
        outcome.kind == .invalidRequest,
        "the authority '\(authority ?? "nil")' ended with \(outcome)")
    }
    try require(seen.last == nil, "a request with a rejected target arrived")
  }

  /// Plain HTTP goes to this machine only: a token would be readable on the way to any other. Names
  /// are taken as they stand, whatever they resolve to.
  static func rejectsPlainHTTPToOtherMachines(_ bench: RequirementBench) async throws {
    let (transport, _) = try await bench.responding { _, _ in (HTTPResponse(status: .ok), []) }
    for host in [
      "commercelayer.invalid", "192.0.2.1", "127.0.0.1.invalid", "localhost.invalid", "127.1",
      "0.0.0.0", "[::2]",
    ] {
      var request = HTTPRequest.to(80)
      request.authority = host
      let outcome = await bench.outcome(transport, request)
      try require(outcome.kind == .invalidRequest, "plain HTTP to \(host) ended with \(outcome)")
    }
    for scheme in ["ftp", "file", "HTTP", ""] {
      var request = HTTPRequest.to(80)
      request.scheme = scheme
      let outcome = await bench.outcome(transport, request)
      try require(outcome.kind == .invalidRequest, "the scheme '\(scheme)' ended with \(outcome)")
    }
  }

  /// Contents of several megabytes arrive whole in both directions.
  static func carriesMegabytes(_ bench: RequirementBench) async throws {
    let (transport, port) = try await bench.responding { _, body in
      (HTTPResponse(status: .ok), body)
    }
    let body = (0..<(3 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
    let outcome = await bench.outcome(
      transport, .to(port, .post), body: RequestBody(body), upTo: 4 << 20)
    guard case .response(_, let echo) = outcome else {
      throw ConformanceFailure("it ended with \(outcome)")
    }
    try require(echo == body, "the body changed on the way")
  }
}
