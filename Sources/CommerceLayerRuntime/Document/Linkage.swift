/// What a document says of where a relationship leads.
public enum Linkage<Target: Resource>: Sendable, Hashable {
  /// Nothing: the relationship is absent, or has links only, or cannot be read. It was not asked to be
  /// included.
  case notIncluded
  /// A to-one relationship that leads nowhere: `null`.
  case none
  /// A to-one relationship.
  case one(Target)
  /// A to-many relationship; empty when it leads nowhere.
  case many([Target])

  /// All resources it leads to; nil when the document does not say.
  public var resources: [Target]? {
    switch self {
    case .notIncluded: nil
    case .none: []
    case .one(let resource): [resource]
    case .many(let resources): resources
    }
  }
}

extension Resource {
  /// Where a relationship leads, by wire name; also one the schema does not know.
  ///
  /// Resources that the document does not hold have a type and an id only:
  /// ``ResourceStorage/isIdentifier``.
  public func linkage(_ name: String) -> Linkage<AnyResource> { storage.linkage(name) }
}

extension ResourceStorage {
  /// Where a relationship leads.
  public func linkage(_ name: String) -> Linkage<AnyResource> {
    guard let data = linkageData(name) else { return .notIncluded }
    switch data.kind {
    case .object: return .one(AnyResource(storage: document.resolve(data)))
    case .array: return .many(data.elements.map { AnyResource(storage: document.resolve($0)) })
    case .null, .boolean, .number, .string: return .none
    }
  }

  /// The resources a to-many relationship leads to; nil unless the document says which.
  @_spi(Generated) public func resources(_ name: String) -> [AnyResource]? {
    resources(name, as: AnyResource.self)
  }

  /// The resources a to-many relationship leads to; nil unless the document says which, and when one
  /// of them is neither of the type nor of a member of its family. Those the document does not hold have an id and a type only.
  @_spi(Generated) public func resources<R: Resource>(_ name: String, as type: R.Type) -> [R]? {
    guard let data = linkageData(name) else { return nil }
    switch data.kind {
    case .array:
      var resources: [R] = []
      for identifier in data.elements {
        guard let resource = resolve(identifier, as: type) else { return nil }
        resources.append(resource)
      }
      return resources
    // Recorded as a diagnostic: one where many were to be.
    case .object: return resolve(data, as: type).map { [$0] }
    case .null, .boolean, .number, .string: return nil
    }
  }

  /// The resource a to-one relationship leads to; nil when empty or unknown.
  @_spi(Generated) public func resource(_ name: String) -> AnyResource? {
    resource(name, as: AnyResource.self)
  }

  /// The resource a to-one relationship leads to; nil when empty, unknown, or neither of the type nor of
  /// a member of its family.
  @_spi(Generated) public func resource<R: Resource>(_ name: String, as type: R.Type) -> R? {
    guard let data = linkageData(name), data.kind == .object else { return nil }
    return resolve(data, as: type)
  }

  /// The linkage of a relationship; nil when it is absent or not linkage.
  private func linkageData(_ name: String) -> JSONElement? {
    relationship(name)?["data"].flatMap { $0.isLinkage ? $0 : nil }
  }

  private func resolve<R: Resource>(_ identifier: JSONElement, as type: R.Type) -> R? {
    let storage = document.resolve(identifier)
    guard R.schema.accepts(storage.type, in: document.context.schemas) else { return nil }
    return R(storage: storage)
  }
}

extension JSONElement {
  /// Whether it is linkage as JSON:API defines it: null, a resource identifier, or an array of them.
  var isLinkage: Bool {
    func isIdentifier(_ element: JSONElement) -> Bool {
      element["type" as StaticString]?.kind == .string
        && element["id" as StaticString]?.kind == .string
    }
    switch kind {
    case .null: return true
    case .object: return isIdentifier(self)
    case .array: return elements.allSatisfy(isIdentifier)
    case .boolean, .number, .string: return false
    }
  }

  /// Whether it is an array or an object with nothing in it.
  var isEmptyContainer: Bool { (kind == .array || kind == .object) && count == 0 }
}

/// What JSON:API tells resources apart by.
struct ResourceIdentity: Hashable, Sendable {
  let type: String
  let id: String
}
