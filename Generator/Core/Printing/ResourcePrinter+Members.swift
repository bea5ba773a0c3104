/// The kinds of members that a resource gives to the runtime's generic types.
enum MemberKind: CaseIterable {
  case filters, sorts, fields, includes, calls

  /// The protocol that holds them, nested in the resource.
  var name: Code {
    switch self {
    case .filters: "Filters"
    case .sorts: "Sorts"
    case .fields: "Fields"
    case .includes: "Includes"
    case .calls: "Calls"
    }
  }

  /// The generic type that gets them.
  var generic: Code {
    switch self {
    case .filters: "Filter"
    case .sorts: "SortKey"
    case .fields: "FieldName"
    case .includes: "Include"
    case .calls: "ResourceClient"
    }
  }

  var documentation: Code {
    switch self {
    case .filters: "/// What lists can be filtered by, as members of `Filter`."
    case .sorts: "/// What lists can be sorted by, as members of `SortKey`."
    case .fields: "/// What sparse fieldsets can name, as members of `FieldName`."
    case .includes: "/// What can be included, as members of `Include`."
    case .calls: "/// Calls that only this resource has, as members of `ResourceClient`."
    }
  }
}

extension ResourcePlan {
  /// The kinds of which the resource has members.
  var memberKinds: [MemberKind] {
    MemberKind.allCases.filter {
      switch $0 {
      case .filters: !filters.isEmpty
      case .sorts: !sorts.isEmpty
      case .fields: !fields.isEmpty
      case .includes: !includes.isEmpty
      case .calls: !triggers.isEmpty || !related.isEmpty
      }
    }
  }
}

extension ResourcePrinter {
  /// The statics that queries are written with.
  mutating func queries() {
    let filters = plan.filters
    let owner = plan.typeName
    extend(.filters) { writer in
      for filter in filters {
        writer.comment(filter.documentation)
        let type: Code =
          filter.isRelationship
          ? "RelationshipFilter<\(owner)>"
          : "FilterField<\(owner), \(filter.value.code(qualified: true))>"
        writer.short("public static var \(filter.name): \(type)", ".init(\(literal: filter.wire))")
      }
    }
    statics(.sorts, plan.sorts)
    statics(.fields, plan.fields)
    statics(.includes, plan.includes)
  }

  private mutating func statics(_ kind: MemberKind, _ members: [MemberPlan]) {
    extend(kind) { writer in
      for member in members {
        writer.comment(member.documentation)
        writer.short("public static var \(member.name): Self", ".init(\(literal: member.wire))")
      }
    }
  }

  /// The methods of the resource's client.
  mutating func methods() {
    let plan = plan
    extend(.calls) { writer in
      for trigger in plan.triggers { Self.trigger(trigger, plan.typeName, &writer) }
      for related in plan.related { Self.related(related, &writer) }
    }
  }

  private static func trigger(
    _ plan: MemberPlan, _ owner: Identifier, _ writer: inout SourceWriter
  ) {
    writer.comment(plan.documentation)
    writer.line("@discardableResult")
    writer.list(
      "public func \(plan.name)(", ["_ id: String", "options: RequestOptions = .init()"],
      ") async throws -> \(owner) {")
    writer.indented {
      $0.call("try await self.trigger", "\(literal: plan.wire), id: id, options: options")
    }
    writer.line("}")
  }

  private static func related(_ plan: RelatedPlan, _ writer: inout SourceWriter) {
    writer.comment(plan.documentation)
    let target: Code = plan.target.map { "\($0)" } ?? "AnyResource"
    if plan.isToMany {
      writer.list(
        "public func \(plan.name)(",
        ["of id: String", "_ query: @Sendable (inout ListQuery<\(target)>) -> Void = { _ in }"],
        ") async throws -> Page<\(target)> {")
      writer.indented {
        $0.call(
          "try await self.related", "\(literal: plan.wire), of: id, as: \(target).self, query")
      }
    } else {
      writer.list(
        "public func \(plan.name)(", ["of id: String"], ") async throws -> \(target)? {")
      writer.indented {
        $0.call("try await self.relatedOne", "\(literal: plan.wire), of: id, as: \(target).self")
      }
    }
    writer.line("}")
  }

  /// The protocol's extension with the members, and the generic type's conformance.
  private mutating func extend(_ kind: MemberKind, _ members: (inout SourceWriter) -> Void) {
    guard plan.memberKinds.contains(kind) else { return }
    let owner = plan.typeName
    writer.blank()
    writer.line("extension \(kind.generic): \(owner).\(kind.name) where Root == \(owner) {}")
    writer.block(
      "extension \(owner).\(kind.name) where Self == \(kind.generic)<\(owner)>", members)
  }
}
