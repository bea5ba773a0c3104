import Spec

/// Members that the documentation no longer has, kept deprecated.
extension ResourcePlanner {
  /// Adds what is left of removed members to a plan: under the old name what stands for it now, or a
  /// property that reads as nil.
  func addRemoved(to plan: inout ResourcePlan) {
    let accessors = accessors(attributes, relationships)
    let members = allMembers
    for member in removed {
      guard let name = names.removed(member.wire) else { continue }
      guard let wire = member.renamedTo, let now = names.member(wire) else {
        guard let type = member.type else { continue }
        let (swiftType, reading) = Self.reading(of: type)
        plan.accessors.append(
          Accessor(
            name: name, wire: member.wire, type: .optional(swiftType), reading: reading,
            documentation: DocComment(
              "\(code: member.wire): no longer part of the API since \(code: member.since)."),
            deprecation: .removed(since: member.since)))
        continue
      }
      let deprecation = Deprecation.renamed(now)
      plan.accessors += accessors.filter { $0.wire == wire }.map {
        var copy = $0
        copy.name = name
        copy.documentation = DocComment("\(code: member.wire): now \(code: wire).")
        copy.deprecation = deprecation
        return copy
      }
      func copies<Plan: NamedPlan>(_ list: [Plan]) -> [Plan] {
        list.filter { $0.wire == wire }.map {
          var copy = $0
          copy.name = name
          copy.deprecation = deprecation
          return copy
        }
      }
      plan.members.filters += copies(members.filters)
      plan.members.paths += copies(members.paths)
      plan.members.steps += copies(members.steps)
      plan.members.sorts += copies(members.sorts)
      plan.members.sortOnly += copies(members.sortOnly)
      plan.members.fields += copies(members.fields)
      plan.members.includes += copies(members.includes)
      plan.members.nulls += copies(members.nulls)
      plan.members.createNulls += copies(members.createNulls)
      plan.members.updateNulls += copies(members.updateNulls)
    }
  }

  private static func reading(of type: AttributeType) -> (SwiftType, Accessor.Reading) {
    switch type {
    case .string: (.string, .string)
    case .integer: (.int, .integer)
    case .float: (.double, .double)
    case .boolean: (.bool, .boolean)
    case .datetime: (.date, .date)
    case .object: (.jsonValue, .value)
    case .array: (.array(.jsonValue), .array)
    }
  }
}
