// What a schema says beyond names and types: of when something must be given, of what can stand for
// what, of named filters and of what triggers change.

extension ResourceSchema {
  /// When a `conditional` attribute or relationship must be given. A condition that cannot be checked
  /// has its text only.
  public struct Condition: Sendable, Hashable {
    /// The condition in words: `if business is false`.
    public let text: String
    /// It must be given when each of these attributes has one of these values; an attribute that is
    /// not sent has its default value. Empty when the condition is another one.
    public let when: [String: [JSONValue]]
    /// It must be given when any of these attributes and relationships is given.
    public let whenGiven: [String]

    /// Whether it can be checked before a request is sent.
    public var isCheckable: Bool { !when.isEmpty || !whenGiven.isEmpty }
  }

  /// Attributes and relationships of which one can be given in place of another: `sku` and
  /// `sku_code`.
  public struct Alternative: Sendable, Hashable {
    /// The wire names, sorted.
    public let members: [String]
    /// On create: `required` when one of them must be given.
    public let create: Requirement?
    /// On update: likewise.
    public let update: Requirement?
  }

  /// A named filter, sent as `filter[q][<name>]`.
  public struct Scope: Sendable, Hashable {
    /// The wire name.
    public let name: String
    /// What it takes.
    public let argument: ServiceDescription.Argument
    /// The attribute whose values it takes, where it takes those: `status`.
    public let attribute: String?
  }

  /// What pulling a trigger changes, as far as a source tells.
  public struct Effect: Sendable, Hashable {
    /// The value of an attribute after the trigger was pulled.
    public enum Value: Sendable, Hashable {
      /// The time of the request.
      case now
      /// The value the trigger was sent with.
      case argument
      /// A value that the service makes up.
      case generated
      /// This value.
      case constant(JSONValue)
    }

    /// The attributes it sets.
    public let sets: [String: Value]
    /// The attributes and to-one relationships it sets to null.
    public let clears: [String]
    /// The to-many relationship that gets what the value names.
    public let addsTo: String?
    /// The to-many relationship that loses what the value names.
    public let removesFrom: String?
    /// Whether no source tells what it changes.
    public let isUnknown: Bool
  }

  /// Whether this is the base type of a family.
  public var isFamily: Bool { !members.isEmpty }

  /// The alternatives that an attribute or relationship belongs to.
  public func alternatives(to name: String) -> [Alternative] {
    alternatives.filter { $0.members.contains(name) }
  }

  /// Whether a resource of a type can be read as one of this schema: it is of this type or of a member
  /// of the family. A family is open: a type that is not known as anything else is taken for a member
  /// that has joined.
  package func accepts(_ type: String, in catalog: SchemaCatalog?) -> Bool {
    if type == name || name.isEmpty { return true }
    guard isFamily else { return false }
    return members.contains(type) || catalog?.schema(of: type) == nil
  }
}
