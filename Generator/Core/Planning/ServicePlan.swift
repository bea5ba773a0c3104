/// Everything the file about all resources together says.
struct ServicePlan: Sendable, Hashable {
  /// `service.json`, compact.
  var table: String
  /// The resources' types, in the order of their wire names.
  var schemas: [Identifier]
  /// The predicates by the values they fit.
  var predicates: [PredicateGroup]
  /// What many resources have in common.
  var traits: [TraitPlan] = []

  /// Whether a public declaration of the file has a date.
  var usesDate: Bool {
    predicates.contains { $0.fit == .datetime }
      || traits.contains { $0.accessors.contains { $0.type.mentionsDate } }
  }
}

/// Predicates for one kind of value: one extension of `FilterField`.
struct PredicateGroup: Sendable, Hashable {
  var fit: Fit
  var predicates: [PredicatePlan]

  /// Which values the predicates of a group fit.
  enum Fit: Sendable, Hashable, CaseIterable {
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
struct PredicatePlan: Sendable, Hashable {
  /// What the method takes.
  enum Argument: Sendable, Hashable { case value, values, text, texts, flag, object }

  var name: Identifier
  var wire: String
  var argument: Argument
  var documentation: DocComment
}
