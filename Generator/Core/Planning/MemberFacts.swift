import Spec

/// What the spec says of a member, as a sentence or more.
enum MemberFacts {
  static func of(_ wire: String, _ attribute: AttributeSpec) -> DocText {
    var what: DocText = "\(code: wire): \(word(for: attribute.type))"
    if let values = attribute.values, !values.isEmpty {
      what = "\(what), one of \(codes: Set(values).sorted())"
    }
    return DocText.joined(
      ["\(what)."]
        + writeFacts(
          (attribute.create, attribute.createCondition),
          (attribute.update, attribute.updateCondition))
        + readFacts([
          ("filterable", attribute.filter), ("sortable", attribute.sort),
          ("not returned unless asked for", attribute.transient),
          ("deprecated", attribute.deprecated),
        ]), by: " ")
  }

  static func of(_ wire: String, _ relationship: RelationshipSpec) -> DocText {
    let count: DocText = relationship.cardinality == .many ? "to many" : "to one"
    let varies: DocText = relationship.polymorphic == true ? " of varying type" : ""
    let target: DocText = relationship.resource.map { " \(code: $0)" } ?? ""
    let targets: [DocText] =
      relationship.targets.map { $0.isEmpty ? [] : ["One of \(codes: $0)."] } ?? []
    return DocText.joined(
      ["\(code: wire): \(count)\(target)\(varies)."] + targets
        + writeFacts(
          (relationship.create, relationship.createCondition),
          (relationship.update, relationship.updateCondition))
        + readFacts([
          ("filterable", relationship.filter), ("includable", relationship.include),
          ("deprecated", relationship.deprecated),
        ]), by: " ")
  }

  private static func writeFacts(
    _ create: (Requirement?, ConditionSpec?), _ update: (Requirement?, ConditionSpec?)
  ) -> [DocText] {
    func sentence(
      _ requirement: (Requirement?, ConditionSpec?), _ verb: DocText
    ) -> DocText? {
      switch requirement.0 {
      case .required: "Required on \(verb)."
      case .optional: "Optional on \(verb)."
      case .conditional: "Conditional on \(verb): \(phrase: requirement.1?.text ?? "")."
      case nil: nil
      }
    }
    if create.0 == .optional, update.0 == .optional { return ["Optional on create and update."] }
    return [sentence(create, "create"), sentence(update, "update")].compactMap(\.self)
  }

  /// One sentence of the flags that are on.
  private static func readFacts(_ facts: [(DocText, Bool?)]) -> [DocText] {
    let on = facts.filter { $0.1 == true }.map(\.0)
    return on.isEmpty ? [] : ["\(DocText.joined(on, by: ", ").capitalized)."]
  }

  private static func word(for type: AttributeType) -> DocText {
    switch type {
    case .string: "string"
    case .integer: "integer"
    case .float: "float"
    case .boolean: "boolean"
    case .datetime: "datetime"
    case .object: "object"
    case .array: "array"
    }
  }
}
