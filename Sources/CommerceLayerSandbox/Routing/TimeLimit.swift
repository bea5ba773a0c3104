import CommerceLayerRuntime
import GRDB

/// Ends lists that take longer than ``SandboxConfiguration/requestTimeLimit``.
struct TimeLimit: Sendable {
  let limit: Duration?
  let watchdog: @Sendable (Duration) async throws -> Void

  init(_ configuration: SandboxConfiguration) {
    limit = configuration.requestTimeLimit
    watchdog = configuration.watchdog
  }

  /// Does the work, which ends early when its task is cancelled.
  ///
  /// When time is up, it is cancelled; what is done by then all the same counts, so that a machine too
  /// busy to pass a response on in time rejects nothing.
  /// - Throws: ``ErrorResponse`` that names the filters, when the work was ended.
  func run(
    _ query: QueryString, _ work: @escaping @Sendable () async throws -> SandboxResponse
  ) async throws -> SandboxResponse {
    guard let limit else { return try await work() }
    return try await withThrowingTaskGroup(of: SandboxResponse?.self) { group in
      group.addTask { try await work() }
      group.addTask { [watchdog] in
        try await watchdog(limit)
        return nil
      }
      defer { group.cancelAll() }
      if let response = try await group.next() ?? nil { return response }
      try Task.checkCancellation()
      group.cancelAll()
      do {
        if let response = try await group.next() ?? nil { return response }
      } catch is CancellationError {
        // Ended in time: the response says so.
      } catch let error as DatabaseError where error.resultCode == .SQLITE_INTERRUPT {
        // As above.
      }
      let filters = query.parameters.map(\.name).filter { $0.hasPrefix("filter") }
      let about =
        filters.isEmpty ? "the list" : "the list with " + filters.joined(separator: " and ")
      throw ErrorResponse(
        .serviceUnavailable, "\(about) took longer than \(limit.components.seconds) s",
        filters.first.map { .parameter($0) })
    }
  }
}
