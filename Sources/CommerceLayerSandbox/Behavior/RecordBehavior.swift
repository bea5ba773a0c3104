import CommerceLayerRuntime
import GRDB

/// The one way records are created, changed and deleted: requests and rows of imports go through it,
/// so that both make the same records.
struct RecordBehavior: Sendable {
  let catalog: Catalog
  var records: RecordTable
  let identity: Identity
  /// Where changes are noted; nil while nobody wants to know.
  var changes: ChangeLog?

  /// What the sandbox says of itself.
  struct Identity: Sendable {
    let organization: String
    let applicationKind: String
    let seed: UInt64
  }

  /// What was looked up within one transaction, so that rows that share a price list look once.
  struct Lookups {
    fileprivate var currencies: [String: String] = [:]
    fileprivate var keys: [String: StoredRecord] = [:]
    /// More than a batch of rows refers to; beyond it looking again is better than growing.
    fileprivate static let limit = 1000
  }

  private var madeUp: MadeUpValues { MadeUpValues(seed: identity.seed) }

  // MARK: - Creating, changing, deleting

  /// Stores a new record with everything the service would have given it.
  /// - Parameter isKeyed: False for a record that keys do not find because another one has its key.
  func insert(
    _ db: Database, type: String, attributes: JSONObject, relationships: JSONObject,
    isKeyed: Bool = true, time: String, _ lookups: inout Lookups
  ) throws -> StoredRecord {
    var attributes = attributes
    var relationships = relationships
    guard let behavior = catalog.behavior(of: type) else {
      return try records.insert(
        db, type: type, attributes: attributes, relationships: relationships,
        key: isKeyed ? records.uniqueKey(type, attributes, relationships) : nil, time: time)
    }
    try copyLinks(db, type, &relationships, before: nil)
    try copy(db, behavior, &attributes, relationships, before: nil, &lookups)
    if type == Self.lineItems { try price(db, &attributes, relationships) }
    let sequence = try records.nextSequence(db)
    try complete(
      db, behavior, &attributes, relationships, sequence: sequence, isNew: true, time: time,
      &lookups)
    for step in behavior.settling { step.settle(&attributes) }
    let record = try records.insert(
      db, type: type, sequence: sequence, attributes: attributes, relationships: relationships,
      key: isKeyed ? records.uniqueKey(type, attributes, relationships) : nil, time: time)
    changes?.note(nil, record)
    try rollUp(db, behavior, from: nil, to: (attributes, relationships), time: time)
    try reflect(db, record, from: nil, to: relationships, time: time)
    return record
  }

  /// Replaces a record's attributes and relationships.
  /// - Parameter reflects: False for the other end of a mirror, which the first end has seen to.
  func update(
    _ db: Database, _ record: StoredRecord, attributes: JSONObject, relationships: JSONObject,
    reflects: Bool = true, time: String, _ lookups: inout Lookups
  ) throws -> StoredRecord {
    var attributes = attributes
    var relationships = relationships
    let behavior = catalog.behavior(of: record.type)
    let before = record.relationshipObject()
    if let behavior {
      try copyLinks(db, record.type, &relationships, before: before)
      try copy(db, behavior, &attributes, relationships, before: before, &lookups)
      try complete(
        db, behavior, &attributes, relationships, sequence: record.sequence, isNew: false,
        time: time, &lookups)
      for step in behavior.settling { step.settle(&attributes) }
    }
    let stored = try records.update(
      db, record, attributes: attributes, relationships: relationships,
      key: records.uniqueKey(record.type, attributes, relationships), time: time)
    changes?.note(record, stored)
    if let behavior, behavior.rollUp != nil {
      try rollUp(
        db, behavior, from: (record.attributeObject(), before), to: (attributes, relationships),
        time: time)
    }
    if reflects { try reflect(db, stored, from: before, to: relationships, time: time) }
    return stored
  }

  /// Deletes a record and what is part of it.
  func delete(_ db: Database, _ record: StoredRecord, time: String) throws {
    try records.delete(db, record)
    changes?.note(record, nil)
    let before = record.relationshipObject()
    if let behavior = catalog.behavior(of: record.type), behavior.rollUp != nil {
      try rollUp(db, behavior, from: (record.attributeObject(), before), to: nil, time: time)
    }
    try reflect(db, record, from: before, to: nil, time: time)
    try deleteDependents(db, of: record, time: time)
  }

