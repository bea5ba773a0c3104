public import HTTPTypes

/// Sees requests and responses on their way, and may change them.
///
/// The shape is that of swift-openapi-runtime's protocol. A middleware sits in one of two places:
///
/// - ``ClientConfiguration/callMiddleware`` sees each call once: outside retries and rate limits.
/// - ``ClientConfiguration/attemptMiddleware`` sees each attempt, inside them.
///
/// Neither sees the access token: it is added last, and only when the request still goes to the
/// client's own service. A middleware's own error ends the call as it is; a ``TransportError`` counts
/// as a failed attempt and may be retried. Whoever throws after `next` has returned should know that
/// the request has been processed.
///
///     struct Announcing: ClientMiddleware {
///       func intercept(
///         _ request: HTTPRequest, body: RequestBody?, context: CallContext, next: Next
///       ) async throws -> TransportResponse {
///         let response = try await next(request, body)
///         print(context.label, "attempt", context.attempt, response.head.status)
///         return response
///       }
///     }
///     configuration.attemptMiddleware = [Announcing()]
public protocol ClientMiddleware: Sendable {
  /// Handles one call or one attempt.
  /// - Parameters:
  ///   - request: The request as it would be sent.
  ///   - body: Its body; nil without one.
  ///   - context: What the call is; the same `id` in every attempt.
  ///   - next: Hands on to the next middleware and, in the end, to the service. May be called more
  ///     than once, or not at all.
  func intercept(
    _ request: HTTPRequest, body: RequestBody?, context: CallContext, next: Next
  ) async throws -> TransportResponse
}

extension ClientMiddleware {
  /// What a middleware hands on to.
  public typealias Next =
    @Sendable (HTTPRequest, RequestBody?) async throws -> TransportResponse
}

/// One call, as middleware, events and logs know it.
public struct CallContext: Sendable, Hashable {
  /// The client's own id of the call, the same in all its attempts. It is sent as
  /// `X-Client-Request-Id`.
  public let id: String
  /// The HTTP method.
  public let method: HTTPRequest.Method
  /// The path without its query.
  public let path: String
  /// Whether sending it twice leaves the same state as sending it once.
  public let isIdempotent: Bool
  /// From 1 on; 0 outside of attempts.
  public var attempt = 0
  /// What the caller attached to the call: ``RequestOptions/tags``.
  public let tags: [String: String]

  /// Method and path: no query, no host.
  public var label: String { "\(method.rawValue) \(path)" }

  /// The resource's collection: `skus` of `/api/skus/xYZ`. The same for all calls of a resource, so
  /// it is fit to be a metric's dimension, unlike the path.
  public var resource: String {
    let rest = path.hasPrefix(basePath) ? path.dropFirst(basePath.count) : path[...]
    return rest.split(separator: "/").first.map(String.init) ?? ""
  }

  /// The path below which the API lies.
  var basePath = ServiceDescription.commonBasePath

  /// Describes a call.
  public init(
    id: String, method: HTTPRequest.Method, path: String, isIdempotent: Bool, attempt: Int = 0,
    tags: [String: String] = [:]
  ) {
    self.id = id
    self.method = method
    self.path = path
    self.isIdempotent = isIdempotent
    self.attempt = attempt
    self.tags = tags
  }
}

/// Middleware in a row.
enum MiddlewareChain {
  static func run(
    _ list: ArraySlice<any ClientMiddleware>, _ request: HTTPRequest, _ body: RequestBody?,
    _ context: CallContext,
    last: @escaping @Sendable (HTTPRequest, RequestBody?) async throws -> TransportResponse
  ) async throws -> TransportResponse {
    guard let first = list.first else { return try await last(request, body) }
    let rest = list.dropFirst()
    return try await first.intercept(request, body: body, context: context) { request, body in
      try await run(rest, request, body, context, last: last)
    }
  }
}
