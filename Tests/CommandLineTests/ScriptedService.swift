import CommerceLayer
import Foundation
import Synchronization

/// A small HTTP server on a port of this machine that plays the service where the sandbox does not:
/// one type of records, exports with files, cleanups that delete.
final class ScriptedService: Sendable {
  struct Request: Sendable {
    var method = ""
    /// The path without its query.
    var path = ""
    /// The query's parameters, decoded.
    var query: [String: String] = [:]
    /// The headers by their names in lower case.
    var headers: [String: String] = [:]
    var body: JSONValue = .null
  }

  struct Response: Sendable {
    var status = 200
    var headers: [String: String] = [:]
    var body: [UInt8] = []
    /// What the head announces; the connection ends before it when it is more than there is.
    var announced: Int?

    init(status: Int = 200, _ json: JSONValue) {
      self.status = status
      body = json.bytes
    }

    init(status: Int = 200, headers: [String: String] = [:], bytes: [UInt8], announced: Int? = nil)
    {
      (self.status, self.headers, self.body, self.announced) = (status, headers, bytes, announced)
    }
  }

  struct Record: Sendable {
    var id: String
    var attributes: JSONObject
  }

  /// What it holds and does.
  struct State: Sendable {
    var records: [Record] = []
    var type = "skus"
    /// The responses to downloads, one after the other; the last one again and again.
    var files: [Response] = []
    /// The status of new exports after their first poll.
    var exportStatus = "completed"
    var hasAttachment = true
    /// Whether cleanups leave out their conditions, as a service that does not understand them.
    var ignoresFilters = false
    fileprivate(set) var requests: [Request] = []
    fileprivate var cleanups: [String: (ids: [String], isDone: Bool)] = [:]
    fileprivate var downloads = 0
  }

  /// What all connections share.
  private final class Core: Sendable {
    let state: Mutex<State>
    init(_ initial: State) { state = Mutex(initial) }

    func respond(_ request: Request) -> Response {
      state.withLock { state in
        state.requests.append(request)
        return ScriptedService.respond(request, &state)
      }
    }
  }

  private let core: Core
  private let listener: Int32
  let port: Int

