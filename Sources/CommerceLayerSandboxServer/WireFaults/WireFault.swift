import CommerceLayerRuntime
import CommerceLayerSandbox

/// What a ``WireFaultProxy`` does to the connection of one request.
public enum WireFault: Sendable, Hashable {
  /// The first byte of the response comes so much later.
  case slowFirstByte(Duration)
  /// The body of the response comes at so many bytes a second.
  case slowBody(bytesPerSecond: Int)
  /// The connection is reset before the request is sent on.
  case resetBeforeRequest
  /// The request is carried out, then the connection is reset in place of a response. With a truncated body
  /// it is reset where that ends.
  case resetAfterRequest
  /// The connection is reset, and the request is sent on so much later: a write that takes effect after its
  /// client has looked for it in vain.
  case lateRequest(Duration)
  /// No response comes until the client gives up.
  case noResponse
  /// The connection ends after so many bytes of the response body.
  case truncatedBody(bytes: Int)
  /// The response is chunked, and its second chunk has no valid size.
  case brokenChunk
  /// The response comes twice, so that the second one stands where that to the next request is expected.
  case duplicateResponse
  /// The connection is closed after a response that leaves it open.
  case closedKeepAlive
  /// The response begins with a line that is not HTTP.
  case garbageStatusLine

  /// Whether a request with a fault reaches the server.
  public enum Reach: String, Sendable, Hashable {
    /// It has no effect: sending it again is safe.
    case never
    /// The server carries it out, after the client has lost its connection.
    case later
    /// The server carries it out.
    case always
  }

  /// Whether the request reaches the server.
  public var reach: Reach {
    switch self {
    case .resetBeforeRequest: .never
    case .lateRequest: .later
    default: .always
    }
  }

  /// Whether the client gets no complete response, and so cannot know what became of a write. A response
  /// without a body has none that can be truncated or broken.
  public var losesResponse: Bool {
    switch self {
    case .slowFirstByte, .slowBody, .duplicateResponse, .closedKeepAlive: false
    default: true
    }
  }

  /// What it is called in a file of faults.
  public var name: String {
    switch self {
    case .slowFirstByte: "slow_first_byte"
    case .slowBody: "slow_body"
    case .resetBeforeRequest: "reset_before_request"
    case .resetAfterRequest: "reset_after_request"
    case .lateRequest: "late_request"
    case .noResponse: "no_response"
    case .truncatedBody: "truncated_body"
    case .brokenChunk: "broken_chunk"
    case .duplicateResponse: "duplicate_response"
    case .closedKeepAlive: "closed_keep_alive"
    case .garbageStatusLine: "garbage_status_line"
    }
  }

  /// The faults that need no number.
  private static let plain: [WireFault] = [
    .resetBeforeRequest, .resetAfterRequest, .noResponse, .brokenChunk, .duplicateResponse,
    .closedKeepAlive, .garbageStatusLine,
  ]
  private static let measured = [
    "slow_first_byte": "seconds", "slow_body": "bytes a second", "late_request": "seconds",
    "truncated_body": "bytes",
  ]
  /// The longest delay: an hour.
  private static let longestDelay = 3600.0

  /// Reads `"reset_after_request"` or `{"truncated_body": 10}`.
  static func read(_ value: JSONValue) throws(RequestMatcher.Failure) -> WireFault {
    if let name = value.string {
      if let fault = plain.first(where: { $0.name == name }) { return fault }
      if let unit = measured[name] {
        throw .init(description: "'\(name)' needs a number of \(unit): {\"\(name)\": 1}")
      }
      throw unknown(name)
    }
    let members = (value.object ?? [:]).map { ($0.key, $0.value) }
    guard members.count == 1, let (name, value) = members.first else {
      throw .init(description: "a fault is a name, or an object of a name and a number")
    }
    guard let unit = measured[name] else { throw unknown(name) }
    guard let number = value.number, let amount = Double(number.text), amount >= 0 else {
      throw .init(description: "'\(name)' is a number of \(unit)")
    }
    switch name {
    case "slow_body":
      return .slowBody(bytesPerSecond: try RequestMatcher.count(name, number, from: 1))
    case "truncated_body":
      return .truncatedBody(bytes: try RequestMatcher.count(name, number, from: 0))
    default:
      guard amount <= longestDelay else {
        throw .init(
          description: "'\(name)' is at most \(Int(longestDelay)) seconds, not \(number.text)")
      }
      return name == "late_request"
        ? .lateRequest(.seconds(amount)) : .slowFirstByte(.seconds(amount))
    }
  }

