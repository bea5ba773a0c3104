import CommerceLayer
import CommerceLayerSandbox
import Foundation
import HTTPTypes
import Testing

/// Grants, scopes, and what the kinds of applications may do.
@Suite struct AccessTests {
  private static let shop = SandboxApplication(clientID: "shop", kind: "sales_channel")
  private static let webapp = SandboxApplication(
    clientID: "webapp", clientSecret: "hushcanary-webapp", kind: "webapp",
    redirectURI: "http://localhost:3000/callback?x=1")

  private func world(
    _ configure: (inout SandboxConfiguration) -> Void = { _ in }
  ) async throws -> TestSandbox {
    try await TestSandbox {
      $0.applications = [Self.shop, Self.webapp]
      configure(&$0)
    }
  }

  private func post(
    _ test: TestSandbox, _ path: String, _ body: JSONObject, accept: String? = nil
  ) async -> Reply {
    var request = HTTPRequest(
      method: .post, scheme: "http", authority: "sandbox.test", path: path,
      headerFields: [.contentType: "application/json"])
    request.headerFields[.accept] = accept
    return Reply(await test.sandbox.handle(request, body: JSONValue.object(body).bytes))
  }

  private func token(_ test: TestSandbox, _ body: JSONObject) async -> Reply {
    var body = body
    if body["client_id"] == nil { body["client_id"] = "shop" }
    return await post(test, "/oauth/token", body)
  }