  init(_ change: (inout State) -> Void = { _ in }) throws {
    var initial = State()
    change(&initial)
    core = Core(initial)
    let listener = socket(AF_INET, Self.stream, 0)
    self.listener = listener
    var one: Int32 = 1
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        bind(listener, pointer, length) == 0 && listen(listener, 16) == 0
          && getsockname(listener, pointer, &length) == 0
      }
    }
    guard isBound else { throw POSIXError(.EADDRINUSE) }
    port = Int(UInt16(bigEndian: address.sin_port))
    Thread.detachNewThread { [listener, core] in
      while true {
        let connection = accept(listener, nil, nil)
        guard connection >= 0 else { return }
        Thread.detachNewThread {
          Self.serve(connection, core.respond)
          close(connection)
        }
      }
    }
  }

  private static var stream: Int32 {
    #if canImport(Darwin)
      SOCK_STREAM
    #else
      Int32(SOCK_STREAM.rawValue)
    #endif
  }

  deinit {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }

  var requests: [Request] { core.state.withLock { $0.requests } }
  var records: [Record] { core.state.withLock { $0.records } }

  func environment() -> [String: String] {
    [
      "CL_BASE_PORT": String(port), "CL_CLIENT_ID": "scripted",
      "CL_CLIENT_SECRET": "hushcanary-scripted",
    ]
  }

  // MARK: - HTTP

  private static func serve(_ connection: Int32, _ respond: (Request) -> Response) {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    func readMore() -> Bool {
      let count = recv(connection, &buffer, buffer.count, 0)
      guard count > 0 else { return false }
      bytes += buffer[..<count]
      return true
    }
    let end = Array("\r\n\r\n".utf8)
    while true {
      var head: Range<Int>?
      while head == nil {
        head = bytes.firstRange(of: end)
        if head == nil, !readMore() { return }
      }
      guard let head else { return }
      let lines = String(decoding: bytes[..<head.lowerBound], as: UTF8.self)
        .components(separatedBy: "\r\n")
      var request = Request()
      let words = (lines.first ?? "").split(separator: " ").map(String.init)
      guard words.count >= 2 else { return }
      request.method = words[0]
      let target = words[1].split(separator: "?", maxSplits: 1).map(String.init)
      request.path = target.first ?? ""
      for pair in (target.count > 1 ? target[1] : "").split(separator: "&") {
        let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
          .map { String($0).removingPercentEncoding ?? "" }
        request.query[parts[0]] = parts.count > 1 ? parts[1] : ""
      }
      for line in lines.dropFirst() {
        let parts = line.split(separator: ":", maxSplits: 1)
        guard parts.count == 2 else { continue }
        request.headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
      }
      let length = Int(request.headers["content-length"] ?? "") ?? 0
      while bytes.count < head.upperBound + length { if !readMore() { return } }
      let body = bytes[head.upperBound..<(head.upperBound + length)]
      request.body = (try? JSONValue(parsing: String(decoding: body, as: UTF8.self))) ?? .null
      bytes.removeFirst(head.upperBound + length)
      let response = respond(request)
      var text = "HTTP/1.1 \(response.status) Scripted\r\n"
      text += "content-length: \(response.announced ?? response.body.count)\r\n"
      if response.headers["content-type"] == nil {
        text += "content-type: application/vnd.api+json\r\n"
      }
      for (name, value) in response.headers { text += "\(name): \(value)\r\n" }
      let all = Array((text + "\r\n").utf8) + response.body
      var start = 0
      while start < all.count {
        let count = all[start...].withUnsafeBytes {
          send(connection, $0.baseAddress, $0.count, noSignal)
        }
        guard count > 0 else { return }
        start += count
      }
      if response.announced != nil { return }
    }
  }

  private static var noSignal: Int32 {
    #if canImport(Darwin)
      0
    #else
      Int32(MSG_NOSIGNAL)
    #endif
  }

  // MARK: - The service

  private static func respond(_ request: Request, _ state: inout State) -> Response {
    if request.path == "/oauth/token" {
      return Response([
        "access_token": "hushcanary-token", "token_type": "bearer", "expires_in": 7200,
        "created_at": 0,
      ])
    }
    if request.path.hasPrefix("/files/") {
      defer { state.downloads += 1 }
      return state.files.isEmpty
        ? Response(status: 404, [:]) : state.files[min(state.downloads, state.files.count - 1)]
    }
    let words = request.path.split(separator: "/").map(String.init)
    switch (request.method, words.dropFirst().first ?? "") {
    case ("GET", state.type): return list(request, state)
    case ("POST", "exports"):
      return Response(status: 201, export("pending", request.body, state, request))
    case ("GET", "exports"):
      return Response(export(state.exportStatus, .null, state, request))
    case ("POST", "cleanups"):
      let text = request.body["data"]?["attributes"]?["filters"]?["id_in"]?.string ?? ""
      let ids =
        state.ignoresFilters ? state.records.map(\.id) : text.split(separator: ",").map(String.init)
      let id = "cleanup\(state.cleanups.count + 1)"
      state.cleanups[id] = (ids, false)
      return Response(status: 201, cleanup(id, state))
    case ("GET", "cleanups"):
      let id = words.last ?? ""
      let doomed = Set(state.cleanups[id]?.ids ?? [])
      state.records.removeAll { doomed.contains($0.id) }
      state.cleanups[id]?.isDone = true
      return Response(cleanup(id, state))
    case ("PATCH", "cleanups"): return Response(cleanup(words.last ?? "", state))
    default:
      return Response(status: 404, ["errors": [["status": "404", "code": "RECORD_NOT_FOUND"]]])
    }
  }

  private static func list(_ request: Request, _ state: State) -> Response {
    let size = Int(request.query["page[size]"] ?? "") ?? 10
    let after = request.query["filter[q][id_gt]"] ?? ""
    let rest = state.records.filter { $0.id > after }.sorted { $0.id < $1.id }
    let data = rest.prefix(size).map { record -> JSONValue in
      [
        "type": .string(state.type), "id": .string(record.id),
        "attributes": .object(record.attributes),
      ]
    }
    return Response([
      "data": .array(Array(data)), "meta": ["record_count": .number(JSONNumber(rest.count))],
      "links": ["next": rest.count > size ? "http://127.0.0.1/next" : .null],
    ])
  }

  private static func export(
    _ status: String, _ body: JSONValue, _ state: State, _ request: Request
  ) -> JSONValue {
    var attributes: JSONObject = [
      "status": .string(status), "records_count": .number(JSONNumber(state.records.count)),
      "processed_count": status == "completed" ? .number(JSONNumber(state.records.count)) : 0,
    ]
    if status == "failed" { attributes["errors_log"] = ["export": ["the disk is full"]] }
    if status == "completed", state.hasAttachment {
      let host = request.headers["host"] ?? ""
      attributes["attachment_url"] = .string("http://\(host)/files/1?signature=hushcanary%2Fx")
    }
    return ["data": ["type": "exports", "id": "export1", "attributes": .object(attributes)]]
  }

  private static func cleanup(_ id: String, _ state: State) -> JSONValue {
    let (ids, isDone) = state.cleanups[id] ?? ([], false)
    return [
      "data": [
        "type": "cleanups", "id": .string(id),
        "attributes": [
          "status": isDone ? "completed" : "pending", "errors_count": 0,
          "records_count": .number(JSONNumber(ids.count)),
          "processed_count": isDone ? .number(JSONNumber(ids.count)) : 0,
        ],
      ]
    ]
  }
}

/// Bytes in a gzip file that stores them as they are.
func gzip(_ bytes: [UInt8]) -> [UInt8] {
  var out: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3]
  func little(_ value: UInt32, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) }
  }
  let blocks = stride(from: 0, to: max(bytes.count, 1), by: 60_000).map {
    Array(bytes[$0..<min($0 + 60_000, bytes.count)])
  }
  for (index, block) in blocks.enumerated() {
    out.append(index == blocks.count - 1 ? 1 : 0)
    out += little(UInt32(block.count), 2) + little(~UInt32(block.count), 2) + block
  }
  var checksum: UInt32 = 0xFFFF_FFFF
  for byte in bytes {
    checksum ^= UInt32(byte)
    for _ in 0..<8 { checksum = checksum & 1 == 1 ? checksum >> 1 ^ 0xEDB8_8320 : checksum >> 1 }
  }
  return out + little(~checksum, 4) + little(UInt32(truncatingIfNeeded: bytes.count), 4)
}
