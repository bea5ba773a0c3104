import CommerceLayerRuntime
import GRDB

/// What the codes of an order do: a coupon's promotion becomes a discount, the balance of a gift card pays.
///
/// Sources: the descriptions of the attributes of orders, coupons, gift cards, promotions and
/// organizations in the published schema of 2026 (https://docs.commercelayer.io/core/api-reference), and
/// https://docs.commercelayer.io/how-tos/placing-orders/checkout/adding-a-gift-card-or-coupon, whose
/// example shows that a percentage is one of the subtotal and that what a gift card pays is negative.
struct OrderCodes {
  let behavior: RecordBehavior
  let time: String
  let acceptsUnsimulated: Bool
  /// Whether a code that names nothing is kept without effect.
  let acceptsUnknown: Bool

  private enum Field {
    static let coupon = "coupon_code"
    static let giftCard = "gift_card_code"
    static let either = "gift_card_or_coupon_code"
  }

  /// Attributes of an order that no document shows.
  enum Hidden {
    /// The promotion that a coupon applies, what it takes off, and its line item.
    static let discount = "$discount"
    /// The id of the gift card that pays.
    static let giftCard = "$gift_card"
    /// The balance of that gift card when its code was set.
    static let balance = "$gift_card_balance_cents"
    /// The id of the coupon.
    static let coupon = "$coupon"
  }

  /// "At least the first 8 characters" of a code.
  private static let shortest = 8

  private static func pointer(_ name: String) -> String { "/data/attributes/\(name)" }

  // MARK: - Setting codes

  /// Whether a request gives a code.
  func isConcerned(_ given: JSONObject) -> Bool {
    [Field.coupon, Field.giftCard, Field.either].contains { given[$0] != nil }
  }

  /// Gives the codes of a request their effect on the order that is about to be stored.
  /// - Throws: ``ErrorResponse`` for a code that is not valid: `orders_invalid_coupon_errors` and
  ///   `orders_invalid_gift_card_errors` of the organization are true by default.
  /// - Parameter order: The order as it is stored; nil when it is new.
  func apply(
    _ db: Database, _ given: JSONObject, _ order: StoredRecord?, _ attributes: inout JSONObject
  ) throws {
    if let value = given[Field.either] {
      let code = value.string ?? ""
      if code.isEmpty {
        removeGiftCard(&attributes)
        try removeCoupon(db, order, &attributes)
      } else if let card = try giftCard(db, code, attributes) {
        use(card, &attributes)
      } else {
        try use(coupon: code, isPrefix: true, named: Field.either, db, order, &attributes)
      }
    }
    if let value = given[Field.giftCard] {
      let code = value.string ?? ""
      if code.isEmpty {
        removeGiftCard(&attributes)
      } else if let card = try giftCard(db, code, attributes) {
        use(card, &attributes)
      } else if !acceptsUnknown {
        throw Self.invalid(Field.giftCard, code, "gift card")
      }
    }
    if let value = given[Field.coupon] {
      let code = value.string ?? ""
      if code.isEmpty {
        try removeCoupon(db, order, &attributes)
      } else {
        try use(coupon: code, isPrefix: false, named: Field.coupon, db, order, &attributes)
      }
    }
  }

  private static func invalid(_ name: String, _ code: String, _ what: String) -> ErrorResponse {
    ErrorResponse([
      .validation(
        pointer(name), "invalid", "is not the code of a \(what) that can be used for this order",
        value: .string(code))
    ])
  }

  private func removeGiftCard(_ attributes: inout JSONObject) {
    for name in [Hidden.giftCard, Hidden.balance, Field.giftCard, Field.either] {
      attributes[name] = .null
    }
    attributes["gift_card_amount_cents"] = 0
  }

  private func removeCoupon(
    _ db: Database, _ order: StoredRecord?, _ attributes: inout JSONObject
  ) throws {
    if let order, let id = attributes[Hidden.discount]?["line_item"]?.string,
      let item = try behavior.records.find(db, type: "line_items", id: id)
    {
      try behavior.delete(db, item, time: time)
      // What the line item leaves behind in the stored order is part of what is about to be stored.
      let before = order.attributeObject()
      let after = try behavior.records.find(db, type: order.type, id: order.id)
      for (name, value) in after?.attributeObject() ?? [:] where before[name] != value {
        attributes[name] = value
      }
    }
    for name in [Hidden.discount, Hidden.coupon, Field.coupon] { attributes[name] = .null }
  }

  // MARK: - Gift cards

  private func use(_ card: StoredRecord, _ attributes: inout JSONObject) {
    let own = card.attributeObject()
    attributes[Field.giftCard] = own["code"] ?? .null
    attributes[Hidden.giftCard] = .string(card.id)
    attributes[Hidden.balance] = own["balance_cents"] ?? 0
  }

