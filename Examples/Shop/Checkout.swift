public import CommerceLayer

/// What a customer wants to buy.
public struct Cart: Sendable {
  /// The cart's id in the shop; it becomes the order's reference, by which the order is found again.
  public var id: String
  /// Who buys.
  public var email: String
  /// How many of which SKU.
  public var lines: [Line]

  /// One SKU of a cart.
  public struct Line: Sendable {
    /// The SKU's code.
    public var code: String
    /// How many.
    public var quantity: Int

    /// Creates a line.
    public init(code: String, quantity: Int) {
      self.code = code
      self.quantity = quantity
    }
  }

  /// Creates a cart.
  public init(id: String, email: String, lines: [Line]) {
    self.id = id
    self.email = email
    self.lines = lines
  }
}

/// Why a cart did not become an order, as far as the shop can do something about it.
public enum CheckoutError: Error, Hashable {
  /// The cart has no lines.
  case emptyCart
  /// The service rejected the email address.
  case invalidEmail(String)
  /// No SKU has this code.
  case unknownProduct(String)
}

/// Turns carts into orders.
public struct Checkout: Sendable {
  private let client: CommerceLayerClient
  /// The code of the market that orders belong to.
  private let market: String

  /// Creates a checkout.
  public init(client: CommerceLayerClient, market: String) {
    self.client = client
    self.market = market
  }

  /// Places an order with the lines of the cart. Doing it twice with one cart gives one order.
  /// - Throws: ``CheckoutError``; anything else is a `CommerceLayerError` that the caller cannot mend.
  public func place(_ cart: Cart) async throws -> Order {
    guard !cart.lines.isEmpty else { throw CheckoutError.emptyCart }
    let order = try await order(for: cart)
    if order.status == .placed { return order }
    try await add(cart.lines, to: order)
    do {
      return try await client.orders.place(order)
    } catch let error as CommerceLayerError {
      // The response may have been lost, and an attempt after it rejected because the order is placed already.
      // Whether it is can be read.
      let current = try await client.orders.retrieve(order)
      guard current.status == .placed else { throw error }
      return current
    }
  }

  /// The order of a cart: the one that is there, or a new one.
  private func order(for cart: Cart) async throws -> Order {
    if let order = try await find(cart) { return order }
    let markets = try await client.markets.list {
      $0.filter(.code.eq(market))
      $0.page(size: 1)
    }
    let request = Order.Create(
      customerEmail: cart.email, reference: cart.id, market: markets.items.first?.id)
    do {
      return try await client.orders.create(request)
    } catch let error as CommerceLayerError where error.kind == .ambiguousWrite {
      // Creating again might make a second order. The reference tells whether the first one is there.
      guard let order = try await find(cart) else { throw error }
      return order
    } catch let error as CommerceLayerError where error.kind == .validation {
      if error.errors.contains(where: { $0.pointer == "/data/attributes/customer_email" }) {
        throw CheckoutError.invalidEmail(cart.email)
      }
      throw error
    }
  }

  private func find(_ cart: Cart) async throws -> Order? {
    try await client.orders.list {
      $0.filter(.reference.eq(cart.id))
      $0.page(size: 1)
    }.items.first
  }

  /// Adds the lines that the order does not have.
  private func add(_ lines: [Cart.Line], to order: Order) async throws {
    let present = try await codes(of: order)
    for line in lines where !present.contains(line.code) {
      guard try await client.skus.exists(where: .code.eq(line.code)) else {
        throw CheckoutError.unknownProduct(line.code)
      }
      do {
        _ = try await client.lineItems.create(
          .init(quantity: line.quantity, order: order.id, skuCode: line.code))
      } catch let error as CommerceLayerError where error.kind == .ambiguousWrite {
        guard try await codes(of: order).contains(line.code) else { throw error }
      }
    }
  }

  /// The codes of the SKUs that the order has lines of.
  private func codes(of order: Order) async throws -> Set<String> {
    var codes: Set<String> = []
    for try await line in client.orders.lineItems.all(of: order) {
      if let code = line.skuCode { codes.insert(code) }
    }
    return codes
  }
}
