import CommerceLayer

/// Checks a row that is a JSON object against its type's schema. Pure.
enum RowCheck {
  /// At most this many reasons are given for one row.
  static let maximumReasons = 5

  /// Why a row may not be sent; none when it may.
  static func problems(_ row: JSONElement, identity: RowIdentity, rules: RowRules) -> [String] {
    var problems: [String] = []
    var seen: Set<String> = []
    for (name, value) in row.members {
      if problems.count >= maximumReasons { break }
      guard seen.insert(name).inserted else {
        problems.append("'\(TerminalSafe.text(name, limit: 60))' is there twice")
        continue
      }
      switch rules.look(up: name) {
      case .refused(let reason): problems.append(reason)
      case .field(let field):
        if let problem = problem(value, of: field, named: name, rules: rules) {
          problems.append(problem)
        } else if let key = duplicateKey(in: value) {
          problems.append("'\(name)' holds '\(TerminalSafe.text(key, limit: 60))' twice")
        }
      }
    }
    if let problem = identity.problem(rules) { problems.append(problem) }
    return problems
  }

  private static func problem(
    _ value: JSONElement, of field: RowRules.Field, named name: String, rules: RowRules
  ) -> String? {
    if value.isNull {
      if field == .id || rules.key.contains(name) {
        return "'\(name)' identifies the record: not null"
      }
      if case .attribute(let attribute) = field, attribute.create == .required {
        return "'\(name)' is required: not null"
      }
      return nil
    }
    // Rows of a type this build has no schema of pass as they are.
    if rules.schema == nil, field == .keyPart, !rules.key.contains(name) { return nil }
    guard fits(value, field.type) else {
      return "'\(name)' is \(article(field.type)), not \(describe(value))"
    }
    switch field {
    case .id, .relationshipID, .keyPart:
      return value.string?.isEmpty == true ? "'\(name)' is empty" : nil
    case .attribute:
      return rules.key.contains(name) && value.string?.isEmpty == true ? "'\(name)' is empty" : nil
    case .nested:
      return value.elements.contains { $0.kind != .object }
        ? "'\(name)' is an array of objects" : nil
    }
  }

  /// Whether a value is what the schema asks for. What is sent is held to it strictly.
  static func fits(_ value: JSONElement, _ type: ResourceSchema.AttributeType) -> Bool {
    switch type {
    case .string: value.kind == .string
    case .integer: value.integer != nil
    case .float: value.kind == .number
    case .boolean: value.kind == .boolean
    case .datetime: value.string.map(CellCoercion.isDate) ?? false
    case .object: value.kind == .object
    case .array: value.kind == .array
    }
  }

  static func article(_ type: ResourceSchema.AttributeType) -> String {
    switch type {
    case .string: "a string"
    case .integer: "a whole number"
    case .float: "a number"
    case .boolean: "true or false"
    case .datetime: "a time such as 2024-12-31T12:00:00Z"
    case .object: "an object"
    case .array: "an array"
    }
  }

  private static func describe(_ value: JSONElement) -> String {
    let text = String(decoding: value.rawBytes.prefix(60), as: UTF8.self)
    return switch value.kind {
    case .object: "an object"
    case .array: "an array"
    case .string: "the string \(TerminalSafe.text(text, limit: 40))"
    case .null, .boolean, .number: TerminalSafe.text(text, limit: 40)
    }
  }

  /// A key that stands twice in an object somewhere in a value. Readers differ on which counts, so
  /// such a row has no one meaning. The reader bounds the depth at 64.
  private static func duplicateKey(in value: JSONElement) -> String? {
    var seen: Set<String> = []
    for (key, member) in value.members {
      guard seen.insert(key).inserted else { return key }
      if let inner = duplicateKey(in: member) { return inner }
    }
    for element in value.elements {
      if let inner = duplicateKey(in: element) { return inner }
    }
    return nil
  }
}
