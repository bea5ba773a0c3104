/// Checks that the members JSON:API defines are of the kinds it defines. What it does not define is
/// ignored, names that it forbids are tolerated, and `null` where an object may be left out is as
/// good as nothing.
struct StructureCheck {
  let context: Document.Context

  private func violation(_ message: String, _ pointer: String) -> CommerceLayerError {
    .protocolViolation(message, pointer: pointer, context)
  }

  /// The members at the top, but for `data` and `included`, which whoever reads them checks.
  func top(_ root: JSONElement) throws(CommerceLayerError) {
    guard root.kind == .object else {
      throw .protocolViolation(
        "a document is an object, not \(root.kind.rawValue)", pointer: "", context)
    }
    if let jsonapi = root["jsonapi" as StaticString], !jsonapi.isNull {
      try object(jsonapi, "jsonapi") { "/jsonapi" }
      if let version = jsonapi["version" as StaticString], version.kind != .string {
        throw violation("a version is a string, not \(version.kind.rawValue)", "/jsonapi/version")
      }
      try meta(jsonapi) { "/jsonapi/meta" }
    }
    try links(root) { "/links" }
    try meta(root) { "/meta" }
    if let errors = root["errors" as StaticString] {
      guard errors.kind == .array else {
        throw violation("'errors' is an array, not \(errors.kind.rawValue)", "/errors")
      }
      for (index, error) in errors.elements.enumerated() where error.kind != .object {
        throw violation("an error is an object, not \(error.kind.rawValue)", "/errors/\(index)")
      }
    } else if root["data" as StaticString] == nil, root["meta" as StaticString] == nil {
      throw violation("a document has 'data', 'errors' or 'meta'", "")
    }
  }

  /// A resource object or a resource identifier.
  func resource(
    _ element: JSONElement, at place: Place
  ) throws(CommerceLayerError) -> ResourceIdentity {
    let identity = try identity(of: element) { place.pointer }
    for (key, value) in element.rawMembers {
      if key.isString("relationships") {
        try relationships(value, at: place)
      } else if key.isString("links") {
        try links(element) { place.pointer("links") }
      } else if key.isString("meta") {
        try meta(element) { place.pointer("meta") }
      } else if key.isString("attributes"), !value.isNull {
        try object(value, "attributes") { place.pointer("attributes") }
      }
    }
    return identity
  }

  private func identity(
    of element: JSONElement, at pointer: () -> String
  ) throws(CommerceLayerError) -> ResourceIdentity {
    guard element.kind == .object else {
      throw violation("a resource is an object, not \(element.kind.rawValue)", pointer())
    }
    // An empty type is only badly named: whoever wants a certain type sees that it is another one.
    guard let type = element["type" as StaticString]?.string else {
      throw violation("a resource has a 'type', a string", pointer() + "/type")
    }
    guard let id = element["id" as StaticString]?.string else {
      throw violation("a resource has an 'id', a string", pointer() + "/id")
    }
    return ResourceIdentity(type: type, id: id)
  }

  private func relationships(_ all: JSONElement, at place: Place) throws(CommerceLayerError) {
    if all.isNull { return }
    try object(all, "relationships") { place.pointer("relationships") }
    for (key, relationship) in all.rawMembers where !Self.isAtMember(key) {
      func pointer(_ rest: String = "") -> String {
        place.pointer("relationships", key.string ?? "") + rest
      }
      guard relationship.kind == .object else {
        throw violation(
          "a relationship is an object, not \(relationship.kind.rawValue)", pointer())
      }
      var isEmpty = true
      for (name, value) in relationship.rawMembers {
        isEmpty = false
        if name.isString("data") {
          try linkage(value) { pointer("/data") }
        } else if name.isString("links") {
          try links(relationship) { pointer("/links") }
        } else if name.isString("meta") {
          try meta(relationship) { pointer("/meta") }
        }
      }
      if isEmpty { throw violation("a relationship has 'links', 'data' or 'meta'", pointer()) }
    }
  }

  private func linkage(
    _ data: JSONElement, at pointer: () -> String
  ) throws(CommerceLayerError) {
    switch data.kind {
    case .null: return
    case .object: _ = try identity(of: data, at: pointer)
    case .array:
      for (index, element) in data.elements.enumerated() {
        _ = try identity(of: element) { pointer() + "/\(index)" }
      }
    case .boolean, .number, .string:
      throw violation(
        "linkage is null, an identifier or an array of them, not \(data.kind.rawValue)", pointer())
    }
  }

  /// Each link is a string, an object with one, or null.
  private func links(
    _ parent: JSONElement, at pointer: () -> String
  ) throws(CommerceLayerError) {
    guard let links = parent["links" as StaticString], !links.isNull else { return }
    try object(links, "links", at: pointer)
    for (key, link) in links.rawMembers where !Self.isAtMember(key) {
      func here(_ rest: String = "") -> String {
        "\(pointer())/\(JSONText.pointerToken(key.string ?? ""))\(rest)"
      }
      switch link.kind {
      case .null, .string: continue
      case .object:
        guard link["href" as StaticString]?.kind == .string else {
          throw violation("a link object has an 'href', a string", here("/href"))
        }
      case .boolean, .number, .array:
        throw violation(
          "a link is a string, an object or null, not \(link.kind.rawValue)", here())
      }
    }
  }

  /// JSON:API 1.1 lets an `@` start the names of members that clients ignore.
  private static func isAtMember(_ key: JSONElement) -> Bool {
    key.withStringBytes { $0.first == UInt8(ascii: "@") } ?? false
  }

  private func meta(_ parent: JSONElement, at pointer: () -> String) throws(CommerceLayerError) {
    guard let meta = parent["meta" as StaticString], !meta.isNull else { return }
    try object(meta, "meta", at: pointer)
  }

  private func object(
    _ value: JSONElement, _ name: String, at pointer: () -> String
  ) throws(CommerceLayerError) {
    guard value.kind == .object else {
      throw violation("'\(name)' is an object, not \(value.kind.rawValue)", pointer())
    }
  }
}
