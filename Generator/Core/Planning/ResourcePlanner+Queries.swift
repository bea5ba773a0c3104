import Spec

/// What lists can be asked for, and the methods of the resource's client.
extension ResourcePlanner {
  var filters: [FilterPlan] {
    let attributes = attributes.compactMap { wire, attribute -> FilterPlan? in
      guard attribute.filter == true, let name = names.member(wire) else { return nil }
      return FilterPlan(
        name: name, wire: wire, value: filterValue(wire, attribute), isRelationship: false,
        documentation: DocComment("\(code: wire)"))
    }
    let relationships = relationships.compactMap { wire, relationship -> FilterPlan? in
      guard relationship.filter == true, let name = names.member(wire) else { return nil }
      return FilterPlan(
        name: name, wire: wire, value: .resource(typeName), isRelationship: true,
        documentation: DocComment("\(code: wire)"))
    }
    return attributes + relationships
  }

  var sorts: [MemberPlan] {
    attributes.filter { $0.spec.sort == true }.compactMap { member($0.wire) }
  }

  var fields: [MemberPlan] {
    let wires =
      attributes.filter { isReadable($0.wire, $0.spec) }.map(\.wire) + relationships.map(\.wire)
    return wires.compactMap(member)
  }

  var includes: [MemberPlan] {
    relationships.filter { $0.spec.include == true }.compactMap { member($0.wire) }
  }

  /// The verbs that take nothing but the id: boolean triggers that an update can send.
  var triggers: [MemberPlan] {
    guard spec.operations[.update] != nil, !isSingleton else { return [] }
    return attributes.compactMap { wire, attribute in
      guard attribute.trigger == true, attribute.type == .boolean, attribute.update != nil,
        let name = names.trigger(wire)
      else { return nil }
      return MemberPlan(
        name: name, wire: wire, documentation: DocComment("Sends the trigger \(code: wire)."))
    }
  }

  var related: [RelatedPlan] {
    guard !isSingleton else { return [] }
    return relationships.compactMap { wire, relationship in
      guard let name = names.member(wire) else { return nil }
      let what: DocText =
        relationship.cardinality == .many
        ? "The related \(code: wire) of one of the \(code: spec.resource)."
        : "The \(code: wire) of one of the \(code: spec.resource), nil when it has none."
      return RelatedPlan(
        name: name, wire: wire, isToMany: relationship.cardinality == .many,
        target: target(of: relationship), documentation: DocComment(what))
    }
  }

  private func member(_ wire: String) -> MemberPlan? {
    names.member(wire).map {
      MemberPlan(name: $0, wire: wire, documentation: DocComment("\(code: wire)"))
    }
  }

  private func filterValue(_ wire: String, _ attribute: AttributeSpec) -> SwiftType {
    wire == "id" ? .resourceID : settableType(wire, attribute)
  }
}
