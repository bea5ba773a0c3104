/// A name in a query or a request: of a sort key, a field, an include, or what is set to `null`.
///
/// The types have no public members with plain names, which would hide attributes of the same names.
///
/// Generated code gives a resource's names as statics of protocols that refine this one, so that a
/// name which is both a sort key and a field is written once.
public protocol QueryName: Sendable, Hashable {
  /// Names something by its wire name, which nothing checks. Generated code names what the schema
  /// has.
  init(wire: String)
}

/// A field that lists can be sorted by.
public struct SortKey<Root: Resource>: QueryName {
  let wire: String
  /// Names a field by its wire name, which nothing checks.
  public init(wire: String) { self.wire = wire }
}

/// Which way to sort.
public enum SortDirection: Sendable, Hashable {
  /// The smallest first.
  case ascending
  /// The largest first.
  case descending
}

/// A field of a sparse fieldset.
public struct FieldName<Root: Resource>: QueryName {
  let wire: String
  /// Names a field by its wire name, which nothing checks.
  public init(wire: String) { self.wire = wire }
}

/// A relationship that can be included, or a path of them: `.customer`, `.lineItems.item`.
public struct Include<Root: Resource>: QueryName {
  let wire: String
  /// Names a relationship by its wire name, or a dotted path, which nothing checks.
  public init(wire: String) { self.wire = wire }
}

/// An attribute or a relationship that creating can send as `null`.
public struct CreateNull<Root: Resource>: QueryName {
  let wire: String
  /// Names an attribute by its wire name, which nothing checks.
  public init(wire: String) { self.wire = wire }
}

/// An attribute or a relationship that updating can clear.
public struct UpdateNull<Root: Resource>: QueryName {
  let wire: String
  /// Names an attribute by its wire name, which nothing checks.
  public init(wire: String) { self.wire = wire }
}

/// A relationship, or a path of them, on the way to what it leads to.
///
/// What follows is looked up among the target's own filters and includes, so a path allows no more
/// than the schema does: `.customer.email.eq("a@b.c")` in a filter, `.lineItems.item` in an include.
@dynamicMemberLookup
public struct RelationshipPath<Root: Resource, Target: Resource>: Sendable, Hashable {
  // A public member would hide what dynamic member lookup finds: `id` is the only one, which means
  // the same for every resource.
  /// The wire names on the way.
  let wires: [String]

  /// Names a relationship by its wire name, which nothing checks. Generated code names what the schema
  /// has.
  public init(wire: String) { wires = [wire] }

  init(wires: [String]) { self.wires = wires }

  /// The related resource's id.
  public var id: FilterField<Root, ID<Target>> { field("id") }

  /// An attribute of the target, to filter by.
  public subscript<Value>(
    dynamicMember member: KeyPath<Filter<Target>.Type, FilterField<Target, Value>>
  ) -> FilterField<Root, Value> {
    field(Filter<Target>.self[keyPath: member].wire)
  }

  /// A relationship of the target, to filter through.
  public subscript<Next>(
    dynamicMember member: KeyPath<Filter<Target>.Type, RelationshipPath<Target, Next>>
  ) -> RelationshipPath<Root, Next> {
    RelationshipPath<Root, Next>(wires: wires + Filter<Target>.self[keyPath: member].wires)
  }

  /// A relationship of the target, to include.
  public subscript(
    dynamicMember member: KeyPath<Include<Target>.Type, Include<Target>>
  ) -> Include<Root> {
    Include(wire: (wires + [Include<Target>.self[keyPath: member].wire]).joined(separator: "."))
  }

  /// A relationship of the target, on the way to what is included.
  @_disfavoredOverload
  public subscript<Next>(
    dynamicMember member: KeyPath<Include<Target>.Type, RelationshipPath<Target, Next>>
  ) -> RelationshipPath<Root, Next> {
    RelationshipPath<Root, Next>(wires: wires + Include<Target>.self[keyPath: member].wires)
  }

  private func field<Value>(_ name: String) -> FilterField<Root, Value> {
    FilterField(wire: (wires + [name]).joined(separator: "_"))
  }
}
