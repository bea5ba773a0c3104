import CommerceLayerRuntime
import Foundation
import GRDB
import HTTPTypes

/// `/oauth/token`, `/oauth/authorize`, `/oauth/revoke` and `/oauth/tokeninfo`.
///
/// Errors have the form of RFC 6749 §5.2, or that of the API for clients that ask for its media type: the
/// service's own client knows both. Grants, the kinds of applications that have them, scopes and lifetimes:
/// https://docs.commercelayer.io/core/authentication.
struct TokenEndpoint: Sendable {
  let configuration: SandboxConfiguration
  let issuer: TokenIssuer
  let store: Store
  let records: RecordTable

  /// The grants by their `grant_type`, and the kinds of applications that may not use them all.
  private enum Grant: String {
    case clientCredentials = "client_credentials"
    case password
    case authorizationCode = "authorization_code"
    case refreshToken = "refresh_token"
    case jwtBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer"

    /// Sales channels and webapps are as the documentation lists them; all other kinds are integrations.
    func isOpen(to kind: String) -> Bool {
      switch (self, kind) {
      case (.clientCredentials, "webapp"): false
      case (.clientCredentials, _): true
      case (.password, SandboxApplication.salesChannel): true
      case (.authorizationCode, "webapp"): true
      case (.refreshToken, SandboxApplication.salesChannel), (.refreshToken, "webapp"): true
      case (.jwtBearer, SandboxApplication.salesChannel), (.jwtBearer, "webapp"): true
      default: false
      }
    }
  }

  /// Why no token is issued.
  private struct Failure: Error {
    let status: Int
    let code: String
    let description: String

    static func invalidRequest(_ description: String) -> Failure {
      Failure(status: 400, code: "invalid_request", description: description)
    }
    static func invalidGrant(_ description: String) -> Failure {
      Failure(status: 400, code: "invalid_grant", description: description)
    }
    static func invalidClient() -> Failure {
      Failure(
        status: 401, code: "invalid_client", description: "unknown client, or wrong secret")
    }
  }

  // MARK: - Requests

  func respond(_ route: Route, _ request: HTTPRequest, _ body: [UInt8]) async throws
    -> SandboxResponse
  {
    do {
      switch route {
      case .authorize: return try authorize(request)
      case .revoke: return try revoke(try fields(request, body))
      case .tokenInfo: return try tokenInfo(request)
      default: return try await token(try fields(request, body))
      }
    } catch let failure as Failure {
      return Self.respond(failure, to: request)
    }
  }

  private static func respond(_ failure: Failure, to request: HTTPRequest) -> SandboxResponse {
    guard request.headerFields[.accept]?.contains(SandboxResponse.jsonAPI) == true else {
      return .json(
        failure.status,
        [
          "error": .string(failure.code), "error_description": .string(failure.description),
        ])
    }
    // With a number for the status, as the service sends it.
    let error: JSONValue = [
      "title": .string(failure.code.replacing("_", with: " ")),
      "detail": .string(failure.description), "code": .string(failure.code.uppercased()),
      "status": JSONValue(cents: failure.status),
    ]
    return .document(failure.status, JSONValue.object(["errors": [error]]).bytes)
  }

  private static let form = "application/x-www-form-urlencoded"

  /// The members of a JSON body, or the fields of a form as OAuth clients send it.
  private func fields(_ request: HTTPRequest, _ body: [UInt8]) throws -> JSONObject {
    let isForm = request.headerFields[.contentType]?.lowercased().hasPrefix(Self.form) == true
    if isForm, let text = String(validating: body, as: UTF8.self),
      let query = try? QueryString(text[...])
    {
      return JSONObject(query.parameters.map { ($0.name, .string($0.value)) })
    }
    guard !isForm, let object = (try? JSONDocument(parsing: body))?.root.value.object else {
      throw Failure.invalidRequest("the body is one JSON object, or a form")
    }
    return object
  }

  /// The application of a request. One that is not public must know its secret.
  private func client(_ fields: JSONObject) throws -> SandboxApplication {
    guard
      let application = configuration.allApplications.first(where: {
        $0.clientID == fields["client_id"]?.string
      })
    else { throw Failure.invalidClient() }
    if application.isPublic, fields["client_secret"] == nil { return application }
    guard let secret = application.clientSecret, let given = fields["client_secret"]?.string,
      Passwords.isEqual(given, secret.exposed)
    else { throw Failure.invalidClient() }
    return application
  }

