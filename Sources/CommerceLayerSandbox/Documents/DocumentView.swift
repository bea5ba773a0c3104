import CommerceLayerRuntime

/// Which fields of which types a document shows, and which related resources come along.
struct DocumentView: Sendable {
  /// Fields by type; a type that is not here shows everything.
  private(set) var fields: [String: Set<String>] = [:]
  /// Relationship names to follow from the primary data.
  private(set) var includes = IncludeTree()

  /// A tree of relationship names.
  struct IncludeTree: Sendable {
    /// Sorted by name, so that documents come out the same every time.
    private(set) var branches: [(name: String, tree: IncludeTree)] = []

    func branch(_ name: String) -> IncludeTree? { branches.first { $0.name == name }?.tree }

    mutating func add(_ path: ArraySlice<String>) {
      guard let name = path.first else { return }
      var tree = branch(name) ?? IncludeTree()
      tree.add(path.dropFirst())
      branches.removeAll { $0.name == name }
      branches.append((name, tree))
      branches.sort { $0.name < $1.name }
    }
  }

  func shows(_ field: String, of type: String) -> Bool {
    fields[type].map { $0.contains(field) } ?? true
  }

  mutating func addFields(
    _ parameter: QueryString.Parameter, _ keys: [String], _ catalog: Catalog
  ) throws(ErrorResponse) {
    guard keys.count == 1, let schema = catalog.schema(keys[0]) else {
      throw ErrorResponse(
        .invalidResource, "\(keys.joined(separator: ".")) is not a valid resource type",
        .parameter(parameter.name))
    }
    var names = fields[schema.name] ?? []
    for name in parameter.value.split(separator: ",").map(String.init) {
      guard
        name == "id" || schema.attribute(name)?.isReadable == true
          || schema.relationship(name) != nil || catalog.isOpen(schema.name)
      else {
        throw ErrorResponse(
          .invalidField, "\(name) is not a field of \(schema.name)", .parameter(parameter.name))
      }
      names.insert(name)
    }
    fields[schema.name] = names
  }

  mutating func addIncludes(
    _ parameter: QueryString.Parameter, _ schema: ResourceSchema, _ catalog: Catalog
  ) throws(ErrorResponse) {
    for path in parameter.value.split(separator: ",") {
      let names = path.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
      var current: ResourceSchema? = schema
      for name in names {
        // A polymorphic or unknown target cannot be checked further.
        guard let here = current else { break }
        guard let relationship = here.relationship(name), relationship.isIncludable else {
          throw ErrorResponse(
            .invalidInclude, "\(name) is not an includable relationship of \(here.name)",
            .parameter("include"))
        }
        current = relationship.target.flatMap(catalog.schema)
      }
      includes.add(names[...])
    }
  }
}
