import CommerceLayerAsyncHTTPClient
import CommerceLayerRuntime
import CommerceLayerTransportConformance

/// The transports of this package, with what each of them is known not to meet.
enum Subjects {
  static let all = [urlSession, asyncHTTPClient, inProcess]

  static let urlSession = TransportSubject("URLSession", exceptions: urlSessionExceptions) { _ in
    URLSessionTransport()
  }

  private static let whyMadeFirst =
    "the body is buffered first: on Linux Foundation reads it on a queue that all sessions share"
  private static let madeFirst = TransportSubject.Exception.because(whyMadeFirst)
  private static let madeAhead = TransportSubject.Exception.unlessSlow(whyMadeFirst)

  #if canImport(FoundationNetworking)
    private static let urlSessionExceptions: [String: TransportSubject.Exception] = [
      "bodyIsSentAsItIsMade": madeFirst, "aSlowServerHoldsBackTheBody": madeAhead,
      "dropsTrailers": .endsTheProcess("Foundation stops the process when trailers come"),
      "anEndAmidTheHeadIsBroken": .endsTheProcess(
        "Foundation stops the process when a connection ends amid a head"),
      "rejectsLengthsThatAreNoNumbers": .because("libcurl reads the digits it finds"),
      "rejectsTruncatedCompression": .because("libcurl does not notice; the JSON reader does"),
      "aBombThatIsReadIsTooLarge": .because(
        "Foundation does not say how much came compressed: only the limit of the reader counts"),
      "rejectsContradictingLengths": .because("libcurl takes the last length"),
      "noConnectionInTimeIsUnsent": .because("the idle limit counts, and ends it as a timeout"),
      "aSlowReaderHoldsTheServerBack": .unlessSlow(
        "Foundation cannot be held back; up to 64 MiB pile up"),
    ]
  #else
    private static let urlSessionExceptions: [String: TransportSubject.Exception] = [
      "bodyIsSentAsItIsMade": madeFirst, "aSlowServerHoldsBackTheBody": madeAhead,
    ]
  #endif

  static let asyncHTTPClient = TransportSubject("AsyncHTTPClient", exceptions: [:]) {
    AsyncHTTPClientTransport(timeouts: $0, proxies: .none)
  }

  /// Checks a requirement that URLSession is excepted from because it would end the process.
  static func checkFatal(_ name: String) async throws {
    guard let requirement = TransportRequirement.all.first(where: { $0.name == name }) else {
      return
    }
    try await checkTransport(
      TransportSubject("URLSession") { _ in URLSessionTransport() }, requirement)
  }

  static let inProcess = TransportSubject(inProcess: "in-process") { InProcessTransport($0) }
}

extension Timeouts {
  /// For what is not about limits: servers of tests wait for a core when other suites hold both.
  static var patient: Timeouts {
    var timeouts = Timeouts()
    timeouts.connect = .seconds(300)
    timeouts.idle = .seconds(300)
    return timeouts
  }
}
