import Spec

/// Decides what the file about all resources says.
struct ServicePlanner {
  let service: ServiceSpec
  var profile = Profile.commerceLayer
  let file = "service.json"

  /// - Throws: ``SpecError`` at a predicate that no method can express.
  func plan(
    schemas: [Identifier], traits: [TraitPlan] = [], uses: [TraitUse] = []
  ) throws(SpecError) -> ServicePlan {
    let names = try NameAllocator(
      style: .member, acronyms: Acronyms(profile),
      reserved: .predicates.adding(
        ["true", "false"], reason: "read as the value rather than as the question"),
      suffix: "Predicate"
    ).names(for: service.predicates.map(\.name), file: file, pointer: "/predicates")
    var groups: [PredicateGroup.Fit: [PredicatePlan]] = [:]
    var seen: Set<String> = []
    for (index, predicate) in service.predicates.enumerated() {
      let pointer = "/predicates/\(index)"
      guard seen.insert(predicate.name).inserted, let plain = names[predicate.name] else {
        throw SpecError(file: file, pointer: pointer, "the predicate is there twice")
      }
      let fits = PredicateFit(predicate)
      try fits.check(predicate.argument, file: file, pointer: pointer)
      let plan = PredicatePlan(
        name: Self.question(predicate.name) ?? plain, wire: predicate.name,
        argument: PredicatePlan.Argument(predicate.argument),
        documentation: DocComment("\(code: predicate.name)"))
      for fit in fits.groups { groups[fit, default: []].append(plan) }
    }
    return ServicePlan(
      code: try CodeNames(profile), table: try service.table(of: profile), schemas: schemas,
      predicates: PredicateGroup.Fit.allCases.compactMap { fit in
        groups[fit].map { PredicateGroup(fit: fit, predicates: $0.sorted { $0.wire < $1.wire }) }
      }, traits: traits, traitUses: uses)
  }

  /// `true` and `false` would be literals; the methods ask instead.
  private static func question(_ wire: String) -> Identifier? {
    switch wire {
    case "true": Identifier("isTrue")
    case "false": Identifier("isFalse")
    default: nil
    }
  }
}

extension PredicatePlan.Argument {
  fileprivate init(_ argument: ServiceSpec.Argument) {
    self =
      switch argument {
      case .value: .value
      case .values: .values
      case .text: .text
      case .texts: .texts
      case .flag: .flag
      case .object: .object
      }
  }
}
