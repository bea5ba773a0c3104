/// What is made of every member the published schema has: taken, or knowingly left out with a
/// reason. A member that is in neither list gets a diagnostic.
enum PublishedMembers {
  /// An object of the schema.
  enum Level: String {
    case resource, facts, field, property, relationship

    /// In diagnostics: `is not a known member of a field`.
    var text: String {
      switch self {
      case .resource: "a resource"
      case .facts: "a resource's attributes"
      case .field: "a field"
      case .property: "a property of an object"
      case .relationship: "a relationship"
      }
    }
  }

  /// What is made of a member.
  enum Treatment: Equatable {
    case taken
    /// Left out, and why that loses no fact of the spec.
    case ignored(String)
  }

  /// The treatment of a member, or nil when nobody has decided yet.
  static func treatment(of name: String, in level: Level) -> Treatment? { table(level)[name] }

  static func table(_ level: Level) -> [String: Treatment] {
    switch level {
    case .resource: resource
    case .facts: facts
    case .field: field
    case .property: property
    case .relationship: relationship
    }
  }

  private static let resource: [String: Treatment] = [
    "id": .taken, "attributes": .taken,
    "type": .ignored("says 'resources' of every resource"),
  ]

  private static let facts: [String: Treatment] = [
    "actions": .taken, "deprecated": .taken, "fields": .taken, "filter_scopes": .taken,
    "relationships": .taken, "singleton": .taken,
    "addon": .ignored("who may use it depends on the plan, which is not part of the spec"),
    "examples": .ignored("which arguments the site's examples show"),
    "filters": .ignored(
      "repeats `filterable` field by field, beside parameters older than `filter[q]`"),
    "hidden": .ignored("whether the site lists it; it responds all the same"),
  ]

  private static let field: [String: Treatment] = [
    "confidential": .taken, "creatable": .taken, "default": .taken, "deprecated": .taken,
    "desc": .taken, "enum": .taken,
    // Numbers, dates and codes, by the rule of `PublishedValues.example`; and what arrays hold.
    "example": .taken, "exportable": .taken, "fetchable": .taken, "filter_operators": .taken,
    "filterable": .taken, "format": .taken, "idempotent": .taken, "monetizable": .taken,
    "prohibited": .taken, "properties": .taken, "required": .taken, "sortable": .taken,
    "transient": .taken, "trigger": .taken, "type": .taken, "updatable": .taken,
    "aasm": .ignored("the service keeps it as a state machine; its states are in `enum`"),
    "actions": .ignored("which responses show it; every attribute may be missing from a response"),
    "addon": .ignored("who may use it depends on the plan, which is not part of the spec"),
    "delegate": .ignored("how the service computes it"),
    "visibility": .ignored("whether the site's examples show it"),
  ]

  private static let property: [String: Treatment] = [
    "properties": .taken, "type": .taken,
    "desc": .ignored("a sentence, and the spec holds none of a property"),
  ]

  private static let relationship: [String: Treatment] = [
    "abstract": .taken, "class_name": .taken, "creatable": .taken, "deprecated": .taken,
    "desc": .taken, "enum": .taken, "exportable": .taken, "filterable": .taken,
    "includable": .taken, "polymorphic": .taken, "prohibited": .taken, "required": .taken,
    "sortable": .taken, "sti": .taken, "type": .taken, "updatable": .taken,
    "eager_load_on_include": .ignored("how the service loads it"),
    "exclude_links": .ignored("whether responses hold its links; none is relied upon"),
    "fetchable": .ignored("says true wherever it stands"),
    "foreign_key": .ignored("how the service stores it"),
    "parent_resource": .ignored("the class that declares it"),
    "relation_name": .ignored("its name inside the service"),
    "through": .ignored("how the service finds it"),
    "virtual": .ignored("how the service computes it"),
  ]
}
