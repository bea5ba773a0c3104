internal import Foundation

/// What the documentation says of one resource in sentences, for the comments of a client that users
/// generate for themselves.
///
/// The spec holds facts only. Descriptions lie beside it, in `descriptions/RESOURCE.json`, where a
/// user keeps them; `cl-spec check` rejects them in a spec that is to be passed on.
public struct ResourceDescriptions: Sendable, Hashable, Codable {
  /// The resource they belong to.
  public var resource: String
  /// Of the resource itself.
  public var description: String?
  /// Of its attributes, by wire name.
  public var attributes: [String: String]
  /// Of its relationships, by wire name.
  public var relationships: [String: String]

  /// Creates descriptions; all may be missing.
  public init(
    resource: String, description: String? = nil, attributes: [String: String] = [:],
    relationships: [String: String] = [:]
  ) {
    self.resource = resource
    self.description = description
    self.attributes = attributes
    self.relationships = relationships
  }

  /// Whether nothing is described.
  public var isEmpty: Bool {
    description == nil && attributes.isEmpty && relationships.isEmpty
  }

  /// The descriptions as JSON.
  /// - Throws: ``SpecError`` never in practice: every value is representable.
  public func tree() throws(SpecError) -> JSONTree {
    try SpecFolder.encode(self, file: "\(resource).json")
  }
}

extension SpecFolder {
  /// The folder of a spec that holds descriptions.
  public static let descriptionsFolder = "descriptions"

  /// Reads files of descriptions, by resource.
  /// - Throws: ``SpecError`` naming the file and the place.
  static func load(
    descriptions files: [URL]
  ) throws(SpecError) -> [String: ResourceDescriptions] {
    var found: [String: ResourceDescriptions] = [:]
    for url in files {
      let file = url.lastPathComponent
      let decoded: ResourceDescriptions = try decode(try read(url), file: file)
      guard file == "\(decoded.resource).json" else {
        throw SpecError(
          file: file, pointer: "/resource",
          "the file is about '\(decoded.resource)' and must be named so")
      }
      found[decoded.resource] = decoded
    }
    return found
  }
}
