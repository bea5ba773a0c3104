import CommerceLayer
import Foundation
import HTTPTypes
import Synchronization

/// A service in the same process that responses with one resource object, or a page with it, and
/// remembers what it was asked.
final class RecordingService: Sendable {
  struct Request: Sendable {
    let method: String
    let path: String
    let query: [URLQueryItem]
    let body: JSONValue?

    /// The names of the conditions.
    var filters: [String] {
      query.map(\.name).filter { $0.hasPrefix("filter[q][") }.map {
        String($0.dropFirst("filter[q][".count).dropLast())
      }
    }
    func value(_ name: String) -> String? { query.first { $0.name == name }?.value }
  }

  private let seen = Mutex<[Request]>([])
  private let document: JSONValue
  private let collection: String?

  /// - Parameter collection: the path whose GET gets a page.
  init(_ document: JSONValue, collection: String?) {
    self.document = document
    self.collection = collection
  }

  var requests: [Request] { seen.withLock { $0 } }

  func client() throws -> CommerceLayerClient {
    try CommerceLayerClient(
      organization: "acme", credentials: .token("hushcanary"),
      configuration: ClientConfiguration(
        transport: InProcessTransport { [self] request, body in try respond(request, body) }))
  }

  private func respond(_ request: HTTPRequest, _ body: [UInt8]) throws -> (HTTPResponse, [UInt8]) {
    let parts = URLComponents(string: request.path ?? "")
    let path = parts?.path ?? ""
    let sent = Request(
      method: request.method.rawValue, path: path, query: parts?.queryItems ?? [],
      body: body.isEmpty ? nil : try JSONDecoder().decode(JSONValue.self, from: Data(body)))
    seen.withLock { $0.append(sent) }
    var head = HTTPResponse(status: request.method == .delete ? .noContent : .ok)
    head.headerFields[.contentType] = "application/vnd.api+json"
    if request.method == .delete { return (head, []) }
    let isPage = request.method == .get && path == collection
    let response: JSONValue =
      isPage
      ? ["data": [document], "meta": ["record_count": 1, "page_count": 1]] : ["data": document]
    return (head, Array(try JSONEncoder().encode(response)))
  }
}
