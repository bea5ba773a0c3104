/// What a trigger does that the spec's data does not say, because it makes or reads other records. Data;
/// ``TriggerRun`` does it. Sources are the descriptions of the triggers in the published schema of 2026
/// (https://docs.commercelayer.io/core/api-reference).
///
/// A trigger without an effect in the spec and without a row here is not simulated.
enum TriggerAction: Sendable, Hashable {
  /// Says how much another trigger of the same request moves; where the record has an attribute for
  /// the amount, it is set.
  case amount(attribute: String?)
  /// Makes an authorization of the order's total, unless there is one.
  case authorize
  /// Places the order: what costs nothing is free, what has a payment source is authorized.
  case place
  /// Captures what is authorized.
  case captureOrder
  /// Voids what is authorized and not captured.
  case cancelOrder
  /// Refunds what is captured.
  case refundOrder
  case refundReturn
  case captureAuthorization, voidAuthorization, refundCapture
  /// Copies the address whose id is the value.
  case cloneAddress(into: String)
  /// Copies the address of another relationship.
  case copyAddress(from: String, into: String)
  /// Makes a record of the type that links the customer with what a relationship leads to.
  case saveForCustomer(type: String, relationship: String, from: String)
  /// Takes the payment source of the customer payment source whose id is the value.
  case takePaymentSource
  /// Changes the balance of a gift card and writes it down.
  case changeBalance
  /// Starts again.
  case restart
  case requestAnonymization
  /// Tells the webhooks of an event again; ``RecordOperations`` does it.
  case fire

  /// The action of a trigger; nil when the spec says all it does, or nobody does.
  static func action(_ type: String, _ trigger: String) -> TriggerAction? { all[type]?[trigger] }

  private static let all: [String: [String: TriggerAction]] = [
    "orders": [
      "_authorize": .authorize,
      "_authorization_amount_cents": .amount(attribute: nil),
      "_place": .place,
      "_capture": .captureOrder,
      "_approve_and_capture": .captureOrder,
      // "The order's authorization will be automatically voided."
      "_cancel": .cancelOrder,
      "_refund": .refundOrder,
      "_billing_address_clone_id": .cloneAddress(into: "billing_address"),
      "_shipping_address_clone_id": .cloneAddress(into: "shipping_address"),
      "_billing_address_same_as_shipping": .copyAddress(
        from: "shipping_address", into: "billing_address"),
      "_shipping_address_same_as_billing": .copyAddress(
        from: "billing_address", into: "shipping_address"),
      "_save_billing_address_to_customer_address_book": .saveForCustomer(
        type: "customer_addresses", relationship: "address", from: "billing_address"),
      "_save_shipping_address_to_customer_address_book": .saveForCustomer(
        type: "customer_addresses", relationship: "address", from: "shipping_address"),
      "_save_payment_source_to_customer_wallet": .saveForCustomer(
        type: "customer_payment_sources", relationship: "payment_source", from: "payment_source"),
      "_customer_payment_source_id": .takePaymentSource,
    ],
    "authorizations": [
      "_capture": .captureAuthorization,
      "_capture_amount_cents": .amount(attribute: "capture_amount_cents"),
      "_void": .voidAuthorization,
      // "void a succeeded authorization of a pending order"
      "_cancel": .voidAuthorization,
    ],
    "captures": [
      "_refund": .refundCapture,
      "_refund_amount_cents": .amount(attribute: "refund_amount_cents"),
      // "refund a succeeded capture of a pending order"
      "_cancel": .refundCapture,
    ],
    "returns": [
      "_refund": .refundReturn,
      "_refund_amount_cents": .amount(attribute: nil),
    ],
    "gift_cards": ["_balance_change_cents": .changeBalance],
    "exports": ["_start": .restart],
    "customers": ["_request_anonymization": .requestAnonymization],
    // "force webhooks execution for this event"
    "events": ["_trigger": .fire],
  ]
}
