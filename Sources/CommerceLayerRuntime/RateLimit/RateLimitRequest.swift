import HTTPTypes

/// Which quota of the service a request counts against. Open: a service may have more.
public struct RateLimitClass: RawRepresentable, Sendable, Hashable {
  /// The name in the service's table.
  public let rawValue: String
  /// Creates a class from its name.
  public init(rawValue: String) { self.rawValue = rawValue }

  /// GETs of the resources the service serves from a cache.
  public static let cacheable = RateLimitClass(rawValue: "cacheable")
  /// All else, and every write.
  public static let uncacheable = RateLimitClass(rawValue: "uncacheable")
  /// Requests to the token endpoint.
  public static let token = RateLimitClass(rawValue: "token")
}

/// What the limiter must know of a request.
struct RateLimitRequest: Sendable, Hashable {
  let `class`: RateLimitClass
  /// What the burst limit counts separately. The service does not say whether an endpoint is a path
  /// or a resource, so all paths of one resource share a count: the stricter reading.
  let endpoint: String
  /// nil while it is unknown: then the request counts in both modes, at the test mode's limits,
  /// which are the lower ones.
  var mode: ServiceMode?

  static let token = RateLimitRequest(class: .token, endpoint: "token", mode: nil)

  /// Classifies a call; pure.
  ///
  /// A related path counts as cacheable only when both its ends are. What the documentation's list
  /// of cacheable resources does not name counts as uncacheable, whose limits are lower.
  static func classify(
    _ method: HTTPRequest.Method, path: String, service: ServiceDescription?, mode: ServiceMode?
  ) -> RateLimitRequest {
    let base = service?.basePath ?? ServiceDescription.commonBasePath
    let words = path.prefix { $0 != "?" }.dropFirst(path.hasPrefix(base) ? base.count : 0)
      .split(separator: "/").map(String.init)
    let root = words.first ?? ""
    let related = words.count > 2 ? words[2] : root
    let cacheable = service?.cacheable ?? []
    let isCacheable = method == .get && cacheable.contains(root) && cacheable.contains(related)
    return RateLimitRequest(
      class: isCacheable ? .cacheable : .uncacheable, endpoint: root, mode: mode)
  }
}
