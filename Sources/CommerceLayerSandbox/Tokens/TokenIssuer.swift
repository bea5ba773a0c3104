import CommerceLayerRuntime
import Foundation
import Synchronization

/// Issues access tokens and knows which ones are good.
final class TokenIssuer: Sendable {
  /// The same token is handed out until this much of its life remains: 15 min.
  static let margin: Duration = .seconds(15 * 60)

  struct Token: Sendable {
    let text: String
    let expiresAt: Duration
    let createdAt: Int
  }

  private struct State {
    var current: Token?
    var issued: [String: Duration] = [:]
  }

  private let configuration: SandboxConfiguration
  private let state = Mutex(State())

  init(_ configuration: SandboxConfiguration) { self.configuration = configuration }

  /// The token to hand out now, and how long it lasts.
  func issue() -> (token: Token, remaining: Duration) {
    let now = configuration.time.now()
    return state.withLock { state in
      if let current = state.current, current.expiresAt - now >= Self.margin {
        return (current, current.expiresAt - now)
      }
      let created = Int(configuration.now().timeIntervalSince1970)
      let lifetime = configuration.tokenLifetime
      let token = Token(
        text: text(created: created, lifetime: Int(lifetime.components.seconds)),
        expiresAt: now + lifetime, createdAt: created)
      state.current = token
      state.issued = state.issued.filter { $0.value > now }
      state.issued[token.text] = token.expiresAt
      return (token, lifetime)
    }
  }

  /// Whether a token was issued here and has not expired.
  func isValid(_ text: String) -> Bool {
    let now = configuration.time.now()
    return state.withLock { $0.issued[text].map { $0 > now } ?? false }
  }

  /// What the last part of every token begins with, so that one can be found where it must not be;
  /// also the key id in its header, because a text may hold the first part alone.
  static let mark = "sandboxtoken"

  /// Looks like the service's tokens; the last part is the mark and random, not a signature.
  private func text(created: Int, lifetime: Int) -> String {
    let header: JSONValue = ["kid": .string(Self.mark), "alg": "none", "typ": "JWT"]
    let payload: JSONValue = [
      "organization": [
        "id": .string(configuration.organizationID), "slug": .string(configuration.organization),
      ],
      "application": [
        "id": .string(configuration.clientID), "kind": .string(configuration.applicationKind),
        "public": false,
      ],
      "test": .bool(configuration.mode == "test"), "iss": "sandbox",
      "exp": .number(JSONNumber(created + lifetime)),
    ]
    let random = (0..<32).map { _ in UInt8.random(in: .min ... .max) }
    let parts = [header.bytes, payload.bytes].map(Self.base64URL)
    return (parts + [Self.mark + Self.base64URL(random)]).joined(separator: ".")
  }

  private static func base64URL(_ bytes: [UInt8]) -> String {
    Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
      .replacing("=", with: "")
  }
}
