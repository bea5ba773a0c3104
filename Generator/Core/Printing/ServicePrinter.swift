/// Prints the file about all resources together.
enum ServicePrinter {
  static func print(_ plan: ServicePlan) -> String {
    var writer = SourceWriter()
    writer.line("@_spi(Generated) public import CommerceLayerRuntime")
    let uses = plan.traitUses.filter { !$0.targets.isEmpty }
    if let vocabulary = plan.code.vocabulary, !uses.isEmpty {
      writer.line("public import \(vocabulary)")
    }
    if plan.code.vocabulary == nil, plan.vocabularyUsesDate {
      VocabularyPrinter.importDate(&writer)
    }
    writer.blank()
    writer.line("/// What all resources share.")
    writer.block("public enum \(plan.code.service)") { writer in
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
      for use in uses {
        writer.blank()
        writer.line("/// `Common.\(use.trait)` with what it leads to here.")
        let targets = use.targets.map { target -> Code in
          "\(target.name) == \(target.type.map { "\($0)" } ?? "AnyResource")"
        }
        writer.line(
          "public protocol \(use.trait): Common.\(use.trait) where \(Code.joined(targets, by: ", ")) {}"
        )
      }
    }
    removed(plan, &writer)
    if plan.code.vocabulary == nil { VocabularyPrinter.declarations(of: plan, &writer) }
    return writer.text
  }

  /// The types and the client's properties of resources that the documentation no longer has.
  private static func removed(_ plan: ServicePlan, _ writer: inout SourceWriter) {
    guard !plan.removed.isEmpty else { return }
    for removed in plan.removed {
      writer.blank()
      if let successor = removed.successor {
        writer.comment(DocComment("The resource \(code: removed.wire) by its old name."))
        writer.deprecation(.renamed(successor.typeName))
        writer.line("public typealias \(removed.typeName) = \(successor.typeName)")
      } else {
        writer.comment(DocComment("The resource \(code: removed.wire), which was removed."))
        writer.deprecation(removed.deprecation)
        writer.line("public enum \(removed.typeName) {}")
      }
    }
    writer.blank()
    writer.block("extension \(plan.code.client)") { writer in
      for removed in plan.removed {
        writer.comment(DocComment("The \(code: removed.wire), which were removed."))
        writer.deprecation(removed.deprecation)
        if let successor = removed.successor {
          writer.short(
            "public var \(removed.property): ResourceClient<\(successor.typeName)>",
            "\(successor.property)")
        } else {
          writer.short(
            "public var \(removed.property): \(removed.typeName).Type", "\(removed.typeName).self")
        }
      }
    }
  }
}

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
