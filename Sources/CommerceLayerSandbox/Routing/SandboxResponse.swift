import CommerceLayerRuntime
import HTTPTypes

/// What the sandbox responds with, before the headers every response has.
struct SandboxResponse: Sendable {
  var status: Int
  var contentType: String?
  var headers = HTTPFields()
  var body: [UInt8] = []

  static let jsonAPI = "application/vnd.api+json"

  static func document(_ status: Int, _ body: [UInt8]) -> SandboxResponse {
    SandboxResponse(status: status, contentType: jsonAPI, body: body)
  }

  static func json(_ status: Int, _ object: JSONObject) -> SandboxResponse {
    SandboxResponse(
      status: status, contentType: "application/json", body: JSONValue.object(object).bytes)
  }

  static let noContent = SandboxResponse(status: 204)

  init(status: Int, contentType: String? = nil, body: [UInt8] = []) {
    self.status = status
    self.contentType = contentType
    self.body = body
  }

  init(_ rejection: ErrorResponse) {
    self.init(status: rejection.status, contentType: Self.jsonAPI, body: rejection.body)
    headers = rejection.headers
  }

  /// The response as it is sent.
  func response(requestID: String) -> (HTTPResponse, [UInt8]) {
    var response = HTTPResponse(status: .init(code: status), headerFields: headers)
    if let contentType { response.headerFields[.contentType] = contentType }
    if status != 204 { response.headerFields[.contentLength] = String(body.count) }
    response.headerFields[.requestID] = requestID
    return (response, body)
  }
}

extension HTTPField.Name {
  /// `X-Request-Id`: on every response, the same as `meta.trace_id`.
  static let requestID: HTTPField.Name = HTTPField.Name("X-Request-Id") ?? .via
}
