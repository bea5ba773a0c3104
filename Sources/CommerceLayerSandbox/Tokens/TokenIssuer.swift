import CommerceLayerRuntime
import Foundation
import Synchronization

/// Issues access and refresh tokens and authorization codes, and knows which ones are good. All of them go
/// with the process.
final class TokenIssuer: Sendable {
  /// The same token is handed out until this much of its life remains: 15 min.
  static let margin: Duration = .seconds(15 * 60)
  /// How long a refresh token lasts: two weeks.
  static let refreshLifetime: Duration = .seconds(14 * 86_400)
  /// How long an authorization code is good: 10 min.
  static let codeLifetime: Duration = .seconds(600)

  struct Token: Sendable {
    let text: String
    let expiresAt: Duration
    let createdAt: Int
  }

  /// What a token or a code stands for.
  private struct Issued: Sendable {
    let caller: Caller
    let expiresAt: Duration
    /// Of a code: where it was sent.
    var redirectURI: String?
  }

  private struct State {
    /// The token that is handed out again, by who asks for it and with which scope.
    var current: [String: Token] = [:]
    var access: [String: Issued] = [:]
    var refresh: [String: Issued] = [:]
    var codes: [String: Issued] = [:]
  }

  private let configuration: SandboxConfiguration
  private let state = Mutex(State())

  init(_ configuration: SandboxConfiguration) { self.configuration = configuration }

  private static func place(_ caller: Caller) -> String {
    [
      caller.application.clientID, caller.owner?.type ?? "", caller.owner?.id ?? "",
      caller.scope.text,
    ]
    .joined(separator: "\u{0}")
  }

  /// The token to hand out now, and how long it lasts.
  func issue(_ caller: Caller) -> (token: Token, remaining: Duration) {
    let now = configuration.time.now()
    let place = Self.place(caller)
    return state.withLock { state in
      if let current = state.current[place], current.expiresAt - now >= Self.margin {
        return (current, current.expiresAt - now)
      }
      let created = Int(configuration.now().timeIntervalSince1970)
      let lifetime = caller.application.tokenLifetime
      let token = Token(
        text: text(caller, created: created, lifetime: Int(lifetime.components.seconds)),
        expiresAt: now + lifetime, createdAt: created)
      state.current = state.current.filter { $0.value.expiresAt > now }
      state.current[place] = token
      state.access = state.access.filter { $0.value.expiresAt > now }
      state.access[token.text] = Issued(caller: caller, expiresAt: token.expiresAt)
      return (token, lifetime)
    }
  }

  /// Who a token was issued to; nil when it was not issued here, has expired or was revoked.
  func caller(of text: String) -> Caller? {
    let now = configuration.time.now()
    return state.withLock { state in
      state.access[text].flatMap { $0.expiresAt > now ? $0.caller : nil }
    }
  }

  // MARK: - Refresh tokens and codes

  func issueRefreshToken(_ caller: Caller) -> String {
    let text = Self.mark + Self.random()
    let expiresAt = configuration.time.now() + Self.refreshLifetime
    state.withLock { $0.refresh[text] = Issued(caller: caller, expiresAt: expiresAt) }
    return text
  }

  func issueCode(_ caller: Caller, redirectURI: String) -> String {
    let text = Self.mark + Self.random()
    let expiresAt = configuration.time.now() + Self.codeLifetime
    state.withLock {
      $0.codes[text] = Issued(caller: caller, expiresAt: expiresAt, redirectURI: redirectURI)
    }
    return text
  }

  /// Who a refresh token stands for. It is good for one exchange.
  func takeRefreshToken(_ text: String, of application: SandboxApplication) -> Caller? {
    state.withLock { take(text, of: application, from: &$0.refresh)?.caller }
  }

  /// Who an authorization code stands for. It is good for one exchange.
  func takeCode(
    _ text: String, of application: SandboxApplication, redirectURI: String
  ) -> Caller? {
    state.withLock { take(text, of: application, from: &$0.codes) }.flatMap {
      $0.redirectURI == redirectURI ? $0.caller : nil
    }
  }

  private func take(
    _ text: String, of application: SandboxApplication, from issued: inout [String: Issued]
  ) -> Issued? {
    guard let found = issued[text],
      found.caller.application.clientID == application.clientID
    else { return nil }
    issued[text] = nil
    return found.expiresAt > configuration.time.now() ? found : nil
  }

  /// Ends an access or refresh token of an application.
  /// - Returns: False when it is another application's.
  func revoke(_ text: String, of application: SandboxApplication) -> Bool {
    state.withLock { state in
      guard let issued = state.access[text] ?? state.refresh[text] else { return true }
      guard issued.caller.application.clientID == application.clientID else { return false }
      state.access[text] = nil
      state.refresh[text] = nil
      state.current = state.current.filter { $0.value.text != text }
      return true
    }
  }

  // MARK: - Texts

  /// What the last part of every token begins with, so that one can be found where it must not be;
  /// also the key id in its header, because a text may hold the first part alone.
  static let mark = "sandboxtoken"

  /// What a token says of itself, in the form of the service's.
  func claims(_ caller: Caller, expires: Int) -> JSONObject {
    var claims: JSONObject = [
      "organization": [
        "id": .string(configuration.organizationID), "slug": .string(configuration.organization),
      ],
      "application": [
        "id": .string(caller.application.clientID), "kind": .string(caller.application.kind),
        "public": .bool(caller.application.isPublic),
      ],
      "test": .bool(configuration.mode == "test"), "iss": "sandbox",
      "exp": .number(JSONNumber(expires)), "scope": .string(caller.scope.text),
    ]
    if let owner = caller.owner {
      claims["owner"] = ["id": .string(owner.id), "type": .string(owner.type)]
    }
    if let market = caller.scope.marketID { claims["market"] = ["id": [.string(market)]] }
    return claims
  }

  /// Looks like the service's tokens; the last part is the mark and random, not a signature.
  private func text(_ caller: Caller, created: Int, lifetime: Int) -> String {
    let header: JSONValue = ["kid": .string(Self.mark), "alg": "none", "typ": "JWT"]
    let payload = JSONValue.object(claims(caller, expires: created + lifetime))
    let parts = [header.bytes, payload.bytes].map(Self.base64URL)
    return (parts + [Self.mark + Self.random()]).joined(separator: ".")
  }

  private static func random() -> String {
    base64URL((0..<32).map { _ in UInt8.random(in: .min ... .max) })
  }

  private static func base64URL(_ bytes: [UInt8]) -> String {
    Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
      .replacing("=", with: "")
  }
}
