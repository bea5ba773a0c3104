public import CommerceLayerRuntime
public import HTTPTypes
public import Tracing

/// A span for each call and each attempt, by OpenTelemetry's conventions for HTTP clients.
///
/// As call middleware it wraps the call in an internal span; as attempt middleware it gives each attempt
/// a client span and sends the trace context along. Spans hold no query, header or body.
public struct TracingMiddleware: ClientMiddleware {
  private let tracer: any Tracer

  /// - Parameter tracer: the bootstrapped one unless another is given.
  public init(tracer: any Tracer = InstrumentationSystem.tracer) { self.tracer = tracer }

  /// Handles one call or one attempt.
  public func intercept(
    _ request: HTTPRequest, body: RequestBody?, context: CallContext, next: Next
  ) async throws -> TransportResponse {
    let isAttempt = context.attempt > 0
    return try await tracer.withAnySpan(
      "\(context.method.rawValue) \(context.resource)", ofKind: isAttempt ? .client : .internal
    ) { span in
      span.attributes["http.request.method"] = context.method.rawValue
      span.attributes["commercelayer.resource"] = context.resource
      span.attributes["commercelayer.call_id"] = context.id
      for (name, value) in context.tags { span.attributes["commercelayer.tag.\(name)"] = value }
      var request = request
      if isAttempt {
        let address = ServerAddress(request.authority ?? "", scheme: request.scheme)
        span.attributes["server.address"] = address.host
        span.attributes["server.port"] = address.port
        span.attributes["url.scheme"] = request.scheme
        span.attributes["url.path"] = context.path
        if context.attempt > 1 {
          span.attributes["http.request.resend_count"] = context.attempt - 1
        }
        tracer.inject(span.context, into: &request.headerFields, using: HeaderInjector())
      }
      let response: TransportResponse
      do {
        response = try await next(request, body)
      } catch {
        span.attributes["error.type"] = ErrorType.name(of: error)
        throw error
      }
      let status = response.head.status.code
      span.attributes["http.response.status_code"] = status
      if status >= 400 {
        span.attributes["error.type"] = String(status)
        span.setStatus(SpanStatus(code: .error))
      }
      return response
    }
  }

  private struct HeaderInjector: Injector {
    func inject(_ value: String, forKey key: String, into fields: inout HTTPFields) {
      if let name = HTTPField.Name(key) { fields[name] = value }
    }
  }
}

/// Host and port of an authority.
struct ServerAddress: Hashable {
  let host: String
  let port: Int

  init(_ authority: String, scheme: String?) {
    let fallback = scheme == "http" ? 80 : 443
    guard let colon = authority.lastIndex(of: ":"), !authority.hasSuffix("]"),
      let port = Int(authority[authority.index(after: colon)...])
    else {
      (host, port) = (authority, fallback)
      return
    }
    (host, self.port) = (String(authority[..<colon]), port)
  }
}

/// `error.type` of an error: few different values.
enum ErrorType {
  static func name(of error: any Error) -> String {
    switch error {
    case let error as CommerceLayerError: error.kind.rawValue
    case let error as TransportError: error.kind.rawValue
    case is CancellationError: "cancelled"
    default: "\(type(of: error))"
    }
  }
}
