import Spec

/// What a family's base type has beyond what every resource has.
package struct FamilyPlan: Sendable, Hashable {
  /// The nested type of the members' types.
  static let kindName = Identifier("MemberKind")

  /// The types of the members, in the order of their wire names.
  package var kinds: [MemberPlan]
  /// The members that are generated, too, in the same order.
  package var members: [Identifier]
}

extension ResourcePlanner {
  /// The family whose base type this is; nil for every other resource.
  /// - Throws: ``SpecError`` when the names of two members cannot be told apart.
  func family() throws(SpecError) -> FamilyPlan? {
    guard let members = spec.members, !members.isEmpty else { return nil }
    let identifiers = try NameAllocator(
      style: .value, acronyms: specNames.acronyms, reserved: .enumValues, suffix: "Value"
    ).names(for: members, file: file, pointer: "/members")
    let sorted = members.sorted()
    return FamilyPlan(
      kinds: sorted.compactMap { wire in
        identifiers[wire].map {
          MemberPlan(name: $0, wire: wire, documentation: DocComment("\(code: wire)"))
        }
      }, members: sorted.compactMap(specNames.type))
  }

  /// The type of what links to a relationship's target in a request.
  func reference(to relationship: RelationshipSpec) -> SwiftType {
    guard let target = target(of: relationship).map(nameInside) else { return .anyReference }
    let isFamily = relationship.resource.map(specNames.isFamily) ?? false
    return relationship.namesMembers == true && isFamily
      ? .memberReference(target) : .id(target)
  }
}

extension SpecNames {
  /// Checks that the families of a spec are distinct: a type is a member of one of them at most.
  /// - Throws: ``SpecError`` at the second family of a member.
  static func checkFamilies(of resources: [ResourceSpec]) throws(SpecError) {
    var families: [String: String] = [:]
    for resource in resources.sorted(by: { $0.resource < $1.resource }) {
      for (index, member) in (resource.members ?? []).enumerated() {
        guard let other = families.updateValue(resource.resource, forKey: member) else { continue }
        throw SpecError(
          file: "\(resource.resource).json", pointer: "/members/\(index)",
          "'\(member)' is a member of the family '\(other)' already")
      }
    }
  }
}
