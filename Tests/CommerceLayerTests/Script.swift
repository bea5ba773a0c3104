import CommerceLayer
import HTTPTypes
import Synchronization

/// A service that responses from a list and remembers what it was asked.
final class Script: Sendable {
  struct Request: Sendable {
    let method: String
    let path: String
    let query: [String: String]
    let body: String
  }

  private let state: Mutex<(responses: [String], requests: [Request])>

  init(_ responses: String...) { state = Mutex((responses, [])) }

  var requests: [Request] { state.withLock { $0.requests } }

  /// A client whose calls get this script's responses.
  func client() throws -> CommerceLayerClient {
    try CommerceLayerClient(
      organization: "acme", credentials: .token("hushcanary"),
      configuration: ClientConfiguration(
        transport: InProcessTransport { [self] request, body in
          var head = HTTPResponse(status: .ok)
          head.headerFields[.contentType] = "application/vnd.api+json"
          let response = state.withLock { state in
            state.requests.append(Self.read(request, body))
            return state.responses.isEmpty ? "" : state.responses.removeFirst()
          }
          return (head, Array(response.utf8))
        }))
  }

  private static func read(_ request: HTTPRequest, _ body: [UInt8]) -> Request {
    let parts = (request.path ?? "").split(separator: "?", maxSplits: 1)
    var query: [String: String] = [:]
    for parameter in (parts.count > 1 ? parts[1] : "").split(separator: "&") {
      let pair = parameter.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      query[decoded(pair[0])] = pair.count > 1 ? decoded(pair[1]) : ""
    }
    return Request(
      method: request.method.rawValue, path: parts.first.map(String.init) ?? "", query: query,
      body: String(decoding: body, as: UTF8.self))
  }

  private static func decoded(_ text: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), let high = rest.popFirst(), let low = rest.popFirst(),
        let value = UInt8(String(decoding: [high, low], as: UTF8.self), radix: 16)
      {
        bytes.append(value)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// A document with one import.
func document(_ attributes: String, relationships: String = "{}", included: String = "[]") -> String
{
  """
  {"data": {"id": "xYZ", "type": "imports", "attributes": {\(attributes)},
            "relationships": \(relationships)}, "included": \(included)}
  """
}

/// The body of a page of imports.
func page(_ ids: String...) -> String {
  let items = ids.map { #"{"id": "\#($0)", "type": "imports", "attributes": {}}"# }
  return #"{"data": [\#(items.joined(separator: ","))], "meta": {"record_count": \#(ids.count)}}"#
}
