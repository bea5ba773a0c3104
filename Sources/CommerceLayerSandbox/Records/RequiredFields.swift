import CommerceLayerRuntime

/// What the schema requires and a record lacks.
///
/// Of alternatives one is enough: `sku_code` says which SKU is meant as well as the relationship `sku`
/// does.
struct RequiredFields {
  let schema: ResourceSchema
  /// Whether an attribute has a value that is not blank.
  let hasAttribute: (String) -> Bool
  /// Whether a relationship leads somewhere.
  let hasRelationship: (String) -> Bool

  /// Required attributes without a value.
  var attributes: [String] {
    schema.attributes.filter { attribute in
      (attribute.create == .required || lacksAlternative(attribute.name))
        && !hasAttribute(attribute.name)
        && !schema.relationships.contains {
          !$0.isToMany && attribute.name.hasPrefix($0.name + "_") && hasRelationship($0.name)
        }
    }.map(\.name)
  }

  /// Required relationships that lead nowhere.
  var relationships: [ResourceSchema.Relationship] {
    schema.relationships.filter { relationship in
      (relationship.create == .required
        || lacksAlternative(relationship.name))
        && !hasRelationship(relationship.name)
        && !schema.attributes.contains {
          $0.name.hasPrefix(relationship.name + "_") && hasAttribute($0.name)
        }
    }
  }

  /// Whether a member stands for alternatives of which one is required and none is given: the first
  /// relationship among them, or else the first attribute.
  private func lacksAlternative(_ name: String) -> Bool {
    schema.alternatives.contains { group in
      guard group.create == .required,
        !group.members.contains(where: { hasAttribute($0) || hasRelationship($0) })
      else { return false }
      let told = group.members.first { schema.relationship($0) != nil } ?? group.members.first
      return told == name
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
