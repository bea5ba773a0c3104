import Spec

/// Gives the names of one scope: each wire name one Swift identifier, no two the same.
///
/// All wire names of the scope are handed over at once, and their order does not matter. Reserved
/// names get the scope's suffix, names in an unusual spelling a hash of the wire name, and of
/// several that come out the same the simplest spelling keeps the name.
struct NameAllocator {
  /// How names of the scope are written.
  enum Style { case member, type, value }

  let style: Style
  /// Names the scope may not use.
  let reserved: ReservedNames
  /// What is appended to a reserved name.
  let suffix: String

  /// - Throws: ``SpecError`` at `pointer` when two names stay the same in spite of their hashes.
  func names(
    for wires: some Sequence<String>, file: String, pointer: String
  ) throws(SpecError) -> [String: Identifier] {
    var groups: [String: [WireName]] = [:]
    for wire in Set(wires) {
      let name = WireName(wire)
      groups[wanted(name), default: []].append(name)
    }
    var taken = Set(groups.keys)
    var names: [String: Identifier] = [:]
    for (wanted, members) in groups.sorted(by: { $0.key < $1.key }) {
      let sorted = members.sorted { WireName.isSimpler($0, than: $1) }
      for (index, member) in sorted.enumerated() {
        let text = index == 0 ? wanted : substitute(for: wanted, member) { !taken.contains($0) }
        guard let text, let identifier = Identifier(text) else {
          throw SpecError(
            file: file, pointer: pointer, "'\(wanted)' is taken and so is every substitute")
        }
        taken.insert(text)
        names[member.raw] = identifier
      }
    }
    return names
  }

  /// The name without regard to the others.
  private func wanted(_ name: WireName) -> String {
    if style == .value, let capitals = name.capitals {
      return reserved.contains(capitals) ? capitals + suffix : capitals
    }
    var text = style == .type ? name.upperCamel : name.lowerCamel
    if reserved.contains(text) || Keywords.unusable.contains(text) { text += suffix }
    return name.isUsual ? text : "\(text)_\(name.hash)"
  }

  /// A trigger beside an attribute of its name says that it is one; whatever else gets a hash.
  private func substitute(
    for wanted: String, _ name: WireName, isFree: (String) -> Bool
  ) -> String? {
    let trigger = name.hasLeadingUnderscore && name.isUsual ? [wanted + "Trigger"] : []
    return (trigger + ["\(wanted)_\(name.hash)"]).first(where: isFree)
  }
}
