internal import Spec

/// What documents of one resource hold.
extension OpenAPIBuilder {
  /// Members of the document, whatever the spec lists them as.
  private static let documentMembers: Set<String> = ["id", "type"]

  mutating func addSchemas(of resource: ResourceSpec) {
    let own = resource.singular
    schemas[own] = object(of: resource)
    schemas["\(own).reference"] = [
      "type": "object", "required": ["type", "id"],
      "properties": ["type": Self.type(of: resource), "id": ["type": "string"]],
    ]
    if resource.operations[.create] != nil {
      schemas["\(own).create"] = request(
        resource, requirement: \.create, ofRelationship: \.create, isUpdate: false)
    }
    if resource.operations[.update] != nil {
      schemas["\(own).update"] = request(
        resource, requirement: \.update, ofRelationship: \.update, isUpdate: true)
    }
    schemas["\(own).document"] = [
      "type": "object", "required": ["data"],
      "properties": [
        "data": .reference("schemas/\(own)"),
        "included": .reference("schemas/jsonapi.included"),
        "links": .reference("schemas/jsonapi.links"), "meta": ["type": "object"],
      ],
    ]
    schemas["\(own).nullable"] = [
      "type": "object", "required": ["data"],
      "properties": [
        "data": ["oneOf": [.reference("schemas/\(own)"), ["type": "null"]]],
        "included": .reference("schemas/jsonapi.included"),
        "links": .reference("schemas/jsonapi.links"), "meta": ["type": "object"],
      ],
    ]
    schemas["\(own).list"] = [
      "type": "object", "required": ["data"],
      "properties": [
        "data": ["type": "array", "items": .reference("schemas/\(own)")],
        "included": .reference("schemas/jsonapi.included"),
        "links": .reference("schemas/jsonapi.links"),
        "meta": .reference("schemas/jsonapi.list_meta"),
      ],
    ]
  }

  mutating func addResponses(of resource: ResourceSpec) {
    let own = resource.singular
    responses["\(own).document"] = [
      "description": .text("The \(own)."),
      "content": content(.reference("schemas/\(own).document")),
    ]
    responses["\(own).nullable"] = [
      "description": .text("The \(own), or null when there is none."),
      "content": content(.reference("schemas/\(own).nullable")),
    ]
    responses["\(own).list"] = [
      "description": .text("A page of the \(resource.resource)."),
      "content": content(.reference("schemas/\(own).list")),
    ]
  }

  // MARK: - Reading

  private func object(of resource: ResourceSpec) -> Node {
    var attributes: [String: Node] = [:]
    for (name, attribute) in resource.attributes where isReadable(name, attribute) {
      attributes[name] = reading(attribute)
    }
    var properties: [String: Node] = [
      "id": ["type": "string"],
      "type": Self.type(of: resource),
      "links": .reference("schemas/jsonapi.links"), "meta": ["type": "object"],
      "attributes": ["type": "object", "properties": .object(attributes)],
    ]
    if !resource.relationships.isEmpty {
      properties["relationships"] = [
        "type": "object",
        "properties": .object(
          resource.relationships.mapValues { relationship in
            var node = Node.reference(
              "schemas/jsonapi.to_\(relationship.cardinality.rawValue)")
            let targets = targets(of: relationship)
            if !targets.isEmpty { node = node.adding(["x-targets": .texts(targets)]) }
            if relationship.create == nil, relationship.update == nil {
              node = node.adding(["readOnly": true])
            }
            return relationship.deprecated == true ? node.adding(["deprecated": true]) : node
          }),
      ]
    }
    let node: Node = [
      "type": "object", "required": ["id", "type"], "properties": .object(properties),
    ]
    return resource.deprecated == true ? node.adding(["deprecated": true]) : node
  }

  func isReadable(_ name: String, _ attribute: AttributeSpec) -> Bool {
    attribute.writeOnly != true && attribute.trigger != true
      && !Self.documentMembers.contains(name)
  }

  /// The type member of a resource's documents: of a family's base, the type of one of its members.
  private static func type(of resource: ResourceSpec) -> Node {
    guard let members = resource.members else {
      return ["type": "string", "const": .text(resource.resource)]
    }
    return [
      "type": "string", "x-extensible-enum": .texts(members),
      "description": "The type of a member of the family. More types may come.",
    ]
  }

  private func reading(_ attribute: AttributeSpec) -> Node {
    if attribute.rows == true { return flags(attribute, [:]) }
    var members = Self.type(attribute, isNullable: attribute.neverNull != true)
    if let values = attribute.values, !values.isEmpty {
      members["x-extensible-enum"] = .texts(values)
      members["description"] = "More values may come."
    }
    if attribute.create == nil, attribute.update == nil { members["readOnly"] = true }
    return flags(attribute, members)
  }

  /// The flags that are the same wherever an attribute stands.
  private func flags(_ attribute: AttributeSpec, _ members: [String: Node]) -> Node {
    var members = members
    if attribute.deprecated == true { members["deprecated"] = true }
    if attribute.transient == true { members["x-transient"] = true }
    if attribute.rows == true { members["x-rows"] = true }
    if attribute.monetizable == true { members["x-monetizable"] = true }
    if attribute.confidential == true { members["x-confidential"] = true }
    if attribute.prohibited == true { members["x-prohibited"] = true }
    if let example = attribute.example { members["examples"] = .list([Node(example)]) }
    return .object(members)
  }

  static func type(_ type: AttributeType, isNullable: Bool) -> [String: Node] {
    let name =
      switch type {
      case .string, .datetime: "string"
      case .integer: "integer"
      case .float: "number"
      case .boolean: "boolean"
      case .object: "object"
      case .array: "array"
      }
    var members: [String: Node] = ["type": isNullable ? [.text(name), "null"] : .text(name)]
    if type == .datetime { members["format"] = "date-time" }
    return members
  }

