import CommerceLayerRuntime

/// What the schema requires and a record lacks.
///
/// Of alternatives one is enough: `sku_code` says which SKU is meant as well as the relationship `sku`
/// does.
struct RequiredFields {
  let requirements: Requirements
  /// Whether an attribute has a value that is not blank.
  let hasAttribute: (String) -> Bool
  /// Whether a relationship leads somewhere.
  let hasRelationship: (String) -> Bool

  /// What the schema of a type requires, worked out once.
  struct Requirements: Sendable {
    /// A field that may be required.
    struct Field: Sendable {
      let name: String
      /// Whether it is required by itself.
      let isRequired: Bool
      /// The members of the alternatives that it stands for, of which one is required: it is the one that
      /// is told as missing, the first relationship among them, or else the first attribute.
      let alternatives: [[String]]
      /// What says the same: relationships for an attribute, attributes for a relationship.
      let equivalents: [String]
    }

    let attributes: [Field]
    let relationships: [Field]

    init(_ schema: ResourceSchema) {
      let groups = schema.alternatives.filter { $0.create == .required }.map(\.members)
      let told = groups.map { members in
        members.first { schema.relationship($0) != nil } ?? members.first
      }
      func field(_ name: String, isRequired: Bool, equivalents: [String]) -> Field? {
        let own = zip(told, groups).filter { $0.0 == name }.map(\.1)
        guard isRequired || !own.isEmpty else { return nil }
        return Field(
          name: name, isRequired: isRequired, alternatives: own, equivalents: equivalents)
      }
      attributes = schema.attributes.compactMap { attribute in
        field(
          attribute.name, isRequired: attribute.create == .required,
          equivalents: schema.relationships.map(\.name).filter { name in
            schema.relationship(name)?.isToMany == false && attribute.name.hasPrefix(name + "_")
          })
      }
      relationships = schema.relationships.compactMap { relationship in
        field(
          relationship.name, isRequired: relationship.create == .required,
          equivalents: schema.attributes.map(\.name).filter {
            $0.hasPrefix(relationship.name + "_")
          })
      }
    }
  }

  /// Required attributes without a value.
  var attributes: [String] {
    requirements.attributes.filter {
      isNeeded($0) && !hasAttribute($0.name) && !$0.equivalents.contains(where: hasRelationship)
    }.map(\.name)
  }

  /// Required relationships that lead nowhere.
  var relationships: [String] {
    requirements.relationships.filter {
      isNeeded($0) && !hasRelationship($0.name) && !$0.equivalents.contains(where: hasAttribute)
    }.map(\.name)
  }

  private func isNeeded(_ field: Requirements.Field) -> Bool {
    field.isRequired
      || field.alternatives.contains { members in
        !members.contains { hasAttribute($0) || hasRelationship($0) }
      }
  }

  /// What must be given under a condition that a request can be checked against: `first_name` when
  /// `business` is false.
  struct Conditions {
    let schema: ResourceSchema
    let creating: Bool
    /// What the request gives.
    let value: (String) -> JSONValue?

    /// What is missing, in the order of the schema. An update keeps what is there, so that only what it
    /// clears is missing, and only when it sends what the condition is about.
    var unmet: [String] {
      let conditions =
        creating
        ? schema.attributes.map { ($0.name, $0.createCondition) }
          + schema.relationships.map { ($0.name, $0.createCondition) }
        : schema.attributes.map { ($0.name, $0.updateCondition) }
          + schema.relationships.map { ($0.name, $0.updateCondition) }
      return conditions.compactMap { name, condition in
        guard let condition, condition.isCheckable, isMissing(name), holds(condition) else {
          return nil
        }
        return name
      }
    }

    private func isGiven(_ name: String) -> Bool { !RequiredFields.isBlank(value(name)) }

    private func isMissing(_ name: String) -> Bool {
      guard creating else { return value(name).map { RequiredFields.isBlank($0) } ?? false }
      return !isGiven(name)
        && !schema.alternatives(to: name).contains { $0.members.contains(where: isGiven) }
    }

    private func holds(_ condition: ResourceSchema.Condition) -> Bool {
      if condition.whenGiven.contains(where: isGiven) { return true }
      return !condition.when.isEmpty
        && condition.when.allSatisfy { name, values in
          let given = value(name)
          let seen =
            creating && (given ?? .null) == .null
            ? schema.attribute(name)?.defaultValue ?? .null : given
          return seen.map(values.contains) ?? false
        }
    }
  }

  /// Whether a value counts as none.
  static func isBlank(_ value: JSONValue?) -> Bool {
    switch value {
    case nil, .null, .string(""), .array([]): true
    case .string, .array, .bool, .number, .object: false
    }
  }
}