  /// An active gift card of the order's currency that begins with the code and has a balance.
  private func giftCard(
    _ db: Database, _ code: String, _ order: JSONObject
  ) throws -> StoredRecord? {
    guard code.count >= Self.shortest else { return nil }
    return try keyed(db, "gift_cards", beginningWith: code, isPrefix: true).first { card in
      let own = card.attributeObject()
      return own["status"] == "active" && isCurrent(own)
        && (own["balance_cents"]?.integer ?? 0) > 0
        && own[StoredAttribute.currency] == order[StoredAttribute.currency]
    }
  }

  private func isCurrent(_ attributes: JSONObject) -> Bool {
    attributes["expires_at"]?.string.map { $0 > time } ?? true
  }

  /// The records of a type whose key begins with a code.
  private func keyed(
    _ db: Database, _ type: String, beginningWith code: String, isPrefix: Bool
  ) throws -> [StoredRecord] {
    // A key is a JSON array that begins with the code.
    let text = JSONValue.array([.string(code)]).text
    let start = isPrefix ? String(text.dropLast(2)) : String(text.dropLast())
    return try StoredRecord.fetchAll(
      db,
      sql: """
        SELECT \(StoredRecord.columns(of: "records")) FROM records
        WHERE type = ? AND unique_key >= ? AND unique_key < ? ORDER BY unique_key LIMIT \(Self.most)
        """, arguments: [type, start, start + "\u{10FFFF}"])
  }

  /// Records that are looked at for one code; more than organizations give the same one.
  private static let most = 100

  // MARK: - Coupons

  private func use(
    coupon code: String, isPrefix: Bool, named name: String, _ db: Database,
    _ order: StoredRecord?, _ attributes: inout JSONObject
  ) throws {
    var unsimulated: String?
    for coupon in try keyed(db, "coupons", beginningWith: code, isPrefix: isPrefix)
    where !isPrefix || code.count >= Self.shortest {
      let own = coupon.attributeObject()
      guard isPrefix || own["code"]?.string == code, isCurrent(own),
        isBelow(own["usage_count"], own["usage_limit"]),
        let rule = try behavior.record(db, coupon.relationshipObject()["promotion_rule"]),
        let promotion = try behavior.record(db, rule.relationshipObject()["promotion"]),
        isActive(promotion.attributeObject())
      else { continue }
      switch try Discount(db, promotion, behavior) {
      case .discount(let discount):
        try removeCoupon(db, order, &attributes)
        attributes[Field.coupon] = own["code"] ?? .null
        attributes[Hidden.coupon] = .string(coupon.id)
        attributes[Hidden.discount] = .object(discount)
        return
      case .unsimulated(let why): unsimulated = why
      }
    }
    guard let unsimulated else {
      guard acceptsUnknown else { throw Self.invalid(name, code, "coupon") }
      return
    }
    guard acceptsUnsimulated else {
      throw ErrorResponse([
        ErrorObject(
          .notSimulated, "\(unsimulated) are not simulated by the sandbox",
          .pointer(Self.pointer(name)))
      ])
    }
  }

  private func isBelow(_ count: JSONValue?, _ limit: JSONValue?) -> Bool {
    limit?.integer.map { (count?.integer ?? 0) < $0 } ?? true
  }

  private func isActive(_ promotion: JSONObject) -> Bool {
    let starts = promotion["starts_at"]?.string.map { $0 <= time } ?? true
    return starts && isCurrent(promotion) && (promotion["disabled_at"] ?? .null) == .null
      && isBelow(promotion["total_usage_count"], promotion["total_usage_limit"])
  }

  // MARK: - The discount's line item

  /// Adds the line item of a coupon that was just set, and makes it follow the order's amounts.
  func finish(_ db: Database, _ order: StoredRecord) throws -> StoredRecord {
    guard let discount = order.attributeObject()[Hidden.discount]?.object,
      discount["line_item"] == nil
    else { return order }
    let promotion = discount["promotion"] ?? .null
    var lookups = RecordBehavior.Lookups()
    let item = try behavior.insert(
      db, type: "line_items",
      attributes: [
        "item_type": promotion["type"] ?? .null, "name": discount["name"] ?? .null, "quantity": 1,
        "unit_amount_cents": JSONValue(
          cents: -Discount.amount(discount, of: order.attributeObject())),
      ],
      relationships: [
        "order": RecordFields.identifier(order.type, order.id), "item": promotion,
      ], time: time, &lookups)
    guard let current = try behavior.records.find(db, type: order.type, id: order.id) else {
      return order
    }
    var attributes = current.attributeObject()
    var known = discount
    known["line_item"] = .string(item.id)
    attributes[Hidden.discount] = .object(known)
    return try behavior.update(
      db, current, attributes: attributes, relationships: current.relationshipObject(), time: time,
      &lookups)
  }

  // MARK: - Placing

