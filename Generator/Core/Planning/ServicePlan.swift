/// Everything the file about all resources together says.
public struct ServicePlan: Sendable, Hashable {
  /// `service.json`, compact.
  public var table: String
  /// The resources' types, in the order of their wire names.
  public var schemas: [Identifier]
  /// The predicates by the values they fit.
  public var predicates: [PredicateGroup]
}

/// Predicates for one kind of value: one extension of `FilterField`.
public struct PredicateGroup: Sendable, Hashable {
  public var fit: Fit
  public var predicates: [PredicatePlan]

  /// Which values the predicates of a group fit.
  public enum Fit: Sendable, Hashable, CaseIterable {
    /// Every value.
    case every
    /// What can be compared for equality: strings, numbers, booleans, datetimes, ids.
    case scalar
    /// Strings and enumerations.
    case text
    /// What has an order: numbers, datetimes, ids.
    case comparable
    /// One type alone.
    case integer, float, boolean, datetime, object, array, id
  }
}

/// One predicate's method.
public struct PredicatePlan: Sendable, Hashable {
  /// What the method takes.
  public enum Argument: Sendable, Hashable { case value, values, text, texts, flag, object }

  public var name: Identifier
  public var wire: String
  public var argument: Argument
  public var documentation: DocComment
}
