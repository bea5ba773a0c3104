import CommerceLayer
import CommerceLayerSandbox
import CommerceLayerSandboxServer
import Foundation
import HTTPTypes
import Synchronization
import Testing

/// What clients other than ours send: browsers, OAuth libraries, curl.
@Suite struct ClientsTests {
  @Test func headIsGetWithoutABody() async throws {
    let test = try await TestSandbox()
    _ = await test.create("tags", ["name": "sale"])
    let get = await test.get("/api/tags")
    let head = await test.send(.head, "/api/tags")
    #expect(head.status == 200 && head.bytes.isEmpty)
    #expect(head.head.headerFields[.contentLength] == String(get.bytes.count))
    #expect(await test.send(.head, "/api/unicorns").status == 404)
  }

  @Test func aConnectionGoesOnAfterHead() async throws {
    let server = try await SandboxServer.start(try Sandbox())
    // Without a token: both are 401, one after the other on one connection.
    let replies = try await RawConnection.exchange(
      port: server.port,
      "HEAD /api/skus HTTP/1.1\r\nHost: localhost\r\n\r\n"
        + "GET /api/skus HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    await server.stop()
    let parts = replies.components(separatedBy: "\r\n\r\n")
    #expect(parts.count == 3, "\(replies)")
    #expect(parts.prefix(2).allSatisfy { $0.hasPrefix("HTTP/1.1 401") })
    #expect(parts.last?.contains("INVALID_TOKEN") == true)
  }

  /// `ab` and old programs read until the connection ends.
  @Test(arguments: [
    ("HTTP/1.0", "", "connection: close"),
    ("HTTP/1.0", "Connection: close\r\n", "connection: close"),
    ("HTTP/1.1", "Connection: Close\r\n", "connection: close"),
  ])
  func aConnectionEndsAfterItsLastResponse(
    version: String, header: String, told: String
  ) async throws {
    let server = try await SandboxServer.start(try Sandbox())
    // It ends: else this reads for ever.
    let reply = try await RawConnection.exchange(
      port: server.port,
      "GET /api/skus \(version)\r\nHost: localhost\r\n\(header)\r\n"
        + "GET /api/skus \(version)\r\nHost: localhost\r\n\(header)\r\n")
    #expect(reply.components(separatedBy: " 401 ").count == 2, "\(reply)")
    #expect(reply.lowercased().contains(told))
    await server.stop()
  }

  @Test func anHTTP10ClientMayKeepItsConnection() async throws {
    let server = try await SandboxServer.start(try Sandbox())
    let replies = try await RawConnection.exchange(
      port: server.port,
      "GET /api/skus HTTP/1.0\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n"
        + "GET /api/skus HTTP/1.0\r\nHost: localhost\r\n\r\n")
    #expect(replies.components(separatedBy: " 401 ").count == 3, "\(replies)")
    #expect(replies.lowercased().contains("connection: keep-alive"))
    await server.stop()
  }

  /// HTTP/1.0 does not know `Host`; a page that a foreign name leads here always names it.
  @Test func anHTTP10ClientNeedsNoHost() async throws {
    let server = try await SandboxServer.start(try Sandbox())
    let reply = try await RawConnection.exchange(
      port: server.port, "GET /api/skus HTTP/1.0\r\n\r\n")
    #expect(reply.contains(" 401 "), "\(reply)")
    let newer = try await RawConnection.exchange(
      port: server.port, "GET /api/skus HTTP/1.1\r\nConnection: close\r\n\r\n")
    #expect(newer.contains(" 403 ") || newer.contains(" 400 "), "\(newer)")
    await server.stop()
  }

  @Test func aRejectedRequestHasAnIDAndIsTold() async throws {
    let seen = Mutex<[HandledRequest]>([])
    var configuration = SandboxConfiguration()
    configuration.observe = { request in seen.withLock { $0.append(request) } }
    let server = try await SandboxServer.start(try Sandbox(configuration))
    var ids: Set<String> = []
    for _ in 0..<2 {
      let reply = try await RawConnection.exchange(
        port: server.port, "GET /api/skus HTTP/1.1\r\nHost: evil.test\r\nConnection: close\r\n\r\n")
      #expect(reply.hasPrefix("HTTP/1.1 403"))
      ids.formUnion(
        reply.components(separatedBy: "\r\n").filter { $0.lowercased().hasPrefix("x-request-id") })
    }
    #expect(ids.count == 2)
    #expect(seen.withLock { $0.map(\.status) } == [403, 403])
    await server.stop()
  }

  @Test func pagesOfThisMachineMayAsk() async throws {
    let test = try await TestSandbox()
    let preflight = await test.send(.options, "/api/orders") {
      $0.headerFields = [
        .origin: "http://localhost:3000", .accessControlRequestMethod: "POST",
        .accessControlRequestHeaders: "authorization,content-type",
      ]
    }
    #expect(preflight.status == 204 && preflight.bytes.isEmpty)
    let fields = preflight.head.headerFields
    #expect(fields[.accessControlAllowOrigin] == "http://localhost:3000")
    #expect(fields[.accessControlAllowMethods]?.contains("POST") == true)
    #expect(fields[.accessControlAllowHeaders] == "authorization,content-type")
    let list = await test.send(.get, "/api/orders") {
      $0.headerFields[.origin] = "http://localhost:3000"
    }
    #expect(list.head.headerFields[.accessControlAllowOrigin] == "http://localhost:3000")
    // An error that a page cannot read helps nobody.
    let missing = await test.send(.get, "/api/orders/none") {
      $0.headerFields[.origin] = "http://localhost:3000"
    }
    #expect(missing.status == 404)
    #expect(missing.head.headerFields[.accessControlAllowOrigin] != nil)
    let foreign = await test.send(.get, "/api/orders") {
      $0.headerFields[.origin] = "https://evil.example"
    }
    #expect(foreign.head.headerFields[.accessControlAllowOrigin] == nil)
  }

  @Test func aTokenRequestMayBeAForm() async throws {
    let test = try await TestSandbox()
    let form =
      "grant_type=client_credentials&client_id=\(percentEncoded(test.sandbox.clientID))"
      + "&client_secret=\(percentEncoded(test.sandbox.clientSecret.exposed))"
    let request = HTTPRequest(
      method: .post, scheme: "http", authority: "sandbox.test", path: "/oauth/token",
      headerFields: [.contentType: "application/x-www-form-urlencoded; charset=utf-8"])
    let reply = Reply(await test.sandbox.handle(request, body: Array(form.utf8)))
    #expect(reply.status == 200 && reply.json["access_token"]?.string?.isEmpty == false)
  }

  @Test func aCompressedBodyIsTakenOrRejected() async throws {
    let test = try await TestSandbox()
    let body: JSONValue = ["data": ["type": "tags", "attributes": ["name": "sale"]]]
    // gzip -n of the body above: header, one stored block, checksum.
    let stored = gzip(body.bytes)
    let taken = await test.send(.post, "/api/tags", bytes: stored) {
      $0.headerFields[.contentEncoding] = "gzip"
    }
    #expect(taken.status == 201, "\(taken.text)")
    let damaged = await test.send(.post, "/api/tags", bytes: Array(stored.dropLast(3))) {
      $0.headerFields[.contentEncoding] = "gzip"
    }
    #expect(damaged.status == 400)
    let other = await test.send(.post, "/api/tags", bytes: body.bytes) {
      $0.headerFields[.contentEncoding] = "br"
    }
    #expect(other.status == 415)
    #expect(other.head.headerFields[.acceptEncoding]?.contains("gzip") == true)
  }

  @Test func aCompressedBodyHasALimitToo() async throws {
    let test = try await TestSandbox { $0.maximumBodyBytes = 2_000 }
    let body: JSONValue = [
      "data": [
        "type": "tags", "attributes": ["name": .string(String(repeating: "a", count: 1_990))],
      ]
    ]
    let compressed = gzip(body.bytes)
    let small = Array(compressed.prefix(2_000))
    #expect(small.count <= 2_000 && body.bytes.count > 2_000)
    let reply = await test.send(.post, "/api/tags", bytes: small) {
      $0.headerFields[.contentEncoding] = "gzip"
    }
    #expect([400, 413].contains(reply.status))
  }

  @Test func resetEmptiesItAndRepeatsTheIds() async throws {
    let test = try await TestSandbox()
    let first = await test.create("tags", ["name": "sale"]).json["data"]?["id"]
    _ = try await test.startImport("skus", [["code": "A", "name": "a"]])
    #expect(await test.send(.post, "/__sandbox__/reset").status == 204)
    try await test.sandbox.drain()
    #expect(await test.get("/api/tags").json["meta"]?["record_count"] == 0)
    #expect(await test.get("/api/skus").json["meta"]?["record_count"] == 0)
    #expect(await test.create("tags", ["name": "sale"]).json["data"]?["id"] == first)
    let page = await test.send(.post, "/__sandbox__/reset") {
      $0.headerFields[.origin] = "http://localhost:3000"
    }
    #expect(page.status == 403)
    #expect(await test.get("/api/tags").json["meta"]?["record_count"] == 1)
  }

  @Test func requestsAreToldWithTheReasonOfAnError() async throws {
    let seen = Mutex<[HandledRequest]>([])
    let test = try await TestSandbox {
      $0.observe = { request in seen.withLock { $0.append(request) } }
    }
    _ = await test.get("/api/skus?filter[q][colour_eq]=red")
    _ = await test.get("/api/skus")
    let told = seen.withLock { $0 }.filter { $0.path.hasPrefix("/api") }
    #expect(told.map(\.status) == [400, 200])
    #expect(told.first?.reason?.contains("colour") == true && told.last?.reason == nil)
  }

  @Test func familiesListTheRecordsOfTheirMembers() async throws {
    let test = try await TestSandbox()
    let flex = await test.create("manual_tax_calculators", ["name": "manual"])
    #expect(flex.status == 201, "\(flex.text)")
    let id = try #require(flex.json["data"]?["id"]?.string)
    let list = await test.get("/api/tax_calculators")
    #expect(list.data.map { $0["id"]?.string } == [id])
    #expect(list.data.first?["type"] == "manual_tax_calculators")
    #expect(list.data.first?["attributes"]?["type"] == nil)
    #expect(await test.get("/api/tax_calculators/\(id)").status == 200)
    #expect(
      await test.get("/api/tax_calculators?filter[q][type_eq]=manual_tax_calculators").data.count
        == 1)
    let order = await test.create("markets", ["name": "EU"])
    let owner = order.json["data"]?["id"]?.string ?? ""
    let file = await test.create(
      "attachments", ["name": "terms"],
      relationships: ["attachable": ["data": ["type": "markets", "id": .string(owner)]]])
    if order.status == 201, file.status == 201 {
      let attachments = await test.get("/api/markets/\(owner)/attachments")
      #expect(attachments.values("name") == ["terms"])
    }
  }

