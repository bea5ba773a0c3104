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
  /// The resource to use instead of a deprecated one, where a source names it.
  public var replacedBy: String?
  /// The operations by kind; a kind that is missing does not exist.
  public var operations: [OperationKind: OperationSpec]
  /// The attributes by wire name.
  public var attributes: [String: AttributeSpec]
  /// The relationships by wire name.
  public var relationships: [String: RelationshipSpec]
  /// How a resource that works asynchronously shows that it has ended.
  public var lifecycle: LifecycleSpec?
  /// The types of a family's members, sorted, when this is its base type (single-table inheritance):
  /// its endpoints list and retrieve records of these types. Decoding stays open.
  public var members: [String]?
  /// Named filters of the service's own by their name: `active`, `with_status`.
  public var scopes: [String: ScopeSpec]?
  /// Attributes and relationships that can stand for each other, by the name of one of them.
  public var alternatives: [String: AlternativeSpec]?
  /// The wire names of attributes and relationships in the order of the documentation.
  public var order: [String]?

  enum CodingKeys: String, CodingKey, CaseIterable {
    case resource, singular, singleton, deprecated, operations, attributes, relationships
    case lifecycle, members, scopes, alternatives, order
    case replacedBy = "replaced_by"
  }

  /// Creates a resource; everything but the names may be empty.
  public init(
    resource: String, singular: String, singleton: Bool? = nil, deprecated: Bool? = nil,
    operations: [OperationKind: OperationSpec] = [:], attributes: [String: AttributeSpec] = [:],
    relationships: [String: RelationshipSpec] = [:], lifecycle: LifecycleSpec? = nil,
    members: [String]? = nil, scopes: [String: ScopeSpec]? = nil,
    alternatives: [String: AlternativeSpec]? = nil, order: [String]? = nil,
    replacedBy: String? = nil
  ) {
    self.replacedBy = replacedBy
    self.resource = resource
    self.singular = singular
    self.singleton = singleton
    self.deprecated = deprecated
    self.operations = operations
    self.attributes = attributes
    self.relationships = relationships
    self.lifecycle = lifecycle
    self.members = members
    self.scopes = scopes
    self.alternatives = alternatives
    self.order = order
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

/// One attribute. A flag that is false is left out of the file, but for `exportable`.
public struct AttributeSpec: Sendable, Hashable, Codable {
  /// The JSON type.
  public var type: AttributeType
  /// The type of an array's elements; nil when the documentation does not say.
  public var items: AttributeType?
  /// The members of an object and their types, where the documentation lists them; those of an object
  /// inside stand behind a dot: `requester.email`.
  public var properties: [String: AttributeType]?
  /// Whether and how it can be set on create.
  public var create: Requirement?
  /// Whether and how it can be set on update.
  public var update: Requirement?
  /// The condition behind a `conditional` requirement on create.
  public var createCondition: ConditionSpec?
  /// The condition behind a `conditional` requirement on update.
  public var updateCondition: ConditionSpec?
  /// The value the service fills in on create when none is sent.
  public var defaultValue: JSONTree?
  /// An example value: a number, a date, a code; never a sentence.
  public var example: JSONTree?
  /// Whether a response never holds null for it. Absent when it may be null or nothing says.
  public var neverNull: Bool?
  /// Whether lists can be filtered by it.
  public var filter: Bool?
  /// The only predicates it can be filtered with, where it can be filtered by; nil for all that fit its
  /// type.
  public var predicates: [String]?
  /// Whether lists can be sorted by it.
  public var sort: Bool?
  /// The documented values of a closed list; decoding stays open.
  public var values: [String]?
  /// Whether it holds the id of a resource.
  public var isID: Bool?
  /// Whether it is an amount of money beside which others say the same: `amount_float` and
  /// `formatted_amount` beside `amount_cents`. The documentation marks the derived ones.
  public var monetizable: Bool?
  /// Whether sales channels may not set it.
  public var prohibited: Bool?
  /// Whether its value is a secret: it does not belong in logs.
  public var confidential: Bool?
  /// Whether exports can hold it: false where the documentation says no; nil where it does not say,
  /// which means yes for whatever responses hold.
  public var exportable: Bool?
  /// Whether the documentation calls it deprecated.
  public var deprecated: Bool?
  /// What to use instead where it is deprecated and a source names that: an attribute or relationship of
  /// the same resource or, where there is none of the name, a resource.
  public var replacedBy: String?
  /// A write-only verb: one such as `_interrupt` is pulled with true, one such as `_add_tags` takes
  /// a value.
  public var trigger: Bool?
  /// What pulling the trigger changes, as far as a source says.
  public var effect: EffectSpec?
  /// Whether pulling the trigger twice has the effect of pulling it once, as the service says.
  public var idempotent: Bool?
  /// Sent but never returned.
  public var writeOnly: Bool?
  /// Large or short-lived content that responses leave out, or that is better not asked for.
  public var transient: Bool?
  /// Bulk rows: the attribute takes a JSON array of rows or, as one string, CSV text.
  public var rows: Bool?

  enum CodingKeys: String, CodingKey, CaseIterable {
    case type, items, properties, create, update, example, filter, predicates, sort, values
    case monetizable, prohibited, confidential, exportable, deprecated, trigger, effect, idempotent
    case transient, rows
    case createCondition = "create_condition"
    case updateCondition = "update_condition"
    case defaultValue = "default"
    case neverNull = "never_null"
    case isID = "id"
    case writeOnly = "write_only"
    case replacedBy = "replaced_by"
  }

  /// Creates an attribute; every flag is off unless named.
  public init(
    type: AttributeType, items: AttributeType? = nil, properties: [String: AttributeType]? = nil,
    create: Requirement? = nil, update: Requirement? = nil,
    createCondition: ConditionSpec? = nil, updateCondition: ConditionSpec? = nil,
    defaultValue: JSONTree? = nil, example: JSONTree? = nil, neverNull: Bool? = nil,
    filter: Bool? = nil, predicates: [String]? = nil, sort: Bool? = nil, values: [String]? = nil,
    isID: Bool? = nil, monetizable: Bool? = nil, prohibited: Bool? = nil,
    confidential: Bool? = nil, exportable: Bool? = nil, deprecated: Bool? = nil,
    trigger: Bool? = nil, effect: EffectSpec? = nil, idempotent: Bool? = nil,
    writeOnly: Bool? = nil, transient: Bool? = nil, rows: Bool? = nil, replacedBy: String? = nil
  ) {
    self.replacedBy = replacedBy
    self.type = type
    self.items = items
    self.properties = properties
    self.create = create
    self.update = update
    self.createCondition = createCondition
    self.updateCondition = updateCondition
    self.defaultValue = defaultValue
    self.example = example
    self.neverNull = neverNull
    self.filter = filter
    self.predicates = predicates
    self.sort = sort
    self.values = values
    self.isID = isID
    self.monetizable = monetizable
    self.prohibited = prohibited
    self.confidential = confidential
    self.exportable = exportable
    self.deprecated = deprecated
    self.trigger = trigger
    self.effect = effect
    self.idempotent = idempotent
    self.writeOnly = writeOnly
    self.transient = transient
    self.rows = rows
  }
}

/// When a `conditional` argument must be given.
public struct ConditionSpec: Sendable, Hashable, Codable {
  /// The condition in the spec's own few words: `if business is false`.
  public var text: String
  /// Must be given when each of these attributes has one of these values; an attribute that is not
  /// sent has its default. Nil when the condition cannot be checked before sending.
  public var when: [String: [JSONTree]]?
  /// Must be given when any of these attributes or relationships is given.
  public var whenGiven: [String]?

  enum CodingKeys: String, CodingKey, CaseIterable {
    case text, when
    case whenGiven = "when_given"
  }

  /// Creates a condition; without `when` and `whenGiven` it is only told, not checked.
  public init(text: String, when: [String: [JSONTree]]? = nil, whenGiven: [String]? = nil) {
    self.text = text
    self.when = when
    self.whenGiven = whenGiven
  }
}

/// What pulling a trigger changes.
public struct EffectSpec: Sendable, Hashable, Codable {
  /// The attributes it sets. ``now`` stands for the time of the request, ``value`` for what the trigger
  /// was sent with, and ``generated`` for a value that the service makes.
  public var sets: [String: JSONTree]?
  /// The attributes and to-one relationships it sets to null.
  public var clears: [String]?
  /// The to-many relationship that gets what the value names.
  public var addsTo: String?
  /// The to-many relationship that loses what the value names.
  public var removesFrom: String?
  /// Whether no source tells what it changes, or it changes what the spec cannot hold.
  public var unknown: Bool?
  /// Where the effect was read.
  public var source: String

  /// In ``sets``: the time of the request.
  public static let now = JSONTree.string("$now")
  /// In ``sets``: the value the trigger was sent with.
  public static let value = JSONTree.string("$value")
  /// In ``sets``: a new value that the service makes.
  public static let generated = JSONTree.string("$generated")

  enum CodingKeys: String, CodingKey, CaseIterable {
    case sets, clears, unknown, source
    case addsTo = "adds_to"
    case removesFrom = "removes_from"
  }

  /// Creates an effect.
  public init(
    sets: [String: JSONTree]? = nil, clears: [String]? = nil, addsTo: String? = nil,
    removesFrom: String? = nil, unknown: Bool? = nil, source: String
  ) {
    self.sets = sets
    self.clears = clears
    self.addsTo = addsTo
    self.removesFrom = removesFrom
    self.unknown = unknown
    self.source = source
  }
}

/// Attributes and relationships of which one can be given in place of another.
public struct AlternativeSpec: Sendable, Hashable, Codable {
  /// The wire names, sorted: `sku`, `sku_code`.
  public var members: [String]
  /// On create: `required` when one of them must be given, `optional` when none needs to be.
  public var create: Requirement?
  /// On update: likewise.
  public var update: Requirement?

  enum CodingKeys: String, CodingKey, CaseIterable { case members, create, update }

  /// Creates a group of alternatives.
  public init(members: [String], create: Requirement? = nil, update: Requirement? = nil) {
    self.members = members
    self.create = create
    self.update = update
  }
}

/// A named filter of the service's own, sent as `filter[q][<name>]`.
public struct ScopeSpec: Sendable, Hashable, Codable {
  /// What it takes.
  public var argument: ServiceSpec.Argument
  /// The attribute whose values it takes, where it takes those: `status`.
  public var attribute: String?

  enum CodingKeys: String, CodingKey, CaseIterable { case argument, attribute }

  /// Creates a named filter.
  public init(argument: ServiceSpec.Argument, attribute: String? = nil) {
    self.argument = argument
    self.attribute = attribute
  }
}

/// How many resources a relationship leads to.
public enum Cardinality: String, Sendable, Hashable, Codable, CaseIterable {
  case one, many
}

/// One relationship. It leads to one resource type; to a family, which is the resource type of its
/// base (``ResourceSpec/members``); to a listed set of types; or, when nothing says, to any.
public struct RelationshipSpec: Sendable, Hashable, Codable {
  /// To one or to many.
  public var cardinality: Cardinality
  /// The JSON:API type it leads to, or the base type of the family; nil when the documentation does
  /// not say, or lists several.
  public var resource: String?
  /// Whether the target's type varies and no base type has all of them.
  public var polymorphic: Bool?
  /// The JSON:API types a polymorphic relationship may lead to, sorted; nil when no source lists
  /// them. Decoding stays open.
  public var targets: [String]?
  /// Whether the linkage of a relationship that leads to a family names the type of the member rather
  /// than that of the base.
  public var namesMembers: Bool?
  /// Whether and how it can be set on create.
  public var create: Requirement?
  /// Whether and how it can be set on update.
  public var update: Requirement?
  /// The condition behind a `conditional` requirement on create.
  public var createCondition: ConditionSpec?
  /// The condition behind a `conditional` requirement on update.
  public var updateCondition: ConditionSpec?
  /// Whether a response never holds null for it. Absent when it may be null or nothing says.
  public var neverNull: Bool?
  /// Whether lists can be filtered through it.
  public var filter: Bool?
  /// Whether lists can be sorted by it.
  public var sort: Bool?
  /// Whether it can be included.
  public var include: Bool?
  /// Whether sales channels may not set it.
  public var prohibited: Bool?
  /// Whether exports can include it: false where the documentation says no; nil where it does not say.
  public var exportable: Bool?
  /// Whether the documentation calls it deprecated.
  public var deprecated: Bool?
  /// What to use instead where it is deprecated and a source names that: an attribute or relationship of
  /// the same resource or, where there is none of the name, a resource.
  public var replacedBy: String?

  enum CodingKeys: String, CodingKey, CaseIterable {
    case cardinality, resource, polymorphic, targets, create, update, filter, sort, include
    case prohibited, exportable, deprecated
    case createCondition = "create_condition"
    case updateCondition = "update_condition"
    case neverNull = "never_null"
    case namesMembers = "names_members"
    case replacedBy = "replaced_by"
  }

  /// Creates a relationship; every flag is off unless named.
  public init(
    cardinality: Cardinality, resource: String? = nil, polymorphic: Bool? = nil,
    targets: [String]? = nil, create: Requirement? = nil, update: Requirement? = nil,
    createCondition: ConditionSpec? = nil, updateCondition: ConditionSpec? = nil,
    neverNull: Bool? = nil, filter: Bool? = nil, sort: Bool? = nil, include: Bool? = nil,
    prohibited: Bool? = nil, exportable: Bool? = nil, deprecated: Bool? = nil,
    namesMembers: Bool? = nil, replacedBy: String? = nil
  ) {
    self.replacedBy = replacedBy
    self.cardinality = cardinality
    self.namesMembers = namesMembers
    self.resource = resource
    self.polymorphic = polymorphic
    self.targets = targets
    self.create = create
    self.update = update
    self.createCondition = createCondition
    self.updateCondition = updateCondition
    self.neverNull = neverNull
    self.filter = filter
    self.sort = sort
    self.include = include
    self.prohibited = prohibited
    self.exportable = exportable
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

extension ResourceSpec {
  /// The facts that programs act on at run time, as compact JSON: generated code embeds it. What only
  /// documentation needs is left out: examples, the order of arguments, sources of effects, replacements.
  /// - Throws: ``SpecError`` never in practice: every value is representable.
  public func table() throws(SpecError) -> String {
    guard case .object(var members) = try tree() else { return "{}" }
    members["order"] = nil
    members["replaced_by"] = nil
    if var attributes = members["attributes"]?.object {
      for (name, attribute) in attributes {
        guard var facts = attribute.object else { continue }
        facts["example"] = nil
        facts["replaced_by"] = nil
        if var effect = facts["effect"]?.object {
          effect["source"] = nil
          facts["effect"] = .object(effect)
        }
        attributes[name] = .object(facts)
      }
      members["attributes"] = .object(attributes)
    }
    if var relationships = members["relationships"]?.object {
      for (name, relationship) in relationships {
        guard var facts = relationship.object, facts["replaced_by"] != nil else { continue }
        facts["replaced_by"] = nil
        relationships[name] = .object(facts)
      }
      members["relationships"] = .object(relationships)
    }
    return JSONTree.object(members).compactText
  }
}
