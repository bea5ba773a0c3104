import Spec

/// The names inside one resource. A wire name has the same Swift name as accessor, argument,
/// filter, sort key, field and include.
struct ResourceNames {
  /// Members of the document that are not in `attributes`, whatever the spec lists them as.
  static let documentMembers: Set<String> = ["id", "type"]

  private let members: [String: Identifier]
  private let nestedTypes: [String: Identifier]
  private let verbs: [String: Identifier]
  private let related: [String: Identifier]

  init(_ spec: ResourceSpec, in names: SpecNames, file: String) throws(SpecError) {
    let attributes = spec.attributes.filter { !Self.documentMembers.contains($0.key) }
    members = try NameAllocator(
      style: .member, acronyms: names.acronyms,
      reserved: ReservedNames(ReservedNames.members.groups + ReservedNames.queryStatics.groups),
      suffix: "Attribute"
    ).names(
      for: Array(attributes.keys) + Array(spec.relationships.keys), file: file,
      pointer: "/attributes")
    let targets = spec.relationships.values.compactMap { $0.resource.flatMap(names.type) }
    let own = names.type(of: spec.resource)
    nestedTypes = try NameAllocator(
      style: .type, acronyms: names.acronyms,
      reserved: .nestedTypes.adding(
        Set((targets + [own].compactMap(\.self)).map(\.name)),
        reason: "resources that the accessors speak of"
      ).adding(
        Set(
          names.traits.flatMap(\.relationships.keys).compactMap {
            TraitPlan.targetName($0, in: names)?.name
          }), reason: "associated types of traits"),
      suffix: "Value"
    ).names(
      for: attributes.filter { $0.value.values?.isEmpty == false }.keys, file: file,
      pointer: "/attributes")
    verbs = try NameAllocator(
      style: .verb, acronyms: names.acronyms, reserved: .clientMethods, suffix: "Trigger"
    ).names(
      for: attributes.filter { $0.value.trigger == true }.keys, file: file, pointer: "/attributes")
    related = try NameAllocator(
      style: .member, acronyms: names.acronyms, reserved: .clientMethods, suffix: "Relationship"
    ).names(for: spec.relationships.keys, file: file, pointer: "/relationships")
  }

  func member(_ wire: String) -> Identifier? {
    members[wire] ?? (Self.documentMembers.contains(wire) ? Identifier(wire) : nil)
  }
  func nestedType(_ wire: String) -> Identifier? { nestedTypes[wire] }
  func verb(_ wire: String) -> Identifier? { verbs[wire] }
  func related(_ wire: String) -> Identifier? { related[wire] }
}
