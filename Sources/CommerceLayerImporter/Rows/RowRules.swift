public import CommerceLayer
import NearestNames

/// What a row of one importable type may hold, from the type's schema table.
public struct RowRules: Sendable {
  /// The resource type: `skus`.
  public let type: String
  /// The row fields that together identify a record; empty for an unkeyed type.
  public let key: [String]
  /// The relationship that a parent id stands for.
  public let parent: String?
  /// The id given for all rows' parent.
  public let parentID: String?
  /// The schema; nil when this build's spec lacks the resource, and rows are only checked for
  /// being objects with a key.
  public let schema: ResourceSchema?
  /// The schemas of related resources, by type.
  let related: [String: ResourceSchema]

  /// Whether sending a row twice leaves one record.
  public var isKeyed: Bool { !key.isEmpty }

  /// What a field of a row is.
  enum Field: Sendable, Hashable {
    /// The record's id.
    case id
    case attribute(ResourceSchema.Attribute)
    /// `<relationship>_id`.
    case relationshipID(ResourceSchema.Relationship)
    /// Related records inside the row.
    case nested(ResourceSchema.Relationship)
    /// A part of the key the schema does not list.
    case keyPart

    /// The JSON type a value of it has.
    var type: ResourceSchema.AttributeType {
      switch self {
      case .id, .relationshipID, .keyPart: .string
      case .attribute(let attribute): attribute.type
      case .nested: .array
      }
    }
  }

  /// What a name in a row turns out to be.
  enum Lookup: Sendable, Hashable {
    case field(Field)
    /// Not acceptable, and why.
    case refused(String)
  }

  /// The rules of a type.
  /// - Throws: ``RowRulesError`` when the type cannot be imported, or has no parent to stand for.
  public init(
    type: String, parentID: String? = nil, service: ServiceDescription,
    schemas: [ResourceSchema]
  ) throws(RowRulesError) {
    guard let importable = service.importables[type] else {
      throw .unknownType(
        type,
        suggestion: NearestNames.suggestion(for: type, among: service.importables.keys.sorted()),
        known: service.importables.keys.sorted())
    }
    if parentID != nil, importable.parent == nil { throw .noParent(type) }
    self.type = type
    key = importable.key
    parent = importable.parent
    self.parentID = parentID
    related = Dictionary(schemas.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    schema = related[type]
  }

  /// What a name in a row is.
  func look(up name: String) -> Lookup {
    if name == "id" { return .field(.id) }
    guard let schema else { return .field(.keyPart) }
    // What can only be read is let through: an export holds it, and what an export returns can be
    // sent back. The service passes over it.
    if let attribute = schema.attribute(name) { return .field(.attribute(attribute)) }
    if let stem = Self.relationship(ofID: name), let relationship = schema.relationship(stem),
      !relationship.isToMany
    {
      if relationship.create != nil || relationship.update != nil || key.contains(name)
        || stem == parent
      {
        return .field(.relationshipID(relationship))
      }
      return .refused("'\(name)' cannot be set")
    }
    if let relationship = schema.relationship(name) {
      if relationship.isToMany { return .field(.nested(relationship)) }
      return .refused("'\(name)' is a relationship: write its id as '\(name)_id'")
    }
    if key.contains(name) || parent.map({ "\($0)_id" }) == name { return .field(.keyPart) }
    let suggestion = NearestNames.suggestion(for: name, among: settableNames)
    return .refused(
      "\(type) have no '\(TerminalSafe.text(name, limit: 60))'"
        + (suggestion.map { "; did you mean '\($0)'?" } ?? ""))
  }

  private static func relationship(ofID name: String) -> String? {
    name.hasSuffix("_id") ? String(name.dropLast(3)) : nil
  }

  /// The names a row may hold, for suggestions.
  var settableNames: [String] {
    guard let schema else { return key }
    return ["id"] + key
      + schema.attributes.filter { $0.create != nil || $0.update != nil }.map(\.name)
      + schema.relationships.map { $0.isToMany ? $0.name : "\($0.name)_id" }
  }
}

/// Why there are no rules for a type.
public enum RowRulesError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The type cannot be imported.
  case unknownType(String, suggestion: String?, known: [String])
  /// A parent was given for a type without one.
  case noParent(String)

  /// What is wrong, in a sentence.
  public var description: String {
    switch self {
    case .unknownType(let type, let suggestion, let known):
      "'\(TerminalSafe.text(type, limit: 60))' cannot be imported"
        + (suggestion.map { "; did you mean '\($0)'?" }
          ?? "; what can: \(known.joined(separator: ", "))")
    case .noParent(let type): "\(type) have no parent"
    }
  }
}
