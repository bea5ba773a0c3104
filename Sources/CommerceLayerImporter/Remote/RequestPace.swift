public import CommerceLayer

/// How long requests take at least because of the rate limits. Pure.
public enum RequestPace {
  /// The least time for a number of requests to one endpoint: the service lets so many through in each
  /// burst window and in each averaging window. Responses take their own time on top.
  /// - Parameter mode: nil while it is unknown; the test mode's limits, which are the lower ones,
  ///   count then.
  public static func minimum(
    _ requests: Int, of limitClass: RateLimitClass, mode: ServiceMode?,
    service: ServiceDescription
  ) -> Duration {
    guard requests > 1, let limit = service.rateLimits[limitClass.rawValue] else { return .zero }
    let mode = mode ?? .test
    var rest = requests - 1
    var time = Duration.zero
    if let average = limit.average[mode], average > 0 {
      time += limit.averageWindow * (rest / average)
      rest %= average
    }
    if let burst = limit.burst[mode], burst > 0 {
      time += limit.burstWindow * (rest / burst)
    }
    return time
  }

  /// The class of GET requests for a type.
  public static func classOfReads(_ type: String, service: ServiceDescription) -> RateLimitClass {
    service.cacheable.contains(type) ? .cacheable : .uncacheable
  }

  /// The least time that sending an import's chunks takes: each is one request to be created, and its
  /// final state is another. How fast the service processes rows is not known beforehand.
  public static func minimumForSending(
    _ imports: Int, mode: ServiceMode?, service: ServiceDescription
  ) -> Duration {
    max(
      minimum(imports, of: .uncacheable, mode: mode, service: service),
      minimum(imports, of: classOfReads("imports", service: service), mode: mode, service: service))
  }
}
