public import Logging

/// Everything about a client that has a default.
public struct ClientConfiguration: Sendable {
  /// Carries requests; URLSession unless another one is given.
  public var transport: any ClientTransport
  /// Time limits of one attempt. A transport that is made with limits of its own, such as
  /// AsyncHTTPClient's, keeps those for connecting and for silence.
  public var timeouts = Timeouts()
  /// When failed attempts are repeated.
  public var retry = RetryPolicy()
  /// The largest answer that is read, decoded: 32 MiB.
  public var maximumResponseBytes = 32 << 20
  /// Time; the machine's clock unless a test gives another one.
  public var time = TimeSource.continuous
  /// Numbers in 0..<1 for jitter.
  public var random: @Sendable () -> Double = { Double.random(in: 0..<1) }
  /// Where calls are logged: method, path, status and attempts; never headers, queries or bodies.
  public var logger: Logger?
  /// Where the service is, when it is not the organization's own host: the sandbox.
  public var endpoint: ServiceEndpoint?

  /// The defaults, with URLSession or another transport.
  public init(
    transport: any ClientTransport = URLSessionTransport(), endpoint: ServiceEndpoint? = nil
  ) {
    self.transport = transport
    self.endpoint = endpoint
  }
}

/// What one call may have different from the client's configuration.
public struct RequestOptions: Sendable, Hashable {
  /// The time limit of one attempt.
  public var timeout: Duration?
  /// Attempts after the first.
  public var maximumRetries: Int?

  /// Nothing different.
  public init(timeout: Duration? = nil, maximumRetries: Int? = nil) {
    self.timeout = timeout
    self.maximumRetries = maximumRetries
  }
}
