import Spec

/// What the documentation no longer has, kept for one minor version: deprecated where something stands
/// for it or reading it gives nil, unavailable where using it could only be ignored.
extension ResourcePlanner {
  /// Adds what is left of removed members to a plan.
  /// - Throws: ``SpecError`` where the old name is that of another declaration.
  func addRemoved(to plan: inout ResourcePlan) throws(SpecError) {
    for member in removed {
      switch member.kind {
      case .attribute, .relationship:
        if let wire = member.renamedTo {
          try addRenamed(member, wire, to: &plan)
        } else {
          try addUnavailable(member, to: &plan)
        }
      case .value(let value, let attribute):
        try addValue(value, of: attribute, member, to: &plan)
      case .resource, nil: continue
      }
    }
    let arguments = removed.filter { if case .value = $0.kind { false } else { true } }
    // A trigger is an argument of updates.
    if let create = plan.create {
      plan.create?.shims = shims(of: create, arguments.filter { $0.trigger != true })
    }
    if let update = plan.update { plan.update?.shims = shims(of: update, arguments) }
  }

  // MARK: - Members

  /// Everything that has the new name, under the old one.
  private func addRenamed(
    _ member: RemovedMember, _ wire: String, to plan: inout ResourcePlan
  ) throws(SpecError) {
    let old = try names.removed(member, file: file)
    guard let now = names.member(wire) else { return }
    plan.accessors += accessors(attributes, relationships).filter { $0.wire == wire }.map {
      var copy = $0
      copy.name = old
      copy.documentation = DocComment("\(code: member.wire): now \(code: wire).")
      copy.deprecation = .renamed(now)
      return copy
    }
    func copies<Plan: NamedPlan>(
      _ list: [Plan], _ name: Identifier? = nil, now: Identifier
    ) -> [Plan] {
      list.filter { $0.wire == wire }.map {
        var copy = $0
        copy.name = name ?? old
        copy.deprecation = .renamed(now)
        return copy
      }
    }
    let members = allMembers
    plan.members.filters += copies(members.filters, now: now)
    plan.members.paths += copies(members.paths, now: now)
    plan.members.steps += copies(members.steps, now: now)
    plan.members.sorts += copies(members.sorts, now: now)
    plan.members.sortOnly += copies(members.sortOnly, now: now)
    plan.members.fields += copies(members.fields, now: now)
    plan.members.includes += copies(members.includes, now: now)
    plan.members.nulls += copies(members.nulls, now: now)
    plan.members.createNulls += copies(members.createNulls, now: now)
    plan.members.updateNulls += copies(members.updateNulls, now: now)
    if let call = names.verb(wire) {
      let verb = try names.removedVerb(member, file: file)
      plan.members.verbs += copies(members.verbs, verb, now: call)
    }
    if let call = names.related(wire) {
      let related = try names.removedRelated(member, file: file)
      plan.members.related += copies(members.related, related, now: call)
    }
  }

  /// What nothing stands for: an attribute reads as nil, the rest says what became of it.
  private func addUnavailable(
    _ member: RemovedMember, to plan: inout ResourcePlan
  ) throws(SpecError) {
    let name = try names.removed(member, file: file)
    let documentation = DocComment(
      "\(code: member.wire): no longer part of the API since \(code: member.since).")
    let unavailable = Deprecation.unavailable(since: member.since)
    if case .relationship = member.kind {
      plan.accessors.append(
        Accessor(
          name: name, wire: member.wire, type: .optional(.anyResource), reading: .resource(nil),
          documentation: documentation, deprecation: unavailable))
    } else if member.trigger == true {
      plan.members.verbs.append(
        VerbPlan(
          name: try names.removedVerb(member, file: file), wire: member.wire,
          value: member.type.flatMap { $0 == .boolean ? nil : Self.reading(of: $0).0.asValue },
          documentation: documentation, deprecation: unavailable))
    } else if let type = member.type {
      let (swiftType, reading) = Self.reading(of: type)
      plan.accessors.append(
        Accessor(
          name: name, wire: member.wire, type: .optional(swiftType), reading: reading,
          documentation: documentation, deprecation: .removed(since: member.since)))
    }
  }