  /// Takes what an order that is placed uses: the amount from its gift card, one use of its coupon. When
  /// the service does so is not told; an order that is only pending has used nothing.
  static func redeem(
    _ db: Database, _ order: StoredRecord, behavior: RecordBehavior, time: String
  ) throws {
    let attributes = order.attributeObject()
    var lookups = RecordBehavior.Lookups()
    func change(_ type: String, _ id: String?, _ body: (inout JSONObject) -> Void) throws {
      guard let id, let record = try behavior.records.find(db, type: type, id: id) else { return }
      var own = record.attributeObject()
      body(&own)
      _ = try behavior.update(
        db, record, attributes: own, relationships: record.relationshipObject(), time: time,
        &lookups)
    }
    func count(_ name: String, _ own: inout JSONObject) {
      own[name] = JSONValue(cents: (own[name]?.integer ?? 0) + 1)
    }
    let amount = attributes["gift_card_amount_cents"]?.integer ?? 0
    if amount < 0 {
      let number = attributes["number"] ?? .null
      try change("gift_cards", attributes[Hidden.giftCard]?.string) { card in
        let balance = max(0, (card["balance_cents"]?.integer ?? 0) + amount)
        card["balance_cents"] = JSONValue(cents: balance)
        let change: JSONValue = [
          "datetime": .string(time), "balance_change_cents": JSONValue(cents: amount),
        ]
        card["balance_log"] = .array((card["balance_log"]?.array ?? []) + [change])
        let use: JSONValue = [
          "action": "use", "amount_cents": JSONValue(cents: amount),
          "balance_cents": JSONValue(cents: balance), "order_number": number,
          "datetime": .string(time),
        ]
        var log = card["usage_log"]?.object ?? [:]
        log[order.id] = .array((log[order.id]?.array ?? []) + [use])
        card["usage_log"] = .object(log)
        if balance == 0 || card["single_use"] == true { card["status"] = "redeemed" }
      }
    }
    guard attributes[Hidden.coupon]?.string != nil else { return }
    try change("coupons", attributes[Hidden.coupon]?.string) { count("usage_count", &$0) }
    let promotion = attributes[Hidden.discount]?["promotion"]
    try change(promotion?["type"]?.string ?? "", promotion?["id"]?.string) {
      count("total_usage_count", &$0)
    }
  }
}

/// What a promotion takes off an order.
enum Discount {
  case discount(JSONObject)
  /// What of it the sandbox does not simulate, in words.
  case unsimulated(String)

  init(_ db: Database, _ promotion: StoredRecord, _ behavior: RecordBehavior) throws {
    let own = promotion.attributeObject()
    let relationships = promotion.relationshipObject()
    for (name, what) in [
      ("sku_list", "promotions of a SKU list"),
      ("sku_list_promotion_rule", "promotion rules of a SKU list"),
      ("custom_promotion_rule", "custom promotion rules"),
    ] where (relationships[name] ?? .null) != .null {
      self = .unsimulated(what)
      return
    }
    var discount: JSONObject = [
      "promotion": RecordFields.identifier(promotion.type, promotion.id),
      "name": own["name"] ?? .null,
    ]
    switch promotion.type {
    case "percentage_discount_promotions": discount["percentage"] = own["percentage"] ?? 0
    case "fixed_amount_promotions": discount["fixed"] = own["fixed_amount_cents"] ?? 0
    case "free_shipping_promotions": discount["shipping"] = true
    default:
      self = .unsimulated("promotions of the type \(promotion.type)")
      return
    }
    if let rule = try behavior.record(db, relationships["order_amount_promotion_rule"]) {
      let limit = rule.attributeObject()
      discount["over"] = limit["order_amount_cents"] ?? 0
      discount["of_subtotal"] = limit["use_subtotal"] ?? false
    }
    self = .discount(discount)
  }

  /// How much it takes off an order with these amounts; never more than what it is about. Half cents
  /// count as a whole one: no source tells how the service rounds.
  static func amount(_ discount: JSONObject, of order: JSONObject) -> Int {
    func cents(_ name: String) -> Int { Settling.bounded(order[name]?.integer ?? 0) }
    let subtotal = max(0, cents("subtotal_amount_cents"))
    let shipping = max(0, cents("shipping_amount_cents"))
    if let limit = discount["over"]?.integer {
      let all =
        subtotal + shipping + cents("payment_method_amount_cents")
        + cents("adjustment_amount_cents")
      guard (discount["of_subtotal"] == true ? subtotal : all) > limit else { return 0 }
    }
    if discount["shipping"] == true { return shipping }
    if let fixed = discount["fixed"]?.integer { return min(max(0, fixed), subtotal) }
    let percentage = min(100, max(0, discount["percentage"]?.integer ?? 0))
    return (subtotal * percentage + 50) / 100
  }
}
