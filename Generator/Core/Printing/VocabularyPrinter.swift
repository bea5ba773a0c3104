/// Prints what all clients of a service have in common, whichever resources each of them has: the
/// predicates and the traits.
///
/// They extend types of the runtime, so that two modules with a copy each could not be imported in
/// one file: every `.eq` would be ambiguous there.
enum VocabularyPrinter {
  /// The file of a module of its own.
  static func print(_ plan: ServicePlan) -> String {
    var writer = SourceWriter()
    writer.line("@_spi(Generated) public import CommerceLayerRuntime")
    if plan.vocabularyUsesDate { importDate(&writer) }
    declarations(of: plan, &writer)
    return writer.text
  }

  static func importDate(_ writer: inout SourceWriter) {
    writer.blank()
    writer.line("public import struct Foundation.Date")
  }

  static func declarations(of plan: ServicePlan, _ writer: inout SourceWriter) {
    for group in plan.predicates { extend(group, &writer) }
    TraitPrinter(plans: plan.traits).print(&writer)
  }

  private static func extend(_ group: PredicateGroup, _ writer: inout SourceWriter) {
    let constraint: Code =
      switch group.fit {
      case .every: ""
      case .scalar: " where Value: ScalarFilterValue"
      case .text: " where Value: TextFilterValue"
      case .comparable: " where Value: ComparableFilterValue"
      case .integer: " where Value == Int"
      case .float: " where Value == Double"
      case .boolean: " where Value == Bool"
      case .datetime: " where Value == Date"
      case .object: " where Value == JSONObject"
      case .array: " where Value == [JSONValue]"
      case .id: " where Value: IDFilterValue"
      }
    writer.blank()
    writer.block("extension FilterField\(constraint)") { writer in
      for (index, predicate) in group.predicates.enumerated() {
        if index > 0 { writer.blank() }
        writer.comment(predicate.documentation)
        method(predicate, &writer)
      }
    }
  }

  private static func method(_ plan: PredicatePlan, _ writer: inout SourceWriter) {
    let wire = SwiftStringLiteral(plan.wire)
    let (argument, body): (Code, Code) =
      switch plan.argument {
      case .value: ("_ value: Value", "predicate(\(wire), value)")
      case .values: ("_ values: [Value]", "predicate(\(wire), values)")
      case .text: ("_ text: String", "predicate(\(wire), text: text)")
      case .texts: ("_ texts: [String]", "predicate(\(wire), texts: texts)")
      case .flag: ("_ flag: Bool = true", "predicate(\(wire), flag: flag)")
      case .object: ("_ object: JSONObject", "predicate(\(wire), object: object)")
      }
    writer.short("public func \(plan.name)(\(argument)) -> Filter<Root>", body)
  }
}
