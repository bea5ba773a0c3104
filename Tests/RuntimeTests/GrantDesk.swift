import HTTPTypes
import Synchronization

@testable import CommerceLayerRuntime

/// A token endpoint and a service that response from lists and remember all that they were asked.
final class GrantDesk: Sendable {
  struct Asked: Sendable {
    let request: HTTPRequest
    let body: [UInt8]
    var url: String {
      "\(request.scheme ?? "")://\(request.authority ?? "")\(request.path ?? "")"
    }
    /// The members of the JSON object that was sent.
    var members: JSONObject? {
      guard
        case .object(let members)? = try? JSONValue(parsing: String(decoding: body, as: UTF8.self))
      else { return nil }
      return members
    }
    var token: String? { request.headerFields[.authorization] }
  }
  enum Reply: Sendable {
    case status(Int, String)
    case fail(TransportError)
    static func ok(_ body: String) -> Reply { .status(200, body) }
    static let rejected = Reply.status(
      400, #"{"error":"invalid_grant","error_description":"over"}"#)
    static let invalidToken = Reply.status(401, #"{"errors":[{"code":"INVALID_TOKEN"}]}"#)
    /// An access token, and a refresh token where one is named.
    static func token(_ token: String, refresh: String? = nil) -> Reply {
      let more = refresh.map { #","refresh_token":"\#($0)""# } ?? ""
      return .ok(#"{"access_token":"\#(token)","token_type":"Bearer","expires_in":7200\#(more)}"#)
    }
  }
  private struct State {
    var tokens: [Reply]
    var responses: [Reply]
    var asked: [Asked] = []
    var calls: [Asked] = []
  }
  private let state: Mutex<State>
  private let stage = Stage()

  init(tokens: [Reply], responses: [Reply]) {
    state = Mutex(State(tokens: tokens, responses: responses))
  }

  /// What the token endpoint was asked.
  var asked: [Asked] { state.withLock { $0.asked } }
  /// What the service was asked.
  var calls: [Asked] { state.withLock { $0.calls } }

  func client(_ credentials: Credentials) throws -> APIClient {
    var configuration = ClientConfiguration(
      transport: InProcessTransport { [self] request, body in
        let reply = state.withLock { state -> Reply? in
          let asked = Asked(request: request, body: body)
          if request.path == "/oauth/token" {
            state.asked.append(asked)
            return state.tokens.isEmpty ? nil : state.tokens.removeFirst()
          }
          state.calls.append(asked)
          return state.responses.isEmpty ? nil : state.responses.removeFirst()
        }
        switch reply ?? .fail(TransportError(.broken, "no reply was scripted")) {
        case .fail(let error): throw error
        case .status(let status, let text):
          var head = HTTPResponse(status: .init(code: status))
          head.headerFields[.contentType] = "application/vnd.api+json"
          return (head, Array(text.utf8))
        }
      })
    configuration.time = stage.time
    configuration.random = { 0 }
    return try APIClient(
      organization: "acme", credentials: credentials, configuration: configuration)
  }
}
