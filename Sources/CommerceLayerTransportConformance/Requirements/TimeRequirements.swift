import CommerceLayerRuntime
import HTTPTypes

extension TransportRequirement {
  static let time = [
    TransportRequirement("aSilentServerIsATimeout", TimeRequirements.aSilentServerIsATimeout),
    TransportRequirement("bodyThatStopsIsATimeout", TimeRequirements.bodyThatStopsIsATimeout),
    TransportRequirement(
      "aServerThatReadsNothingIsATimeout", TimeRequirements.aServerThatReadsNothingIsATimeout),
    TransportRequirement("anExchangeEndsInTime", TimeRequirements.anExchangeEndsInTime),
    TransportRequirement("noConnectionInTimeIsUnsent", TimeRequirements.noConnectionInTimeIsUnsent),
  ]
}

/// Time limits. The servers never do what is waited for, so the outcome does not depend on how fast
/// the machine is.
enum TimeRequirements {
  private static func limits(
    connect: Duration = .seconds(30), idle: Duration = .seconds(30), total: Duration = .seconds(30)
  ) -> Timeouts {
    var limits = Timeouts()
    (limits.connect, limits.idle, limits.total, limits.bulk) = (connect, idle, total, total)
    return limits
  }

  /// A server that takes a request and says nothing: a timeout after the idle limit, and the request
  /// may have been processed.
  static func aSilentServerIsATimeout(_ bench: RequirementBench) async throws {
    let server = try await bench.serve { try await $0.waitForClose() }
    let limits = limits(idle: .milliseconds(300))
    let outcome = await bench.outcome(
      try bench.transport(limits), .to(server.port, .post), body: RequestBody([1]), timeouts: limits
    )
    try require(outcome.kind == .timeout, "it ended with \(outcome)")
    await server.connectionEnded()
  }

  /// A server that stops amid the body: a timeout after the idle limit.
  static func bodyThatStopsIsATimeout(_ bench: RequirementBench) async throws {
    let server = try await bench.serve { connection in
      _ = try await connection.readRequest()
      try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
      try await connection.waitForClose()
    }
    let limits = limits(idle: .milliseconds(300))
    let outcome = await bench.outcome(
      try bench.transport(limits), .to(server.port), timeouts: limits)
    try require(outcome.kind == .timeout, "it ended with \(outcome)")
    await server.connectionEnded()
  }

  /// A server that does not take the body of a request: a timeout after the idle limit.
  static func aServerThatReadsNothingIsATimeout(_ bench: RequirementBench) async throws {
    let over = Signal()
    let server = try await bench.serve { _ in await over.wait() }
    let limits = limits(idle: .milliseconds(300))
    let outcome = await bench.outcome(
      try bench.transport(limits), .to(server.port, .post),
      body: RequestBody([UInt8](repeating: 0x20, count: 64 << 20)), timeouts: limits)
    over.fire()
    try require(outcome.kind == .timeout, "it ended with \(outcome)")
  }

  /// A server that never stops sending, each part within the idle limit: a timeout after the limit
  /// for the whole exchange.
  static func anExchangeEndsInTime(_ bench: RequirementBench) async throws {
    let server = try await bench.serve { connection in
      _ = try await connection.readRequest()
      try await connection.send("HTTP/1.1 200 OK\r\n\r\n")
      while true {
        try await connection.send("x")
        try await Task.sleep(for: .milliseconds(5))
      }
    }
    let limits = limits(total: .milliseconds(300))
    let outcome = await bench.outcome(
      try bench.transport(limits), .to(server.port), timeouts: limits)
    try require(outcome.kind == .timeout, "it ended with \(outcome)")
    await server.connectionEnded()
  }

  /// A connection that cannot be made in time: the request is known to be unsent.
  static func noConnectionInTimeIsUnsent(_ bench: RequirementBench) async throws {
    let server = try await DeafServer(isFull: true)
    let limits = limits(connect: .milliseconds(300), idle: .milliseconds(600))
    let outcome = await bench.outcome(
      try bench.transport(limits), .to(server.port), timeouts: limits)
    try await server.stop()
    try require(outcome.kind == .connect, "it ended with \(outcome)")
  }
}
