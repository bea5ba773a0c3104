internal import Spec

/// A resource as tables for people.
enum ResourceTable {
  /// The tables of one resource.
  /// - Parameter families: the base types of the spec, with the members of each.
  static func text(_ resource: ResourceSpec, families: [String: [String]]) -> String {
    var parts = [title(resource)]
    if let members = resource.members {
      parts.append("a family: its records are of the types\n  \(members.joined(separator: ", "))")
    }
    parts.append(
      ReportTable.text(
        ["operation", "request", "success"],
        OperationKind.allCases.compactMap { kind in
          resource.operations[kind].map {
            [kind.rawValue, "\($0.method) \($0.path)", String($0.success)]
          }
        }))
    parts.append(
      ReportTable.text(
        ["attribute", "type", "create", "update", "filter", "sort", "details"],
        names(of: resource.attributes, in: resource).map { name, attribute in
          [
            name, type(attribute), attribute.create?.rawValue ?? "",
            attribute.update?.rawValue ?? "", filter(attribute), mark(attribute.sort),
            details(attribute),
          ]
        }))
    if !resource.relationships.isEmpty {
      parts.append(
        ReportTable.text(
          ["relationship", "leads to", "create", "update", "filter", "sort", "include", "details"],
          names(of: resource.relationships, in: resource).map { name, relationship in
            [
              name,
              "\(relationship.cardinality.rawValue) \(target(relationship, families: families))",
              relationship.create?.rawValue ?? "", relationship.update?.rawValue ?? "",
              mark(relationship.filter), mark(relationship.sort), mark(relationship.include),
              details(relationship),
            ]
          }))
    }
    parts += [alternatives(resource), effects(resource), scopes(resource)].compactMap(\.self)
    if let lifecycle = resource.lifecycle {
      parts.append(
        "ends when \(lifecycle.attribute) is \(lifecycle.terminal.joined(separator: " or ")); "
          + "progress in \(lifecycle.progress.joined(separator: ", "))")
    }
    return parts.joined(separator: "\n\n")
  }

  private static func title(_ resource: ResourceSpec) -> String {
    var title = "\(resource.resource) (singular: \(resource.singular))"
    if resource.singleton == true { title += ", singleton" }
    if resource.deprecated == true { title += ", deprecated" }
    if let name = resource.replacedBy { title += " (use \(name))" }
    return title
  }

  /// The members in the order of the documentation; those it does not order come last, by name.
  private static func names<Member>(
    of members: [String: Member], in resource: ResourceSpec
  ) -> [(String, Member)] {
    var places: [String: Int] = [:]
    for (index, name) in (resource.order ?? []).enumerated() { places[name] = index }
    return members.map { ($0.key, $0.value) }.sorted { one, other in
      (places[one.0] ?? .max, one.0) < (places[other.0] ?? .max, other.0)
    }
  }

  // MARK: Cells

  private static func mark(_ flag: Bool?) -> String { flag == true ? "yes" : "" }

  private static func type(_ attribute: AttributeSpec) -> String {
    attribute.items.map { "array of \($0.rawValue)" } ?? attribute.type.rawValue
  }

  private static func filter(_ attribute: AttributeSpec) -> String {
    guard attribute.filter == true else { return "" }
    return attribute.predicates?.joined(separator: ", ") ?? "yes"
  }

  private static func target(
    _ relationship: RelationshipSpec, families: [String: [String]]
  ) -> String {
    if let resource = relationship.resource {
      return families[resource] == nil ? resource : "\(resource) (a family)"
    }
    return relationship.targets == nil ? "(any)" : "(listed)"
  }