  private func claims(_ token: String) throws -> JSONValue {
    var text = String(token.split(separator: ".")[1]).replacing("-", with: "+")
      .replacing("_", with: "/")
    text += String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
    return try JSONValue(
      parsing: String(decoding: try #require(Data(base64Encoded: text)), as: UTF8.self))
  }

  private func bearer(_ reply: Reply) throws -> (inout HTTPRequest) -> Void {
    let token = try #require(reply.json["access_token"]?.string, "\(reply.text)")
    return { $0.headerFields[.authorization] = "Bearer \(token)" }
  }

  // MARK: - Grants

  @Test func aSalesChannelNeedsNoSecret() async throws {
    let test = try await world()
    let reply = await token(test, ["grant_type": "client_credentials"])
    #expect(reply.status == 200, "\(reply.text)")
    #expect(reply.json["expires_in"] == 14400)
    #expect(reply.json["refresh_token"] == nil)
    let claims = try claims(reply.json["access_token"]?.string ?? "")
    #expect(claims["application"]?["kind"] == "sales_channel")
    #expect(claims["application"]?["public"] == true)
    // Others do.
    let without = await token(
      test, ["grant_type": "client_credentials", "client_id": "sandbox"])
    #expect(without.status == 401)
    #expect(without.json["error"] == "invalid_client")
    let wrong = await token(
      test, ["grant_type": "client_credentials", "client_secret": "hushcanary"])
    #expect(wrong.status == 401)
  }

  @Test func aCustomerSignsInWithAPassword() async throws {
    let test = try await world()
    let customer = try id(
      await test.create("customers", ["email": "a@example.com", "password": "hushcanary-1"]))
    #expect(await test.attributes("customers/\(customer)")?["has_password"] == true)
    func signIn(_ password: Secret) async -> Reply {
      await token(
        test,
        [
          "grant_type": "password", "username": "a@example.com",
          "password": .string(password.exposed),
        ])
    }
    let reply = await signIn("hushcanary-1")
    #expect(reply.status == 200, "\(reply.text)")
    #expect(reply.json["owner_id"]?.string == customer)
    #expect(reply.json["owner_type"] == "customer")
    let wrong = await signIn("hushcanary-2")
    #expect(wrong.status == 400)
    #expect(wrong.json["error"] == "invalid_grant")
    #expect(await test.update("customers", customer, ["password": "hushcanary-2"]).status == 200)
    #expect(await signIn("hushcanary-1").status == 400)
    #expect(await signIn("hushcanary-2").status == 200)
    // A customer without a password has no way in.
    _ = await test.create("customers", ["email": "b@example.com"])
    let none = await token(
      test, ["grant_type": "password", "username": "b@example.com", "password": ""])
    #expect(none.status == 400)
  }

  @Test func ordersSignUpTheirCustomer() async throws {
    let test = try await world()
    let attributes: JSONObject = [
      "customer_email": "a@example.com", "customer_password": "hushcanary-1",
    ]
    _ = try id(await test.create("orders", attributes))
    let reply = await token(
      test,
      ["grant_type": "password", "username": "a@example.com", "password": "hushcanary-1"])
    #expect(reply.status == 200, "\(reply.text)")
    // Nobody takes over a customer by an order.
    var other = attributes
    other["customer_password"] = "hushcanary-2"
    _ = try id(await test.create("orders", other))
    let again = await token(
      test,
      ["grant_type": "password", "username": "a@example.com", "password": "hushcanary-2"])
    #expect(again.status == 400)
  }

  @Test func refreshTokensAreGoodForOneExchange() async throws {
    let test = try await world()
    _ = await test.create("customers", ["email": "a@example.com", "password": "hushcanary-1"])
    let first = await token(
      test,
      ["grant_type": "password", "username": "a@example.com", "password": "hushcanary-1"])
    let refresh = try #require(first.json["refresh_token"])
    let second = await token(test, ["grant_type": "refresh_token", "refresh_token": refresh])
    #expect(second.status == 200, "\(second.text)")
    #expect(second.json["owner_type"] == "customer")
    #expect(second.json["refresh_token"] != refresh)
    let again = await token(test, ["grant_type": "refresh_token", "refresh_token": refresh])
    #expect(again.json["error"] == "invalid_grant")
    // After two weeks it is over.
    test.clock.advance(.seconds(14 * 86_400 + 1))
    let late = await token(
      test,
      ["grant_type": "refresh_token", "refresh_token": try #require(second.json["refresh_token"])])
    #expect(late.status == 400)
  }

  @Test func aWebappExchangesACode() async throws {
    let test = try await world()
    let path =
      "/oauth/authorize?client_id=webapp&response_type=code&state=a%20b&redirect_uri="
      + percentEncoded("http://localhost:3000/callback?x=1")
    let redirect = await test.get(path)
    #expect(redirect.status == 302)
    let location = try #require(redirect.head.headerFields[.location])
    #expect(location.hasPrefix("http://localhost:3000/callback?x=1&code="))
    #expect(location.hasSuffix("&state=a%20b"))
    let code = String(
      try #require(location.split(separator: "code=").last?.split(separator: "&").first))
    let exchange: JSONObject = [
      "grant_type": "authorization_code", "client_id": "webapp", "code": .string(code),
      "client_secret": "hushcanary-webapp", "redirect_uri": "http://localhost:3000/callback?x=1",
    ]
    let reply = await token(test, exchange)
    #expect(reply.status == 200, "\(reply.text)")
    #expect(reply.json["owner_type"] == "user")
    #expect(reply.json["refresh_token"] != nil)
    #expect(await token(test, exchange).json["error"] == "invalid_grant")
    // A code is sent nowhere else.
    let elsewhere = await test.get(
      "/oauth/authorize?client_id=webapp&response_type=code&redirect_uri=http://example.com")
    #expect(elsewhere.status == 400)
    #expect(elsewhere.head.headerFields[.location] == nil)
  }

  @Test func anAssertionNamesTheOwner() async throws {
    let test = try await world()
    let customer = try id(await test.create("customers", ["email": "a@example.com"]))
    func assertion(_ claims: JSONValue) -> JSONValue {
      let parts = [JSONValue.object(["alg": "none"]), claims].map {
        Data($0.bytes).base64EncodedString().replacing("=", with: "")
          .replacing("+", with: "-").replacing("/", with: "_")
      }
      return .string(parts.joined(separator: ".") + ".hushcanary")
    }
    func exchange(_ assertion: JSONValue) async -> Reply {
      await token(
        test,
        [
          "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": assertion,
        ])
    }
    let owner: JSONValue = ["owner": ["type": "Customer", "id": .string(customer)]]
    let good = await exchange(assertion(["https://commercelayer.io/claims": owner]))
    #expect(good.json["owner_id"]?.string == customer, "\(good.text)")
    let bad: [JSONValue] = [
      "no token", assertion([:]), assertion(["https://commercelayer.io/claims": ["owner": "x"]]),
      assertion([
        "https://commercelayer.io/claims": ["owner": ["type": "Customer", "id": "nobody"]]
      ]),
      assertion(["https://commercelayer.io/claims": owner, "exp": 1]), "a.b.c", "..",
    ]
    for assertion in bad {
      let reply = await exchange(assertion)
      #expect(reply.status == 400, "\(assertion)")
      #expect(reply.json["error"] == "invalid_grant")
    }
  }

  @Test func tokensCanBeRevoked() async throws {
    let test = try await world()
    let reply = await token(test, ["grant_type": "client_credentials"])
    let shop = try bearer(reply)
    #expect(await test.send(.get, "/api/skus", change: shop).status == 200)
    let text = try #require(reply.json["access_token"])
    // Only by its application.
    let foreign = await post(
      test, "/oauth/revoke",
      [
        "client_id": "webapp", "client_secret": "hushcanary-webapp", "token": text,
      ])
    #expect(foreign.status == 403)
    #expect(await test.send(.get, "/api/skus", change: shop).status == 200)
    let revoked = await post(test, "/oauth/revoke", ["client_id": "shop", "token": text])
    #expect(revoked.status == 200)
    #expect(revoked.text == "{}")
    #expect(await test.send(.get, "/api/skus", change: shop).code == "INVALID_TOKEN")
    // The next one is another one.
    #expect(
      await token(test, ["grant_type": "client_credentials"]).json["access_token"] != text)
    // Revoking what is not there succeeds (RFC 7009).
    #expect(
      await post(test, "/oauth/revoke", ["client_id": "shop", "token": "nothing"]).status == 200)
  }

  @Test func tokenInfoAndBothFormsOfErrors() async throws {
    let test = try await world()
    let reply = await token(test, ["grant_type": "client_credentials"])
    let info = await test.send(.get, "/oauth/tokeninfo", change: try bearer(reply))
    #expect(info.json["application"]?["id"] == "shop", "\(info.text)")
    let unknown = await test.send(.get, "/oauth/tokeninfo") {
      $0.headerFields[.authorization] = "Bearer hushcanary"
      $0.headerFields[.accept] = nil
    }
    #expect(unknown.status == 401)
    #expect(unknown.json["error"] == "invalid_token")
    let document = await post(
      test, "/oauth/token", ["grant_type": "magic"], accept: TestSandbox.mediaType)
    #expect(document.errors.first?["status"] == 400)
    #expect(document.code == "UNSUPPORTED_GRANT_TYPE")
  }

  // MARK: - Scopes

  @Test func aScopeIsKeptAndMustExist() async throws {
    let test = try await world { $0.acceptMissingRelated = false }
    let list = try id(await test.create("price_lists", ["name": "EU", "currency_code": "EUR"]))
    let other = try id(await test.create("price_lists", ["name": "US", "currency_code": "USD"]))
    let merchant = try id(
      await test.create(
        "merchants", ["name": "M"],
        relationships: ["address": linkage("addresses", try id(await address(test)))]))
    let model = try id(await test.create("inventory_models", ["name": "I"]))
    let market = try id(
      await test.create(
        "markets", ["name": "EU", "code": "europe"],
        relationships: [
          "price_list": linkage("price_lists", list), "merchant": linkage("merchants", merchant),
          "inventory_model": linkage("inventory_models", model),
        ]))
    for (list, amount) in [(list, 100), (other, 200)] {
      _ = try id(
        await test.create(
          "prices", ["sku_code": "TEE", "amount_cents": .number(JSONNumber(amount))],
          relationships: ["price_list": linkage("price_lists", list)]))
    }
    for scope in ["market:id:\(market)", "market:code:europe"] {
      let reply = await token(
        test, ["grant_type": "client_credentials", "scope": .string(scope)])
      #expect(reply.json["scope"]?.string == scope, "\(reply.text)")
      let shop = try bearer(reply)
      #expect(
        await test.send(.get, "/api/prices", change: shop).values("amount_cents") == [100])
      let order = await test.send(
        .post, "/api/orders", ["data": ["type": "orders"]], change: shop)
      #expect(order.status == 201, "\(order.text)")
      let place = "/api/orders/\(try id(order))/market"
      #expect(await test.get(place).json["data"]?["id"]?.string == market)
    }
    for scope in ["market:id:nowhere", "market:code:asia", "planet:all", "market", "market:id:"] {
      let reply = await token(
        test, ["grant_type": "client_credentials", "scope": .string(scope)])
      #expect(reply.status == 400, "\(scope)")
      #expect(reply.json["error"] == "invalid_scope")
    }
    #expect(
      await token(test, ["grant_type": "client_credentials", "scope": "market:all"]).status == 200)
  }

  private func address(_ test: TestSandbox) async -> Reply {
    await test.create(
      "addresses",
      [
        "first_name": "A", "last_name": "B", "line_1": "C", "city": "D", "zip_code": "1",
        "state_code": "E", "country_code": "IT", "phone": "1",
      ])
  }

  // MARK: - Rights

  @Test func aSalesChannelDoesNotListOrders() async throws {
    let test = try await world()
    let order = try id(await test.create("orders", [:]))
    let shop = try bearer(await token(test, ["grant_type": "client_credentials"]))
    let list = await test.send(.get, "/api/orders", change: shop)
    #expect(list.status == 401)
    #expect(list.code == "UNAUTHORIZED")
    #expect(await test.send(.get, "/api/orders/\(order)", change: shop).status == 200)
    #expect(await test.send(.get, "/api/prices", change: shop).status == 200)
    #expect(
      await test.send(.get, "/api/percentage_discount_promotions", change: shop).status == 200)
    #expect(await test.send(.get, "/api/customers", change: shop).status == 401)
    // An integration does.
    #expect(await test.get("/api/orders").status == 200)
  }

