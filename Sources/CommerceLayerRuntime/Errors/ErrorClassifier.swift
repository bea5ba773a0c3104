/// Tells what kind of failure a refused request is. Pure.
enum ErrorClassifier {
  static func kind(status: Int, codes: [String]) -> CommerceLayerError.Kind {
    switch status {
    case 401: codes.contains("UNAUTHORIZED") ? .permission : .authentication
    case 403: .permission
    case 404: .notFound
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
    case .authentication: "the credentials were refused"
    case .permission: "not permitted"
    case .notFound: "there is no such resource"
    case .conflict: status == 423 ? "the resource is locked" : "the resource is not unique"
    case .validation: "the service refused the content"
    case .rateLimited: "too many requests"
    case .server: "the service failed"
    case .timeout: "the service gave up waiting"
    case .protocolViolation: "the service answered with a redirect, which is never followed"
    default: "the service refused the request"
    }
  }
}
