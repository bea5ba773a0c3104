import CommerceLayerRuntime
import HTTPTypes

/// One error object of a response.
struct ErrorObject: Sendable, Hashable {
  /// The codes the service documents, by the status they come with.
  enum Code: String, Sendable, CaseIterable {
    case keyNotIncludedInURL = "KEY_NOT_INCLUDED_IN_URL"
    case filterNotAllowed = "FILTER_NOT_ALLOWED"
    case invalidFilterValue = "INVALID_FILTER_VALUE"
    case invalidFiltersSyntax = "INVALID_FILTERS_SYNTAX"
    case invalidSortCriteria = "INVALID_SORT_CRITERIA"
    case invalidInclude = "INVALID_INCLUDE"
    case invalidField = "INVALID_FIELD"
    case invalidFieldValue = "INVALID_FIELD_VALUE"
    case paramNotAllowed = "PARAM_NOT_ALLOWED"
    case paramMissing = "PARAM_MISSING"
    case invalidPageObject = "INVALID_PAGE_OBJECT"
    case invalidPageValue = "INVALID_PAGE_VALUE"
    case invalidResource = "INVALID_RESOURCE"
    case typeMismatch = "TYPE_MISMATCH"
    case invalidLinksObject = "INVALID_LINKS_OBJECT"
    case keyOrderMismatch = "KEY_ORDER_MISMATCH"
    case invalidDataFormat = "INVALID_DATA_FORMAT"
    case invalidToken = "INVALID_TOKEN"
    case unauthorized = "UNAUTHORIZED"
    case forbidden = "FORBIDDEN"
    case recordNotFound = "RECORD_NOT_FOUND"
    case methodNotAllowed = "METHOD_NOT_ALLOWED"
    case notAcceptable = "NOT_ACCEPTABLE"
    case contentTooLarge = "CONTENT_TOO_LARGE"
    case unsupportedMediaType = "UNSUPPORTED_MEDIA_TYPE"
    case validationError = "VALIDATION_ERROR"
    case tooManyRequests = "TOO_MANY_REQUESTS"
    case internalServerError = "INTERNAL_SERVER_ERROR"
    case serviceUnavailable = "SERVICE_UNAVAILABLE"
    /// The sandbox's own: a trigger that it does not simulate. It did nothing.
    case notSimulated = "NOT_SIMULATED"

    var status: Int {
      switch self {
      case .invalidToken, .unauthorized: 401
      case .forbidden: 403
      case .recordNotFound: 404
      case .methodNotAllowed: 405
      case .notAcceptable: 406
      case .contentTooLarge: 413
      case .unsupportedMediaType: 415
      case .validationError: 422
      case .tooManyRequests: 429
      case .internalServerError: 500
      case .notSimulated: 501
      case .serviceUnavailable: 503
      case .keyNotIncludedInURL, .filterNotAllowed, .invalidFilterValue, .invalidFiltersSyntax,
        .invalidSortCriteria, .invalidInclude, .invalidField, .invalidFieldValue, .paramNotAllowed,
        .paramMissing, .invalidPageObject, .invalidPageValue, .invalidResource, .typeMismatch,
        .invalidLinksObject, .keyOrderMismatch, .invalidDataFormat:
        400
      }
    }

    /// `INVALID_TOKEN` as `invalid token`.
    var title: String { rawValue.lowercased().replacing("_", with: " ") }
  }

  /// Where in the request the cause is.
  enum Source: Sendable, Hashable {
    case pointer(String)
    case parameter(String)
  }

  let code: Code
  let detail: String
  var source: Source?
  var meta: JSONObject?

  init(_ code: Code, _ detail: String, _ source: Source? = nil, meta: JSONObject? = nil) {
    self.code = code
    self.detail = detail
    self.source = source
    self.meta = meta
  }

  /// A rejected value: `meta.error` names the rule, such as `blank` or `taken`.
  static func validation(
    _ pointer: String, _ rule: String, _ message: String, value: JSONValue? = nil
  ) -> ErrorObject {
    var meta: JSONObject = ["error": .string(rule)]
    if let value { meta["value"] = value }
    let name = pointer.split(separator: "/").last ?? ""
    return ErrorObject(.validationError, "\(name) - \(message)", .pointer(pointer), meta: meta)
  }

  fileprivate var json: JSONValue {
    var object: JSONObject = [
      "title": .string(code.title), "detail": .string(detail), "code": .string(code.rawValue),
      "status": .string(String(code.status)),
    ]
    switch source {
    case .pointer(let pointer): object["source"] = ["pointer": .string(pointer)]
    case .parameter(let name): object["source"] = ["parameter": .string(name)]
    case nil: break
    }
    if let meta { object["meta"] = .object(meta) }
    return .object(object)
  }
}

/// Why a request is rejected: at least one problem; the first one's status is the response's.
struct ErrorResponse: Error, Sendable {
  let problems: [ErrorObject]
  var headers = HTTPFields()

  init(_ problems: [ErrorObject]) { self.problems = problems }

  init(
    _ code: ErrorObject.Code, _ detail: String, _ source: ErrorObject.Source? = nil
  ) {
    problems = [ErrorObject(code, detail, source)]
  }

  /// - Parameter known: What the endpoint knows beside OPTIONS, and HEAD where it knows GET.
  static func methodNotAllowed(_ known: [String]) -> ErrorResponse {
    let allowed = CrossOrigin.allowed(known.compactMap { HTTPRequest.Method($0) })
    var rejection = ErrorResponse(.methodNotAllowed, "this endpoint knows \(allowed)")
    rejection.headers[.allow] = allowed
    return rejection
  }

  static func notFound(_ what: String) -> ErrorResponse {
    ErrorResponse(.recordNotFound, "\(what) could not be found")
  }

  var status: Int { problems.first?.code.status ?? 500 }

  /// The error document.
  var body: [UInt8] {
    JSONValue.object(["errors": .array(problems.map(\.json))]).bytes
  }
}
