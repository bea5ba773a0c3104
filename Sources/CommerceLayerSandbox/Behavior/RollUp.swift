import CommerceLayerRuntime

/// What a record adds to the record it belongs to: a line item to the amounts of its order. Data.
///
/// When the record is added, changed or deleted, its owner is changed by the difference, so that no
/// other records have to be read.
struct RollUp: Sendable {
  /// The to-one relationship that leads to the owner.
  let relationship: String
  let contribution: @Sendable (JSONObject) -> [String: Int]

  /// By type. The source is the descriptions of the owners' attributes in the published schema of
  /// 2026 (https://docs.commercelayer.io/core/api-reference/orders/object and .../line_items/object).
  static let all: [String: RollUp] = [
    "line_items": RollUp(relationship: "order", contribution: lineItem),
    "line_item_options": RollUp(relationship: "line_item") { option in
      ["options_amount_cents": option["total_amount_cents"]?.integer ?? 0, optionsCount: 1]
    },
    "orders": RollUp(relationship: "customer") { order in
      [
        "total_orders_count": 1,
        placedOrders: (order["placed_at"] ?? .null) == .null ? 0 : 1,
      ]
    },
    "return_line_items": RollUp(relationship: "return") { item in
      ["skus_count": item["quantity"]?.integer ?? 0]
    },
    "coupons": RollUp(relationship: "promotion_rule") { _ in [coupons: 1] },
    "coupon_codes_promotion_rules": RollUp(relationship: "promotion") { rule in
      ["coupons_count": rule[coupons]?.integer ?? 0]
    },
    "shipments": RollUp(relationship: "order") { _ in ["shipments_count": 1] },
  ]

  /// How many options a line item has; only its order shows the number.
  private static let optionsCount = "$options_count"
  /// How many coupons a promotion rule has; only its promotion shows the number.
  private static let coupons = "$coupons_count"
  /// How many orders of a customer were placed; the customer's status tells it.
  static let placedOrders = "$placed_orders_count"

  /// Sums by what the line item stands for. Purchased SKUs, bundles, gift cards and free lines make the
  /// subtotal; promotions are discounts.
  private static func lineItem(_ item: JSONObject) -> [String: Int] {
    let total = item["total_amount_cents"]?.integer ?? 0
    let quantity = item["quantity"]?.integer ?? 0
    var sums = [
      TriggerRun.Sum.lineItems: 1, "line_item_options_count": item[optionsCount]?.integer ?? 0,
    ]
    switch item["item_type"]?.string ?? "" {
    case "shipments": sums["shipping_amount_cents"] = total
    case "payment_methods": sums["payment_method_amount_cents"] = total
    case "adjustments": sums["adjustment_amount_cents"] = total
    case "discount_engine_items": sums["discount_amount_cents"] = total
    case let type where type.hasSuffix("_promotions"): sums["discount_amount_cents"] = total
    // The importing guide writes the singular.
    case "skus", "sku", "bundles", "bundle":
      sums["subtotal_amount_cents"] = total
      sums["skus_count"] = quantity
    default: sums["subtotal_amount_cents"] = total
    }
    return sums
  }
}
