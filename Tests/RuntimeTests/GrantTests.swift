import HTTPTypes
import Testing

@_spi(Generated) @testable import CommerceLayerRuntime

/// What each of OAuth's grants sends, and what follows when it is rejected.
@Suite struct GrantTests {
  /// A grant, the members of its first request, and whether a request of unknown outcome is repeated.
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let credentials: Credentials
    let members: JSONObject
    var isRepeatable = true
    var testDescription: String { name }
  }

  static let jwt = "urn:ietf:params:oauth:grant-type:jwt-bearer"
  static let cases = [
    Case(
      name: "client credentials",
      credentials: .clientCredentials(id: "id", secret: "hushcanary-1" as Secret),
      members: [
        "grant_type": "client_credentials", "client_id": "id", "client_secret": "hushcanary-1",
      ]),
    Case(
      name: "client credentials with a scope",
      credentials: .clientCredentials(
        id: "id", secret: "hushcanary-1", scope: "market:11 stock_location:2"),
      members: [
        "grant_type": "client_credentials", "client_id": "id", "client_secret": "hushcanary-1",
        "scope": "market:11 stock_location:2",
      ]),
    Case(
      name: "password",
      credentials: .password(
        username: "ada@example.com", password: "hushcanary\"w\u{7f}é", id: "id", scope: "market:11"),
      members: [
        "grant_type": "password", "client_id": "id", "username": "ada@example.com",
        "password": "hushcanary\"w\u{7f}é", "scope": "market:11",
      ]),
    Case(
      name: "password of a confidential application",
      credentials: .password(
        username: "ada", password: "hushcanary-pw", id: "id", secret: "hushcanary-1"),
      members: [
        "grant_type": "password", "client_id": "id", "client_secret": "hushcanary-1",
        "username": "ada", "password": "hushcanary-pw",
      ]),
    Case(
      name: "refresh token",
      credentials: .refreshToken("hushcanary-refresh-0", id: "id", secret: "hushcanary-1"),
      members: [
        "grant_type": "refresh_token", "client_id": "id", "client_secret": "hushcanary-1",
        "refresh_token": "hushcanary-refresh-0",
      ], isRepeatable: false),
    Case(
      name: "refresh token of a public application",
      credentials: .refreshToken("hushcanary-refresh-0", id: "id"),
      members: [
        "grant_type": "refresh_token", "client_id": "id", "refresh_token": "hushcanary-refresh-0",
      ],
      isRepeatable: false),
    Case(
      name: "authorization code",
      credentials: .authorizationCode(
        "hushcanary-code-0", redirectURI: "https://shop.example/back?a=b", id: "id",
        secret: "hushcanary-1"),
      members: [
        "grant_type": "authorization_code", "client_id": "id", "client_secret": "hushcanary-1",
        "code": "hushcanary-code-0", "redirect_uri": "https://shop.example/back?a=b",
      ], isRepeatable: false),
    Case(
      name: "JWT bearer",
      credentials: .jwtBearer(id: "id", secret: "hushcanary-1", scope: "market:11") {
        "e30.e30.hushcanary"
      },
      members: [
        "grant_type": .string(jwt), "client_id": "id", "client_secret": "hushcanary-1",
        "assertion": "e30.e30.hushcanary", "scope": "market:11",
      ]),
  ]

  private func retrieve(_ client: APIClient) async throws {
    _ = try await ResourceClient<Widget>(api: client).retrieve("w1")
  }

  @Test(arguments: cases) func sendsItsMembersAndNoOthers(grant: Case) async throws {
    let desk = GrantDesk(tokens: [.token("hushcanary-access-1")], responses: [.ok(widget())])
    try await retrieve(desk.client(grant.credentials))
    let asked = try #require(desk.asked.first)
    #expect(desk.asked.count == 1 && asked.request.method == .post)
    #expect(asked.url == "https://auth.commercelayer.io/oauth/token")
    #expect(asked.members == grant.members)
    #expect(asked.request.headerFields[.contentType] == "application/json")
    #expect(asked.request.headerFields[.accept] == "application/json")
    // Secrets are in the body alone: paths and headers end up in logs of proxies.
    #expect(asked.token == nil)
    let shown = "\(asked.url) \(asked.request.headerFields.map { "\($0.name): \($0.value)" })"
    for secret in [
      "hushcanary-1", "hushcanary-refresh-0", "hushcanary-code-0", "e30.", "ada@", "client_secret",
    ] {
      #expect(!shown.contains(secret))
    }
    #expect(desk.calls.map(\.token) == ["Bearer hushcanary-access-1"])
  }

  /// What is good for one exchange is not sent a second time when nobody knows what became of it.
  @Test(arguments: cases) func aLostResponseIsRepeatedWhereThatIsHarmless(grant: Case) async throws
  {
    let desk = GrantDesk(
      tokens: [.fail(TransportError(.broken, "reset")), .token("hushcanary-access-1")],
      responses: [.ok(widget())])
    let client = try desk.client(grant.credentials)
    let error = await failure { try await retrieve(client) }
    #expect(desk.asked.count == (grant.isRepeatable ? 2 : 1))
    #expect(error == nil || !grant.isRepeatable)
    if !grant.isRepeatable {
      // The exchange is in doubt, not the call, which was never sent.
      #expect(error?.kind == .transport && error?.write == nil && desk.calls.isEmpty)
      #expect(error?.request == "POST /oauth/token")
    }
  }

  @Test func aCreateThatGotNoTokenIsNotInDoubt() async throws {
    let desk = GrantDesk(tokens: [.fail(TransportError(.timeout, "late"))], responses: [])
    let widgets = ResourceClient<Widget>(
      api: try desk.client(.refreshToken("hushcanary-refresh-0", id: "id")))
    let error = await failure { _ = try await widgets.create(.init(name: "a")) }
    #expect(error?.kind == .timeout && desk.calls.isEmpty)
  }

  @Test(arguments: cases) func aRejectionIsClearAndNotRepeated(grant: Case) async throws {
    let secrets = ["client_secret", "refresh_token", "code", "assertion", "password"]
      .compactMap { grant.members[$0]?.string }
    let rejection: JSONValue = [
      "error": "invalid_grant",
      "error_description": .string("no \(secrets.joined(separator: " "))"),
    ]
    for status in [400, 401, 403] {
      let desk = GrantDesk(
        tokens: [.status(status, String(decoding: rejection.bytes, as: UTF8.self))], responses: [])
      let client = try desk.client(grant.credentials)
      let error = try #require(await failure { try await retrieve(client) })
      #expect(error.kind == .authentication && error.status == status && desk.asked.count == 1)
      #expect(error.description.contains("no access token: the credentials were rejected"))
      #expect(error.errors.first?.code == "invalid_grant" && error.advice != nil)
      for secret in secrets where secret.utf8.count >= Secret.shortestHidden {
        #expect(!"\(error)".contains(secret))
      }
      #expect(desk.calls.isEmpty)
    }
  }

  @Test(arguments: cases) func theRefreshTokenIsUsedFromThenOnAndReplaced(grant: Case) async throws
  {
    let desk = GrantDesk(
      tokens: [
        .token("hushcanary-access-1", refresh: "hushcanary-refresh-1"),
        .token("hushcanary-access-2", refresh: "hushcanary-refresh-2"),
        .token("hushcanary-access-3"), .token("hushcanary-access-4"),
      ],
      responses: [
        .ok(widget()), .invalidToken, .ok(widget()), .invalidToken, .ok(widget()), .invalidToken,
        .ok(widget()),
      ])
    let client = try desk.client(grant.credentials)
    for _ in 0..<4 { try await retrieve(client) }
    // A token that was not replaced stays good.
    let refreshing = desk.asked.dropFirst()
    #expect(
      refreshing.map { $0.members?["refresh_token"] } == [
        "hushcanary-refresh-1", "hushcanary-refresh-2", "hushcanary-refresh-2",
      ])
    for asked in refreshing {
      var expected: JSONObject = ["grant_type": "refresh_token", "client_id": "id"]
      expected["client_secret"] = grant.members["client_secret"]
      expected["scope"] = grant.members["scope"]
      expected["refresh_token"] = asked.members?["refresh_token"]
      #expect(asked.members == expected)
    }
    #expect(desk.calls.last?.token == "Bearer hushcanary-access-4")
  }

  /// A password or an assertion still works when a refresh token does not; a code or a refresh token
  /// does not come back.
  @Test(arguments: cases) func aRejectedRefreshTokenFallsBackWhereItCan(grant: Case) async throws {
    let desk = GrantDesk(
      tokens: [
        .token("hushcanary-access-1", refresh: "hushcanary-refresh-1"), .rejected,
        .token("hushcanary-access-2"),
      ],
      responses: [.ok(widget()), .invalidToken, .ok(widget())])
    let client = try desk.client(grant.credentials)
    try await retrieve(client)
    let error = await failure { try await retrieve(client) }
    if grant.isRepeatable {
      #expect(error == nil && desk.asked.last?.members == grant.members)
      #expect(desk.calls.last?.token == "Bearer hushcanary-access-2")
    } else {
      #expect(error?.kind == .authentication && desk.asked.count == 2)
      #expect(
        error?.errors.first?.detail?.contains("over") == true
          || error.map { "\($0)".contains("over") } == true)
    }
  }

  /// An outage is not a rejection: the refresh token is kept and no password sent instead.
  @Test func anOutageDoesNotCostTheRefreshToken() async throws {
    let desk = GrantDesk(
      tokens: [
        .token("hushcanary-access-1", refresh: "hushcanary-refresh-1"),
        .fail(TransportError(.broken, "reset")),
        .token("hushcanary-access-2"),
      ], responses: [.ok(widget()), .invalidToken, .ok(widget())])
    let client = try desk.client(.password(username: "ada", password: "hushcanary-pw", id: "id"))
    try await retrieve(client)
    #expect(await failure { try await retrieve(client) }?.kind == .transport)
    try await retrieve(client)
    #expect(
      desk.asked.dropFirst().map { $0.members?["grant_type"] } == [
        "refresh_token", "refresh_token",
      ])
  }

  @Test func whoKeepsRefreshTokensIsToldOfEachNewOne() async throws {
    let kept = Notes<Secret>()
    let desk = GrantDesk(
      tokens: [
        .token("hushcanary-access-1", refresh: "hushcanary-refresh-1"),
        .token("hushcanary-access-2", refresh: "hushcanary-refresh-1"),
        .token("hushcanary-access-3", refresh: "hushcanary-refresh-2"),
      ], responses: [.ok(widget()), .invalidToken, .ok(widget()), .invalidToken, .ok(widget())])
    let client = try desk.client(
      .refreshToken("hushcanary-refresh-0", id: "id", onRefreshToken: { kept.add($0) }))
    for _ in 0..<3 { try await retrieve(client) }
    #expect(kept.all == ["hushcanary-refresh-1", "hushcanary-refresh-2"])
  }

  /// 1 MiB: enough for any token, and far from what memory bears.
  @Test func anResponseThatIsNoTokensSizeIsRejected() async throws {
    for (bytes, isFine) in [(1 << 20, true), ((1 << 20) + 1, false)] {
      let frame = #"{"access_token":"hushcanary-access-1","expires_in":7200,"filler":""}"#
      let filler = String(repeating: "x", count: bytes - frame.utf8.count)
      let desk = GrantDesk(
        tokens: [.ok(frame.replacing(#""filler":""#, with: #""filler":"\#(filler)"#))],
        responses: [.ok(widget())])
      let client = try desk.client(.clientCredentials(id: "id", secret: "hushcanary-1"))
      let error = await failure { try await retrieve(client) }
      #expect((error == nil) == isFine)
      #expect(isFine || error?.kind == .protocolViolation)
    }
  }

  @Test func aCodeIsExchangedOnce() async throws {
    let desk = GrantDesk(
      tokens: [.token("hushcanary-access-1"), .token("hushcanary-access-2")],
      responses: [.ok(widget()), .invalidToken])
    let client = try desk.client(
      .authorizationCode("hushcanary-code-0", redirectURI: "https://a.example", id: "id"))
    try await retrieve(client)
    let error = await failure { try await retrieve(client) }
    #expect(error?.kind == .authentication && error?.message.contains("one exchange") == true)
    #expect(desk.asked.count == 1)
  }

  /// A request that reached nobody has not spent the code.
  @Test func aCodeThatReachedNobodyIsStillGood() async throws {
    let unreachable = GrantDesk.Reply.fail(TransportError(.connect, "refused"))
    let desk = GrantDesk(
      tokens: [unreachable, unreachable, unreachable, .token("hushcanary-access-1")],
      responses: [.ok(widget())])
    let client = try desk.client(
      .authorizationCode("hushcanary-code-0", redirectURI: "https://a.example", id: "id"))
    #expect(await failure { try await retrieve(client) }?.kind == .transport)
    try await retrieve(client)
    #expect(
      desk.asked.count == 4 && desk.asked.allSatisfy { $0.members?["code"] == "hushcanary-code-0" })
  }

  @Test func anAssertionIsSignedForEachToken() async throws {
    let signed = Notes<Int>()
    let desk = GrantDesk(
      tokens: [.token("hushcanary-access-1"), .token("hushcanary-access-2")],
      responses: [.ok(widget()), .invalidToken, .ok(widget())])
    let client = try desk.client(
      .jwtBearer(id: "id", secret: "hushcanary-1") {
        signed.add(1)
        return Secret("hushcanary-assertion-\(signed.all.count)")
      })
    for _ in 0..<2 { try await retrieve(client) }
    #expect(
      desk.asked.map { $0.members?["assertion"] } == [
        "hushcanary-assertion-1", "hushcanary-assertion-2",
      ])
  }

  @Test func anAssertionThatCannotBeSignedSaysWhy() async throws {
    let desk = GrantDesk(tokens: [], responses: [])
    let client = try desk.client(
      .jwtBearer(id: "id", secret: "hushcanary-1") {
        throw CommerceLayerError(.configuration, "no key to sign with")
      })
    let error = await failure { try await retrieve(client) }
    #expect(error?.message == "no key to sign with" && desk.asked.isEmpty && desk.calls.isEmpty)
  }

  /// Whatever the grant: one renewal for a token called invalid, none for a missing permission.
  @Test(arguments: cases) func anInvalidTokenIsRenewedOnceAndAMissingPermissionNever(
    grant: Case
  ) async throws {
    let invalid = GrantDesk(
      tokens: (1...5).map {
        .token("hushcanary-access-\($0)", refresh: "hushcanary-refresh-\($0)")
      },
      responses: Array(repeating: .invalidToken, count: 5))
    let client = try invalid.client(grant.credentials)
    #expect(await failure { try await retrieve(client) }?.kind == .authentication)
    #expect(invalid.asked.count == 2 && invalid.calls.count == 2)
    let forbidden = GrantDesk(
      tokens: (1...5).map {
        .token("hushcanary-access-\($0)", refresh: "hushcanary-refresh-\($0)")
      },
      responses: Array(repeating: .status(401, #"{"errors":[{"code":"UNAUTHORIZED"}]}"#), count: 5))
    let other = try forbidden.client(grant.credentials)
    #expect(await failure { try await retrieve(other) }?.kind == .permission)
    #expect(forbidden.asked.count == 1 && forbidden.calls.count == 1)
  }
}
