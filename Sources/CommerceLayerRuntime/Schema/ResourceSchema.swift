/// What the documentation says of one resource, readable at run time: the importer and the sandbox
/// act on it, and decoding and validation follow it. Generated code holds it as one JSON table that
/// is parsed on first use.
public struct ResourceSchema: Sendable {
  /// The JSON:API type: `imports`.
  public let name: String
  /// The singular name: `import`.
  public let singular: String
  /// Whether there is one of it and its path takes no id.
  public let isSingleton: Bool
  /// The operations that exist.
  public let operations: [Operation]
  /// The attributes, sorted by name; `id` is not among them.
  public let attributes: [Attribute]
  /// The relationships, sorted by name.
  public let relationships: [Relationship]
  /// How the end of asynchronous work shows; nil when the resource does none.
  public let lifecycle: Lifecycle?
  /// The types of a family's members when this is its base type: its endpoints list and retrieve
  /// resources of these types. Empty for every other resource.
  public let members: [String]
  /// Named filters of the service's own, sorted by name: `active`, `with_status`.
  public let scopes: [Scope]
  /// Attributes and relationships of which one can be given in place of another.
  public let alternatives: [Alternative]
  /// Whether lists can be filtered by id.
  public let filtersByID: Bool
  /// Whether lists can be sorted by id.
  public let sortsByID: Bool
  /// The table as generated: one resource of the spec, as JSON.
  public let table: String

  let attributeIndex: [String: Int]
  let relationshipIndex: [String: Int]

  /// The JSON types of attributes.
  public enum AttributeType: String, Sendable, Hashable {
    /// Text.
    case string
    /// A whole number.
    case integer
    /// A number with a fraction.
    case float
    /// `true` or `false`.
    case boolean
    /// An instant, as ISO 8601 text in UTC.
    case datetime
    /// An object of any form.
    case object
    /// An array of anything.
    case array
  }

  /// Whether an argument must be given.
  public enum Requirement: String, Sendable, Hashable {
    /// A request without it is rejected.
    case required
    /// It may be left out.
    case optional
    /// It must be given under a condition that the documentation states in words.
    case conditional
  }

  /// One operation.
  public struct Operation: Sendable, Hashable {
    /// `create`, `list`, `retrieve`, `update` or `delete`.
    public let kind: Kind
    /// The HTTP method.
    public let method: String
    /// The path with `:id`.
    public let path: String
    /// The status of success.
    public let success: Int

    /// What an operation does.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
      /// POST to the collection.
      case create
      /// GET of the collection, page by page.
      case list
      /// GET of one resource.
      case retrieve
      /// PATCH of one resource.
      case update
      /// DELETE of one resource.
      case delete

