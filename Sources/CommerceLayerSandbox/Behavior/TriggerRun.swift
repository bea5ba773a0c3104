import CommerceLayerRows
import CommerceLayerRuntime
import GRDB

/// Pulls the triggers of one request or of one row: checks that the record's state allows them, does
/// what the spec says they set and clear, and what ``TriggerAction`` says beyond it.
///
/// It changes the attributes and relationships that are about to be stored; records that have to name
/// the stored one are made by ``finish(_:_:_:)`` afterwards.
struct TriggerRun {
  typealias Pulled = (attribute: ResourceSchema.Attribute, value: JSONValue)

  let behavior: RecordBehavior
  let schema: ResourceSchema
  let time: String
  /// Whether a trigger that is not simulated is accepted and does nothing.
  let acceptsUnsimulated: Bool
  /// Whether the record is a row's: its line items come after it.
  let isRow: Bool
  /// What is accepted and does nothing, in words.
  private(set) var warnings: [String] = []
  /// Why the triggers cannot be pulled.
  private(set) var problems: [ErrorObject] = []
  private var amounts: [String: Int] = [:]
  private var later: [Later] = []

  /// What is made once the record is stored.
  private enum Later {
    /// A transaction of the order; `reference` is the one it is about.
    case transaction(type: String, amount: Int, reference: StoredRecord?)
    case saved(type: String, JSONObject)
    /// The gift card and the coupon of an order that was placed.
    case redeemed
  }

  init(
    behavior: RecordBehavior, schema: ResourceSchema, time: String, acceptsUnsimulated: Bool,
    isRow: Bool = false
  ) {
    self.behavior = behavior
    self.schema = schema
    self.time = time
    self.acceptsUnsimulated = acceptsUnsimulated
    self.isRow = isRow
  }

  private static func pointer(_ trigger: String) -> String { "/data/attributes/\(trigger)" }

  private mutating func reject(_ trigger: String, _ why: String) {
    problems.append(.validation(Self.pointer(trigger), "invalid", why))
  }

  // MARK: - Pulling

  /// - Parameters:
  ///   - record: The record before the write; nil when it is new.
  ///   - tag: The id of the tag of a name.
  mutating func pull(
    _ db: Database, _ triggers: [Pulled], record: StoredRecord?, _ attributes: inout JSONObject,
    _ relationships: inout JSONObject, tag: (String) throws -> String?
  ) throws {
    for (attribute, value) in triggers {
      if case .amount? = TriggerAction.action(schema.name, attribute.name) {
        amounts[attribute.name] = value.integer
      }
    }
    for (attribute, value) in triggers {
      let action = TriggerAction.action(schema.name, attribute.name)
      let effect = attribute.effect.flatMap { $0.isUnknown ? nil : $0 }
      guard action != nil || effect != nil else {
        rejectUnsimulated(attribute.name)
        continue
      }
      guard try isAllowed(attribute.name, record, attributes) else { continue }
      if let effect {
        apply(effect, value, &attributes, &relationships)
        try changeTags(attribute.name, effect, value, &relationships, tag: tag)
      }
      if let action {
        try run(db, action, attribute.name, value, record, &attributes, &relationships)
      }
    }
  }

  private mutating func rejectUnsimulated(_ trigger: String) {
    if acceptsUnsimulated {
      warnings.append("'\(trigger)' has no effect in the sandbox: no source tells it")
    } else {
      problems.append(
        ErrorObject(
          .notSimulated, "\(trigger) of \(schema.name) is not simulated by the sandbox",
          .pointer(Self.pointer(trigger))))
    }
  }

  /// Whether the record's state before the write allows the trigger.
  private mutating func isAllowed(
    _ trigger: String, _ record: StoredRecord?, _ attributes: JSONObject
  ) throws -> Bool {
    guard let rule = Lifecycle.rule(schema.name, trigger), let record else { return true }
    let before = record.attributeObject()
    let state = before[Lifecycle.attribute]?.string ?? ""
    if rule.excluded.contains(state) || rule.from?.contains(state) == false {
      reject(trigger, "is not possible while the status is \(state.isEmpty ? "unknown" : state)")
      return false
    }
    guard !isRow else { return true }
    switch rule.need {
    case .lineItems where (before[Sum.lineItems]?.integer ?? 0) == 0:
      reject(trigger, "needs at least one line item")
      return false
    case .authorization where ids(before, "authorizations").isEmpty:
      reject(trigger, "needs an authorization of the payment")
      return false
    case .capture where schema.name == "orders" && ids(before, "captures").isEmpty:
      reject(trigger, "needs a capture of the payment")
      return false
    case .originalTotal:
      guard let problem = OrderEditing.problem(endingWith: before) else { return true }
      reject(trigger, problem)
      return false
    default: return true
    }
  }