  @Test func aSalesChannelPassesNothingProhibited() async throws {
    let test = try await world()
    let shop = try bearer(await token(test, ["grant_type": "client_credentials"]))
    let order = try id(
      await test.send(.post, "/api/orders", ["data": ["type": "orders"]], change: shop))
    func patch(_ attributes: JSONObject) async -> Reply {
      await test.send(
        .patch, "/api/orders/\(order)",
        [
          "data": ["type": "orders", "id": .string(order), "attributes": .object(attributes)]
        ], change: shop)
    }
    for name in ["_approve", "_pending", "_capture"] {
      let reply = await patch([name: true])
      #expect(reply.status == 400)
      #expect(reply.code == "PARAM_NOT_ALLOWED")
      #expect(reply.pointer == "/data/attributes/\(name)")
    }
    #expect(await patch(["customer_email": "a@example.com"]).status == 200)
    let line = await test.send(
      .post, "/api/line_items",
      [
        "data": [
          "type": "line_items",
          "attributes": ["name": "Tee", "quantity": 1, "unit_amount_cents": 1],
          "relationships": ["order": linkage("orders", order)],
        ]
      ], change: shop)
    #expect(line.code == "PARAM_NOT_ALLOWED", "\(line.text)")
  }

  @Test func aSalesChannelChangesOnlyCarts() async throws {
    let test = try await world()
    let shop = try bearer(await token(test, ["grant_type": "client_credentials"]))
    let order = try id(await test.create("orders", ["customer_email": "a@example.com"]))
    let item = try id(
      await test.create(
        "line_items", ["name": "Tee", "quantity": 1, "unit_amount_cents": 1],
        relationships: ["order": linkage("orders", order)]))
    func patch() async -> Reply {
      await test.send(
        .patch, "/api/orders/\(order)",
        [
          "data": [
            "type": "orders", "id": .string(order), "attributes": ["reference": "x"],
          ]
        ], change: shop)
    }
    #expect(await patch().status == 200)
    _ = await test.update("orders", order, ["_place": true])
    #expect(await patch().code == "UNAUTHORIZED")
    #expect(await test.send(.get, "/api/orders/\(order)", change: shop).status == 200)
    _ = await test.update("orders", order, ["_approve": true])
    #expect(await test.send(.get, "/api/orders/\(order)", change: shop).status == 401)
    #expect(await test.send(.get, "/api/line_items/\(item)", change: shop).status == 401)
  }

