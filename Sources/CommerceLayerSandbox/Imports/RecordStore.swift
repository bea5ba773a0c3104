import CommerceLayerRows
import CommerceLayerRuntime
import GRDB

/// Stores the records of one import within one transaction: each into the record it names, else into
/// a new one, with the related records, tags and triggers it gives.
struct RecordStore {
  let schema: ResourceSchema
  let catalog: Catalog
  let records: RecordTable
  /// The import's `parent_resource_id`.
  let parentID: String?
  /// The time of what is set now.
  let time: String
  private let importable: ServiceDescription.Importable?
  private let customers: CustomerLink?
  /// Attributes and relationships that complete any record when they are given; nil when the schema
  /// has alternatives.
  private let required: (attributes: [String], relationships: [String])?
  /// The ids of tags by name, as far as they were needed.
  private var tagIDs: [String: String] = [:]

  /// A customer that is named by an email address.
  private struct CustomerLink {
    static let attribute = "customer_email"
    let relationship: String
    let type: String
    let key: String
  }

  enum Outcome: Sendable {
    /// With what it gives that is accepted and not acted on.
    case stored(warnings: [String])
    case failed(RowErrors)
  }

  init(
    schema: ResourceSchema, catalog: Catalog, records: RecordTable, parentID: String?, time: String
  ) {
    self.schema = schema
    self.catalog = catalog
    self.records = records
    self.parentID = parentID
    self.time = time
    let importable = catalog.service.importables[schema.name]
    self.importable = importable
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
    customers =
      if let relationship = schema.relationship("customer"), !relationship.isToMany,
        let type = relationship.target, schema.attribute(CustomerLink.attribute) != nil,
        let key = catalog.key(of: type).first
      {
        CustomerLink(relationship: relationship.name, type: type, key: key)
      } else {
        nil
      }
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
    try linkCustomer(db, fields, &attributes, &relationships)
    if !fields.isPlain {
      try storeToOne(db, fields, &attributes, &relationships, &warnings)
      try setTags(db, fields, &relationships)
      try pull(db, fields.triggers, of: schema, &attributes, &relationships, &warnings)
    }
    if fields.isPlain, customers == nil, existing == nil, let key {
      // The way of nearly all rows of a catalog.
      _ = try records.insert(
        db, type: schema.name, attributes: attributes, relationships: relationships, key: key,
        time: time)
      return .stored(warnings: warnings)
    }
    let stored = try save(db, schema.name, existing, attributes, relationships, free: key)
    if !fields.isPlain { try storeToMany(db, fields, stored, relationships, &warnings) }
    return .stored(warnings: warnings)
  }

