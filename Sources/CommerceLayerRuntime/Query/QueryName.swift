/// A name in a query: of a sort key, a field or an include.
///
/// Generated code gives a resource's names as statics of protocols that refine this one, so that a
/// name which is both a sort key and a field is written once.
public protocol QueryName: Sendable, Hashable {
  /// Names something by its wire name, which nothing checks. Generated code names what the schema
  /// has.
  init(wire name: String)
}

/// A field that lists can be sorted by.
public struct SortKey<Root: Resource>: QueryName {
  /// The wire name.
  public let name: String
  /// Names a field by its wire name, which nothing checks.
  public init(wire name: String) { self.name = name }
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
  /// The wire name.
  public let name: String
  /// Names a field by its wire name, which nothing checks.
  public init(wire name: String) { self.name = name }
}

/// A relationship that can be included, or a path of them: `.customer`, `.lineItems.item`.
public struct Include<Root: Resource>: QueryName {
  /// The wire name, or a dotted path.
  public let path: String
  /// Names a relationship by its wire name, or a dotted path, which nothing checks.
  public init(wire path: String) { self.path = path }
}
