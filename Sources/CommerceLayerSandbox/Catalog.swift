import CommerceLayerRows
import CommerceLayerRuntime

/// The resources the sandbox serves, by type and by path.
struct Catalog: Sendable {
  let service: ServiceDescription
  private let schemas: [String: ResourceSchema]
  /// The schemas that were given.
  private let known: [ResourceSchema]
  private let paths: [String: String]
  private let open: Set<String>
  private let behaviors: [String: TypeBehavior]
  /// The inverses by the owner's type and the relationship.
  private let catalogued: [String: [String: [Inverse]]]
  private let mirrors: [String: [Mirror]]
  /// The resource whose creation processes rows; nil when the schemas hold none.
  let imports: String?

  init(schemas: [ResourceSchema], service: ServiceDescription) {
    self.service = service
    var byType = Dictionary(schemas.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    var open: Set<String> = []
    for (type, importable) in service.importables where byType[type] == nil {
      byType[type] = Self.openSchema(type, importable)
      open.insert(type)
    }
    self.open = open
    known = schemas
    self.schemas = byType
    paths = Dictionary(
      byType.values.map { (String($0.path.split(separator: "/").last ?? ""), $0.name) },
      uniquingKeysWith: { first, _ in first })
    behaviors = byType.mapValues { schema in
      TypeBehavior(schema, key: { service.importables[$0]?.key ?? [] })
    }
    var bases: [String: Set<String>] = [:]
    for schema in byType.values {
      for member in schema.members { bases[member, default: []].insert(schema.name) }
    }
    catalogued = byType.mapValues { schema in
      var inverses: [String: [Inverse]] = [:]
      for relationship in schema.relationships {
        let found = Self.inverses(
          of: relationship, of: schema, bases: bases[schema.name] ?? [], schemas: byType)
        if !found.isEmpty { inverses[relationship.name] = found }
      }
      return inverses
    }
    mirrors = byType.mapValues { [byType, bases] in
      Mirror.all(of: $0, schemas: byType, bases: bases)
    }
    imports = schemas.first { $0.attributes.contains(where: \.isRows) }?.name
  }

  /// Every type, sorted.
  var types: [String] { schemas.keys.sorted() }

  func schema(_ type: String) -> ResourceSchema? { schemas[type] }

  /// What records of a type do beyond keeping what they are sent.
  func behavior(of type: String) -> TypeBehavior? { behaviors[type] }

  /// The relationships of a type that the record at their other end names, too.
  func mirrors(of type: String) -> [Mirror] { mirrors[type] ?? [] }

  /// What a schema requires.
  func requirements(of schema: ResourceSchema) -> RequiredFields.Requirements {
    behaviors[schema.name]?.requirements ?? RequiredFields.Requirements(schema)
  }

  func type(atPath name: String) -> String? { paths[name] }

  /// Whether records of a type may hold any attribute, because its schema is not known.
  func isOpen(_ type: String) -> Bool { open.contains(type) }

  /// The fields that identify a record of a type; empty when there are none.
  func key(of type: String) -> [String] { service.importables[type]?.key ?? [] }

  /// What rows of a type can hold and what they must.
  func rowRules(_ type: String, parentID: String?) throws(RowRulesError) -> RowRules {
    try RowRules(type: type, parentID: parentID, service: service, schemas: known)
  }

  /// The type a relationship leads to, as well as it can be told: by schema, else by a resource of
  /// that singular name, else by adding an s.
  func target(of relationship: String, in schema: ResourceSchema) -> String {
    if let target = schema.relationship(relationship)?.target { return target }
    return schemas.values.first { $0.singular == relationship }?.name ?? relationship + "s"
  }

  /// A to-one relationship that leads back, and the type that has it.
  struct Inverse: Sendable, Hashable {
    let type: String
    let relationship: String
  }

  /// The types of the records that the endpoints of a schema list: its own, and for the base type of a
  /// family those of the members.
  func types(of schema: ResourceSchema) -> [String] { [schema.name] + schema.members }

  /// Likewise of a type; the type itself when its schema is not known.
  func types(of type: String) -> [String] { schemas[type].map(types(of:)) ?? [type] }

  /// The types of the records a relationship may lead to; empty for any.
  func targets(of relationship: ResourceSchema.Relationship) -> [String] {
    relationship.target.map(types(of:)) ?? relationship.targets.flatMap(types(of:))
  }

  /// The to-one relationships at the other end of one that its owner does not name: of each type that
  /// it leads to, the one that leads back to the owner's type, to the base type of its family, or to one
  /// of several types that include it. Of several, the one named like the owner's type is preferred.
  func inverses(
    of relationship: ResourceSchema.Relationship, of schema: ResourceSchema
  ) -> [Inverse] {
    catalogued[schema.name]?[relationship.name] ?? []
  }

  /// The one of the type that a relationship leads to.
  func inverse(of relationship: ResourceSchema.Relationship, of schema: ResourceSchema) -> String? {
    guard relationship.isToMany else { return nil }
    return inverses(of: relationship, of: schema).first { $0.type == relationship.target }?
      .relationship
  }

  private static func inverses(
    of relationship: ResourceSchema.Relationship, of schema: ResourceSchema,
    bases: Set<String>, schemas: [String: ResourceSchema]
  ) -> [Inverse] {
    if let inverse = HistoryType.inverse(of: relationship, in: schema.name) { return [inverse] }
    // A to-one that can be set is told by its owner alone.
    guard relationship.isToMany || (relationship.create == nil && relationship.update == nil),
      let target = relationship.target.flatMap({ schemas[$0] })
    else { return [] }
    return ([target.name] + target.members).compactMap { type in
      let candidates = (schemas[type]?.relationships ?? []).filter {
        !$0.isToMany && (relationship.isToMany || $0.create != nil || $0.update != nil)
      }
      let leadsBack = candidates.filter { $0.target == schema.name }
      let found =
        leadsBack.first { $0.name == schema.singular } ?? leadsBack.first
        ?? candidates.first { $0.target.map(bases.contains) ?? false }
        ?? candidates.first { candidate in
          candidate.targets.contains(schema.name)
            || candidate.targets.contains(where: bases.contains)
        }
      return found.map { Inverse(type: type, relationship: $0.name) }
    }
  }

  /// What stands for a schema that is not there, so that imports of every importable type can be
  /// tried: the key's fields are known and required, everything else is taken as it comes.
  private static func openSchema(
    _ type: String, _ importable: ServiceDescription.Importable
  ) -> ResourceSchema {
    var attributes: JSONObject = ["id": ["filter": true, "sort": true, "type": "string"]]
    var relationships: JSONObject = [:]
    func relate(_ name: String, required: Bool) {
      relationships[name] = ["cardinality": "one", "create": required ? "required" : "optional"]
    }
    for field in importable.key {
      if field.hasSuffix("_id") {
        relate(String(field.dropLast(3)), required: true)
      } else {
        attributes[field] = [
          "create": "required", "filter": true, "sort": true, "type": "string",
        ]
      }
    }
    for field in ["created_at", "updated_at"] {
      attributes[field] = ["filter": true, "sort": true, "type": "datetime"]
    }
    if let parent = importable.parent, relationships[parent] == nil {
      relate(parent, required: false)
    }
    let table: JSONObject = [
      "resource": .string(type), "singular": .string(type),
      "operations": [
        "list": ["method": "GET", "path": .string("/api/\(type)"), "success": 200],
        "retrieve": ["method": "GET", "path": .string("/api/\(type)/:id"), "success": 200],
      ], "attributes": .object(attributes), "relationships": .object(relationships),
    ]
    return ResourceSchema(table: JSONValue.object(table).text)
  }
}
