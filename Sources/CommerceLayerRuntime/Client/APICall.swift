import HTTPTypes

/// One call to the API.
struct APICall: Sendable {
  let method: HTTPRequest.Method
  /// The path without its query.
  let path: String
  var parameters: [QueryParameter] = []
  var body: RequestBody?
  /// The request document without its rows; nil when the body is all there is.
  var outline: [UInt8]?
  let isIdempotent: Bool
  /// Whether it carries rows of an import.
  var isBulk = false

  /// Whether processing it may change something.
  var isWrite: Bool { method.isWrite }

  /// The request document as far as it tells one call from another.
  var described: [UInt8]? { outline ?? body?.bytes }

  /// What logs and errors say: no query, no host.
  var label: String { "\(method.rawValue) \(path)" }

  /// The request, still without an access token.
  func request(
    to endpoint: ServiceEndpoint, userAgent: String, headers: [String: String]
  ) -> HTTPRequest {
    let query = parameters.isEmpty ? "" : "?" + PercentEncoding.query(parameters)
    var request = HTTPRequest(
      method: method, scheme: endpoint.scheme, authority: endpoint.authority, path: path + query)
    request.headerFields[.accept] = APIClient.mediaType
    request.headerFields[.userAgent] = userAgent
    if body != nil { request.headerFields[.contentType] = APIClient.mediaType }
    for (name, value) in headers.sorted(by: { $0.key < $1.key }) {
      request.headerFields.set(value, for: name)
    }
    return request
  }
}

extension HTTPRequest.Method {
  /// Whether a request of this method may change something: RFC 9110, section 9.2.1, calls the others
  /// safe.
  var isWrite: Bool { ![.get, .head, .options, .trace].contains(self) }
}

extension HTTPFields {
  /// Sets a header by its name; does nothing when that is not a name.
  mutating func set(_ value: String, for name: String) {
    if let name = HTTPField.Name(name) { self[name] = value }
  }
}
