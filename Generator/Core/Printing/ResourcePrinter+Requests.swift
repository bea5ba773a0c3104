extension ResourcePrinter {
  /// The type of a request body.
  static func request(_ plan: RequestPlan, _ head: Code, _ writer: inout SourceWriter) {
    writer.comment(plan.documentation)
    writer.block(head) { writer in
      writer.line("/// The members to send.")
      writer.line("public var storage: RequestStorage")
      writer.comment(plan.initializerDocumentation)
      writer.line("@_alwaysEmitIntoClient")
      initializer(plan.arguments, of: plan, &writer)
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
      for shim in plan.shims { Self.shim(shim, of: plan, &writer) }
    }
  }

  /// The first line of an initializer, or more.
  private static func initializer(
    _ arguments: [RequestPlan.Argument], withoutDefault labels: Set<Identifier> = [],
    of plan: RequestPlan, _ writer: inout SourceWriter
  ) {
    writer.list(
      "public init(",
      arguments.map {
        $0.isOptional && !labels.contains($0.name)
          ? "\($0.name): \($0.type.code) = nil" : "\($0.name): \($0.type.code)"
      } + (plan.nulls.map { ["null: [\($0.code)<\(plan.owner)>] = []"] } ?? []), ") {")
  }

  /// An initializer that takes labels of before. An old label that must be given, or a
  /// disfavored overload, keeps calls from being ambiguous.
  private static func shim(
    _ shim: RequestPlan.Shim, of plan: RequestPlan, _ writer: inout SourceWriter
  ) {
    writer.blank()
    writer.comment(
      DocComment(
        shim.deprecation.isUnavailable
          ? "Takes arguments that the API no longer has." : "Takes arguments by their old names."))
    writer.deprecation(shim.deprecation)
    writer.line(
      shim.deprecation.isUnavailable ? "@_disfavoredOverload" : "@_alwaysEmitIntoClient")
    initializer(shim.arguments, withoutDefault: shim.labels, of: plan, &writer)
    writer.indented { writer in
      guard !shim.deprecation.isUnavailable else {
        return writer.line("storage = RequestStorage(type: \(literal: plan.resource))")
      }
      let values = Dictionary(shim.arguments.map { ($0.wire, $0.name) }) { first, _ in first }
      writer.list(
        "self.init(",
        plan.arguments.map { argument in
          "\(label: argument.name): \(values[argument.wire] ?? argument.name)"
        } + (plan.nulls == nil ? [] : ["null: null"]), ")")
    }
    writer.line("}")
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
