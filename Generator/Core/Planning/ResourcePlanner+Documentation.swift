import Spec

/// Documentation made of the spec's facts.
extension ResourcePlanner {
  var documentation: DocComment {
    var first: DocText =
      isSingleton
      ? "The \(code: spec.resource) resource, of which there is one."
      : "The \(code: spec.resource) resource."
    if spec.deprecated == true { first = "\(first) Deprecated." }
    let endpoints = OperationKind.allCases.compactMap { spec.operations[$0] }.map {
      "\($0.method) \($0.path)"
    }
    let lifecycle: DocText =
      spec.lifecycle.map {
        "It has ended when \(code: $0.attribute) is one of \(codes: $0.terminal)."
      } ?? ""
    return DocComment(
      first, said(descriptions?.description),
      endpoints.isEmpty ? "" : "Endpoints: \(codes: endpoints).", lifecycle)
  }

  /// The documentation's own words, in code spans like all text that is not the generator's.
  func said(_ description: String?) -> DocText {
    guard let description, description.contains(where: { !$0.isWhitespace }) else { return "" }
    return "\(phrase: description)"
  }

  func facts(of wire: String, _ attribute: AttributeSpec) -> DocText {
    var what: DocText = "\(code: wire): \(word(for: attribute.type))"
    if let values = attribute.values, !values.isEmpty {
      what = "\(what), one of \(codes: Set(values).sorted())"
    }
    return DocText.joined(
      ["\(what)."]
        + writeFacts(attribute.create, attribute.update, attribute.condition)
        + readFacts([
          ("filterable", attribute.filter), ("sortable", attribute.sort),
          ("not returned unless asked for", attribute.transient),
          ("deprecated", attribute.deprecated),
        ]), by: " ")
  }

  func facts(of wire: String, _ relationship: RelationshipSpec) -> DocText {
    let count: DocText = relationship.cardinality == .many ? "to many" : "to one"
    let varies: DocText = relationship.polymorphic == true ? " of varying type" : ""
    let target: DocText = relationship.resource.map { " \(code: $0)" } ?? ""
    return DocText.joined(
      ["\(code: wire): \(count)\(target)\(varies)."]
        + writeFacts(relationship.create, relationship.update, relationship.condition)
        + readFacts([
          ("filterable", relationship.filter), ("includable", relationship.include),
          ("deprecated", relationship.deprecated),
        ]), by: " ")
  }

  private func writeFacts(
    _ create: Requirement?, _ update: Requirement?, _ condition: String?
  ) -> [DocText] {
    func sentence(_ requirement: Requirement?, _ verb: DocText) -> DocText? {
      switch requirement {
      case .required: "Required on \(verb)."
      case .optional: "Optional on \(verb)."
      case .conditional: "Conditional on \(verb): \(phrase: condition ?? "")."
      case nil: nil
      }
    }
    if create == .optional, update == .optional { return ["Optional on create and update."] }
    return [sentence(create, "create"), sentence(update, "update")].compactMap(\.self)
  }

  /// One sentence of the flags that are on.
  private func readFacts(_ facts: [(DocText, Bool?)]) -> [DocText] {
    let on = facts.filter { $0.1 == true }.map(\.0)
    return on.isEmpty ? [] : ["\(DocText.joined(on, by: ", ").capitalized)."]
  }

  private func word(for type: AttributeType) -> DocText {
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
