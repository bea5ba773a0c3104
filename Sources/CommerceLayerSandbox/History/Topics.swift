import CommerceLayerRuntime

/// Which events a change of a record is. Data.
///
/// Source: https://docs.commercelayer.io/core/real-time-webhooks, which lists `{resource}.{event}`: `create`
/// and `destroy` of a resource, `tagged`, and an event for each state that a status is set to. The names
/// of those are the triggers that lead there (`_place` leads to `placed`).
enum Topics {
  static let create = "create"
  static let destroy = "destroy"
  static let tagged = "tagged"

  /// The event of a state, where it is not the state's own name.
  private static let verbs: [String: [String: String]] = [
    "orders.status": [
      "placed": "place", "approved": "approve", "cancelled": "cancel", "editing": "start_editing",
    ],
    "orders.payment_status": [
      "authorized": "authorize", "voided": "void", "paid": "pay", "refunded": "refund",
    ],
    "orders.fulfillment_status": [
      "in_progress": "start_fulfilling", "unfulfilled": "cancel_fulfilling",
      "fulfilled": "fulfill",
    ],
    "returns.status": [
      "requested": "request", "approved": "approve", "cancelled": "cancel", "shipped": "ship",
      "rejected": "reject", "received": "receive", "refunded": "refund",
    ],
    "shipments.status": ["shipped": "ship", "delivered": "deliver", "cancelled": "cancel"],
    "stock_transfers.status": ["completed": "complete", "cancelled": "cancel"],
    "gift_cards.status": [
      "inactive": "purchase", "active": "activate", "redeemed": "redeem",
    ],
    "order_subscriptions.status": [
      "active": "activate", "inactive": "deactivate", "cancelled": "cancel",
    ],
    "in_stock_subscriptions.status": ["active": "activate", "inactive": "deactivate"],
    "imports.status": jobs, "exports.status": jobs, "cleanups.status": jobs,
  ]

  private static let jobs = [
    "in_progress": "start", "completed": "complete", "interrupted": "interrupt",
  ]

  /// The attributes whose change is an event of its own.
  private static let states = ["status", "payment_status", "fulfillment_status"]
  /// States that only a change of another record or of time leads to.
  private static let silent: Set<String> = ["unpaid", "free", "not_required", "prospect"]

  /// The events of a change, the first one first. Pure.
  /// - Parameters:
  ///   - before: The attributes and relationships before; nil for a new record.
  ///   - after: Those after; nil for a deleted one.
  static func events(
    _ type: String, before: (attributes: JSONObject, relationships: JSONObject)?,
    after: (attributes: JSONObject, relationships: JSONObject)?
  ) -> [String] {
    guard let after else { return before == nil ? [] : [destroy] }
    var events = before == nil ? [create] : []
    guard let before else {
      // "has been successfully executed": a transaction that is there was processed.
      if after.attributes["succeeded"] == true { events.append("succeeded") }
      if after.relationships["tags"]?.array?.isEmpty == false { events.append(tagged) }
      return events
    }
    events += changes(type, from: before.attributes, to: after.attributes)
    if type == "customers", before.attributes["metadata"] != after.attributes["metadata"] {
      events.append("metadata_update")
    }
    let tags = Set(after.relationships["tags"]?.array ?? [])
    if !tags.isSubset(of: before.relationships["tags"]?.array ?? []) { events.append(tagged) }
    return events
  }

  /// The events of the states that a change leads to. Pure.
  /// - Parameter before: Nil for a new record, whose first states are part of its creation.
  static func changes(
    _ type: String, from before: JSONObject?, to after: JSONObject
  ) -> [String] {
    states.compactMap { name in
      let (old, new) = (before?[name], after[name])
      guard let state = new?.string, old != new, !silent.contains(state),
        before != nil || !initial.contains(state)
      else { return nil }
      if type == "orders", old == "editing", state == "placed" { return "stop_editing" }
      return verbs["\(type).\(name)"]?[state] ?? state
    }
  }

  /// States that records are made with.
  private static let initial: Set<String> = ["draft", "pending", "unfulfilled"]
}
