import Spec

/// Why a declaration is deprecated or unavailable, and what the compiler says of it.
enum Deprecation: Sendable, Hashable {
  /// The documentation says so and names nothing to use instead.
  case documented
  /// Another member of the same type does the same.
  case renamed(Identifier)
  /// Another member does it in another way.
  case replaced(by: Identifier)
  /// A resource does it, by its wire name: whether it is generated as well is for the user to pick.
  case replacedByResource(String)
  /// The API no longer has it since a version of this package, and it reads as nil.
  case removed(since: String)
  /// A value that the API no longer has.
  case removedValue(since: String)
  /// Arguments that have new names.
  case renamedArguments([Renaming])
  /// The API no longer has it, and nothing could be sent or read under its name.
  case unavailable(since: String)
  /// Arguments that the API no longer has.
  case unavailableArguments([Removal])

  /// An argument under its old and its new name.
  struct Renaming: Sendable, Hashable {
    var old: Identifier
    var new: Identifier
  }

  /// An argument that the API no longer has.
  struct Removal: Sendable, Hashable {
    var name: Identifier
    var since: String
  }

  /// Whether code that uses the declaration does not compile.
  var isUnavailable: Bool {
    switch self {
    case .unavailable, .unavailableArguments: true
    default: false
    }
  }

  /// The arguments of `@available`.
  var availability: Code {
    if case .renamed(let name) = self { return "*, deprecated, renamed: \(literal: name.name)" }
    let kind: Code = isUnavailable ? "unavailable" : "deprecated"
    return "*, \(kind), message: \(literal: message)"
  }

  /// What the compiler says of a use.
  private var message: String {
    switch self {
    case .documented: "The API documentation marks it as deprecated."
    case .renamed(let name), .replaced(let name): "Use '\(name.name)' instead."
    case .replacedByResource(let name): "Use the resource '\(name)' instead."
    case .removed(let version): "The API no longer has it: nil since \(version)."
    case .removedValue(let version):
      "The API no longer has this value since \(version); it is sent as it is."
    case .renamedArguments(let names):
      names.map { "'\($0.old.name)' is now '\($0.new.name)'" }.joined(separator: ", ") + "."
    case .unavailable(let version): "The API no longer has it since \(version)."
    case .unavailableArguments(let names):
      "The API no longer has "
        + names.map { "'\($0.name.name)' (since \($0.since))" }.joined(separator: ", ")
        + ": leave it out."
    }
  }
}

extension ResourcePlanner {
  /// Why an attribute is deprecated; nil when it is not.
  /// - Parameter name: what a member of the resource is called where the declaration stands.
  func deprecation(
    of wire: String, _ attribute: AttributeSpec, naming name: (String) -> Identifier?
  ) -> Deprecation? {
    guard attribute.deprecated == true else { return nil }
    let other = attribute.replacedBy.flatMap { spec.attributes[$0] }
    return deprecation(
      attribute.replacedBy, isDropIn: other.map { stands($0, for: attribute) } ?? false,
      naming: name)
  }

  /// Why a relationship is deprecated; nil when it is not.
  /// - Parameter name: what a member of the resource is called where the declaration stands.
  func deprecation(
    of wire: String, _ relationship: RelationshipSpec, naming name: (String) -> Identifier?
  ) -> Deprecation? {
    guard relationship.deprecated == true else { return nil }
    let other = relationship.replacedBy.flatMap { spec.relationships[$0] }
    return deprecation(
      relationship.replacedBy, isDropIn: other.map { stands($0, for: relationship) } ?? false,
      naming: name)
  }

  /// Why the whole resource is deprecated; nil when it is not.
  var deprecation: Deprecation? {
    guard spec.deprecated == true else { return nil }
    return spec.replacedBy.map(Deprecation.replacedByResource) ?? .documented
  }

  private func deprecation(
    _ replacement: String?, isDropIn: Bool, naming name: (String) -> Identifier?
  ) -> Deprecation {
    guard let replacement else { return .documented }
    if spec.attributes[replacement] != nil || spec.relationships[replacement] != nil {
      // A call is named after a trigger or a relationship alone.
      guard let called = name(replacement) else {
        return names.member(replacement).map(Deprecation.replaced) ?? .documented
      }
      return isDropIn ? .renamed(called) : .replaced(by: called)
    }
    return .replacedByResource(replacement)
  }

  /// Whether code that uses one attribute compiles with another: of the same type, and able to do at
  /// least as much. Listed values have a Swift type of each attribute's own.
  private func stands(_ new: AttributeSpec, for old: AttributeSpec) -> Bool {
    new.type == old.type && new.items == old.items && new.values == nil && old.values == nil
      && new.trigger == old.trigger && new.rows == old.rows && new.predicates == old.predicates
      && new.isID == old.isID
      && (new.writeOnly != true || old.writeOnly == true)
      && (new.neverNull != true || old.neverNull == true)
      && Self.does(new.filter, old.filter) && Self.does(new.sort, old.sort)
      && Self.takes(new.create, old.create) && Self.takes(new.update, old.update)
  }

  private func stands(_ new: RelationshipSpec, for old: RelationshipSpec) -> Bool {
    new.cardinality == old.cardinality && new.resource == old.resource
      && new.polymorphic == old.polymorphic && new.targets == old.targets
      && new.namesMembers == old.namesMembers
      && (new.neverNull != true || old.neverNull == true)
      && Self.does(new.filter, old.filter) && Self.does(new.sort, old.sort)
      && Self.does(new.include, old.include)
      && Self.takes(new.create, old.create) && Self.takes(new.update, old.update)
  }

  private static func does(_ new: Bool?, _ old: Bool?) -> Bool { new == true || old != true }

  private static func takes(_ new: Requirement?, _ old: Requirement?) -> Bool {
    old == nil || (new != nil && (new == .required) == (old == .required))
  }
}
