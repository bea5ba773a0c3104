extension ResourcePrinter {
  /// The types of request bodies.
  mutating func requests() {
    if let create = plan.create { request(create, "public struct Create: CreateRequest") }
    if let update = plan.update { request(update, "public struct Update: UpdateRequest") }
  }

  private mutating func request(_ plan: RequestPlan, _ head: Code) {
    writer.blank()
    writer.block("extension \(self.plan.typeName)") { writer in
      writer.comment(plan.documentation)
      writer.block(head) { writer in
        writer.line("/// The members to send.")
        writer.line("public var storage: RequestStorage")
        writer.blank()
        writer.comment(plan.initializerDocumentation)
        writer.list(
          "public init(",
          plan.arguments.map {
            $0.isOptional ? "\($0.name): \($0.type.code) = nil" : "\($0.name): \($0.type.code)"
          }, ") {")
        writer.indented { writer in
          writer.line("storage = RequestStorage(type: \(literal: plan.resource))")
          for argument in plan.arguments {
            writer.call(
              argument.isRelationship ? "storage.relate" : "storage.set",
              "\(literal: argument.wire), \(argument.name)")
          }
        }
        writer.line("}")
      }
    }
  }
}
