internal import Spec

/// What lists and reads of one resource can be asked for.
extension OpenAPIBuilder {
  mutating func addParameters(of resource: ResourceSpec) {
    let own = resource.singular
    let fields =
      resource.attributes.filter { isReadable($0.key, $0.value) }.map(\.key)
      + resource.relationships.keys
    if !fields.isEmpty {
      parameters["\(own).fields"] = commaList(
        "fields[\(resource.resource)]", ["type": "string", "enum": .texts(fields.sorted())],
        "The members to return.")
    }
    let sorts =
      (resource.attributes.filter { $0.value.sort == true }.map(\.key)
      + resource.relationships.filter { $0.value.sort == true }.map(\.key)).sorted()
    if !sorts.isEmpty {
      parameters["\(own).sort"] = commaList(
        "sort", ["type": "string", "enum": .texts(sorts + sorts.map { "-\($0)" })],
        "The order, most important first; '-' for descending.")
    }
    let includes = resource.relationships.filter { $0.value.include == true }.keys.sorted()
    if !includes.isEmpty {
      parameters["\(own).include"] = commaList(
        "include",
        [
          "type": "string",
          "pattern": .text("^(?:\(includes.joined(separator: "|")))(?:\\.[A-Za-z0-9_]+)*$"),
        ],
        "What to return along; dots reach further.")
    }
    parameters["\(own).filter"] = filter(of: resource)
  }

  private func commaList(_ name: String, _ item: Node, _ description: String) -> Node {
    [
      "name": .text(name), "in": "query", "style": "form", "explode": false,
      "description": .text(description), "schema": ["type": "array", "items": item],
    ]
  }

  /// `filter[q][<attribute>_<predicate>]=value`: an object named `filter[q]` in the style
  /// `deepObject`, one level deep, which is all that the style is defined for. Each pattern lists
  /// the attributes of one type with the predicates that fit it.
  private func filter(of resource: ResourceSpec) -> Node? {
    let filterable = resource.attributes.filter { $0.value.filter == true }
    let through = resource.relationships.filter { $0.value.filter == true }.keys.sorted()
    guard !filterable.isEmpty || !through.isEmpty || resource.scopes?.isEmpty == false else {
      return nil
    }
    var patterns: [String: Node] = [:]
    for (name, scope) in resource.scopes ?? [:] {
      let values = scope.attribute.flatMap { resource.attributes[$0]?.values }
      patterns["^\(name)$"] =
        values.map { ["type": "string", "enum": .texts($0)] }
        ?? schema(of: scope.argument, for: .string)
    }
    for (name, attribute) in filterable {
      guard let predicates = attribute.predicates?.sorted(), !predicates.isEmpty else { continue }
      patterns["^\(name)_(?:\(predicates.joined(separator: "|")))$"] = ["type": "string"]
    }
    for (names, type) in groups(filterable.filter { $0.value.predicates == nil }) {
      for (kind, predicates) in predicates(for: type, isID: names == ["id"]) {
        let pattern =
          "^(?:\(names.joined(separator: "|")))_(?:\(predicates.joined(separator: "|")))$"
        patterns[pattern] = schema(of: kind, for: type)
      }
    }
    var text =
      "Conditions that all hold: an attribute, '_' and a predicate. '_or_' joins attributes."
    if !through.isEmpty {
      text +=
        " A relationship and '_' in front reach into it: \(through.joined(separator: ", "))."
    }
    return [
      "name": "filter[q]", "in": "query", "style": "deepObject", "explode": true,
      "description": .text(text),
      "schema": [
        "type": "object", "patternProperties": .object(patterns),
        "additionalProperties": ["type": "string"],
      ],
    ]
  }

  /// Filterable attributes by type, the id apart: other predicates fit it.
  private func groups(_ attributes: [String: AttributeSpec]) -> [([String], AttributeType)] {
    let byType = Dictionary(grouping: attributes.filter { $0.key != "id" }, by: \.value.type)
    return byType.map { ($0.value.map(\.key).sorted(), $0.key) }
      + (attributes["id"].map { [(["id"], $0.type)] } ?? [])
  }

  private func predicates(
    for type: AttributeType, isID: Bool
  ) -> [ServiceSpec.Argument: [String]] {
    let fitting = service.predicates.filter {
      $0.types.contains(type) || (isID && $0.id == true)
    }
    return Dictionary(grouping: fitting) { Self.merged($0.argument, type) }
      .mapValues { $0.map(\.name).sorted() }
  }

  /// Arguments that look the same in a query belong together.
  private static func merged(
    _ argument: ServiceSpec.Argument, _ type: AttributeType
  ) -> ServiceSpec.Argument {
    switch argument {
    case .flag: .flag
    case .value where type != .string: .value
    case .value, .values, .text, .texts, .object: .text
    }
  }

  private func schema(of argument: ServiceSpec.Argument, for type: AttributeType) -> Node {
    switch argument {
    case .flag: ["type": "boolean"]
    case .value: .object(Self.type(type, isNullable: false))
    case .values, .text, .texts, .object: ["type": "string"]
    }
  }
}
