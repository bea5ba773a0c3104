/// Prints the file about all resources together.
enum ServicePrinter {
  static func print(_ plan: ServicePlan) -> String {
    var writer = SourceWriter()
    writer.line("@_spi(Generated) public import CommerceLayerRuntime")
    if plan.usesDate {
      writer.blank()
      writer.line("public import struct Foundation.Date")
    }
    writer.blank()
    writer.line("/// What all resources share.")
    writer.block("public enum CommerceLayerService") { writer in
      writer.line("/// Limits, predicates, error codes and importable types.")
      writer.line("public static let description = ServiceDescription(")
      writer.indented { $0.line("table: \(literal: plan.table))") }
      writer.blank()
      writer.line(
        "/// The shape of the generated code. Where the name is unknown, the code was generated for"
      )
      writer.line("/// another version of the package: generate it again.")
      writer.line("public static let generatedCodeVersion: Int = GeneratedCode.version1")
      writer.blank()
      writer.line("/// The schemas of all resources, in the order of their names.")
      writer.list(
        "public static let schemas: [ResourceSchema] = [", plan.schemas.map { "\($0).schema" },
        "]", endsWithComma: true)
      writer.blank()
      writer.line("/// The types of all resources, in the same order.")
      writer.list(
        "public static let resourceTypes: [any Resource.Type] = [",
        plan.schemas.map { "\($0).self" }, "]", endsWithComma: true)
    }
    for group in plan.predicates { extend(group, &writer) }
    TraitPrinter(plans: plan.traits).print(&writer)
    return writer.text
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
