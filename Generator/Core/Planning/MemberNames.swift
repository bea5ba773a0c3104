import Spec

/// The names inside one resource. A wire name has the same Swift name as accessor, argument,
/// filter, sort key, field and include.
package struct MemberNames {
  /// Members of the document that are not in `attributes`, whatever the spec lists them as.
  static let documentMembers: Set<String> = ["id", "type"]

  static func memberNames(_ acronyms: Acronyms) -> NameAllocator {
    NameAllocator(
      style: .member, acronyms: acronyms,
      reserved: ReservedNames(ReservedNames.members.groups + ReservedNames.queryStatics.groups),
      suffix: "Attribute")
  }

  static func verbNames(_ acronyms: Acronyms) -> NameAllocator {
    NameAllocator(style: .verb, acronyms: acronyms, reserved: .clientMethods, suffix: "Trigger")
  }

  static func relatedNames(_ acronyms: Acronyms) -> NameAllocator {
    NameAllocator(
      style: .member, acronyms: acronyms, reserved: .clientMethods, suffix: "Relationship")
  }

  let acronyms: Acronyms

  let members: [String: Identifier]
  private let nestedTypes: [String: Identifier]
  let verbs: [String: Identifier]
  let related: [String: Identifier]

  init(
    _ spec: ResourceSpec, file: String, acronyms: Acronyms = Acronyms(.commerceLayer),
    traitTargets: Set<String> = []
  ) throws(SpecError) {
    self.acronyms = acronyms
    let attributes = spec.attributes.filter { !Self.documentMembers.contains($0.key) }
    members = try Self.memberNames(acronyms).names(
      for: Array(attributes.keys) + Array(spec.relationships.keys), file: file,
      pointer: "/attributes")
    nestedTypes = try NameAllocator(
      style: .type, acronyms: acronyms,
      reserved: .nestedTypes.adding(traitTargets, reason: "associated types of traits"),
      suffix: "Value"
    ).names(
      for: attributes.filter { $0.value.values?.isEmpty == false }.keys, file: file,
      pointer: "/attributes")
    verbs = try Self.verbNames(acronyms).names(
      for: attributes.filter { $0.value.trigger == true }.keys, file: file, pointer: "/attributes")
    related = try Self.relatedNames(acronyms).names(
      for: spec.relationships.keys, file: file, pointer: "/relationships")
  }

  package func member(_ wire: String) -> Identifier? {
    members[wire] ?? (Self.documentMembers.contains(wire) ? Identifier(wire) : nil)
  }
  package func nestedType(_ wire: String) -> Identifier? { nestedTypes[wire] }
  /// Whether a name means a type of the resource's own inside the resource.
  func isNestedType(_ name: Identifier) -> Bool { nestedTypes.values.contains(name) }
  func verb(_ wire: String) -> Identifier? { verbs[wire] }
  func related(_ wire: String) -> Identifier? { related[wire] }
}