  private func apply(
    _ effect: ResourceSchema.Effect, _ value: JSONValue, _ attributes: inout JSONObject,
    _ relationships: inout JSONObject
  ) {
    for (name, set) in effect.sets {
      attributes[name] =
        switch set {
        case .now: .string(time)
        case .argument: value
        case .constant(let constant): constant
        case .generated: .string(MadeUpValues.renewed(attributes[name]?.string ?? ""))
        }
    }
    for name in effect.clears {
      if schema.relationship(name) != nil {
        relationships[name] = .null
      } else {
        attributes[name] = .null
      }
    }
  }

  /// Adds tags that exist to a record, or takes them from it; other names are discarded, as the
  /// service does.
  private mutating func changeTags(
    _ trigger: String, _ effect: ResourceSchema.Effect, _ value: JSONValue,
    _ relationships: inout JSONObject, tag: (String) throws -> String?
  ) throws {
    guard let name = effect.addsTo ?? effect.removesFrom else { return }
    guard schema.relationship(name)?.target == "tags" else {
      return rejectUnsimulated(trigger)
    }
    var tags = relationships[name]?.array ?? []
    for given in TagList.names(value.string ?? "") {
      let text = "'\(TerminalSafe.text(given, limit: 40))'"
      guard let id = try tag(given) else {
        warnings.append("'\(trigger)': the tag \(text) does not exist and is discarded")
        continue
      }
      let identifier = RecordFields.identifier("tags", id)
      if effect.addsTo == nil {
        tags.removeAll { $0 == identifier }
      } else if tags.count >= TagList.maximumCount {
        warnings.append(
          "'\(trigger)': the record has \(TagList.maximumCount) tags, so \(text) is discarded")
      } else if !tags.contains(identifier) {
        tags.append(identifier)
      }
    }
    relationships[name] = .array(tags)
  }

  // MARK: - Actions

  private mutating func run(
    _ db: Database, _ action: TriggerAction, _ trigger: String, _ value: JSONValue,
    _ record: StoredRecord?, _ attributes: inout JSONObject, _ relationships: inout JSONObject
  ) throws {
    switch action {
    case .amount(let name):
      if let name { attributes[name] = value }
    case .authorize:
      guard ids(attributes, "authorizations").isEmpty else {
        return reject(trigger, "is not possible: the order is authorized already")
      }
      let total = attributes["total_amount_cents"]?.integer ?? 0
      authorize(amounts["_authorization_amount_cents"] ?? total, of: total, &attributes)
    case .place: place(&attributes, relationships)
    case .captureOrder, .cancelOrder, .refundOrder:
      try settleOrder(db, action, &attributes)
    case .captureAuthorization, .voidAuthorization, .refundCapture:
      try settleTransaction(db, action, trigger, record, &attributes, relationships)
    case .refundReturn: try refundReturn(db, trigger, &attributes, &relationships)
    case .cloneAddress(let name):
      let id = value.string ?? ""
      try copyAddress(
        db, trigger, RecordFields.identifier("addresses", id), into: name, &relationships)
    case .copyAddress(let source, let name):
      try copyAddress(db, trigger, relationships[source], into: name, &relationships)
    case .saveForCustomer(let type, let name, let source):
      guard let customer = relationships["customer"], customer != .null,
        let saved = relationships[source], saved != .null
      else { return reject(trigger, "needs a customer and the \(source) of the record") }
      later.append(.saved(type: type, ["customer": customer, name: saved]))
    case .takePaymentSource:
      let id = value.string ?? ""
      let wallet = try behavior.record(
        db, RecordFields.identifier("customer_payment_sources", id))
      guard let source = wallet?.relationshipObject()["payment_source"], source != .null else {
        return reject(trigger, "does not name a customer payment source with a payment source")
      }
      relationships["payment_source"] = source
    case .changeBalance: changeBalance(trigger, value.integer ?? 0, &attributes)
    case .restart:
      attributes[Lifecycle.attribute] = "pending"
      attributes["interrupted_at"] = .null
    case .fire: break
    case .requestAnonymization:
      attributes["anonymization_status"] = "requested"
      attributes["anonymization_info"] = ["status": "requested", "requested_at": .string(time)]
    }
  }

