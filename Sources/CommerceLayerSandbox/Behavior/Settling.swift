import CommerceLayerRuntime

/// Attributes that follow from the other attributes of the same record, worked out anew on each write
/// and stored, since lists are filtered by some of them. Pure.
///
/// Sources are the descriptions of the attributes in the published schema of 2026
/// (https://docs.commercelayer.io/core/api-reference), unless another one is named.
enum Settling: Sendable {
  case address, customer, lineItem, unitTimesQuantity, returned, order, price, dated

  /// What has to be worked out in records of a type.
  static func all(of schema: ResourceSchema) -> [Settling] {
    switch schema.name {
    case "addresses": return [.address]
    case "customers": return [.customer]
    case "line_items": return [.lineItem]
    case "return_line_items": return [.returned]
    case "line_item_options", "order_subscription_items": return [.unitTimesQuantity]
    case "orders": return [.order]
    case "prices": return [.price]
    default:
      let isDated =
        schema.attribute("starts_at") != nil && schema.attribute("expires_at") != nil
        && schema.attribute("active") != nil
      return isDated ? [.dated] : []
    }
  }

  /// Whether time changes what follows.
  var isDated: Bool {
    if case .dated = self { true } else { false }
  }

  /// - Parameter time: The time of the write.
  func settle(_ attributes: inout JSONObject, time: String) {
    switch self {
    case .address: Self.address(&attributes)
    case .customer:
      // https://docs.commercelayer.io/data-model/foundation-and-setup/merchants-and-customers
      attributes[StoredAttribute.status] =
        switch Self.cents(attributes[RollUp.placedOrders]) {
        case ...0: "prospect"
        case 1: "acquired"
        default: "repeat"
        }
    case .lineItem:
      // "unit amount x quantity + options amount"
      attributes["total_amount_cents"] = JSONValue(
        cents:
          Self.product(attributes) + Self.cents(attributes["options_amount_cents"]))
    case .unitTimesQuantity:
      attributes["total_amount_cents"] = JSONValue(cents: Self.product(attributes))
    // "line item unit amount x returned quantity"
    case .returned:
      attributes["total_amount_cents"] = JSONValue(
        cents: Self.product(attributes, unit: TypeBehavior.returnedAmount))
    case .order: Self.order(&attributes)
    // "before any applied rule": the sandbox applies none.
    case .price: attributes["original_amount_cents"] = attributes["amount_cents"]
    case .dated: Self.dated(&attributes, time: time)
    }
  }

  private static func cents(_ value: JSONValue?) -> Int { value?.integer ?? 0 }

  /// Unit amount times quantity; amounts that no integer holds stay at the largest one.
  private static func product(
    _ attributes: JSONObject, unit name: String = "unit_amount_cents"
  ) -> Int {
    let unit = cents(attributes[name])
    let (result, overflow) = unit.multipliedReportingOverflow(by: cents(attributes["quantity"]))
    return overflow ? maximum : max(-maximum, min(maximum, result))
  }

  /// The largest amount: far from overflowing when some are added.
  private static let maximum = 1 << 52

  /// A number that sums can hold.
  static func bounded(_ number: Int) -> Int { max(-maximum, min(maximum, number)) }

  /// The sum of two numbers, within what sums can hold: values come from clients.
  static func sum(_ left: Int, _ right: Int) -> Int { bounded(bounded(left) + bounded(right)) }

  // MARK: - Addresses

  /// `full_name`: the company of a business, else the first and the last name. `name`: the full name
  /// and the place in one line.
  private static func address(_ attributes: inout JSONObject) {
    func text(_ name: String) -> String? {
      attributes[name]?.string.flatMap { $0.isEmpty ? nil : $0 }
    }
    func joined(_ names: [String], _ separator: String = " ") -> String? {
      let parts = names.compactMap(text)
      return parts.isEmpty ? nil : parts.joined(separator: separator)
    }
    let isBusiness = attributes["business"]?.bool ?? false
    let fullName =
      isBusiness
      ? text("company") ?? joined(["first_name", "last_name"])
      : joined(["first_name", "last_name"]) ?? text("company")
    attributes["full_name"] = fullName.map(JSONValue.string) ?? .null
    let place = [
      joined(["zip_code", "city", "state_code"]), text("country_code").map { "(\($0))" },
      text("phone"),
    ].compactMap { $0 }.joined(separator: " ")
    let name = [fullName, joined(["line_1", "line_2"]), place.isEmpty ? nil : place]
      .compactMap { $0 }.joined(separator: ", ")
    attributes["name"] = .string(name)
  }

  // MARK: - Orders

  /// Amounts whose sum is the total. There are no taxes: no tax calculator is simulated.
  private static let parts = [
    "subtotal_amount_cents", "shipping_amount_cents", "payment_method_amount_cents",
    "discount_amount_cents", "adjustment_amount_cents", giftCard,
  ]

  private static let giftCard = "gift_card_amount_cents"

  /// Taxable amounts by the amounts they equal where prices do not include taxes.
  private static let taxable = [
    ("subtotal_taxable_amount_cents", "subtotal_amount_cents"),
    ("shipping_taxable_amount_cents", "shipping_amount_cents"),
    ("payment_method_taxable_amount_cents", "payment_method_amount_cents"),
    ("adjustment_taxable_amount_cents", "adjustment_amount_cents"),
  ]

  private static func order(_ attributes: inout JSONObject) {
    // "uses the gift card balance to pay for the order", as far as there is something to pay.
    if let balance = attributes[OrderCodes.Hidden.balance]?.integer {
      let due = parts.reduce(0) { $0 + ($1 == giftCard ? 0 : cents(attributes[$1])) }
      attributes[giftCard] = JSONValue(cents: -min(max(0, bounded(balance)), max(0, due)))
    }
    let total = parts.reduce(0) { $0 + cents(attributes[$1]) }
    attributes["total_amount_cents"] = JSONValue(cents: total)
    let tax = cents(attributes["total_tax_amount_cents"])
    let isIncluded = attributes["tax_included"]?.bool ?? false
    attributes["total_amount_with_taxes_cents"] = JSONValue(cents: isIncluded ? total : total + tax)
    // "without discounts"
    var taxableTotal = 0
    for (name, amount) in taxable {
      attributes[name] = JSONValue(cents: cents(attributes[amount]))
      taxableTotal += cents(attributes[amount])
    }
    attributes["total_taxable_amount_cents"] = JSONValue(cents: taxableTotal)
    // A draft with an email address is pending:
    // https://commercelayer.io/docs/data-model/anatomy-of-an-order
    if attributes[StoredAttribute.status] == "draft",
      attributes["customer_email"]?.string?.isEmpty == false
    {
      attributes[StoredAttribute.status] = "pending"
    }
    let status = attributes[StoredAttribute.status]?.string ?? ""
    attributes["editable"] = .bool(["draft", "pending", "editing"].contains(status))
  }

  // MARK: - What dates decide

  /// `disabled`, `expired`, `pending` or `active`, as of the last write.
  private static func dated(_ attributes: inout JSONObject, time: String) {
    func moment(_ name: String) -> String? { attributes[name]?.string }
    let status =
      if moment("disabled_at") != nil {
        "disabled"
      } else if let end = moment("expires_at"), end <= time {
        "expired"
      } else if let start = moment("starts_at"), start > time {
        "pending"
      } else {
        "active"
      }
    attributes[StoredAttribute.status] = .string(status)
    attributes["active"] = .bool(status == "active")
  }
}

extension JSONValue {
  /// A whole number.
  init(cents: Int) { self = .number(JSONNumber(cents)) }
}
