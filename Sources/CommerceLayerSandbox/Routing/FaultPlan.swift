import CommerceLayerRuntime
import HTTPTypes
import Synchronization

/// Faults on request: responses that some requests get instead of their own. A list of them comes from a
/// file (`--faults`) or the control endpoint, and one for a single request from its `X-Sandbox-Fault`
/// header. The first that matches counts; nothing is left to chance, so a run repeats.
///
///     [{"method": "POST", "path": "/api/imports", "skip": 1, "times": 2, "status": 503, "applied": true}]
struct FaultPlan: Sendable, Hashable {
  typealias Failure = RequestMatcher.Failure

  /// What stands in the body of a fault's response.
  enum Body: String, Sendable, CaseIterable {
    /// A JSON:API error.
    case errors
    /// A page, as a proxy sends it.
    case html
    case empty
    /// The beginning of a JSON document.
    case cut
  }

  /// Which requests get it.
  var matcher = RequestMatcher()
  var status = 500
  /// Whether the request does what it asks for before its response is lost.
  var isApplied = false
  /// Seconds, for `Retry-After`.
  var retryAfter: Int?
  var body = Body.errors

  /// Reads a list, or one fault.
  static func read(_ bytes: [UInt8]) throws(Failure) -> [FaultPlan] {
    guard let root = (try? JSONDocument(parsing: bytes))?.root.value else {
      throw Failure(description: "faults are a JSON list of objects")
    }
    var plans: [FaultPlan] = []
    for element in root.array ?? [root] {
      guard let object = element.object else {
        throw Failure(description: "a fault is a JSON object")
      }
      plans.append(try FaultPlan(object.map { ($0.key, $0.value) }))
    }
    return plans
  }

  /// Reads a header such as `status=503; applied; retry_after=1`.
  init(header: String) throws(Failure) {
    var members: [(String, JSONValue)] = []
    for part in header.split(separator: ";") {
      let halves = part.split(separator: "=", maxSplits: 1)
        .map { $0.filter { $0 != " " } }
      guard let name = halves.first else { continue }
      let text = halves.count > 1 ? halves[1] : "true"
      members.append((name, (try? JSONValue(parsing: text)) ?? .string(text)))
    }
    try self.init(members)
  }

  private init(_ members: [(String, JSONValue)]) throws(Failure) {
    for (name, value) in members {
      if try matcher.read(name, value) { continue }
      switch (name, value) {
      case ("applied", .bool(let flag)): isApplied = flag
      case ("body", .string(let text)):
        guard let kind = Body(rawValue: text) else {
          let known = Body.allCases.map(\.rawValue).joined(separator: ", ")
          throw Failure(description: "'\(text)' is not a body of a fault: use one of \(known)")
        }
        body = kind
      case ("retry_after", .number(let number)):
        retryAfter = try RequestMatcher.count(name, number, from: 0)
      case ("status", .number(let number)):
        status = try RequestMatcher.count(name, number, from: 200)
        guard status < 600 else {
          throw Failure(description: "'status' is 200 to 599, not \(status)")
        }
      default:
        throw Failure(
          description: "'\(name)' is not a member of a fault, or its value is of another type: "
            + (RequestMatcher.members + ["status", "applied", "retry_after", "body"])
            .joined(separator: ", "))
      }
    }
  }

  /// As it is read.
  var json: JSONValue {
    var members = matcher.json
    members["status"] = .number(JSONNumber(status))
    members["body"] = .string(body.rawValue)
    if let retryAfter { members["retry_after"] = .number(JSONNumber(retryAfter)) }
    if isApplied { members["applied"] = true }
    return .object(members)
  }

  /// What a client sees.
  var fault: Fault {
    var response = HTTPResponse(status: .init(code: status))
    if let retryAfter { response.headerFields[.retryAfter] = String(retryAfter) }
    let bytes: [UInt8]
    switch body {
    case .errors, .cut:
      let error: JSONValue = [
        "errors": [
          [
            "title": "fault on request", "detail": "the sandbox was asked for this response",
            "code": .string(code), "status": .string(String(status)),
          ]
        ]
      ]
      response.headerFields[.contentType] = SandboxResponse.jsonAPI
      bytes = body == .errors ? error.bytes : Array(error.bytes.prefix(20))
    case .html:
      response.headerFields[.contentType] = "text/html"
      bytes = Array("<html><body><h1>\(status)</h1></body></html>".utf8)
    case .empty: bytes = []
    }
    response.headerFields[.contentLength] = String(bytes.count)
    return isApplied ? .commitThenRespond(response, bytes) : .respond(response, bytes)
  }

  /// The codes that are documented for a status; others have a name of the sandbox's own.
  private var code: String {
    switch status {
    case 401: "UNAUTHORIZED"
    case 403: "FORBIDDEN"
    case 404: "RECORD_NOT_FOUND"
    case 422: "VALIDATION_ERROR"
    case 423: "LOCKED"
    case 429: "TOO_MANY_REQUESTS"
    case 500: "INTERNAL_SERVER_ERROR"
    default: "FAULT_\(status)"
    }
  }
}

/// The faults of a sandbox and how often each one has matched.
final class FaultPlans: Sendable {
  /// The header that asks for a fault of one request.
  static let header = "X-Sandbox-Fault"
  private let state = Mutex<[(plan: FaultPlan, matched: Int, given: Int)]>([])

  /// The faults, how many requests each one has matched, and how many got it.
  var current: [(plan: FaultPlan, matched: Int, given: Int)] { state.withLock { $0 } }

  func replace(_ plans: [FaultPlan]) { state.withLock { $0 = plans.map { ($0, 0, 0) } } }

  /// The fault that a request gets.
  /// - Throws: ``FaultPlan/Failure`` when its header cannot be read.
  func fault(for request: HTTPRequest) throws(FaultPlan.Failure) -> Fault? {
    if let name = HTTPField.Name(Self.header), let text = request.headerFields[name] {
      return try FaultPlan(header: text).fault
    }
    return state.withLock { state in
      let (method, path) = (request.method.rawValue, request.path ?? "/")
      for index in state.indices where state[index].plan.matcher.matches(method, path) {
        let (plan, matched, _) = state[index]
        state[index].matched += 1
        guard plan.matcher.isTurn(after: matched) else { continue }
        state[index].given += 1
        return plan.fault
      }
      return nil
    }
  }
}
