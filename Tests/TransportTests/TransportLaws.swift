import CommerceLayerAsyncHTTPClient
import CommerceLayerRuntime
import HTTPTypes
import Testing

/// The transports that talk to a socket; both must keep the same laws.
enum SocketTransport: String, CaseIterable, Sendable, CustomTestStringConvertible {
  case urlSession, asyncHTTPClient

  func make() -> any ClientTransport {
    switch self {
    case .urlSession: URLSessionTransport()
    case .asyncHTTPClient: AsyncHTTPClientTransport()
    }
  }

  var testDescription: String { rawValue }
}

@Suite struct TransportLaws {
  private func request(
    _ port: Int, _ method: HTTPRequest.Method = .get, _ path: String = "/x?a=%5B1%5D"
  ) -> HTTPRequest {
    var request = HTTPRequest(
      method: method, scheme: "http", authority: "127.0.0.1:\(port)", path: path)
    request.headerFields[.authorization] = "Bearer canary"
    request.headerFields[.accept] = "application/vnd.api+json"
    return request
  }

  private func answer(_ status: String, _ headers: String = "", body: String = "")
    -> RawServer.Reply
  {
    .text(
      "HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\(headers)Connection: close\r\n\r\n\(body)"
    )
  }

  /// How reading an answer to its end fails; nil when it does not.
  private func kind(
    _ which: SocketTransport, reading reply: RawServer.Reply, upTo limit: Int = 10_000
  ) async throws -> TransportError.Kind? {
    let server = try await RawServer(reply)
    let transport = which.make()
    let kind = await kind {
      let response = try await transport.send(request(server.port), body: nil, timeouts: .init())
      _ = try await response.body.collect(upTo: limit)
    }
    try await server.stop()
    return kind
  }

  private func kind(_ work: () async throws -> Void) async -> TransportError.Kind? {
    do {
      try await work()
      return nil
    } catch {
      return (error as? TransportError)?.kind
    }
  }

  @Test(arguments: SocketTransport.allCases)
  func carriesBothWays(_ which: SocketTransport) async throws {
    let server = try await RawServer(answer("201 Created", "X-Request-Id: r1\r\n", body: "hello"))
    var request = request(server.port, .post)
    request.headerFields[.contentType] = "application/vnd.api+json"
    let response = try await which.make().send(
      request, body: RequestBody(Array("{}".utf8)), timeouts: .init())
    #expect(response.head.status.code == 201)
    #expect(HTTPField.Name("x-request-id").flatMap { response.head.headerFields[$0] } == "r1")
    #expect(try await response.body.collect(upTo: 100) == Array("hello".utf8))
    let sent = try #require(server.requests.first)
    #expect(sent.hasPrefix("POST /x?a=%5B1%5D HTTP/1.1\r\n"))
    // A media type with a parameter is refused by the service.
    #expect(sent.lowercased().contains("content-type: application/vnd.api+json\r\n"))
    #expect(sent.hasSuffix("\r\n\r\n{}"))
    try await server.stop()
  }

  @Test(arguments: SocketTransport.allCases, ["301", "302", "303", "307", "308"])
  func neverFollowsARedirect(_ which: SocketTransport, status: String) async throws {
    let target = try await RawServer(answer("200 OK"))
    let server = try await RawServer(
      answer("\(status) Elsewhere", "Location: http://127.0.0.1:\(target.port)/stolen\r\n"))
    let response = try await which.make().send(
      request(server.port), body: nil, timeouts: .init())
    #expect(response.head.status.code == Int(status))
    #expect(response.head.headerFields[.location]?.contains("/stolen") == true)
    _ = try? await response.body.collect(upTo: 100)
    #expect(target.requests.isEmpty)
    try await server.stop()
    try await target.stop()
  }

  @Test(arguments: SocketTransport.allCases)
  func knowsThatNothingWasSentWhenNobodyListens(_ which: SocketTransport) async throws {
    let port = try await RawServer.closedPort()
    let transport = which.make()
    let kind = await kind {
      _ = try await transport.send(request(port), body: nil, timeouts: .init())
    }
    #expect(kind == .connect)
  }

