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