  /// Inserts or updates. The key of a record that nothing names may be taken: then it has none.
  /// - Parameter free: A key that no record has.
  private func save(
    _ db: Database, _ type: String, _ existing: StoredRecord?, _ attributes: JSONObject,
    _ relationships: JSONObject, free: String?
  ) throws -> StoredRecord {
    var key = records.uniqueKey(type, attributes, relationships)
    if let existing {
      return try records.update(
        db, existing, attributes: attributes, relationships: relationships, key: key, time: time)
    }
    if let wanted = key, wanted != free,
      try records.find(db, type: type, key: wanted) != nil
    {
      key = nil
    }
    return try records.insert(
      db, type: type, attributes: attributes, relationships: relationships, key: key, time: time)
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
      schema: schema, hasAttribute: { !RequiredFields.isBlank(attributes[$0]) },
      hasRelationship: {
        related.contains($0) || !RequiredFields.isBlank(relationships[$0])
          || !RequiredFields.isBlank(attributes[$0])
      })
    for name in required.attributes where relevant(name) { errors.add(name, "can't be blank") }
    for relationship in required.relationships where relevant(relationship.name) {
      let name = relationship.name
      if importable?.parent == name || importable?.key.contains(name + "_id") == true {
        errors.add(name + "_id", "can't be blank")
      }
    }
    return errors
  }

  // MARK: - Related records

  /// Finds or makes the customer of an email address, when nothing else says who it is.
  private func linkCustomer(
    _ db: Database, _ fields: RecordFields, _ attributes: inout JSONObject,
    _ relationships: inout JSONObject
  ) throws {
    guard let customers, fields.relationships[customers.relationship] == nil else { return }
    let related = fields.related.first { $0.relationship.name == customers.relationship }
    let given = related?.records.first?.attributes[customers.key]
    if let given { attributes[CustomerLink.attribute] = given }
    guard related == nil, let email = fields.attributes[CustomerLink.attribute]?.string,
      !email.isEmpty
    else { return }
    let own: JSONObject = [customers.key: .string(email)]
    let key = records.uniqueKey(customers.type, own, [:])
    let known = try key.flatMap { try records.find(db, type: customers.type, key: $0) }
    let customer =
      try known
      ?? records.insert(db, type: customers.type, attributes: own, relationships: [:])
    relationships[customers.relationship] = RecordFields.identifier(customer.type, customer.id)
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
        schema: related.schema, hasAttribute: { !RequiredFields.isBlank(attributes[$0]) },
        hasRelationship: { !RequiredFields.isBlank(relationships[$0]) })
      for attribute in required.attributes {
        warn("\(name): '\(attribute)' is required by the schema and not given")
      }
    }
    var more: [String] = []
    try pull(db, fields.triggers, of: related.schema, &attributes, &relationships, &more)
    for text in more { warn("\(name): \(text)") }
    return try save(db, type, existing, attributes, relationships, free: key)
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
    let id = try String.fetchOne(
      db,
      sql: """
        SELECT id FROM records WHERE type = 'tags' AND json_extract(attributes, ?) = ?
        ORDER BY sequence LIMIT 1
        """, arguments: [RecordSQL.path("name"), name])
    tagIDs[name] = id
    return id
  }

  private mutating func makeTag(_ db: Database, _ name: String) throws -> String {
    let tag = try records.insert(
      db, type: "tags", attributes: ["name": .string(name)], relationships: [:])
    tagIDs[name] = tag.id
    return tag.id
  }

  /// Does what the spec says of triggers.
  private mutating func pull(
    _ db: Database, _ triggers: [(attribute: ResourceSchema.Attribute, value: JSONValue)],
    of schema: ResourceSchema, _ attributes: inout JSONObject, _ relationships: inout JSONObject,
    _ warnings: inout [String]
  ) throws {
    for (attribute, value) in triggers {
      guard let effect = attribute.effect, !effect.isUnknown else {
        warnings.append("'\(attribute.name)' has no effect in the sandbox: no source tells it")
        continue
      }
      for (name, set) in effect.sets {
        attributes[name] =
          switch set {
          case .now: .string(time)
          case .argument: value
          case .constant(let constant): constant
          }
      }
      for name in effect.clears {
        if schema.relationship(name) != nil {
          relationships[name] = .null
        } else {
          attributes[name] = .null
        }
      }
      if let name = effect.addsTo ?? effect.removesFrom {
        try change(
          db, attribute.name, value, name, of: schema, adds: effect.addsTo != nil, &relationships,
          &warnings)
      }
    }
  }

  /// Adds tags that exist to a record, or takes them from it; other names are discarded, as the
  /// service does.
  private mutating func change(
    _ db: Database, _ trigger: String, _ value: JSONValue, _ name: String,
    of schema: ResourceSchema, adds: Bool, _ relationships: inout JSONObject,
    _ warnings: inout [String]
  ) throws {
    guard schema.relationship(name)?.target == "tags" else {
      warnings.append("'\(trigger)' has no effect in the sandbox")
      return
    }
    var tags = relationships[name]?.array ?? []
    for tag in TagList.names(value.string ?? "") {
      let text = "'\(TerminalSafe.text(tag, limit: 40))'"
      guard let id = try tagID(db, tag) else {
        warnings.append("'\(trigger)': the tag \(text) does not exist and is discarded")
        continue
      }
      let identifier = RecordFields.identifier("tags", id)
      if !adds {
        tags.removeAll { $0 == identifier }
      } else if tags.count >= TagList.maximumCount {
        warnings.append(
          "'\(trigger)': the record has \(TagList.maximumCount) tags, so \(text) is discarded")
      } else if !tags.contains(identifier) {
        tags.append(identifier)
      }
    }
    relationships[name] = .array(tags)
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
