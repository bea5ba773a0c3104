import CommerceLayerRuntime
import GRDB

/// Stores one row: into the record it names, else into a new one.
struct RowUpsert: Sendable {
  let type: String
  let reader: RowReader
  let records: RecordTable

  enum Outcome: Sendable {
    case stored
    case failed(RowErrors)
  }

  /// The record is the one of the row's id, else the one of its unique key. A row whose id is not
  /// known and whose key is new makes a record with an id of the service's own.
  func store(_ db: Database, _ fields: RowReader.Fields) throws -> Outcome {
    if !fields.errors.isEmpty { return .failed(fields.errors) }
    if let existing = try existing(db, fields) { return try update(db, existing, fields) }
    let missing = reader.missing(fields.attributes, fields.relationships) { _ in true }
    guard missing.isEmpty else { return .failed(missing) }
    _ = try records.insert(
      db, type: type, attributes: fields.attributes, relationships: fields.relationships)
    return .stored
  }

  private func existing(_ db: Database, _ fields: RowReader.Fields) throws -> StoredRecord? {
    if let id = fields.id, let record = try records.find(db, type: type, id: id) { return record }
    guard let key = records.uniqueKey(type, fields.attributes, fields.relationships) else {
      return nil
    }
    return try records.find(db, type: type, key: key)
  }

  private func update(
    _ db: Database, _ record: StoredRecord, _ fields: RowReader.Fields
  ) throws -> Outcome {
    let attributes = record.attributeObject().merging(fields.attributes)
    let relationships = record.relationshipObject().merging(fields.relationships)
    let missing = reader.missing(attributes, relationships) {
      fields.attributes[$0] != nil || fields.relationships[$0] != nil
    }
    guard missing.isEmpty else { return .failed(missing) }
    if let key = records.uniqueKey(type, attributes, relationships),
      let other = try records.find(db, type: type, key: key), other.id != record.id
    {
      var errors = RowErrors()
      errors.add(records.catalog.key(of: type).first ?? "base", "has already been taken")
      return .failed(errors)
    }
    try records.update(db, record, attributes: attributes, relationships: relationships)
    return .stored
  }
}

extension JSONObject {
  /// These members, and those of `other` over them.
  func merging(_ other: JSONObject) -> JSONObject {
    var merged = self
    for (key, value) in other { merged[key] = value }
    return merged
  }
}
