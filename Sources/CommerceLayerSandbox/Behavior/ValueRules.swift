import CommerceLayerRows
import CommerceLayerRuntime

/// What values must look like beyond their type, where a public source says so. Pure.
enum ValueRules {
  enum Rule: Sendable {
    case email
    /// https://docs.commercelayer.io/core/tagging-resources
    case tagName
    /// A resource and an event, `orders.place`:
    /// https://docs.commercelayer.io/core/real-time-webhooks
    case topic
  }

  /// The rules of a type's attributes.
  static func rules(of schema: ResourceSchema) -> [String: Rule] {
    var rules: [String: Rule] = [:]
    for name in schema.attributes.lazy.map(\.name) {
      switch (schema.name, name) {
      case ("tags", "name"): rules[name] = .tagName
      case ("webhooks", "topic"): rules[name] = .topic
      case (_, "email"): rules[name] = .email
      case let (_, name) where name.hasSuffix("_email"): rules[name] = .email
      default: break
      }
    }
    return rules
  }

  /// What is wrong with the values of a request.
  static func problems(
    _ schema: ResourceSchema, attributes: JSONObject, relationships: JSONObject, catalog: Catalog
  ) -> [ErrorObject] {
    var problems: [ErrorObject] = []
    let rules = catalog.behavior(of: schema.name)?.valueRules ?? [:]
    for (name, value) in attributes where !rules.isEmpty {
      guard let rule = rules[name], let text = value.string, !text.isEmpty,
        let message = message(rule, text, catalog)
      else { continue }
      problems.append(
        .validation("/data/attributes/\(name)", "invalid", message, value: .string(text)))
    }
    // https://docs.commercelayer.io/core/tagging-resources
    for (name, value) in relationships
    where schema.relationship(name)?.target == "tags" && schema.relationship(name)?.isToMany == true
    {
      guard let tags = value.array, tags.count > TagList.maximumCount else { continue }
      problems.append(
        .validation(
          "/data/relationships/\(name)", "too_long",
          "is too long (maximum is \(TagList.maximumCount) tags)",
          value: JSONValue(cents: tags.count)))
    }
    return problems
  }

  private static func message(_ rule: Rule, _ text: String, _ catalog: Catalog) -> String? {
    switch rule {
    case .email: return isEmail(text) ? nil : "is not a valid email address"
    case .tagName:
      return TagList.isName(text)
        ? nil
        : "is not a valid tag name: use letters, digits, '_' and '-', at most "
          + "\(TagList.maximumLength) characters"
    case .topic:
      let parts = text.split(separator: ".", omittingEmptySubsequences: false)
      let isTopic =
        parts.count == 2 && catalog.schema(String(parts[0])) != nil
        && !parts[1].isEmpty
        && parts[1].utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == 0x5F }
      return isTopic
        ? nil : "is not a valid topic: use a resource and an event, as in 'orders.place'"
    }
  }

  /// Something, one `@`, and a host with something in it; no blanks, commas or control characters. A
  /// test double that knew all of RFC 5322 would reject what the service accepts.
  static func isEmail(_ text: String) -> Bool {
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return false }
    return text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F && $0 != 0x2C && $0 != 0x3B }
      && !parts[1].hasPrefix(".") && !parts[1].hasSuffix(".")
  }
}