  @Test func aSingletonHasRelatedRecords() async throws {
    let test = try await TestSandbox()
    let id = try #require(await test.get("/api/organization").json["data"]?["id"]?.string)
    for path in ["/api/organization/event_stores", "/api/organization/\(id)/event_stores"] {
      #expect(await test.get(path).status == 200, "\(path)")
    }
    #expect(await test.get("/api/organization/relationships/event_stores").status == 200)
    #expect(await test.get("/api/organization/wheels").status == 404)
  }

  private func gzip(_ bytes: [UInt8]) -> [UInt8] {
    var checksum: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
      checksum ^= UInt32(byte)
      for _ in 0..<8 {
        checksum = checksum & 1 == 1 ? (checksum >> 1) ^ 0xEDB8_8320 : checksum >> 1
      }
    }
    checksum = ~checksum
    let count = UInt16(bytes.count)
    func little(_ value: UInt32) -> [UInt8] {
      (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    return [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 1]
      + little(UInt32(count) | UInt32(~count) << 16) + bytes + little(checksum)
      + little(UInt32(bytes.count))
  }
}

/// Bytes over a socket, as no client library sends them.
enum RawConnection {
  /// Sends a text, and reads until the other side closes.
  static func exchange(port: Int, _ text: String) async throws -> String {
    try await offThreadsOfTasks { try read(port: port, text) }
  }

  private static func read(port: Int, _ text: String) throws -> String {
    #if canImport(Glibc)
      let kind = Int32(SOCK_STREAM.rawValue)
    #else
      let kind = SOCK_STREAM
    #endif
    let socket = socket(AF_INET, kind, 0)
    guard socket >= 0 else { throw Missing("a socket") }
    defer { close(socket) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let connected = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard connected == 0 else { throw Missing("a connection") }
    var bytes = Array(text.utf8)
    while !bytes.isEmpty {
      let sent = send(socket, bytes, bytes.count, 0)
      guard sent > 0 else { throw Missing("a connection that takes bytes") }
      bytes.removeFirst(sent)
    }
    var received: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4_096)
    while true {
      let count = recv(socket, &buffer, buffer.count, 0)
      guard count > 0 else { break }
      received += buffer[..<count]
    }
    return String(decoding: received, as: UTF8.self)
  }
}
