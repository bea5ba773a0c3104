/// Everything the file about all resources together says.
package struct ServicePlan: Sendable, Hashable {
  /// What the client, and what belongs to all resources, is called.
  var code: CodeNames
  /// `service.json`, compact, with what the runtime needs of the profile.
  var table: String
  /// The resources' types, in the order of their wire names.
  package var schemas: [Identifier]
  /// The predicates by the values they fit.
  package var predicates: [PredicateGroup]
  /// What many resources have in common.
  var traits: [TraitPlan] = []
  /// The traits as this client's resources have them.
  var traitUses: [TraitUse] = []
  /// Resources that the documentation no longer has.
  var removed: [RemovedResourcePlan] = []

  /// Whether a public declaration of the vocabulary has a date.
  var vocabularyUsesDate: Bool {
    predicates.contains { $0.fit == .datetime }
      || traits.contains { $0.accessors.contains { $0.type.mentionsDate } }
  }
}

/// What is left of a resource that the documentation no longer has.
struct RemovedResourcePlan: Sendable, Hashable {
  var wire: String
  /// What its type was called.
  var typeName: Identifier
  /// What the client's property was called.
  var property: Identifier
  /// The type and the property of the resource that stands for it; nil when none does.
  var successor: Successor?
  /// Why its property is deprecated, or that it is unavailable.
  var deprecation: Deprecation

  /// The resource that stands for one that was removed.
  struct Successor: Sendable, Hashable {
    var typeName: Identifier
    var property: Identifier
  }
}

/// Predicates for one kind of value: one extension of `FilterField`.
package struct PredicateGroup: Sendable, Hashable {
  package var fit: Fit
  package var predicates: [PredicatePlan]

  /// Which values the predicates of a group fit.
  package enum Fit: Sendable, Hashable, CaseIterable {
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
package struct PredicatePlan: Sendable, Hashable {
  /// What the method takes.
  package enum Argument: Sendable, Hashable { case value, values, text, texts, flag, object }

  package var name: Identifier
  package var wire: String
  package var argument: Argument
  var documentation: DocComment
}
