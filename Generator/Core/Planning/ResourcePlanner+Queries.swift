import Spec

/// What lists can be asked for, and the calls of the resource's client.
extension ResourcePlanner {
  var members: MemberPlans {
    MemberPlanner(
      attributes: attributes.filter { !shared.contains($0.wire) },
      relationships: relationships.filter { !shared.contains($0.wire) },
      canUpdate: spec.operations[.update] != nil, of: self
    ).plans
  }

  /// The same with what the traits have.
  package var allMembers: MemberPlans {
    MemberPlanner(
      attributes: attributes, relationships: relationships,
      canUpdate: spec.operations[.update] != nil, of: self
    ).plans
  }
}

/// Decides the members that some attributes and relationships give to the runtime's types.
struct MemberPlanner {
  let attributes: [(wire: String, spec: AttributeSpec)]
  let relationships: [(wire: String, spec: RelationshipSpec)]
  let canUpdate: Bool
  let resource: ResourcePlanner

  init(
    attributes: [(wire: String, spec: AttributeSpec)],
    relationships: [(wire: String, spec: RelationshipSpec)], canUpdate: Bool,
    of resource: ResourcePlanner
  ) {
    self.attributes = attributes
    self.relationships = relationships
    self.canUpdate = canUpdate
    self.resource = resource
  }

  var plans: MemberPlans {
    var plans = MemberPlans(verbs: verbs, related: related)
    for (wire, attribute) in attributes {
      guard let name = resource.names.member(wire) else { continue }
      let deprecation = resource.deprecation(
        of: wire, attribute, naming: resource.names.member)
      let member = MemberPlan(
        name: name, wire: wire, documentation: DocComment(), deprecation: deprecation)
      if resource.isNullable(wire, attribute) {
        plans.addNull(member, create: attribute.create, update: attribute.update)
      }
      if attribute.isFilterable {
        plans.filters.append(
          FilterPlan(
            name: name, wire: wire,
            type: wire == "id" ? .id(resource.typeName) : resource.filterType(wire, attribute),
            isRelationship: false, limited: resource.limitedFilter(wire, attribute),
            deprecation: deprecation))
      }
      switch (attribute.sort == true, resource.isReadable(wire, attribute)) {
      case (true, true): plans.sorts.append(member)
      case (true, false): plans.sortOnly.append(member)
      case (false, true): plans.fields.append(member)
      case (false, false): continue
      }
    }
    for (wire, relationship) in relationships {
      guard let name = resource.names.member(wire) else { continue }
      let deprecation = resource.deprecation(
        of: wire, relationship, naming: resource.names.member)
      let member = MemberPlan(
        name: name, wire: wire, documentation: DocComment(), deprecation: deprecation)
      if relationship.cardinality == .one, relationship.neverNull != true {
        plans.addNull(member, create: relationship.create, update: relationship.update)
      }
      let target = resource.target(of: relationship)
      let path = PathPlan(name: name, wire: wire, target: target, deprecation: deprecation)
      switch (relationship.filter == true, relationship.include == true) {
      case (true, true): plans.paths.append(path)
      case (false, true): plans.steps.append(path)
      case (true, false):
        plans.filters.append(
          FilterPlan(
            name: name, wire: wire, type: target.map(SwiftType.resource) ?? .anyResource,
            isRelationship: true, deprecation: deprecation))
      case (false, false): break
      }
      switch (relationship.sort == true, relationship.include == true) {
      case (true, true):
        plans.sortOnly.append(member)
        plans.includes.append(member)
      case (false, true): plans.includes.append(member)
      case (true, false): plans.sorts.append(member)
      case (false, false): plans.fields.append(member)
      }
    }
    return plans
  }

  private var verbs: [VerbPlan] {
    guard canUpdate else { return [] }
    return attributes.compactMap { wire, attribute in
      guard attribute.trigger == true, attribute.update != nil,
        let name = resource.names.verb(wire)
      else { return nil }
      let again: DocText =
        attribute.idempotent == true ? " Sending it again changes nothing more." : ""
      return VerbPlan(
        name: name, wire: wire,
        value: attribute.type == .boolean ? nil : resource.settableType(wire, attribute),
        documentation: DocComment(
          "Sends the trigger \(code: wire). \(MemberFacts.of(attribute.effect))\(again)"),
        deprecation: resource.deprecation(
          of: wire, attribute, naming: resource.names.verb))
    }
  }

  private var related: [RelatedPlan] {
    relationships.compactMap { wire, relationship in
      guard let name = resource.names.related(wire) else { return nil }
      let what: DocText =
        relationship.cardinality == .many
        ? "Lists the related \(code: wire)." : "Retrieves the related \(code: wire)."
      return RelatedPlan(
        name: name, wire: wire, isToMany: relationship.cardinality == .many,
        target: resource.target(of: relationship), documentation: DocComment(what),
        deprecation: resource.deprecation(
          of: wire, relationship, naming: resource.names.related))
    }
  }
}

extension MemberPlans {
  /// Adds what may be `null` to the list of the operations that take it.
  fileprivate mutating func addNull(
    _ member: MemberPlan, create: Requirement?, update: Requirement?
  ) {
    func isLeftOut(_ requirement: Requirement?) -> Bool {
      requirement != nil && requirement != .required
    }
    switch (isLeftOut(create), isLeftOut(update)) {
    case (true, true): nulls.append(member)
    case (true, false): createNulls.append(member)
    case (false, true): updateNulls.append(member)
    case (false, false): break
    }
  }
}
