/// Prints the tables alone: the schemas of all resources and what they share, without a model, for
/// programs that act on the schema and would only wait for the models to compile.
enum TablesPrinter {
  static func print(_ plan: ServicePlan, tables: [String]) -> String {
    var writer = SourceWriter()
    writer.line("@_spi(Generated) public import CommerceLayerRuntime")
    writer.blank()
    writer.line(
      "/// What the documentation says of the service and its resources, without their models.")
    writer.block("public enum \(plan.code.tables)") { writer in
      writer.line("/// Limits, predicates, error codes and importable types.")
      writer.line("public static let service = ServiceDescription(")
      writer.indented { $0.line("table: \(literal: plan.table))") }
      writer.blank()
      writer.line("/// The shape of the generated code.")
      writer.line("public static let generatedCodeVersion = GeneratedCode.version1")
      writer.blank()
      writer.line("/// The schemas of all resources, in the order of their names.")
      writer.line(
        "public static let schemas: [ResourceSchema] = tables.map(ResourceSchema.init(table:))")
      writer.blank()
      writer.line(
        "/// Returns the schema of one resource; nil when there is no resource of that name.")
      writer.block("public static func schema(of resource: String) -> ResourceSchema?") {
        $0.line("schemas.first { $0.name == resource }")
      }
      writer.blank()
      writer.line("/// The table of each resource.")
      writer.block("private static var tables: [String]") { writer in
        writer.line("[")
        writer.indented { writer in
          for table in tables { writer.line("\(literal: table),") }
        }
        writer.line("]")
      }
    }
    return writer.text
  }
}
