/// What is made of every member the published schema has: taken, or knowingly left out with a
/// reason. A member that is in neither list is remarked upon.
enum PublishedMembers {
  /// An object of the schema.
  enum Level: String {
    case resource, facts, field, relationship

    /// In remarks: `is no known member of a field`.
    var text: String {
      switch self {
      case .resource: "a resource"
      case .facts: "a resource's attributes"
      case .field: "a field"
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
    case .relationship: relationship
    }
  }

  private static let resource: [String: Treatment] = [
    "id": .taken, "attributes": .taken,
    "type": .ignored("says 'resources' of every resource"),
  ]

  private static let facts: [String: Treatment] = [
    "actions": .taken, "deprecated": .taken, "fields": .taken, "relationships": .taken,
    "singleton": .taken,
    "addon": .ignored("who may use it depends on the plan, which is no part of the spec"),
    "examples": .ignored("which arguments the site's examples show"),
    "filter_scopes": .ignored("named filters of the service's own; not documented as predicates"),
    "filters": .ignored("repeats `filterable` field by field, with the names of predicates"),
    "hidden": .ignored("whether the site lists it; it answers all the same"),
  ]

  private static let field: [String: Treatment] = [
    "creatable": .taken, "deprecated": .taken, "desc": .taken, "enum": .taken,
    "fetchable": .taken, "filterable": .taken, "idempotent": .taken, "required": .taken,
    "sortable": .taken, "transient": .taken, "trigger": .taken, "type": .taken,
    "updatable": .taken,
    "aasm": .ignored("the service keeps it as a state machine; its states are in `enum`"),
    "actions": .ignored("which answers show it; every attribute may be missing from an answer"),
    "addon": .ignored("who may use it depends on the plan, which is no part of the spec"),
    "confidential": .ignored("a hint for logs; `fetchable` says whether it is returned"),
    "default": .ignored("what the service fills in; `required` already says optional"),
    "delegate": .ignored("how the service computes it"),
    "example": .ignored("an example value, no fact about values"),
    "exportable": .ignored("whether exports hold it; exports take no list of fields"),
    "filter_operators": .ignored("predicates of one field; they are told by its type"),
    "format": .ignored("marks the id, which the name does too"),
    "monetizable": .ignored("derived from an amount in cents beside it"),
    "prohibited": .ignored("who may set it is a matter of permissions"),
    "properties": .ignored("members of an object; objects are read as any JSON"),
    "visibility": .ignored("whether the site's examples show it"),
  ]

  private static let relationship: [String: Treatment] = [
    "class_name": .taken, "creatable": .taken, "deprecated": .taken, "desc": .taken,
    "enum": .taken, "filterable": .taken, "includable": .taken, "polymorphic": .taken,
    "required": .taken, "type": .taken, "updatable": .taken,
    "abstract": .ignored("its targets share a class of the service; `polymorphic` says they vary"),
    "eager_load_on_include": .ignored("how the service loads it"),
    "exclude_links": .ignored("whether answers hold its links; none is relied upon"),
    "exportable": .ignored("whether exports may include it; `includable` speaks of requests"),
    "fetchable": .ignored("says true wherever it stands"),
    "foreign_key": .ignored("how the service stores it"),
    "parent_resource": .ignored("the class that declares it"),
    "prohibited": .ignored("who may set it is a matter of permissions"),
    "relation_name": .ignored("its name inside the service"),
    "sortable": .ignored("lists are sorted by attributes alone"),
    "sti": .ignored("how the service stores its targets"),
    "through": .ignored("how the service finds it"),
    "virtual": .ignored("how the service computes it"),
  ]
}
