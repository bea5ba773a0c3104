import CommerceLayerRuntime

/// Reads the linkage of a relationship in a request.
enum RelationshipReader {
  /// An identifier, an array of them, or null. Whether the records exist is told by
  /// ``RecordOperations``, which has the database.
  static func read(
    _ name: String, _ value: JSONElement, schema: ResourceSchema, catalog: Catalog, creating: Bool
  ) throws(ErrorResponse) -> JSONValue {
    let pointer = "/data/relationships/\(name)"
    guard let relationship = schema.relationship(name),
      (creating ? relationship.create : relationship.update) != nil
    else { throw ErrorResponse(.paramNotAllowed, "\(name) is not allowed", .pointer(pointer)) }
    guard let data = value["data"] else {
      throw ErrorResponse(
        .invalidLinksObject, "a relationship is an object with data", .pointer(pointer))
    }
    switch (relationship.isToMany, data.kind) {
    case (false, .null): return .null
    case (false, .object):
      return try identifier(data, relationship, pointer + "/data")
    case (true, .array):
      var list: [JSONValue] = []
      for (index, element) in data.elements.enumerated() {
        list.append(try identifier(element, relationship, "\(pointer)/data/\(index)"))
      }
      return .array(list)
    case (false, _), (true, _):
      throw ErrorResponse(
        .invalidLinksObject,
        relationship.isToMany
          ? "a to-many relationship is an array" : "a to-one is an object or null",
        .pointer(pointer + "/data"))
    }
  }

  private static func identifier(
    _ element: JSONElement, _ relationship: ResourceSchema.Relationship, _ pointer: String
  ) throws(ErrorResponse) -> JSONValue {
    guard let type = element["type"]?.string, let id = element["id"]?.string, !id.isEmpty else {
      throw ErrorResponse(.invalidLinksObject, "an identifier has type and id", .pointer(pointer))
    }
    if let target = relationship.target, !relationship.isPolymorphic, !relationship.namesMembers,
      type != target
    {
      throw ErrorResponse(
        .typeMismatch, "\(type) is not a valid type here, \(target) is", .pointer(pointer))
    }
    return ["type": .string(type), "id": .string(id)]
  }
}
