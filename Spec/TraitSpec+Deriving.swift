/// How traits come about, and how far the frozen ones are from that.
extension TraitSpec {
  /// How many resources must have a member before it is worth a trait: below that, the accessors of
  /// each resource cost less than the protocol that would share them.
  public static let fewestResources = 20

  /// The traits of some resources.
  ///
  /// A frozen trait stays as it is while enough resources have all of it, with the facts that most of
  /// them have today: traits that merged or split whenever one resource changes would change the public
  /// API each time. What no frozen trait holds is grouped: a new trait is the members that exactly the
  /// same resources have with the same facts. Its name is provisional, or that of a frozen trait that
  /// did not stay and shares most members with it.
  /// - Parameters:
  ///   - resources: the corrected resources.
  ///   - frozen: the traits that there are.
  ///   - fewest: how many resources must have a trait.
  public static func derived(
    from resources: [ResourceSpec], keeping frozen: [TraitSpec] = [], fewest: Int = fewestResources
  ) -> [TraitSpec] {
    var owners: [Member: Set<String>] = [:]
    for resource in resources {
      for (wire, attribute) in resource.attributes {
        // A trigger that cannot be sent is not part of what is shared.
        guard attribute.trigger != true || resource.operations[.update] != nil else { continue }
        owners[.attribute(wire, attribute.shape), default: []].insert(resource.resource)
      }
      for (wire, relationship) in resource.relationships {
        owners[.relationship(wire, relationship.shape), default: []].insert(resource.resource)
      }
    }
    // One name with several sets of facts: the one that most resources have.
    var common: [String: (member: Member, resources: Set<String>)] = [:]
    for (member, resources) in owners {
      if let known = common[member.wire],
        (known.resources.count, "\(member)") >= (resources.count, "\(known.member)")
      {
        continue
      }
      common[member.wire] = (member, resources)
    }
    let kept = frozen.compactMap { trait -> TraitSpec? in
      var today = TraitSpec(name: trait.name)
      for wire in trait.members { common[wire].map { today.add($0.member) } }
      let stays = today.members == trait.members && resources.count { $0.has(today) } >= fewest
      return stays ? today : nil
    }
    let taken = kept.reduce(into: Set<String>()) { $0.formUnion($1.members) }
    var groups: [Set<String>: TraitSpec] = [:]
    for (wire, (member, resources)) in common
    where resources.count >= fewest && !taken.contains(wire) {
      groups[resources, default: TraitSpec(name: "")].add(member)
    }
    let names = Set(kept.map(\.name))
    return
      (kept
      + named(
        groups.values.sorted { $0.firstMember < $1.firstMember },
        as: frozen.filter { !names.contains($0.name) }, besides: names))
      .sorted { $0.name < $1.name }
  }

  /// What tells two sets of traits apart, one line each; empty when there is nothing.
  public static func differences(from frozen: [TraitSpec], to derived: [TraitSpec]) -> [String] {
    let old = Dictionary(frozen.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    let new = Dictionary(derived.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    return Set(old.keys).union(new.keys).sorted().flatMap { name -> [String] in
      switch (old[name], new[name]) {
      case (nil, let new?):
        ["\(name) would be added: \(new.members.sorted().joined(separator: ", "))"]
      case (_?, nil): ["\(name) would be removed"]
      case (let old?, let new?):
        new.members.subtracting(old.members).sorted().map { "\(name) would gain '\($0)'" }
          + old.members.subtracting(new.members).sorted().map { "\(name) would lose '\($0)'" }
          + old.members.intersection(new.members).sorted().filter {
            old.attributes[$0] != new.attributes[$0]
              || old.relationships[$0] != new.relationships[$0]
          }.map { "\(name) has other facts of '\($0)' than most resources" }
      case (nil, nil): []
      }
    }
  }

  private enum Member: Hashable {
    case attribute(String, AttributeSpec)
    case relationship(String, RelationshipSpec)

    var wire: String {
      switch self {
      case .attribute(let wire, _), .relationship(let wire, _): wire
      }
    }
  }

  private mutating func add(_ member: Member) {
    switch member {
    case .attribute(let wire, let attribute): attributes[wire] = attribute
    case .relationship(let wire, let relationship): relationships[wire] = relationship
    }
  }

  private var firstMember: String { members.min() ?? "" }

  private static func named(
    _ traits: [TraitSpec], as frozen: [TraitSpec], besides names: Set<String>
  ) -> [TraitSpec] {
    var free = frozen
    var traits = traits
    // Traits with more in common with a frozen one choose first.
    let pairs = traits.indices.flatMap { index in
      frozen.map { (index, $0.name, traits[index].members.intersection($0.members).count) }
    }.filter { $0.2 > 0 }.sorted { ($1.2, $0.1, $0.0) < ($0.2, $1.1, $1.0) }
    for (index, name, _) in pairs where traits[index].name.isEmpty {
      guard let place = free.firstIndex(where: { $0.name == name }) else { continue }
      free.remove(at: place)
      traits[index].name = name
    }
    var taken = names.union(traits.map(\.name))
    for index in traits.indices where traits[index].name.isEmpty {
      let words = traits[index].firstMember.split(separator: "_")
      let stem = "With" + words.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
      var name = stem
      var number = 2
      while !taken.insert(name).inserted {
        name = "\(stem)\(number)"
        number += 1
      }
      traits[index].name = name
    }
    return traits
  }
}
