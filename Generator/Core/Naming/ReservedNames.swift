/// Names that a scope may not use, each with the reason.
struct ReservedNames: Sendable {
  /// Names with one reason.
  struct Group: Sendable {
    let reason: String
    let names: Set<String>
  }

  let groups: [Group]

  init(_ groups: [Group]) { self.groups = groups }

  func contains(_ name: String) -> Bool { reason(for: name) != nil }

  /// Why the name is reserved; nil when it is free.
  func reason(for name: String) -> String? { groups.first { $0.names.contains(name) }?.reason }

  /// The same with more names.
  func adding(_ names: Set<String>, reason: String) -> ReservedNames {
    ReservedNames(groups + [Group(reason: reason, names: names)])
  }
}

extension ReservedNames {
  /// Names an attribute or a relationship may not have in Swift. `description` is free: resources
  /// are no `CustomStringConvertible`.
  /// So are `links`, which is a relationship of orders, and the like: JSON:API's own members
  /// are reached through `storage`.
  static let members = ReservedNames([
    Group(
      reason: "what every resource has",
      names: ["id", "isTerminal", "jsonText", "meta", "schema", "storage", "table", "type"]),
    Group(reason: "Hashable and Codable", names: ["encode", "hash", "hashValue"]),
    Group(reason: "an argument of requests", names: ["null"]),
  ])

  /// Names that a static of a filter, a sort key, a field or an include may not have: `and` and
  /// the like make filters of filters.
  static let queryStatics = ReservedNames([
    Group(
      reason: "makes a filter of filters or of any name, or is what a path consists of",
      names: ["all", "and", "any", "names", "not", "or", "unchecked"])
  ])

  /// Names a value of an enumeration may not have.
  static let enumValues = ReservedNames([
    Group(
      reason: "RawRepresentable, Hashable and Codable",
      names: ["rawValue", "hash", "hashValue", "encode", "description", "debugDescription"]),
    Group(reason: "CaseIterable", names: ["allCases"]),
  ])

  /// Types that are nested in every resource, or in some: neither a resource nor the type of an
  /// attribute's values has such a name, whichever of them a resource has today.
  static let nestedInResources = Group(
    reason: "types nested in resources",
    names: [
      "AllCases", "Attributes", "Create", "CreateNulls", "Fields", "Filters", "ID", "Includes",
      "Nulls", "Paths", "Related", "Relationships", "Scopes", "SortOnly", "Sorts", "Steps",
      "Storage", "Update", "UpdateNulls", "Verbs",
    ])

  /// Names the type of an attribute's values may not have inside its resource, because the
  /// generated code there means something else by them. Resources' own types are not among them:
  /// which there are changes, and ``ResourcePlanner/nameInside(_:)`` tells them apart.
  static let nestedTypes = ReservedNames([
    Group(reason: "the language itself", names: ["Any", "Protocol", "Self", "Type"]),
    nestedInResources,
    Group(
      reason: "types that the generated code names",
      names: [
        "AnyResource", "AnyResourceReference", "Bool", "BulkInputs", "Common", "CreateNull",
        "CreateRequest", "Date", "Decimal", "Double", "FieldName", "Filter", "FilterField", "Include",
        "Int", "JSONObject", "JSONValue", "OpenEnum", "RelatedList", "RelatedOne",
        "RelationshipPath", "RequestStorage", "RequestValue", "Resource", "ResourceClient",
        "ResourceSchema", "ResourceStorage", "SortKey", "String", "Trigger", "UpdateNull",
        "UpdateRequest", "ValueTrigger",
      ]),
    Group(
      reason: "protocols that a resource or an enumeration conforms to, and what they associate",
      names: [
        "Codable", "CreatableResource", "Decodable", "DeletableResource", "Element", "Encodable",
        "Equatable", "Hashable", "Identifiable", "LifecycleResource", "ListableResource",
        "RawRepresentable", "RawValue", "RetrievableResource", "Sendable", "SingletonResource",
        "UpdatableResource", "UpdatableSingleton", "Value",
      ]),
  ])

  /// Names a trigger's method may not have on `ResourceClient`.
  static let clientMethods = ReservedNames([
    Group(
      reason: "operations every resource client has",
      names: [
        "all", "api", "count", "create", "delete", "exists", "first", "list", "memberPath", "one",
        "page", "pages", "perform", "pull", "related", "relatedOne", "response", "retrieve", "schema",
        "send", "sparing", "trigger", "update", "updates", "wait", "waitToken", "with",
      ])
  ])

  /// Names a resource's property on the client may not have.
  static let clientProperties = ReservedNames([
    Group(
      reason: "members of the client itself",
      names: [
        "api", "configuration", "credentials", "organizationSlug", "send", "service", "transport",
        "with",
      ])
  ])

  /// Names a predicate's method may not have.
  static let predicates = ReservedNames([
    Group(
      reason: "members of FilterField",
      names: ["encode", "field", "filter", "hash", "hashValue", "or", "predicate", "wire"])
  ])
}
