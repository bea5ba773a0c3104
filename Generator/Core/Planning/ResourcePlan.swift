/// Everything one resource's file says, with all names, types and the order decided.
///
/// A plan is plain values: equal plans print equal files, and the printer decides nothing.
package struct ResourcePlan: Sendable, Hashable {
  /// The spec file the plan comes from: `imports.json`.
  package var source: String
  /// The resource's wire name.
  var resource: String
  package var typeName: Identifier
  /// Other names for resources whose type is hidden inside this one's by a type of its own.
  var aliases: [TypeAlias]
  var documentation: DocComment
  /// The corrected spec as compact JSON.
  var table: String
  var accessors: [Accessor]
  var enums: [OpenEnumPlan]
  package var create: RequestPlan?
  package var update: RequestPlan?
  var conformances: [Conformance]
  /// What it has as the base type of a family.
  package var family: FamilyPlan?
  /// The types of attributes that only some predicates fit.
  package var limitedFilters: [LimitedFilterPlan] = []
  /// What the client, and what belongs to all resources, is called.
  var code: CodeNames
  /// What the resource has in common with many.
  var traits: [TraitUse]
  package var members: MemberPlans
  /// The property of the client that leads to the resource.
  package var clientProperty: MemberPlan

  /// Whether a public declaration of the file has a date.
  var usesDate: Bool {
    let arguments = (create?.arguments ?? []) + (update?.arguments ?? [])
    return (accessors.map(\.type) + members.filters.map(\.type) + arguments.map(\.type))
      .contains { $0.mentionsDate }
  }
}

/// Another name for a resource's type.
struct TypeAlias: Sendable, Hashable {
  var name: Identifier
  var target: Identifier
}

/// What has a name that a user writes, made of its wire name.
protocol NamedPlan {
  var name: Identifier { get set }
  var wire: String { get }
  var deprecation: Deprecation? { get set }
}

extension MemberPlan: NamedPlan {}
extension FilterPlan: NamedPlan {}
extension PathPlan: NamedPlan {}
extension VerbPlan: NamedPlan {}
extension RelatedPlan: NamedPlan {}

/// A name with its wire name and documentation.
package struct MemberPlan: Sendable, Hashable {
  package var name: Identifier
  package var wire: String
  var documentation: DocComment
  /// Why it is deprecated; nil when it is not.
  var deprecation: Deprecation?
}

/// A read-only property of a resource.
struct Accessor: Sendable, Hashable {
  /// How the storage is read.
  enum Reading: Sendable, Hashable {
    case string, openEnum(Identifier), integer, double, boolean, date, value, array
    /// An array whose elements are of a known type.
    case strings, integers, doubles, booleans, objects
    /// A to-one relationship; the type of the target where it is known.
    case resource(Identifier?)
    /// A to-many relationship.
    case resources(Identifier?)
  }

  var name: Identifier
  var wire: String
  var type: SwiftType
  var reading: Reading
  var documentation: DocComment
  /// Why it is deprecated; nil when it is not.
  var deprecation: Deprecation?
}

/// An open enumeration and its documented values.
struct OpenEnumPlan: Sendable, Hashable {
  var name: Identifier
  var documentation: DocComment
  var values: [MemberPlan]
}

/// What a resource gives to the runtime's generic types: names for queries, calls for its client.
package struct MemberPlans: Sendable, Hashable {
  /// What lists can be filtered by.
  var filters: [FilterPlan] = []
  /// The named filters of the service's own.
  package var scopes: [ScopePlan] = []
  /// Relationships that can be filtered through and included.
  var paths: [PathPlan] = []
  /// Relationships that can be included and not filtered through.
  var steps: [PathPlan] = []
  /// Sort keys that are fields, too.
  var sorts: [MemberPlan] = []
  /// Sort keys that are not fields.
  var sortOnly: [MemberPlan] = []
  /// Fields that are neither sort keys nor includable.
  var fields: [MemberPlan] = []
  /// Fields that are includable relationships.
  var includes: [MemberPlan] = []
  /// What both creating and updating can set to `null`.
  package var nulls: [MemberPlan] = []
  /// What only creating can set to `null`.
  var createNulls: [MemberPlan] = []
  /// What only updating can set to `null`.
  package var updateNulls: [MemberPlan] = []
  package var verbs: [VerbPlan] = []
  package var related: [RelatedPlan] = []
}

/// Something to filter by.
struct FilterPlan: Sendable, Hashable {
  var name: Identifier
  var wire: String
  /// Of the values it is compared with; a relationship's is the resource it leads to.
  var type: SwiftType
  var isRelationship: Bool
  /// The type of the field where only some predicates fit it.
  var limited: Identifier?
  /// Why it is deprecated; nil when it is not.
  var deprecation: Deprecation?
}

/// A relationship in a query.
struct PathPlan: Sendable, Hashable {
  var name: Identifier
  var wire: String
  /// The target's type where it is known.
  var target: Identifier?
  /// Why it is deprecated; nil when it is not.
  var deprecation: Deprecation?
}

/// A trigger as a call.
package struct VerbPlan: Sendable, Hashable {
  package var name: Identifier
  package var wire: String
  /// What it takes; nil for a trigger that is only pulled.
  package var value: SwiftType?
  var documentation: DocComment
  /// Why it is deprecated; nil when it is not.
  var deprecation: Deprecation?
}

/// What lists or retrieves what a relationship leads to.
package struct RelatedPlan: Sendable, Hashable {
  package var name: Identifier
  package var wire: String
  var isToMany: Bool
  /// The target's type where it is known.
  var target: Identifier?
  var documentation: DocComment
  /// Why it is deprecated; nil when it is not.
  var deprecation: Deprecation?
}

/// A request body: its arguments in order.
package struct RequestPlan: Sendable, Hashable {
  package struct Argument: Sendable, Hashable {
    package var name: Identifier
    package var wire: String
    /// Optional where the argument may be left out.
    package var type: SwiftType
    var isRelationship: Bool

    /// Whether it has a default.
    var isOptional: Bool { if case .optional = type { true } else { false } }
  }

  var documentation: DocComment
  var initializerDocumentation: DocComment
  /// The type member of the document.
  var resource: String
  package var arguments: [Argument]
  /// The runtime's type of the names that can be set to `null`; nil when there are none.
  var nulls: NullName?
  /// What the resource's type is called inside it.
  var owner: Identifier
  /// Initializers that take labels of before.
  var shims: [Shim] = []

  /// An initializer that takes labels of before. It is deprecated and sends the values under the new
  /// names, or it is unavailable.
  struct Shim: Sendable, Hashable {
    var arguments: [Argument]
    /// The old labels by which a call means this one: they have no default.
    var labels: Set<Identifier> = []
    var deprecation: Deprecation
  }

  /// A type of the runtime.
  enum NullName: Sendable, Hashable { case create, update }
}

/// A protocol of the runtime that says what a resource can do.
enum Conformance: Sendable, Hashable, CaseIterable {
  case creatable, listable, retrievable, updatable, deletable, lifecycle, singleton,
    updatableSingleton
}

extension SwiftType {
  var mentionsDate: Bool {
    switch self {
    case .date: true
    case .array(let inner), .optional(let inner): inner.mentionsDate
    default: false
    }
  }
}
