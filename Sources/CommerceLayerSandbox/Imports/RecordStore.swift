import CommerceLayerRows
import CommerceLayerRuntime
import GRDB

/// Stores the records of one import within one transaction: each into the record it names, else into
/// a new one, with the related records, tags and triggers it gives.
struct RecordStore {
  let schema: ResourceSchema
  let catalog: Catalog
  let behavior: RecordBehavior
  /// The import's `parent_resource_id`.
  let parentID: String?
  /// The time of what is set now.
  let time: String
  /// Where orders whose triggers were pulled are noted: what becomes of them is an event.
  var orders: ChangeLog?
  private var records: RecordTable { behavior.records }
  private var lookups = RecordBehavior.Lookups()
  private let importable: ServiceDescription.Importable?
  private let requirements: RequiredFields.Requirements
  /// Attributes and relationships that complete any record when they are given; nil when the schema
  /// has alternatives.
  private let required: (attributes: [String], relationships: [String])?
  /// The ids of tags by name, as far as they were needed.
  private var tagIDs: [String: String] = [:]

  enum Outcome: Sendable {
    /// With what it gives that is accepted and not acted on.
    case stored(warnings: [String])
    case failed(RowErrors)
  }

  init(
    schema: ResourceSchema, catalog: Catalog, behavior: RecordBehavior, parentID: String?,
    time: String
  ) {
    self.schema = schema
    self.catalog = catalog
    self.behavior = behavior
    self.parentID = parentID
    self.time = time
    let importable = catalog.service.importables[schema.name]
    self.importable = importable
    requirements = catalog.requirements(of: schema)
    required =
      schema.alternatives.isEmpty
      ? (
        schema.attributes.filter { $0.create == .required }.map(\.name),
        schema.relationships.filter { relationship in
          relationship.create == .required
            && (importable?.parent == relationship.name
              || importable?.key.contains(relationship.name + "_id") == true)
        }.map(\.name)
      ) : nil
  }

  /// The record is the one of the row's id, else the one of its unique key. A row whose id is not
  /// known and whose key is new makes a record with an id of the service's own; so does a row that
  /// nothing names, whatever is there already.
  mutating func store(_ db: Database, _ record: InputRecord) throws -> Outcome {
    var fields = RecordFields(try record.object(), schema: schema, catalog: catalog)
    if let parent = importable?.parent, let parentID {
      fields.adopt(
        parent: parent,
        RecordFields.identifier(catalog.target(of: parent, in: schema), parentID))
    }
    if !fields.errors.isEmpty { return .failed(fields.errors) }
    var warnings = fields.warnings
    let isNamed = record.verdict == .updatesOrCreates
    let (existing, key) =
      isNamed ? try find(db, schema.name, fields, &warnings) : (nil, nil)
    var attributes = fields.attributes
    var relationships = fields.relationships
    if let existing {
      attributes = existing.attributeObject().merging(attributes)
      relationships = existing.relationshipObject().merging(relationships)
    }
    if let errors = try reject(
      db, fields, existing, key, attributes, relationships, isNamed: isNamed)
    {
      return .failed(errors)
    }
    try link(db, schema.name, fields, &attributes, &relationships)
    if !fields.isPlain {
      try storeToOne(db, fields, &attributes, &relationships, &warnings)
      try setTags(db, fields, &relationships)
    }
    let run = try pull(
      db, fields.triggers, of: schema, existing, &attributes, &relationships)
    if let run, !run.problems.isEmpty { return .failed(RowErrors(run.problems)) }
    warnings += run?.warnings ?? []
    var stored = try save(db, schema.name, existing, attributes, relationships, free: key)
    stored = try run?.finish(db, stored) ?? stored
    if run != nil { orders?.note(existing, stored) }
    if !fields.isPlain { try storeToMany(db, fields, stored, relationships, &warnings) }
    return .stored(warnings: warnings)
  }

  /// Inserts or updates. The key of a record that nothing names may be taken: then it has none.
  /// - Parameter free: A key that no record has.
  private mutating func save(
    _ db: Database, _ type: String, _ existing: StoredRecord?, _ attributes: JSONObject,
    _ relationships: JSONObject, free: String?
  ) throws -> StoredRecord {
    if let existing {
      return try behavior.update(
        db, existing, attributes: attributes, relationships: relationships, time: time, &lookups)
    }
    let key = records.uniqueKey(type, attributes, relationships)
    let isTaken =
      try key != nil && key != free && records.find(db, type: type, key: key ?? "") != nil
    return try behavior.insert(
      db, type: type, attributes: attributes, relationships: relationships, isKeyed: !isTaken,
      time: time, &lookups)
  }

