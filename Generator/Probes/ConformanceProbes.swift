package import GeneratorCore
package import Spec

/// Prints the source of a test target that touches every typed name of the client: what a property is
/// called and which type it has is not visible at run time, so that a test of all of it must itself be
/// generated.
///
/// A resource becomes a probe: a type whose functions read every accessor, set every argument and name
/// every filter, sort key, field, include, trigger and related list once, each beside its wire name.
/// What must come out is judged at run time, by the schema.
package enum ConformanceProbes {
  /// The files: one for each resource, and one that lists them.
  /// - Throws: ``SpecError`` when the spec cannot become Swift.
  package static func files(for spec: SpecFolder) throws(SpecError) -> [Generator.File] {
    let (resources, service) = try Generator.planned(spec)
    return resources.map { resource in
      var printer = ResourceProbePrinter(
        spec: resource.spec, planner: resource.planner, plan: resource.plan)
      return file(from: resource.plan.source, printer.file())
    } + [file(from: "service.json", print(service))]
  }

  private static func file(from source: String, _ text: String) -> Generator.File {
    let stem = source.hasSuffix(".json") ? String(source.dropLast(5)) : source
    return .init(name: stem + ".probe.swift", from: source, text)
  }

  /// The file that lists the probes and applies every predicate to each type of value.
  private static func print(_ plan: ServicePlan) -> String {
    var writer = SourceWriter()
    writer.line("import CommerceLayer")
    writer.line("import Foundation")
    writer.blank()
    writer.block("enum GeneratedProbes") { writer in
      writer.line("static let all: [any ResourceProbe.Type] = [")
      writer.indented { writer in
        for type in plan.schemas { writer.line("\(type)Probe.self,") }
      }
      writer.line("]")
    }
    for value in ProbedValue.allCases { predicates(of: value, plan, &writer) }
    return writer.text
  }

  /// Every predicate that fits a type of value, applied to a field of that type.
  private static func predicates(
    of value: ProbedValue, _ plan: ServicePlan, _ writer: inout SourceWriter
  ) {
    let fitting = plan.predicates.filter { value.fits.contains($0.fit) }.flatMap(\.predicates)
      .sorted { $0.wire < $1.wire }
    writer.blank()
    writer.line("func everyPredicate\(value.generics)(")
    writer.indented { $0.line("of field: FilterField<Root, \(value.type)>") }
    writer.line(") -> [ProbedFilter<Root>] {")
    writer.indented { writer in
      writer.line("[")
      writer.indented { writer in
        for predicate in fitting {
          let argument: Code =
            switch predicate.argument {
            case .value: value.sample
            case .values: "[\(value.sample), \(value.sample)]"
            case .text: "\"a\""
            case .texts: "[\"a\", \"b\"]"
            case .flag: "true"
            case .object: "[\"k\": 1]"
            }
          writer.line(
            "ProbedFilter(\(literal: predicate.wire), field.\(predicate.name)(\(argument))),")
        }
      }
      writer.line("]")
    }
    writer.line("}")
  }
}

/// The types of values that fields are compared with.
private enum ProbedValue: CaseIterable {
  case string, openEnum, integer, float, boolean, datetime, object, array, id

  var type: Code {
    switch self {
    case .string: "String"
    case .openEnum: "Value"
    case .integer: "Int"
    case .float: "Double"
    case .boolean: "Bool"
    case .datetime: "Date"
    case .object: "JSONObject"
    case .array: "[JSONValue]"
    case .id: "ID<Target>"
    }
  }

  var generics: Code {
    switch self {
    case .openEnum: "<Root: Resource, Value: OpenEnum>"
    // Of the resource itself, or of one that a path leads to.
    case .id: "<Root: Resource, Target: Resource>"
    default: "<Root: Resource>"
    }
  }

  var sample: Code {
    switch self {
    case .string: "\"a\""
    case .openEnum: "Value(rawValue: \"a\")"
    case .integer: "3"
    case .float: "2.5"
    case .boolean: "true"
    case .datetime: "Date(timeIntervalSince1970: 0)"
    case .object: "[\"k\": 1]"
    case .array: "[1]"
    case .id: "\"a\""
    }
  }

  /// Where the predicates of such values are.
  var fits: Set<PredicateGroup.Fit> {
    switch self {
    case .string, .openEnum: [.every, .scalar, .text]
    case .integer: [.every, .scalar, .comparable, .integer]
    case .float: [.every, .scalar, .comparable, .float]
    case .boolean: [.every, .scalar, .boolean]
    case .datetime: [.every, .scalar, .comparable, .datetime]
    case .object: [.every, .object]
    case .array: [.every, .array]
    case .id: [.every, .scalar, .comparable, .id]
    }
  }
}