  private func addValue(
    _ value: String, of attribute: String, _ member: RemovedMember, to plan: inout ResourcePlan
  ) throws(SpecError) {
    guard let type = names.nestedType(attribute),
      let index = plan.enums.firstIndex(where: { $0.name == type })
    else { return }
    let allocator = valueNames
    guard let name = Identifier(allocator.name(of: WireName(value, specNames.acronyms))) else {
      return
    }
    if let other = plan.enums[index].values.first(where: { $0.name == name }) {
      throw SpecError(
        file: file, pointer: member.path,
        "is removed, but its Swift name '\(name.name)' is that of '\(other.wire)': delete it from "
          + "'removed'")
    }
    let now = member.renamedTo.flatMap { wire in
      plan.enums[index].values.first { $0.wire == wire }
    }
    plan.enums[index].values.append(
      MemberPlan(
        name: name, wire: now?.wire ?? value, documentation: DocComment("\(code: value)"),
        deprecation: now.map { .renamed($0.name) } ?? .removedValue(since: member.since)))
  }

  // MARK: - Arguments

  /// The most renamed arguments of one request for which there is an initializer for every choice of old and
  /// new labels.
  private static let mostMixedLabels = 3

  /// The initializers that take old labels: one for each set of them that a call can have, and one that is
  /// unavailable for those that nothing stands for.
  private func shims(of request: RequestPlan, _ removed: [RemovedMember]) -> [RequestPlan.Shim] {
    let renamed = removed.filter { member in
      request.arguments.contains { $0.wire == member.renamedTo }
    }
    var sets: [[RemovedMember]] = []
    if renamed.count <= Self.mostMixedLabels {
      for member in renamed { sets += [[member]] + sets.map { $0 + [member] } }
    } else {
      sets = renamed.map { [$0] } + [renamed]
    }
    var shims = sets.map { shim(of: request, renamed: $0) }
    let gone = removed.filter { $0.renamedTo == nil }
    guard !gone.isEmpty else { return shims }
    var arguments = request.arguments
    var removals: [Deprecation.Removal] = []
    for member in gone {
      guard let name = try? names.removed(member, file: file) else { continue }
      let argument = RequestPlan.Argument(
        name: name, wire: member.wire, type: .optional(.any), isRelationship: false)
      let place = member.after.flatMap { wire in arguments.firstIndex { $0.wire == wire } }
      arguments.insert(argument, at: place.map { $0 + 1 } ?? arguments.endIndex)
      removals.append(.init(name: name, since: member.since))
    }
    shims.append(.init(arguments: arguments, deprecation: .unavailableArguments(removals)))
    return shims
  }

  private func shim(
    of request: RequestPlan, renamed: [RemovedMember]
  ) -> RequestPlan.Shim {
    var arguments = request.arguments
    var renamings: [Deprecation.Renaming] = []
    var labels: Set<Identifier> = []
    for member in renamed {
      guard let index = arguments.firstIndex(where: { $0.wire == member.renamedTo }),
        let old = try? names.removed(member, file: file)
      else { continue }
      var argument = arguments.remove(at: index)
      renamings.append(.init(old: old, new: argument.name))
      argument.name = old
      labels.insert(old)
      let place = member.after.flatMap { wire in arguments.firstIndex { $0.wire == wire } }
      arguments.insert(argument, at: place.map { $0 + 1 } ?? index)
    }
    return .init(
      arguments: arguments, labels: labels, deprecation: .renamedArguments(renamings))
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

extension SwiftType {
  /// The type of a value that is set where the same attribute is read as this one.
  fileprivate var asValue: SwiftType { self == .jsonValue ? .jsonObject : self }
}

extension MemberNames {
  /// What a member that the spec no longer has was called.
  /// - Throws: ``SpecError`` where another member has the name.
  func removed(_ member: RemovedMember, file: String) throws(SpecError) -> Identifier {
    try free(Self.memberNames(acronyms), members, member, file)
  }

  /// What the call of a trigger that the spec no longer has was called.
  func removedVerb(_ member: RemovedMember, file: String) throws(SpecError) -> Identifier {
    try free(Self.verbNames(acronyms), verbs, member, file)
  }

  /// What the call of a relationship that the spec no longer has was called.
  func removedRelated(_ member: RemovedMember, file: String) throws(SpecError) -> Identifier {
    try free(Self.relatedNames(acronyms), related, member, file)
  }

  private func free(
    _ allocator: NameAllocator, _ names: [String: Identifier], _ member: RemovedMember,
    _ file: String
  ) throws(SpecError) -> Identifier {
    let text = allocator.name(of: WireName(member.wire, acronyms))
    guard let name = Identifier(text) else {
      throw SpecError(file: file, pointer: member.path, "'\(text)' is not a valid Swift name")
    }
    if let other = names.first(where: { $0.value == name }) {
      throw SpecError(
        file: file, pointer: member.path,
        "is removed, but its Swift name '\(text)' is that of '\(other.key)': delete it from 'removed'"
      )
    }
    return name
  }
}
