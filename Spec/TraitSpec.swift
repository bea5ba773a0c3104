public import Foundation

/// What many resources have in common, under the name that generated code calls it by.
///
/// The traits of a spec are frozen in `traits.json`: they are derived from the resources once, by
/// ``derived(from:keeping:fewest:)``, and change only when somebody asks for it. Which of them a resource has
/// depends on its own facts alone, so that an edit of one resource moves nothing in another.
public struct TraitSpec: Sendable, Hashable, Codable {
  /// The name in generated code: `Tagged` for `Common.Tagged`. Chosen once, when the trait is frozen.
  public var name: String
  /// The attributes with all facts that generated code depends on.
  public var attributes: [String: AttributeSpec]
  /// The relationships with all facts that generated code depends on.
  public var relationships: [String: RelationshipSpec]

  /// Creates a trait.
  public init(
    name: String, attributes: [String: AttributeSpec] = [:],
    relationships: [String: RelationshipSpec] = [:]
  ) {
    self.name = name
    self.attributes = attributes
    self.relationships = relationships
  }

  /// The wire names of what the trait has.
  public var members: Set<String> { Set(attributes.keys).union(relationships.keys) }

  private enum CodingKeys: String, CodingKey { case name, attributes, relationships }

  /// Reads a trait; one of the two kinds of members may be left out.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    name = try values.decode(String.self, forKey: .name)
    attributes =
      try values.decodeIfPresent([String: AttributeSpec].self, forKey: .attributes) ?? [:]
    relationships =
      try values.decodeIfPresent([String: RelationshipSpec].self, forKey: .relationships) ?? [:]
  }

  /// Writes a trait without what it does not have.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(name, forKey: .name)
    if !attributes.isEmpty { try values.encode(attributes, forKey: .attributes) }
    if !relationships.isEmpty { try values.encode(relationships, forKey: .relationships) }
  }
}

extension TraitSpec {
  /// Where a folder keeps its traits.
  public static let fileName = "traits.json"

  private struct File: Codable {
    var traits: [TraitSpec]
  }

  /// The traits of a spec folder, sorted by name; a folder without the file has none.
  /// - Throws: ``SpecError`` that says what is wrong with the file.
  public static func load(in folder: URL) throws(SpecError) -> [TraitSpec] {
    let file = folder.appending(path: fileName)
    guard FileManager.default.fileExists(atPath: file.path) else { return [] }
    return try load(file)
  }

  /// Reads traits.
  /// - Throws: ``SpecError`` that says what is wrong with the file.
  public static func load(_ url: URL) throws(SpecError) -> [TraitSpec] {
    let file = url.lastPathComponent
    let decoded: File = try SpecFolder.decode(try SpecFolder.read(url), file: file)
    var owners: [String: String] = [:]
    var names: Set<String> = []
    for (index, trait) in decoded.traits.enumerated() {
      let pointer = "/traits/\(index)"
      guard ResourceSpec.isName(trait.name), names.insert(trait.name).inserted else {
        throw SpecError(
          file: file, pointer: pointer + "/name",
          "'\(trait.name)' is not a valid name of a trait: use letters, digits and '_', and each "
            + "name once")
      }
      guard !trait.members.isEmpty else {
        throw SpecError(file: file, pointer: pointer, "'\(trait.name)' has no members: remove it")
      }
      for member in trait.members.sorted() {
        guard let other = owners.updateValue(trait.name, forKey: member) else { continue }
        throw SpecError(
          file: file, pointer: pointer,
          "'\(member)' is in '\(other)' and in '\(trait.name)': leave it in one of them")
      }
    }
    return decoded.traits.sorted { $0.name < $1.name }
  }

  /// The file's text for these traits: sorted keys, two spaces, a line break at the end.
  /// - Throws: ``SpecError`` never in practice: every value is representable.
  public static func text(of traits: [TraitSpec]) throws(SpecError) -> String {
    try SpecFolder.encode(
      File(traits: traits.sorted { $0.name < $1.name }), file: fileName
    ).canonicalText
  }
}

// MARK: - Facts that decide

extension AttributeSpec {
  /// The attribute with the facts that a trait's declarations depend on, and no others: two resources
  /// may have different defaults and examples and still share an accessor.
  var shape: AttributeSpec {
    AttributeSpec(
      type: type, items: items, create: create, update: update, filter: filter,
      predicates: predicates, sort: sort, values: values, isID: isID, monetizable: monetizable,
      deprecated: deprecated, trigger: trigger, idempotent: idempotent, writeOnly: writeOnly,
      transient: transient, rows: rows, replacedBy: replacedBy)
  }
}

extension RelationshipSpec {
  /// The relationship with the facts that a trait's declarations depend on, and no others.
  var shape: RelationshipSpec {
    var shape = self
    shape.createCondition = nil
    shape.updateCondition = nil
    shape.neverNull = nil
    shape.prohibited = nil
    shape.exportable = nil
    return shape
  }
}

extension ResourceSpec {
  /// Whether the resource has a trait: all its members, with the same facts, and a way to update it
  /// where the trait has triggers.
  public func has(_ trait: TraitSpec) -> Bool {
    trait.attributes.allSatisfy { attributes[$0.key]?.shape == $0.value.shape }
      && trait.relationships.allSatisfy { relationships[$0.key]?.shape == $0.value.shape }
      && (operations[.update] != nil || !trait.attributes.values.contains { $0.trigger == true })
  }
}