  @Test func aCustomerSeesTheirOwn() async throws {
    let test = try await world()
    for name in ["a", "b"] {
      _ = await test.create(
        "customers", ["email": .string("\(name)@example.com"), "password": "hushcanary-1"])
      _ = await test.create("orders", ["customer_email": .string("\(name)@example.com")])
    }
    let reply = await token(
      test,
      ["grant_type": "password", "username": "a@example.com", "password": "hushcanary-1"])
    let customer = try bearer(reply)
    let orders = await test.send(.get, "/api/orders", change: customer)
    #expect(orders.values("customer_email") == ["a@example.com"], "\(orders.text)")
    #expect(await test.send(.get, "/api/customers", change: customer).data.count == 1)
    let others = try #require(await test.get("/api/orders").data.last?["id"]?.string)
    #expect(await test.send(.get, "/api/orders/\(others)", change: customer).status == 401)
    // An order of theirs is theirs, and versions say so.
    let made = await test.send(
      .post, "/api/orders", ["data": ["type": "orders"]], change: customer)
    #expect(made.json["data"]?["attributes"]?["customer_email"] == "a@example.com", "\(made.text)")
    let versions = await test.get("/api/orders/\(try id(made))/versions")
    #expect(versions.values("who")[0]?["owner"]?["type"] == "Customer")
  }

  @Test(arguments: [
    "{}", "[1]", #"[{"client_id":"a"}]"#, #"[{"client_id":"a","kind":"integration"}]"#,
    #"[{"client_id":"a","kind":"sales_channel","secret":"x"}]"#, "not JSON",
  ])
  func applicationsThatCannotBeReadAreTold(text: String) throws {
    #expect(throws: (any Error).self) { try SandboxApplication.list(parsing: text) }
  }

  @Test func applicationsAreRead() throws {
    let list = try SandboxApplication.list(
      parsing: #"[{"client_id":"a","kind":"sales_channel"}]"#)
    #expect(list.map(\.clientID) == ["a"])
    #expect(list.first?.isPublic == true)
    #expect(list.first?.tokenLifetime == .seconds(14_400))
  }
}
