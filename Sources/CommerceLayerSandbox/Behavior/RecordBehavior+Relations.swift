import CommerceLayerRuntime
import GRDB

/// Two to-one relationships that tell the same link from its two ends, as a payment source's `order` and
/// the order's `payment_source` do. Worked out from the schemas.
struct Mirror: Sendable, Hashable {
  /// The relationship that is given.
  let relationship: String
  /// The one at the other end, which follows it.
  let inverse: String

  /// The mirrors of a type.
  ///
  /// One end is named like what it leads to (`order`, `promotion`), and the other one either likewise, or
  /// it leads to one of several listed types ("that is set as its payment source": published schema of
  /// 2026). `market` of a payment method is none: the market names its default payment method itself.
  /// - Parameter bases: The base types of the families that a type is a member of.
  static func all(
    of schema: ResourceSchema, schemas: [String: ResourceSchema], bases: [String: Set<String>]
  ) -> [Mirror] {
    let own = bases[schema.name, default: []].union([schema.name])
    let ownNames = Set(own.compactMap { schemas[$0]?.singular })
    return schema.relationships.compactMap { relationship in
      guard isGiven(relationship), let target = relationship.target.flatMap({ schemas[$0] }),
        relationship.name == target.singular
      else { return nil }
      let inverse = target.relationships.first { candidate in
        guard isGiven(candidate) else { return false }
        if let back = candidate.target {
          return own.contains(back) && ownNames.contains(candidate.name)
        }
        return candidate.isPolymorphic && candidate.targets.contains(schema.name)
      }
      return inverse.map { Mirror(relationship: relationship.name, inverse: $0.name) }
    }
  }

  private static func isGiven(_ relationship: ResourceSchema.Relationship) -> Bool {
    !relationship.isToMany && (relationship.create != nil || relationship.update != nil)
  }
}

/// Records that are part of another one and are deleted with it. Data.
///
/// No public source tells what the service deletes along. These are the records that the schema requires
/// to name their owner and that show nothing without it; see `docs/decisions/sandbox.md`.
struct Dependents: Sendable, Hashable {
  let type: String
  /// The relationship that leads to the owner.
  let relationship: String

  static func of(_ type: String) -> [Dependents] { all[type] ?? [] }

  private static let all: [String: [Dependents]] = [
    "orders": [
      Dependents(type: "line_items", relationship: "order"),
      Dependents(type: "shipments", relationship: "order"),
      Dependents(type: "payment_options", relationship: "order"),
    ],
    "line_items": [Dependents(type: "line_item_options", relationship: "line_item")],
    "shipments": [Dependents(type: "parcels", relationship: "shipment")],
    "parcels": [Dependents(type: "parcel_line_items", relationship: "parcel")],
    "returns": [Dependents(type: "return_line_items", relationship: "return")],
    "order_subscriptions": [
      Dependents(type: "order_subscription_items", relationship: "order_subscription")
    ],
    "sku_lists": [Dependents(type: "sku_list_items", relationship: "sku_list")],
    "prices": [
      Dependents(type: "price_volume_tiers", relationship: "price"),
      Dependents(type: "price_frequency_tiers", relationship: "price"),
    ],
    "customers": [
      Dependents(type: "customer_addresses", relationship: "customer"),
      Dependents(type: "customer_payment_sources", relationship: "customer"),
    ],
  ]
}

/// A to-one relationship that is filled from a related record's. Data.
struct LinkCopy: Sendable, Hashable {
  let relationship: String
  /// The relationship that leads to the record it is taken from.
  let through: String
  let source: String

  static func of(_ type: String) -> [LinkCopy] { all[type] ?? [] }

  /// Sources: the descriptions of the relationships in the published schema of 2026
  /// (https://docs.commercelayer.io/core/api-reference/returns/object).
  private static let all: [String: [LinkCopy]] = [
    "returns": [
      LinkCopy(relationship: "customer", through: "order", source: "customer"),
      LinkCopy(relationship: "origin_address", through: "order", source: "shipping_address"),
      LinkCopy(relationship: "destination_address", through: "stock_location", source: "address"),
    ]
  ]
}

extension RecordBehavior {
  /// Fills relationships that come from those of related records, when what leads there is new.
  func copyLinks(
    _ db: Database, _ type: String, _ relationships: inout JSONObject, before: JSONObject?
  ) throws {
    for copy in LinkCopy.of(type) {
      guard before.map({ $0[copy.through] != relationships[copy.through] }) ?? true,
        let related = try record(db, relationships[copy.through])
      else { continue }
      relationships[copy.relationship] = related.relationshipObject()[copy.source] ?? .null
    }
  }

  /// Makes the other ends of a record's mirrors follow it. What else names the record at the other end
  /// keeps naming it: that a second owner takes it from the first is told nowhere.
  /// - Parameters:
  ///   - before: Its relationships before the write; nil when it is new.
  ///   - after: Those after it; nil when it is deleted.
  func reflect(
    _ db: Database, _ record: StoredRecord, from before: JSONObject?, to after: JSONObject?,
    time: String
  ) throws {
    let own = RecordFields.identifier(record.type, record.id)
    for mirror in catalog.mirrors(of: record.type) {
      let (old, new) = (before?[mirror.relationship], after?[mirror.relationship])
      guard old != new else { continue }
      if try self.record(db, old)?.relationshipObject()[mirror.inverse] == own {
        try point(db, old, mirror.inverse, to: .null, time: time)
      }
      try point(db, new, mirror.inverse, to: own, time: time)
    }
  }

  private func point(
    _ db: Database, _ identifier: JSONValue?, _ relationship: String, to value: JSONValue,
    time: String
  ) throws {
    guard let other = try record(db, identifier),
      catalog.schema(other.type)?.relationship(relationship) != nil
    else { return }
    var relationships = other.relationshipObject()
    guard (relationships[relationship] ?? .null) != value else { return }
    relationships[relationship] = value
    var lookups = Lookups()
    _ = try update(
      db, other, attributes: other.attributeObject(), relationships: relationships,
      reflects: false, time: time, &lookups)
  }

  /// Deletes what is part of a record that was deleted.
  func deleteDependents(_ db: Database, of owner: StoredRecord, time: String) throws {
    for dependents in Dependents.of(owner.type) {
      guard let number = records.links.number(dependents.type, dependents.relationship) else {
        continue
      }
      let owned = try StoredRecord.fetchAll(
        db.cachedStatement(
          sql: """
            SELECT \(StoredRecord.columns(of: "records"))
            FROM links CROSS JOIN records ON records.sequence = links.owner
            WHERE links.relationship = ? AND links.target = ? ORDER BY records.sequence
            """), arguments: [number, owner.id])
      for record in owned { try delete(db, record, time: time) }
    }
  }
}
