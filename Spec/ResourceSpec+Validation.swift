import Foundation

extension ResourceSpec {
  /// Reads a resource from its JSON and checks what types alone cannot say: no unknown member, no
  /// name that is not a plain wire name, paths under the API's own, conditions only where they
  /// belong.
  /// - Throws: ``SpecError`` with the JSON pointer of the first violation.
  public init(
    validating tree: JSONTree, file: String, profile: Profile = .commerceLayer
  ) throws(SpecError) {
    try Self.refuseUnknownMembers(in: tree, file: file)
    self = try SpecFolder.decode(tree, file: file)
    try validate(file: file, basePath: profile.basePath)
  }

  /// The resource as JSON, false flags left out.
  /// - Throws: ``SpecError`` never in practice: every value is representable.
  public func tree() throws(SpecError) -> JSONTree {
    try SpecFolder.encode(self, file: "\(resource).json")
  }

  /// The longest name accepted anywhere in the spec, in bytes.
  static let maximumNameLength = 128

  private static func refuseUnknownMembers(
    in tree: JSONTree, file: String
  ) throws(SpecError) {
    func check(_ node: JSONTree?, at pointer: String, allowed: [String]) throws(SpecError) {
      guard let members = node?.object else { return }
      for key in members.keys.sorted() where !allowed.contains(key) {
        throw SpecError(
          file: file, pointer: "\(pointer)/\(key)",
          "unknown member; expected one of \(allowed.sorted().joined(separator: ", "))")
      }
    }
    try check(
      tree, at: "",
      allowed: [
        "resource", "singular", "singleton", "deprecated", "operations", "attributes",
        "relationships", "lifecycle",
      ])
    try check(
      tree["operations"], at: "/operations", allowed: OperationKind.allCases.map(\.rawValue))
    for (name, node) in (tree["operations"]?.object ?? [:]).sorted(by: { $0.key < $1.key }) {
      try check(node, at: "/operations/\(name)", allowed: ["method", "path", "success"])
    }
    for (name, node) in (tree["attributes"]?.object ?? [:]).sorted(by: { $0.key < $1.key }) {
      try check(
        node, at: "/attributes/\(name)", allowed: AttributeSpec.CodingKeys.allCases.map(\.rawValue))
    }
    for (name, node) in (tree["relationships"]?.object ?? [:]).sorted(by: { $0.key < $1.key }) {
      try check(
        node, at: "/relationships/\(name)",
        allowed: RelationshipSpec.CodingKeys.allCases.map(\.rawValue))
    }
    try check(
      tree["lifecycle"], at: "/lifecycle",
      allowed: LifecycleSpec.CodingKeys.allCases.map(\.rawValue))
  }

  private func validate(file: String, basePath: String) throws(SpecError) {
    try Self.requireName(resource, file: file, pointer: "/resource")
    try Self.requireName(singular, file: file, pointer: "/singular")
    for (kind, operation) in operations.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      let pointer = "/operations/\(kind.rawValue)"
      guard ["GET", "POST", "PATCH", "PUT", "DELETE"].contains(operation.method) else {
        throw SpecError(
          file: file, pointer: pointer + "/method", "'\(operation.method)' is no HTTP method here")
      }
      let segments = operation.path.dropFirst(basePath.count)
        .split(separator: "/", omittingEmptySubsequences: false)
      guard operation.path.hasPrefix(basePath), !segments.isEmpty,
        segments.allSatisfy({ $0 == ":id" || Self.isName($0) })
      else {
        throw SpecError(
          file: file, pointer: pointer + "/path",
          "a path is \(basePath) and plain names, with :id for the id")
      }
      guard (200..<300).contains(operation.success) else {
        throw SpecError(
          file: file, pointer: pointer + "/success", "\(operation.success) is no success status")
      }
    }
    for (name, attribute) in attributes.sorted(by: { $0.key < $1.key }) {
      let pointer = "/attributes/\(name)"
      try Self.requireName(name, file: file, pointer: pointer)
      let conditional = attribute.create == .conditional || attribute.update == .conditional
      guard conditional == (attribute.condition != nil) else {
        throw SpecError(
          file: file, pointer: pointer, "'conditional' and 'condition' belong together")
      }
      guard attribute.idempotent == nil || attribute.trigger == true else {
        throw SpecError(
          file: file, pointer: pointer + "/idempotent", "says something of triggers alone")
      }
    }
    for (name, relationship) in relationships.sorted(by: { $0.key < $1.key }) {
      let pointer = "/relationships/\(name)"
      try Self.requireName(name, file: file, pointer: pointer)
      if let target = relationship.resource {
        try Self.requireName(target, file: file, pointer: pointer + "/resource")
      }
      guard relationship.targets == nil || relationship.polymorphic == true else {
        throw SpecError(
          file: file, pointer: pointer + "/targets", "says something of polymorphic ones alone")
      }
      for (index, target) in (relationship.targets ?? []).enumerated() {
        try Self.requireName(target, file: file, pointer: pointer + "/targets/\(index)")
      }
      guard attributes[name] == nil else {
        throw SpecError(
          file: file, pointer: pointer, "an attribute has the same name; JSON:API forbids it")
      }
    }
    if let lifecycle, attributes[lifecycle.attribute] == nil {
      throw SpecError(
        file: file, pointer: "/lifecycle/attribute", "'\(lifecycle.attribute)' is no attribute")
    }
  }

  private static func requireName(
    _ name: String, file: String, pointer: String
  ) throws(SpecError) {
    guard isName(name) else {
      throw SpecError(
        file: file, pointer: pointer,
        "a name is ASCII letters, digits and '_', starts with a letter or '_', "
          + "and has at most \(maximumNameLength) bytes")
    }
  }

  static func isName(_ name: some StringProtocol) -> Bool {
    guard let first = name.utf8.first, name.utf8.count <= maximumNameLength else { return false }
    func isLetter(_ byte: UInt8) -> Bool {
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
        || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) || byte == UInt8(ascii: "_")
    }
    return isLetter(first)
      && name.utf8.allSatisfy {
        isLetter($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
      }
  }
}

extension SpecFolder {
  static func encode(_ value: some Encodable, file: String) throws(SpecError) -> JSONTree {
    do {
      return try JSONTree.parse(JSONEncoder().encode(value), file: file)
    } catch {
      throw SpecError(file: file, "\(error)")
    }
  }
}
