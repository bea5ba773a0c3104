import Spec

/// What the spec says of an attribute or a relationship, in sentences.
enum MemberFacts {
  static func of(_ wire: String, _ attribute: AttributeSpec) -> DocText {
    var what: DocText = "\(code: wire): \(type(of: attribute))"
    if let values = attribute.values, !values.isEmpty {
      what = "\(what), one of \(codes: Set(values).sorted())"
    }
    var read: [(DocText, Bool?)] = [
      ("filterable", attribute.filter), ("sortable", attribute.sort),
      ("not returned unless asked for", attribute.transient),
      (deprecated(attribute.replacedBy), attribute.deprecated),
    ]
    if let predicates = attribute.predicates, !predicates.isEmpty {
      read[0] = ("filterable with \(codes: predicates.sorted())", true)
    }
    return DocText.joined(
      ["\(what)."]
        + writeFacts(
          (attribute.create, attribute.createCondition),
          (attribute.update, attribute.updateCondition))
        + valueFacts(attribute)
        + closed(attribute.prohibited) + readFacts(read), by: " ")
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
        + (relationship.neverNull == true ? ["Never null."] : [])
        + closed(relationship.prohibited)
        + readFacts([
          ("filterable", relationship.filter), ("sortable", relationship.sort),
          ("includable", relationship.include),
          (deprecated(relationship.replacedBy), relationship.deprecated),
        ]), by: " ")
  }

  private static func deprecated(_ replacement: String?) -> DocText {
    replacement.map { "deprecated in favor of \(code: $0)" } ?? "deprecated"
  }

  /// What pulling a trigger changes.
  static func of(_ effect: EffectSpec?) -> DocText {
    guard let effect, effect.unknown != true else {
      return "The documentation does not say what it changes."
    }
    var changes = (effect.sets ?? [:]).sorted { $0.key < $1.key }.map { name, value -> DocText in
      switch value {
      case EffectSpec.now: "sets \(code: name) to the current time"
      case EffectSpec.value: "sets \(code: name) to the value"
      default: "sets \(code: name) to \(code: text(value))"
      }
    }
    changes += (effect.clears ?? []).sorted().map { "clears \(code: $0)" }
    if let name = effect.addsTo { changes.append("adds what the value names to \(code: name)") }
    if let name = effect.removesFrom {
      changes.append("removes what the value names from \(code: name)")
    }
    guard let last = changes.last else { return "" }
    let first = changes.dropLast()
    let sentence: DocText =
      first.isEmpty ? last : "\(DocText.joined(Array(first), by: ", ")) and \(last)"
    return "\(sentence.capitalized)."
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
      case .conditional: "Required on \(verb) \(phrase: requirement.1?.text ?? "")."
      case nil: nil
      }
    }
    if create.0 == .optional, update.0 == .optional { return ["Optional on create and update."] }
    return [sentence(create, "create"), sentence(update, "update")].compactMap(\.self)
  }

  /// Default, example, nullability, and what kind of value it is.
  private static func valueFacts(_ attribute: AttributeSpec) -> [DocText] {
    var facts: [DocText] = []
    if let value = attribute.defaultValue {
      facts.append("The default on create is \(code: text(value)).")
    }
    if let value = attribute.example { facts.append("Example: \(code: text(value)).") }
    if attribute.neverNull == true { facts.append("Never null.") }
    if attribute.monetizable == true { facts.append("An amount of money.") }
    if attribute.confidential == true { facts.append("A secret.") }
    return facts
  }

  private static func closed(_ prohibited: Bool?) -> [DocText] {
    prohibited == true ? ["Sales channels cannot set it."] : []
  }

  /// One sentence of the flags that are on.
  private static func readFacts(_ facts: [(DocText, Bool?)]) -> [DocText] {
    let on = facts.filter { $0.1 == true }.map(\.0)
    return on.isEmpty ? [] : ["\(DocText.joined(on, by: ", ").capitalized)."]
  }

  /// A value as a reader writes it.
  static func text(_ value: JSONTree) -> String {
    if case .string(let text) = value { return text }
    return value.compactText
  }

  private static func type(of attribute: AttributeSpec) -> DocText {
    if attribute.isID == true, attribute.type == .string { return "id of a resource" }
    guard attribute.type == .array, let items = attribute.items else {
      return word(for: attribute.type)
    }
    return "array of \(word(for: items)) values"
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
