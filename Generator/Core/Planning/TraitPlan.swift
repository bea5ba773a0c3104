import Spec

/// Everything one trait's code says.
struct TraitPlan: Sendable, Hashable {
  /// A type the trait leaves to the client: what a relationship leads to is a resource, and which
  /// resources there are differs from client to client.
  struct Target: Sendable, Hashable {
    /// The associated type: `TagsTarget`.
    var name: Identifier
    /// The relationship.
    var wire: String
    var documentation: DocComment
  }

  var name: Identifier
  var documentation: DocComment
  var targets: [Target]
  var accessors: [Accessor]
  var members: MemberPlans
}

/// A trait as one client's resources have it.
struct TraitUse: Sendable, Hashable {
  /// What an associated type of the trait is in this client.
  struct Target: Sendable, Hashable {
    var name: Identifier
    /// The resource's type; nil for a resource of any type.
    var type: Identifier?
  }

  var trait: Identifier
  var targets: [Target]
}

extension TraitPlan {
  /// The plans of the traits.
  /// - Throws: ``SpecError`` at a trait that has no Swift name.
  static func plans(in names: SpecNames) throws(SpecError) -> [TraitPlan] {
    var plans: [TraitPlan] = []
    for trait in names.traits { plans.append(try plan(trait, in: names)) }
    return plans
  }

  /// The associated type of a trait for what a relationship leads to.
  static func targetName(_ wire: String, in names: SpecNames) -> Identifier? {
    Identifier(WireName(wire, names.acronyms).upperCamel + "Target")
  }

  private static func plan(_ trait: TraitSpec, in names: SpecNames) throws(SpecError) -> TraitPlan {
    guard let name = Identifier(trait.name) else {
      throw SpecError(
        file: TraitSpec.fileName, pointer: "/traits",
        "'\(trait.name)' is not a valid Swift name: use letters, digits and '_'")
    }
    let planner = try ResourcePlanner(
      trait: ResourceSpec(
        resource: trait.name, singular: trait.name, attributes: trait.attributes,
        relationships: trait.relationships),
      in: names, typeName: name)
    let members = MemberPlanner(
      attributes: planner.attributes, relationships: planner.relationships, canUpdate: true,
      of: planner)
    var plan = TraitPlan(
      name: name,
      documentation: DocComment("Resources that have \(codes: trait.members.sorted())."),
      targets: trait.relationships.keys.sorted().compactMap { wire in
        targetName(wire, in: names).map {
          Target(name: $0, wire: wire, documentation: DocComment("What \(code: wire) leads to."))
        }
      },
      accessors: planner.accessors(planner.attributes, planner.relationships),
      members: members.plans)
    for target in plan.targets { plan.lead(target.wire, to: target.name) }
    return plan
  }

  /// Makes everything that follows a relationship lead to an associated type.
  private mutating func lead(_ wire: String, to target: Identifier) {
    for index in accessors.indices where accessors[index].wire == wire {
      switch accessors[index].reading {
      case .resources:
        accessors[index].type = .optional(.array(.resource(target)))
        accessors[index].reading = .resources(target)
      case .resource:
        accessors[index].type = .optional(.resource(target))
        accessors[index].reading = .resource(target)
      default: continue
      }
    }
    for index in members.filters.indices where members.filters[index].wire == wire {
      members.filters[index].type = .resource(target)
    }
    for index in members.paths.indices where members.paths[index].wire == wire {
      members.paths[index].target = target
    }
    for index in members.steps.indices where members.steps[index].wire == wire {
      members.steps[index].target = target
    }
    for index in members.related.indices where members.related[index].wire == wire {
      members.related[index].target = target
    }
  }
}

extension ResourcePlanner {
  /// The resource's traits with what their relationships lead to.
  /// - Throws: ``SpecError`` at a trait that has no Swift name.
  func traitUses() throws(SpecError) -> [TraitUse] {
    var uses: [TraitUse] = []
    for trait in traits { uses.append(try use(of: trait)) }
    return uses
  }

  private func use(of trait: TraitSpec) throws(SpecError) -> TraitUse {
    guard let name = Identifier(trait.name) else {
      throw SpecError(
        file: TraitSpec.fileName, pointer: "/traits", "'\(trait.name)' is not a valid Swift name")
    }
    return TraitUse(
      trait: name,
      targets: trait.relationships.sorted { $0.key < $1.key }.compactMap { wire, relationship in
        TraitPlan.targetName(wire, in: specNames).map {
          TraitUse.Target(name: $0, type: target(of: relationship))
        }
      })
  }
}
