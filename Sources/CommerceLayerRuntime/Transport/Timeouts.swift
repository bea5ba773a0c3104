/// Time limits of one exchange.
public struct Timeouts: Sendable, Hashable {
  /// To open a connection, TLS included: 5 s. URLSession has no such limit; there ``idle`` counts
  /// instead, and what it ends is not known to be unsent.
  public var connect: Duration = .seconds(5)
  /// Without a byte either way: 30 s.
  public var idle: Duration = .seconds(30)
  /// For one attempt as a whole: 60 s.
  public var total: Duration = .seconds(60)
  /// For one attempt that carries rows of an import: 10 min.
  public var bulk: Duration = .seconds(600)

  /// The default limits.
  public init() {}

  /// What a transport holds one exchange to, from the call to the last byte of the response: the
  /// greater of ``total`` and ``bulk``. Which of the two a call has is for the client to say; it sets
  /// both.
  public var exchange: Duration { max(total, bulk) }
}

extension Duration {
  var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) / 1e18
  }
}
