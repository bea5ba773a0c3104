public import Logging

/// Everything about a client that has a default.
///
///     var configuration = ClientConfiguration()
///     configuration.timeouts.total = .seconds(20)
///     configuration.applicationName = "shop-sync"
///     let client = try CommerceLayerClient(
///       organization: "acme", credentials: .clientCredentials(id: id, secret: secret),
///       configuration: configuration)
public struct ClientConfiguration: Sendable {
  /// Carries requests; URLSession unless another one is given.
  public var transport: any ClientTransport
  /// Time limits of one attempt. A transport that is made with limits of its own, such as
  /// AsyncHTTPClient's, keeps those for connecting and for silence.
  public var timeouts = Timeouts()
  /// When failed attempts are repeated.
  public var retry = RetryPolicy()
  /// Keeps requests under the service's limits. nil: a limiter of the client's own, with the
  /// service's numbers; against a server on this machine, one that only pauses after an HTTP 429.
  public var rateLimiter: RateLimiter?
  /// The largest response that is read, decompressed: 32 MiB.
  public var maximumResponseBytes = 32 << 20
  /// How strictly responses are read. Unless it is said, one value that cannot be read is a
  /// ``Diagnostic`` and not the loss of the page it is on.
  public var responseReading = ResponseReading.lenient
  /// Sees each call once, the first one outermost.
  public var callMiddleware: [any ClientMiddleware] = []
  /// Sees each attempt, the first one outermost.
  public var attemptMiddleware: [any ClientMiddleware] = []
  /// Told what happens to calls; must not block.
  public var onEvent: (@Sendable (ClientEvent) -> Void)?
  /// What the program calls itself in `User-Agent`: at most 24 letters, digits, `-`, `_`, `.`.
  public var applicationName: String?
  /// Time; the machine's clock unless a test gives another one.
  public var time = TimeSource.continuous
  /// Numbers in 0..<1 for jitter.
  public var random: @Sendable () -> Double = { Double.random(in: 0..<1) }
  /// Ids of calls: 32 random hexadecimal digits.
  public var makeRequestID: @Sendable () -> String = { RequestID.random() }
  /// Where calls are logged: method, path, status, attempts and reasons on `debug`; what waits on
  /// `info`; allow-listed headers and query parameters on `trace`; never a body.
  public var logger: Logger?
  /// Where the service is, when it is not the organization's own host: the sandbox.
  public var endpoint: ServiceEndpoint?

  /// The longest ``applicationName``.
  public static let maximumApplicationName = 24

  /// The defaults, with URLSession or another transport.
  public init(
    transport: any ClientTransport = URLSessionTransport(), endpoint: ServiceEndpoint? = nil
  ) {
    self.transport = transport
    self.endpoint = endpoint
  }

  /// `User-Agent`: this package and its version, the system, the program.
  /// - Throws: an error of kind `configuration` when ``applicationName`` is not fit for a header.
  func userAgent() throws(CommerceLayerError) -> String {
    let package = "\(APIClient.userAgent) (\(Platform.description))"
    guard let name = applicationName else { return package }
    guard (1...Self.maximumApplicationName).contains(name.utf8.count),
      name.utf8.allSatisfy({ HeaderRules.isWordByte($0) })
    else {
      throw CommerceLayerError(
        .configuration,
        "'\(TerminalSafe.text(name, limit: 40))' is not a valid application name: "
          + "1 to \(Self.maximumApplicationName) letters, digits, '-', '_' and '.'")
    }
    return "\(package) app/\(name)"
  }
}

/// Ids of calls.
enum RequestID {
  static func random() -> String {
    let digits = Array("0123456789abcdef")
    return String((0..<32).map { _ in digits[Int.random(in: 0..<16)] })
  }
}

/// What `User-Agent` says of the machine.
enum Platform {
  static var description: String { "\(system); \(architecture)" }

  private static var system: String {
    #if os(Linux)
      "linux"
    #elseif os(macOS)
      "macos"
    #elseif os(iOS)
      "ios"
    #elseif os(tvOS)
      "tvos"
    #elseif os(watchOS)
      "watchos"
    #elseif os(visionOS)
      "visionos"
    #else
      "other"
    #endif
  }

  private static var architecture: String {
    #if arch(x86_64)
      "x86_64"
    #elseif arch(arm64)
      "arm64"
    #else
      "other"
    #endif
  }
}
