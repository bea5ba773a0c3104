public import CommerceLayerRuntime

/// One promise that every `ClientTransport` makes, as a check.
///
/// A test of a transport of one's own:
///
/// ```swift
/// @Test(arguments: TransportRequirement.all)
/// func meets(_ requirement: TransportRequirement) async throws {
///   try await checkTransport(TransportSubject("mine") { MyTransport(timeouts: $0) }, requirement)
/// }
/// ```
public struct TransportRequirement: Sendable, CustomStringConvertible {
  /// The name of the function that checks it, as it stands in `docs/transports.md`.
  public let name: String
  /// Whether it is about what happens on a connection; it does not apply to a transport without one.
  public let needsSocket: Bool
  let check: @Sendable (RequirementBench) async throws -> Void

  init(
    _ name: String, needsSocket: Bool = true,
    _ check: @escaping @Sendable (RequirementBench) async throws -> Void
  ) {
    self.name = name
    self.needsSocket = needsSocket
    self.check = check
  }

  /// The name.
  public var description: String { name }

  /// All requirements.
  public static let all: [TransportRequirement] =
    exchange + framing + breakage + reuse + time + cancellation + streaming + limits + compression
}

/// A transport to be checked.
public struct TransportSubject: Sendable, CustomStringConvertible {
  enum Wiring: Sendable {
    case socket(@Sendable (Timeouts) -> any ClientTransport)
    case handler(@Sendable (@escaping InProcessTransport.Handler) -> any ClientTransport)
  }

  /// What it is called in messages.
  public let name: String
  /// A requirement that a transport is known not to meet, and why.
  public struct Exception: Sendable, Hashable {
    /// Why.
    public let reason: String
    let check: Check

    /// What is done with a requirement that is excepted.
    enum Check: Sendable, Hashable {
      /// It is checked, and that it is met after all is reported.
      case reported
      /// It is checked, and how that ends is taken either way.
      case either
      case never
    }

    /// An exception that is checked too: one that is not needed is itself reported.
    public static func because(_ reason: String) -> Exception {
      Exception(reason: reason, check: .reported)
    }

    /// An exception that cannot be checked in the process that finds out about it.
    public static func endsTheProcess(_ reason: String) -> Exception {
      Exception(reason: reason, check: .never)
    }

    /// An exception from a requirement that measures how far something runs ahead, which a slow machine hides:
    /// it is checked, and not reported when the requirement seems to be met.
    public static func unlessSlow(_ reason: String) -> Exception {
      Exception(reason: reason, check: .either)
    }
  }

  /// Requirements the transport is known not to meet, by name.
  public let exceptions: [String: Exception]
  let wiring: Wiring

  /// A transport that speaks to sockets.
  /// - Parameters:
  ///   - name: What failures call it.
  ///   - exceptions: Requirements that it is known not to meet, by name.
  ///   - make: Makes a fresh one with these limits.
  public init(
    _ name: String, exceptions: [String: Exception] = [:],
    _ make: @escaping @Sendable (Timeouts) -> any ClientTransport
  ) {
    self.name = name
    self.exceptions = exceptions
    wiring = .socket(make)
  }

  /// A transport that hands requests to a closure.
  /// - Parameters:
  ///   - name: What failures call it.
  ///   - make: Makes a fresh one over this closure.
  public init(
    inProcess name: String,
    _ make: @escaping @Sendable (@escaping InProcessTransport.Handler) -> any ClientTransport
  ) {
    self.name = name
    exceptions = [:]
    wiring = .handler(make)
  }

  /// Whether the requirement says anything about this transport.
  public func isSubject(to requirement: TransportRequirement) -> Bool {
    if case .handler = wiring { return !requirement.needsSocket }
    return true
  }

  /// The name.
  public var description: String { name }
}

/// A requirement that was not met.
public struct ConformanceFailure: Error, Sendable, CustomStringConvertible {
  /// What happened instead.
  public let description: String

  init(_ description: String) { self.description = description }
}

/// Checks one requirement. One that does not apply is met.
/// - Parameters:
///   - subject: The transport.
///   - requirement: What is checked.
///   - limit: A requirement that takes longer is not met. Nothing else depends on the clock.
/// - Throws: ``ConformanceFailure``; also when an exception turns out not to be one.
public func checkTransport(
  _ subject: TransportSubject, _ requirement: TransportRequirement, limit: Duration = .seconds(60)
) async throws {
  guard subject.isSubject(to: requirement) else { return }
  let exception = subject.exceptions[requirement.name]
  if exception?.check == .never { return }
  let failure = await failure(of: requirement, by: subject, limit: limit)
  if let exception {
    if failure == nil, exception.check == .reported {
      throw ConformanceFailure(
        "\(requirement) is met by \(subject), although it is excepted: \(exception.reason)")
    }
    return
  }
  if let failure { throw ConformanceFailure("\(requirement) is not met by \(subject): \(failure)") }
}

/// Checks all requirements.
/// - Returns: what is wrong, by requirement; empty when all are met.
public func checkTransport(_ subject: TransportSubject) async -> [String: ConformanceFailure] {
  var failures: [String: ConformanceFailure] = [:]
  for requirement in TransportRequirement.all {
    do {
      try await checkTransport(subject, requirement)
    } catch {
      failures[requirement.name] = error as? ConformanceFailure ?? ConformanceFailure("\(error)")
    }
  }
  return failures
}

private func failure(
  of requirement: TransportRequirement, by subject: TransportSubject, limit: Duration
) async -> String? {
  let bench = RequirementBench(subject: subject)
  let (results, continuation) = AsyncStream.makeStream(of: String?.self)
  let work = Task {
    do {
      try await requirement.check(bench)
      continuation.yield(nil)
    } catch {
      continuation.yield("\(error)")
    }
  }
  // Not a child of the task that checks: what does not end when it is cancelled could not be left.
  let watch = Task {
    try await Task.sleep(for: limit)
    continuation.yield("it did not come to an end")
  }
  var result: String?
  for await first in results {
    result = first
    break
  }
  work.cancel()
  watch.cancel()
  await bench.close()
  return result
}
