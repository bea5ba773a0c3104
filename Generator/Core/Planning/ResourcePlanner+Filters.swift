import Spec

/// A named filter of the service's own.
package struct ScopePlan: Sendable, Hashable {
  package var name: Identifier
  package var wire: String
  package var argument: PredicatePlan.Argument
  /// What it takes one or several of, where it takes values.
  package var value: SwiftType
}

/// The type of an attribute that only some predicates fit.
package struct LimitedFilterPlan: Sendable, Hashable {
  /// The type, nested in the resource.
  var name: Identifier
  package var wire: String
  package var value: SwiftType
  package var predicates: [PredicatePlan]
}

extension ResourcePlanner {
  /// The named filters, in the order of their wire names.
  /// - Throws: ``SpecError`` when two names cannot be told apart.
  func scopes() throws(SpecError) -> [ScopePlan] {
    let scopes = spec.scopes ?? [:]
    let identifiers = try NameAllocator(
      style: .member, acronyms: specNames.acronyms, reserved: .queryStatics, suffix: "Scope"
    ).names(for: scopes.keys, file: file, pointer: "/scopes")
    return scopes.sorted { $0.key < $1.key }.compactMap { wire, scope in
      guard let name = identifiers[wire] else { return nil }
      let attribute = scope.attribute.flatMap { wire in spec.attributes[wire].map { (wire, $0) } }
      let value = attribute.map { filterType($0, $1) } ?? .string
      return ScopePlan(
        name: name, wire: wire, argument: PredicatePlan.Argument(scope.argument),
        value: value.isScalar ? value : .string)
    }
  }

  /// The type of the values an attribute is compared with.
  func filterType(_ wire: String, _ attribute: AttributeSpec) -> SwiftType {
    if wire == "type", spec.members?.isEmpty == false, let kind = FamilyPlan.kindName {
      return .nested(kind, of: typeName)
    }
    return attribute.type == .array ? .array(.jsonValue) : settableType(wire, attribute)
  }

  /// The type that stands for the field itself, where only some predicates fit the attribute; nil where
  /// all that fit its type do.
  func limitedFilter(_ wire: String, _ attribute: AttributeSpec) -> Identifier? {
    guard attribute.predicates != nil, let member = names.member(wire)?.name else { return nil }
    return Identifier(member.prefix(1).uppercased() + member.dropFirst() + "Predicates")
  }

  /// The attributes that only some predicates fit.
  /// - Throws: ``SpecError`` at a predicate the service does not have.
  func limitedFilters() throws(SpecError) -> [LimitedFilterPlan] {
    var plans: [LimitedFilterPlan] = []
    for (wire, attribute) in attributes {
      guard let wires = attribute.predicates, let name = limitedFilter(wire, attribute) else {
        continue
      }
      let pointer = "/attributes/\(wire)/predicates"
      guard !spec.attributes.keys.contains(where: { names.nestedType($0) == name }) else {
        throw SpecError(
          file: file, pointer: pointer, "'\(name.name)' is the type of another attribute's values")
      }
      let identifiers = try ServicePlanner.names(
        of: wires, acronyms: specNames.acronyms, file: file, pointer: pointer)
      var predicates: [PredicatePlan] = []
      for wire in wires.sorted() {
        guard let known = self.predicates.first(where: { $0.name == wire }),
          let name = identifiers[wire]
        else {
          throw SpecError(
            file: file, pointer: pointer, "'\(wire)' is not a predicate of service.json")
        }
        predicates.append(
          PredicatePlan(
            name: name, wire: wire, argument: PredicatePlan.Argument(known.argument),
            documentation: DocComment("\(code: wire)")))
      }
      plans.append(
        LimitedFilterPlan(
          name: name, wire: wire, value: filterType(wire, attribute), predicates: predicates))
    }
    return plans
  }
}

extension AttributeSpec {
  /// Whether lists can be filtered by it, be it with some predicates only.
  var isFilterable: Bool { filter == true || predicates != nil }
}

extension SwiftType {
  /// Whether a query can hold it as text.
  fileprivate var isScalar: Bool {
    switch self {
    case .string, .int, .double, .bool, .date, .nested: true
    default: false
    }
  }
}
