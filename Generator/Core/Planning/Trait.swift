import Spec

/// What many resources have in common, written once.
///
/// The table is fixed, and a resource has a trait when its spec says of every member exactly what the
/// trait says; otherwise the members are written out in its own file. So which traits a resource has
/// depends on its own spec alone, and no other resource that comes or goes changes it.
struct Trait: Sendable {
  let name: Identifier
  let attributes: [String: AttributeSpec]
  let relationships: [String: RelationshipSpec]

  /// Whether the resource has the trait.
  func fits(_ spec: ResourceSpec) -> Bool {
    attributes.allSatisfy { spec.attributes[$0.key] == $0.value }
      && relationships.allSatisfy { spec.relationships[$0.key] == $0.value }
      && (!hasVerbs || spec.operations[.update] != nil)
  }

  var members: Set<String> { Set(attributes.keys).union(relationships.keys) }

  private var hasVerbs: Bool { attributes.values.contains { $0.trigger == true } }

  private init?(
    _ name: String, attributes: [String: AttributeSpec] = [:],
    relationships: [String: RelationshipSpec] = [:]
  ) {
    guard let name = Identifier(name) else { return nil }
    self.name = name
    self.attributes = attributes
    self.relationships = relationships
  }

  /// All traits, in the order of their names.
  static let all: [Trait] = [
    Trait(
      "Annotated",
      attributes: [
        "metadata": AttributeSpec(
          type: .object, create: .optional, update: .optional, filter: true),
        "reference": AttributeSpec(
          type: .string, create: .optional, update: .optional, filter: true, sort: true),
        "reference_origin": AttributeSpec(
          type: .string, create: .optional, update: .optional, filter: true, sort: true),
      ]),
    Trait("Attached", relationships: ["attachments": many("attachments", filter: true)]),
    Trait(
      "Disabling",
      attributes: [
        "disabled_at": AttributeSpec(type: .datetime, filter: true, sort: true),
        "_disable": AttributeSpec(
          type: .boolean, create: .optional, update: .optional, trigger: true),
        "_enable": AttributeSpec(
          type: .boolean, create: .optional, update: .optional, trigger: true),
      ]),
    Trait("Eventful", relationships: ["events": many("events", filter: true)]),
    Trait(
      "Logged",
      relationships: [
        "event_stores": RelationshipSpec(cardinality: .many, resource: "event_stores")
      ]),
    Trait(
      "Named",
      attributes: [
        "name": AttributeSpec(
          type: .string, create: .required, update: .optional, filter: true, sort: true)
      ]),
    Trait(
      "Recorded",
      attributes: [
        "id": AttributeSpec(type: .string, filter: true, sort: true),
        "created_at": AttributeSpec(type: .datetime, filter: true, sort: true),
        "updated_at": AttributeSpec(type: .datetime, filter: true, sort: true),
      ]),
    Trait(
      "Tagged",
      attributes: [
        "_add_tags": AttributeSpec(type: .string, update: .optional, trigger: true),
        "_remove_tags": AttributeSpec(type: .string, update: .optional, trigger: true),
      ],
      relationships: [
        "tags": RelationshipSpec(
          cardinality: .many, resource: "tags", create: .optional, update: .optional, filter: true,
          include: true)
      ]),
    Trait("Versioned", relationships: ["versions": many("versions")]),
  ].compactMap(\.self)

  private static func many(_ resource: String, filter: Bool? = nil) -> RelationshipSpec {
    RelationshipSpec(cardinality: .many, resource: resource, filter: filter, include: true)
  }
}
