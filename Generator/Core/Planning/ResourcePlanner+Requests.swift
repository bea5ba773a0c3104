import Spec

/// What creating and updating take.
extension ResourcePlanner {
  private typealias Argument = RequestPlan.Argument

  /// The create request; nil when the resource cannot be created.
  var create: RequestPlan? {
    guard spec.operations[.create] != nil else { return nil }
    return request(
      "What creating one of the \(code: spec.resource) takes.", nulls: .create,
      attribute: (\.create, \.createCondition), relationship: (\.create, \.createCondition),
      alternative: \.create)
  }

  /// The update request; nil when the resource cannot be updated.
  var update: RequestPlan? {
    guard spec.operations[.update] != nil else { return nil }
    return request(
      """
      What updating one of the \(code: spec.resource) takes: nil leaves a member as it is, \
      `null` names those to clear.
      """, nulls: .update,
      attribute: (\.update, \.updateCondition), relationship: (\.update, \.updateCondition),
      alternative: \.update)
  }

  private func request(
    _ documentation: DocText, nulls: RequestPlan.NullName,
    attribute: (KeyPath<AttributeSpec, Requirement?>, KeyPath<AttributeSpec, ConditionSpec?>),
    relationship: (
      KeyPath<RelationshipSpec, Requirement?>, KeyPath<RelationshipSpec, ConditionSpec?>
    ), alternative: KeyPath<AlternativeSpec, Requirement?>
  ) -> RequestPlan {
    let alternatives = (spec.alternatives ?? [:]).values.filter {
      $0[keyPath: alternative] == .required
    }
    let replaceable = Set(alternatives.flatMap(\.members))
    var arguments: [Argument] = []
    var conditions: [(wire: String, condition: String?)] = []
    for (wire, spec) in attributes {
      guard let requirement = spec[keyPath: attribute.0], let name = names.member(wire),
        !MemberNames.documentMembers.contains(wire)
      else { continue }
      let type = write(wire, spec)
      arguments.append(
        Argument(
          name: name, wire: wire,
          type: requirement == .required && !replaceable.contains(wire) ? type : .optional(type),
          isRelationship: false))
      if requirement == .conditional {
        conditions.append((wire, spec[keyPath: attribute.1]?.text))
      }
    }
    for (wire, spec) in relationships {
      guard let requirement = spec[keyPath: relationship.0], let name = names.member(wire) else {
        continue
      }
      let one = reference(to: spec)
      let many = spec.cardinality == .many
      let type: SwiftType = many ? .array(one) : one
      arguments.append(
        Argument(
          name: name, wire: wire,
          type: requirement == .required && !replaceable.contains(wire) ? type : .optional(type),
          isRelationship: true))
      if requirement == .conditional {
        conditions.append((wire, spec[keyPath: relationship.1]?.text))
      }
    }
    let ordered = ordered(arguments)
    return RequestPlan(
      documentation: DocComment(documentation),
      initializerDocumentation: initializerDocumentation(
        ordered, conditions, alternatives.map(\.members).sorted { $0.joined() < $1.joined() }),
      resource: spec.resource, arguments: ordered, nulls: hasNulls(nulls) ? nulls : nil,
      owner: nameInside(typeName))
  }

  /// Required before optional, then in the order of the documentation. What it does not list comes
  /// last: attributes before relationships, scalars before structures, then by wire name.
  private func ordered(_ arguments: [Argument]) -> [Argument] {
    let order = Dictionary(
      (spec.order ?? []).enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    func rank(_ argument: Argument) -> Int {
      (argument.isRelationship ? 2 : 0)
        + (!argument.isRelationship && !argument.isOptional && argument.type.isStructured ? 1 : 0)
    }
    func key(_ argument: Argument) -> (Int, Int, Int, String) {
      (argument.isOptional ? 1 : 0, order[argument.wire] ?? .max, rank(argument), argument.wire)
    }
    return arguments.sorted { key($0) < key($1) }
  }

  private func initializerDocumentation(
    _ arguments: [Argument], _ conditions: [(wire: String, condition: String?)],
    _ alternatives: [[String]]
  ) -> DocComment {
    let required = arguments.filter { !$0.isOptional }.map(\.wire)
    let first: DocText =
      arguments.isEmpty
      ? "There are no arguments."
      : !required.isEmpty
        ? "Required: \(codes: required)."
        : alternatives.isEmpty && conditions.isEmpty ? "All arguments are optional." : ""
    let oneOf = alternatives.map { members -> DocText in "At least one of \(codes: members)." }
    let conditional = conditions.map { wire, condition -> DocText in
      condition.map { "\(code: wire) \(phrase: $0)" } ?? "\(code: wire)"
    }
    return DocComment(
      first,
      oneOf.isEmpty ? "" : "Required: \(DocText.joined(oneOf, by: " "))",
      conditional.isEmpty
        ? "" : "Required under a condition: \(DocText.joined(conditional, by: "; ")).")
  }

  private func hasNulls(_ kind: RequestPlan.NullName) -> Bool {
    let members = allMembers
    let own = kind == .create ? members.createNulls : members.updateNulls
    return !members.nulls.isEmpty || !own.isEmpty
  }

  /// Whether a request can send `null`. A trigger is pulled or not, and rows are sent or not.
  func isNullable(_ wire: String, _ attribute: AttributeSpec) -> Bool {
    attribute.trigger != true && attribute.rows != true && attribute.neverNull != true
      && !MemberNames.documentMembers.contains(wire)
  }

  private func write(_ wire: String, _ attribute: AttributeSpec) -> SwiftType {
    attribute.rows == true ? .bulkInputs : settableType(wire, attribute)
  }

  /// The type of a value that a user makes: what is set, and what is filtered by.
  func settableType(_ wire: String, _ attribute: AttributeSpec) -> SwiftType {
    switch attribute.type {
    case .string: names.nestedType(wire).map { .nested($0, of: typeName) } ?? .string
    case .integer: .int
    case .float: .double
    case .boolean: .bool
    case .datetime: .date
    case .object: .jsonObject
    case .array: .array(elementType(attribute))
    }
  }
}
