/// The kinds of members that a resource gives to the runtime's generic types.
enum MemberKind: CaseIterable {
  case filters, paths, steps, sorts, sortOnly, fields, includes, nulls, createNulls, updateNulls,
    verbs, related

  /// The protocol that holds them, nested in the resource.
  var name: Code {
    switch self {
    case .filters: "Filters"
    case .paths: "Paths"
    case .steps: "Steps"
    case .sorts: "Sorts"
    case .sortOnly: "SortOnly"
    case .fields: "Fields"
    case .includes: "Includes"
    case .nulls: "Nulls"
    case .createNulls: "CreateNulls"
    case .updateNulls: "UpdateNulls"
    case .verbs: "Verbs"
    case .related: "Related"
    }
  }

  /// Whether the members are of the type they are members of, which more than one type is.
  var refinesQueryName: Bool {
    switch self {
    case .sorts, .sortOnly, .fields, .includes, .nulls, .createNulls, .updateNulls: true
    case .filters, .paths, .steps, .verbs, .related: false
    }
  }

  var documentation: Code {
    switch self {
    case .filters: "/// The attributes that lists can be filtered by."
    case .paths: "/// The relationships to filter through, and on the way to what is included."
    case .steps: "/// More relationships on the way to what is included."
    case .sorts: "/// The fields that lists can be sorted by."
    case .sortOnly: "/// Sort keys that are not fields."
    case .fields: "/// The other fields."
    case .includes: "/// The relationships that can be included."
    case .nulls: "/// What creating and updating can set to `null`."
    case .createNulls: "/// What only creating can set to `null`."
    case .updateNulls: "/// What only updating can set to `null`."
    case .verbs: "/// The triggers, as calls of the client."
    case .related: "/// What the relationships lead to, as calls of the client."
    }
  }
}

/// A generic type of the runtime that gets members.
enum MemberHost: CaseIterable {
  case filter, filterField, include, sortKey, fieldName, createNull, updateNull, client

  var name: Code {
    switch self {
    case .filter: "Filter"
    // So that `.code.or(.name)` finds `name`.
    case .filterField: "FilterField"
    case .include: "Include"
    case .sortKey: "SortKey"
    case .fieldName: "FieldName"
    case .createNull: "CreateNull"
    case .updateNull: "UpdateNull"
    case .client: "ResourceClient"
    }
  }

  /// The kinds of members it gets.
  var kinds: [MemberKind] {
    switch self {
    case .filter, .filterField: [.filters, .paths]
    case .include: [.includes, .paths, .steps]
    case .sortKey: [.sorts, .sortOnly]
    case .fieldName: [.sorts, .fields, .includes]
    case .createNull: [.nulls, .createNulls]
    case .updateNull: [.nulls, .updateNulls]
    case .client: [.verbs, .related]
    }
  }
}

extension MemberPlans {
  /// The kinds of which there are members.
  var kinds: [MemberKind] {
    MemberKind.allCases.filter {
      switch $0 {
      case .filters: !filters.isEmpty || !scopes.isEmpty
      case .paths: !paths.isEmpty
      case .steps: !steps.isEmpty
      case .sorts: !sorts.isEmpty
      case .sortOnly: !sortOnly.isEmpty
      case .fields: !fields.isEmpty
      case .includes: !includes.isEmpty
      case .nulls: !nulls.isEmpty
      case .createNulls: !createNulls.isEmpty
      case .updateNulls: !updateNulls.isEmpty
      case .verbs: !verbs.isEmpty
      case .related: !related.isEmpty
      }
    }
  }
}

extension ResourcePrinter {
  /// Names for queries and calls of the client, in protocols of this resource alone.
  mutating func members() {
    let kinds = plan.members.kinds
    guard !kinds.isEmpty else { return }
    let (owner, members) = (plan.typeName, plan.members)
    writer.blank()
    for host in MemberHost.allCases {
      let protocols = host.kinds.filter(kinds.contains)
      guard !protocols.isEmpty else { continue }
      let list = Code.joined(protocols.map { "\(owner).\($0.name)" }, by: ", ")
      writer.line("extension \(host.name): \(list) where Root == \(owner) {}")
    }
    for kind in kinds {
      writer.blank()
      let isCall = kind == .verbs || kind == .related
      let head: Code =
        isCall
        ? "extension \(owner).\(kind.name) where Self == ResourceClient<\(owner)>"
        : "extension \(owner).\(kind.name)"
      writer.block(head) { MemberPrinter(root: "\(owner)").print(kind, of: members, &$0) }
    }
  }
}

