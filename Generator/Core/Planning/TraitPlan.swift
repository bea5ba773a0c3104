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
  static func plans(
    for resources: [ResourceSpec], in names: SpecNames,
    descriptions: [String: ResourceDescriptions] = [:]
  ) throws(SpecError) -> [TraitPlan] {
    var plans: [TraitPlan] = []
    for trait in Trait.all {
      let having = resources.filter(trait.fits).map(\.resource)
      guard !having.isEmpty else { continue }
      plans.append(
        try plan(
          trait, in: names,
          descriptions: ResourceDescriptions(
            of: trait.name.name, common: having.compactMap { descriptions[$0] })))
    }
    return plans
  }

  private static func plan(
    _ trait: Trait, in names: SpecNames, descriptions: ResourceDescriptions
  ) throws(SpecError) -> TraitPlan {
    var planner = try ResourcePlanner(
      trait: ResourceSpec(
        resource: trait.name.name, singular: trait.name.name, attributes: trait.attributes,
        relationships: trait.relationships),
      in: names, typeName: trait.name)
    planner.descriptions = descriptions
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

extension ResourceDescriptions {
  /// What is said of attributes and relationships that many resources have: for each the text that most
  /// of them have, and of several the first in order.
  init(of name: String, common all: [ResourceDescriptions]) {
    func common(_ texts: [[String: String]]) -> [String: String] {
      var counts: [String: [String: Int]] = [:]
      for (name, text) in texts.joined() { counts[name, default: [:]][text, default: 0] += 1 }
      return counts.compactMapValues { counts in
        counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
      }
    }
    self.init(
      resource: name, attributes: common(all.map(\.attributes)),
      relationships: common(all.map(\.relationships)))
  }
}
