public import CommerceLayerRuntime

/// One promise that every ``/CommerceLayerRuntime/ClientTransport`` makes, as a check.
///
/// A test of a transport of one's own:
///
/// ```swift
/// @Test(arguments: TransportLaw.all)
/// func keeps(_ law: TransportLaw) async throws {
///   try await checkTransport(TransportSubject("mine") { MyTransport(timeouts: $0) }, law)
/// }
/// ```
public struct TransportLaw: Sendable, CustomStringConvertible {
  /// The name of the function that checks it, as it stands in `docs/transports.md`.
  public let name: String
  /// Whether it is about what happens on a connection; a transport without one has nothing to keep.
  public let needsSocket: Bool
  let check: @Sendable (LawBench) async throws -> Void

  init(
    _ name: String, needsSocket: Bool = true,
    _ check: @escaping @Sendable (LawBench) async throws -> Void
  ) {
    self.name = name
    self.needsSocket = needsSocket
    self.check = check
  }

  /// The name.
  public var description: String { name }

  /// All laws.
  public static let all: [TransportLaw] =
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
  /// A law that a transport is known not to keep, and why.
  public struct Exception: Sendable, Hashable {
    /// Why.
    public let reason: String
    let check: Check

    /// What is done with a law that is excepted.
    enum Check: Sendable, Hashable {
      /// It is checked, and that it is kept after all is reported.
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

    /// An exception from a law that measures how far something runs ahead, which a slow machine hides:
    /// it is checked, and not reported when the law seems to be kept.
    public static func unlessSlow(_ reason: String) -> Exception {
      Exception(reason: reason, check: .either)
    }
  }

  /// Laws the transport is known not to keep, by name.
  public let exceptions: [String: Exception]
  let wiring: Wiring

  /// A transport that speaks to sockets.
  /// - Parameter make: makes a fresh one with these limits.
  public init(
    _ name: String, exceptions: [String: Exception] = [:],
    _ make: @escaping @Sendable (Timeouts) -> any ClientTransport
  ) {
    self.name = name
    self.exceptions = exceptions
    wiring = .socket(make)
  }

  /// A transport that hands requests to a closure.
  /// - Parameter make: makes a fresh one over this closure.
  public init(
    inProcess name: String,
    _ make: @escaping @Sendable (@escaping InProcessTransport.Handler) -> any ClientTransport
  ) {
    self.name = name
    exceptions = [:]
    wiring = .handler(make)
  }

  /// Whether the law says anything about this transport.
  public func isSubject(to law: TransportLaw) -> Bool {
    if case .handler = wiring { return !law.needsSocket }
    return true
  }

  /// The name.
  public var description: String { name }
}

/// A law that was not kept.
public struct LawViolation: Error, Sendable, CustomStringConvertible {
  /// What happened instead.
  public let description: String

  init(_ description: String) { self.description = description }
}

/// Checks one law. One that does not apply is kept.
/// - Parameter limit: a law that takes longer is not kept. Nothing else depends on the clock.
/// - Throws: ``LawViolation``; also when an exception turns out not to be one.
public func checkTransport(
  _ subject: TransportSubject, _ law: TransportLaw, limit: Duration = .seconds(60)
) async throws {
  guard subject.isSubject(to: law) else { return }
  let exception = subject.exceptions[law.name]
  if exception?.check == .never { return }
  let violation = await violation(of: law, by: subject, limit: limit)
  if let exception {
    if violation == nil, exception.check == .reported {
      throw LawViolation(
        "\(law) is kept by \(subject), although it is excepted: \(exception.reason)")
    }
    return
  }
  if let violation { throw LawViolation("\(law) is not kept by \(subject): \(violation)") }
}

/// Checks all laws.
/// - Returns: what is wrong, by law; empty when all are kept.
public func checkTransport(_ subject: TransportSubject) async -> [String: LawViolation] {
  var violations: [String: LawViolation] = [:]
  for law in TransportLaw.all {
    do {
      try await checkTransport(subject, law)
    } catch {
      violations[law.name] = error as? LawViolation ?? LawViolation("\(error)")
    }
  }
  return violations
}

private func violation(
  of law: TransportLaw, by subject: TransportSubject, limit: Duration
) async -> String? {
  let bench = LawBench(subject: subject)
  let (results, continuation) = AsyncStream.makeStream(of: String?.self)
  let work = Task {
    do {
      try await law.check(bench)
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
