/// Checks that the members JSON:API defines are of the kinds it defines. What it does not define is
/// ignored, names that it forbids are tolerated, and `null` where an object may be left out is as
/// good as nothing.
struct StructureCheck {
  let context: Document.Context

  private func violation(_ message: String, _ pointer: String) -> CommerceLayerError {
    .protocolViolation(message, pointer: pointer, context)
  }

  /// The members at the top, but for `data` and `included`, which whoever reads them checks.
  func top(_ root: JSONElement, _ log: inout DiagnosticLog) throws(CommerceLayerError) {
    guard root.kind == .object else {
      throw .protocolViolation(
        "a document is an object, not \(root.kind.rawValue)", pointer: "", context)
    }
    if let jsonapi = root["jsonapi" as StaticString], !jsonapi.isNull {
      if try isObject(jsonapi, "jsonapi", .invalidMember, &log, { "/jsonapi" }) {
        if let version = jsonapi["version" as StaticString], version.kind != .string {
          try log.report(
            .invalidMember, "a version is a string, not \(version.kind.rawValue)",
            at: "/jsonapi/version")
        }
        try meta(jsonapi, .invalidMember, &log) { "/jsonapi/meta" }
      }
    }
    try links(root, .invalidMember, &log) { "/links" }
    try meta(root, .invalidMember, &log) { "/meta" }
    if let errors = root["errors" as StaticString] {
      // Errors in any form are errors: only strict reading says what is wrong with the form.
      guard context.reading == .strict else { return }
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

  /// A resource object.
  /// - Returns: nil for a resource without a type or an id, unless it is a primary one.
  /// - Throws: For a primary resource without a type or an id, and whatever is wrong when reading is
  ///   strict.
  func resource(
    _ element: JSONElement, at place: Place, isPrimary: Bool, _ log: inout DiagnosticLog
  ) throws(CommerceLayerError) -> ResourceIdentity? {
    let identity: ResourceIdentity
    switch self.identity(of: element) {
    case .success(let found): identity = found
    case .failure(let flaw):
      if isPrimary { throw violation(flaw.message, place.pointer + flaw.pointer) }
      try log.report(.invalidResource, flaw.message, at: place.pointer + flaw.pointer)
      return nil
    }
    for (key, value) in element.rawMembers {
      if key.isString("relationships") {
        try relationships(value, at: place, &log)
      } else if key.isString("links") {
        try links(element, .invalidMember, &log) { place.pointer("links") }
      } else if key.isString("meta") {
        try meta(element, .invalidMember, &log) { place.pointer("meta") }
      } else if key.isString("attributes"), !value.isNull {
        _ = try isObject(value, "attributes", .invalidMember, &log) { place.pointer("attributes") }
      }
    }
    return identity
  }

  /// What is wrong with a resource identifier, and where in it.
  private struct Flaw: Error {
    let message: String
    var pointer = ""
  }

  private func identity(of element: JSONElement) -> Result<ResourceIdentity, Flaw> {
    guard element.kind == .object else {
      return .failure(Flaw(message: "a resource is an object, not \(element.kind.rawValue)"))
    }
    // An empty type is only badly named: whoever wants a certain type sees that it is another one.
    guard let type = element["type" as StaticString]?.string else {
      return .failure(Flaw(message: "a resource has a 'type', a string", pointer: "/type"))
    }
    guard let id = element["id" as StaticString]?.string else {
      return .failure(Flaw(message: "a resource has an 'id', a string", pointer: "/id"))
    }
    return .success(ResourceIdentity(type: type, id: id))
  }

  private func relationships(
    _ all: JSONElement, at place: Place, _ log: inout DiagnosticLog
  ) throws(CommerceLayerError) {
    if all.isNull { return }
    let isObject = try isObject(all, "relationships", .invalidRelationship, &log) {
      place.pointer("relationships")
    }
    guard isObject else { return }
    for (key, relationship) in all.rawMembers where !Self.isAtMember(key) {
      func pointer(_ rest: String = "") -> String {
        place.pointer("relationships", key.string ?? "") + rest
      }
      guard relationship.kind == .object else {
        try log.report(
          .invalidRelationship,
          "a relationship is an object, not \(relationship.kind.rawValue)", at: pointer())
        continue
      }
      var isEmpty = true
      for (name, value) in relationship.rawMembers {
        isEmpty = false
        if name.isString("data") {
          try linkage(value, &log) { pointer("/data") }
        } else if name.isString("links") {
          try links(relationship, .invalidRelationship, &log) { pointer("/links") }
        } else if name.isString("meta") {
          try meta(relationship, .invalidRelationship, &log) { pointer("/meta") }
        }
      }
      if isEmpty {
        try log.report(
          .invalidRelationship, "a relationship has 'links', 'data' or 'meta'", at: pointer())
      }
    }
  }

  private func linkage(
    _ data: JSONElement, _ log: inout DiagnosticLog, at pointer: () -> String
  ) throws(CommerceLayerError) {
    func check(
      _ identifier: JSONElement, _ log: inout DiagnosticLog, _ place: String
    ) throws(CommerceLayerError) {
      guard case .failure(let flaw) = identity(of: identifier) else { return }
      try log.report(
        .invalidRelationship, flaw.message, at: pointer() + place + flaw.pointer)
    }
    switch data.kind {
    case .null: return
    case .object: try check(data, &log, "")
    case .array:
      for (index, element) in data.elements.enumerated() { try check(element, &log, "/\(index)") }
    case .boolean, .number, .string:
      try log.report(
        .invalidRelationship,
        "linkage is null, an identifier or an array of them, not \(data.kind.rawValue)",
        at: pointer())
    }
  }

  /// Each link is a string, an object with one, or null.
  private func links(
    _ parent: JSONElement, _ kind: Diagnostic.Kind, _ log: inout DiagnosticLog,
    at pointer: () -> String
  ) throws(CommerceLayerError) {
    guard let links = parent["links" as StaticString], !links.isNull,
      try isObject(links, "links", kind, &log, pointer)
    else { return }
    for (key, link) in links.rawMembers where !Self.isAtMember(key) {
      func here(_ rest: String = "") -> String {
        "\(pointer())/\(JSONText.pointerToken(key.string ?? ""))\(rest)"
      }
      switch link.kind {
      case .null, .string: continue
      case .object:
        if link["href" as StaticString]?.kind != .string {
          try log.report(kind, "a link object has an 'href', a string", at: here("/href"))
        }
      case .boolean, .number, .array:
        try log.report(
          kind, "a link is a string, an object or null, not \(link.kind.rawValue)", at: here())
      }
    }
  }

  /// JSON:API 1.1 lets an `@` start the names of members that clients ignore.
  private static func isAtMember(_ key: JSONElement) -> Bool {
    key.begins(with: UInt8(ascii: "@"))
  }

  private func meta(
    _ parent: JSONElement, _ kind: Diagnostic.Kind, _ log: inout DiagnosticLog,
    at pointer: () -> String
  ) throws(CommerceLayerError) {
    guard let meta = parent["meta" as StaticString], !meta.isNull else { return }
    _ = try isObject(meta, "meta", kind, &log, pointer)
  }

  private func isObject(
    _ value: JSONElement, _ name: String, _ kind: Diagnostic.Kind, _ log: inout DiagnosticLog,
    _ pointer: () -> String
  ) throws(CommerceLayerError) -> Bool {
    if value.kind == .object { return true }
    try log.report(kind, "'\(name)' is an object, not \(value.kind.rawValue)", at: pointer())
    return false
  }
}
