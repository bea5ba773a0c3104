import CommerceLayerRuntime
import Foundation
import GRDB

/// Creates, changes and deletes records as requests ask.
struct RecordOperations: Sendable {
  let catalog: Catalog
  let records: RecordTable
  /// Nil when the schemas hold no imports.
  let imports: ImportRules?
  let jobs: RecordJobs
  let now: @Sendable () -> Date

  /// Checks a create request; the result stores it.
  func create(
    _ document: RequestDocument, _ schema: ResourceSchema
  ) throws(Refusal) -> @Sendable (Database) throws -> StoredRecord {
    let changes = try RecordChanges(document, schema: schema, catalog: catalog, creating: true)
    if let imports, imports.type == schema.name {
      let draft = try imports.draft(changes)
      return { db in try imports.create(db, draft) }
    }
    if jobs.types.contains(schema.name) {
      let draft = try jobs.draft(changes, schema)
      return { db in
        try records.insert(
          db, type: schema.name, attributes: draft, relationships: changes.relationships)
      }
    }
    return { db in
      try checkUnique(db, schema.name, changes.attributes, changes.relationships, except: nil)
      return try records.insert(
        db, type: schema.name, attributes: changes.attributes,
        relationships: changes.relationships)
    }
  }

  /// Checks an update request; the result stores it.
  func update(
    _ document: RequestDocument, _ schema: ResourceSchema
  ) throws(Refusal) -> @Sendable (Database, StoredRecord) throws -> StoredRecord {
    let changes = try RecordChanges(document, schema: schema, catalog: catalog, creating: false)
    return { db, record in
      var attributes = record.attributeObject().merging(changes.attributes)
      let relationships = record.relationshipObject().merging(changes.relationships)
      if let imports, imports.type == schema.name,
        changes.triggers.contains(ImportField.interrupt)
      {
        attributes = try imports.interrupted(attributes, time: ISO8601.text(now()))
        try imports.inputs.finish(db, id: record.id)
      }
      try checkUnique(db, schema.name, attributes, relationships, except: record.id)
      return try records.update(
        db, record, attributes: attributes, relationships: relationships)
    }
  }

  func delete(_ db: Database, _ record: StoredRecord) throws {
    if let imports, imports.type == record.type {
      try imports.checkDeletable(record)
      try imports.inputs.drop(db, id: record.id)
    }
    try records.delete(db, record)
  }

  private func checkUnique(
    _ db: Database, _ type: String, _ attributes: JSONObject, _ relationships: JSONObject,
    except id: String?
  ) throws {
    guard let key = records.uniqueKey(type, attributes, relationships),
      let other = try records.find(db, type: type, key: key), other.id != id
    else { return }
    let field = catalog.key(of: type).first ?? "base"
    throw Refusal([
      .validation(
        "/data/attributes/\(field)", "taken", "has already been taken", value: attributes[field])
    ])
  }
}