/// Prints members of the runtime's generic types.
struct MemberPrinter {
  /// The resource as the members name it.
  let root: Code
  /// What stands before the type a relationship leads to: a trait's are its associated types.
  var targetPrefix: Code = ""

  func print(_ kind: MemberKind, of members: MemberPlans, _ writer: inout SourceWriter) {
    switch kind {
    case .filters:
      for filter in members.filters { self.filter(filter, &writer) }
      for scope in members.scopes { self.scope(scope, &writer) }
    case .paths: for path in members.paths { self.path(path, &writer) }
    case .steps: for path in members.steps { self.path(path, &writer) }
    case .sorts: for name in members.sorts { self.name(name, &writer) }
    case .sortOnly: for name in members.sortOnly { self.name(name, &writer) }
    case .fields: for name in members.fields { self.name(name, &writer) }
    case .includes: for name in members.includes { self.name(name, &writer) }
    case .nulls: for name in members.nulls { self.name(name, &writer) }
    case .createNulls: for name in members.createNulls { self.name(name, &writer) }
    case .updateNulls: for name in members.updateNulls { self.name(name, &writer) }
    case .verbs: for verb in members.verbs { self.verb(verb, &writer) }
    case .related: for related in members.related { self.related(related, &writer) }
    }
  }

  private func filter(_ plan: FilterPlan, _ writer: inout SourceWriter) {
    writer.deprecation(plan.deprecation)
    if let limited = plan.limited {
      writer.short("public static var \(plan.name): \(root).\(limited)", ".init()")
      return
    }
    // A trait has no type whose id it could be.
    let value: Code =
      plan.isRelationship
      ? "\(targetPrefix)\(plan.type.code(qualified: true))"
      : plan.wire == "id"
        ? (root == "Root" ? "ID<Root>" : "\(root).ID") : plan.type.code(qualified: true)
    let type: Code =
      plan.isRelationship
      ? "RelationshipPath<\(root), \(value)>" : "FilterField<\(root), \(value)>"
    writer.short("public static var \(plan.name): \(type)", ".init(wire: \(literal: plan.wire))")
  }

  private func scope(_ plan: ScopePlan, _ writer: inout SourceWriter) {
    let wire = SwiftStringLiteral(plan.wire)
    let value = plan.value.code(qualified: true)
    let (argument, body): (Code, Code) =
      switch plan.argument {
      case .value: ("_ value: \(value)", "\(wire), value")
      case .values: ("_ values: [\(value)]", "\(wire), values")
      case .text: ("_ text: String", "\(wire), text")
      case .texts: ("_ texts: [String]", "\(wire), texts")
      case .flag: ("_ flag: Bool = true", "\(wire), flag: flag")
      case .object: ("_ object: JSONObject", "\(wire), object: object")
      }
    writer.short(
      "public static func \(plan.name)(\(argument)) -> Filter<\(root)>", ".scope(\(body))")
  }

  private func path(_ plan: PathPlan, _ writer: inout SourceWriter) {
    writer.deprecation(plan.deprecation)
    let target = target(plan.target)
    writer.short(
      "public static var \(plan.name): RelationshipPath<\(root), \(target)>",
      ".init(wire: \(literal: plan.wire))")
  }

  private func name(_ plan: MemberPlan, _ writer: inout SourceWriter) {
    writer.deprecation(plan.deprecation)
    writer.short("public static var \(plan.name): Self", ".init(wire: \(literal: plan.wire))")
  }

  private func verb(_ plan: VerbPlan, _ writer: inout SourceWriter) {
    writer.comment(plan.documentation)
    writer.deprecation(plan.deprecation)
    let type: Code =
      plan.value.map { "ValueTrigger<\(root), \($0.code(qualified: true))>" } ?? "Trigger<\(root)>"
    writer.short("public var \(plan.name): \(type)", ".init(self, wire: \(literal: plan.wire))")
  }

  private func related(_ plan: RelatedPlan, _ writer: inout SourceWriter) {
    writer.comment(plan.documentation)
    writer.deprecation(plan.deprecation)
    let generic: Code = plan.isToMany ? "RelatedList" : "RelatedOne"
    writer.short(
      "public var \(plan.name): \(generic)<\(root), \(target(plan.target))>",
      ".init(self, wire: \(literal: plan.wire))")
  }

  private func target(_ target: Identifier?) -> Code {
    target.map { "\(targetPrefix)\($0)" } ?? "AnyResource"
  }
}
