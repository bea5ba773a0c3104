import Spec

/// Everything one trait's code says.
struct TraitPlan: Sendable, Hashable {
  var name: Identifier
  var documentation: DocComment
  var accessors: [Accessor]
  var members: MemberPlans
}

extension TraitPlan {
  /// The plans of the traits that some of the resources have.
  /// - Throws: ``SpecError`` never in practice: the traits are the generator's own.
  static func plans(for resources: [ResourceSpec], in names: SpecNames) throws(SpecError)
    -> [TraitPlan]
  {
    var plans: [TraitPlan] = []
    for trait in Trait.all where resources.contains(where: trait.fits) {
      plans.append(try plan(trait, in: names))
    }
    return plans
  }

  private static func plan(_ trait: Trait, in names: SpecNames) throws(SpecError) -> TraitPlan {
    let planner = try ResourcePlanner(
      trait: ResourceSpec(
        resource: trait.name.name, singular: trait.name.name, attributes: trait.attributes,
        relationships: trait.relationships),
      in: names, typeName: trait.name)
    let members = MemberPlanner(
      attributes: planner.attributes, relationships: planner.relationships, canUpdate: true,
      of: planner)
    return TraitPlan(
      name: trait.name,
      documentation: DocComment("Resources that have \(codes: trait.members.sorted())."),
      accessors: planner.accessors(planner.attributes, planner.relationships),
      members: members.plans)
  }
}
