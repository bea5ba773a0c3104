import Foundation

extension ResourceSpec {
  /// Reads a resource from its JSON and checks what types alone cannot say: no unknown member, no
  /// name that is not a plain wire name, paths under the API's own, conditions only where they
  /// belong.
  /// - Throws: ``SpecError`` with the JSON pointer of the first violation.
  public init(
    validating tree: JSONTree, file: String, profile: Profile = .commerceLayer
  ) throws(SpecError) {
    try Self.rejectUnknownMembers(in: tree, file: file)
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
  /// The longest example, in bytes.
  public static let maximumExampleLength = 40

  private static func rejectUnknownMembers(
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
    func checkConditions(_ node: JSONTree, at pointer: String) throws(SpecError) {
      for member in ["create_condition", "update_condition"] {
        try check(
          node[member], at: "\(pointer)/\(member)",
          allowed: ConditionSpec.CodingKeys.allCases.map(\.rawValue))
      }
    }
    try check(
      tree, at: "",
      allowed: CodingKeys.allCases.map(\.rawValue))
    try check(
      tree["operations"], at: "/operations", allowed: OperationKind.allCases.map(\.rawValue))
    for (name, node) in (tree["operations"]?.object ?? [:]).sorted(by: { $0.key < $1.key }) {
      try check(node, at: "/operations/\(name)", allowed: ["method", "path", "success"])
    }
    for (name, node) in (tree["attributes"]?.object ?? [:]).sorted(by: { $0.key < $1.key }) {
      let pointer = "/attributes/\(name)"
      try check(node, at: pointer, allowed: AttributeSpec.CodingKeys.allCases.map(\.rawValue))
      try checkConditions(node, at: pointer)
      try check(
        node["effect"], at: pointer + "/effect",
        allowed: EffectSpec.CodingKeys.allCases.map(\.rawValue))
    }
    for (name, node) in (tree["relationships"]?.object ?? [:]).sorted(by: { $0.key < $1.key }) {
      let pointer = "/relationships/\(name)"
      try check(node, at: pointer, allowed: RelationshipSpec.CodingKeys.allCases.map(\.rawValue))
      try checkConditions(node, at: pointer)
    }
    for (name, node) in (tree["alternatives"]?.object ?? [:]).sorted(by: { $0.key < $1.key }) {
      try check(
        node, at: "/alternatives/\(name)",
        allowed: AlternativeSpec.CodingKeys.allCases.map(\.rawValue))
    }
    for (name, node) in (tree["scopes"]?.object ?? [:]).sorted(by: { $0.key < $1.key }) {
      try check(
        node, at: "/scopes/\(name)", allowed: ScopeSpec.CodingKeys.allCases.map(\.rawValue))
    }
    try check(
      tree["lifecycle"], at: "/lifecycle",
      allowed: LifecycleSpec.CodingKeys.allCases.map(\.rawValue))
  }

  private func validate(file: String, basePath: String) throws(SpecError) {
    try Self.requireName(resource, file: file, pointer: "/resource")
    try Self.requireName(singular, file: file, pointer: "/singular")
    try validate(replacedBy, of: resource, deprecated, file, "")
    for (kind, operation) in operations.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      let pointer = "/operations/\(kind.rawValue)"
      guard ["GET", "POST", "PATCH", "PUT", "DELETE"].contains(operation.method) else {
        throw SpecError(
          file: file, pointer: pointer + "/method",
          "'\(operation.method)' is not an HTTP method of the spec")
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
          file: file, pointer: pointer + "/success", "\(operation.success) is not a success status")
      }
    }
    for (name, attribute) in attributes.sorted(by: { $0.key < $1.key }) {
      let pointer = "/attributes/\(name)"
      try Self.requireName(name, file: file, pointer: pointer)
      try validate(attribute.create, attribute.createCondition, file, pointer + "/create")
      try validate(attribute.update, attribute.updateCondition, file, pointer + "/update")
      guard attribute.items == nil || attribute.type == .array else {
        throw SpecError(
          file: file, pointer: pointer + "/items", "only an array has a type of its elements")
      }
      guard attribute.properties == nil || attribute.type == .object else {
        throw SpecError(
          file: file, pointer: pointer + "/properties", "only an object has properties")
      }
      for name in (attribute.properties ?? [:]).keys.sorted() {
        for part in name.split(separator: ".", omittingEmptySubsequences: false) {
          try Self.requireName(String(part), file: file, pointer: "\(pointer)/properties/\(name)")
        }
      }
      for (index, predicate) in (attribute.predicates ?? []).enumerated() {
        try Self.requireName(predicate, file: file, pointer: "\(pointer)/predicates/\(index)")
      }
      guard attribute.example.map(Self.isExample) ?? true else {
        throw SpecError(
          file: file, pointer: pointer + "/example",
          "an example is a number, a date or a code of at most \(Self.maximumExampleLength) bytes, "
            + "never a sentence")
      }
      if let effect = attribute.effect {
        guard attribute.trigger == true else {
          throw SpecError(file: file, pointer: pointer + "/effect", "only a trigger has an effect")
        }
        try validate(effect, file, pointer + "/effect")
      }
      try validate(attribute.replacedBy, of: name, attribute.deprecated, file, pointer)
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
      try validate(relationship.replacedBy, of: name, relationship.deprecated, file, pointer)
      guard relationship.targets == nil || relationship.polymorphic == true else {
        throw SpecError(
          file: file, pointer: pointer + "/targets", "says something of polymorphic ones alone")
      }
      guard relationship.polymorphic != true || relationship.resource == nil else {
        throw SpecError(
          file: file, pointer: pointer,
          "leads to '\(relationship.resource ?? "")' and is polymorphic: one or the other")
      }
      guard relationship.namesMembers == nil || relationship.resource != nil else {
        throw SpecError(
          file: file, pointer: pointer + "/names_members",
          "only a relationship that leads to a family names its members")
      }
      for (index, target) in (relationship.targets ?? []).enumerated() {
        try Self.requireName(target, file: file, pointer: pointer + "/targets/\(index)")
      }
      try validate(relationship.create, relationship.createCondition, file, pointer + "/create")
      try validate(relationship.update, relationship.updateCondition, file, pointer + "/update")
      guard attributes[name] == nil else {
        throw SpecError(
          file: file, pointer: pointer, "an attribute has the same name; JSON:API forbids it")
      }
    }
    if let lifecycle, attributes[lifecycle.attribute] == nil {
      throw SpecError(
        file: file, pointer: "/lifecycle/attribute",
        "'\(lifecycle.attribute)' is not an attribute")
    }
    for (index, member) in (members ?? []).enumerated() {
      try Self.requireName(member, file: file, pointer: "/members/\(index)")
      guard member != resource, members?.firstIndex(of: member) == index else {
        throw SpecError(
          file: file, pointer: "/members/\(index)",
          "a family's members are other resources, each listed once: '\(member)'")
      }
    }
    for (name, scope) in (scopes ?? [:]).sorted(by: { $0.key < $1.key }) {
      try Self.requireName(name, file: file, pointer: "/scopes/\(name)")
      if let attribute = scope.attribute { try requireOwn(attribute, file, "/scopes/\(name)") }
    }
    for (name, group) in (alternatives ?? [:]).sorted(by: { $0.key < $1.key }) {
      let pointer = "/alternatives/\(name)"
      guard group.members.contains(name), Set(group.members).count == group.members.count,
        group.members.count > 1
      else {
        throw SpecError(
          file: file, pointer: pointer + "/members",
          "two or more different names, '\(name)' among them")
      }
      for member in group.members { try requireOwn(member, file, pointer + "/members") }
    }
    for name in order ?? [] { try requireOwn(name, file, "/order") }
  }

  private func requireOwn(
    _ name: String, _ file: String, _ pointer: String
  ) throws(SpecError) {
    guard attributes[name] != nil || relationships[name] != nil else {
      throw SpecError(
        file: file, pointer: pointer, "'\(name)' is not an attribute or relationship of \(resource)"
      )
    }
  }

  private func validate(
    _ requirement: Requirement?, _ condition: ConditionSpec?, _ file: String, _ pointer: String
  ) throws(SpecError) {
    guard (requirement == .conditional) == (condition != nil) else {
      throw SpecError(
        file: file, pointer: pointer,
        "'conditional' and its condition belong together: \(pointer.split(separator: "/").last ?? "")"
          + "_condition")
    }
    for name in (condition?.when ?? [:]).keys.sorted() + (condition?.whenGiven ?? []) {
      try requireOwn(name, file, pointer + "_condition")
    }
  }

  private func validate(
    _ replacement: String?, of name: String, _ deprecated: Bool?, _ file: String, _ pointer: String
  ) throws(SpecError) {
    guard let replacement else { return }
    try Self.requireName(replacement, file: file, pointer: pointer + "/replaced_by")
    guard deprecated == true, replacement != name else {
      throw SpecError(
        file: file, pointer: pointer + "/replaced_by",
        "names what to use instead of something deprecated: set 'deprecated', and name another one")
    }
  }

  private func validate(
    _ effect: EffectSpec, _ file: String, _ pointer: String
  ) throws(SpecError) {
    for name in (effect.sets ?? [:]).keys.sorted() + (effect.clears ?? [])
      + [effect.addsTo, effect.removesFrom].compactMap(\.self)
    {
      try requireOwn(name, file, pointer)
    }
    let isSilent =
      effect.sets == nil && effect.clears == nil && effect.addsTo == nil
      && effect.removesFrom == nil
    guard isSilent == (effect.unknown == true) else {
      throw SpecError(
        file: file, pointer: pointer, "either says what it changes or is 'unknown'")
    }
  }

  /// Whether a value can be an example: the spec holds no sentences of the documentation.
  private static func isExample(_ value: JSONTree) -> Bool {
    switch value {
    case .integer, .number: true
    case .string(let text):
      text.utf8.count <= maximumExampleLength && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    case .null, .bool, .array, .object: false
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

extension EffectSpec {
  /// The effect as JSON.
  /// - Throws: ``SpecError`` never in practice: every value is representable.
  public func tree() throws(SpecError) -> JSONTree {
    try SpecFolder.encode(self, file: "effect")
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
