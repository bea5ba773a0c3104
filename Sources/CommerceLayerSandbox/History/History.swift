import CommerceLayerRuntime
import Foundation
import GRDB

/// Writes down what happened: versions, event stores and events, and what webhooks are to be told.
///
/// Which types have versions, events and event stores is told by their schemas: those with a relationship
/// of that name. Changes that requests make are written down; rows of imports are not versions, and only
/// what becomes of orders is an event, because webhooks are off during imports but for those of orders
/// (https://docs.commercelayer.io/core/real-time-webhooks).
struct History: Sendable {
  let catalog: Catalog
  let records: RecordTable
  let outbox: WebhookOutbox
  let now: @Sendable () -> Date

  /// What a change did, read once.
  private struct Content {
    let attributes: JSONObject
    let relationships: JSONObject

    init(_ record: StoredRecord) {
      attributes = record.attributeObject()
      relationships = record.relationshipObject()
    }

    var pair: (attributes: JSONObject, relationships: JSONObject) { (attributes, relationships) }
  }

  /// Writes down the changes of a transaction, within it.
  /// - Parameter origin: Where links of webhooks' payloads lead; nil for where the last request came in.
  func write(
    _ db: Database, _ log: ChangeLog, by author: ChangeAuthor, origin: String?
  ) throws {
    let time = ISO8601.text(now())
    for change in log.changes() {
      guard let record = change.record, HistoryType(rawValue: record.type) == nil,
        let schema = catalog.schema(record.type)
      else { continue }
      let before = change.before.map(Content.init)
      let after = change.after.map(Content.init)
      let resource = RecordFields.identifier(record.type, record.id)
      try writeVersions(db, schema, resource, before, after, author, time: time)
      if record.type == WebhookOutbox.webhooks, let webhook = change.after {
        outbox.review(webhook)
      }
      guard schema.relationship(HistoryType.events.rawValue) != nil else { continue }
      for event in Topics.events(schema.name, before: before?.pair, after: after?.pair) {
        try write(
          db, event: event, of: change.after ?? record, resource, origin: origin, time: time)
      }
    }
  }

  /// Writes down what became of orders that rows pulled triggers of.
  func writeOrders(_ db: Database, _ log: ChangeLog) throws {
    let time = ISO8601.text(now())
    for change in log.changes() {
      guard let record = change.after else { continue }
      for event in Topics.changes(
        record.type, from: change.before?.attributeObject(), to: record.attributeObject())
      {
        try write(
          db, event: event, of: record, RecordFields.identifier(record.type, record.id),
          origin: nil, time: time)
      }
    }
  }

  private func writeVersions(
    _ db: Database, _ schema: ResourceSchema, _ resource: JSONValue, _ before: Content?,
    _ after: Content?, _ author: ChangeAuthor, time: String
  ) throws {
    let types = [HistoryType.versions, .eventStores].filter {
      schema.relationship($0.rawValue) != nil
    }
    guard !types.isEmpty else { return }
    let changes = Self.changes(schema, before, after)
    if before != nil, after != nil, changes.isEmpty { return }
    let event = before == nil ? "create" : after == nil ? "destroy" : "update"
    for type in types {
      // "one of create or update"
      if type == .eventStores, event == "destroy" { continue }
      let payload = type == .versions ? "changes" : "payload"
      try records.insertHistory(
        db, type,
        [
          "resource_type": .string(schema.name), "resource_id": resource["id"] ?? .null,
          "event": .string(event), payload: .object(changes), "who": author.json,
        ], [HistoryType.resource: resource], time: time)
    }
  }

  /// What changed, `{"status": ["draft", "placed"]}`: attributes that documents show and that are not
  /// worked out from others, and to-one relationships as `<name>_id`. Secrets are not told.
  private static func changes(
    _ schema: ResourceSchema, _ before: Content?, _ after: Content?
  ) -> JSONObject {
    var changes: JSONObject = [:]
    for attribute in schema.attributes
    where attribute.isReadable && !attribute.isRows && !attribute.isConfidential
      && attribute.name != "shared_secret"
    {
      let old = before?.attributes[attribute.name] ?? .null
      let new = after?.attributes[attribute.name] ?? .null
      if old != new { changes[attribute.name] = [old, new] }
    }
    for relationship in schema.relationships where !relationship.isToMany {
      let old = before?.relationships[relationship.name]?["id"] ?? .null
      let new = after?.relationships[relationship.name]?["id"] ?? .null
      if old != new { changes[relationship.name + "_id"] = [old, new] }
    }
    return changes
  }

  /// Writes down an event, and what webhooks are told of it.
  private func write(
    _ db: Database, event: String, of record: StoredRecord, _ resource: JSONValue,
    origin: String?, time: String
  ) throws {
    let topic = "\(record.type).\(event)"
    let webhooks = try outbox.webhooks(db, topic: topic)
    var relationships: JSONObject = [HistoryType.resource: resource]
    if !webhooks.isEmpty {
      relationships["webhooks"] = .array(
        webhooks.map { RecordFields.identifier($0.type, $0.id) })
    }
    let stored = try records.insertHistory(
      db, .events, ["name": .string(topic)], relationships, time: time)
    for webhook in webhooks {
      try outbox.add(db, webhook, event: stored, topic: topic, record: record, origin: origin)
    }
  }

  /// `_trigger` of an event: tells its webhooks again.
  func fire(_ db: Database, _ event: StoredRecord, origin: String?) throws {
    let topic = event.attributeObject()["name"]?.string ?? ""
    let resource = event.relationshipObject()[HistoryType.resource]
    guard let type = resource?["type"]?.string, let id = resource?["id"]?.string,
      let record = try records.find(db, type: type, id: id)
    else { return }
    for webhook in try outbox.webhooks(db, topic: topic) {
      try outbox.add(db, webhook, event: event, topic: topic, record: record, origin: origin)
    }
  }
}
