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

  /// Whether a value counts as none.
  static func isBlank(_ value: JSONValue?) -> Bool {
    switch value {
    case nil, .null, .string(""), .array([]): true
    case .string, .array, .bool, .number, .object: false
    }
  }
}
