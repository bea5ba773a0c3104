import CommerceLayer
import CommerceLayerSandbox
import Foundation
import HTTPTypes
import Synchronization

/// A sandbox under test, with a token, a clock that stands still and processing on demand.
struct TestSandbox: Sendable {
  let sandbox: Sandbox
  let clock: TestClock
  let token: String

  static let mediaType = "application/vnd.api+json"
  /// 2024-05-01T12:00:00Z
  static let start = Date(timeIntervalSince1970: 1_714_564_800)

  init(_ configure: (inout SandboxConfiguration) -> Void = { _ in }) async throws {
    let clock = TestClock()
    var configuration = SandboxConfiguration()
    configuration.pace = .manual
    configuration.time = clock.source
    configuration.now = { Self.start }
    // Most tests are about one record; those about the records it names say so.
    configuration.acceptMissingRelated = true
    // By the real clock: hundreds of tests at a time may take longer than any limit.
    configuration.requestTimeLimit = nil
    configure(&configuration)
    sandbox = try Sandbox(configuration)
    self.clock = clock
    token = try await Self.token(of: sandbox)
  }

  static func token(of sandbox: Sandbox) async throws -> String {
    let reply = await requestToken(
      sandbox, id: sandbox.clientID, secret: sandbox.clientSecret.exposed)
    guard let token = reply.json["access_token"]?.string else { throw Missing("a token") }
    return token
  }

  static func requestToken(
    _ sandbox: Sandbox, id: String, secret: String, grant: String = "client_credentials"
  ) async -> Reply {
    let body: JSONValue = [
      "grant_type": .string(grant), "client_id": .string(id), "client_secret": .string(secret),
    ]
    let request = HTTPRequest(
      method: .post, scheme: "http", authority: "sandbox.test", path: "/oauth/token",
      headerFields: [.contentType: "application/json"])
    return Reply(await sandbox.handle(request, body: body.bytes))
  }

  /// Sends a request as a well-behaved client does; `change` makes it another one.
  func send(
    _ method: HTTPRequest.Method, _ path: String, _ body: JSONValue? = nil,
    change: (inout HTTPRequest) -> Void = { _ in }
  ) async -> Reply {
    await send(method, path, bytes: body?.bytes ?? [], change: change)
  }

  func send(
    _ method: HTTPRequest.Method, _ path: String, bytes: [UInt8],
    change: (inout HTTPRequest) -> Void = { _ in }
  ) async -> Reply {
    var request = HTTPRequest(
      method: method, scheme: "http", authority: "sandbox.test", path: path,
      headerFields: [.accept: Self.mediaType, .authorization: "Bearer \(token)"])
    if !bytes.isEmpty { request.headerFields[.contentType] = Self.mediaType }
    change(&request)
    return Reply(await sandbox.handle(request, body: bytes))
  }

  func get(_ path: String) async -> Reply { await send(.get, path) }

  /// Creates a record.
  func create(
    _ type: String, _ attributes: JSONObject, relationships: JSONObject = [:]
  ) async -> Reply {
    await send(
      .post, "/api/\(type)",
      [
        "data": [
          "type": .string(type), "attributes": .object(attributes),
          "relationships": .object(relationships),
        ]
      ])
  }

  func update(_ type: String, _ id: String, _ attributes: JSONObject) async -> Reply {
    await send(
      .patch, "/api/\(type)/\(id)",
      [
        "data": [
          "type": .string(type), "id": .string(id), "attributes": .object(attributes),
        ]
      ])
  }

  /// Creates an import; the id of it.
  func startImport(
    _ type: String, _ inputs: JSONValue, _ more: JSONObject = [:]
  ) async throws -> String {
    var attributes: JSONObject = ["resource_type": .string(type), "inputs": inputs]
    for (key, value) in more { attributes[key] = value }
    let reply = await create("imports", attributes)
    guard reply.status == 201, let id = reply.json["data"]?["id"]?.string else {
      throw Missing("an import: \(reply.text)")
    }
    return id
  }

  /// The attributes of an import.
  func importState(_ id: String) async throws -> JSONValue {
    let reply = await get("/api/imports/\(id)")
    guard let attributes = reply.json["data"]?["attributes"] else {
      throw Missing("attributes: \(reply.text)")
    }
    return attributes
  }
}

extension TestSandbox {
  /// Creates a SKU.
  func createSKU(_ code: String) async -> Reply {
    await create(
      "skus", ["code": .string(code), "name": "Tee"],
      relationships: ["shipping_category": linkage("shipping_categories", "XAyRWNUzyN")])
  }

  /// The attributes of the resource at a path below `/api/`.
  func attributes(_ path: String) async -> JSONValue? {
    await get("/api/\(path)").json["data"]?["attributes"]
  }
}

/// The id of the resource that a reply holds.
func id(_ reply: Reply) throws -> String {
  guard let id = reply.json["data"]?["id"]?.string else { throw Missing("an id: \(reply.text)") }
  return id
}

/// A to-one relationship as a request sends it.
func linkage(_ type: String, _ id: String) -> JSONValue {
  ["data": ["type": .string(type), "id": .string(id)]]
}

struct Missing: Error, CustomStringConvertible {
  let description: String
  init(_ what: String) { description = what }
}

/// A response, read.
struct Reply: Sendable {
  let head: HTTPResponse
  let bytes: [UInt8]
  init(_ response: (HTTPResponse, [UInt8])) { (head, bytes) = response }

  var status: Int { head.status.code }
  var text: String { String(decoding: bytes, as: UTF8.self) }
  var json: JSONValue { (try? JSONValue(parsing: text)) ?? .null }
  /// The elements of `data`.
  var data: [JSONValue] { json["data"]?.array ?? [] }
  /// The first error's code.
  var code: String? { errors.first?["code"]?.string }
  var errors: [JSONValue] { json["errors"]?.array ?? [] }
  /// Where the first error points.
  var pointer: String? { errors.first?["source"]?["pointer"]?.string }
  /// The first error's rule.
  var rule: String? { errors.first?["meta"]?["error"]?.string }
  /// An attribute of each element of `data`.
  func values(_ attribute: String) -> [JSONValue?] {
    data.map { $0["attributes"]?[attribute] }
  }
}

/// Time that moves only when told to.
final class TestClock: Sendable {
  private let elapsed = Mutex(Duration.zero)

  func advance(_ duration: Duration) { elapsed.withLock { $0 += duration } }

  /// Sleeping takes no time but moves the clock.
  var source: TimeSource {
    TimeSource(
      now: { self.elapsed.withLock { $0 } },
      sleep: { duration in
        try Task.checkCancellation()
        self.advance(duration)
        await Task.yield()
      })
  }
}

/// Everything but letters and digits as `%41`.
func percentEncoded(_ text: String) -> String {
  text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? text
}

/// Runs what blocks on a thread of its own: those that tasks share are as many as the machine has cores, and
/// what it waits for needs them.
func offThreadsOfTasks<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
  try await withCheckedThrowingContinuation { continuation in
    Thread.detachNewThread { continuation.resume(with: Result { try work() }) }
  }
}
