/// Where a relationship of the published schema leads, decided from everything its field says.
struct PublishedTarget: Equatable {
  /// Where it leads.
  enum Destination: Equatable {
    /// One resource type; its whole family when it is a base type.
    case resource(String)
    /// One of these types.
    case listed([String])
    /// Any type.
    case any
    /// Nothing that is known.
    case unknown
  }

  var destination: Destination
  /// Whether a request names the type of a member of the family, which is what a base type that is not
  /// listed beside its members says.
  var namesMembers = false
  /// What contradicts itself, and what was made of it.
  var problem: String?
  /// Whether the problem loses no fact.
  var isMild = false

  /// Decides. `polymorphic` and `abstract` say how the service stores the relationship: beside the
  /// class of one resource it leads to that resource all the same.
  /// - Parameters:
  ///   - resource: the published resource whose class is named.
  ///   - members: the members of that resource's family, sorted; nil when it is not a base type.
  ///   - listed: the types the field lists, sorted.
  ///   - isPolymorphic: whether it is marked `polymorphic` or `abstract`.
  ///   - isFamily: whether it is marked `sti`.
  init(
    resource: String?, members: [String]?, listed: [String]?, isPolymorphic: Bool, isFamily: Bool
  ) {
    if let resource {
      destination = .resource(resource)
      namesMembers = isFamily && isPolymorphic && members != nil && listed == members
      if isFamily, members == nil {
        problem =
          "is marked 'sti', but '\(resource)' does not list the types of its family in 'type'"
      } else if isFamily, let listed, listed != members {
        problem = "lists other types than 'type' of '\(resource)'; the family counts"
      } else if !isFamily, let listed, listed != [resource], listed != members {
        destination = .listed(listed)
        problem = "lists types beside the class of '\(resource)'; the list counts"
      }
    } else if let listed {
      destination = .listed(listed)
      if isFamily {
        problem = "is marked 'sti', but no published resource is its base type; the list counts"
      }
    } else if isFamily {
      destination = .any
      problem = "is marked 'sti', but no published resource is its base type: it leads to any"
    } else if isPolymorphic {
      destination = .any
      problem = "is polymorphic and lists no types: it leads to any"
      isMild = true
    } else {
      destination = .unknown
    }
  }
}
