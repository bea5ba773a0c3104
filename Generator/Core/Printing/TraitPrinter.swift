/// Prints what many resources have in common.
struct TraitPrinter {
  let plans: [TraitPlan]

  func print(_ writer: inout SourceWriter) {
    guard !plans.isEmpty else { return }
    writer.blank()
    writer.line("/// What many resources have in common.")
    writer.block("public enum Common") { writer in
      for plan in plans {
        writer.comment(plan.documentation)
        if plan.targets.isEmpty {
          writer.line("public protocol \(plan.name): Resource {}")
        } else {
          writer.block("public protocol \(plan.name): Resource") { writer in
            for target in plan.targets {
              writer.comment(target.documentation)
              writer.line("associatedtype \(target.name): Resource")
            }
          }
        }
        if !plan.members.includes.isEmpty {
          writer.line("/// What they can include, which is a field, too.")
          writer.line("public protocol \(plan.name)Includes: QueryName {}")
        }
      }
    }
    for plan in plans { print(plan, &writer) }
  }

  private func print(_ plan: TraitPlan, _ writer: inout SourceWriter) {
    if !plan.accessors.isEmpty {
      writer.blank()
      writer.block("extension Common.\(plan.name)") { writer in
        for accessor in plan.accessors { ResourcePrinter.accessor(accessor, &writer) }
      }
    }
    if !plan.members.includes.isEmpty {
      // Not members of the types themselves: `Include` has paths of the same names.
      let includes: Code = "Common.\(plan.name)Includes"
      writer.blank()
      writer.line("extension Include: \(includes) where Root: Common.\(plan.name) {}")
      writer.line("extension FieldName: \(includes) where Root: Common.\(plan.name) {}")
      writer.block("extension \(includes)") {
        MemberPrinter(root: "Root", targetPrefix: "Root.").print(.includes, of: plan.members, &$0)
      }
    }
    for host in MemberHost.allCases {
      let kinds = host.kinds.filter { $0 != .includes && plan.members.kinds.contains($0) }
      guard !kinds.isEmpty else { continue }
      writer.blank()
      writer.block("extension \(host.name) where Root: Common.\(plan.name)") { writer in
        for kind in kinds {
          MemberPrinter(root: "Root", targetPrefix: "Root.").print(kind, of: plan.members, &writer)
        }
      }
    }
  }
}