  /// The record that is named, and the key that was looked for.
  private func find(
    _ db: Database, _ type: String, _ fields: RecordFields, _ warnings: inout [String],
    path: String = ""
  ) throws -> (record: StoredRecord?, key: String?) {
    if let id = fields.id {
      if let record = try records.find(db, type: type, id: id) { return (record, nil) }
      let text = TerminalSafe.text(id, limit: 60)
      warnings.append("\(path)id '\(text)' does not exist: it is not used")
    }
    guard let key = records.uniqueKey(type, fields.attributes, fields.relationships) else {
      return (nil, nil)
    }
    return (try records.find(db, type: type, key: key), key)
  }

  // MARK: - Rejecting

  /// Why a record cannot be stored among those that are there; nil when it can.
  /// - Parameter found: The key that led to the existing record.
  private func reject(
    _ db: Database, _ fields: RecordFields, _ existing: StoredRecord?, _ found: String?,
    _ attributes: JSONObject, _ relationships: JSONObject, isNamed: Bool
  ) throws -> RowErrors? {
    if let missing = missing(fields, existing, attributes, relationships, isNamed: isNamed) {
      return missing
    }
    let invalid = ValueRules.problems(
      schema, attributes: fields.attributes, relationships: [:], catalog: catalog)
    if !invalid.isEmpty { return RowErrors(invalid) }
    guard let existing, let key = records.uniqueKey(schema.name, attributes, relationships),
      key != found, let other = try records.find(db, type: schema.name, key: key),
      other.id != existing.id
    else { return nil }
    var errors = RowErrors()
    errors.add(catalog.key(of: schema.name).first ?? "base", "has already been taken")
    return errors
  }

  private func missing(
    _ fields: RecordFields, _ existing: StoredRecord?, _ attributes: JSONObject,
    _ relationships: JSONObject, isNamed: Bool
  ) -> RowErrors? {
    // What a record that nothing names must hold was checked when it was read.
    guard isNamed || catalog.isOpen(schema.name) else { return nil }
    if let required,
      required.attributes.allSatisfy({ !RequiredFields.isBlank(attributes[$0]) }),
      required.relationships.allSatisfy({ !RequiredFields.isBlank(relationships[$0]) })
    {
      return nil
    }
    let related = Set(fields.related.map(\.relationship.name))
    let missing = missing(attributes, relationships, related: related) {
      existing == nil || fields.attributes[$0] != nil || fields.relationships[$0] != nil
    }
    return missing.isEmpty ? nil : missing
  }

  /// What a record must have and lacks, of the fields `relevant` names.
  ///
  /// Of required relationships only the parent's and those of the key count: the documentation's own
  /// example imports SKUs without their shipping category.
  private func missing(
    _ attributes: JSONObject, _ relationships: JSONObject, related: Set<String>,
    where relevant: (String) -> Bool
  ) -> RowErrors {
    var errors = RowErrors()
    let required = RequiredFields(
      requirements: requirements, hasAttribute: { !RequiredFields.isBlank(attributes[$0]) },
      hasRelationship: {
        related.contains($0) || !RequiredFields.isBlank(relationships[$0])
          || !RequiredFields.isBlank(attributes[$0])
      })
    for name in required.attributes where relevant(name) { errors.add(name, "can't be blank") }
    for name in required.relationships where relevant(name) {
      if importable?.parent == name || importable?.key.contains(name + "_id") == true {
        errors.add(name + "_id", "can't be blank")
      }
    }
    return errors
  }

  // MARK: - Related records

  /// Links what codes and email addresses name. A record that the row gives in columns of its own says
  /// more than a code.
  private mutating func link(
    _ db: Database, _ type: String, _ fields: RecordFields, _ attributes: inout JSONObject,
    _ relationships: inout JSONObject
  ) throws {
    var given = (attributes: fields.attributes, relationships: fields.relationships)
    for twin in catalog.behavior(of: type)?.twins ?? [] {
      guard let own = fields.related.first(where: { $0.relationship.name == twin.relationship })
      else { continue }
      given.attributes[twin.attribute] = nil
      if let key = own.records.first?.attributes[twin.key] { attributes[twin.attribute] = key }
    }
    try behavior.link(
      db, type: type, given: given, &attributes, &relationships, scans: false, time: time,
      &lookups)
  }

  private mutating func storeToOne(
    _ db: Database, _ fields: RecordFields, _ attributes: inout JSONObject,
    _ relationships: inout JSONObject, _ warnings: inout [String]
  ) throws {
    for related in fields.related where !related.relationship.isToMany {
      let name = related.relationship.name
      guard RequiredFields.isBlank(fields.relationships[name]) else {
        warnings.append("'\(name).…' has no effect: '\(name)_id' names the record")
        continue
      }
      for record in related.records {
        let stored = try storeRelated(db, record, related, owner: nil, &warnings)
        relationships[name] = RecordFields.identifier(stored.type, stored.id)
      }
    }
  }

