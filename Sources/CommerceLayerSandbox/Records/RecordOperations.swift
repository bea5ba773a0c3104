import CommerceLayerRuntime
import Foundation
import GRDB

/// Creates, changes and deletes records as requests ask.
struct RecordOperations: Sendable {
  let catalog: Catalog
  let records: RecordTable
  var behavior: RecordBehavior
  /// Nil when the schemas hold no imports.
  let imports: ImportRules?
  let jobs: RecordJobs
  let history: History
  let policy: Policy
  let now: @Sendable () -> Date
  /// Who asks, and where.
  var request: Request

  /// What can be chosen of how strict it is.
  struct Policy: Sendable {
    let acceptsUnsimulated: Bool
    let acceptsMissingRelated: Bool
  }

  /// What of a request versions and webhooks tell.
  struct Request: Sendable {
    var author: ChangeAuthor
    /// Where links lead; nil outside of requests.
    var origin: String?
    /// The relationships of new orders that give none.
    var orderDefaults: JSONObject = [:]
  }

  /// The same for a request.
  func serving(_ request: Request) -> RecordOperations {
    var operations = self
    operations.request = request
    return operations
  }

  /// Does something and writes down what it changed, in the same transaction.
  private func recording<T>(
    _ db: Database, _ body: (RecordOperations) throws -> T
  ) throws -> T {
    let changes = ChangeLog()
    var operations = self
    operations.behavior.changes = changes
    let result = try body(operations)
    try history.write(db, changes, by: request.author, origin: request.origin)
    return result
  }

  // MARK: - Creating

  /// Checks a create request; the result stores it.
  func create(
    _ document: RequestDocument, _ schema: ResourceSchema
  ) throws(ErrorResponse) -> @Sendable (Database) throws -> StoredRecord {
    let changes = try RecordChanges(document, schema: schema, catalog: catalog, creating: true)
    if let imports, imports.type == schema.name {
      let draft = try imports.draft(changes)
      return { db in
        try recording(db) { operations in
          let record = try imports.create(db, draft)
          operations.behavior.changes?.note(nil, record)
          return record
        }
      }
    }
    if jobs.types.contains(schema.name) {
      let draft = try jobs.draft(changes, schema)
      return { db in
        try recording(db) { operations in
          var lookups = RecordBehavior.Lookups()
          return try operations.behavior.insert(
            db, type: schema.name, attributes: draft, relationships: changes.relationships,
            time: ISO8601.text(now()), &lookups)
        }
      }
    }
    return { db in try recording(db) { try $0.insert(db, changes, schema) } }
  }

  private func insert(
    _ db: Database, _ changes: RecordChanges, _ schema: ResourceSchema
  ) throws -> StoredRecord {
    var attributes = changes.attributes
    var relationships = changes.relationships
    if schema.name == "orders" {
      relationships = request.orderDefaults.merging(relationships)
      // Whoever gives an email address names the customer.
      if attributes["customer_email"] != nil {
        relationships["customer"] = changes.relationships["customer"]
      }
    }
    let time = ISO8601.text(now())
    var lookups = RecordBehavior.Lookups()
    try checkRelated(db, changes.relationships)
    try behavior.link(
      db, type: schema.name, given: (changes.attributes, relationships), &attributes,
      &relationships, scans: true, time: time, &lookups)
    if schema.name == "customers" { setPassword(changes, &attributes) }
    try OrderEditing.check(
      db, .create, schema.name, names: [], record: nil, relationships: relationships,
      behavior: behavior)
    try signUp(db, changes, schema, relationships, time: time)
    let run = try pull(
      db, changes.triggers, schema, record: nil, &attributes, &relationships, time: time)
    try checkUnique(db, schema.name, attributes, relationships, except: nil)
    var stored = try behavior.insert(
      db, type: schema.name, attributes: attributes, relationships: relationships, time: time,
      &lookups)
    if let codes = codes(schema, time: time), codes.isConcerned(changes.attributes) {
      // A gift card must have the currency of the market, which the order now shows.
      var attributes = stored.attributeObject()
      try codes.apply(db, changes.attributes, nil, &attributes)
      stored = try behavior.update(
        db, stored, attributes: attributes, relationships: stored.relationshipObject(),
        time: time, &lookups)
      stored = try codes.finish(db, stored)
    }
    return try run.finish(db, stored)
  }

