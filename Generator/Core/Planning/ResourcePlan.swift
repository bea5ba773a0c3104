/// Everything one resource's file says, with all names, types and the order decided.
///
/// A plan is plain values: equal plans print equal files, and the printer decides nothing.
public struct ResourcePlan: Sendable, Hashable {
  /// The spec file the plan comes from: `imports.json`.
  public var source: String
  /// The resource's wire name.
  public var resource: String
  public var typeName: Identifier
  public var documentation: DocComment
  /// The corrected spec as compact JSON.
  public var table: String
  public var accessors: [Accessor]
  public var enums: [OpenEnumPlan]
  public var create: RequestPlan?
  public var update: RequestPlan?
  public var conformances: [Conformance]
  public var filters: [FilterPlan]
  public var sorts: [MemberPlan]
  public var fields: [MemberPlan]
  public var includes: [MemberPlan]
  public var triggers: [MemberPlan]
  public var related: [RelatedPlan]
  /// The property of the client that leads to the resource.
  public var clientProperty: MemberPlan

  /// Whether a public declaration of the file has a date.
  public var usesDate: Bool {
    let arguments = (create?.arguments ?? []) + (update?.arguments ?? [])
    return (accessors.map(\.type) + filters.map(\.value) + arguments.map(\.type))
      .contains { $0.mentionsDate }
  }
}

/// A name with its wire name and documentation.
public struct MemberPlan: Sendable, Hashable {
  public var name: Identifier
  public var wire: String
  public var documentation: DocComment
}

/// A read-only property of a resource.
public struct Accessor: Sendable, Hashable {
  /// How the storage is read.
  public enum Reading: Sendable, Hashable {
    case string, openEnum(Identifier), integer, double, boolean, date, value, array
    /// A to-one relationship; the type of the target where it is known.
    case resource(Identifier?)
    /// A to-many relationship.
    case resources(Identifier?)
  }

  public var name: Identifier
  public var wire: String
  public var type: SwiftType
  public var reading: Reading
  public var documentation: DocComment
}

/// An open enumeration and its documented values.
public struct OpenEnumPlan: Sendable, Hashable {
  public var name: Identifier
  public var documentation: DocComment
  public var values: [MemberPlan]
}

/// A filterable attribute or relationship.
public struct FilterPlan: Sendable, Hashable {
  public var name: Identifier
  public var wire: String
  /// The type of the values it is compared with; for a relationship the resource it leads to.
  public var value: SwiftType
  public var isRelationship: Bool
  public var documentation: DocComment
}

/// A method that lists or retrieves what a relationship leads to.
public struct RelatedPlan: Sendable, Hashable {
  public var name: Identifier
  public var wire: String
  public var isToMany: Bool
  /// The target's type where it is known.
  public var target: Identifier?
  public var documentation: DocComment
}

/// A request body: its arguments in order.
public struct RequestPlan: Sendable, Hashable {
  public struct Argument: Sendable, Hashable {
    public var name: Identifier
    public var wire: String
    /// Optional where the argument may be left out.
    public var type: SwiftType
    public var isRelationship: Bool

    /// Whether it has a default.
    public var isOptional: Bool { if case .optional = type { true } else { false } }
  }

  public var documentation: DocComment
  public var initializerDocumentation: DocComment
  /// The type member of the document.
  public var resource: String
  public var arguments: [Argument]
}

/// A protocol of the runtime that says what a resource can do.
public enum Conformance: Sendable, Hashable, CaseIterable {
  case creatable, listable, retrievable, updatable, deletable, lifecycle, singleton
}

extension SwiftType {
  fileprivate var mentionsDate: Bool {
    switch self {
    case .date: true
    case .array(let inner), .optional(let inner), .nullable(let inner): inner.mentionsDate
    default: false
    }
  }
}
