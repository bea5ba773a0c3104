/// A relationship, or a path of them, on the way to what it leads to.
///
/// What follows is looked up among the target's own filters and includes, so a path allows no more
/// than the schema does: `.customer.email.eq("a@b.c")` in a filter, `.lineItems.item` in an include.
@dynamicMemberLookup
public struct RelationshipPath<Root: Resource, Target: Resource>: Sendable, Hashable {
  /// The wire names on the way.
  public let names: [String]

  /// Names a relationship by its wire name, which nothing checks. Generated code names what the schema
  /// has.
  public init(wire name: String) { names = [name] }

  init(names: [String]) { self.names = names }

  /// The related resource's id.
  public var id: FilterField<Root, ResourceID> { field("id") }

  /// An attribute of the target, to filter by.
  public subscript<Value>(
    dynamicMember member: KeyPath<Filter<Target>.Type, FilterField<Target, Value>>
  ) -> FilterField<Root, Value> {
    field(Filter<Target>.self[keyPath: member].name)
  }

  /// A relationship of the target, to filter through.
  public subscript<Next>(
    dynamicMember member: KeyPath<Filter<Target>.Type, RelationshipPath<Target, Next>>
  ) -> RelationshipPath<Root, Next> {
    RelationshipPath<Root, Next>(names: names + Filter<Target>.self[keyPath: member].names)
  }

  /// A relationship of the target, to include.
  public subscript(
    dynamicMember member: KeyPath<Include<Target>.Type, Include<Target>>
  ) -> Include<Root> {
    Include(wire: (names + [Include<Target>.self[keyPath: member].path]).joined(separator: "."))
  }

  /// A relationship of the target, on the way to what is included.
  @_disfavoredOverload
  public subscript<Next>(
    dynamicMember member: KeyPath<Include<Target>.Type, RelationshipPath<Target, Next>>
  ) -> RelationshipPath<Root, Next> {
    RelationshipPath<Root, Next>(names: names + Include<Target>.self[keyPath: member].names)
  }

  private func field<Value>(_ name: String) -> FilterField<Root, Value> {
    FilterField(wire: (names + [name]).joined(separator: "_"))
  }
}
