import CommerceLayerRuntime
import GRDB

/// What cannot be changed of an order that is not editable any more, nor deleted. Data and pure decisions.
///
/// Sources: `editable` ("Indicates if the order can be edited") and `_start_editing` ("if you want to edit
/// the order after it is placed. Remember you cannot exceed the original total amount") of orders in the
/// published schema of 2026, and https://docs.commercelayer.io/core-api-reference/orders ("Placed orders
/// cannot be deleted"). Which fields count is not told: here those that move the order's amounts, so that a
/// reference or metadata can still be noted.
enum OrderEditing {
  /// Fields by type; creating and deleting records of ``parts`` counts, too.
  private static let fields: [String: Set<String>] = [
    "orders": [
      "coupon_code", "gift_card_code", "gift_card_or_coupon_code", "market", "autorefresh",
    ],
    "line_items": [
      "sku_code", "bundle_code", "quantity", "unit_amount_cents", "options_amount_cents",
      "frequency", "item", "_external_price",
    ],
    "line_item_options": ["quantity", "unit_amount_cents", "options", "sku_option", "line_item"],
  ]
  /// What is part of an order, and the relationships that lead to it.
  private static let parts: [String: [String]] = [
    "line_items": ["order"], "line_item_options": ["line_item", "order"],
  ]

  /// What a request does with a record.
  enum Action { case create, update, delete }

  /// Checks that the order that a request is about can be changed so.
  /// - Parameters:
  ///   - names: The attributes and relationships that the request gives.
  ///   - relationships: Those of the record.
  /// - Throws: ``ErrorResponse``.
  static func check(
    _ db: Database, _ action: Action, _ type: String, names: [String], record: StoredRecord?,
    relationships: JSONObject, behavior: RecordBehavior
  ) throws {
    if type == "orders" {
      guard let order = record else { return }
      let attributes = order.attributeObject()
      if action == .delete, (attributes["placed_at"] ?? .null) != .null {
        throw ErrorResponse([
          .validation("/data/attributes/status", "invalid", "a placed order cannot be deleted")
        ])
      }
      try check(attributes, action, type, names, pointer: nil)
      return
    }
    guard let path = parts[type] else { return }
    var owner: StoredRecord?
    for (index, name) in path.enumerated() {
      owner = try behavior.record(
        db, index == 0 ? relationships[name] : owner?.relationshipObject()[name])
    }
    guard let attributes = owner?.attributeObject() else { return }
    try check(
      attributes, action, type, names, pointer: "/data/relationships/\(path.first ?? "order")")
  }

  private static func check(
    _ order: JSONObject, _ action: Action, _ type: String, _ names: [String], pointer: String?
  ) throws {
    guard order["editable"] == false else { return }
    let changed = names.first { fields[type]?.contains($0) == true }
    if action == .update, changed == nil { return }
    if action == .delete, type == "orders" { return }
    let status = order[StoredAttribute.status]?.string ?? "placed"
    throw ErrorResponse([
      .validation(
        pointer ?? "/data/attributes/\(changed ?? "status")", "invalid",
        "the order is \(status) and cannot be edited: send _start_editing to edit a placed order")
    ])
  }

  /// Why the editing of an order cannot end; nil when it can.
  static func problem(endingWith attributes: JSONObject) -> String? {
    let total = attributes["total_amount_cents"]?.integer ?? 0
    guard let original = attributes["place_total_amount_cents"]?.integer, total > original else {
      return nil
    }
    return "leads to a total of \(total) cents, more than the \(original) of the placed order"
  }
}
