import CommerceLayerRuntime
import GRDB

/// What a token may do, as far as it is told: https://docs.commercelayer.io/core/roles-and-permissions, and
/// "Cannot be passed by sales channels" in the published schema. Data and pure decisions.
///
/// Other kinds of applications may do everything but create imports. That customers list what is their own is
/// how the service's storefronts use it; the table for them is not part of the sources.
struct AccessRights: Sendable {
  let caller: Caller
  let catalog: Catalog

  private var isSalesChannel: Bool { caller.application.kind == SandboxApplication.salesChannel }

  /// What sales channels list. All else they read one by one.
  private static let lists: Set<String> = [
    "skus", "sku_options", "prices", "bundles", "promotions", "delivery_lead_times",
  ]
  /// States of orders that a sales channel without a customer reads, and those that it changes; likewise
  /// of what belongs to orders.
  private static let readable: Set<String> = ["draft", "pending", "placed"]
  private static let changeable: Set<String> = ["draft", "pending"]
  /// The relationships from which the state is taken.
  private static let orders: [String: [String]] = [
    "orders": [], "line_items": ["order"], "line_item_options": ["line_item", "order"],
  ]

  /// Checks that records of a type may be created.
  func checkCreating(_ schema: ResourceSchema) throws(ErrorResponse) {
    // Only some applications may create imports.
    guard schema.name == catalog.imports,
      !["integration", "cli"].contains(caller.application.kind)
    else { return }
    throw ErrorResponse(.unauthorized, "this application may not create \(schema.name)")
  }

  /// Checks that a list may be read.
  func checkListing(_ schema: ResourceSchema) throws(ErrorResponse) {
    guard isSalesChannel, !Self.isListed(schema, catalog) else { return }
    if caller.customerID != nil, schema.name == "customers" || Self.isOwned(schema) { return }
    throw ErrorResponse(
      .unauthorized, "sales channels do not list \(schema.name): retrieve one by its id")
  }

  private static func isListed(_ schema: ResourceSchema, _ catalog: Catalog) -> Bool {
    lists.contains(schema.name)
      || lists.contains { catalog.schema($0)?.members.contains(schema.name) == true }
  }

  private static func isOwned(_ schema: ResourceSchema) -> Bool {
    schema.relationship("customer")?.isToMany == false
  }

  /// What else holds for the records of a list: those of the token's customer, and those of its market.
  func listed(_ schema: ResourceSchema, links: LinkTable) -> @Sendable (Database) throws -> SQL? {
    let owner = isSalesChannel && !Self.isListed(schema, catalog) ? caller.customerID : nil
    let market = caller.scope.marketID
    return { db in
      var conditions: [SQL] = []
      if let owner {
        if schema.name == "customers" {
          conditions.append("records.id = \(owner)")
        } else if let number = links.number(schema.name, "customer") {
          conditions.append(Self.leads(number, to: owner))
        }
      }
      if let market, let scope = try Self.ofMarket(db, schema.name, market, links) {
        conditions.append(scope)
      }
      return conditions.isEmpty ? nil : RecordSQL.joined(conditions, "AND", empty: "1")
    }
  }

  private static func leads(_ relationship: Int64, to id: String) -> SQL {
    """
    records.sequence IN (SELECT links.owner FROM links \
    WHERE links.relationship = \(relationship) AND links.target = \(id))
    """
  }

  /// Prices of the market's price list, bundles of the market or of none.
  private static func ofMarket(
    _ db: Database, _ type: String, _ market: String, _ links: LinkTable
  ) throws -> SQL? {
    switch type {
    case "prices":
      let list = try String.fetchOne(
        db,
        sql: """
          SELECT json_extract(relationships, '$.price_list.id') FROM records
          WHERE type = 'markets' AND id = ?
          """, arguments: [market])
      guard let list, let number = links.number(type, "price_list") else { return nil }
      return leads(number, to: list)
    case "bundles":
      guard let number = links.number(type, "market") else { return nil }
      return SQL(sql: "(json_extract(records.relationships, '$.market.id') IS NULL OR ")
        + leads(number, to: market) + SQL(sql: ")")
    default: return nil
    }
  }

  /// What a request is to do with a record.
  enum Action { case read, change }

  /// Checks that a record may be read or changed.
  func check(
    _ db: Database, _ action: Action, _ record: StoredRecord, behavior: RecordBehavior
  ) throws {
    guard isSalesChannel else { return }
    if let customerID = caller.customerID {
      let owner =
        record.type == "customers"
        ? record.id : record.relationshipObject()["customer"]?["id"]?.string
      guard let owner, owner != customerID else { return }
      throw ErrorResponse(.unauthorized, "the record is one of another customer")
    }
    if record.type == "gift_cards" {
      return try check(record, isIn: ["draft"], action)
    }
    guard let path = Self.orders[record.type] else { return }
    var order: StoredRecord? = record
    for name in path { order = try behavior.record(db, order?.relationshipObject()[name]) }
    if let order {
      try check(order, isIn: action == .read ? Self.readable : Self.changeable, action)
    }
  }

  private func check(
    _ record: StoredRecord, isIn states: Set<String>, _ action: Action
  ) throws(ErrorResponse) {
    let state = record.attributeObject()[StoredAttribute.status]?.string ?? ""
    guard !states.contains(state) else { return }
    throw ErrorResponse(
      .unauthorized,
      "sales channels do not \(action) \(record.type) that are \(state), only those that are "
        + states.sorted().joined(separator: ", "))
  }

  /// Checks that a request gives nothing that sales channels cannot pass.
  func check(_ document: RequestDocument, _ schema: ResourceSchema) throws(ErrorResponse) {
    guard isSalesChannel else { return }
    let attributes = document.attributes.map(\.name).filter {
      schema.attribute($0)?.isProhibited == true
    }
    let relationships = document.relationships.map(\.name).filter {
      schema.relationship($0)?.isProhibited == true
    }
    let problems =
      attributes.map { ("attributes", $0) } + relationships.map { ("relationships", $0) }
    guard !problems.isEmpty else { return }
    throw ErrorResponse(
      problems.map { place, name in
        ErrorObject(
          .paramNotAllowed, "\(name) cannot be passed by sales channels",
          .pointer("/data/\(place)/\(name)"))
      })
  }
}