  private static func unknown(_ name: String) -> RequestMatcher.Failure {
    let known = (plain.map(\.name) + measured.keys).sorted().joined(separator: ", ")
    return .init(description: "'\(name)' is not a fault of the wire: use one of \(known)")
  }
}

/// Which requests get which faults.
public struct WireFaultRule: Sendable, Hashable {
  var matcher = RequestMatcher()
  var probability = 1.0
  /// What those requests get, all of it.
  public let faults: [WireFault]

  /// - Parameters:
  ///   - faults: What the requests get, all of it.
  ///   - method: Their method, any when nil.
  ///   - path: What their path begins with.
  ///   - skip: How many matching requests pass first.
  ///   - every: Of the others every nth gets the faults, counted from the first.
  ///   - times: How many requests get them, all when nil.
  ///   - probability: The share of those requests that do get them, drawn from the seed of the proxy.
  public init(
    _ faults: [WireFault], method: String? = nil, path: String = "/", skip: Int = 0, every: Int = 1,
    times: Int? = nil, probability: Double = 1
  ) {
    self.faults = faults
    self.probability = min(max(probability, 0), 1)
    matcher = RequestMatcher(
      method: method?.uppercased(), path: path, skip: max(0, skip), times: times,
      every: max(1, every))
  }

  private init(_ object: JSONObject) throws(RequestMatcher.Failure) {
    var faults: [WireFault] = []
    for (name, value) in object {
      if try matcher.read(name, value) { continue }
      switch (name, value) {
      case ("fault", _): faults.append(try WireFault.read(value))
      case ("faults", .array(let list)):
        for value in list { faults.append(try WireFault.read(value)) }
      case ("probability", .number(let number)):
        guard let share = Double(number.text), (0...1).contains(share) else {
          throw .init(description: "'probability' is 0 to 1, not \(number.text)")
        }
        probability = share
      default:
        throw .init(
          description:
            "'\(name)' is not a member of a fault of the wire, or its value is of another type: "
            + (RequestMatcher.members + ["probability", "fault", "faults"]).joined(separator: ", "))
      }
    }
    guard !faults.isEmpty else {
      throw .init(description: "a rule has a 'fault', or a list of 'faults'")
    }
    self.faults = faults
  }

  /// Reads a JSON list of rules, or one: `[{"path": "/api/imports", "times": 1, "fault": "reset_after_request"}]`.
  /// - Throws: An error that says what cannot be read.
  public static func list(_ text: String) throws -> [WireFaultRule] {
    guard let root = try? JSONValue(parsing: text) else {
      throw RequestMatcher.Failure(description: "faults of the wire are a JSON list of objects")
    }
    return try (root.array ?? [root]).map { element in
      guard let object = element.object else {
        throw RequestMatcher.Failure(description: "a fault of the wire is a JSON object")
      }
      return try WireFaultRule(object)
    }
  }
}

/// The rules of a proxy and how far each one has come.
struct WireFaultPlan: Sendable {
  private var rules: [(rule: WireFaultRule, matched: Int)]
  private let seed: UInt64

  init(_ rules: [WireFaultRule], seed: UInt64) {
    self.rules = rules.map { ($0, 0) }
    self.seed = seed
  }

  /// What the next request gets: the faults of all rules that are its turn.
  mutating func faults(_ method: String, _ path: String) -> [WireFault] {
    var faults: [WireFault] = []
    for index in rules.indices where rules[index].rule.matcher.matches(method, path) {
      let (rule, matched) = rules[index]
      // Who controls the sandbox through the proxy has no faults, unless they are asked for.
      if ControlPlane.owns(path[...]), !ControlPlane.owns(rule.matcher.path[...]) { continue }
      rules[index].matched += 1
      guard rule.matcher.isTurn(after: matched), draw(index, matched) < rule.probability else {
        continue
      }
      faults += rule.faults
    }
    return faults
  }

  /// A number from 0 to below 1 that depends on the seed, the rule and its count alone (SplitMix64).
  private func draw(_ rule: Int, _ count: Int) -> Double {
    var bits = seed &+ UInt64(truncatingIfNeeded: rule) &* 0xD1B5_4A32_D192_ED03
    bits &+= (UInt64(truncatingIfNeeded: count) &+ 1) &* 0x9E37_79B9_7F4A_7C15
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    bits ^= bits >> 31
    return Double(bits >> 11) / Double(1 << 53)
  }
}