  // MARK: - Tokens

  private func token(_ fields: JSONObject) async throws -> SandboxResponse {
    guard let name = fields["grant_type"]?.string else {
      throw Failure.invalidRequest("'grant_type' is missing")
    }
    guard let grant = Grant(rawValue: name) else {
      throw Failure(
        status: 400, code: "unsupported_grant_type", description: "'\(name)' is not a grant type")
    }
    let application = try client(fields)
    guard grant.isOpen(to: application.kind) else {
      throw Failure(
        status: 400, code: "unauthorized_client",
        description: "applications of the kind \(application.kind) have no \(name) grant")
    }
    var caller: Caller
    switch grant {
    case .clientCredentials:
      caller = Caller(application: application, owner: nil, scope: try await scope(fields))
    case .password:
      caller = Caller(
        application: application, owner: try await customer(fields), scope: try await scope(fields))
    case .authorizationCode:
      guard
        let found = issuer.takeCode(
          try text("code", fields), of: application,
          redirectURI: try text("redirect_uri", fields))
      else { throw Failure.invalidGrant("the code is unknown, expired or was used already") }
      caller = found
    case .refreshToken:
      guard let found = issuer.takeRefreshToken(try text("refresh_token", fields), of: application)
      else {
        throw Failure.invalidGrant("the refresh token is unknown, expired or was used already")
      }
      caller = found
    case .jwtBearer:
      caller = Caller(
        application: application, owner: try await owner(ofAssertion: fields),
        scope: try await scope(fields))
    }
    let (token, remaining) = issuer.issue(caller)
    var response: JSONObject = [
      "access_token": .string(token.text), "token_type": "Bearer",
      "expires_in": .number(JSONNumber(Int(remaining.components.seconds))),
      "scope": .string(caller.scope.text),
      "created_at": .number(JSONNumber(token.createdAt)),
    ]
    if grant != .clientCredentials {
      response["refresh_token"] = .string(issuer.issueRefreshToken(caller))
    }
    if let owner = caller.owner {
      response["owner_id"] = .string(owner.id)
      response["owner_type"] = .string(owner.type.lowercased())
    }
    return .json(200, response)
  }

  private func text(_ name: String, _ fields: JSONObject) throws -> String {
    guard let text = fields[name]?.string, !text.isEmpty else {
      throw Failure.invalidRequest("'\(name)' is missing")
    }
    return text
  }

  /// The scope that is asked for; what it names must exist, as relationships of requests must.
  private func scope(_ fields: JSONObject) async throws -> TokenScope {
    guard var scope = TokenScope(fields["scope"]?.string ?? TokenScope.unrestricted) else {
      throw Failure(
        status: 400, code: "invalid_scope",
        description:
          "'\(fields["scope"]?.string ?? "")' is not a scope such as market:id:xYZkjABcde")
    }
    for part in scope.parts {
      let id = try await store.read { [records] db -> String? in
        if part.attribute == "id" {
          return try records.find(db, type: part.type, id: part.value)?.id
        }
        let value = part.attribute == "number" ? "CAST(? AS INTEGER)" : "?"
        return try String.fetchOne(
          db,
          sql: """
            SELECT id FROM records WHERE type = ? AND json_extract(attributes, ?) = \(value)
            ORDER BY sequence LIMIT 1
            """, arguments: [part.type, RecordSQL.path(part.attribute), part.value])
      }
      guard let found = id ?? (part.attribute == "id" ? part.value : nil),
        id != nil || configuration.acceptMissingRelated
      else {
        guard configuration.acceptMissingRelated else {
          throw Failure(
            status: 400, code: "invalid_scope",
            description:
              "there is no record of \(part.type) with the \(part.attribute) \(part.value)")
        }
        continue
      }
      if part.type == "markets" { scope.marketID = found }
    }
    return scope
  }