      /// Whether doing it twice leaves the same state as doing it once (RFC 9110 §9.2.2). An update
      /// sets absolute values, unless it pulls a trigger:
      /// ``ResourceSchema/isRepeatable(updating:)``.
      public var isIdempotent: Bool { self != .create }
    }
  }

  /// One attribute.
  public struct Attribute: Sendable, Hashable {
    /// The wire name.
    public let name: String
    /// The JSON type.
    public let type: AttributeType
    /// The type of an array's elements; nil when the documentation does not say.
    public let items: AttributeType?
    /// The members of an object and their types, where the documentation lists them.
    public let properties: [String: AttributeType]
    /// Whether and how it can be set on create.
    public let create: Requirement?
    /// Whether and how it can be set on update.
    public let update: Requirement?
    /// When it must be given on create, where ``create`` is `conditional` and the documentation says
    /// when.
    public let createCondition: Condition?
    /// When it must be given on update, likewise.
    public let updateCondition: Condition?
    /// The value the service uses on create when none is sent.
    public let defaultValue: JSONValue?
    /// Whether a response that holds the attribute never holds null for it.
    public let isNeverNull: Bool
    /// Whether lists can be filtered by it.
    public let isFilterable: Bool
    /// The only predicates it can be filtered with; nil for all that fit its type.
    public let predicates: [String]?
    /// Whether lists can be sorted by it.
    public let isSortable: Bool
    /// The documented values; empty when any value goes.
    public let values: [String]
    /// Whether it holds the id of a resource.
    public let isID: Bool
    /// Whether it is an amount in cents, with a float and a formatted text of it beside it.
    public let isMonetizable: Bool
    /// Whether sales channels may not set it.
    public let isProhibited: Bool
    /// Whether its value is a secret, which does not belong in logs.
    public let isConfidential: Bool
    /// Whether exports can hold it although it is computed.
    public let isExportable: Bool
    /// Whether the documentation calls it deprecated.
    public let isDeprecated: Bool
    /// A write-only verb.
    public let isTrigger: Bool
    /// What the trigger changes; nil for attributes that are not triggers.
    public let effect: Effect?
    /// Whether pulling this trigger twice has the effect of pulling it once, as the service says.
    public let isIdempotent: Bool
    /// Sent but never returned.
    public let isWriteOnly: Bool
    /// Large or short-lived content that is better not asked for.
    public let isTransient: Bool
    /// Rows of a bulk import: an array, or CSV as one string.
    public let isRows: Bool

    /// Whether responses may hold it.
    public var isReadable: Bool { !isTrigger && !isWriteOnly }
  }

  /// One relationship. It leads to one resource type, which can be the base type of a family
  /// (``ResourceSchema/members``); to one of several listed types; or, when nothing says, to any.
  public struct Relationship: Sendable, Hashable {
    /// The wire name.
    public let name: String
    /// Whether it leads to many.
    public let isToMany: Bool
    /// The type it leads to, or the base type of the family it leads to.
    public let target: String?
    /// Whether the target's type varies and no base type has all of them.
    public let isPolymorphic: Bool
    /// The types a polymorphic relationship may lead to; empty when no source lists them.
    public let targets: [String]
    /// Whether linkage names the type of a family's member rather than that of the base.
    public let namesMembers: Bool
    /// Whether and how it can be set on create.
    public let create: Requirement?
    /// Whether and how it can be set on update.
    public let update: Requirement?
    /// When it must be given on create, where ``create`` is `conditional` and the documentation says
    /// when.
    public let createCondition: Condition?
    /// When it must be given on update, likewise.
    public let updateCondition: Condition?
    /// Whether a response that holds its linkage never holds null for it.
    public let isNeverNull: Bool
    /// Whether lists can be filtered through it.
    public let isFilterable: Bool
    /// Whether lists can be sorted by it.
    public let isSortable: Bool
    /// Whether it can be included.
    public let isIncludable: Bool
    /// Whether sales channels may not set it.
    public let isProhibited: Bool
    /// Whether exports can include it.
    public let isExportable: Bool
    /// Whether the documentation calls it deprecated.
    public let isDeprecated: Bool
  }

  /// How an asynchronous resource shows progress and its end.
  public struct Lifecycle: Sendable, Hashable {
    /// The attribute that holds the state.
    public let attribute: String
    /// The values after which nothing changes any more.
    public let terminal: [String]
    /// Integer attributes that grow while it works.
    public let progress: [String]
  }

  /// The attribute with this wire name.
  public func attribute(_ name: String) -> Attribute? {
    attributeIndex[name].map { attributes[$0] }
  }

  /// The relationship with this wire name.
  public func relationship(_ name: String) -> Relationship? {
    relationshipIndex[name].map { relationships[$0] }
  }

  /// The operation of this kind.
  public func operation(_ kind: Operation.Kind) -> Operation? {
    operations.first { $0.kind == kind }
  }

  /// Whether an update of these attributes may be sent twice: plain attributes are set to the same
  /// value again, but verbs such as `_refund` and `_balance_change_cents` would act again, unless the
  /// spec says that the verb is idempotent, as the one that interrupts an import is.
  public func isRepeatable(updating names: some Sequence<String>) -> Bool {
    !names.contains { name in
      guard let attribute = attribute(name) else { return name.hasPrefix("_") }
      return (attribute.isTrigger || name.hasPrefix("_")) && !attribute.isIdempotent
    }
  }

  /// The path of the collection: `/api/imports`.
  public var path: String {
    if let path = operations.lazy.map(\.path).first(where: { !$0.contains(":id") }) { return path }
    // A resource that is only retrieved or changed lies below its collection all the same.
    let member = operations.first?.path ?? ServiceDescription.commonBasePath + name
    return member.hasSuffix("/:id") ? String(member.dropLast("/:id".count)) : member
  }

  /// Everything a response should carry by default: what is readable and not transient, and the
  /// relationships that can be included.
  public var defaultFields: [String] {
    attributes.filter { $0.isReadable && !$0.isTransient }.map(\.name)
      + relationships.filter(\.isIncludable).map(\.name)
  }

  /// Whether some attribute is better not asked for.
  public var hasTransientAttributes: Bool { attributes.contains(where: \.isTransient) }
}
