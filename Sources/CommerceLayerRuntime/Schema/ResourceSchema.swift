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
  /// Whether lists can be filtered by id.
  public let filtersByID: Bool
  /// Whether lists can be sorted by id.
  public let sortsByID: Bool
  /// The table as generated: one resource of the spec, as JSON.
  public let table: String

  private let attributeIndex: [String: Int]
  private let relationshipIndex: [String: Int]

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
    /// A request without it is refused.
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
    /// Whether and how it can be set on create.
    public let create: Requirement?
    /// Whether and how it can be set on update.
    public let update: Requirement?
    /// Whether lists can be filtered by it.
    public let isFilterable: Bool
    /// Whether lists can be sorted by it.
    public let isSortable: Bool
    /// The documented values; empty when any value goes.
    public let values: [String]
    /// Whether the documentation calls it deprecated.
    public let isDeprecated: Bool
    /// A write-only verb.
    public let isTrigger: Bool
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

  /// One relationship.
  public struct Relationship: Sendable, Hashable {
    /// The wire name.
    public let name: String
    /// Whether it leads to many.
    public let isToMany: Bool
    /// The type it leads to, when it is known and only one.
    public let target: String?
    /// Whether the target's type varies.
    public let isPolymorphic: Bool
    /// The types a polymorphic relationship may lead to; empty when no source lists them.
    public let targets: [String]
    /// Whether and how it can be set on create.
    public let create: Requirement?
    /// Whether and how it can be set on update.
    public let update: Requirement?
    /// Whether lists can be filtered through it.
    public let isFilterable: Bool
    /// Whether it can be included.
    public let isIncludable: Bool
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

extension ResourceSchema {
  /// Reads a generated table.
  ///
  /// The table comes from this package's own generator, whose tests parse every one; a table that
  /// does not parse gives a schema without members rather than a crash.
  public init(table: String) {
    let root = (try? JSONDocument(parsing: table))?.root
    self.init(root: root, table: table)
  }

  private init(root: JSONElement?, table: String) {
    func flag(_ element: JSONElement, _ key: String) -> Bool { element[key]?.boolean ?? false }
    func requirement(_ element: JSONElement, _ key: String) -> Requirement? {
      element[key]?.string.flatMap(Requirement.init(rawValue:))
    }
    func strings(_ element: JSONElement?) -> [String] {
      element?.elements.compactMap(\.string) ?? []
    }
    self.table = table
    name = root?["resource"]?.string ?? ""
    singular = root?["singular"]?.string ?? ""
    isSingleton = root.map { flag($0, "singleton") } ?? false
    operations = Operation.Kind.allCases.compactMap { kind in
      guard let element = root?["operations"]?[kind.rawValue],
        let method = element["method"]?.string, let path = element["path"]?.string,
        let success = element["success"]?.integer
      else { return nil }
      return Operation(kind: kind, method: method, path: path, success: success)
    }
    let all = root?["attributes"]
    let id = all?["id"]
    filtersByID = id.map { flag($0, "filter") } ?? false
    sortsByID = id.map { flag($0, "sort") } ?? false
    attributes = (all.map { Array($0.members) } ?? []).filter { $0.key != "id" }.map { key, value in
      Attribute(
        name: key, type: value["type"]?.string.flatMap(AttributeType.init(rawValue:)) ?? .string,
        create: requirement(value, "create"), update: requirement(value, "update"),
        isFilterable: flag(value, "filter"), isSortable: flag(value, "sort"),
        values: strings(value["values"]), isDeprecated: flag(value, "deprecated"),
        isTrigger: flag(value, "trigger"), isIdempotent: flag(value, "idempotent"),
        isWriteOnly: flag(value, "write_only"),
        isTransient: flag(value, "transient"), isRows: flag(value, "rows"))
    }
    relationships = (root?["relationships"].map { Array($0.members) } ?? []).map { key, value in
      Relationship(
        name: key, isToMany: value["cardinality"]?.string == "many",
        target: value["resource"]?.string, isPolymorphic: flag(value, "polymorphic"),
        targets: strings(value["targets"]),
        create: requirement(value, "create"), update: requirement(value, "update"),
        isFilterable: flag(value, "filter"), isIncludable: flag(value, "include"))
    }
    lifecycle = root?["lifecycle"].flatMap { element in
      element["attribute"]?.string.map {
        Lifecycle(
          attribute: $0, terminal: strings(element["terminal"]),
          progress: strings(element["progress"]))
      }
    }
    attributeIndex = Dictionary(
      attributes.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    relationshipIndex = Dictionary(
      relationships.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
  }
}
