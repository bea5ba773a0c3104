/// What a request must give: required attributes and relationships, one of several alternatives, and
/// what a condition asks for. Pure: decides from a request and a schema alone.
struct RequestConditions {
  let storage: RequestStorage
  let schema: ResourceSchema
  let creating: Bool

  /// What is missing, in the order of the schema.
  var violations: [String] {
    creating
      ? missing + missingAlternatives + unmetConditions
      : unmetConditions
  }

  // MARK: - Required

  private var missing: [String] {
    (schema.attributes.filter { $0.create == .required }.map(\.name)
      + schema.relationships.filter { $0.create == .required }.map(\.name))
      .filter { !isGiven($0) && schema.alternatives(to: $0).isEmpty }
      .map { "'\($0)' is required" }
  }

  /// An update that gives none of the alternatives keeps what is there.
  private var missingAlternatives: [String] {
    schema.alternatives.filter { $0.create == .required && !$0.members.contains(where: isGiven) }
      .map { "\(Self.list($0.members)) is required" }
  }

  // MARK: - Conditions

  private var unmetConditions: [String] {
    let conditions: [(name: String, ResourceSchema.Condition?)] =
      creating
      ? schema.attributes.map { ($0.name, $0.createCondition) }
        + schema.relationships.map { ($0.name, $0.createCondition) }
      : schema.attributes.map { ($0.name, $0.updateCondition) }
        + schema.relationships.map { ($0.name, $0.updateCondition) }
    return conditions.compactMap { name, condition in
      guard let condition, condition.isCheckable, isMissing(name), let why = holds(condition)
      else { return nil }
      return "'\(name)' is required \(why)"
    }
  }

  /// A create must give it, or an alternative. An update keeps the value there is, so that only one
  /// that clears it leaves it missing.
  private func isMissing(_ name: String) -> Bool {
    guard creating else { return isCleared(name) }
    return !isGiven(name)
      && !schema.alternatives(to: name).contains { $0.members.contains(where: isGiven) }
  }

  /// Why the condition holds, in words; nil when it does not, or when an update does not send what it
  /// depends on.
  private func holds(_ condition: ResourceSchema.Condition) -> String? {
    if let given = condition.whenGiven.first(where: isGiven) { return "when '\(given)' is given" }
    guard !condition.when.isEmpty else { return nil }
    var reasons: [String] = []
    for (name, values) in condition.when.sorted(by: { $0.key < $1.key }) {
      guard let value = value(of: name), values.contains(value) else { return nil }
      reasons.append("'\(name)' is \(TerminalSafe.text(value.text, limit: 40))")
    }
    return "when \(reasons.joined(separator: " and "))"
  }

  /// What the service sees: the value that is sent or, on create, the default; nil when nobody knows.
  private func value(of name: String) -> JSONValue? {
    if let sent = storage.attributes[name] ?? storage.relationships[name] { return sent }
    return creating ? schema.attribute(name)?.defaultValue ?? .null : nil
  }

  // MARK: - What is given

  private func isGiven(_ name: String) -> Bool {
    if storage.rows?.name == name { return true }
    guard let value = storage.attributes[name] ?? storage.relationships[name] else { return false }
    return value != .null && value != ""
  }

  private func isCleared(_ name: String) -> Bool {
    guard let value = storage.attributes[name] ?? storage.relationships[name] else { return false }
    return value == .null || value == ""
  }

  private static func list(_ names: [String]) -> String {
    let quoted = names.map { "'\($0)'" }
    guard let last = quoted.last, quoted.count > 1 else { return quoted.first ?? "" }
    return quoted.dropLast().joined(separator: ", ") + " or " + last
  }
}