  private static func details(_ attribute: AttributeSpec) -> String {
    var out: [String] = []
    out += conditions(
      (attribute.create, attribute.createCondition), (attribute.update, attribute.updateCondition))
    if let value = attribute.defaultValue { out.append("default \(value.compactText)") }
    if let value = attribute.example { out.append("example \(value.compactText)") }
    out += flags([
      ("never null", attribute.neverNull), ("deprecated", attribute.deprecated),
      ("trigger", attribute.trigger), ("idempotent", attribute.idempotent),
      ("write-only", attribute.writeOnly), ("transient", attribute.transient),
      ("rows", attribute.rows), ("id", attribute.isID),
      ("money", attribute.monetizable),
      ("not for sales channels", attribute.prohibited), ("confidential", attribute.confidential),
      ("not exportable", attribute.exportable.map { !$0 }),
    ])
    if let name = attribute.replacedBy { out.append("use \(name)") }
    if let values = attribute.values { out.append(values.joined(separator: " | ")) }
    if let properties = attribute.properties {
      out.append(
        "properties "
          + properties.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.rawValue)" }
          .joined(separator: ", "))
    }
    return out.joined(separator: "; ")
  }

  private static func details(_ relationship: RelationshipSpec) -> String {
    var out = conditions(
      (relationship.create, relationship.createCondition),
      (relationship.update, relationship.updateCondition))
    out += flags([
      ("never null", relationship.neverNull), ("deprecated", relationship.deprecated),
      ("not for sales channels", relationship.prohibited),
      ("not exportable", relationship.exportable.map { !$0 }),
    ])
    if let name = relationship.replacedBy { out.append("use \(name)") }
    if let targets = relationship.targets { out.append(targets.joined(separator: " | ")) }
    return out.joined(separator: "; ")
  }

  private static func conditions(
    _ create: (Requirement?, ConditionSpec?), _ update: (Requirement?, ConditionSpec?)
  ) -> [String] {
    [("create", create), ("update", update)].compactMap { verb, requirement in
      requirement.1.map { condition in
        let isChecked = condition.when != nil || condition.whenGiven != nil
        return "required on \(verb) \(condition.text)"
          + (isChecked ? " (checked before sending)" : "")
      }
    }
  }

  private static func flags(_ flags: [(String, Bool?)]) -> [String] {
    flags.filter { $0.1 == true }.map(\.0)
  }

  // MARK: Sections

  private static func alternatives(_ resource: ResourceSpec) -> String? {
    guard let groups = resource.alternatives, !groups.isEmpty else { return nil }
    return ReportTable.text(
      ["alternatives", "create", "update"],
      groups.sorted { $0.key < $1.key }.map { _, group in
        [
          group.members.joined(separator: " or "), group.create?.rawValue ?? "",
          group.update?.rawValue ?? "",
        ]
      })
  }

  private static func effects(_ resource: ResourceSpec) -> String? {
    let told = names(of: resource.attributes, in: resource).compactMap { name, attribute in
      attribute.effect.map { [name, Self.text($0), $0.source] }
    }
    return told.isEmpty ? nil : ReportTable.text(["trigger", "changes", "source"], told)
  }

  /// What a trigger changes, in a few words.
  static func text(_ effect: EffectSpec) -> String {
    if effect.unknown == true { return "(not told)" }
    var out: [String] = []
    for (name, value) in (effect.sets ?? [:]).sorted(by: { $0.key < $1.key }) {
      let shown =
        switch value {
        case EffectSpec.now: "the time of the request"
        case EffectSpec.value: "the value sent"
        case EffectSpec.generated: "a new value"
        default: value.string ?? value.compactText
        }
      out.append("\(name) = \(shown)")
    }
    out += (effect.clears ?? []).map { "clears \($0)" }
    if let name = effect.addsTo { out.append("adds to \(name)") }
    if let name = effect.removesFrom { out.append("removes from \(name)") }
    return out.joined(separator: ", ")
  }

  private static func scopes(_ resource: ResourceSpec) -> String? {
    guard let scopes = resource.scopes, !scopes.isEmpty else { return nil }
    return ReportTable.text(
      ["named filter", "takes"],
      scopes.sorted { $0.key < $1.key }.map { name, scope in
        let what =
          switch scope.argument {
          case .flag: "true or false"
          case .text: "a text"
          case .texts: "texts, separated by commas"
          case .object: "a JSON object"
          case .value: "a value of \(scope.attribute ?? "?")"
          case .values: "values of \(scope.attribute ?? "?"), separated by commas"
          }
        return [name, what]
      })
  }
}