  private mutating func copyAddress(
    _ db: Database, _ trigger: String, _ source: JSONValue?, into name: String,
    _ relationships: inout JSONObject
  ) throws {
    guard let address = try behavior.record(db, source), address.type == "addresses" else {
      return reject(trigger, "does not lead to an address")
    }
    var lookups = RecordBehavior.Lookups()
    let copy = try behavior.insert(
      db, type: address.type, attributes: address.attributeObject(),
      relationships: address.relationshipObject(), time: time, &lookups)
    relationships[name] = RecordFields.identifier(copy.type, copy.id)
  }

  /// "Send a negative value to reduces the card balance": it does not go below zero, nor above what
  /// the card can hold, and only some can be recharged.
  private mutating func changeBalance(
    _ trigger: String, _ change: Int, _ attributes: inout JSONObject
  ) {
    let (balance, overflow) = (attributes["balance_cents"]?.integer ?? 0)
      .addingReportingOverflow(change)
    if overflow || balance < 0 { return reject(trigger, "is more than the balance") }
    if change > 0, attributes["rechargeable"]?.bool == false {
      return reject(trigger, "is not possible: the gift card is not rechargeable")
    }
    if change > 0, let maximum = attributes["balance_max_cents"]?.integer, balance > maximum {
      return reject(trigger, "leads to more than balance_max_cents")
    }
    attributes["balance_cents"] = JSONValue(cents: balance)
    let entry: JSONValue = [
      "datetime": .string(time), "balance_change_cents": JSONValue(cents: change),
    ]
    attributes["balance_log"] = .array((attributes["balance_log"]?.array ?? []) + [entry])
  }

  // MARK: - Payments

  /// Names of what an order keeps for itself: no document shows them.
  enum Sum {
    static let lineItems = "$line_items_count"
    static func ids(_ type: String) -> String { "$\(type)" }
  }

  private static let paymentStatus = "payment_status"

  private func ids(_ attributes: JSONObject, _ type: String) -> [String] {
    (attributes[Sum.ids(type)]?.array ?? []).compactMap(\.string)
  }

  private func transactions(
    _ db: Database, _ attributes: JSONObject, _ type: String
  ) throws -> [StoredRecord] {
    try ids(attributes, type).compactMap {
      try behavior.records.find(db, type: type, id: $0)
    }
  }

  private mutating func authorize(_ amount: Int, of total: Int, _ attributes: inout JSONObject) {
    later.append(.transaction(type: "authorizations", amount: amount, reference: nil))
    attributes[Self.paymentStatus] = amount < total ? "partially_authorized" : "authorized"
  }

  private mutating func place(_ attributes: inout JSONObject, _ relationships: JSONObject) {
    let total = attributes["total_amount_cents"]?.integer ?? 0
    attributes["place_total_amount_cents"] = JSONValue(cents: total)
    later.append(.redeemed)
    if total <= 0 {
      // The line items of a row come after it.
      if !isRow { attributes[Self.paymentStatus] = "free" }
    } else if (relationships["payment_source"] ?? .null) != .null,
      ids(attributes, "authorizations").isEmpty
    {
      authorize(amounts["_authorization_amount_cents"] ?? total, of: total, &attributes)
    }
  }

  /// Captures, voids or refunds all that is left of an order's transactions.
  private mutating func settleOrder(
    _ db: Database, _ action: TriggerAction, _ attributes: inout JSONObject
  ) throws {
    let (source, balance, type, status) =
      switch action {
      case .captureOrder: ("authorizations", "capture_balance_cents", "captures", "paid")
      case .cancelOrder: ("authorizations", "void_balance_cents", "voids", "voided")
      default: ("captures", "refund_balance_cents", "refunds", "refunded")
      }
    var moved = false
    for transaction in try transactions(db, attributes, source) {
      let amount = transaction.attributeObject()[balance]?.integer ?? 0
      guard amount > 0 else { continue }
      later.append(.transaction(type: type, amount: amount, reference: transaction))
      moved = true
    }
    if moved { attributes[Self.paymentStatus] = .string(status) }
  }

  /// Captures or voids an authorization, or refunds a capture.
  private mutating func settleTransaction(
    _ db: Database, _ action: TriggerAction, _ trigger: String, _ record: StoredRecord?,
    _ attributes: inout JSONObject, _ relationships: JSONObject
  ) throws {
    guard let record else { return }
    let (balance, amountTrigger, type) =
      switch action {
      case .captureAuthorization:
        ("capture_balance_cents", "_capture_amount_cents", "captures")
      case .voidAuthorization: ("void_balance_cents", "", "voids")
      default: ("refund_balance_cents", "_refund_amount_cents", "refunds")
      }
    let left = attributes[balance]?.integer ?? 0
    let amount = amounts[amountTrigger] ?? left
    guard amount > 0, amount <= left else {
      return reject(trigger, "needs an amount between 1 and the \(balance) of \(left)")
    }
    later.append(.transaction(type: type, amount: amount, reference: record))
    // The balances are written with the transaction.
    if let order = try behavior.record(db, relationships["order"]) {
      var changed = order.attributeObject()
      let isAll = amount == left
      changed[Self.paymentStatus] =
        switch action {
        case .captureAuthorization: isAll ? "paid" : "partially_paid"
        case .voidAuthorization: isAll ? "voided" : "partially_voided"
        default: isAll ? "refunded" : "partially_refunded"
        }
      var lookups = RecordBehavior.Lookups()
      _ = try behavior.update(
        db, order, attributes: changed, relationships: order.relationshipObject(), time: time,
        &lookups)
    }
  }