  /// The type with that of an array's elements and of an object's members, where they are known.
  private static func type(_ attribute: AttributeSpec, isNullable: Bool) -> [String: Node] {
    var members = type(attribute.type, isNullable: isNullable)
    if let items = attribute.items {
      members["items"] = .object(type(items, isNullable: false))
    }
    if let properties = attribute.properties {
      members["properties"] = .object(
        properties.mapValues { .object(type($0, isNullable: true)) })
    }
    return members
  }

  // MARK: - Writing

  private func request(
    _ resource: ResourceSpec, requirement: KeyPath<AttributeSpec, Requirement?>,
    ofRelationship: KeyPath<RelationshipSpec, Requirement?>, isUpdate: Bool
  ) -> Node {
    var attributes: [String: Node] = [:]
    var relationships: [String: Node] = [:]
    for (name, attribute) in resource.attributes
    where attribute[keyPath: requirement] != nil && !Self.documentMembers.contains(name) {
      attributes[name] = writing(
        attribute, isNullable: isUpdate && attribute[keyPath: requirement] != .required,
        condition: isUpdate ? attribute.updateCondition : attribute.createCondition)
    }
    for (name, relationship) in resource.relationships
    where relationship[keyPath: ofRelationship] != nil {
      relationships[name] = writing(
        relationship, isNullable: isUpdate && relationship[keyPath: ofRelationship] != .required,
        condition: isUpdate ? relationship.updateCondition : relationship.createCondition)
    }
    let demanded = attributes.keys.filter {
      resource.attributes[$0]?[keyPath: requirement] == .required
    }.sorted()
    let related = relationships.keys.filter {
      resource.relationships[$0]?[keyPath: ofRelationship] == .required
    }.sorted()
    var data: [String: Node] = [
      "type": ["type": "string", "const": .text(resource.resource)]
    ]
    var required = ["type"]
    if isUpdate {
      data["id"] = ["type": "string", "description": "The same as in the path."]
      required.append("id")
    }
    for (key, members, names) in [
      ("attributes", attributes, demanded), ("relationships", relationships, related),
    ] where !members.isEmpty {
      var node: Node = [
        "type": "object", "properties": .object(members), "additionalProperties": false,
      ]
      if !names.isEmpty {
        node = node.adding(["required": .texts(names)])
        required.append(key)
      }
      data[key] = node
    }
    var node: Node = [
      "type": "object", "required": .texts(required.sorted()), "properties": .object(data),
    ]
    let groups = (resource.alternatives ?? [:]).sorted { $0.key < $1.key }.map(\.value)
      .filter { (isUpdate ? $0.update : $0.create) == .required }
    if !groups.isEmpty {
      node = node.adding(["allOf": .list(groups.map { oneGiven($0, of: resource) })])
    }
    return ["type": "object", "required": ["data"], "properties": ["data": node]]
  }

  /// At least one of the alternatives is there.
  private func oneGiven(_ group: AlternativeSpec, of resource: ResourceSpec) -> Node {
    [
      "anyOf": .list(
        group.members.map { name in
          let place = resource.attributes[name] == nil ? "relationships" : "attributes"
          return [
            "required": [.text(place)],
            "properties": .object([place: ["required": [.text(name)]]]),
          ]
        })
    ]
  }

  private func writing(
    _ attribute: AttributeSpec, isNullable: Bool, condition: ConditionSpec?
  ) -> Node {
    if attribute.rows == true {
      return flags(
        attribute,
        [
          "oneOf": [
            ["type": "array", "items": ["type": "object"]],
            ["type": "string", "description": "CSV text with a header row."],
          ]
        ])
    }
    let canBeNull = isNullable && attribute.trigger != true
    var members = Self.type(attribute, isNullable: canBeNull)
    if let values = attribute.values, !values.isEmpty {
      members["enum"] = .list(values.map(Node.text) + (canBeNull ? [.null] : []))
    }
    if attribute.writeOnly == true || attribute.trigger == true { members["writeOnly"] = true }
    if attribute.trigger == true { members["x-trigger"] = true }
    if attribute.idempotent == true { members["x-idempotent"] = true }
    if let condition { members["x-condition"] = .text(condition.text) }
    if let value = attribute.defaultValue { members["default"] = Node(value) }
    if let effect = attribute.effect, let tree = try? effect.tree() {
      members["x-effect"] = Node(tree)
    }
    return flags(attribute, members)
  }

  private func writing(
    _ relationship: RelationshipSpec, isNullable: Bool, condition: ConditionSpec?
  ) -> Node {
    let names = targets(of: relationship)
    let reference: Node
    if names.count == 1, let target = resources[names[0]] {
      reference = .reference("schemas/\(target.singular).reference")
    } else if names.isEmpty {
      reference = .reference("schemas/jsonapi.reference")
    } else {
      reference = [
        "type": "object", "required": ["type", "id"],
        "properties": [
          "type": ["type": "string", "enum": .texts(names)], "id": ["type": "string"],
        ],
      ]
    }
    let data: Node =
      relationship.cardinality == .many
      ? ["type": "array", "items": reference]
      : isNullable ? ["oneOf": [reference, ["type": "null"]]] : reference
    var members: [String: Node] = [
      "type": "object", "required": ["data"], "properties": ["data": data],
    ]
    if let condition { members["x-condition"] = .text(condition.text) }
    if relationship.prohibited == true { members["x-prohibited"] = true }
    if relationship.deprecated == true { members["deprecated"] = true }
    return .object(members)
  }
}
