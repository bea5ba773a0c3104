/// What the documentation says of one resource in sentences, for the comments of a client that users
/// generate for themselves.
///
/// The spec holds facts only. Descriptions lie beside it, in `descriptions/`, where a user keeps
/// them; `cl-spec check` refuses them in a spec that is to be passed on.
public struct ResourceDescriptions: Sendable, Hashable, Codable {
  /// Of the resource itself.
  public var resource: String?
  /// Of its attributes, by wire name.
  public var attributes: [String: String]
  /// Of its relationships, by wire name.
  public var relationships: [String: String]

  /// Creates descriptions; all may be missing.
  public init(
    resource: String? = nil, attributes: [String: String] = [:],
    relationships: [String: String] = [:]
  ) {
    self.resource = resource
    self.attributes = attributes
    self.relationships = relationships
  }

  /// Whether nothing is described.
  public var isEmpty: Bool { resource == nil && attributes.isEmpty && relationships.isEmpty }
}
