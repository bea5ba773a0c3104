import CommerceLayer
import CommerceLayerSandbox
import HTTPTypes
import Testing

@Suite struct TokenTests {
  @Test func aTokenLooksLikeTheServices() async throws {
    let test = try await TestSandbox { $0.tokenLifetime = .seconds(7200) }
    let reply = await TestSandbox.requestToken(
      test.sandbox, id: test.sandbox.clientID, secret: test.sandbox.clientSecret.exposed)
    #expect(reply.status == 200)
    #expect(reply.json["token_type"] == "Bearer")
    #expect(reply.json["expires_in"] == 7200)
    #expect(reply.json["created_at"] == 1_714_564_800)
    #expect(reply.json["access_token"]?.string?.split(separator: ".").count == 3)
  }

  @Test func theSameTokenComesBackUntilFifteenMinutesRemain() async throws {
    let test = try await TestSandbox()
    test.clock.advance(.seconds(7200 - 900))
    let same = try await TestSandbox.token(of: test.sandbox)
    #expect(same == test.token)
    test.clock.advance(.seconds(1))
    let next = try await TestSandbox.token(of: test.sandbox)
    #expect(next != test.token)
    // The old one works to its end.
    #expect(await test.get("/api/skus").status == 200)
    test.clock.advance(.seconds(899))
    let expired = await test.get("/api/skus")
    #expect(expired.status == 401)
    #expect(expired.code == "INVALID_TOKEN")
    let renewed = await test.send(.get, "/api/skus") {
      $0.headerFields[.authorization] = "Bearer \(next)"
    }
    #expect(renewed.status == 200)
  }

  @Test(
    arguments: [
      ("sandbox", "hushcanary-wrong", "client_credentials", 401, "invalid_client"),
      ("other", "hushcanary", "client_credentials", 401, "invalid_client"),
      ("sandbox", "hushcanary", "password", 400, "unauthorized_client"),
      ("sandbox", "hushcanary", "magic", 400, "unsupported_grant_type"),
    ] as [(String, Secret, String, Int, String)])
  func rejections(
    id: String, secret: Secret, grant: String, status: Int, error: String
  ) async throws {
    let test = try await TestSandbox { $0.clientSecret = "hushcanary" }
    let reply = await TestSandbox.requestToken(
      test.sandbox, id: id, secret: secret.exposed, grant: grant)
    #expect(reply.status == status)
    #expect(reply.json["error"]?.string == error)
    #expect(reply.json["access_token"] == nil)
  }

  @Test func aMalformedRequestIsInvalid() async throws {
    let test = try await TestSandbox()
    let reply = await test.send(.post, "/oauth/token", bytes: Array("grant_type=x".utf8)) {
      $0.headerFields[.accept] = "application/json"
    }
    #expect(reply.status == 400)
    #expect(reply.json["error"] == "invalid_request")
    #expect(await test.get("/oauth/token").status == 405)
  }

  @Test(arguments: [nil, "", "Bearer", "Bearer hushcanary", "Basic aHVzaGNhbmFyeQ=="] as [Secret?])
  func callsWithoutAGoodTokenAreRejected(header: Secret?) async throws {
    let test = try await TestSandbox()
    let reply = await test.send(.get, "/api/skus") {
      $0.headerFields[.authorization] = header?.exposed
    }
    #expect(reply.status == 401)
    #expect(reply.code == "INVALID_TOKEN")
  }

  @Test func secretsDifferUnlessGiven() {
    #expect(
      SandboxConfiguration().clientSecret.exposed != SandboxConfiguration().clientSecret.exposed)
  }

  @Test func onlySomeApplicationsCreateImports() async throws {
    let test = try await TestSandbox { $0.applicationKind = "sales_channel" }
    let reply = await test.create("imports", ["resource_type": "tags", "inputs": [["name": "a"]]])
    #expect(reply.status == 401)
    #expect(reply.code == "UNAUTHORIZED")
    #expect(await test.create("tags", ["name": "a"]).status == 201)
  }
}
