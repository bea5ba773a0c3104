extension ResourcePrinter {
  /// What makes the resource the base type of a family, and the conformances of its members: here, so
  /// that a member's file depends on its own spec alone.
  mutating func family() {
    guard let family = plan.family, let kindName = FamilyPlan.kindName else { return }
    let type = plan.typeName
    writer.blank()
    writer.block("extension \(type): FamilyResource") {
      Self.enumeration(
        OpenEnumPlan(
          name: kindName,
          documentation: DocComment("The types of the members; others may join."),
          values: family.kinds), &$0)
    }
    for member in family.members {
      writer.block("extension \(member): FamilyMember") { writer in
        writer.line("/// The base type.")
        writer.line("public typealias Family = \(type)")
      }
    }
  }

  /// The types of attributes that only some predicates fit.
  mutating func limitedFilters() {
    let plan = plan
    guard !plan.limitedFilters.isEmpty else { return }
    writer.blank()
    writer.block("extension \(plan.typeName)") { writer in
      for filter in plan.limitedFilters {
        writer.comment(DocComment("The predicates that fit \(code: filter.wire)."))
        writer.block("public struct \(filter.name): Sendable") {
          Self.predicates(filter, root: "\(plan.typeName)", &$0)
        }
      }
    }
  }

  private static func predicates(
    _ plan: LimitedFilterPlan, root: Code, _ writer: inout SourceWriter
  ) {
    let value = plan.value.code(qualified: true)
    writer.short(
      "private var field: FilterField<\(root), \(value)>", ".init(wire: \(literal: plan.wire))")
    for predicate in plan.predicates {
      writer.comment(predicate.documentation)
      let (argument, pass): (Code, Code) =
        switch predicate.argument {
        case .value: ("_ value: \(value)", "value")
        case .values: ("_ values: [\(value)]", "values")
        case .text: ("_ text: String", "text")
        case .texts: ("_ texts: [String]", "texts")
        case .flag: ("_ flag: Bool = true", "flag")
        case .object: ("_ object: JSONObject", "object")
        }
      writer.short(
        "public func \(predicate.name)(\(argument)) -> Filter<\(root)>",
        "field.\(predicate.name)(\(pass))")
    }
  }
}