  // MARK: - Values of new records

  /// Gives a record the values that it lacks. Of a record that is there, only what is never null.
  private func complete(
    _ db: Database, _ behavior: TypeBehavior, _ attributes: inout JSONObject,
    _ relationships: JSONObject, sequence: Int64, isNew: Bool, time: String,
    _ lookups: inout Lookups
  ) throws {
    let plan = behavior.newValues
    // A record that is there keeps what it has; only what is never null is filled again.
    if !isNew {
      guard
        plan.neverNull.contains(where: {
          behavior.derived[$0] == nil && (attributes[$0] ?? .null) == .null
        })
      else { return }
    }
    // Most of what a new record is given is not there yet.
    let given = isNew ? Set(attributes.lazy.map(\.key)) : []
    for (name, source) in plan.values {
      guard isNew && !given.contains(name) || (attributes[name] ?? .null) == .null,
        isNew || behavior.schema.attribute(name)?.isNeverNull == true
      else { continue }
      attributes[name] = try value(
        db, source, name, behavior, attributes, relationships, sequence, time: time, &lookups)
    }
    if behavior.hidesCurrency {
      let currency = try currency(db, behavior, relationships, &lookups)
      if currency != Money.organizationCurrency {
        attributes[StoredAttribute.hiddenCurrency] = .string(currency)
      }
    }
  }

  private func value(
    _ db: Database, _ source: NewRecordValues.Source, _ name: String, _ behavior: TypeBehavior,
    _ attributes: JSONObject, _ relationships: JSONObject, _ sequence: Int64, time: String,
    _ lookups: inout Lookups
  ) throws -> JSONValue {
    let type = behavior.schema.name
    switch source {
    case .constant(let value): return value
    case .number(let prefix, let suffix): return .string("\(prefix)\(sequence)\(suffix)")
    case .sequence: return JSONValue(cents: Int(sequence))
    case .token: return .string(madeUp.token(sequence, name))
    case .uuid: return .string(madeUp.uuid(sequence, name))
    case .currency: return .string(try currency(db, behavior, relationships, &lookups))
    case .now: return .string(time)
    case .copy(let other): return attributes[other] ?? 0
    case .slug:
      let slug = MadeUpValues.slug(attributes["name"]?.string ?? "")
      return .string(slug.isEmpty ? "\(sequence)" : "\(slug)-\(sequence)")
    case .madeUp(let what): return .string(madeUp.text(what, type: type, sequence))
    case .organizationSlug: return .string(identity.organization)
    case .applicationKind: return .string(identity.applicationKind)
    }
  }

  /// The currency of what a record belongs to.
  private func currency(
    _ db: Database, _ behavior: TypeBehavior, _ relationships: JSONObject,
    _ lookups: inout Lookups
  ) throws -> String {
    for name in behavior.currencySources {
      guard let type = relationships[name]?["type"]?.string,
        let id = relationships[name]?["id"]?.string
      else { continue }
      let place = "\(type)/\(id)"
      if let known = lookups.currencies[place] { return known }
      guard let record = try records.find(db, type: type, id: id) else { continue }
      let attributes = record.attributeObject()
      let own =
        attributes[StoredAttribute.currency]?.string
        ?? attributes[StoredAttribute.hiddenCurrency]?.string
      let found =
        try own
        ?? catalog.behavior(of: type).map {
          try currency(db, $0, record.relationshipObject(), &lookups)
        } ?? Money.organizationCurrency
      if lookups.currencies.count < Lookups.limit { lookups.currencies[place] = found }
      return found
    }
    return Money.organizationCurrency
  }

  private func copy(
    _ db: Database, _ behavior: TypeBehavior, _ attributes: inout JSONObject,
    _ relationships: JSONObject, before: JSONObject?, _ lookups: inout Lookups
  ) throws {
    for copy in behavior.copies {
      let hasMoved =
        before.map { $0[copy.relationship] != relationships[copy.relationship] } ?? true
      guard hasMoved, copy.follows || RequiredFields.isBlank(attributes[copy.attribute]),
        let related = try record(db, relationships[copy.relationship]),
        let value = related.attributeObject()[copy.source]
      else { continue }
      attributes[copy.attribute] = value
    }
  }

