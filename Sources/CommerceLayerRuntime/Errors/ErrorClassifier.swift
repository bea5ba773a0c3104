/// Tells what kind of failure a rejected request is. Pure.
enum ErrorClassifier {
  static func kind(status: Int, codes: [String]) -> CommerceLayerError.Kind {
    switch status {
    case 401: codes.contains("UNAUTHORIZED") ? .permission : .authentication
    case 403: .permission
    case 404: .notFound
    // Somebody on the way wants to be signed in to: the service has seen nothing.
    case 407, 511: .transport
    case 408: .timeout
    case 409, 423: .conflict
    case 422: .validation
    case 429: .rateLimited
    case 500...599: .server
    case 300...399: .protocolViolation
    default: .request
    }
  }

  static func message(_ kind: CommerceLayerError.Kind, status: Int) -> String {
    switch kind {
    case .authentication: "the credentials were rejected"
    case .permission: "not permitted"
    case .notFound: "there is no such resource"
    case .conflict: status == 423 ? "the resource is locked" : "the resource is not unique"
    case .validation: "the service rejected the request body"
    case .rateLimited: "too many requests"
    case .server: status == 501 ? "the service does not implement this" : "the service failed"
    case .timeout: "the service gave up waiting"
    case .transport:
      status == 407
        ? "a proxy on the way asks for credentials" : "the network asks for a sign-in first"
    case .protocolViolation: "the service responded with a redirect, which is never followed"
    default:
      status == 413 ? "the request is too large" : "the service rejected the request"
    }
  }
}
