extension ResourcePrinter {
  /// The type of a request body.
  static func request(_ plan: RequestPlan, _ head: Code, _ writer: inout SourceWriter) {
    writer.comment(plan.documentation)
    writer.block(head) { writer in
      writer.line("/// The members to send.")
      writer.line("public var storage: RequestStorage")
      writer.comment(plan.initializerDocumentation)
      writer.line("@_alwaysEmitIntoClient")
      writer.list(
        "public init(",
        plan.arguments.map {
          $0.isOptional ? "\($0.name): \($0.type.code) = nil" : "\($0.name): \($0.type.code)"
        } + (plan.nulls.map { ["null: [\($0.code)<\(plan.owner)>] = []"] } ?? []), ") {")
      writer.indented { writer in
        writer.line("storage = RequestStorage(type: \(literal: plan.resource))")
        for argument in plan.arguments {
          writer.call(
            argument.isRelationship ? "storage.relate" : "storage.set",
            "\(literal: argument.wire), \(argument.name)")
        }
        if plan.nulls != nil { writer.line("storage.setNull(null)") }
      }
      writer.line("}")
    }
  }
}

extension RequestPlan.NullName {
  fileprivate var code: Code {
    switch self {
    case .create: "CreateNull"
    case .update: "UpdateNull"
    }
  }
}