  private mutating func refundReturn(
    _ db: Database, _ trigger: String, _ attributes: inout JSONObject,
    _ relationships: inout JSONObject
  ) throws {
    guard let order = try behavior.record(db, relationships["order"]) else {
      return reject(trigger, "needs an order")
    }
    let captures = try transactions(db, order.attributeObject(), "captures")
    for capture in captures {
      let left = capture.attributeObject()["refund_balance_cents"]?.integer ?? 0
      let amount = amounts["_refund_amount_cents"] ?? left
      guard amount > 0, amount <= left else { continue }
      later.append(.transaction(type: "refunds", amount: amount, reference: capture))
      attributes[Lifecycle.attribute] = "refunded"
      relationships["reference_capture"] = RecordFields.identifier(capture.type, capture.id)
      return
    }
    reject(trigger, "needs a capture of the order with enough left to be refunded")
  }

  // MARK: - After the record

  /// Makes the records that name the stored one.
  /// - Returns: The record as it is then.
  func finish(_ db: Database, _ record: StoredRecord) throws -> StoredRecord {
    guard !later.isEmpty else { return record }
    var lookups = RecordBehavior.Lookups()
    for step in later {
      switch step {
      case .saved(let type, let relationships):
        _ = try behavior.insert(
          db, type: type, attributes: [:], relationships: relationships, time: time, &lookups)
      case .redeemed:
        try OrderCodes.redeem(db, record, behavior: behavior, time: time)
      case .transaction(let type, let amount, let reference):
        try makeTransaction(db, type, amount, reference, of: record, &lookups)
      }
    }
    return try behavior.records.find(db, type: record.type, id: record.id) ?? record
  }

  private func makeTransaction(
    _ db: Database, _ type: String, _ amount: Int, _ reference: StoredRecord?,
    of record: StoredRecord, _ lookups: inout RecordBehavior.Lookups
  ) throws {
    let related = reference?.relationshipObject() ?? record.relationshipObject()
    let order =
      record.type == "orders" ? RecordFields.identifier(record.type, record.id) : related["order"]
    var relationships: JSONObject = ["order": order ?? .null]
    relationships["payment_source"] = related["payment_source"] ?? .null
    if let reference {
      let name = reference.type == "captures" ? "reference_capture" : "reference_authorization"
      relationships[name] = RecordFields.identifier(reference.type, reference.id)
    }
    if record.type == "returns" {
      relationships["return"] = RecordFields.identifier(record.type, record.id)
    }
    var attributes: JSONObject = ["amount_cents": JSONValue(cents: amount), "succeeded": true]
    for balance in Self.balances[type] ?? [] { attributes[balance] = JSONValue(cents: amount) }
    let made = try behavior.insert(
      db, type: type, attributes: attributes, relationships: relationships, time: time, &lookups)
    if let reference,
      let current = try behavior.record(
        db, RecordFields.identifier(reference.type, reference.id))
    {
      var left = current.attributeObject()
      for balance in Self.balances[reference.type] ?? [] {
        left[balance] = JSONValue(cents: max(0, (left[balance]?.integer ?? 0) - amount))
      }
      _ = try behavior.update(
        db, current, attributes: left, relationships: current.relationshipObject(), time: time,
        &lookups)
    }
    guard let owner = try behavior.record(db, order) else { return }
    var kept = owner.attributeObject()
    kept[Sum.ids(type)] = .array((kept[Sum.ids(type)]?.array ?? []) + [.string(made.id)])
    _ = try behavior.update(
      db, owner, attributes: kept, relationships: owner.relationshipObject(), time: time, &lookups)
  }

  /// What is left of a transaction, by its type.
  private static let balances = [
    "authorizations": ["capture_amount_cents", "capture_balance_cents", "void_balance_cents"],
    "captures": ["refund_amount_cents", "refund_balance_cents"],
  ]
}