  /// The one record of a singleton, made when it is first asked for.
  func singleton(_ db: Database, _ schema: ResourceSchema) throws -> StoredRecord {
    if let record = try records.first(db, type: schema.name) { return record }
    var lookups = RecordBehavior.Lookups()
    return try behavior.insert(
      db, type: schema.name, attributes: [:], relationships: [:], time: ISO8601.text(now()),
      &lookups)
  }

  // MARK: - Changing

  /// Checks an update request; the result stores it.
  func update(
    _ document: RequestDocument, _ schema: ResourceSchema
  ) throws(ErrorResponse) -> @Sendable (Database, StoredRecord) throws -> StoredRecord {
    let changes = try RecordChanges(document, schema: schema, catalog: catalog, creating: false)
    return { db, record in
      try recording(db) { try $0.update(db, record, changes, schema) }
    }
  }

  private func update(
    _ db: Database, _ record: StoredRecord, _ changes: RecordChanges, _ schema: ResourceSchema
  ) throws -> StoredRecord {
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
    try OrderEditing.check(
      db, .update, schema.name, names: changes.names, record: record,
      relationships: record.relationshipObject(), behavior: behavior)
    if schema.name == "customers" { setPassword(changes, &attributes) }
    try signUp(db, changes, schema, relationships, time: time)
    let codes = codes(schema, time: time)
    try codes?.apply(db, changes.attributes, record, &attributes)
    let triggers = changes.triggers.filter {
      schema.name != imports?.type || $0.attribute.name != ImportField.interrupt
    }
    let run = try pull(
      db, triggers, schema, record: record, &attributes, &relationships, time: time)
    try checkUnique(db, schema.name, attributes, relationships, except: record.id)
    let stored = try behavior.update(
      db, record, attributes: attributes, relationships: relationships, time: time, &lookups)
    if triggers.contains(where: { TriggerAction.action(schema.name, $0.attribute.name) == .fire }) {
      try history.fire(db, stored, origin: request.origin)
    }
    return try run.finish(db, codes?.finish(db, stored) ?? stored)
  }

  private func setPassword(_ changes: RecordChanges, _ attributes: inout JSONObject) {
    guard let password = changes.writeOnly["password"]?.string, !password.isEmpty else { return }
    Passwords.set(password, &attributes)
  }

  /// `customer_password` of an order: "a shortcut to sign up the associated customer".
  private func signUp(
    _ db: Database, _ changes: RecordChanges, _ schema: ResourceSchema,
    _ relationships: JSONObject, time: String
  ) throws {
    guard schema.name == "orders",
      let password = changes.writeOnly["customer_password"]?.string, !password.isEmpty,
      let customer = try behavior.record(db, relationships["customer"])
    else { return }
    var attributes = customer.attributeObject()
    // Nobody who places an order may change the password of a customer who has one.
    guard attributes["has_password"] != true else { return }
    Passwords.set(password, &attributes)
    var lookups = RecordBehavior.Lookups()
    _ = try behavior.update(
      db, customer, attributes: attributes, relationships: customer.relationshipObject(),
      time: time, &lookups)
  }

  /// The codes of orders.
  private func codes(_ schema: ResourceSchema, time: String) -> OrderCodes? {
    guard schema.name == "orders" else { return nil }
    return OrderCodes(
      behavior: behavior, time: time, acceptsUnsimulated: policy.acceptsUnsimulated,
      acceptsUnknown: policy.acceptsMissingRelated)
  }

  func delete(_ db: Database, _ record: StoredRecord) throws {
    try recording(db) { operations in
      if let imports, imports.type == record.type {
        try imports.checkDeletable(record)
        try imports.inputs.drop(db, id: record.id)
      }
      try OrderEditing.check(
        db, .delete, record.type, names: [], record: record,
        relationships: record.relationshipObject(), behavior: behavior)
      try operations.behavior.delete(db, record, time: ISO8601.text(now()))
    }
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
    guard problems.isEmpty else { throw ErrorResponse(problems) }
    return run
  }

  /// Whether the records that relationships name exist.
  private func checkRelated(_ db: Database, _ relationships: JSONObject) throws {
    guard !policy.acceptsMissingRelated else { return }
    var problems: [ErrorObject] = []
    for (name, value) in relationships {
      for identifier in value.array ?? [value] where identifier != .null {
        guard try !exists(db, identifier) else { continue }
        problems.append(
          .validation(
            "/data/relationships/\(name)", "invalid", "does not exist", value: identifier["id"]))
        break
      }
    }
    guard problems.isEmpty else { throw ErrorResponse(problems) }
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
    throw ErrorResponse([
      .validation(
        "/data/attributes/\(field)", "taken", "has already been taken", value: attributes[field])
    ])
  }
}
