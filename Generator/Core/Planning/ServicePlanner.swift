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
    let names = try Self.names(
      of: service.predicates.map(\.name), acronyms: Acronyms(profile), file: file,
      pointer: "/predicates")
    var groups: [PredicateGroup.Fit: [PredicatePlan]] = [:]
    var seen: Set<String> = []
    for (index, predicate) in service.predicates.enumerated() {
      let pointer = "/predicates/\(index)"
      guard seen.insert(predicate.name).inserted, let name = names[predicate.name] else {
        throw SpecError(file: file, pointer: pointer, "the predicate is there twice")
      }
      let fits = PredicateFit(predicate)
      try fits.check(predicate.argument, file: file, pointer: pointer)
      let plan = PredicatePlan(
        name: name, wire: predicate.name,
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

  /// The names of the predicates' methods.
  /// - Throws: ``SpecError`` when two cannot be told apart.
  static func names(
    of predicates: [String], acronyms: Acronyms, file: String, pointer: String
  ) throws(SpecError) -> [String: Identifier] {
    var names = try NameAllocator(
      style: .member, acronyms: acronyms,
      reserved: .predicates.adding(
        ["true", "false"], reason: "read as the value rather than as the question"),
      suffix: "Predicate"
    ).names(for: predicates, file: file, pointer: pointer)
    for wire in predicates { names[wire] = question(wire) ?? names[wire] }
    return names
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
  init(_ argument: ServiceSpec.Argument) {
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