  /// The record that an identifier names.
  func record(_ db: Database, _ identifier: JSONValue?) throws -> StoredRecord? {
    guard let type = identifier?["type"]?.string, let id = identifier?["id"]?.string else {
      return nil
    }
    return try records.find(db, type: type, id: id)
  }

  /// The first record with a value; all of the type are searched.
  func record(
    _ db: Database, type: String, where attribute: String, is value: String
  ) throws -> StoredRecord? {
    let id = try SQLRequest<String>(
      literal: "SELECT id FROM records WHERE \(RecordSQL.isOf([type], in: "records")) AND "
        + RecordSQL.value(attribute, in: "records")
        + " = \(value) ORDER BY sequence LIMIT 1", cached: true
    ).fetchOne(db)
    return try id.flatMap { try records.find(db, type: type, id: $0) }
  }

  // MARK: - Sums

  private typealias Content = (attributes: JSONObject, relationships: JSONObject)

  private func rollUp(
    _ db: Database, _ behavior: TypeBehavior, from old: Content?, to new: Content?, time: String
  ) throws {
    guard let rollUp = behavior.rollUp else { return }
    let before = old.map {
      ($0.relationships[rollUp.relationship], rollUp.contribution($0.attributes))
    }
    let after = new.map {
      ($0.relationships[rollUp.relationship], rollUp.contribution($0.attributes))
    }
    if let before, let after, before.0 == after.0 {
      var sums = after.1
      for (name, amount) in before.1 {
        sums[name] = Settling.sum(sums[name] ?? 0, -Settling.bounded(amount))
      }
      try add(db, sums, to: after.0, time: time)
    } else {
      if let before {
        try add(db, before.1.mapValues { -Settling.bounded($0) }, to: before.0, time: time)
      }
      if let after { try add(db, after.1, to: after.0, time: time) }
    }
  }

  private func add(
    _ db: Database, _ sums: [String: Int], to owner: JSONValue?, time: String
  ) throws {
    let sums = sums.filter { $0.value != 0 }
    guard !sums.isEmpty, let owner = try record(db, owner) else { return }
    var attributes = owner.attributeObject()
    for (name, amount) in sums {
      attributes[name] = JSONValue(cents: Settling.sum(attributes[name]?.integer ?? 0, amount))
    }
    var lookups = Lookups()
    _ = try update(
      db, owner, attributes: attributes, relationships: owner.relationshipObject(), time: time,
      &lookups)
    if let discount = attributes[OrderCodes.Hidden.discount]?.object {
      try followDiscount(db, discount, of: attributes, time: time)
    }
  }

  /// Makes the line item of a discount follow the amounts of its order.
  private func followDiscount(
    _ db: Database, _ discount: JSONObject, of order: JSONObject, time: String
  ) throws {
    guard let id = discount["line_item"]?.string,
      let item = try records.find(db, type: Self.lineItems, id: id)
    else { return }
    var attributes = item.attributeObject()
    let amount = JSONValue(cents: -Discount.amount(discount, of: order))
    guard attributes["unit_amount_cents"] != amount else { return }
    attributes["unit_amount_cents"] = amount
    var lookups = Lookups()
    _ = try update(
      db, item, attributes: attributes, relationships: item.relationshipObject(), time: time,
      &lookups)
  }

  // MARK: - One record, told two ways