  /// Stores the records of to-many relationships, each linked to its owner and the owner to it.
  private mutating func storeToMany(
    _ db: Database, _ fields: RecordFields, _ owner: StoredRecord, _ relationships: JSONObject,
    _ warnings: inout [String]
  ) throws {
    var relationships = relationships
    for related in fields.related where related.relationship.isToMany {
      let inverse = catalog.inverse(of: related.relationship, of: schema)
      let link = inverse.map { ($0, RecordFields.identifier(owner.type, owner.id)) }
      var identifiers: [JSONValue] = []
      for record in related.records {
        let stored = try storeRelated(db, record, related, owner: link, &warnings)
        identifiers.append(RecordFields.identifier(stored.type, stored.id))
      }
      guard inverse == nil else { continue }
      let known = relationships[related.relationship.name]?.array ?? []
      relationships[related.relationship.name] = .array(
        known + identifiers.filter { !known.contains($0) })
      try records.link(db, owner, relationships)
    }
  }

  private mutating func storeRelated(
    _ db: Database, _ fields: RecordFields, _ related: RecordFields.Related,
    owner: (name: String, identifier: JSONValue)?, _ warnings: inout [String]
  ) throws -> StoredRecord {
    let type = related.schema.name
    let name = related.relationship.name
    func warn(_ text: String) { if !warnings.contains(text) { warnings.append(text) } }
    var fields = fields
    if let owner { fields.own(by: owner.name, owner.identifier) }
    let (existing, key) = try find(db, type, fields, &warnings, path: "\(name): ")
    var attributes = fields.attributes
    var relationships = fields.relationships
    if let existing {
      attributes = existing.attributeObject().merging(attributes)
      relationships = existing.relationshipObject().merging(relationships)
    } else {
      if key == nil {
        warn("\(name): nothing names them, so the same row adds them again each time")
      }
      let required = RequiredFields(
        requirements: catalog.requirements(of: related.schema),
        hasAttribute: { !RequiredFields.isBlank(attributes[$0]) },
        hasRelationship: { !RequiredFields.isBlank(relationships[$0]) })
      for attribute in required.attributes {
        warn("\(name): '\(attribute)' is required by the schema and not given")
      }
    }
    try link(db, type, fields, &attributes, &relationships)
    let run = try pull(
      db, fields.triggers, of: related.schema, existing, &attributes, &relationships)
    for problem in run?.problems ?? [] { warn("\(name): \(problem.detail)") }
    for text in run?.warnings ?? [] { warn("\(name): \(text)") }
    let stored = try save(db, type, existing, attributes, relationships, free: key)
    return try run?.finish(db, stored) ?? stored
  }

  // MARK: - Tags and triggers

  private mutating func setTags(
    _ db: Database, _ fields: RecordFields, _ relationships: inout JSONObject
  ) throws {
    guard let tags = fields.tags else { return }
    var ids = tags.ids
    for name in tags.names {
      let id = try tagID(db, name) ?? makeTag(db, name)
      if !ids.contains(id) { ids.append(id) }
    }
    relationships[tags.relationship] = .array(ids.map { RecordFields.identifier("tags", $0) })
  }

  private mutating func tagID(_ db: Database, _ name: String) throws -> String? {
    if let known = tagIDs[name] { return known }
    let id = try behavior.record(db, type: "tags", where: "name", is: name)?.id
    tagIDs[name] = id
    return id
  }

  private mutating func makeTag(_ db: Database, _ name: String) throws -> String {
    let tag = try behavior.insert(
      db, type: "tags", attributes: ["name": .string(name)], relationships: [:], time: time,
      &lookups)
    tagIDs[name] = tag.id
    return tag.id
  }

  /// Pulls the triggers of a record; nil when it has none, as nearly all.
  private mutating func pull(
    _ db: Database, _ triggers: [TriggerRun.Pulled], of schema: ResourceSchema,
    _ existing: StoredRecord?, _ attributes: inout JSONObject, _ relationships: inout JSONObject
  ) throws -> TriggerRun? {
    guard !triggers.isEmpty else { return nil }
    var run = TriggerRun(
      behavior: behavior, schema: schema, time: time, acceptsUnsimulated: true, isRow: true)
    var tags = tagIDs
    try run.pull(
      db, triggers, record: existing, &attributes, &relationships,
      tag: { name in
        if let known = tags[name] { return known }
        let id = try behavior.record(db, type: "tags", where: "name", is: name)?.id
        tags[name] = id
        return id
      })
    tagIDs = tags
    return run
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
