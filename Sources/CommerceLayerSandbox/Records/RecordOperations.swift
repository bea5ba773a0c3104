import CommerceLayerRuntime
import Foundation
import GRDB

/// Creates, changes and deletes records as requests ask.
struct RecordOperations: Sendable {
  let catalog: Catalog
  let records: RecordTable
  let behavior: RecordBehavior
  /// Nil when the schemas hold no imports.
  let imports: ImportRules?
  let jobs: RecordJobs
  let policy: Policy
  let now: @Sendable () -> Date

  /// What can be chosen of how strict it is.
  struct Policy: Sendable {
    let acceptsUnsimulated: Bool
    let acceptsMissingRelated: Bool
  }

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
        var lookups = RecordBehavior.Lookups()
        return try behavior.insert(
          db, type: schema.name, attributes: draft, relationships: changes.relationships,
          time: ISO8601.text(now()), &lookups)
      }
    }
    return { db in
      var attributes = changes.attributes
      var relationships = changes.relationships
      let time = ISO8601.text(now())
      var lookups = RecordBehavior.Lookups()
      try checkRelated(db, changes.relationships)
      try behavior.link(
        db, type: schema.name, given: (changes.attributes, changes.relationships), &attributes,
        &relationships, scans: true, time: time, &lookups)
      let run = try pull(
        db, changes.triggers, schema, record: nil, &attributes, &relationships, time: time)
      try checkUnique(db, schema.name, attributes, relationships, except: nil)
      let stored = try behavior.insert(
        db, type: schema.name, attributes: attributes, relationships: relationships, time: time,
        &lookups)
      return try run.finish(db, stored)
    }
  }

  /// The one record of a singleton, made when it is first asked for.
  func singleton(_ db: Database, _ schema: ResourceSchema) throws -> StoredRecord {
    if let record = try records.first(db, type: schema.name) { return record }
    var lookups = RecordBehavior.Lookups()
    return try behavior.insert(
      db, type: schema.name, attributes: [:], relationships: [:], time: ISO8601.text(now()),
      &lookups)
  }

  /// Checks an update request; the result stores it.
  func update(
    _ document: RequestDocument, _ schema: ResourceSchema
  ) throws(Refusal) -> @Sendable (Database, StoredRecord) throws -> StoredRecord {
    let changes = try RecordChanges(document, schema: schema, catalog: catalog, creating: false)
    return { db, record in
      var attributes = record.attributeObject().merging(changes.attributes)
      var relationships = record.relationshipObject().merging(changes.relationships)
      let time = ISO8601.text(now())
      var lookups = RecordBehavior.Lookups()
      if let imports, imports.type == schema.name,
        changes.triggers.contains(where: { $0.attribute.name == ImportField.interrupt })
      {
        attributes = try imports.interrupted(attributes, time: time)
        try imports.inputs.finish(db, id: record.id)
      }
      try checkRelated(db, changes.relationships)
      try behavior.link(
        db, type: schema.name, given: (changes.attributes, changes.relationships), &attributes,
        &relationships, scans: true, time: time, &lookups)
      let triggers = changes.triggers.filter {
        schema.name != imports?.type || $0.attribute.name != ImportField.interrupt
      }
      let run = try pull(
        db, triggers, schema, record: record, &attributes, &relationships, time: time)
      try checkUnique(db, schema.name, attributes, relationships, except: record.id)
      let stored = try behavior.update(
        db, record, attributes: attributes, relationships: relationships, time: time, &lookups)
      return try run.finish(db, stored)
    }
  }

  func delete(_ db: Database, _ record: StoredRecord) throws {
    if let imports, imports.type == record.type {
      try imports.checkDeletable(record)
      try imports.inputs.drop(db, id: record.id)
    }
    try behavior.delete(db, record, time: ISO8601.text(now()))
  }

  /// Pulls the triggers of a request; nothing of it is kept when one cannot be pulled.
  private func pull(
    _ db: Database, _ triggers: [TriggerRun.Pulled], _ schema: ResourceSchema,
    record: StoredRecord?, _ attributes: inout JSONObject, _ relationships: inout JSONObject,
    time: String
  ) throws -> TriggerRun {
    var run = TriggerRun(
      behavior: behavior, schema: schema, time: time,
      acceptsUnsimulated: policy.acceptsUnsimulated)
    try run.pull(
      db, triggers, record: record, &attributes, &relationships,
      tag: { name in
        try behavior.record(db, type: "tags", where: "name", is: name)?.id
      })
    // What is not simulated is told before what the state forbids: no change of state helps.
    let unsimulated = run.problems.filter { $0.code == .notSimulated }
    let problems = unsimulated.isEmpty ? run.problems : unsimulated
    guard problems.isEmpty else { throw Refusal(problems) }
    return run
  }

  /// Whether the records that relationships name exist.
  private func checkRelated(_ db: Database, _ relationships: JSONObject) throws {
    guard !policy.acceptsMissingRelated else { return }
    var problems: [APIProblem] = []
    for (name, value) in relationships {
      for identifier in value.array ?? [value] where identifier != .null {
        guard try !exists(db, identifier) else { continue }
        problems.append(
          .validation(
            "/data/relationships/\(name)", "invalid", "does not exist", value: identifier["id"]))
        break
      }
    }
    guard problems.isEmpty else { throw Refusal(problems) }
  }

  private func exists(_ db: Database, _ identifier: JSONValue) throws -> Bool {
    guard let type = identifier["type"]?.string, let id = identifier["id"]?.string else {
      return false
    }
    if type == DocumentContext.organizations { return true }
    return try records.find(db, type: type, id: id) != nil
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
