import CommerceLayerRuntime
import GRDB
import HTTPTypes
import Synchronization

/// The endpoints below `/__sandbox__/`: tests in other languages and the sandbox's own page control it by
/// them. They have no faults, no rate limits and no place in the request log.
package struct ControlPlane: Sendable {
  static let prefix = "/__sandbox__/"
  /// What a browser must not do with a response, whatever it holds.
  private static let headers: [(String, String)] = [
    ("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
  ]
  /// Imports that the state shows: the latest 10.
  private static let shownImports = 10

  private enum Endpoint: String, CaseIterable {
    case reset, faults, time, seed, state, records

    var methods: [HTTPRequest.Method] {
      switch self {
      case .reset, .seed: [.post]
      case .faults, .time: [.get, .post]
      case .state, .records: [.get]
      }
    }
  }

  let sandbox: Sandbox
  let handler: RequestHandler
  let faults: FaultPlans
  let log: RequestLog

  /// Whether a path belongs to it.
  package static func owns(_ path: Substring) -> Bool { path.hasPrefix(prefix) }

  /// Whether a request is one to it.
  static func owns(_ request: HTTPRequest) -> Bool { owns((request.path ?? "/")[...]) }

  /// The response to a request that ``PageAccess`` has let pass.
  func response(
    to method: HTTPRequest.Method, _ path: Substring, query: QueryString, body: [UInt8],
    context: DocumentContext
  ) async throws -> SandboxResponse {
    let words = path.dropFirst(Self.prefix.count)
      .split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let endpoint = words.first.flatMap({ Endpoint(rawValue: String($0)) }),
      words.count == 1 || endpoint == .records
    else {
      let known = Endpoint.allCases.map(\.rawValue).joined(separator: ", ")
      throw ErrorResponse.notFound("the control endpoint: there are \(known), and it")
    }
    guard endpoint.methods.contains(method) else {
      throw ErrorResponse.methodNotAllowed(endpoint.methods.map(\.rawValue))
    }
    var response: SandboxResponse
    switch (endpoint, method) {
    case (.reset, _):
      try await sandbox.reset()
      response = .noContent
    case (.faults, .post):
      do {
        faults.replace(try FaultPlan.read(body))
      } catch {
        throw ErrorResponse(.invalidDataFormat, error.description)
      }
      response = .noContent
    case (.faults, _): response = .json(200, ["faults": .array(faults.current.map(\.plan.json))])
    case (.time, .post):
      try await changeTime(body)
      response = .json(200, time)
    case (.time, _): response = .json(200, time)
    case (.seed, _):
      let created = try await sandbox.seed(try seedData(body))
      response = .json(200, ["created": .number(JSONNumber(created))])
    case (.state, _): response = .json(200, try await state(query, context))
    case (.records, _):
      response = try await records(
        String(words.count > 1 ? words[1] : ""), query: query, context)
    }
    for (name, value) in Self.headers {
      if let name = HTTPField.Name(name) { response.headers[name] = value }
    }
    return response
  }

  // MARK: - Time

  private var time: JSONObject {
    [
      "now": .string(ISO8601.text(sandbox.clock.now)),
      "elapsed": .number(JSONNumber(Int(sandbox.clock.elapsed.components.seconds))),
      "runs": .bool(sandbox.clock.isRunning),
    ]
  }

  /// `{"advance": 600}`, `{"runs": false}`, or both: the clock is started or stopped first.
  private func changeTime(_ body: [UInt8]) async throws {
    guard let members = try? JSONDocument(parsing: body).root.value.object else {
      throw ErrorResponse(
        .invalidDataFormat, #"the body is a JSON object such as {"advance": 600}"#)
    }
    var advance: Duration?
    var runs: Bool?
    for (name, value) in members {
      switch (name, value) {
      case ("advance", .number(let number)):
        let longest = SandboxClock.longestAdvance / .seconds(1)
        guard let seconds = Double(number.text), (0...longest).contains(seconds) else {
          throw ErrorResponse(
            .invalidFieldValue, "'advance' is 0 to \(Int(longest)) seconds, not \(number.text)",
            .pointer("/advance"))
        }
        advance = .seconds(seconds)
      case ("runs", .bool(let flag)): runs = flag
      default:
        throw ErrorResponse(
          .invalidField,
          "'\(name)' is not a member of this request, or its value is of another type:"
            + " 'advance' takes seconds, 'runs' true or false", .pointer("/" + name))
      }
    }
    if runs == true { sandbox.clock.start() }
    if runs == false { sandbox.clock.stop() }
    if let advance { await sandbox.advance(by: advance) }
  }

  // MARK: - Records

  private func seedData(_ body: [UInt8]) throws -> SeedData {
    if body.isEmpty { return .shop }
    let name = (try? JSONDocument(parsing: body))?.root["data"]?.string
    guard let data = name.flatMap(SeedData.init) else {
      let known = SeedData.allCases.map(\.rawValue).joined(separator: ", ")
      throw ErrorResponse(
        .invalidFieldValue, "'data' names the records to make: \(known)", .pointer("/data"))
    }
    return data
  }

  /// What `GET /api/…` responds with, without a token.
  private func records(
    _ path: String, query: QueryString, _ context: DocumentContext
  ) async throws -> SandboxResponse {
    let path = "/api/" + path
    guard let route = Route.parse(path[...], catalog: handler.catalog),
      handler.methods(route).contains(.get)
    else { throw ErrorResponse.notFound("the records") }
    return try await handler.respond(
      .init(
        method: .get, path: path, query: query, body: [], context: context,
        caller: .page(of: handler.configuration)), route: route)
  }

  /// What the page shows of a running sandbox.
  private func state(_ query: QueryString, _ context: DocumentContext) async throws -> JSONObject {
    let after = query.parameters.first { $0.name == "after" }.flatMap { Int($0.value) } ?? 0
    let (requests, last) = log.requests(after: after)
    let counts = try await handler.store.read { db in
      try Row.fetchAll(db, sql: "SELECT type, records FROM counts ORDER BY type")
        .map { row -> (String, JSONValue) in (row[0], .number(JSONNumber(row[1] as Int))) }
    }
    return [
      "time": .object(time), "last": .number(JSONNumber(last)),
      "counts": .object(JSONObject(counts)),
      "types": .array(
        handler.catalog.types.filter { type in
          handler.methods(.collection(type)).contains(.get)
        }.map { .string($0) }),
      "requests": .array(requests),
      "faults": .array(
        faults.current.map { fault in
          [
            "fault": fault.plan.json, "matched": .number(JSONNumber(fault.matched)),
            "given": .number(JSONNumber(fault.given)),
          ]
        }),
      "imports": try await imports(context),
    ]
  }

  private func imports(_ context: DocumentContext) async throws -> JSONValue {
    guard let type = handler.catalog.imports, let schema = handler.catalog.schema(type) else {
      return []
    }
    let fields = [
      ImportField.resourceType, ImportField.status, ImportField.inputsSize,
      ImportField.processedCount, ImportField.errorsCount,
    ].filter { schema.attribute($0) != nil }
    let query =
      "sort=-created_at&page[size]=\(Self.shownImports)"
      + "&fields[\(type)]=\(fields.joined(separator: ","))"
    let list = try await records(type, query: try QueryString(query[...]), context)
    return (try JSONDocument(parsing: list.body)).root["data"]?.value ?? []
  }
}

/// The latest requests, for the page.
final class RequestLog: Sendable {
  /// Requests that are kept: 200.
  private static let capacity = 200
  private let state = Mutex<(last: Int, entries: [(number: Int, request: HandledRequest)])>((0, []))

  func add(_ request: HandledRequest) {
    state.withLock { state in
      state.last += 1
      state.entries.append((state.last, request))
      if state.entries.count > Self.capacity { state.entries.removeFirst() }
    }
  }

  /// What came after a number, oldest first, and the number of the latest.
  func requests(after number: Int) -> ([JSONValue], last: Int) {
    let (entries, last) = state.withLock { state in
      // A page that was open before the sandbox was started again asks for numbers to come.
      let number = number > state.last ? 0 : number
      return (state.entries.filter { $0.number > number }, state.last)
    }
    let requests = entries.map { number, request -> JSONValue in
      [
        "number": .number(JSONNumber(number)), "method": .string(request.method),
        "path": .string(request.path), "status": .number(JSONNumber(request.status)),
        "milliseconds": .number(JSONNumber(Int(request.duration / .milliseconds(1)))),
        "reason": request.reason.map { .string($0) } ?? .null,
      ]
    }
    return (requests, last)
  }
}