  /// The customer of an email address and a password.
  private func customer(_ fields: JSONObject) async throws -> ChangeAuthor.Owner {
    let email = try text("username", fields)
    let password = try text("password", fields)
    let found = try await store.read { [records] db in
      try records.uniqueKey("customers", ["email": .string(email)], [:])
        .flatMap { try records.find(db, type: "customers", key: $0) }
    }
    guard let found, Passwords.isRight(password, found.attributeObject()) else {
      throw Failure.invalidGrant("the email address or the password is wrong")
    }
    return ChangeAuthor.Owner(id: found.id, type: "Customer")
  }

  /// The name of the claim that holds the owner: https://docs.commercelayer.io/core/authentication/jwt-bearer
  private static let ownerClaim = "https://commercelayer.io/claims"

  /// Who an assertion is for. Its signature is not verified, as the service does not verify it either.
  private func owner(ofAssertion fields: JSONObject) async throws -> ChangeAuthor.Owner {
    guard let claims = UnverifiedClaims(try text("assertion", fields))?.root else {
      throw Failure.invalidGrant("the assertion is not a JSON Web Token")
    }
    if let expires = claims["exp"]?.integer,
      expires <= Int(configuration.now().timeIntervalSince1970)
    {
      throw Failure.invalidGrant("the assertion has expired")
    }
    let owner = claims[Self.ownerClaim]?["owner"]
    guard let id = owner?["id"]?.string, let type = owner?["type"]?.string,
      ["Customer", "User"].contains(type)
    else {
      throw Failure.invalidGrant(
        "the claim \(Self.ownerClaim) has no owner with an id and the type Customer or User")
    }
    if type == "Customer" {
      let exists = try await store.read { [records] db in
        try records.find(db, type: "customers", id: id) != nil
      }
      guard exists else { throw Failure.invalidGrant("the customer \(id) does not exist") }
    }
    return ChangeAuthor.Owner(id: id, type: type)
  }

  // MARK: - The other endpoints

  /// The id of the user who is logged in wherever a user would be.
  private static let user = "SandboxUsr"

  /// Sends a webapp a code at once: there is nobody to log in and to consent.
  private func authorize(_ request: HTTPRequest) throws -> SandboxResponse {
    let target = (request.path ?? "").split(separator: "?", maxSplits: 1)
    let parameters = try? QueryString(target.count > 1 ? target[1] : "").parameters
    let fields = JSONObject((parameters ?? []).map { ($0.name, .string($0.value)) })
    guard
      let application = configuration.allApplications.first(where: {
        $0.clientID == fields["client_id"]?.string
      })
    else { throw Failure.invalidClient() }
    guard let uri = application.redirectURI, fields["redirect_uri"]?.string == uri else {
      throw Failure.invalidRequest("the redirect_uri is not the one of the application")
    }
    guard fields["response_type"] == "code", Grant.authorizationCode.isOpen(to: application.kind)
    else {
      throw Failure(
        status: 400, code: "unauthorized_client",
        description: "only applications of the kind webapp get a code, with response_type=code")
    }
    guard let scope = TokenScope(fields["scope"]?.string ?? TokenScope.unrestricted) else {
      throw Failure(status: 400, code: "invalid_scope", description: "the scope is not valid")
    }
    let caller = Caller(
      application: application, owner: .init(id: Self.user, type: "User"), scope: scope)
    var query = "code=" + issuer.issueCode(caller, redirectURI: uri)
    if let state = fields["state"]?.string { query += "&state=" + PageLinks.encoded(state) }
    var response = SandboxResponse(status: 302)
    response.headers[.location] = uri + (uri.contains("?") ? "&" : "?") + query
    return response
  }

  private func revoke(_ fields: JSONObject) throws -> SandboxResponse {
    let application = try client(fields)
    guard issuer.revoke(try text("token", fields), of: application) else {
      throw Failure(
        status: 403, code: "unauthorized_client",
        description: "the token is one of another application")
    }
    return .json(200, [:])
  }

  /// What the token of a request says of itself.
  private func tokenInfo(_ request: HTTPRequest) throws -> SandboxResponse {
    let words = (request.headerFields[.authorization] ?? "").split(separator: " ")
    guard words.count == 2, words[0].lowercased() == "bearer",
      issuer.caller(of: String(words[1])) != nil,
      let claims = UnverifiedClaims(String(words[1]))?.root.value.object
    else {
      throw Failure(
        status: 401, code: "invalid_token", description: "the access token is unknown or expired")
    }
    return .json(200, claims)
  }
}
