/// What the documentation says of one resource: the unit of the spec, one JSON file each.
public struct ResourceSpec: Sendable, Hashable, Codable {
  /// The JSON:API type, plural, as it stands in paths: `imports`.
  public var resource: String
  /// The singular name the documentation uses: `import`.
  public var singular: String
  /// Whether there is one of it and its path takes no id.
  public var singleton: Bool?
  /// Whether the whole resource is deprecated.
  public var deprecated: Bool?
  /// The operations by kind; a kind that is missing does not exist.
  public var operations: [OperationKind: OperationSpec]
  /// The attributes by wire name.
  public var attributes: [String: AttributeSpec]
  /// The relationships by wire name.
  public var relationships: [String: RelationshipSpec]
  /// How a resource that works asynchronously shows that it has ended.
  public var lifecycle: LifecycleSpec?

  /// Creates a resource; everything but the names may be empty.
  public init(
    resource: String, singular: String, singleton: Bool? = nil, deprecated: Bool? = nil,
    operations: [OperationKind: OperationSpec] = [:], attributes: [String: AttributeSpec] = [:],
    relationships: [String: RelationshipSpec] = [:], lifecycle: LifecycleSpec? = nil
  ) {
    self.resource = resource
    self.singular = singular
    self.singleton = singleton
    self.deprecated = deprecated
    self.operations = operations
    self.attributes = attributes
    self.relationships = relationships
    self.lifecycle = lifecycle
  }
}

/// The five operations a resource may have.
public enum OperationKind: String, Sendable, Hashable, Codable, CaseIterable, CodingKeyRepresentable
{
  case create, list, retrieve, update, delete
}

/// One operation's request line and the status of its success.
public struct OperationSpec: Sendable, Hashable, Codable {
  /// The HTTP method, upper case.
  public var method: String
  /// The path with `:id` for the resource's id: `/api/imports/:id`.
  public var path: String
  /// The HTTP status of success.
  public var success: Int

  /// Creates an operation.
  public init(method: String, path: String, success: Int) {
    self.method = method
    self.path = path
    self.success = success
  }
}

/// The JSON types the documentation knows.
public enum AttributeType: String, Sendable, Hashable, Codable, CaseIterable {
  case string, integer, float, boolean, datetime, object, array
}

/// Whether an argument must be given.
public enum Requirement: String, Sendable, Hashable, Codable, CaseIterable {
  case required, optional, conditional
}

/// One attribute. A flag that is false is left out of the file.
public struct AttributeSpec: Sendable, Hashable, Codable {
  /// The JSON type.
  public var type: AttributeType
  /// Whether and how it can be set on create.
  public var create: Requirement?
  /// Whether and how it can be set on update.
  public var update: Requirement?
  /// The condition behind a `conditional` requirement, in the spec's own terms.
  public var condition: String?
  /// Whether lists can be filtered by it.
  public var filter: Bool?
  /// Whether lists can be sorted by it.
  public var sort: Bool?
  /// The documented values of a closed list; decoding stays open.
  public var values: [String]?
  /// Whether the documentation calls it deprecated.
  public var deprecated: Bool?
  /// A write-only verb: one such as `_interrupt` is pulled with true, one such as `_add_tags` takes
  /// a value.
  public var trigger: Bool?
  /// Whether pulling the trigger twice has the effect of pulling it once, as the service says.
  public var idempotent: Bool?
  /// Sent but never returned.
  public var writeOnly: Bool?
  /// Large or short-lived content that responses leave out, or that is better not asked for.
  public var transient: Bool?
  /// Bulk rows: the attribute takes a JSON array of rows or, as one string, CSV text.
  public var rows: Bool?

  enum CodingKeys: String, CodingKey, CaseIterable {
    case type, create, update, condition, filter, sort, values, deprecated, trigger, idempotent
    case transient, rows
    case writeOnly = "write_only"
  }

  /// Creates an attribute; every flag is off unless named.
  public init(
    type: AttributeType, create: Requirement? = nil, update: Requirement? = nil,
    condition: String? = nil, filter: Bool? = nil, sort: Bool? = nil, values: [String]? = nil,
    deprecated: Bool? = nil, trigger: Bool? = nil, idempotent: Bool? = nil, writeOnly: Bool? = nil,
    transient: Bool? = nil, rows: Bool? = nil
  ) {
    self.type = type
    self.create = create
    self.update = update
    self.condition = condition
    self.filter = filter
    self.sort = sort
    self.values = values
    self.deprecated = deprecated
    self.trigger = trigger
    self.idempotent = idempotent
    self.writeOnly = writeOnly
    self.transient = transient
    self.rows = rows
  }
}

/// How many resources a relationship leads to.
public enum Cardinality: String, Sendable, Hashable, Codable, CaseIterable {
  case one, many
}

/// One relationship.
public struct RelationshipSpec: Sendable, Hashable, Codable {
  /// To one or to many.
  public var cardinality: Cardinality
  /// The JSON:API type it leads to; nil when the documentation does not say.
  public var resource: String?
  /// Whether the target's type varies.
  public var polymorphic: Bool?
  /// The JSON:API types a polymorphic relationship may lead to, sorted; nil when no source lists
  /// them. Decoding stays open.
  public var targets: [String]?
  /// Whether and how it can be set on create.
  public var create: Requirement?
  /// Whether and how it can be set on update.
  public var update: Requirement?
  /// The condition behind a `conditional` requirement.
  public var condition: String?
  /// Whether lists can be filtered through it.
  public var filter: Bool?
  /// Whether it can be included.
  public var include: Bool?
  /// Whether the documentation calls it deprecated.
  public var deprecated: Bool?

  enum CodingKeys: String, CodingKey, CaseIterable {
    case cardinality, resource, polymorphic, targets, create, update, condition, filter, include,
      deprecated
  }

  /// Creates a relationship; every flag is off unless named.
  public init(
    cardinality: Cardinality, resource: String? = nil, polymorphic: Bool? = nil,
    targets: [String]? = nil, create: Requirement? = nil, update: Requirement? = nil,
    condition: String? = nil,
    filter: Bool? = nil, include: Bool? = nil, deprecated: Bool? = nil
  ) {
    self.cardinality = cardinality
    self.resource = resource
    self.polymorphic = polymorphic
    self.targets = targets
    self.create = create
    self.update = update
    self.condition = condition
    self.filter = filter
    self.include = include
    self.deprecated = deprecated
  }
}

/// How an asynchronous resource shows progress and its end.
public struct LifecycleSpec: Sendable, Hashable, Codable {
  /// The attribute that holds the state: `status`.
  public var attribute: String
  /// The values after which nothing changes any more.
  public var terminal: [String]
  /// Integer attributes that grow while it works.
  public var progress: [String]

  enum CodingKeys: String, CodingKey, CaseIterable { case attribute, terminal, progress }

  /// Creates a lifecycle.
  public init(attribute: String, terminal: [String], progress: [String]) {
    self.attribute = attribute
    self.terminal = terminal
    self.progress = progress
  }
}