  @Test(arguments: SocketTransport.allCases)
  func aConnectionThatBreaksBeforeTheAnswerIsNotUnsent(_ which: SocketTransport) async throws {
    let server = try await RawServer(.text(""))
    let transport = which.make()
    let kind = await kind {
      _ = try await transport.send(
        request(server.port, .post), body: RequestBody([0x7B, 0x7D]), timeouts: .init())
    }
    #expect(kind == .broken)
    try await server.stop()
  }

  @Test(arguments: SocketTransport.allCases)
  func aTruncatedBodyIsAnError(_ which: SocketTransport) async throws {
    let kind = try await kind(
      which, reading: .text("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"data\":"))
    #expect(kind == .broken)
  }

  @Test(arguments: SocketTransport.allCases)
  func anAnswerThatIsNotHTTPIsAnError(_ which: SocketTransport) async throws {
    let kind = try await kind(which, reading: .text("this is not HTTP\r\n\r\n"))
    #expect(kind == .broken)
  }

  @Test(arguments: SocketTransport.allCases)
  func carriesMegabytes(_ which: SocketTransport) async throws {
    let body = String(repeating: "0123456789abcdef", count: 1 << 17)
    let server = try await RawServer(answer("200 OK", body: body))
    let response = try await which.make().send(
      request(server.port, .post), body: RequestBody(Array(body.utf8)), timeouts: .init())
    #expect(try await response.body.collect(upTo: 1 << 22).count == body.utf8.count)
    #expect(server.requests.first?.utf8.count ?? 0 > body.utf8.count)
    try await server.stop()
  }

  @Test(arguments: SocketTransport.allCases)
  func boundsWhatIsRead(_ which: SocketTransport) async throws {
    let body = String(repeating: "x", count: 1 << 20)
    let kind = try await kind(which, reading: answer("200 OK", body: body), upTo: 1000)
    #expect(kind == .tooLarge)
  }

  @Test(arguments: SocketTransport.allCases)
  func nothingIsSentForACallThatWasCancelledBefore(_ which: SocketTransport) async throws {
    let server = try await RawServer(answer("200 OK"))
    let transport = which.make()
    let request = request(server.port)
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      _ = try await transport.send(request, body: nil, timeouts: .init())
    }
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(server.requests.isEmpty)
    try await server.stop()
  }

  @Test(arguments: SocketTransport.allCases, ["1000", "99999", "0", "99"])
  func aStatusOutOfRangeIsAnError(_ which: SocketTransport, status: String) async throws {
    let kind = try await kind(which, reading: answer("\(status) Odd"))
    #expect(kind == .broken)
  }

  @Test func anAnswerThatUnpacksTooFarIsTooLarge() async throws {
    // 20 000 blanks.
    let packed: [UInt8] = [
      31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 237, 193, 49, 1, 0, 0, 0, 194, 160, 42, 235, 159, 210, 26,
      30, 64, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 240, 96, 40, 196, 8, 133, 32,
      78, 0, 0,
    ]
    let head =
      "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(packed.count)\r\n"
      + "Connection: close\r\n\r\n"
    let server = try await RawServer(.bytes(Array(head.utf8) + packed))
    let transport = AsyncHTTPClientTransport()
    let kind = await kind {
      let response = try await transport.send(request(server.port), body: nil, timeouts: .init())
      _ = try await response.body.collect(upTo: 1 << 20)
    }
    #expect(kind == .tooLarge)
    try await server.stop()
  }

  @Test(arguments: SocketTransport.allCases)
  func cancellingEndsTheExchange(_ which: SocketTransport) async throws {
    let server = try await RawServer(.stall([]))
    let transport = which.make()
    let request = request(server.port)
    let task = Task { _ = try await transport.send(request, body: nil, timeouts: .init()) }
    while server.requests.isEmpty { await Task.yield() }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    await server.clientLeft()
    try await server.stop()
  }
}
