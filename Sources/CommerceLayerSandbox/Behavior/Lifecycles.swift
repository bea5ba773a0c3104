/// When a trigger can be pulled: the states its record can be in, and what else it needs. Data; what
/// the trigger then changes is said by the spec (`ResourceSchema.Effect`) and by ``TriggerAction``.
///
/// A trigger that is not listed can be pulled in any state: no source restricts it.
struct Lifecycle: Sendable {
  /// The states it can be pulled in; nil for all but ``excluded``.
  let from: Set<String>?
  let excluded: Set<String>
  let need: Need?
  /// Where this is said.
  let source: String

  /// What a record needs beside its state.
  enum Need: Sendable {
    /// An order with at least one line item.
    case lineItems
    /// An order whose payment was authorized.
    case authorization
    /// An order with a capture that is not refunded.
    case capture
    /// An order whose total is not more than when it was placed.
    case originalTotal
  }

  private init(
    from: Set<String>? = nil, excluded: Set<String> = [], need: Need? = nil, source: String
  ) {
    self.from = from
    self.excluded = excluded
    self.need = need
    self.source = source
  }

  /// The attribute that says which state a record is in.
  static let attribute = "status"

  static func rule(_ type: String, _ trigger: String) -> Lifecycle? { all[type]?[trigger] }

  /// The description of the trigger or of `status` in the reference.
  private static func page(_ type: String) -> String {
    "https://docs.commercelayer.io/core/api-reference/\(type)/object"
  }

  private static let all: [String: [String: Lifecycle]] = [
    "orders": orders, "shipments": shipments, "returns": returns, "gift_cards": giftCards,
    "order_subscriptions": subscriptions, "in_stock_subscriptions": inStockSubscriptions,
    "stock_transfers": stockTransfers, "exports": jobs(restarts: true), "cleanups": jobs(),
  ]

  /// draft → pending → (placing) → placed → approved; placed → editing → placed; cancelled.
  private static let orders: [String: Lifecycle] = {
    let reference = page("orders")
    let anatomy = "https://commercelayer.io/docs/data-model/anatomy-of-an-order"
    return [
      "_pending": Lifecycle(from: ["draft", "placing"], source: reference),
      // An order without line items has nothing to be placed.
      "_place": Lifecycle(
        from: ["draft", "pending", "placing"], need: .lineItems, source: anatomy),
      "_approve": Lifecycle(from: ["placed"], source: reference),
      "_approve_and_capture": Lifecycle(
        from: ["placed"], need: .authorization, source: reference),
      "_cancel": Lifecycle(from: ["pending", "placed", "approved"], source: anatomy),
      "_authorize": Lifecycle(
        excluded: ["cancelled", "approved"], need: .lineItems, source: reference),
      "_capture": Lifecycle(
        excluded: ["cancelled"], need: .authorization, source: reference),
      "_refund": Lifecycle(need: .capture, source: reference),
      "_start_editing": Lifecycle(from: ["placed"], source: reference),
      "_stop_editing": Lifecycle(
        from: ["editing"], need: .originalTotal, source: reference),
      "_fulfill": Lifecycle(from: ["approved"], source: reference),
      "_create_subscriptions": Lifecycle(from: ["placed", "approved"], source: reference),
    ]
  }()

  /// draft → upcoming → picking → packing → ready_to_ship → shipped → delivered; on_hold; cancelled.
  private static let shipments: [String: Lifecycle] = {
    let gone: Set<String> = ["shipped", "delivered", "cancelled"]
    let reference = page("shipments")
    var rules: [String: Lifecycle] = [:]
    for trigger in [
      "_upcoming", "_cancel", "_on_hold", "_picking", "_packing", "_ready_to_ship", "_ship",
    ] {
      rules[trigger] = Lifecycle(excluded: gone, source: reference)
    }
    rules["_deliver"] = Lifecycle(from: ["shipped"], source: reference)
    return rules
  }()

  /// draft → requested → approved → shipped → received → refunded; cancelled and rejected.
  private static let returns: [String: Lifecycle] = {
    let reference = page("returns")
    return [
      "_request": Lifecycle(from: ["draft"], source: reference),
      "_approve": Lifecycle(from: ["requested"], source: reference),
      "_cancel": Lifecycle(
        excluded: ["cancelled", "shipped", "rejected", "received", "refunded"], source: reference),
      "_ship": Lifecycle(from: ["approved"], source: reference),
      "_reject": Lifecycle(from: ["requested", "approved", "shipped"], source: reference),
      "_receive": Lifecycle(from: ["approved", "shipped"], source: reference),
      "_restock": Lifecycle(from: ["received", "refunded"], source: reference),
      "_refund": Lifecycle(
        excluded: ["draft", "cancelled", "rejected", "refunded"], need: .capture,
        source: reference),
    ]
  }()

  /// draft → inactive → active → redeemed.
  private static let giftCards: [String: Lifecycle] = {
    let reference = page("gift_cards")
    return [
      // "confirm a draft gift card"
      "_purchase": Lifecycle(from: ["draft"], source: reference),
      "_activate": Lifecycle(from: ["draft", "inactive"], source: reference),
      "_deactivate": Lifecycle(from: ["active"], source: reference),
    ]
  }()

  /// draft → active ⇄ inactive; cancelled.
  private static let subscriptions: [String: Lifecycle] = {
    let reference = page("order_subscriptions")
    return [
      "_activate": Lifecycle(from: ["draft", "inactive"], source: reference),
      "_deactivate": Lifecycle(from: ["active"], source: reference),
      "_cancel": Lifecycle(excluded: ["cancelled"], source: reference),
    ]
  }()

  /// active ⇄ inactive: "activate an inactive subscription".
  private static let inStockSubscriptions: [String: Lifecycle] = {
    let reference = page("in_stock_subscriptions")
    return [
      "_activate": Lifecycle(from: ["inactive"], source: reference),
      "_deactivate": Lifecycle(from: ["active"], source: reference),
    ]
  }()

  private static let stockTransfers: [String: Lifecycle] = {
    let reference = page("stock_transfers")
    var rules: [String: Lifecycle] = [:]
    for trigger in ["_upcoming", "_on_hold", "_picking", "_in_transit", "_complete", "_cancel"] {
      rules[trigger] = Lifecycle(excluded: ["completed", "cancelled"], source: reference)
    }
    return rules
  }()

  /// Exports and cleanups; those of imports are in ``ImportRules``.
  private static func jobs(restarts: Bool = false) -> [String: Lifecycle] {
    let reference = page("exports")
    var rules = [
      "_interrupt": Lifecycle(from: ["pending", "in_progress"], source: reference)
    ]
    // "restart an 'interrupted' export"
    if restarts { rules["_start"] = Lifecycle(from: ["interrupted"], source: reference) }
    return rules
  }
}
