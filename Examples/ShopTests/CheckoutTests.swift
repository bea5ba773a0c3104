import CommerceLayer
import CommerceLayerSandbox
import Shop
import Testing

/// The checkout against a sandbox in this process. Each test has its own: nothing is shared, nothing waits.
@Suite struct CheckoutTests {
  private let sandbox: Sandbox
  private let client: CommerceLayerClient
  private let checkout: Checkout
  private let cart = Cart(
    id: "cart-1", email: "ada@example.com",
    lines: [.init(code: "MUG-CERAMIC", quantity: 2), .init(code: "CAP-NAVY", quantity: 1)])

  init() async throws {
    sandbox = try await Sandbox.start()
    try await sandbox.seed(.shop)
    client = try CommerceLayerClient(
      organization: "sandbox",
      credentials: .clientCredentials(id: sandbox.clientID, secret: sandbox.clientSecret),
      configuration: .init(transport: sandbox.transport))
    checkout = Checkout(client: client, market: "EUROPE")
  }

  /// The orders of the cart, as the service has them.
  private func orders() async throws -> [Order] {
    try await client.orders.list {
      $0.filter(.reference.eq("cart-1"))
      $0.include(.lineItems)
    }.items
  }

  @Test func placesAnOrderThatAddsUp() async throws {
    let order = try await checkout.place(cart)
    #expect(order.status == .placed)
    #expect(order.totalAmountCents == 2 * 1200 + 1900)
    #expect(order.customerEmail == "ada@example.com")
  }

  @Test func placingTwiceGivesOneOrder() async throws {
    let first = try await checkout.place(cart)
    let second = try await checkout.place(cart)
    #expect(first.id == second.id)
    #expect(try await orders().count == 1)
  }

  /// Each write takes effect and its response is lost: the worst that a network can do.
  @Test(arguments: [
    ("POST", "/api/orders"), ("POST", "/api/line_items"), ("PATCH", "/api/orders"),
  ])
  func aLostResponseGivesOneOrder(method: String, path: String) async throws {
    try sandbox.setFaults(
      """
      [{"method": "\(method)", "path": "\(path)", "times": 1, "status": 504, "applied": true}]
      """)
    let order = try await checkout.place(cart)
    #expect(order.status == .placed)
    let orders = try await orders()
    #expect(orders.map(\.id) == [order.id])
    #expect(orders.first?.lineItems?.count == 2)
  }

  /// A checkout that failed half way is finished by the next attempt, without lines that come twice.
  @Test func aHalfFinishedCheckoutIsContinued() async throws {
    try sandbox.setFaults(
      #"[{"method": "POST", "path": "/api/line_items", "skip": 1, "times": 1, "status": 422}]"#)
    await #expect(throws: CommerceLayerError.self) { try await checkout.place(cart) }
    #expect(try await orders().first?.status != .placed)
    let order = try await checkout.place(cart)
    #expect(order.totalAmountCents == 2 * 1200 + 1900)
    #expect(try await orders().first?.lineItems?.count == 2)
  }

  @Test func rejectsWhatCannotBeSold() async throws {
    var unknown = cart
    unknown.lines = [.init(code: "NOPE", quantity: 1)]
    await #expect(throws: CheckoutError.unknownProduct("NOPE")) {
      try await checkout.place(unknown)
    }
    await #expect(throws: CheckoutError.emptyCart) {
      try await checkout.place(Cart(id: "cart-2", email: "a@example.com", lines: []))
    }
    await #expect(throws: CheckoutError.invalidEmail("nobody")) {
      try await checkout.place(Cart(id: "cart-3", email: "nobody", lines: cart.lines))
    }
    #expect(try await client.orders.count(where: .status.eq(.placed)) == 1)
  }
}
