import CommerceLayerRuntime
import Foundation
import GRDB

/// The types whose records tell what happened to others. They are numbered apart from all others, below
/// zero, so that what is noted, and when a webhook gets its response, changes no id.
enum HistoryType: String, CaseIterable {
  case versions
  case eventStores = "event_stores"
  case events
  case eventCallbacks = "event_callbacks"

  /// The relationship to the record that it happened to; not part of any document.
  static let resource = "$resource"
  /// The relationship of a callback to its event; not part of any document.
  static let event = "$event"

  /// The relationships of a type that no schema has.
  static func hidden(_ type: String) -> [String] {
    switch HistoryType(rawValue: type) {
    case .versions, .eventStores, .events: [resource]
    case .eventCallbacks: [event]
    case nil: []
    }
  }

  /// What leads back to the owner of a relationship to records of this kind.
  static func inverse(of relationship: ResourceSchema.Relationship, in type: String)
    -> Catalog.Inverse?
  {
    guard relationship.isToMany, let target = relationship.target.flatMap(HistoryType.init) else {
      return nil
    }
    switch target {
    case .versions, .eventStores, .events:
      return Catalog.Inverse(type: target.rawValue, relationship: resource)
    case .eventCallbacks:
      return type == HistoryType.events.rawValue
        ? Catalog.Inverse(type: target.rawValue, relationship: event) : nil
    }
  }
}

extension RecordTable {
  /// The number before that of the first record of the history: far below zero, so that each new one is
  /// greater than those before it and less than that of any other record.
  private static let historyStart: Int64 = -(1 << 40)

  /// Stores a record of the history.
  @discardableResult
  func insertHistory(
    _ db: Database, _ type: HistoryType, _ attributes: JSONObject, _ relationships: JSONObject,
    time: String
  ) throws -> StoredRecord {
    let last = try Int64.fetchOne(
      db.cachedStatement(sql: "SELECT MAX(sequence) FROM records WHERE sequence < 0"))
    let sequence = (last ?? Self.historyStart) + 1
    // "1755185525941-0": published schema, 2026.
    let id =
      type == .eventStores
      ? "\(Int(now().timeIntervalSince1970 * 1000))-\(sequence - Self.historyStart - 1)"
      : identifiers.id(sequence)
    return try insert(
      db,
      StoredRecord(
        sequence: sequence, type: type.rawValue, id: id,
        attributes: JSONValue.object(attributes).text,
        relationships: JSONValue.object(relationships).text, createdAt: time, updatedAt: time),
      relationships, key: nil)
  }
}
