import HTTPTypes

/// Lets pages of this machine use the sandbox from a browser (CORS), as a storefront in development does.
/// Pages of other hosts never reach this point: ``LoopbackGuard``.
enum CrossOrigin {
  /// How long a browser remembers what it was told: 10 min.
  private static let maximumAge = "600"

  /// The value of `Allow`: the methods of an endpoint, OPTIONS, and HEAD where there is GET.
  static func allowed(_ methods: [HTTPRequest.Method]) -> String {
    Set(methods + [.options] + (methods.contains(.get) ? [.head] : []))
      .map(\.rawValue).sorted().joined(separator: ", ")
  }

  /// The response to `OPTIONS`; nil for other methods.
  /// - Parameter methods: What the endpoint knows; empty when there is no such endpoint.
  static func preflight(_ request: HTTPRequest, methods: [HTTPRequest.Method]) -> HTTPResponse? {
    guard request.method == .options else { return nil }
    let names = allowed(methods)
    var response = HTTPResponse(status: .noContent)
    response.headerFields[.allow] = names
    guard request.headerFields[.origin] != nil else { return response }
    response.headerFields[.accessControlAllowMethods] = names
    response.headerFields[.accessControlMaxAge] = maximumAge
    if let wanted = request.headerFields[.accessControlRequestHeaders] {
      response.headerFields[.accessControlAllowHeaders] = wanted
    }
    return response
  }

  /// Adds what lets the page that asked read a response.
  static func allow(_ request: HTTPRequest, _ response: inout HTTPResponse) {
    guard let origin = request.headerFields[.origin], LoopbackGuard.isLoopback(origin: origin)
    else {
      return
    }
    response.headerFields[.accessControlAllowOrigin] = origin
    response.headerFields[.vary] = "Origin"
    response.headerFields[.accessControlExposeHeaders] = "X-Request-Id, Retry-After"
  }
}