  /// Makes an attribute and a relationship that name the same record agree: the one that is given
  /// decides. When both are, both stay as they are given.
  /// - Parameters:
  ///   - given: What the request or the row gives, by attribute and by relationship.
  ///   - scans: Whether a type without a unique key may be searched.
  func link(
    _ db: Database, type: String, given: (attributes: JSONObject, relationships: JSONObject),
    _ attributes: inout JSONObject, _ relationships: inout JSONObject, scans: Bool, time: String,
    _ lookups: inout Lookups
  ) throws {
    guard let behavior = catalog.behavior(of: type) else { return }
    var given = given
    if type == Self.lineItems { linkItem(&given, &attributes, &relationships) }
    for twin in behavior.twins {
      let key = given.attributes[twin.attribute]
      if let identifier = given.relationships[twin.relationship], key == nil {
        let value = try record(db, identifier)?.attributeObject()[twin.key]
        if identifier == .null {
          attributes[twin.attribute] = .null
        } else if let value {
          attributes[twin.attribute] = value
        }
      } else if let key, given.relationships[twin.relationship] == nil {
        guard let text = key.string, !text.isEmpty else {
          if key == .null { relationships[twin.relationship] = .null }
          continue
        }
        if let record = try named(db, twin, text, scans: scans, time: time, &lookups) {
          relationships[twin.relationship] = RecordFields.identifier(record.type, record.id)
        } else {
          relationships[twin.relationship] = .null
        }
      }
    }
    guard type == Self.lineItems, given.relationships["item"] == nil else { return }
    for (attribute, name) in Self.items
    where given.attributes[attribute]?.string?.isEmpty == false {
      if let linked = relationships[name], linked != .null { relationships["item"] = linked }
    }
  }

  /// The record whose key is a twin's value, which an email address makes when there is none.
  private func named(
    _ db: Database, _ twin: TypeBehavior.Twin, _ text: String, scans: Bool, time: String,
    _ lookups: inout Lookups
  ) throws -> StoredRecord? {
    let place = "\(twin.target)/\(text)"
    if let known = lookups.keys[place] { return known }
    let own: JSONObject = [twin.key: .string(text)]
    var found: StoredRecord?
    if catalog.key(of: twin.target) == [twin.key] {
      found = try records.uniqueKey(twin.target, own, [:]).flatMap {
        try records.find(db, type: twin.target, key: $0)
      }
      if found == nil, twin.makesRecords {
        found = try insert(
          db, type: twin.target, attributes: own, relationships: [:], time: time, &lookups)
      }
    } else if scans {
      found = try record(db, type: twin.target, where: twin.key, is: text)
    }
    if let found, lookups.keys.count < Lookups.limit { lookups.keys[place] = found }
    return found
  }

  private static let lineItems = "line_items"
  /// The codes that name a line item's item, and the relationships that they stand for.
  private static let items = [("sku_code", "sku"), ("bundle_code", "bundle")]

  /// The item of a line item is also its `sku` or `bundle`, and `item_type` is its type.
  private func linkItem(
    _ given: inout (attributes: JSONObject, relationships: JSONObject),
    _ attributes: inout JSONObject, _ relationships: inout JSONObject
  ) {
    var type: String?
    if let identifier = given.relationships["item"] {
      type = identifier["type"]?.string
      for name in ["sku", "bundle", "gift_card", "shipment", "payment_method", "adjustment"]
      where type == name + "s" {
        relationships[name] = identifier
        given.relationships[name] = identifier
      }
    } else {
      type =
        Self.items.first { given.attributes[$0.0]?.string?.isEmpty == false }.map { $0.1 + "s" }
    }
    if let type, given.attributes["item_type"] == nil { attributes["item_type"] = .string(type) }
  }

  /// The price of a new line item that gives none: that of its SKU or bundle in the price list of the
  /// order's market; zero when there is no such price, because tests need not have a whole catalog.
  private func price(
    _ db: Database, _ attributes: inout JSONObject, _ relationships: JSONObject
  ) throws {
    guard (attributes["unit_amount_cents"] ?? .null) == .null else { return }
    var amount: JSONValue = 0
    if let bundle = try record(db, relationships["bundle"]) {
      amount = bundle.attributeObject()["price_amount_cents"] ?? 0
    } else if let code = attributes["sku_code"]?.string,
      let order = try record(db, relationships["order"])?.relationshipObject(),
      let market = try record(db, order["market"])?.relationshipObject(),
      let list = market["price_list"], list != .null,
      let key = records.uniqueKey(
        "prices", ["sku_code": .string(code)], ["price_list": list]),
      let price = try records.find(db, type: "prices", key: key)
    {
      amount = price.attributeObject()["amount_cents"] ?? 0
    }
    attributes["unit_amount_cents"] = amount == .null ? 0 : amount
  }
}
