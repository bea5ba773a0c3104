public import CommerceLayer

/// In which order several inputs are imported. Pure.
public enum ImportOrder {
  /// Returns the indices of the types so that what others refer to comes first: SKUs before prices,
  /// prices before price tiers. Where nothing decides, the given order stays.
  ///
  /// A type refers to another when its rows can name a record of it: through a relationship that can
  /// be set, the parent, or a part of the key. In a circle, the type with the fewest references that
  /// must be given goes first.
  public static func sorted(
    _ types: [String], service: ServiceDescription, schemas: [ResourceSchema]
  ) -> [Int] {
    let catalog = Dictionary(schemas.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    let references = types.map { Self.references(of: $0, service: service, catalog: catalog) }
    var left = Array(types.indices)
    var order: [Int] = []
    /// The references of a type to others that are still to come.
    func open(_ index: Int) -> (required: Int, all: Int) {
      let waiting = Set(left.map { types[$0] }).subtracting([types[index]])
      let open = references[index].filter { waiting.contains($0.key) }
      return (open.values.count { $0 }, open.count)
    }
    while !left.isEmpty {
      let next = left.first { open($0).all == 0 } ?? left.min { open($0) < open($1) } ?? left[0]
      order.append(next)
      left.removeAll { $0 == next }
    }
    return order
  }

  /// The types that rows of a type can refer to, and whether they must.
  static func references(
    of type: String, service: ServiceDescription, catalog: [String: ResourceSchema]
  ) -> [String: Bool] {
    guard let schema = catalog[type] else { return [:] }
    let importable = service.importables[type]
    var references: [String: Bool] = [:]
    for relationship in schema.relationships {
      let name = relationship.name
      let isKeyPart = importable?.key.contains { $0.hasPrefix("\(name)_") } ?? false
      let isParent = importable?.parent == name
      let isNested = importable?.nested.contains(name) ?? false
      guard relationship.create != nil || isParent || isKeyPart, !isNested else { continue }
      let targets = [relationship.target].compactMap { $0 } + relationship.targets
      for target in targets + targets.flatMap({ catalog[$0]?.members ?? [] }) where target != type {
        let isRequired = relationship.create == .required || isParent || isKeyPart
        references[target] = references[target] == true || isRequired
      }
    }
    return references
  }
}
