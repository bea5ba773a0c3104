import CommerceLayerRuntime

/// The shop that a sandbox can begin with. Data, and the order in which records need each other.
enum ShopData {
  /// By the code of its first SKU a shop that is there is told.
  static let firstCode = "TSHIRT-BLACK-S"

  private struct Product {
    let code: String
    let name: String
    let cents: Int
    let stock: Int
  }

  private static let products: [Product] = [
    .init(code: firstCode, name: "Black T-shirt, small", cents: 2500, stock: 40),
    .init(code: "TSHIRT-BLACK-M", name: "Black T-shirt, medium", cents: 2500, stock: 60),
    .init(code: "TSHIRT-BLACK-L", name: "Black T-shirt, large", cents: 2500, stock: 50),
    .init(code: "TSHIRT-WHITE-S", name: "White T-shirt, small", cents: 2500, stock: 35),
    .init(code: "TSHIRT-WHITE-M", name: "White T-shirt, medium", cents: 2500, stock: 55),
    .init(code: "TSHIRT-WHITE-L", name: "White T-shirt, large", cents: 2500, stock: 45),
    .init(code: "HOODIE-GREY-M", name: "Grey hoodie, medium", cents: 5900, stock: 20),
    .init(code: "HOODIE-GREY-L", name: "Grey hoodie, large", cents: 5900, stock: 18),
    .init(code: "CAP-NAVY", name: "Navy cap", cents: 1900, stock: 75),
    .init(code: "BEANIE-WOOL", name: "Wool beanie", cents: 2200, stock: 30),
    .init(code: "SOCKS-PACK-3", name: "Socks, pack of three", cents: 1500, stock: 120),
    .init(code: "TOTE-CANVAS", name: "Canvas tote bag", cents: 1800, stock: 90),
    .init(code: "BACKPACK-20L", name: "Backpack, 20 l", cents: 8900, stock: 12),
    .init(code: "MUG-CERAMIC", name: "Ceramic mug", cents: 1200, stock: 100),
    .init(code: "BOTTLE-STEEL", name: "Steel bottle", cents: 2900, stock: 64),
    .init(code: "NOTEBOOK-A5", name: "Notebook, A5", cents: 990, stock: 150),
    .init(code: "POSTER-50X70", name: "Poster, 50 × 70 cm", cents: 1990, stock: 25),
    .init(code: "STICKER-SET", name: "Set of stickers", cents: 450, stock: 300),
    .init(code: "UMBRELLA", name: "Umbrella", cents: 3400, stock: 0),
    .init(code: "APRON-LINEN", name: "Linen apron", cents: 4200, stock: 8),
  ]

  private static let customers = ["ada@example.com", "grace@example.com", "katherine@example.com"]

  /// An order: whose, what, and the triggers that bring it to its state.
  private struct Purchase {
    let customer: Int
    let lines: [(code: String, quantity: Int)]
    let triggers: [String]
  }

  private static let purchases: [Purchase] = [
    .init(customer: 0, lines: [("TSHIRT-BLACK-M", 2)], triggers: []),
    .init(customer: 1, lines: [("MUG-CERAMIC", 4), ("NOTEBOOK-A5", 1)], triggers: ["_place"]),
    .init(customer: 0, lines: [("HOODIE-GREY-L", 1)], triggers: ["_place", "_approve"]),
    .init(
      customer: 2, lines: [("BACKPACK-20L", 1), ("CAP-NAVY", 1)], triggers: ["_place", "_cancel"]),
  ]

  static func write(_ writer: inout SeedWriter) throws {
    let address = try writer.create(
      "addresses",
      [
        "business": true, "company": "Sandbox Shop", "line_1": "Via Esempio 1", "city": "Milano",
        "zip_code": "20100", "state_code": "MI", "country_code": "IT", "phone": "+39 02 555 0100",
      ])
    let merchant = try writer.create(
      "merchants", ["name": "Sandbox Shop"], ["address": ("addresses", address)])
    let priceList = try writer.create("price_lists", ["name": "Europe", "currency_code": "EUR"])
    let model = try writer.create("inventory_models", ["name": "Europe"])
    let location = try writer.create(
      "stock_locations", ["name": "Milano"], ["address": ("addresses", address)])
    _ = try writer.create(
      "inventory_stock_locations", ["priority": 1],
      [
        "inventory_model": ("inventory_models", model),
        "stock_location": ("stock_locations", location),
      ])
    let market = try writer.create(
      "markets", ["name": "Europe", "code": "EUROPE"],
      [
        "merchant": ("merchants", merchant), "price_list": ("price_lists", priceList),
        "inventory_model": ("inventory_models", model),
      ])
    let category = try writer.create("shipping_categories", ["name": "Merchandise"])
    for product in products {
      let sku = try writer.create(
        "skus", ["code": .string(product.code), "name": .string(product.name)],
        ["shipping_category": ("shipping_categories", category)])
      _ = try writer.create(
        "prices", ["amount_cents": .number(JSONNumber(product.cents))],
        ["sku": ("skus", sku), "price_list": ("price_lists", priceList)])
      _ = try writer.create(
        "stock_items", ["quantity": .number(JSONNumber(product.stock))],
        ["sku": ("skus", sku), "stock_location": ("stock_locations", location)])
    }
    for email in customers { _ = try writer.create("customers", ["email": .string(email)]) }
    for purchase in purchases {
      let order = try writer.create(
        "orders", ["customer_email": .string(customers[purchase.customer])],
        ["market": ("markets", market)])
      for line in purchase.lines {
        _ = try writer.create(
          "line_items",
          ["sku_code": .string(line.code), "quantity": .number(JSONNumber(line.quantity))],
          ["order": ("orders", order)])
      }
      for trigger in purchase.triggers { try writer.update("orders", order, [trigger: true]) }
    }
    // A guest's cart.
    _ = try writer.create("orders", [:], ["market": ("markets", market)])
  }
}
